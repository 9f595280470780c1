"""A small clinic: two places, one by video, open 7am to 10pm on every day."""

from datetime import UTC, datetime, time

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from bookings.models import ConsultationHours, Enquiry
from bookings.queries import slots
from services.clinic.clinic import Clinic
from services.models import ClinicDetails, CrisisContact, Location, OpeningHours, PhoneNumber

MONDAY_NOON = datetime(2026, 6, 1, 11, 0, tzinfo=UTC)  # midday in London


@pytest.fixture
def now():
    """A Monday, 1 June 2026, at midday UK time."""
    return MONDAY_NOON


@pytest.fixture
def clinic(db):
    make_clinic()


@pytest.fixture
def harley_street(clinic):
    return make_harley_street()


@pytest.fixture
def online(clinic):
    return make_online()


def make_clinic() -> None:
    ClinicDetails.objects.create(name="Harley Therapy", call_heading="Call us", book_label="Book Online")
    PhoneNumber.objects.create(role="layout", number="0345 474 1724")
    CrisisContact.objects.create(name="Samaritans", how="Call 116 123, free, at any time.", number="116 123")
    OpeningHours.objects.bulk_create(OpeningHours(weekday=day, opens=time(7), closes=time(22)) for day in range(7))


def make_harley_street() -> Location:
    return _place("Harley Street", "harley-street", order=1)


def make_online() -> Location:
    return _place("Online", "online", order=2, is_online=True)


def _place(name, slug, **values):
    """Open for consultations on every day from 9am to midday, one at a time: 9, 10 and 11 o'clock."""
    place = Location.objects.create(name=name, slug=slug, **values)
    ConsultationHours.objects.bulk_create(
        ConsultationHours(location=place, weekday=day, opens=time(9), closes=time(12)) for day in range(7)
    )
    return place


@pytest.fixture
def staff(db):
    return get_user_model().objects.create_superuser("reception", "", "a long password")


@pytest.fixture
def colleague(db):
    """Somebody else at reception, who has a name."""
    return get_user_model().objects.create_superuser("pnair", "", "a long password", first_name="Priya", last_name="Nair")


@pytest.fixture
def other_desk(colleague):
    """The colleague, signed in at the same time."""
    client = Client()
    client.force_login(colleague)
    return client


@pytest.fixture
def desk(client, staff):
    """Somebody at reception, signed in."""
    client.force_login(staff)
    return client


@pytest.fixture
def changelist(staff, now):
    """The list of requests as somebody sees it at noon."""

    def asked_for(**params):
        page = RequestFactory().get(reverse("admin:bookings_enquiry_changelist"), params)
        page.user, page.clinic = staff, Clinic(now)
        return admin.site.get_model_admin(Enquiry).get_changelist_instance(page)

    return asked_for


@pytest.fixture
def thursday_ten():
    """Thursday 4 June 2026, 10am in London."""
    return datetime(2026, 6, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def next_time(harley_street):
    """The next free time at Harley Street by the real clock, for tests of views and commands, which look at it."""
    return slots.next_slots(Clinic(timezone.now()))[0][1]


@pytest.fixture(autouse=True)
def _no_erasures_of_other_tests(settings):
    settings.ERASED_FILE.unlink(missing_ok=True)
