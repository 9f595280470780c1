"""A form that was open while its token or its session ended comes back as it was sent, and counts when it is sent again."""

import base64
from datetime import timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from bookings.models import Enquiry, Event, Notice
from tests.bookings import factories
from tests.bookings.desk import free_times
from tests.bookings.stages import confirmed, offered
from tests.bookings.walker import YOU, Walker, page, problems, words

SENTENCE = (
    "This page was open for a long time, or your browser did not send its cookie, so what you sent was not taken. "
    "It is still here: please look at it and press the button again."
)
TAKEN = "Sorry, that time has just been requested by someone else. These are the closest times."
SESSION, TOKEN = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
DETAILS = YOU | {"message": 'Is there a lift? <b>"I use a stick."</b>', "name": "Wilhelmina"}


@pytest.fixture
def walker(harley_street, online):
    return Walker(enforce_csrf_checks=True)


@pytest.fixture
def enquiry(harley_street):
    return factories.request(*_time(harley_street), now=timezone.now() - timedelta(hours=1))


def _time(place, number=0):
    offer = free_times(place, number + 1)[number]
    return offer.location, offer.starts_at


def form_of(response: HttpResponse, button: str) -> dict[str, str]:
    """What a browser would send of the form with this button, as it stands on the page."""
    pressed = page(response).main.find(lambda each: button in (each.get("value"), " ".join(each.get_text().split())) and each.get("type"))
    form = pressed.find_parent("form")
    sent = {}
    for each in form.select("input, textarea, button"):
        if each.get("type") in {"radio", "checkbox"} and not each.has_attr("checked"):
            continue
        if each.name == "textarea":
            sent[each["name"]] = each.get_text().removeprefix("\n")
        elif each.get("name"):
            sent[each["name"]] = each.get("value", "on" if each.get("type") == "checkbox" else "")
    return sent


def send(client: Client, response: HttpResponse, button: str, path: str, **changes: str) -> HttpResponse:
    return client.post(path, form_of(response, button) | changes)


def said(response: HttpResponse) -> list[str]:
    return [" ".join(each.get_text().split()) for each in page(response).select(".notice[role=alert]")]


def written() -> tuple:
    return Enquiry.objects.count(), Event.objects.count(), Notice.objects.count()


def to_you(walker: Walker) -> Walker:
    """Goes to the page of the details with the forms' own tokens."""
    client = walker.client
    send(client, client.get("/book/where/"), "Continue", "/book/where/", where="harley-street")
    times = client.get("/book/when/")
    first = page(times).select_one(".slot-day input[name=slot]")["value"]
    send(client, times, "Continue", "/book/when/", slot=first)
    return walker


def test_the_token_of_a_form_lasts_over_a_link_followed_from_another_site():
    assert (settings.CSRF_COOKIE_SAMESITE, settings.SESSION_COOKIE_SAMESITE) == ("Lax", "Lax")


def test_details_come_back_when_their_token_is_refused_and_pressing_again_goes_on(walker):
    to_you(walker)
    refused = walker.client.post("/book/you/", DETAILS | {"csrfmiddlewaretoken": "a" * 64})
    assert (refused.status_code, said(refused)) == (403, [SENTENCE])
    assert {name: form_of(refused, "Continue").get(name) for name in DETAILS} == DETAILS
    assert "<b>" not in refused.content.decode()
    assert "you" not in walker.client.session["booking"]
    again = send(walker.client, refused, "Continue", "/book/you/")
    assert (again.status_code, again["Location"]) == (302, "/book/check/")
    assert walker.client.session["booking"]["you"]["message"] == DETAILS["message"]


def test_what_is_wrong_with_refused_details_is_said_as_well(walker):
    to_you(walker)
    refused = walker.client.post("/book/you/", DETAILS | {"email": "sam@"})
    assert said(refused) == [SENTENCE]
    assert problems(refused) == ["Enter an email address in the correct format, like name@example.com"]


@pytest.mark.parametrize("token", ["kept", "lost too"])
def test_details_come_back_when_the_session_has_ended(walker, token):
    to_you(walker)
    sent = form_of(walker.client.get("/book/you/"), "Continue") | DETAILS
    walker.client.cookies.pop(SESSION)
    if token == "lost too":
        walker.client.cookies.pop(TOKEN)
    refused = walker.client.post("/book/you/", sent)
    assert said(refused) == [SENTENCE]
    again = send(walker.client, refused, "Continue", "/book/you/")
    assert (again.status_code, again["Location"]) == (302, "/book/where/")
    where = walker.client.get("/book/where/")
    assert "We no longer know the place and time you chose. Please choose again: the rest of what you told us is kept." in words(where)
    on = send(walker.client, where, "Continue", "/book/where/", where="online")
    assert on["Location"] == "/book/when/"
    times = walker.client.get("/book/when/")
    on = send(walker.client, times, "Continue", "/book/when/", slot=page(times).select_one(".slot-day input")["value"])
    assert on["Location"] == "/book/check/"
    assert DETAILS["message"] in words(walker.client.get("/book/check/"))


@pytest.mark.parametrize("lost", [SESSION, TOKEN])
def test_a_time_comes_back_chosen(walker, lost):
    send(walker.client, walker.client.get("/book/where/"), "Continue", "/book/where/", where="harley-street")
    times = walker.client.get("/book/when/")
    slot = page(times).select(".slot-day input[name=slot]")[1]["value"]
    sent = form_of(times, "Continue") | {"slot": slot}
    walker.client.cookies.pop(lost)
    refused = walker.client.post("/book/when/", sent)
    assert (said(refused), form_of(refused, "Continue")["slot"]) == ([SENTENCE], slot)
    again = send(walker.client, refused, "Continue", "/book/when/")
    assert again["Location"] == "/book/you/"
    assert (walker.client.session["booking"]["slot"], walker.client.session["booking"]["where"]) == (slot, "harley-street")


@pytest.mark.parametrize("lost", [SESSION, TOKEN])
def test_parts_of_the_week_come_back_chosen(walker, lost):
    send(walker.client, walker.client.get("/book/where/"), "Continue", "/book/where/", where="harley-street")
    sent = form_of(walker.client.get("/book/when/other/"), "Continue") | {"preferred": "weekends"}
    walker.client.cookies.pop(lost)
    refused = walker.client.post("/book/when/other/", sent)
    assert (said(refused), form_of(refused, "Continue")["preferred"]) == ([SENTENCE], "weekends")
    again = send(walker.client, refused, "Continue", "/book/when/other/")
    assert again["Location"] == ("/book/you/" if lost == TOKEN else "/book/where/")
    assert walker.client.session["booking"]["preferred"] == ["weekends"]


def test_a_place_comes_back_chosen(walker):
    walker.client.get("/book/where/")
    refused = walker.client.post("/book/where/", {"where": "online"})
    assert (refused.status_code, said(refused), form_of(refused, "Continue")["where"]) == (403, [SENTENCE], "online")
    assert "booking" not in walker.client.session
    assert send(walker.client, refused, "Continue", "/book/where/")["Location"] == "/book/when/"


@pytest.mark.parametrize("lost", [[SESSION], [TOKEN], [SESSION, TOKEN]])
def test_the_last_page_comes_back_with_all_answers_and_sends_one_request(walker, lost):
    to_you(walker)
    send(walker.client, walker.client.get("/book/you/"), "Continue", "/book/you/", **DETAILS)
    walker.opened_seconds_ago(60)
    sent = form_of(walker.client.get("/book/check/"), "Send my request") | {"earlier": "on"}
    for name in lost:
        walker.client.cookies.pop(name)
    refused = walker.client.post("/book/check/", sent)
    assert (said(refused), Enquiry.objects.count()) == ([SENTENCE], 0)
    assert DETAILS["message"] in words(refused)
    assert form_of(refused, "Send my request")["earlier"] == "on"
    done = send(walker.client, refused, "Send my request", "/book/check/")
    enquiry = Enquiry.objects.get()
    assert (done.status_code, done["Location"]) == (303, enquiry.get_absolute_url())
    assert (enquiry.message, enquiry.name, enquiry.wants_earlier) == (DETAILS["message"], "Wilhelmina", True)


def test_the_answers_on_the_last_page_cannot_be_read_from_its_token(walker):
    to_you(walker)
    send(walker.client, walker.client.get("/book/you/"), "Continue", "/book/you/", **DETAILS)
    token = form_of(walker.client.get("/book/check/"), "Send my request")["token"]
    assert "Wilhelmina" not in token
    assert b"Wilhelmina" not in base64.urlsafe_b64decode(token)


def test_answers_whose_details_were_deleted_do_not_come_back(walker):
    to_you(walker)
    send(walker.client, walker.client.get("/book/you/"), "Continue", "/book/you/", **DETAILS)
    walker.opened_seconds_ago(60)
    sent = form_of(walker.client.get("/book/check/"), "Send my request")
    walker.client.post("/book/check/", sent)
    address = Enquiry.objects.get().get_absolute_url()
    send(walker.client, walker.client.get(f"{address}delete/"), "Delete my details", f"{address}delete/")
    for token in (sent["csrfmiddlewaretoken"], ""):
        gone = walker.client.post("/book/check/", sent | {"csrfmiddlewaretoken": token})
        assert "Wilhelmina" not in gone.content.decode()
        assert "booking" not in walker.client.session


def test_a_time_lost_is_said_each_time_the_same_page_is_sent_again(walker, harley_street):
    to_you(walker)
    send(walker.client, walker.client.get("/book/you/"), "Continue", "/book/you/", **DETAILS)
    walker.opened_seconds_ago(60)
    sent = form_of(walker.client.get("/book/check/"), "Send my request")
    rival = factories.request(*_time(harley_street), now=timezone.now())
    for _ in range(3):
        lost = walker.client.post("/book/check/", sent)
        assert (lost.status_code, problems(lost)) == (409, [TAKEN])
        assert "Everything else you told us is kept." in words(lost)
    assert walker.client.session["booking"]["you"]["name"] == "Wilhelmina"
    walker.client.post(f"/request/{rival.key}/cancel/")  # refused: nothing changes
    assert Enquiry.objects.get() == rival


def test_a_time_lost_that_is_free_again_comes_back_to_be_checked(walker, harley_street, staff):
    to_you(walker)
    send(walker.client, walker.client.get("/book/you/"), "Continue", "/book/you/", **DETAILS)
    walker.opened_seconds_ago(60)
    sent = form_of(walker.client.get("/book/check/"), "Send my request")
    rival = factories.request(*_time(harley_street), now=timezone.now())
    walker.client.post("/book/check/", sent)
    address = rival.get_absolute_url()
    send(walker.client, walker.client.get(f"{address}cancel/"), "Yes, cancel", f"{address}cancel/")
    back = walker.client.post("/book/check/", sent)
    assert problems(back) == ["Please check and send again"]
    assert send(walker.client, back, "Send my request", "/book/check/").status_code == 303


# The pages behind a person's link

FORMS = {  # of each page behind a link: its button, what is typed, and how the form then stands
    "cancel": ("Yes, cancel", {"reason": 'I <i>feel</i> "better"'}),
    "change": ("Change to this time", {}),
    "delete": ("Delete my details", {}),
}


@pytest.mark.parametrize("verb", FORMS)
def test_a_form_behind_a_link_comes_back_and_does_nothing_until_it_is_sent_again(walker, enquiry, verb):
    button, typed = FORMS[verb]
    path = f"/request/{enquiry.key}/{verb}/"
    form = walker.client.get(path)
    sent = form_of(form, button) | typed
    if verb == "change":
        sent["slot"] = page(form).select(".slot-day input")[2]["value"]
    before = written(), list(Enquiry.objects.values())
    walker.client.cookies.pop(TOKEN)
    refused = walker.client.post(path, sent)
    assert (refused.status_code, said(refused)) == (403, [SENTENCE])
    assert (written(), list(Enquiry.objects.values())) == before
    back = form_of(refused, button)
    assert {name: back.get(name) for name in sent if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"
    }
    send(walker.client, refused, button, path)
    assert written() != before[0]


@pytest.mark.parametrize(("verb", "choice"), [("accept", None), ("accept/none", "weekends")])
def test_an_answer_to_an_offer_comes_back(walker, harley_street, staff, verb, choice):
    enquiry = offered(*_time(harley_street), staff, timezone.now())
    button = "Confirm my choice" if choice is None else "Ask for other times"
    path = f"/request/{enquiry.key}/{verb}/"
    form = walker.client.get(path)
    typed = {"preferred": choice} if choice else {"offer": page(form).select_one("input[name=offer]")["value"]}
    refused = walker.client.post(path, form_of(form, button) | typed | {"csrfmiddlewaretoken": ""})
    enquiry.refresh_from_db()
    assert (refused.status_code, said(refused), enquiry.status) == (403, [SENTENCE], "proposed")
    assert form_of(refused, button).items() >= typed.items()
    assert send(walker.client, refused, button, path).status_code == 303


@pytest.mark.parametrize(("verb", "button", "typed"), [("earlier", "Tell me if an earlier time comes up", {"wants": "yes"})])
def test_a_button_on_the_page_of_a_request_is_there_again(walker, harley_street, staff, verb, button, typed):
    enquiry = confirmed(*_time(harley_street, 2), staff, timezone.now())
    refused = walker.client.post(f"/request/{enquiry.key}/{verb}/", typed)
    enquiry.refresh_from_db()
    assert (refused.status_code, said(refused), enquiry.wants_earlier) == (403, [SENTENCE], False)
    assert send(walker.client, refused, button, f"/request/{enquiry.key}/{verb}/").status_code == 303
    enquiry.refresh_from_db()
    assert enquiry.wants_earlier


def test_what_another_site_sends_shows_nothing_of_a_request_and_sets_no_cookie(walker, enquiry):
    for path in (f"/request/{enquiry.key}/cancel/", "/book/you/", "/book/where/", "/book/clear/"):
        refused = walker.client.post(path, DETAILS, headers={"Origin": "https://evil.test"})
        assert refused.status_code == 403
        assert words(refused).startswith("Nothing was changed Your browser did not say which page this came from")
        assert not any(part in refused.content.decode() for part in ("Wilhelmina", enquiry.reference, enquiry.key))
        assert not refused.cookies
    assert not Enquiry.objects.exclude(status="new").exists()


def test_a_wrong_link_is_as_wrong_without_a_token(walker, enquiry):
    assert walker.client.post("/request/wrong/cancel/").status_code == 404
