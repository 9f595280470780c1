"""axe finds nothing to mend on any page, at three widths, by day and by night, mistakes included; nothing sticks out on a small phone,
and nothing is too small to press."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.finders import get_finders
from django.template.loader import render_to_string
from django.utils import timezone
from playwright.sync_api import expect

from bookings import actions
from bookings.models import Enquiry
from bookings.queries.slots import next_slots
from services.clinic.clinic import Clinic
from services.models import Location
from tests.bookings import factories
from tests.bookings.public.test_presenter import STATES
from tests.bookings.room import Room
from tests.browser.conftest import sign_in
from tests.browser.person import Person
from tests.slots import offer_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"phone": "+447700900982", "phone_typed": "07700 900982"}
WIDTH = re.compile(r"(?:min|max)-width: *([0-9.]+)(px|rem)\)")  # of a media query
LINKS = "() => [...document.links].map((link) => link.href).filter((href) => href.startsWith(`${location.origin}/`))"


@pytest.fixture
def request_in():
    """Makes a request for the next free time at a place, in the state asked for."""

    def make(state, staff, place="harley-street"):
        now = timezone.now()
        offer = {location.slug: offer for location, offer in next_slots(Clinic(now))}[place]
        enquiry = factories.request(offer.location, offer.starts_at, now=now, email="", contact_by="call", **PHONE)
        if state == "confirmed":
            return actions.confirm(enquiry, user=staff, now=now, address="1 Example Street\nLondon")
        if state == "declined":
            return actions.decline(enquiry, reason="no_capacity", user=staff, now=now)
        if state == "cancelled":
            return actions.cancel(enquiry, now=now)
        return enquiry

    return make


def test_no_style_sheet_tells_the_smallest_phone_from_another():
    """So that what is judged at 320 pixels holds at 390 unless other elements are shown there, or in other colours."""
    sheets = {
        Path(path)
        for finder in get_finders()
        for path in (storage.path(name) for name, storage in finder.list([]))
        if path.endswith(".css")
    }
    bounds = {bound for sheet in sheets for bound in WIDTH.findall(sheet.read_text(encoding="utf-8"))}
    in_pixels = {float(number) * (16 if unit == "rem" else 1) for number, unit in bounds}
    assert len(in_pixels) > 10
    assert {width for width in in_pixels if 320 <= width <= 390} == set()


def test_every_page_for_readers(audit):
    """The front page, whatever it leads to, whatever that leads to: a page that is added later is looked at, too."""
    known, waiting = {"/"}, ["/"]
    while waiting:
        audit.look(waiting.pop())
        links = {urlsplit(href).path for href in audit.page.evaluate(LINKS)}
        found = {path for path in links - known if not path.startswith(("/book/", "/static/"))}
        known |= found
        waiting.extend(found)
    assert "\n".join(audit.found) == ""
    assert known >= {
        "/therapies/",
        "/therapies/dynamic-interpersonal-therapy/",
        "/locations/",
        *(place.get_absolute_url() for place in Location.objects.all()),
        "/articles/",
        "/articles/what-is-dynamic-interpersonal-therapy/",
    }


def test_what_is_said_when_something_is_wrong(audit):
    Redirect.objects.create(site_id=settings.SITE_ID, old_path="/gone/", new_path="")
    for path, status in {"/no-such-page/": 404, "/gone/": 410, "/?a=%00": 400, "/request/nobody-has-this-key/": 404}.items():
        audit.look(path, status)
    audit.watch.expected.add(403)
    Person(audit.page).start()
    audit.page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').remove()")
    audit.page.get_by_role("button", name="Continue").click()
    expect(audit.page.get_by_role("alert").first).to_contain_text("It is still here")
    audit.look()
    audit.look(f"/request/{factories.request(now=timezone.now()).key}/forget/")
    for status in (500, 503):
        page = render_to_string(f"errors/{status}.html", {"clinic": Clinic(timezone.now())})  # as it is kept for then
        answer = {"status": status, "body": page, "content_type": "text/html"}
        audit.page.route(f"**/broken/{status}/", lambda route, _, answer=answer: route.fulfill(**answer))
        audit.look(f"/broken/{status}/", status)
    assert "\n".join(audit.found) == ""


def test_what_comes_back_to_staff(audit, staff):
    enquiry, page = factories.request(now=timezone.now()), audit.page
    audit.watch.expected.add(403)
    sign_in(page)
    for remove in ("document.querySelector('.request-note [name=csrfmiddlewaretoken]').remove()", "void 0"):
        page.goto(f"/admin/bookings/enquiry/{enquiry.pk}/change/")
        page.locator(".request-note textarea").fill("Rang, no answer.")
        page.evaluate(remove)
        if remove == "void 0":
            Session.objects.update(expire_date=timezone.now())
        page.get_by_role("button", name="Save the note").click()
        audit.look()
    assert "\n".join(audit.found) == ""


def test_every_page_of_a_booking(audit):
    person = Person(audit.page)
    audit.look("/book/you/")  # the answers are gone: there were none
    audit.look("/book/")
    person.start()
    audit.look()
    person.choose_place()
    audit.look()
    audit.look("/book/when/?days=weekend&part=evening")  # nothing matches
    audit.look("/book/when/other/")
    audit.page.goto("/book/when/")
    person.choose_time()
    audit.look()
    person.fill_in().press("Continue")
    person.heading("Check your answers")
    audit.look()
    audit.look("/book/clear/")
    person.press("Clear my answers")
    audit.look()
    audit.page.goto("/book/where/")
    person.choose_place("I don’t mind")
    audit.look()
    assert "\n".join(audit.found) == ""


def test_every_page_of_a_booking_with_mistakes(audit):
    person = Person(audit.page)
    audit.watch.expected = {409}
    person.start().press("Continue")
    audit.look()
    person.choose_place().press("Continue")
    audit.look()
    audit.page.goto("/book/when/other/")
    person.press("Continue")
    audit.look()
    audit.page.goto("/book/when/")
    person.choose_time()
    person.press("Continue")
    audit.look()
    person.fill_in().press("Continue")
    person.heading("Check your answers")
    offer = offer_of(person.chosen)
    factories.request(offer.location, offer.starts_at, now=timezone.now())
    person.send()
    person.heading("Choose a day and time")
    audit.look()
    assert "\n".join(audit.found) == ""


@pytest.fixture
def room(rota, staff):
    return Room(Location.objects.get(slug="harley-street"), staff)


def test_the_page_of_a_request_in_every_state(audit, room):
    for state in STATES:
        audit.look(getattr(room, state)().get_absolute_url())
        Enquiry.objects.all().delete()
    assert "\n".join(audit.found) == ""


def test_the_pages_that_answer_times_on_offer(audit, room):
    for state in ("proposed", "proposed_with_appointment"):
        enquiry = getattr(room, state)()
        for page in ("accept/", "accept/none/", "cancel/", "delete/"):
            audit.look(f"{enquiry.get_absolute_url()}{page}")
        audit.page.goto(f"{enquiry.get_absolute_url()}accept/")
        audit.page.get_by_role("button", name="Confirm my choice").click()
        expect(audit.page).to_have_title(re.compile("^Error: "))
        audit.look()
        Enquiry.objects.all().delete()
    assert "\n".join(audit.found) == ""


def test_the_pages_that_change_a_request(audit, room):
    enquiry = room.new()
    audit.look(f"{enquiry.get_absolute_url()}change/")
    audit.page.evaluate("document.querySelectorAll('input[name=slot]').forEach((radio) => (radio.checked = false))")
    audit.page.get_by_role("button", name="Change to this time").click()
    expect(audit.page).to_have_title(re.compile("^Error: "))
    audit.look()
    audit.look(f"{enquiry.get_absolute_url()}delete/")
    audit.look(f"{enquiry.get_absolute_url()}cancel/")
    audit.page.get_by_role("textbox").fill("x" * 501)
    audit.page.get_by_role("button", name="Cancel").click()
    expect(audit.page).to_have_title(re.compile("^Error: "))
    audit.look()
    audit.page.goto(f"{enquiry.get_absolute_url()}delete/")
    audit.page.get_by_role("button", name="Delete my details").click()
    audit.look()
    assert "\n".join(audit.found) == ""


def test_the_staffs_pages(audit, staff, request_in):
    enquiry = request_in("new", staff)
    request_in("declined", staff, "online")
    audit.look("/admin/login/")
    sign_in(audit.page)
    change = f"/admin/bookings/enquiry/{enquiry.pk}/change/"
    for path in ("/admin/", "/admin/bookings/enquiry/", "/admin/bookings/enquiry/?state=all", change):
        audit.look(path)
    audit.look(f"/admin/bookings/enquiry/{enquiry.pk}/confirm/")
    audit.page.get_by_role("button", name="Confirm and tell them").click()
    audit.look()
    audit.look(f"/admin/bookings/enquiry/{enquiry.pk}/decline/")
    online = request_in("confirmed", staff, "online")
    audit.look(f"/admin/bookings/enquiry/{online.pk}/video/")
    audit.look(f"/admin/bookings/enquiry/{online.pk}/change/")
    assert "\n".join(audit.found) == ""
