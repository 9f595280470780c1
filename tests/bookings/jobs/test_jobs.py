"""The jobs of the timetable on real rows: what is due is done once, run again it is not, and what was missed is not made up for."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings import actions
from bookings.domain.schedule import TIMETABLE
from bookings.domain.status import Status
from bookings.jobs import jobs
from bookings.models import Enquiry, Hit, Job, Note, Notice
from bookings.queries.slots import Slot
from services.models import BankHoliday, ClinicDetails, CrisisContact
from tests.bookings.factories import request
from tests.bookings.stages import confirmed, offered, waiting
from tests.depth import rounds

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.STAFF_EMAIL, settings.MANAGER_EMAIL = "reception@example.org", "manager@example.org"


def ran(name, now) -> dict[str, int]:
    """What one run of the job did, without an error."""
    outcome = jobs.run(name, now)
    assert outcome.errors == []
    return {what: count for what, count in outcome.counts.items() if count}


def owed(*kinds) -> list[tuple[str, str]]:
    """Messages of these kinds, with their channel, in the order they were owed."""
    return list(Notice.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", "channel"))


def uk(text: str) -> datetime:
    """UK summer time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - HOUR


# Reminders


def test_an_appointment_is_reminded_of_twice_each_once(harley_street, thursday_ten, now, staff):
    confirmed(harley_street, thursday_ten, staff, now - 2 * DAY)
    runs = [uk(f"2026-06-0{day}T{hour:02}:00") for day in range(1, 5) for hour in range(0, 24, 3)]
    done = {str(moment): ran("send_reminders", moment) for moment in runs}
    assert {moment: what for moment, what in done.items() if what} == {
        "2026-06-01 08:00:00+00:00": {"reminders owed": 1},
        "2026-06-03 08:00:00+00:00": {"reminders owed": 1},
    }
    assert owed("reminder_3", "reminder_1") == [("reminder_3", "email"), ("reminder_1", "email")]


def test_a_moved_appointment_is_reminded_of_anew_and_the_old_reminder_is_dropped(harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now - 2 * DAY)
    assert ran("send_reminders", uk("2026-06-01T09:00"))
    old = Notice.objects.get(kind="reminder_3")
    actions.change_time(enquiry, Slot(thursday_ten + 4 * DAY, harley_street), now=uk("2026-06-01T10:00"))
    assert not old.is_true_at(uk("2026-06-01T10:00"))
    assert ran("send_reminders", uk("2026-06-05T09:00")) == {"reminders owed": 1}
    assert Notice.objects.filter(kind="reminder_3").count() == 2


def test_a_video_link_sent_later_brings_no_second_reminder(online, thursday_ten, now, staff):
    enquiry = confirmed(online, thursday_ten, staff, now - 2 * DAY)
    ran("send_reminders", uk("2026-06-01T09:00"))
    actions.send_video_link(enquiry, video_link="https://video.example.org/x", user=staff, now=uk("2026-06-01T10:00"))
    assert ran("send_reminders", uk("2026-06-01T11:00")) == {}
    assert ran("send_reminders", uk("2026-06-03T09:00")) == {"reminders owed": 1}


def test_other_times_that_lapse_leave_the_appointment_its_own_reminders(harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now - 2 * DAY)
    actions.offer_times(enquiry, [Slot(thursday_ten + DAY, harley_street)], user=staff, now=uk("2026-05-30T12:00"))
    assert ran("send_reminders", uk("2026-06-01T09:00")) == {}
    assert ran("expire_requests", uk("2026-06-02T12:00")) == {"requests ended": 1}
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.starts_at) == ("confirmed", thursday_ten)
    assert enquiry.holds.get().kind == "confirmed"
    assert owed("confirmed", "expired", "manager_expired") == [("confirmed", "email")] * 2
    assert ran("send_reminders", uk("2026-06-03T09:00")) == {"reminders owed": 1}


def test_who_has_no_address_is_reminded_by_phone_until_it_is_too_late(harley_street, thursday_ten, now, staff):
    confirmed(harley_street, thursday_ten, staff, now - 2 * DAY, email="", contact_by="call", phone="+447700900982")
    ran("send_reminders", uk("2026-06-03T09:00"))
    assert owed("reminder_1") == [("reminder_1", "phone")]
    assert ran("expire_requests", uk("2026-06-03T20:55")) == {}
    assert ran("expire_requests", uk("2026-06-03T21:00")) == {"calls no longer needed": 1}
    assert "reminder_1" not in Notice.objects.to_tell().values_list("kind", flat=True)


def test_what_is_cancelled_or_erased_is_not_reminded_of(harley_street, thursday_ten, now, staff):
    actions.cancel(confirmed(harley_street, thursday_ten, staff, now - 2 * DAY), now=now)
    actions.erase_now(confirmed(harley_street, thursday_ten + HOUR, staff, now - 2 * DAY), user=staff, now=now)
    assert ran("send_reminders", uk("2026-06-03T09:00")) == {}


@settings(max_examples=rounds(deep=25, quick=10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(0, 6 * 24 * 60), max_size=30))
def test_run_at_any_set_of_moments_there_is_at_most_one_of_each_and_none_late(minutes, harley_street, thursday_ten, now, staff):
    Enquiry.objects.all().delete()
    confirmed(harley_street, thursday_ten, staff, now - 3 * DAY)
    for minute in sorted(minutes):
        moment = uk("2026-05-30T00:00") + timedelta(minutes=minute)
        new = jobs.run("send_reminders", moment).counts.total()
        for notice in Notice.objects.order_by("-pk")[:new]:
            assert notice.created_at == moment
            assert notice.is_true_at(moment)
    for kind in ("reminder_3", "reminder_1"):
        assert Notice.objects.filter(kind=kind).count() <= 1


# What lapses


def test_a_time_that_begins_unanswered_ends_the_request_with_an_apology_and_an_alert(harley_street, thursday_ten, now):
    enquiry = request(harley_street, thursday_ten, now=now)
    assert ran("expire_requests", thursday_ten - timedelta(minutes=1)) == {}
    assert ran("expire_requests", thursday_ten) == {"requests ended": 1}
    assert ran("expire_requests", thursday_ten + HOUR) == {}
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.holds.count()) == ("expired", 0)
    assert owed("expired", "manager_expired") == [("expired", "email"), ("manager_expired", "email")]
    assert enquiry.events.last().actor == "system"


def test_a_request_without_a_time_ends_after_sixty_days(clinic, now, mailoutbox):
    enquiry = request(now=now)
    assert ran("expire_requests", now + 60 * DAY - HOUR) == {}
    assert ran("expire_requests", now + 60 * DAY) == {"requests ended": 1}
    enquiry.refresh_from_db()
    assert enquiry.status == "expired"
    assert owed("expired", "manager_expired") == [("expired", "email"), ("manager_expired", "email")]


ONWARDS = {
    Status.NEW: lambda one, by, offers: one,
    Status.SUSPECTED_SPAM: lambda one, by, offers: one,
    Status.PROPOSED: lambda one, by, offers: actions.offer_times(one, offers, **by),
    Status.WAITLISTED: lambda one, by, offers: actions.waitlist(one, **by),
    Status.CONFIRMED: lambda one, by, offers: actions.confirm(one, offer=offers[0], **by),
    Status.ATTENDED: lambda one, by, offers: actions.mark_attended(actions.confirm(one, offer=offers[0], **by), **over(by)),
    Status.DID_NOT_ATTEND: lambda one, by, offers: actions.mark_did_not_attend(actions.confirm(one, offer=offers[0], **by), **over(by)),
    Status.DECLINED: lambda one, by, offers: actions.decline(one, reason="no_capacity", **by),
    Status.CANCELLED_CLIENT: lambda one, by, offers: actions.cancel(one, now=by["now"]),
    Status.CANCELLED_CLINIC: lambda one, by, offers: actions.cancel_by_clinic(actions.confirm(one, offer=offers[0], **by), **by),
    Status.EXPIRED: lambda one, by, offers: actions.expire(one, now=by["now"] + 61 * DAY),
    Status.CLOSED: lambda one, by, offers: actions.close(ONWARDS[Status.ATTENDED](one, by, offers), outcome="booked", **over(by)),
}


def over(by):
    return by | {"now": by["now"] + 4 * DAY}


@pytest.mark.parametrize("status", Status)
def test_every_state_has_a_last_day(harley_street, thursday_ten, now, staff, status):
    """Whatever nobody does: the privacy notice promises 90 days after the end of a request, and 12 months after a meeting."""
    enquiry = request(now=now, message="private", suspect=status == Status.SUSPECTED_SPAM)
    ONWARDS[status](enquiry, {"user": staff, "now": now}, [Slot(thursday_ten, harley_street)])
    enquiry.refresh_from_db()
    assert enquiry.status == status
    moment = now
    while not enquiry.erased_at and moment < now + 500 * DAY:
        moment += 6 * DAY
        for due in (*jobs.JOBS["expire_requests"](moment), *jobs.JOBS["anonymise"](moment)):
            if due.counts_as:  # not what has the disk let go of it
                due.do()
        enquiry.refresh_from_db()
    longest = 365 + 6 + 4 if status in {Status.CONFIRMED, Status.ATTENDED, Status.CLOSED} else 60 + 90 + 2 * 6
    assert enquiry.erased_at
    assert enquiry.erased_at - now <= longest * DAY


def test_offers_nobody_takes_lapse_after_72_hours_or_when_the_first_begins(harley_street, thursday_ten, now, staff):
    offered(harley_street, thursday_ten + 3 * DAY, staff, now, email="late@example.org")
    offered(harley_street, thursday_ten - DAY, staff, now, email="soon@example.org")
    assert ran("expire_requests", thursday_ten - DAY - timedelta(minutes=1)) == {}
    assert ran("expire_requests", thursday_ten - DAY) == {"requests ended": 1}
    assert ran("expire_requests", now + 72 * HOUR) == {"requests ended": 1}
    assert set(Enquiry.objects.values_list("status", flat=True)) == {"expired"}
    assert owed("expired", "manager_expired") == [("expired", "email"), ("manager_expired", "email")] * 2


def test_who_waited_for_sixty_days_is_told_that_it_is_over(clinic, now, staff):
    actions.waitlist(request(now=now), user=staff, now=now)
    assert ran("expire_requests", now + 60 * DAY - HOUR) == {}
    assert ran("expire_requests", now + 60 * DAY) == {"requests ended": 1}


def test_who_has_no_address_is_told_by_phone_that_it_has_ended(harley_street, thursday_ten, now):
    request(harley_street, thursday_ten, now=now, email="", contact_by="call", phone="+447700900982")
    ran("expire_requests", thursday_ten)
    assert [notice.kind for notice in Notice.objects.to_tell()] == ["expired"]


# Chasing


def test_staff_are_told_after_four_open_hours_the_manager_after_six_each_once(clinic, now):
    waiting(now)
    for hours, answer in [(3.9, {}), (4, {"messages to staff or manager owed": 1}), (5, {}), (6, {"messages to staff or manager owed": 1})]:
        assert ran("chase_staff", now + hours * HOUR) == answer
    assert ran("chase_staff", now + 30 * DAY) == {}
    assert owed("staff_unanswered", "manager_unanswered") == [("staff_unanswered", "email"), ("manager_unanswered", "email")]


def test_they_follow_the_promise_staff_have_set(clinic, now):
    ClinicDetails.objects.update(reply_promise_hours=4)
    waiting(now)
    assert ran("chase_staff", now + 3 * HOUR) == {"messages to staff or manager owed": 2}


def test_after_an_answer_nobody_is_chased_and_when_it_is_our_turn_again_anew(harley_street, thursday_ten, now, staff):
    enquiry = waiting(now)
    ran("chase_staff", now + 4 * HOUR)
    actions.offer_times(enquiry, [Slot(thursday_ten, harley_street)], user=staff, now=now + 5 * HOUR)
    assert ran("chase_staff", now + 9 * HOUR) == {}
    actions.refuse_offers(enquiry, now=now + 20 * HOUR)
    assert ran("chase_staff", now + 23 * HOUR) == {}
    assert ran("chase_staff", now + 24 * HOUR) == {"messages to staff or manager owed": 1}


def test_without_addresses_nobody_is_owed_anything(harley_street, thursday_ten, now, settings):
    settings.STAFF_EMAIL = settings.MANAGER_EMAIL = ""
    request(harley_street, thursday_ten, now=now)
    assert ran("chase_staff", now + 30 * HOUR) == {}
    assert ran("send_digest", uk("2026-06-02T08:00")) == {}
    assert ran("expire_requests", thursday_ten) == {"requests ended": 1}
    assert not Notice.objects.exclude(kind__in=["received", "expired"]).exists()


# Messages about a day


def test_the_digest_is_owed_once_in_the_morning_and_not_for_days_missed(clinic):
    for moment, answer in [("02T06:59", 0), ("02T07:00", 1), ("02T08:00", 0), ("05T12:00", 0), ("06T11:59", 1)]:
        assert ran("send_digest", uk(f"2026-06-{moment}")) == ({"messages to staff owed": 1} if answer else {})
    assert list(Notice.objects.order_by("day").values_list("day", flat=True)) == [date(2026, 6, 2), date(2026, 6, 6)]


def test_a_digest_that_did_not_get_out_on_its_day_is_dropped(clinic):
    ran("send_digest", uk("2026-06-02T07:00"))
    notice = Notice.objects.get()
    assert notice.is_true_at(uk("2026-06-02T23:59"))
    assert not notice.is_true_at(uk("2026-06-03T00:00"))


def test_outcomes_are_asked_for_in_the_evening_while_there_are_some(harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now)
    assert ran("ask_outcomes", uk("2026-06-03T18:00")) == {}
    assert ran("ask_outcomes", uk("2026-06-04T18:00")) == {"messages to staff owed": 1}
    assert ran("ask_outcomes", uk("2026-06-04T19:00")) == {}
    assert ran("ask_outcomes", uk("2026-06-05T18:00")) == {"messages to staff owed": 1}
    actions.mark_attended(enquiry, user=staff, now=uk("2026-06-06T12:00"))
    assert ran("ask_outcomes", uk("2026-06-06T18:00")) == {}


def test_pages_are_asked_after_once_a_month_while_something_is_due(content):
    for day in (6, 7, 8, 13, 14):
        ran("review_content", uk(f"2026-09-{day:02}T09:00"))
    assert list(Notice.objects.values_list("day", "kind")) == [(date(2026, 9, 7), "staff_review")]


def test_where_nothing_comes_round_nobody_is_asked(clinic):
    CrisisContact.objects.update(checked_on=date(2026, 9, 1))
    assert ran("review_content", uk("2026-09-07T09:00")) == {}


# Bank holidays


def test_the_bank_holidays_of_a_year_are_written_once_with_their_substitutes(db):
    now = uk("2026-06-01T12:00")
    assert ran("import_bank_holidays", now) == {"bank holidays written": 9}
    assert ran("import_bank_holidays", now) == {}
    assert [(str(row.day), row.name, row.treatment) for row in BankHoliday.objects.all()] == [
        ("2026-08-31", "Late Summer Bank Holiday", "undecided"),
        ("2026-12-25", "Christmas Day", "undecided"),
        ("2026-12-26", "Boxing Day", "undecided"),
        ("2026-12-28", "Boxing Day (substitute day)", "undecided"),
        ("2027-01-01", "New Year's Day", "undecided"),
        ("2027-03-26", "Good Friday", "undecided"),
        ("2027-03-29", "Easter Monday", "undecided"),
        ("2027-05-03", "May Day", "undecided"),
        ("2027-05-31", "Spring Bank Holiday", "undecided"),
    ]


def test_what_staff_decided_named_or_deleted_stays_so(db):
    BankHoliday.objects.create(day=date(2026, 8, 31), name="Our own name for it")
    now = uk("2026-06-01T12:00")
    ran("import_bank_holidays", now)
    BankHoliday.objects.filter(day=date(2026, 12, 25)).update(treatment="closed", name="Christmas")
    BankHoliday.objects.filter(day=date(2026, 12, 26)).delete()
    assert ran("import_bank_holidays", now + DAY) == {}
    assert BankHoliday.objects.get(day=date(2026, 8, 31)).name == "Our own name for it"
    assert (BankHoliday.objects.get(day=date(2026, 12, 25)).treatment, BankHoliday.objects.count()) == ("closed", 8)


# What is kept long enough goes


@pytest.fixture
def on_disk(transactional_db):
    """Forgetting ends with a word to the database that no transaction may be around."""


def test_without_a_meeting_details_go_after_90_days_and_with_them_the_notes(on_disk, clinic, now, staff):
    enquiry = actions.decline(request(now=now, message="private"), reason="no_capacity", user=staff, now=now)
    actions.add_note(enquiry, text="A note.", user=staff, now=now)
    request(now=now, suspect=True, email="spam@example.org")
    assert "requests anonymised" not in ran("anonymise", now + 90 * DAY - HOUR)
    assert ran("anonymise", now + 90 * DAY) == {"requests anonymised": 2}
    assert list(Enquiry.objects.values_list("name", "email", "phone", "message").distinct()) == [("", "", "", "")]
    assert Note.objects.count() == 0
    assert enquiry.events.last().actor == "system"
    assert ran("anonymise", now + 91 * DAY) == {"messages deleted": 2}  # they were still owed; that to staff the worker drops
    assert ran("anonymise", now + 92 * DAY) == {}


def test_after_a_meeting_the_text_goes_after_90_days_and_the_rest_after_a_year(on_disk, harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now, message="private")
    actions.mark_attended(enquiry, user=staff, now=thursday_ten)
    actions.close(enquiry, outcome="booked", user=staff, now=thursday_ten + HOUR)
    over = thursday_ten + timedelta(minutes=50)
    assert "texts removed" not in ran("anonymise", over + 90 * DAY - HOUR)
    assert ran("anonymise", over + 90 * DAY) == {"texts removed": 1}
    enquiry.refresh_from_db()
    assert (enquiry.message, enquiry.name) == ("", "Sam")
    assert ran("anonymise", over + 365 * DAY - HOUR) == {}
    assert ran("anonymise", over + 365 * DAY) == {"requests anonymised": 1}


def test_who_did_not_come_after_all_is_forgotten_as_somebody_we_never_met(on_disk, harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now)
    actions.mark_attended(enquiry, user=staff, now=thursday_ten)
    actions.correct_outcome(enquiry, Status.DID_NOT_ATTEND, user=staff, now=thursday_ten + HOUR)
    closed_at = thursday_ten + 2 * HOUR
    actions.close(enquiry, outcome="not_going_ahead", user=staff, now=closed_at)
    assert "requests anonymised" not in ran("anonymise", closed_at + 90 * DAY - HOUR)
    assert ran("anonymise", closed_at + 90 * DAY)["requests anonymised"] == 1


def test_an_open_request_is_never_forgotten_nor_what_was_said_about_it(on_disk, clinic, now):
    request(now=now)
    Notice.objects.update(status="sent", sent_at=now)
    assert set(ran("anonymise", now + 400 * DAY)) <= {"counts of visits deleted"}
    assert (Enquiry.objects.get().name, Notice.objects.count()) == ("Sam", 2)


def test_messages_counts_and_sessions_go_in_their_time(on_disk, clinic, now, staff):
    actions.decline(request(now=now), reason="no_capacity", user=staff, now=now)
    Notice.objects.filter(kind="received").update(status="sent", sent_at=now)
    Notice.objects.filter(kind="staff_new").update(status="failed")
    Notice.objects.create(day=now.date(), kind="staff_digest", created_at=now, status="sent", sent_at=now)
    Hit.objects.all().delete()
    Hit.objects.create(bucket="x", window=now - 2 * DAY)
    Hit.objects.create(bucket="y", window=now - 2 * DAY + HOUR)
    Session.objects.create(session_key="old", session_data="", expire_date=now - HOUR)
    Session.objects.create(session_key="new", session_data="", expire_date=now + HOUR)
    assert ran("anonymise", now) == {"counts of visits deleted": 1, "sessions deleted": 1}
    assert ran("anonymise", now + 30 * DAY)["messages deleted"] == 2
    assert set(Notice.objects.values_list("kind", "status")) == {("staff_new", "failed"), ("declined", "pending")}
    assert ran("anonymise", now + 90 * DAY)["messages deleted"] == 1


# Running them


@pytest.mark.parametrize("name", sorted(set(TIMETABLE) - {"check_holds"}))
def test_a_dry_run_says_what_it_would_do_and_changes_nothing(name, harley_street, next_time, staff):
    now = timezone.now()
    request(harley_street, next_time.starts_at, now=now)
    Enquiry.objects.update(starts_at=now - HOUR)
    done = actions.decline(request(now=now - 100 * DAY), reason="no_capacity", user=staff, now=now - 99 * DAY)
    before = [*Enquiry.objects.values(), *Notice.objects.values(), *BankHoliday.objects.values()]
    out = io.StringIO()
    call_command(name, "--dry-run", stdout=out)
    assert out.getvalue().endswith(" to do. Nothing was changed.\n")
    assert (str(done) in out.getvalue()) == (name == "anonymise")
    assert [*Enquiry.objects.values(), *Notice.objects.values(), *BankHoliday.objects.values()] == before
    assert not Job.objects.exists()


def test_a_command_says_in_one_line_what_it_did_and_writes_down_that_it_ran(db):
    out = io.StringIO()
    call_command("import_bank_holidays", stdout=out)
    call_command("import_bank_holidays", stdout=out)
    first, second = out.getvalue().splitlines()
    assert first == f"import_bank_holidays: {BankHoliday.objects.count()} bank holidays written."
    assert second == "import_bank_holidays: nothing to do."
    job = Job.objects.get()
    assert job.error == ""
    assert job.finished_at >= job.started_at


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_it_shows_how_far_it_is(db):
    out = Terminal()
    call_command("import_bank_holidays", stdout=out)
    count = BankHoliday.objects.count()
    assert f"\rimport_bank_holidays: 1 of {count}" in out.getvalue()
    assert f"\rimport_bank_holidays: {count} of {count}\n" in out.getvalue()


def test_one_row_that_fails_holds_up_none_of_the_others_and_the_log_names_nobody(clinic, now, monkeypatch, caplog):
    for name in ("Ada", "Sam", "Zoë"):
        waiting(now, name=name, email=f"{name[0]}@example.org")
    whole = actions.escalate

    def chase(enquiry, *args, **kwargs):
        if enquiry.name == "Sam":
            raise ValueError(f"{enquiry.name} {enquiry.email}")
        return whole(enquiry, *args, **kwargs)

    monkeypatch.setattr(actions, "escalate", chase)
    outcome = jobs.run("chase_staff", now + 4 * HOUR)
    assert (outcome.counts.total(), outcome.errors) == (2, ["ValueError"])
    assert str(outcome) == "2 messages to staff or manager owed, 1 failed (ValueError)"
    assert Job.objects.get().finished_at is None
    assert [record.getMessage() for record in caplog.records] == ["chase_staff failed."]


def test_a_command_that_failed_ends_with_an_error(clinic, monkeypatch):
    monkeypatch.setitem(jobs.JOBS, "chase_staff", lambda now: 1 / 0)
    with pytest.raises(CommandError, match="1 failed"):
        call_command("chase_staff")
    assert Job.objects.get().error == "1 failed (ZeroDivisionError)"


def test_what_does_not_fit_together_fails_the_nightly_look(harley_street, thursday_ten, now, caplog):
    enquiry = request(harley_street, thursday_ten, now=now)
    assert ran("check_holds", now) == {}
    enquiry.holds.get().cells.first().delete()
    assert jobs.run("check_holds", now).errors == ["Fault"]
    assert f"of {enquiry.reference} does not have exactly its 10 cells." in caplog.text


def test_the_newest_confirmation_is_the_last_written_whatever_the_clock_said(harley_street, thursday_ten, now, staff):
    enquiry = confirmed(harley_street, thursday_ten, staff, now - 2 * DAY)
    actions.change_time(enquiry, Slot(thursday_ten + HOUR, harley_street), now=now - 3 * DAY)  # the clock was put back
    assert ran("send_reminders", thursday_ten - DAY) == {"reminders owed": 1}
    reminder = Notice.objects.get(kind="reminder_1")
    assert reminder.event == enquiry.events.confirmations().last()
    assert reminder.is_true_at(thursday_ten - DAY)
