"""The command that compares what is held with what is stored."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Enquiry, HoldCell
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
