"""Board, list and steps on many: read by axe, light and dark, from a small phone to a desktop, full and empty; and used by keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import actions
from bookings.models import ConsultationHours, Enquiry, Event, Notice
from bookings.queries.slots import Slot, SlotFinder, bookable_days
from services.models import BankHoliday, Location, Person
from tests.bookings.factories import request
from tests.bookings.stages import confirmed, moved_to
from tests.browser.auditor import Auditor
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/bookings/enquiry/"
PHONE = {"email": "", "contact_by": "call", "phone": "+447700900982", "phone_typed": "07700 900982"}
EVERY_BOX = {
    *("new", "today", "outcome", "proposed", "failed", "tell", "suspected_spam", "no_person", "earlier", "to_close", "no_time"),
    *("to-fill-in", "bank-holidays-to-decide", "to-review", "to-check-against-the-source"),
}


@pytest.fixture
def full(rota, staff):
    """Something in every box."""
    now, hour = timezone.now(), timedelta(hours=1)
    place = Location.objects.get(slug="harley-street")
    times = iter([offer.starts_at for offer in SlotFinder([place], *bookable_days(now), now).free_at(place)])
    request(place, next(times), now=now - 9 * 24 * hour, name="Late O’Brien", wants_earlier=True)
    request(place, next(times), now=now, name="Alexandra Featherstonehaugh-Cholmondeley", **PHONE)
    request(now=now, name="Pills", suspect=True)
    actions.offer_times(request(now=now, name="Chooses"), [Slot(next(times), place)], user=staff, now=now)
    for name, ago in (("Soon", -1), ("Over", 3), ("Came", 5)):
        moved_to(confirmed(place, next(times), staff, now, name=name, email=f"{name}@example.org"), now + -ago * hour)
    confirmed(place, next(times), staff, now, name="Ahead", email="ahead@example.org")
    came = Enquiry.objects.get(name="Came")
    actions.assign_person(came, Person.objects.create(name="Ada King", slug="ada", is_practitioner=True), user=staff, now=now)
    actions.mark_attended(came, user=staff, now=now)
    late = Enquiry.objects.get(name="Late O’Brien")
    Event.objects.create(enquiry=late, at=now, actor="client", from_status="new", to_status="new", note=actions.TIME_CHANGED)
    Notice.objects.filter(event__enquiry=late).update(status="failed", last_error="SMTPRecipientsRefused 550")
    ConsultationHours.objects.filter(location__slug="online").delete()
    BankHoliday.objects.create(day=timezone.localdate() + timedelta(days=30), name="A holiday")
    return late


def test_axe_finds_nothing_on_a_full_board_and_in_the_list(open_page, full):
    page, watch = open_page(has_touch=False, is_mobile=False, reduced_motion="reduce")
    audit = Auditor(page, watch)
    sign_in(page)
    audit.look("/admin/")
    boxes = page.locator(".box:not(.box-empty)").evaluate_all("boxes => boxes.map((box) => box.id)")
    assert set(boxes) >= EVERY_BOX - {"today"}  # at midnight an hour from now is tomorrow
    page.goto(LIST)
    page.locator(".filter summary").first.click()
    audit.look()
    audit.look(f"{LIST}?state=all&time=past-week")
    audit.look(f"{LIST}?q=nobody")
    audit.look("/admin/bookings/notice/?look=failed")
    rows = "&".join(f"row={pk}" for pk in Enquiry.objects.values_list("pk", flat=True))
    for verb in ("decline", "confirm", "miss", "offer", "erase"):
        audit.look(f"{LIST}bulk/{verb}/?{rows}")
    page.goto(f"{LIST}bulk/decline/?{rows}")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("link", name="Choose a reason")).to_be_visible()
    audit.look()
    assert "\n".join(audit.found) == ""


def test_axe_finds_nothing_on_an_empty_board(open_page, rota, staff):
    page, watch = open_page(has_touch=False, is_mobile=False, reduced_motion="reduce")
    audit = Auditor(page, watch)
    sign_in(page)
    expect(page.get_by_text("Nothing is waiting for you just now.")).to_be_visible()
    audit.look("/admin/")
    audit.look(LIST)
    assert "\n".join(audit.found) == ""


def test_what_waits_longest_is_two_clicks_away(open_page, full):
    page, _ = open_page(has_touch=False, is_mobile=False, viewport={"width": 1024, "height": 768})
    sign_in(page)
    expect(page.locator(".board-next")).to_be_in_viewport()
    expect(page.locator(".board-next")).to_contain_text("Late O’Brien")
    page.locator(".board-next").get_by_role("link", name="Answer").click()
    expect(page).to_have_url(f"{page.url.partition('/admin/')[0]}{LIST}{full.pk}/change/")


def test_the_list_fits_a_laptop_and_its_filters_a_keyboard(open_page, full):
    page, _ = open_page(has_touch=False, is_mobile=False, viewport={"width": 1024, "height": 768})
    sign_in(page)
    page.goto(LIST)
    assert page.evaluate("() => { const t = document.querySelector('#result_list'); return t.scrollWidth <= t.parentElement.clientWidth }")
    page.locator(".filter summary").nth(3).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Canary Wharf")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**place=*")
    expect(page.locator(".filter.is-on")).to_have_count(1)


def test_a_step_on_many_is_taken_by_keyboard(open_page, full):
    page, _ = open_page(has_touch=False, is_mobile=False, viewport={"width": 1024, "height": 768})
    sign_in(page)
    page.goto(f"{LIST}?state=new")
    page.get_by_label("Select all objects on this page for an action").focus()
    page.keyboard.press("Space")
    page.get_by_label("Action:").select_option("assign")
    page.get_by_role("button", name="Look at it first").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Assign to me").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("2 requests are assigned to you.")
    assert Enquiry.objects.filter(status="new", assigned_to__isnull=False).count() == 2
