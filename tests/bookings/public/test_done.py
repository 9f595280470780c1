"""After each button of their request its person is back on its page, which begins with what is true now. Nothing of it is in an address."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from bookings import actions
from services.clinic.uk_time import long_date, span
from tests.bookings.room import Room
from tests.bookings.walker import page

NOTHING = "Nothing has changed. This page shows how your request stands."


@pytest.fixture
def room(harley_street, staff):
    return Room(harley_street, staff)


def when(offer):
    return f"{long_date(offer.starts_at)}, {span(offer.starts_at, offer.ends_at)}"


def said(response):
    """What the page begins with; it has the focus, also without a script."""
    first = page(response).main.select_one(".narrow > *")
    if "done" not in first.get("class", []):
        return ""
    assert (first["tabindex"], first.has_attr("autofocus"), first.p["role"]) == ("-1", True, "status")
    return " ".join(first.get_text().split())


def press(client, enquiry, verb, **answers):
    """The page that the button leads to."""
    response = client.post(f"{enquiry.get_absolute_url()}{verb}/", answers, follow=True)
    assert response.redirect_chain == [(enquiry.get_absolute_url(), 303)]
    return response


def offered(enquiry, number=0):
    return str(enquiry.holds.filter(kind="offered").order_by("starts_at")[number].pk)


CASES = {  # the situation, the button, what is sent with it, and what the page begins with
    "earlier": ("new", "earlier", lambda room, e: {"wants": "yes"}, "We will tell you if an earlier time comes up."),
    "no earlier": ("new", "earlier", lambda room, e: {"wants": "no"}, "We will no longer tell you if an earlier time comes up."),
    "earlier, too late": ("cancelled", "earlier", lambda room, e: {"wants": "yes"}, NOTHING),
    "change": ("new", "change", lambda room, e: {"slot": room.times[1].slot}, "We now hold {1}, for you."),
    "change of what is not held": ("spam", "change", lambda room, e: {"slot": room.times[1].slot}, "You now ask for {1}."),
    "change of an appointment": ("confirmed", "change", lambda room, e: {"slot": room.times[1].slot}, "Your appointment is now on {1}."),
    "change, too late": ("declined", "change", lambda room, e: {"slot": room.times[1].slot}, NOTHING),
    "accept": ("proposed", "accept", lambda room, e: {"offer": offered(e)}, "Your appointment is now on {3}."),
    "accept, too late": ("lapsed", "accept", lambda room, e: {"offer": "1"}, NOTHING),
    "none": ("proposed", "accept/none", lambda room, e: {}, "Others can have the times we offered. We will look for another one."),
    "none, with an appointment": ("proposed_with_appointment", "accept/none", lambda room, e: {}, "Your appointment stays as it is: {0}."),
    "none, too late": ("cancelled", "accept/none", lambda room, e: {}, NOTHING),
    "cancel": ("new", "cancel", lambda room, e: {}, "You have cancelled. We will send you an email to say so."),
    "cancel, by phone": ("by_phone", "cancel", lambda room, e: {}, "You have cancelled. We will call you to say so."),
    "cancel without a word": ("confirmed", "cancel", lambda room, e: {"quiet": "on"}, "You have cancelled."),
    "cancel twice": ("cancelled", "cancel", lambda room, e: {}, "You have cancelled. We will send you an email to say so."),
    "cancel, too late": ("past", "cancel", lambda room, e: {}, NOTHING),
    "delete": ("new", "delete", lambda room, e: {}, "You have cancelled, and we are deleting your details."),
    "delete twice": ("leaving", "delete", lambda room, e: {}, "You have cancelled, and we are deleting your details."),
    "come back, too early": ("new", "again", lambda room, e: {}, NOTHING),
}


@pytest.mark.parametrize("case", CASES)
def test_the_page_begins_with_what_is_true_now_and_says_it_once(client, room, case):
    state, verb, answers, words = CASES[case]
    enquiry = getattr(room, state)()
    assert said(press(client, enquiry, verb, **answers(room, enquiry))) == words.format(*map(when, room.times))
    assert said(client.get(enquiry.get_absolute_url())) == ""


def test_no_session_begins_and_the_cookie_tells_nobody_when_or_with_whom(client, room):
    enquiry = room.confirmed()
    answer = client.post(f"{enquiry.get_absolute_url()}change/", {"slot": room.times[1].slot})
    cookie = answer.cookies["messages"]
    assert (Session.objects.count(), cookie["httponly"], cookie["max-age"], enquiry.key in cookie.value) == (0, True, "", False)
    assert list(answer.cookies) == ["messages"]
    assert long_date(room.times[1].starts_at) not in cookie.value
    client.get(enquiry.get_absolute_url())
    assert client.cookies["messages"].value == ""
    assert Session.objects.count() == 0


def test_it_is_said_on_no_other_request_s_page(client, room):
    enquiry = room.new()
    other = actions.waitlist(room.none_suited(), user=room.staff, now=timezone.now())
    client.post(f"{enquiry.get_absolute_url()}earlier/", {"wants": "yes"})
    assert said(client.get(other.get_absolute_url())) == ""


def test_opening_a_page_that_leads_back_says_nothing(client, room):
    enquiry = room.declined()
    for verb in ("cancel", "change", "accept", "accept/none"):
        assert said(client.get(f"{enquiry.get_absolute_url()}{verb}/", follow=True)) == ""
    assert said(Client().get(enquiry.get_absolute_url())) == ""
