"""From the DIT page to a confirmed appointment, on a phone: with JavaScript, without, and where the script does not arrive."""

import email
import email.policy
import re
from contextlib import contextmanager

import icalendar
import pytest
from playwright.sync_api import expect

from bookings.models import Enquiry
from tests.browser.conftest import PASSWORD, STAFF
from tests.browser.person import EMAIL, MESSAGE, NAME, Person
from tests.mail.post import eventually
from tests.servers import start_worker, stop, test_database_url

pytestmark = [pytest.mark.booking, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DIT = "/therapies/dynamic-interpersonal-therapy/"
ADDRESS = "1 Example Street\nLondon"


@contextmanager
def worker(folder, site):
    """Sends emails into files under the folder."""
    process = start_worker(folder / "worker.log", DATABASE_URL=test_database_url(), VAR_DIR=str(folder), SITE_URL=site)
    try:
        yield folder / "mail"
    finally:
        stop(process)


def letter(mail, subject):
    """The one letter of that subject, once it is there."""

    def found():
        letters = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in mail.glob("*.eml")]
        return [letter for letter in letters if letter["Subject"].startswith(subject)]

    assert eventually(found)
    (one,) = found()
    assert one["To"] == EMAIL
    return one


def words(letter):
    return letter.get_body(("plain",)).get_content()


@pytest.mark.parametrize("script", ["runs", "is off", "does not arrive"])
def test_from_the_dit_page_to_a_confirmed_appointment(script, open_page, staff, site, tmp_path):
    def open_one(**options):
        page, watch = open_page(java_script_enabled=script != "is off", **options)
        if script == "does not arrive":
            page.context.route(re.compile(r"\.js$"), lambda route: route.abort())
            watch.blocked = ".js"
        return page

    with worker(tmp_path, site) as mail:
        # The client, far from London
        person = Person(page := open_one(timezone_id="America/New_York"))
        page.goto(DIT)
        person.heading("Dynamic Interpersonal Therapy in London")
        person.follow("Book Online")
        person.heading("Before you start")
        person.follow("Request a consultation")
        person.heading("Where would you like to meet?")
        person.start()
        when = person.choose_place().choose_time()
        person.fill_in().press("Continue")
        person.heading("Check your answers")
        for answer in ("Harley Street", when.split(",")[0], NAME, EMAIL, MESSAGE):
            expect(page.locator("dl.summary")).to_contain_text(answer)
        page.get_by_label("Tell me if an earlier time comes up").check()
        person.send()
        person.heading("We have your request")
        expect(page.locator("main")).to_contain_text("not confirmed yet")
        expect(page.locator("main")).to_contain_text("The time we hold for you")
        expect(page.locator("main")).to_contain_text(when.split(",")[0])
        enquiry = Enquiry.objects.get()
        assert person.path == enquiry.get_absolute_url()
        expect(page.locator(".reference")).to_contain_text(enquiry.reference)
        assert (enquiry.message, enquiry.wants_earlier) == (MESSAGE, True)

        received = letter(mail, f"We have your request ({enquiry.reference})")
        assert "not confirmed yet" in words(received)
        assert f"{site}{enquiry.get_absolute_url()}" in words(received)

        # Reception
        desk = Person(open_one(viewport={"width": 1440, "height": 900}, has_touch=False, is_mobile=False))
        desk.page.goto("/admin/")
        desk.page.get_by_label("Username").fill(STAFF)
        desk.page.get_by_label("Password").fill(PASSWORD)
        desk.press("Log in")
        desk.page.locator("#content-main").get_by_role("link", name="Requests", exact=True).first.click()
        desk.follow(enquiry.reference)
        expect(desk.page.locator("#content")).to_contain_text(MESSAGE)
        desk.follow("Confirm this time")
        desk.press("Confirm and tell them")  # there is no address yet
        expect(desk.page.locator("#content")).to_contain_text("Enter the address: the message must say where to come")
        desk.page.get_by_label("Address").fill(ADDRESS)
        desk.press("Confirm and tell them")
        expect(desk.page.locator(".messagelist")).to_contain_text("The time is confirmed.")
        expect(desk.page.locator(".request-state")).to_contain_text("Confirmed")
        expect(desk.page.get_by_role("link", name="Confirm this time")).to_have_count(0)

        # The client again, by the link in the letter
        confirmed = letter(mail, "Your appointment is confirmed: ")
        assert confirmed["Subject"] == f"Your appointment is confirmed: {when} ({enquiry.reference})"
        assert "1 Example Street" in words(confirmed)
        page.goto(re.search(rf"{re.escape(site)}/request/\S+", words(confirmed))[0])
        person.heading("Your appointment is confirmed")
        expect(page.locator("main")).to_contain_text("1 Example Street")
        (attached,) = confirmed.iter_attachments()
        (event,) = icalendar.Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")
        assert event["SUMMARY"] == "Appointment"
        assert event["DTSTART"].dt == enquiry.starts_at
    assert EMAIL not in (tmp_path / "worker.log").read_text()
