"""What staff typed is not lost with their session or with the token of a form: it comes back, and is sent by one press."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bookings.models import Enquiry, Note
from harley.models import Look
from services.clinic.uk_time import clock
from tests.bookings import factories
from tests.bookings.conftest import make_clinic

PASSWORD = "harbour-lantern-walnut"
WORDS = 'Rang, no answer. <b>"Try after five."</b>\nThey said so.'


@pytest.fixture
def enquiry(db) -> Enquiry:
    make_clinic()
    return factories.request(now=timezone.now())


@pytest.fixture
def desk(db) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.create_superuser("reception", "", PASSWORD))
    return client


def form_of(response: HttpResponse, selector: str) -> tuple[str, dict[str, str]]:
    """The address of a form on the page, and what a browser would send of it."""
    page = BeautifulSoup(response.content, "html.parser")
    form = page.select_one(selector)
    fields = form.select("input[name], textarea") + page.select(f'input[form="{form.get("id")}"]')
    return form.get("action", ""), {each["name"]: each.get("value", each.get_text().removeprefix("\n")) for each in fields}


def note(client: Client, enquiry: Enquiry) -> tuple[str, dict[str, str]]:
    return form_of(client.get(f"/admin/bookings/enquiry/{enquiry.pk}/change/"), "form.request-note")


def words(response: HttpResponse) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").select_one("#content-start").get_text(" ").split())


def ended(client: Client) -> None:
    Session.objects.filter(pk=client.cookies[settings.SESSION_COOKIE_NAME].value).update(expire_date=timezone.now())


def test_a_note_whose_token_is_refused_comes_back_and_is_saved_by_one_press(desk, enquiry):
    path, sent = note(desk, enquiry)
    refused = desk.post(path, sent | {"text": WORDS, "csrfmiddlewaretoken": "a" * 64})
    assert (refused.status_code, Note.objects.count()) == (403, 0)
    assert "Rang, no answer." in words(refused)
    assert "<b>" not in refused.content.decode()
    action, again = form_of(refused, "#content-main form")
    assert (action, again | {"csrfmiddlewaretoken": ""}) == (path, sent | {"text": WORDS, "csrfmiddlewaretoken": ""})
    assert desk.post(action, again).status_code == 302
    assert Note.objects.get().text == WORDS


@pytest.mark.parametrize("first_wrong", [False, True])
def test_a_note_sent_after_the_session_has_ended_comes_back_after_signing_in(desk, enquiry, first_wrong):
    path, sent = note(desk, enquiry)
    ended(desk)
    refused = desk.post(path, sent | {"text": WORDS})
    assert (refused.status_code, Note.objects.count()) == (403, 0)
    assert "Your session had ended, so what you sent was not taken." in words(refused)
    assert "Rang" not in refused.content.decode()  # the sign-in page may stand open on a desk
    action, sign_in = form_of(refused, "#login-form")
    if first_wrong:
        action, sign_in = form_of(desk.post(action, sign_in | {"username": "reception", "password": "wrong"}), "#login-form")
    inside = desk.post(action, sign_in | {"username": "reception", "password": PASSWORD}, follow=True)
    assert inside.redirect_chain == [("/admin/again/", 302)]
    assert "Rang, no answer." in words(inside)
    action, again = form_of(inside, "#content-main form")
    assert (action, again["text"]) == (path, WORDS)
    assert desk.post(action, again).status_code == 302
    assert Note.objects.get().text == WORDS


def test_a_token_refused_after_the_session_has_ended_comes_back_after_signing_in(desk, enquiry):
    path, sent = note(desk, enquiry)
    ended(desk)
    refused = desk.post(path, sent | {"text": WORDS, "csrfmiddlewaretoken": ""})
    action, sign_in = form_of(refused, "#login-form")
    inside = desk.post(action, sign_in | {"username": "reception", "password": PASSWORD}, follow=True)
    assert form_of(inside, "#content-main form")[1]["text"] == WORDS


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/admin/bookings/enquiry/add/", {"name": "Sam", "message": "Is there a lift?"}),
        ("/admin/bookings/enquiry/bulk/decline/?row=1", {"reason": "other", "row": "1.1"}),
        ("/admin/services/article/add/", {"title": "How it helps", "body": "One\ntwo", "_continue": "Save"}),
        ("/admin/services/article/", {"action": "delete_selected", "_selected_action": "1"}),
        ("/admin/bookings/closure/add/", {"reason": "Away", "first_day": "2026-12-24"}),
    ],
)
@pytest.mark.parametrize("way", ["token", "session"])
def test_every_form_of_the_admin_comes_back(desk, path, sent, way):
    make_clinic()
    if way == "token":
        page = desk.post(path, sent)
    else:
        desk.get("/admin/")
        ended(desk)
        token = form_of(desk.get("/admin/login/"), "#login-form")[1]["csrfmiddlewaretoken"]
        action, sign_in = form_of(desk.post(path, sent | {"csrfmiddlewaretoken": token}), "#login-form")
        page = desk.post(action, sign_in | {"username": "reception", "password": PASSWORD}, follow=True)
    action, again = form_of(page, "#content-main form")
    assert (action, {name: value for name, value in again.items() if name != "csrfmiddlewaretoken"}) == (path, sent)


def test_passwords_do_not_come_back(desk):
    make_clinic()
    refused = desk.post("/admin/auth/user/add/", {"username": "new", "password1": PASSWORD, "password2": PASSWORD})
    assert form_of(refused, "#content-main form")[1].keys() == {"csrfmiddlewaretoken", "username"}
    assert PASSWORD not in refused.content.decode()


def test_a_sign_in_page_that_was_open_for_too_long_keeps_the_name(db):
    make_clinic()
    client = Client(enforce_csrf_checks=True)
    refused = client.post("/admin/login/?next=/admin/", {"username": "reception", "password": PASSWORD})
    assert (refused.status_code, form_of(refused, "#login-form")[1]["username"]) == (403, "reception")
    assert PASSWORD not in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_code_sent_without_a_token_is_not_looked_at(desk):
    make_clinic()
    refused = desk.post("/admin/second-factor/set-up/", {"begin": "1"})
    assert refused.status_code == 403
    assert "This page was open for a long time, so nothing was done." in words(refused)


def test_nobody_else_can_bring_words_along(desk):
    make_clinic()
    sign_in = form_of(Client().get("/admin/login/"), "#login-form")[1]
    visitor = Client()
    sent = sign_in | {"username": "reception", "password": PASSWORD, "typed": "gAAAAA" + "x" * 80, "next": "/admin/again/"}
    assert visitor.post("/admin/login/", sent, follow=True).redirect_chain[-1][0] == "/admin/"


def test_whoever_may_not_be_here_gets_nothing_back(db):
    make_clinic()
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.create_user("nobody"))
    refused = client.post("/admin/services/article/add/", {"title": "How it helps"})
    assert (refused.status_code, "How it helps" in refused.content.decode()) == (403, False)


def test_what_another_site_sends_does_not_come_back(desk, enquiry):
    path, sent = note(desk, enquiry)
    refused = desk.post(path, sent | {"text": WORDS}, headers={"Origin": "https://evil.test"})
    assert (refused.status_code, "Rang" in refused.content.decode(), Note.objects.count()) == (403, False, 0)


def test_a_page_that_comes_back_shows_no_request_and_leaves_no_record(desk, enquiry):
    path, sent = note(desk, enquiry)
    seen = Look.objects.count()
    refused = desk.post(path, sent | {"text": WORDS, "csrfmiddlewaretoken": ""})
    assert (enquiry.name in refused.content.decode(), Look.objects.count()) == (False, seen)


# The end of a session is said beforehand


@pytest.mark.parametrize(("left", "said"), [(timedelta(minutes=9, seconds=50), True), (timedelta(minutes=10, seconds=30), False)])
def test_staff_are_told_ten_minutes_before_they_are_signed_out(desk, left, said):
    make_clinic()
    session = desk.session
    ends = timezone.now() + left
    session.set_expiry(ends)
    session.save()
    note = BeautifulSoup(desk.get("/admin/").content, "html.parser").select_one(".session-ends")
    assert note.has_attr("hidden") is not said
    assert left.total_seconds() - 25 < int(note["data-seconds"]) <= left.total_seconds()
    assert f"You will be signed out at {clock(ends)}." in note.get_text()


def test_nobody_is_told_who_is_not_signed_in(db):
    make_clinic()
    assert "session-ends" not in Client().get("/admin/login/").content.decode()
