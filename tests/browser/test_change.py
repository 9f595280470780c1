"""Changing the time on a phone, by its link: with JavaScript, without, and by keyboard."""

from itertools import groupby

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.queries.slots import SlotFinder, bookable_days
from services.clinic.uk_time import LONDON
from services.models import Location
from tests.bookings import factories
from tests.browser.person import Person

pytestmark = [pytest.mark.booking, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def enquiry(rota):
    """A request for the first time of a day that has others: of today's or tomorrow's, only one may be left."""
    now, place = timezone.now(), Location.objects.get(slug="harley-street")
    free = SlotFinder([place], *bookable_days(now), now).free_at(place)
    days = [list(offers) for _, offers in groupby(free, key=lambda offer: offer.starts_at.astimezone(LONDON).date())]
    offer = next(offers[0] for offers in days if len(offers) >= 3)
    return factories.request(offer.location, offer.starts_at, now=now)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_choosing_another_time(open_page, enquiry, script):
    page, _ = open_page(java_script_enabled=script)
    person = Person(page)
    page.goto(enquiry.get_absolute_url())
    person.follow("Change the time")
    person.heading("Choose another day and time")
    slot = person.a_later_day().get_by_role("radio").nth(1)
    when = slot.get_attribute("data-label")
    slot.check()
    person.press("Change to this time")
    person.heading("We have your request")
    expect(page.get_by_role("main")).to_contain_text(when.split(",")[0])
    assert enquiry.holds.get().starts_at != enquiry.starts_at


def test_by_keyboard_alone(open_page, enquiry):
    page, _ = open_page()
    page.goto(enquiry.get_absolute_url())
    page.get_by_role("link", name="Change the time").focus()
    page.keyboard.press("Enter")
    Person(page).heading("Choose another day and time")
    page.locator(".slot-day.is-current input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    Person(page).heading("We have your request")
    assert enquiry.holds.get().starts_at != enquiry.starts_at
