"""A page that is read writes nothing; a page about one person is named and kept by nobody."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.models import Enquiry
from harley.accounts.sessions import SessionStore
from services.models import Page
from tests.bookings import factories
from tests.bookings.desk import free_times
from tests.bookings.stages import confirmed, offered
from tests.bookings.walker import Walker, page, words

BOOKING = [
    "/book/",
    "/book/where/",
    "/book/where/?at=online",
    "/book/when/",
    "/book/when/other/",
    "/book/you/",
    "/book/check/",
    "/book/clear/",
]
BEHIND_A_LINK = ["", "accept/", "accept/none/", "calendar/", "change/", "cancel/", "delete/", "forget/"]
FORGET = "Forget this on this device"


@pytest.fixture
def walker(harley_street, online):
    return Walker()


@pytest.fixture
def requests(harley_street, staff):
    """A request of each kind that has pages of its own: sent, offered times, confirmed, over."""
    sent, offer, appointment = free_times(harley_street, 3)
    now = timezone.now()
    over = factories.request(now=now)
    Enquiry.objects.filter(pk=over.pk).update(status="declined")
    return [
        factories.request(harley_street, sent.starts_at, now=now),
        offered(harley_street, offer.starts_at, staff, now),
        confirmed(harley_street, appointment.starts_at, staff, now),
        over,
    ]


def written(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [query["sql"] for query in captured if not re.match(r"\(*SELECT|SAVEPOINT|RELEASE", query["sql"])]


def on(enquiry: Enquiry) -> list[str]:
    return [f"/request/{enquiry.key}/{verb}" for verb in BEHIND_A_LINK]


def test_reading_the_booking_writes_nothing(walker):
    assert {path: written(walker.client, path) for path in BOOKING} == {path: [] for path in BOOKING}
    walker.to_check()
    assert {path: written(walker.client, path) for path in BOOKING} == {path: [] for path in BOOKING}
    walker.send()
    assert {path: written(walker.client, path) for path in BOOKING} == {path: [] for path in BOOKING}


def test_reading_ones_request_writes_nothing(walker, requests):
    walker.to_check()
    pages = [path for enquiry in requests for path in on(enquiry)] + ["/request/wrong/"]
    assert {path: written(walker.client, path) for path in pages} == {path: [] for path in pages}


def test_reading_public_pages_and_being_signed_in_writes_nothing(desk, harley_street):
    pages = ["/", "/locations/", "/locations/harley-street/", "/nothing/", "/robots.txt", "/sitemap.xml", "/healthz", "/admin/"]
    pages += ["/admin/bookings/enquiry/", "/admin/login/", "/admin/again/", "/admin/second-factor/"]
    first = {path: written(desk, path) for path in pages}
    lists = {"/admin/", "/admin/bookings/enquiry/"}  # that somebody looked at them is recorded, once in an hour
    assert all(len(first[path]) == 1 and '"harley_auditentry"' in first[path][0] for path in lists)
    assert {path: sql for path, sql in first.items() if sql and path not in lists} == {}
    assert {path: written(desk, path) for path in pages} == {path: [] for path in pages}


@pytest.mark.parametrize(("hours", "renewed"), [(5, False), (7, True)])
def test_answers_are_kept_for_another_day_once_a_quarter_of_it_has_passed(walker, hours, renewed):
    walker.to_check()
    session = walker.client.session
    session["booking"] = session["booking"] | {"kept_at": (timezone.now() - timedelta(hours=hours)).timestamp()}
    session.save()
    ends = timezone.now() + timedelta(days=1) - timedelta(hours=hours)
    Session.objects.update(expire_date=ends)
    walker.get("check/")
    assert (Session.objects.get().expire_date > ends) is renewed
    assert written(walker.client, "/book/you/") == []


# Sessions


def test_nothing_in_the_table_of_sessions_can_be_read_without_the_key(walker, settings):
    walker.to_check(name="Wilhelmina", message="I use a wheelchair.")
    row = Session.objects.get()
    assert row.get_decoded() == {}  # as anyone reads it who has the table
    assert SessionStore().decode(row.session_data)["booking"]["you"]["name"] == "Wilhelmina"
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another key, which is as long and as random as the first one is"
    assert SessionStore().decode(row.session_data) == {}
    settings.SECRET_KEY_FALLBACKS = [key]
    assert SessionStore().decode(row.session_data)["booking"]["you"]["name"] == "Wilhelmina"


@pytest.mark.parametrize("data", ["", "x", "gAAAAA", "é", "eyJib29raW5nIjp7fX0:1abc:def"])
def test_a_session_that_no_key_reads_is_empty(data):
    assert SessionStore().decode(data) == {}


def test_what_one_browser_typed_is_no_answer_to_who_reads_the_table_after_the_person_was_erased(walker):
    other = Walker().to_check(name="Wilhelmina", email="w@example.org")
    walker.to_check(name="Wilhelmina", email="w@example.org").send()
    enquiry = Enquiry.objects.get()
    walker.client.post(f"{enquiry.get_absolute_url()}delete/")
    stored = [row.session_data + str(row.get_decoded()) for row in Session.objects.all()]
    assert not any(part in text for text in stored for part in ("Wilhelmina", "w@example.org", enquiry.key or "no key"))
    assert other.client.session["booking"]["you"]["name"] == "Wilhelmina"


# A shared device


@pytest.mark.parametrize(("minutes", "leads"), [(14, True), (16, False)])
def test_the_way_back_to_a_request_ends_after_a_quarter_of_an_hour(walker, minutes, leads):
    walker.to_check().send()
    session = walker.client.session
    key, sent_at = session["booking_sent"]
    session["booking_sent"] = [key, sent_at - 60 * minutes]
    session.save()
    for step in ("check/", "you/", "when/", "when/other/"):
        back = walker.get(step)
        assert back.get("Location") == (f"/request/{key}/" if leads else None)
        assert leads or "Your answers are gone" in words(back)


def test_every_page_behind_a_link_offers_to_forget_it_here(walker, requests):
    for enquiry in requests:
        for path in on(enquiry):
            answer = walker.client.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and not path.endswith("forget/"):
                (link,) = [each for each in page(answer).main.select("a") if each.get_text() == FORGET]
                assert link["href"] == f"/request/{enquiry.key}/forget/"


@pytest.mark.parametrize("contact", ["email", "call"])
def test_what_was_forgotten_here_is_found_nowhere_here_and_stays_as_it_was(walker, contact):
    walker.to_check(contact_by=contact, phone="07700 900982", **({"email": ""} if contact == "call" else {})).send()
    enquiry = Enquiry.objects.get()
    asks = walker.client.get(f"/request/{enquiry.key}/forget/")
    assert ("the link in our email" if contact == "email" else "the address of its page") in words(asks)
    assert page(asks).main.form["action"] == "/book/clear/"
    done = walker.client.post("/book/clear/", {"was_sent": "yes"})
    assert words(done).startswith("Forgotten on this device Nothing of what you typed is kept here. Your request stays as it is.")
    assert not any(part in done.content.decode() for part in (enquiry.key, enquiry.reference))
    assert dict(walker.client.session.items()) == {}
    assert "Your answers are gone" in words(walker.get("check/"))
    assert walker.client.get(enquiry.get_absolute_url()).status_code == 200


def test_no_page_that_may_be_about_a_person_names_the_clinic_or_therapy_to_tabs_history_and_previews(walker, requests):
    walker.to_check()
    pages = [*BOOKING, "/request/wrong/", "/nothing/", *(path for enquiry in requests for path in on(enquiry))]
    for path in pages:
        answer = walker.client.get(path)
        if answer["Content-Type"].startswith("text/html") and answer.status_code in {200, 404}:
            assert_discreet(answer)
    assert_discreet(walker.client.post("/book/clear/"))
    assert_discreet(walker.client.post(f"/request/{requests[-1].key}/delete/"))
    assert_discreet(Client(enforce_csrf_checks=True).post("/book/you/"))


def assert_discreet(answer) -> None:
    head = page(answer).head
    assert not re.search("harley|therap|clinic|counsel", head.title.get_text(), re.IGNORECASE)
    assert head.select("meta[property], meta[name=description], meta[name^=twitter], meta[name*=app]") == []
    assert head.select("link[rel=canonical], link[rel=manifest]") == []
    assert head.select_one("meta[name=robots]")["content"] == "noindex"
    assert "Harley" not in str(head)


def test_a_public_page_still_says_whose_it_is(client, harley_street):
    head = page(client.get("/locations/harley-street/")).head
    assert head.title.get_text() == "Harley Street – Harley Therapy"
    assert head.select_one("meta[property='og:site_name']")["content"] == "Harley Therapy"


def test_a_draft_that_staff_look_at_is_described_to_nobody(desk, content):
    draft = Page.objects.exclude(slug="").first()
    head = page(desk.get(f"/admin/services/page/{draft.pk}/preview/")).head
    assert head.select("meta[property], meta[name=description]") == []
    assert head.select_one("meta[name=robots]")["content"] == "noindex"


def test_cookies_end_with_the_browser_and_are_read_by_no_script():
    assert (settings.CSRF_COOKIE_AGE, settings.SESSION_EXPIRE_AT_BROWSER_CLOSE, settings.CSRF_COOKIE_HTTPONLY) == (None, True, True)
