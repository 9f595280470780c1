"""The day that docs/for-staff.md tells, walked as it is told. `make screenshots` keeps its pictures: PICTURES names their folder."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings import actions, sample_month
from bookings.domain.schedule import MAIL, TIMETABLE
from bookings.models import Job
from bookings.queries.slots import SlotFinder, bookable_days
from services.models import Location, Person
from tests.bookings import factories
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LAPTOP = {"viewport": {"width": 1024, "height": 768}, "has_touch": False, "is_mobile": False, "reduced_motion": "reduce"}
LARGEST = 300_000  # bytes
BY_PHONE = {"phone": "+447700900982", "phone_typed": "07700 900 982", "contact_by": "call"}


@pytest.fixture
def day(rota, staff):
    """A morning's work in a month of it: two requests to answer, one of them by phone only, one on the waiting list, one confirmed."""
    Location.objects.filter(is_online=False).update(address="1 Example Street\nLondon")
    now, place = timezone.now(), Location.objects.get(slug="harley-street")
    ada = Person.objects.create(name="Ada King", slug="ada", is_practitioner=True)
    sample_month.make_month(staff, now)
    free = list(SlotFinder([place], *bookable_days(now), now).free_at(place))
    asked = factories.request(place, free[4].starts_at, now=now - timedelta(hours=2), name="Sam", message="Step-free access, please.")
    factories.request(place, free[6].starts_at, now=now - timedelta(hours=1), name="Priya", email="", message_safety="none", **BY_PHONE)
    waits = factories.request(now=now - timedelta(days=3), name="Leo", email="leo@example.org", location_id=place.pk)
    actions.waitlist(waits, user=staff, now=now - timedelta(days=2))
    confirmed = factories.request(place, free[9].starts_at, now=now - timedelta(days=1), name="Mei", email="mei@example.org")
    actions.confirm(confirmed, user=staff, now=now - timedelta(hours=20), person=ada)
    confirmed.refresh_from_db()
    for job in (MAIL, *TIMETABLE):  # the worker is alive, as on any other day
        Job.objects.create(name=job, started_at=now, finished_at=now)
    return asked, confirmed


def take(page: Page, name: str) -> None:
    """A picture as it stands in the document; it is kept where PICTURES says, and small enough to be read there."""
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); return document.fonts.ready; }")
    picture = page.screenshot(animations="disabled", caret="hide")
    assert len(picture) < LARGEST
    if folder := os.environ.get("PICTURES"):
        (Path(folder) / f"staff-{name}.png").write_bytes(picture)


def test_the_day_at_reception(open_page, day):
    asked, confirmed = day
    page, _ = open_page(**LAPTOP)
    sign_in(page)
    expect(page.get_by_role("heading", name="To answer")).to_be_visible()
    take(page, "board")

    page.get_by_role("link", name="Requests", exact=True).first.click()
    expect(page.get_by_role("link", name=asked.reference)).to_be_visible()
    take(page, "list")

    page.get_by_role("link", name=asked.reference).click()
    expect(page.get_by_role("link", name="Confirm this time")).to_be_visible()
    take(page, "request")

    page.get_by_role("link", name="Offer other times").click()
    expect(page.get_by_role("button", name="Hold these times and tell them")).to_be_visible()
    take(page, "offer")
    page.go_back()

    page.get_by_role("link", name="Confirm this time").click()
    page.get_by_label("A paragraph of yours").fill("The entrance is step-free. Press the bell and we open the door for you.")
    take(page, "confirm")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="See the email first").click()
    expect(opened.value.get_by_text("The entrance is step-free.")).to_be_visible()
    take(opened.value, "email")
    opened.value.close()
    page.get_by_role("button", name="Confirm and tell them").click()
    expect(page.get_by_text("Confirmed").first).to_be_visible()
    asked.refresh_from_db()
    assert asked.status == "confirmed"

    page.get_by_role("link", name="Phone enquiry", exact=True).click()
    take(page, "phone")
    page.get_by_role("link", name="Waiting for a time", exact=True).first.click()
    expect(page.get_by_role("button", name="Offer these").first).to_be_visible()
    take(page, "waiting")

    page.goto(f"/admin/bookings/enquiry/diary/?view=week&day={timezone.localdate(confirmed.starts_at).isoformat()}")
    expect(page.get_by_role("link", name=confirmed.reference)).to_be_visible()
    take(page, "diary")
    page.get_by_role("link", name="Figures", exact=True).click()
    expect(page.get_by_role("heading", name="Requests by week")).to_be_visible()
    take(page, "figures")

    closed = timezone.localdate(confirmed.starts_at).isoformat()
    page.goto("/admin/services/closure/add/")
    page.get_by_label("Reason").fill("Refurbishment")
    page.get_by_label("First day").fill(closed)
    page.get_by_label("Last day").fill(closed)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="This takes people’s time away")).to_be_visible()
    take(page, "closure")
