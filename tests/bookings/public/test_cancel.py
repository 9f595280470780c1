"""The person changes their mind, at any hour, without calling."""

import icalendar
import pytest

from bookings import actions, notifications
from bookings.models import Enquiry, HoldCell, Notice
from tests.bookings.factories import request
from tests.bookings.walker import page, words


@pytest.fixture
def enquiry(harley_street, thursday_ten, now):
    return request(harley_street, thursday_ten, now=now)


def url(enquiry):
    return f"{enquiry.get_absolute_url()}cancel/"


def test_opening_the_page_cancels_nothing(client, enquiry):
    assert "Cancel this request?" in words(client.get(url(enquiry)))
    enquiry.refresh_from_db()
    assert enquiry.status == "new"


def test_cancelling_frees_the_time_and_says_so(client, enquiry):
    response = client.post(url(enquiry), {"reason": ""})
    assert (response.status_code, response.headers["Location"]) == (303, enquiry.get_absolute_url())
    shown = words(client.get(enquiry.get_absolute_url()))
    assert "Your time has been cancelled" in shown
    assert "You’re welcome to come back" in shown
    assert not HoldCell.objects.exists()
    assert Notice.objects.filter(kind="cancelled").count() == 1


def test_a_reason_may_be_given(client, enquiry):
    client.post(url(enquiry), {"reason": "I feel better"})
    enquiry.refresh_from_db()
    assert enquiry.cancel_reason == "I feel better"


def test_cancelling_twice_tells_once(client, enquiry):
    for _ in range(2):
        client.post(url(enquiry))
    assert Notice.objects.filter(kind="cancelled").count() == 1


def test_what_is_over_shows_where_it_stands(client, enquiry, staff, now):
    actions.decline(enquiry, reason="no_capacity", user=staff, now=now)
    assert client.get(url(enquiry)).headers["Location"] == enquiry.get_absolute_url()
    assert client.post(url(enquiry)).status_code == 303
    enquiry.refresh_from_db()
    assert enquiry.status == "declined"


def test_a_wrong_link_is_the_same_page_as_everywhere(client, enquiry):
    response = client.post("/request/wrong/cancel/")
    assert response.status_code == 404
    assert "This link doesn’t work any more" in words(response)


def test_a_confirmed_appointment_leaves_the_calendar_again(client, enquiry, staff, now):
    actions.confirm(enquiry, user=staff, now=now, address="1 Any Street")
    actions.cancel(enquiry, now=now)
    message = notifications.message_for(Notice.objects.get(kind="cancelled"), now)
    assert message.subject == f"You have cancelled ({enquiry.reference})"
    assert "Your time on Thursday 4 June, 10am to 10:50am, has been cancelled." in message.body
    calendar = icalendar.Calendar.from_ical(message.attachments[0][1])
    event = calendar.walk("VEVENT")[0]
    assert (calendar["method"], event["status"], int(event["sequence"])) == ("CANCEL", "CANCELLED", 1)
    assert str(event["uid"]) == enquiry.calendar_uid


def test_an_unconfirmed_request_was_in_no_calendar(client, enquiry, now):
    client.post(url(enquiry))
    assert notifications.message_for(Notice.objects.get(kind="cancelled"), now).attachments == []


def test_what_looks_like_spam_can_be_cancelled_and_gets_no_message(client, clinic, now):
    spam = request(now=now, suspect=True)
    client.post(url(spam))
    assert Enquiry.objects.get().status == "cancelled_client"
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("details", "says", "asks"),
    [
        ({}, "We will send you an email to say that it is cancelled.", "Please don’t send me an email about this"),
        (
            {"email": "", "contact_by": "call", "phone": "+447700900982"},
            "We will call you to say that it is cancelled.",
            "Please don’t call me about this",
        ),
        (
            {"email": "", "contact_by": "text", "phone": "+447700900982"},
            "We will text you to say that it is cancelled.",
            "Please don’t text me about this",
        ),
    ],
)
def test_whether_to_hear_of_it_is_asked_and_heeded_and_staff_are_told_all_the_same(client, clinic, now, settings, details, says, asks):
    settings.STAFF_EMAIL = "reception@clinic.test"
    quiet, told = request(now=now, **details), request(now=now, **details)
    shown = client.get(url(quiet))
    assert says in words(shown)
    box = page(shown).select_one("input[type=checkbox]")
    assert (box["name"], box.has_attr("checked"), page(shown).select_one(f"label[for={box['id']}]").get_text()) == ("quiet", False, asks)
    client.post(url(quiet), {"quiet": "on"})
    client.post(url(told))
    owed = Notice.objects.filter(event__to_status="cancelled_client").order_by("event", "pk").values_list("event__enquiry", "kind")
    assert list(owed) == [(quiet.pk, "staff_replied"), (told.pk, "cancelled"), (told.pk, "staff_replied")]


def test_what_looks_like_spam_is_not_asked_whether_to_hear_of_it(client, clinic, now):
    shown = client.get(url(request(now=now, suspect=True)))
    assert (page(shown).select("input[type=checkbox]"), "to say that it is cancelled" in words(shown)) == ([], False)
