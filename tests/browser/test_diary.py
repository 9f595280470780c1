"""The staff's diary, figures and exports: read by axe, light and dark, on a laptop and a phone, and used by keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import actions
from bookings.queries.slots import SlotFinder, bookable_days
from services.models import Location, Person
from tests.bookings import factories
from tests.browser.auditor import Auditor
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def confirmed(rota, staff):
    """An appointment with a practitioner, another time asked for, and somebody whom none of the times suited."""
    now = timezone.now()
    place = Location.objects.get(slug="harley-street")
    free = list(SlotFinder([place], *bookable_days(now), now).free_at(place))
    today = timezone.localdate(free[0].starts_at)  # of which few times may be left
    free = [slot for slot in free if timezone.localdate(slot.starts_at) > today]
    ada = Person.objects.create(name="Ada King", slug="ada", is_practitioner=True)
    enquiry = factories.request(place, free[0].starts_at, now=now, phone="+447700900982", phone_typed="07700 900982")
    actions.confirm(enquiry, user=staff, now=now, address="1 Example Street\nLondon", person=ada)
    actions.add_note(enquiry, text="Prefers mornings", user=staff, now=now)
    factories.request(place, free[1].starts_at, now=now, email="b@example.org")
    factories.request(now=now, email="c@example.org", location_id=place.pk, preferred_times=["weekends"])
    enquiry.refresh_from_db()
    return enquiry


def pages(enquiry):
    day = timezone.localdate(enquiry.starts_at).isoformat()
    base = "/admin/bookings/enquiry"
    return [
        f"{base}/diary/?day={day}",
        f"{base}/diary/?day={day}&view=week",
        f"{base}/diary/?day=2030-12-25",
        f"{base}/figures/",
        f"{base}/figures/?first=2020-01-01&last=2020-01-02",
        f"{base}/export/",
        f"{base}/{enquiry.pk}/person/",
    ]


def test_axe_finds_nothing_in_diary_figures_and_exports(open_page, confirmed):
    page, watch = open_page(has_touch=False, is_mobile=False, reduced_motion="reduce")
    audit = Auditor(page, watch)
    sign_in(page)
    for path in pages(confirmed):
        audit.look(path)
    assert "\n".join(audit.found) == ""


def test_axe_finds_nothing_where_a_closure_takes_times_away(audit, confirmed):
    day = timezone.localdate(confirmed.starts_at)
    sign_in(audit.page)
    audit.page.goto("/admin/services/closure/add/")
    audit.page.get_by_label("Reason").fill("Refurbishment")
    audit.page.get_by_label("First day").fill(day.isoformat())
    audit.page.get_by_label("Last day").fill(day.isoformat())
    audit.page.get_by_role("button", name="Save", exact=True).click()
    audit.page.get_by_role("heading", name="This takes people’s time away").wait_for()
    audit.look()
    assert "\n".join(audit.found) == ""
    audit.page.get_by_role("button", name="Offer new times to all").click()
    audit.page.get_by_text("2 offered new times.").wait_for()
    confirmed.refresh_from_db()
    assert confirmed.status == "proposed"


def test_the_diary_is_used_by_keyboard(open_page, confirmed):
    page, _ = open_page(has_touch=False, is_mobile=False)
    sign_in(page)
    day = timezone.localdate(confirmed.starts_at)
    page.goto(f"/admin/bookings/enquiry/diary/?day={(day - timedelta(days=1)).isoformat()}")
    page.get_by_role("link", name="Day after").focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=confirmed.reference)
    link.wait_for()
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"Request {confirmed.reference}").wait_for()


def test_the_printed_diary_has_names_and_no_buttons(open_page, confirmed):
    page, _ = open_page(has_touch=False, is_mobile=False)
    sign_in(page)
    page.goto(f"/admin/bookings/enquiry/diary/?day={timezone.localdate(confirmed.starts_at).isoformat()}")
    page.emulate_media(media="print")
    assert page.get_by_text(confirmed.reference).is_visible()
    assert page.get_by_text("Sam", exact=True).first.is_visible()
    for gone in (page.locator("#header"), page.locator(".diary-bar"), page.locator("#feed"), page.locator("#nav-sidebar")):
        assert not gone.is_visible()
