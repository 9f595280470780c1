"""What is due by the clock, at the edges: to the minute, over both clock changes, and at any set of moments."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain import schedule as timetable
from bookings.domain.schedule import Daily, Every
from bookings.domain.status import Status
from services.clinic.opening_hours import Hours, instant

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
NEVER = datetime(2020, 1, 1, tzinfo=UTC)
DAILY_7_TO_22 = Hours({day: ((time(7), time(22)),) for day in range(7)}, {})


def uk(*numbers) -> datetime:
    return datetime(*numbers, tzinfo=LONDON).astimezone(UTC)


def instants(first=datetime(2026, 1, 1), last=datetime(2028, 1, 1)):  # noqa: DTZ001 (hypothesis adds the zone)
    return st.datetimes(first, last, timezones=st.just(UTC))


# Reminders


@pytest.mark.parametrize(
    ("starts", "kind", "first"),
    [
        (uk(2026, 6, 4, 19), "reminder_3", uk(2026, 6, 1, 9)),
        (uk(2026, 6, 4, 19), "reminder_1", uk(2026, 6, 3, 9)),
        (uk(2026, 6, 4, 7), "reminder_1", uk(2026, 6, 3, 9)),
        (uk(2027, 3, 28, 10), "reminder_1", uk(2027, 3, 27, 9)),  # 24 hours less one: the clocks go forward
        (uk(2027, 3, 29, 10), "reminder_3", uk(2027, 3, 26, 9)),
        (uk(2026, 10, 25, 10), "reminder_1", uk(2026, 10, 24, 9)),  # 24 hours and one: they go back
        (uk(2026, 10, 26, 7), "reminder_3", uk(2026, 10, 23, 9)),
    ],
)
def test_a_reminder_goes_out_between_9am_and_9pm_uk_time_of_its_day(starts, kind, first):
    assert first.astimezone(LONDON).hour == 9
    end = first.astimezone(LONDON).replace(hour=21).astimezone(UTC)
    moments = [first - MINUTE, first, end - MINUTE, end]
    assert [timetable.is_reminder_due(starts, NEVER, kind, now) for now in moments] == [False, True, True, False]
    assert [timetable.may_still_remind(starts, kind, now) for now in moments] == [True, True, True, False]


def test_who_was_confirmed_within_a_day_before_it_gets_no_reminder():
    starts, first = uk(2026, 6, 4, 19), uk(2026, 6, 3, 9)
    confirmed = [first - timedelta(days=1), first - timedelta(days=1) + MINUTE, first + timedelta(hours=2)]
    for now in (first + timedelta(hours=3), first + timedelta(hours=11)):  # also when it runs late
        assert [timetable.is_reminder_due(starts, at, "reminder_1", now) for at in confirmed] == [True, False, False]


@given(instants(), st.lists(instants(), max_size=40), st.timedeltas(timedelta(0), timedelta(days=60)))
def test_whenever_it_runs_a_reminder_is_never_late_and_never_early(starts, runs, before):
    for kind, days in timetable.DAYS_BEFORE.items():
        for now in runs:
            if timetable.is_reminder_due(starts, starts - before, kind, now):
                local = now.astimezone(LONDON)
                assert starts.astimezone(LONDON).date() - local.date() == timedelta(days=days)
                assert 9 <= local.hour < 21
                assert now < starts
                assert timetable.may_still_remind(starts, kind, now)


# What lapses


@pytest.mark.parametrize("status", Status)
def test_what_has_no_end_by_the_clock_never_lapses(status):
    args = {"starts_at": None, "since": NEVER, "offered_until": [uk(2030, 1, 1)]}
    assert timetable.has_lapsed(status, uk(2026, 6, 1), **args) == (status in {Status.WAITLISTED, Status.NEW})


def test_a_time_asked_for_lapses_when_it_starts():
    starts = uk(2026, 6, 4, 10)
    args = {"starts_at": starts, "since": NEVER, "offered_until": []}
    assert [timetable.has_lapsed("new", now, **args) for now in (starts - MINUTE, starts)] == [False, True]
    assert not timetable.has_lapsed("confirmed", starts, **args)


def test_offers_lapse_together_with_the_last_of_them_or_when_others_have_them():
    until = uk(2026, 6, 4, 10)
    args = {"starts_at": None, "since": NEVER}
    for offered_until, answers in [([until], [False, True]), ([until, until + MINUTE], [False, False]), ([], [True, True])]:
        assert [timetable.has_lapsed("proposed", now, offered_until=offered_until, **args) for now in (until - MINUTE, until)] == answers


@pytest.mark.parametrize("status", ["waitlisted", "new"])
def test_who_has_no_time_lapses_after_sixty_days_whatever_the_clocks_do(status):
    since = uk(2027, 2, 1, 12)
    args = {"starts_at": None, "since": since, "offered_until": []}
    end = since + timedelta(days=60)
    assert [timetable.has_lapsed(status, now, **args) for now in (end - MINUTE, end)] == [False, True]


# Chasing


@pytest.mark.parametrize(
    ("since", "hours", "staff", "manager"),
    [
        (uk(2026, 6, 1, 12), 8, uk(2026, 6, 1, 16), uk(2026, 6, 1, 18)),
        (uk(2026, 6, 1, 20), 8, uk(2026, 6, 2, 9), uk(2026, 6, 2, 11)),  # two hours today, the rest tomorrow
        (uk(2026, 6, 1, 23), 8, uk(2026, 6, 2, 11), uk(2026, 6, 2, 13)),
        (uk(2027, 3, 27, 21), 8, uk(2027, 3, 28, 10), uk(2027, 3, 28, 12)),  # over the clock change, by the hours of the line
        (uk(2026, 10, 24, 21), 8, uk(2026, 10, 25, 10), uk(2026, 10, 25, 12)),
        (uk(2026, 6, 1, 12), 4, uk(2026, 6, 1, 14), uk(2026, 6, 1, 15)),  # it follows the promise
        (uk(2026, 6, 1, 12), 1, uk(2026, 6, 1, 12, 30), uk(2026, 6, 1, 12, 45)),
    ],
)
def test_staff_hear_after_half_of_the_promised_hours_the_manager_after_three_quarters(since, hours, staff, manager):
    promise = timedelta(hours=hours)
    assert timetable.chase_at(DAILY_7_TO_22, since, promise, "staff_unanswered") == staff
    assert timetable.chase_at(DAILY_7_TO_22, since, promise, "manager_unanswered") == manager


def test_while_the_line_is_closed_nobody_is_chased():
    closed = Hours(DAILY_7_TO_22.week, {date(2026, 6, 2): ()})
    assert timetable.chase_at(closed, uk(2026, 6, 1, 20), timedelta(hours=8), "staff_unanswered") == uk(2026, 6, 3, 9)
    assert timetable.chase_at(Hours({}, {}), uk(2026, 6, 1, 20), timedelta(hours=8), "staff_unanswered") is None


@given(instants(), st.integers(1, 80))
def test_they_are_chased_in_open_hours_in_order_and_before_the_promise(since, hours):
    promise = timedelta(hours=hours)
    staff, manager = (timetable.chase_at(DAILY_7_TO_22, since, promise, kind) for kind in timetable.PART_OF_PROMISE)
    whole = timetable.after(DAILY_7_TO_22, since, promise)
    assert since < staff < manager < whole
    for at in (staff, manager):
        assert time(7) <= at.astimezone(LONDON).time() <= time(22)


# Messages about a day


@pytest.mark.parametrize("day", [date(2026, 6, 1), date(2027, 3, 28), date(2026, 10, 25), date(2026, 12, 31)])
@pytest.mark.parametrize(("decide", "first", "end"), [(timetable.digest_day, 7, 12), (timetable.outcomes_day, 18, 21)])
def test_a_day_has_its_hours_in_uk_time(day, decide, first, end):
    opens, closes = instant(day, time(first)), instant(day, time(end))
    assert [decide(now) for now in (opens - MINUTE, opens, closes - MINUTE, closes)] == [None, day, day, None]


@given(st.lists(instants(), max_size=60))
def test_whenever_it_runs_there_is_at_most_one_message_a_day_and_none_for_days_missed(runs):
    for decide in (timetable.digest_day, timetable.outcomes_day):
        for now in runs:
            assert decide(now) in {None, now.astimezone(LONDON).date()}


@pytest.mark.parametrize(
    ("month", "monday"),
    [((2026, 6), date(2026, 6, 1)), ((2026, 11), date(2026, 11, 2)), ((2027, 2), date(2027, 2, 1)), ((2026, 9), date(2026, 9, 7))],
)
def test_pages_are_asked_after_on_the_first_monday_of_a_month_and_for_a_week(month, monday):
    opens = instant(monday, time(9))
    after = opens + timedelta(days=7)
    assert [timetable.review_day(now) for now in (opens - MINUTE, opens, after - MINUTE, after)] == [None, monday, monday, None]


@given(instants())
def test_the_day_of_a_review_is_a_monday_of_this_month(now):
    day = timetable.review_day(now)
    assert day is None or (day.weekday() == 0 and day.day <= 7 and (day.year, day.month) == (now.year, now.month))


# How long things are kept


@pytest.mark.parametrize(
    ("status", "met", "days"),
    [
        ("declined", False, 90),
        ("cancelled_client", False, 90),
        ("cancelled_clinic", False, 90),
        ("expired", False, 90),
        ("suspected_spam", False, 90),
        ("did_not_attend", False, 90),
        ("closed", False, 90),
        ("new", False, None),
        ("proposed", False, None),
        ("waitlisted", False, None),
    ],
)
def test_without_a_meeting_details_are_kept_for_90_days_after_the_end(status, met, days):
    since = uk(2026, 6, 4, 12)
    at = timetable.forget_at(status, since=since, starts_at=uk(2026, 9, 1, 12), met=met)
    assert at == (since + timedelta(days=days) if days else None)


@pytest.mark.parametrize(("status", "met"), [("attended", True), ("closed", True), ("confirmed", False)])
def test_after_a_meeting_they_are_kept_for_a_year(status, met):
    starts = uk(2026, 6, 4, 12)
    at = timetable.forget_at(status, since=uk(2026, 8, 1), starts_at=starts, met=met)
    assert at == starts + timedelta(minutes=50, days=365)


def test_what_they_wrote_is_kept_for_90_days_after_the_appointment():
    assert timetable.forget_text_at(uk(2026, 6, 4, 12)) == uk(2026, 6, 4, 12, 50) + timedelta(days=90)


# When jobs run


def test_daily_is_by_the_clock_on_the_wall():
    for before, moment in [(uk(2027, 3, 27, 7), uk(2027, 3, 28, 7)), (uk(2026, 10, 24, 7), uk(2026, 10, 25, 7))]:
        assert Daily(time(7)).last(moment - MINUTE) == before
        assert Daily(time(7)).last(moment) == moment


@given(st.sets(instants(datetime(2026, 10, 20), datetime(2026, 10, 30)), min_size=1))  # noqa: DTZ001
def test_whenever_it_is_asked_a_daily_job_runs_once_a_day_at_most_and_never_before_its_hour(moments):
    started, ran = None, []
    for now in sorted(moments):
        if timetable.is_due(Daily(time(7)), started, started, now):
            started = now
            ran.append(now)
    assert ran[0] == min(moments)  # what never ran, runs
    days = [(now.astimezone(LONDON) - timedelta(hours=7)).date() for now in ran]
    assert len(set(days)) == len(days)


def test_after_a_stop_of_a_week_a_job_runs_once():
    stopped, now = uk(2026, 6, 1, 8), uk(2026, 6, 8, 8)
    for schedule in (Every(5), Daily(time(7))):
        assert timetable.is_due(schedule, stopped, stopped, now)
        assert not timetable.is_due(schedule, now, now, now + MINUTE)


def test_a_job_that_failed_or_died_is_taken_up_a_quarter_of_an_hour_later():
    started = uk(2026, 6, 1, 7)
    for finished in (None, started - timedelta(days=1)):
        moments = [started + MINUTE, started + timedelta(minutes=14), started + timedelta(minutes=15)]
        assert [timetable.is_due(Daily(time(7)), started, finished, now) for now in moments] == [False, False, True]


def test_a_start_in_the_future_is_one_of_a_wrong_clock():
    now = uk(2026, 6, 1, 8)
    assert timetable.is_due(Every(5), now + timedelta(days=300), now + timedelta(days=300), now)


def test_a_job_is_late_half_an_hour_after_its_time():
    finished = uk(2026, 6, 1, 7, 1)
    assert [timetable.is_late(Every(5), finished, finished + timedelta(minutes=n)) for n in (34, 36)] == [False, True]
    due = uk(2026, 6, 2, 7)
    assert [timetable.is_late(Daily(time(7)), finished, due + timedelta(minutes=n)) for n in (29, 31)] == [False, True]
    assert timetable.is_late(Every(5), None, finished)


def test_every_job_stands_in_the_timetable_at_a_time_no_clock_change_touches():
    for schedule in timetable.TIMETABLE.values():
        assert isinstance(schedule, Every) or not time(1) <= schedule.at < time(2)
