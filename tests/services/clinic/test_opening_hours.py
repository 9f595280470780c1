"""The line's status and the reply promise: every minute of a week, every kind of day, both clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinic import opening_hours
from services.clinic.uk_time import LONDON

WEEK = {day: ((time(7), time(22)),) for day in range(5)} | {day: ((time(8), time(20)),) for day in (5, 6)}
USUAL = opening_hours.Hours(WEEK, {})
CHRISTMAS = opening_hours.Hours(WEEK, {date(2026, 12, day): () for day in (25, 26, 27, 28)})
SHORT_DAY = opening_hours.Hours(WEEK, {date(2026, 12, 31): ((time(9, 30), time(12)),)})
TWO_SPANS = opening_hours.Hours({0: ((time(9), time(12)), (time(13, 30), time(18)))}, {})


def uk(*when: int) -> datetime:
    return datetime(*when, tzinfo=LONDON).astimezone(UTC)


def words(hours: opening_hours.Hours, *when: int) -> str:
    return opening_hours.line(hours, uk(*when)).words


def by_hand(local: datetime) -> str:
    """The usual week said by the simplest means: hours of the wall clock, nothing of the code under test."""
    weekend = local.weekday() >= 5
    opens, closes, until = (8, 20, "8pm") if weekend else (7, 22, "10pm")
    if opens <= local.hour < closes:
        return f"Line open until {until}"
    if local.hour < opens:
        return f"Line closed. Opens {opens}am today"
    return f"Line closed. Opens {8 if local.weekday() in (4, 5) else 7}am tomorrow"


@pytest.mark.parametrize(
    "monday",
    [date(2026, 11, 23), date(2026, 3, 23), date(2027, 3, 22), date(2026, 10, 19), date(2027, 10, 25)],
    ids=["plain week", "spring 2026", "spring 2027", "autumn 2026", "autumn 2027"],
)
def test_the_status_is_right_at_every_minute_of_the_week(monday):
    start = datetime.combine(monday, time.min, LONDON).astimezone(UTC)
    end = datetime.combine(monday + timedelta(days=8), time.min, LONDON).astimezone(UTC)
    at, wrong = start, []
    while at < end:
        if opening_hours.line(USUAL, at).words != by_hand(at.astimezone(LONDON)):
            wrong.append(at)
        at += timedelta(minutes=1)
    assert wrong == []


@pytest.mark.parametrize(
    ("hours", "when", "said"),
    [
        (USUAL, (2026, 11, 23, 6, 59), "Line closed. Opens 7am today"),
        (USUAL, (2026, 11, 23, 7, 0), "Line open until 10pm"),
        (USUAL, (2026, 11, 23, 21, 59), "Line open until 10pm"),
        (USUAL, (2026, 11, 23, 22, 0), "Line closed. Opens 7am tomorrow"),
        (USUAL, (2026, 11, 27, 23, 0), "Line closed. Opens 8am tomorrow"),
        (CHRISTMAS, (2026, 12, 24, 21, 0), "Line open until 10pm"),
        (CHRISTMAS, (2026, 12, 24, 22, 0), "Line closed. Opens 7am on Tuesday 29 December"),
        (CHRISTMAS, (2026, 12, 25, 10, 0), "Line closed. Opens 7am on Tuesday 29 December"),
        (CHRISTMAS, (2026, 12, 28, 23, 59), "Line closed. Opens 7am tomorrow"),
        (CHRISTMAS, (2026, 12, 29, 0, 0), "Line closed. Opens 7am today"),
        (SHORT_DAY, (2026, 12, 31, 9, 0), "Line closed. Opens 9:30am today"),
        (SHORT_DAY, (2026, 12, 31, 9, 30), "Line open until midday"),
        (SHORT_DAY, (2026, 12, 31, 12, 0), "Line closed. Opens 7am tomorrow"),
        (TWO_SPANS, (2026, 11, 23, 12, 30), "Line closed. Opens 1:30pm today"),
        (TWO_SPANS, (2026, 11, 23, 18, 0), "Line closed. Opens 9am on Monday 30 November"),
        (USUAL, (2026, 3, 29, 0, 30), "Line closed. Opens 8am today"),
        (USUAL, (2026, 10, 25, 1, 30), "Line closed. Opens 8am today"),
        (opening_hours.Hours({}, {}), (2026, 11, 23, 12, 0), "Line closed"),
    ],
)
def test_the_sentence_is(hours, when, said):
    assert words(hours, *when) == said


def test_the_hour_that_happens_twice_is_counted_twice():
    night = opening_hours.Hours({6: ((time(0, 30), time(2, 30)),)}, {})
    before, after = uk(2026, 10, 24, 23, 0), datetime(2026, 10, 25, 2, 29, tzinfo=UTC)
    assert opening_hours.line(night, before).words == "Line closed. Opens 12:30am tomorrow"
    assert opening_hours.line(night, datetime(2026, 10, 25, 1, 45, tzinfo=UTC)).is_open
    assert opening_hours.line(night, after).is_open
    assert not opening_hours.line(night, datetime(2026, 10, 25, 2, 30, tzinfo=UTC)).is_open


@pytest.mark.parametrize("hours", [USUAL, CHRISTMAS, SHORT_DAY, TWO_SPANS])
@pytest.mark.parametrize("start", [(2026, 12, 24, 5, 0), (2026, 12, 30, 18, 7), (2026, 10, 24, 12, 0), (2026, 3, 28, 12, 0)])
def test_what_the_browser_gets_is_right_at_every_minute_of_two_days(hours, start):
    now = uk(*start)
    ahead = opening_hours.line_ahead(hours, now)
    for minute in range(48 * 60):
        at = now + timedelta(minutes=minute)
        latest = [line for since, line in ahead if since <= at][-1]
        assert latest == opening_hours.line(hours, at)


@pytest.mark.parametrize(
    ("now", "promise", "due"),
    [
        ((2026, 11, 23, 9, 0), 8, (2026, 11, 23, 17, 0)),  # all within the day, to the hour
        ((2026, 11, 23, 9, 1), 8, (2026, 11, 23, 18, 0)),  # rounded up
        ((2026, 11, 23, 14, 0), 8, (2026, 11, 23, 22, 0)),  # ends with the line
        ((2026, 11, 23, 20, 0), 8, (2026, 11, 24, 13, 0)),  # two hours today, six tomorrow
        ((2026, 11, 23, 23, 0), 8, (2026, 11, 24, 15, 0)),  # sent at night: counts from the opening
        ((2026, 11, 27, 21, 30), 8, (2026, 11, 28, 16, 0)),  # into the weekend's hours
        ((2026, 11, 28, 13, 0), 8, (2026, 11, 29, 9, 0)),
        ((2026, 3, 28, 19, 0), 8, (2026, 3, 29, 15, 0)),  # the clock goes forward in the night
        ((2026, 10, 24, 19, 0), 8, (2026, 10, 25, 15, 0)),  # and back
        ((2026, 11, 23, 9, 0), 80, (2026, 11, 28, 15, 0)),  # 13 hours, four days of 15, and 7 on Saturday
    ],
)
def test_the_reply_is_due(now, promise, due):
    assert opening_hours.reply_by(USUAL, uk(*now), timedelta(hours=promise)) == uk(*due)


def test_the_promise_waits_over_a_closure():
    assert opening_hours.reply_by(CHRISTMAS, uk(2026, 12, 24, 18, 0), timedelta(hours=8)) == uk(2026, 12, 29, 11, 0)


def test_a_line_that_never_opens_promises_nothing():
    assert opening_hours.reply_by(opening_hours.Hours({}, {}), uk(2026, 12, 24, 18, 0), timedelta(hours=8)) is None


MONTH = timedelta(days=30)


@given(st.integers(0, 60 * 24 * 14), st.integers(0, 60 * 24 * 6), st.sampled_from([1, 8, 30]))
def test_who_is_owed_an_answer_by_a_moment_is_whoever_asked_early_enough(minutes, earlier, promise):
    """To the minute: the last who is owed one, and the next who is not."""
    moment, promise = uk(2026, 12, 21, 0, 0) + timedelta(minutes=minutes), timedelta(hours=promise)
    last = opening_hours.asked_by(CHRISTMAS, moment, promise, MONTH)
    assert (
        opening_hours.reply_by(CHRISTMAS, last, promise) <= moment < opening_hours.reply_by(CHRISTMAS, last + timedelta(minutes=1), promise)
    )
    asked = last + timedelta(days=3) - timedelta(minutes=earlier)
    assert (opening_hours.reply_by(CHRISTMAS, asked, promise) <= moment) == (asked <= last)


def test_nobody_is_owed_an_answer_by_a_line_that_never_opens():
    moment = uk(2026, 12, 21, 0, 0)
    assert opening_hours.asked_by(opening_hours.Hours({}, {}), moment, timedelta(hours=8), MONTH) == moment - MONTH


def test_days_with_the_same_hours_make_one_row():
    assert opening_hours.weekly(USUAL) == [([0, 1, 2, 3, 4], WEEK[0]), ([5, 6], WEEK[5])]
