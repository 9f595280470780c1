"""The command that compares what is held with what is stored."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from bookings import actions
from bookings.domain.status import Status
from bookings.models import Enquiry, HoldCell, Job
from bookings.queries.integrity import MOST
from bookings.queries.slots import Slot
from tests.bookings.factories import request


def check():
    out = io.StringIO()
    try:
        call_command("check_holds", stdout=out)
    except CommandError as error:
        return [*out.getvalue().splitlines(), str(error)]
    return out.getvalue().splitlines()


@pytest.fixture
def enquiry(harley_street, thursday_ten, now):
    return request(harley_street, thursday_ten, now=now)


def test_what_is_whole_is_counted(enquiry):
    assert check() == ["1 holds, all whole."]


def test_it_is_written_down_that_it_ran_but_not_of_a_dry_run(enquiry):
    """As /healthz/deep asks, where a cron runs it in place of the worker."""
    call_command("check_holds", "--dry-run", stdout=io.StringIO())
    assert not Job.objects.filter(name="check_holds").exists()
    assert check() == ["1 holds, all whole."]
    assert Job.objects.get(name="check_holds").finished_at
    HoldCell.objects.first().delete()
    check()
    assert Job.objects.get(name="check_holds").error == "1 failed (Fault)"


def test_a_missing_or_moved_cell_is_found(enquiry):
    cell = HoldCell.objects.first()
    cell.cell += timedelta(days=1)
    cell.save()
    hold = enquiry.holds.get()
    assert check() == [f"Hold {hold.pk} of {enquiry.reference} does not have exactly its 10 cells.", "1 things do not fit together."]


@pytest.mark.parametrize(
    ("status", "words"), [("declined", "is over and still holds a time."), ("expired", "is over and still holds a time.")]
)
def test_a_time_held_by_what_is_over_is_found(enquiry, status, words):
    Enquiry.objects.update(status=status, outcome="booked")
    assert check()[0] == f"{enquiry.reference} {words}"


def test_a_confirmed_request_without_its_time_is_found(enquiry):
    enquiry.holds.all().delete()
    Enquiry.objects.update(status="confirmed")
    assert check()[0] == f"{enquiry.reference} is confirmed and holds no time."


@pytest.fixture
def proposed(enquiry, harley_street, thursday_ten, staff, now):
    actions.confirm(enquiry, user=staff, now=now)
    offers = [Slot(thursday_ten + timedelta(days=day), harley_street) for day in (1, 2, 3)]
    return actions.offer_times(enquiry, offers, user=staff, now=now)


def test_three_times_on_offer_and_the_confirmed_one_are_right(proposed):
    assert check() == ["4 holds, all whole."]


def test_times_on_offer_without_an_offer_are_found(proposed):
    Enquiry.objects.update(status="confirmed")
    assert check()[0] == f"{proposed.reference} is “Confirmed” and holds 3 times of the kind “Offered”: 0 at most."
    Enquiry.objects.update(status="new")
    assert len(check()) == 3


def test_a_fourth_time_on_offer_is_found(proposed):
    proposed.holds.filter(kind="confirmed").update(kind="offered", expires_at=proposed.status_since)
    assert check()[0] == f"{proposed.reference} is “Waiting for the client” and holds 4 times of the kind “Offered”: 3 at most."


def test_another_time_than_the_one_it_names_is_found(proposed):
    Enquiry.objects.update(starts_at=proposed.starts_at + timedelta(hours=1))
    assert check()[0] == f"{proposed.reference} holds another time than the one it names."


@pytest.mark.parametrize("status", [status for status in Status if MOST[status]])
def test_an_appointment_is_whole_in_every_state_that_keeps_its_time(enquiry, staff, thursday_ten, now, status):
    """Also once the person has come, or has not: it stays in the diary."""
    over = {"user": staff, "now": thursday_ten + timedelta(hours=1)}
    if status == Status.PROPOSED:
        actions.offer_times(enquiry, [Slot(thursday_ten + timedelta(days=1), enquiry.location)], user=staff, now=now)
    elif status != Status.NEW:
        actions.confirm(enquiry, user=staff, now=now)
    if status in {Status.ATTENDED, Status.CLOSED}:
        actions.mark_attended(enquiry, **over)
    if status == Status.CLOSED:
        actions.close(enquiry, outcome="booked", **over)
    if status == Status.DID_NOT_ATTEND:
        actions.mark_did_not_attend(enquiry, **over)
    enquiry.refresh_from_db()
    assert (enquiry.status, check()) == (status, ["1 holds, all whole."])
