"""The sample month: 120 invented requests that fit together, on whatever day it ends."""

import io
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction

from bookings.domain.status import Status
from bookings.models import Enquiry, Event, Notice
from bookings.queries.integrity import faults
from bookings.queries.queues import BY_NAME
from services.models import Location
from tests.bookings.factories import request

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)  # a Monday
CHANGE = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # the Sunday night on which the clocks go back
NUMBERS = re.compile(r"\+447700900\d{3}|\+442079460\d{3}")  # Ofcom keeps them for drama
FEWEST = {Status.NEW: 15, Status.CONFIRMED: 25, Status.CLOSED: 10}


@pytest.fixture
def development(rota, settings, admin_user):
    settings.DEBUG, settings.EMAIL_HOST = True, ""
    return admin_user


def make(**options) -> str:
    said = io.StringIO()
    call_command("make_sample_month", stdout=said, **{"now": NOW, **options})
    return said.getvalue()


def story() -> list[tuple]:
    return list(Enquiry.objects.order_by("pk").values_list("name", "status", "created_at", "starts_at", "location__slug", "outcome"))


def test_the_month_is_whole_and_the_same_for_the_same_moment(development):
    said = make()
    assert "100 requests ..." in said
    assert said.endswith(f"120 invented requests, answered by {development.get_username()}. No email was sent.\n")
    assert faults() == []
    states = Counter(Enquiry.objects.values_list("status", flat=True))
    assert set(states) == set(Status)
    assert all(states[status] >= fewest for status, fewest in FEWEST.items())
    assert set(Enquiry.objects.values_list("location__slug", flat=True)) == {None, *Location.objects.values_list("slug", flat=True)}
    assert {name for name, queue in BY_NAME.items() if not Enquiry.objects.filter(queue.where(NOW)).exists()} == set()
    assert {row.channel for row in Notice.objects.to_tell()} == {"phone"}
    assert Notice.objects.trouble() == {"failed": 1, "pending": 1}
    assert mail.outbox == []
    assert not Event.objects.filter(at__gt=NOW).exists()
    people = Enquiry.objects.filter(erased_at=None)
    assert all(email.endswith("@example.org") for email in people.exclude(email="").values_list("email", flat=True))
    assert all(NUMBERS.fullmatch(phone) for phone in people.exclude(phone="").values_list("phone", flat=True))
    assert "W" * 100 in people.values_list("name", flat=True)
    first = story()
    with pytest.raises(CommandError, match="There are requests already; nothing was changed"):
        make()
    assert story() == first

    with transaction.atomic():
        Event.objects.all().delete()
        Enquiry.objects.all().delete()
        make(verbosity=0)
        assert story()[:1] != []
        again = story()
        transaction.set_rollback(True)
    assert again == first


def test_another_month_beside_a_request_that_is_there(development):
    request(now=CHANGE - timedelta(days=40), name="Somebody")
    assert "120 invented requests" in make(now=CHANGE, seed=3, anyway=True)
    assert Enquiry.objects.count() == 121
    assert faults() == []
    assert set(Enquiry.objects.values_list("status", flat=True)) == set(Status)


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"DEBUG": False}, "not a development site"), ({"EMAIL_HOST": "mail.example.org"}, "reminders to the invented people would be sent")],
)
def test_it_is_not_made_where_it_could_harm(development, settings, changed, says):
    for name, value in changed.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError, match=says):
        make()
    assert not Enquiry.objects.exists()


def test_nobody_to_answer_and_no_times(db, settings, django_user_model):
    settings.DEBUG, settings.EMAIL_HOST = True, ""
    with pytest.raises(CommandError, match="Make an account first"):
        make()
    django_user_model.objects.create_superuser("staff")
    with pytest.raises(CommandError, match="Load the rota first"):
        make()


@pytest.mark.parametrize("text", ["tomorrow", "2026-03-02T11:00", "2026-13-02T11:00Z"])
def test_a_moment_is_whole_or_refused(text):
    with pytest.raises(CommandError, match="argument --now"):
        call_command("make_sample_month", "--now", text)
