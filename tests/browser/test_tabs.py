"""Two tabs, a link followed from webmail, a session that ended: in a real Chromium, with and without the script."""

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Enquiry, Note
from tests.bookings import factories
from tests.browser.conftest import PASSWORD, STAFF, sign_in
from tests.browser.person import MESSAGE, NAME, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SENTENCE = "It is still here: please look at it and press the button again."


def follow_from_webmail(page: Page, path: str) -> Page:
    """Open the path in another tab, from a page that is no part of the site."""
    site = page.url.partition("/book")[0].partition("/admin")[0]
    tab = page.context.new_page()
    tab.goto(f"data:text/html,<title>Inbox</title><a href='{site}{path}'>Your request</a>")
    tab.get_by_role("link").click()
    tab.wait_for_url(f"**{path}")
    return tab


@pytest.mark.parametrize("path", ["/book/where/", "/book/when/", "/request/{key}/"])
def test_a_form_in_one_tab_outlives_a_link_followed_in_another(open_page, path):
    page, _ = open_page()
    person = Person(page)
    enquiry = factories.request(now=timezone.now())
    person.start().choose_place().choose_time()
    person.fill_in()
    follow_from_webmail(page, path.format(key=enquiry.key))
    person.press("Continue")
    person.heading("Check your answers")
    person.send()
    person.heading("We have your request")
    assert Enquiry.objects.filter(name=NAME, message=MESSAGE).count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_details_come_back_into_the_form_when_the_session_has_ended(open_page, script):
    page, watch = open_page(java_script_enabled=script)
    watch.expected.add(403)
    person = Person(page)
    person.start().choose_place()
    page.locator(".slot-day input").first.check(force=True)
    person.press("Continue")
    person.fill_in()
    page.context.clear_cookies()
    person.press("Continue")
    expect(page.get_by_role("alert")).to_contain_text(SENTENCE)
    expect(page.get_by_label("What name should we use?")).to_have_value(NAME)
    expect(page.locator("textarea")).to_have_value(MESSAGE)
    person.press("Continue")
    person.heading("Where would you like to meet?")
    expect(page.locator(".notice")).to_contain_text("the rest of what you told us is kept")
    person.choose_place()
    page.locator(".slot-day input").first.check(force=True)
    person.press("Continue")
    person.heading("Check your answers")
    expect(page.locator("dl.summary")).to_contain_text(MESSAGE)


def test_a_note_comes_back_after_signing_in_again(open_page, staff):
    page, watch = open_page(viewport={"width": 1280, "height": 900})
    watch.expected.add(403)
    enquiry = factories.request(now=timezone.now())
    sign_in(page)
    page.goto(f"/admin/bookings/enquiry/{enquiry.pk}/change/")
    page.locator(".request-note textarea").fill("Rang.\nNo answer.")
    follow_from_webmail(page, "/admin/")
    Session.objects.update(expire_date=timezone.now())
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_role("alert")).to_contain_text("Sign in: it comes back")
    page.get_by_label("Username").fill(STAFF)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please send it again")
    expect(page.get_by_label("Text")).to_have_value("Rang.\nNo answer.")
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator(".messagelist")).to_have_text("Written down.")
    assert Note.objects.get().text == "Rang.\nNo answer."


def test_an_open_page_says_ten_minutes_before_that_its_session_ends(open_page, staff):
    page, _ = open_page(viewport={"width": 1280, "height": 900})
    page.clock.install()
    sign_in(page)
    ends = page.locator(".session-ends")
    expect(ends).to_be_hidden()
    page.clock.fast_forward("07:45:00")
    expect(ends).to_be_hidden()
    page.clock.fast_forward("05:30")
    expect(ends).to_be_visible()
    expect(ends).to_contain_text("You will be signed out at ")


def test_a_request_is_forgotten_on_a_shared_phone(open_page):
    page, _ = open_page()
    person = Person(page)
    person.to_check()
    person.send()
    person.heading("We have your request")
    assert "Harley" not in page.title()
    page.goto("/book/check/")
    person.heading("We have your request")
    person.follow("Forget this on this device")
    person.press("Forget this on this device")
    person.heading("Forgotten on this device")
    page.goto("/book/check/")
    person.heading("Your answers are gone")
