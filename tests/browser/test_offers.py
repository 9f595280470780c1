"""What a person does by the link to their request, on a phone: answers the times on offer, deletes their details, comes back.

With JavaScript, without, and where the script stops arriving half-way."""

import re
import time

import pytest
from playwright.sync_api import expect

from bookings.models import Enquiry
from services.models import Location
from tests.bookings.public.test_presenter import STATES
from tests.bookings.room import Room
from tests.browser.person import EMAIL, NAME, Person
from tests.browser.test_keyboard import press_on, tab_to

pytestmark = [pytest.mark.booking, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(rota, staff):
    return Room(Location.objects.get(slug="harley-street"), staff)


@pytest.fixture(params=["runs", "is off", "stops half-way"])
def person(open_page, request):
    page, watch = open_page(java_script_enabled=request.param != "is off")
    person = Person(page)
    person.breaks = request.param == "stops half-way"
    person.watch = watch
    return person


def go_on(person):
    """From here on the line is so poor that no script arrives."""
    if person.breaks:
        person.page.context.route(re.compile(r"\.js$"), lambda route: route.abort())
        person.watch.blocked = ".js"


def status(enquiry):
    enquiry.refresh_from_db()
    return enquiry.status


def test_one_of_the_times_on_offer_is_taken_and_put_into_the_calendar(person, room):
    enquiry, page = room.proposed(), person.page
    page.goto(enquiry.get_absolute_url())
    person.heading("Please choose a time")
    person.follow("Choose one of these times")
    person.heading("Choose a time")
    person.press("Confirm my choice")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_contain_text("Choose a time, or choose “None of these”")
    go_on(person)
    page.get_by_role("radio").nth(1).check()
    person.press("Confirm my choice")
    person.heading("Your appointment is confirmed")
    assert (status(enquiry), enquiry.starts_at) == ("confirmed", room.times[4].starts_at)
    assert enquiry.holds.count() == 1
    with page.expect_download() as download:
        person.follow("Add to my calendar")
    assert download.value.suggested_filename == "appointment.ics"
    person.heading("Your appointment is confirmed")


def test_none_of_these_and_when_else(person, room):
    enquiry, page = room.proposed(), person.page
    page.goto(enquiry.get_absolute_url())
    person.follow("Choose one of these times")
    page.get_by_role("radio", name="None of these").check()
    person.press("Confirm my choice")
    person.heading("When could you come?")
    assert status(enquiry) == "proposed"
    go_on(person)
    page.get_by_role("checkbox", name="Weekends").check()
    person.press("Ask for other times")
    person.heading("We look for another time")
    expect(page.get_by_role("main")).to_contain_text("Weekends")
    assert (status(enquiry), enquiry.preferred_times) == ("new", ["weekends"])
    person.follow("Choose a time")
    person.heading("Choose a day and time")


def test_the_appointment_is_kept_as_it_is(person, room):
    enquiry, page = room.proposed_with_appointment(), person.page
    page.goto(enquiry.get_absolute_url())
    expect(page.get_by_role("main")).to_contain_text("It stays yours until you choose another.")
    person.follow("Choose one of these times")
    page.get_by_role("radio", name="None of these").check()
    person.press("Confirm my choice")
    person.heading("Keep your appointment as it is?")
    go_on(person)
    person.press("Keep my appointment")
    person.heading("Your appointment is confirmed")
    assert (status(enquiry), enquiry.starts_at) == ("confirmed", room.times[0].starts_at)


def test_details_are_deleted(person, room):
    enquiry, page = room.none_suited(), person.page
    page.goto(enquiry.get_absolute_url())
    person.follow("Delete my details")
    person.heading("Delete your details?")
    go_on(person)
    person.press("Delete my details")
    person.heading("Your details are deleted")
    enquiry.refresh_from_db()
    assert (enquiry.name, enquiry.email, enquiry.erased_at is None) == ("", "", False)
    person.watch.expected.add(404)
    page.goto(enquiry.get_absolute_url().replace(enquiry.key, "gone"))
    person.heading("This link doesn’t work any more")


def test_cancelled_and_back_again_with_the_answers_filled_in(person, room):
    enquiry, page = room.new(name=NAME, email=EMAIL), person.page
    page.goto(enquiry.get_absolute_url())
    person.follow("Cancel this request")
    person.heading("Cancel this request?")
    person.press("Yes, cancel")
    person.heading("Your time has been cancelled")
    go_on(person)
    person.press("Ask for another time")
    person.opened_at = time.monotonic()
    person.heading("Where would you like to meet?")
    expect(page.get_by_role("radio", name="Harley Street")).to_be_checked()
    person.press("Continue")
    person.heading("Choose a day and time")
    person.a_later_day().get_by_role("radio").nth(1).check()
    person.press("Continue")
    person.heading("Check your answers")
    expect(page.locator("dl.summary")).to_contain_text(EMAIL)
    person.send()
    person.heading("We have your request")
    new = Enquiry.objects.exclude(pk=enquiry.pk).get()
    assert (new.name, new.email, new.came_back_from) == (NAME, EMAIL, enquiry)


def test_taking_a_time_needs_no_mouse(open_page, room):
    page, _ = open_page(has_touch=False, is_mobile=False, reduced_motion="reduce")
    enquiry, person = room.proposed(), Person(page)
    page.goto(enquiry.get_absolute_url())
    tab_to(page, page.get_by_role("link", name="Choose one of these times"))
    page.keyboard.press("Enter")
    person.heading("Choose a time")
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    press_on(page, "Confirm my choice")
    person.heading("Your appointment is confirmed")
    assert status(enquiry) == "confirmed"


def test_what_is_true_now_has_the_focus(person, room):
    enquiry, page = room.new(), person.page
    page.goto(enquiry.get_absolute_url())
    go_on(person)
    person.press("Tell me if an earlier time comes up")
    said = page.locator(".done")
    expect(said).to_have_text("We will tell you if an earlier time comes up.")
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport(ratio=1)
    person.press("I no longer want an earlier time")
    expect(said).to_have_text("We will no longer tell you if an earlier time comes up.")
    expect(said).to_be_focused()


def test_every_situation_without_javascript(open_page, room):
    page, _ = open_page(java_script_enabled=False)
    for state, (heading, _, wanted) in STATES.items():
        enquiry = getattr(room, state)()
        page.goto(enquiry.get_absolute_url())
        Person(page).heading(heading)
        for name in wanted:
            assert page.get_by_role("main").get_by_text(name, exact=True).first.is_visible(), (state, name)
        Enquiry.objects.all().delete()
