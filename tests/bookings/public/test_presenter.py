"""The page of a request says in every state, in words: what we have, what comes next, by when, and what the person can do."""

from datetime import timedelta
from urllib.parse import urljoin

import icalendar
import pytest

from bookings import actions, notifications
from bookings.models import Enquiry, Notice
from services.models import ClinicDetails, Location, Person
from services.models.link_lines import linked_lines
from tests.bookings.room import Room
from tests.bookings.walker import page, words

CHANGE, CHOOSE, CANCEL = "Change the time", "Choose a time", "Cancel this request"
EARLIER, AGAIN, DELETE = "Tell me if an earlier time comes up", "Ask for another time", "Delete my details"
OTHER_HELP = [words for words, _ in linked_lines(ClinicDetails().other_help)]


@pytest.fixture
def room(harley_street, staff):
    return Room(harley_street, staff)


OPEN = [CHANGE, CANCEL, EARLIER, DELETE]
STATES = {  # its heading, what else it says, what the person can do
    "new": (
        "We have your request",
        ["not confirmed yet", "We will email you by", "The time we hold for you", "nobody else can take"],
        OPEN,
    ),
    "not_held": ("We have your request", ["The time you asked for", "We look at whether your time can be kept"], OPEN),
    "none_suited": (
        "We have your request",
        ["When you could come Weekday evenings, from 5pm Weekends", "we suggest times, and you choose one", "at short notice"],
        [CHOOSE, CANCEL, EARLIER, DELETE],
    ),
    "by_phone": ("We have your request", ["We will call you by", "We call you: your time is confirmed"], OPEN),
    "spam": ("We have your request", ["not confirmed yet", "We will email you by", "The time you asked for"], OPEN),
    "late": ("We have your request", ["We are sorry: we should have answered by now. Please call us."], OPEN),
    "proposed": (
        "Please choose a time",
        ["We can offer you these times. We hold them for you until", "As soon as you choose a time it is confirmed", "this request ends"],
        ["Choose one of these times", CANCEL, EARLIER, DELETE],
    ),
    "proposed_with_appointment": (
        "Please choose a time",
        ["Your appointment now", "It stays yours until you choose another.", "your appointment stays as it is"],
        ["Choose one of these times", "Cancel this appointment", EARLIER, DELETE],
    ),
    "proposed_after_cancelling": (
        "Please choose a time",
        ["We are sorry: we had to cancel your appointment on", "We can offer you these times."],
        ["Choose one of these times", CANCEL, EARLIER, DELETE],
    ),
    "lapsed": (
        "We can look for another time",
        ["The times we offered you are no longer held", "We look again and answer by"],
        ["Ask for other times", CANCEL, EARLIER, DELETE],
    ),
    "refused": (
        "We look for another time",
        ["Thank you for telling us that none of those times suited. We will email you by"],
        [CHOOSE, CANCEL, EARLIER, DELETE],
    ),
    "waitlisted": (
        "You are on our waiting list",
        ["We will email you as soon as one does", "We hold no time for you while you wait", "after 60 days"],
        [*OTHER_HELP, "Leave the waiting list", EARLIER, DELETE],
    ),
    "confirmed": (
        "Your appointment is confirmed",
        ["We look forward to meeting you.", "1 Any Street", "Step-free access Please ask us", "Running late Please call us on"],
        ["Add to my calendar", CHANGE, "Cancel this appointment", EARLIER, DELETE],
    ),
    "begun": ("Your appointment is now", ["Running late? Come all the same", "1 Any Street"], [DELETE]),
    "past": ("Your appointment was confirmed", ["Its time has passed."], ["ask for another time", DELETE]),
    "attended": ("This appointment is over", ["please call us"], ["ask for another time", DELETE]),
    "closed": ("This appointment is over", ["please call us"], ["ask for another time", DELETE]),
    "missed": ("We missed you", ["We hope you are well.", "When we expected you"], ["Choose another time", DELETE]),
    "declined": (
        "This request has ended",
        ["This says nothing about you.", "NHS Talking Therapies"],
        [*OTHER_HELP, "Ask again later", DELETE],
    ),
    "declined_as_unsuitable": ("This request has ended", ["This says nothing about you.", "Call us on"], [*OTHER_HELP, DELETE]),
    "cancelled": ("Your time has been cancelled", ["Somebody else can have it now.", "The time you had"], [AGAIN, DELETE]),
    "cancelled_by_clinic": ("We had to cancel your appointment", ["We are sorry.", "We have sent you an email"], [AGAIN, DELETE]),
    "expired": ("We are sorry: we did not answer in time", ["That was our mistake."], [AGAIN, DELETE]),
    "expired_offers": ("This request has ended", ["We did not hear from you while we held the times"], [AGAIN, DELETE]),
    "expired_on_the_list": (
        "This request has ended",
        ["We are sorry that no time came up that fits."],
        [*OTHER_HELP, AGAIN, DELETE],
    ),
    "leaving": ("Your time has been cancelled", ["We are deleting your details"], []),
}


GOOD = {"new", "not_held", "none_suited", "by_phone", "spam", "confirmed", "begun"}


@pytest.mark.parametrize("state", STATES)
def test_the_green_panel_is_for_what_is_good_and_for_no_ending(client, room, state):
    panel = page(client.get(getattr(room, state)().get_absolute_url())).select_one(".reference")
    assert ("reference--good" in panel["class"]) == (state in GOOD)


@pytest.mark.parametrize("path", ["cancel/", "delete/", "/book/clear/"])
def test_a_button_that_cannot_be_undone_looks_like_it_and_to_keep_it_is_as_easy(client, room, path):
    main = page(client.get(urljoin(room.new().get_absolute_url(), path))).main
    assert [(each.name, each["class"]) for each in main.select(".btn")] == [("button", ["btn", "btn--final"]), ("a", ["btn", "btn--quiet"])]


@pytest.mark.parametrize("state", STATES)
def test_what_the_page_says_and_offers(client, room, state):
    enquiry = getattr(room, state)()
    heading, said, wanted = STATES[state]
    response = client.get(enquiry.get_absolute_url())
    main = page(response).main
    assert " ".join(main.h1.get_text().split()) == heading
    shown = words(response)
    assert f"Your reference is {enquiry.reference}" in shown
    for sentence in said:
        assert sentence in shown
    column = main.select_one(".narrow")
    to_do = [" ".join(each.get_text().split()) for each in column.select("a:not([href^='tel:']):not([href^='sms:']), button")]
    assert to_do == [*wanted, "Forget this on this device"]
    assert "0345 474 1724" in shown
    assert "If you need help now" in shown
    assert "sam@example.org" not in shown
    assert page(response).title.get_text().startswith(f"Your request {enquiry.reference}")


def test_what_looks_like_spam_is_told_what_anybody_is_told_whose_time_is_not_held(client, room):
    spam = words(client.get(room.spam().get_absolute_url()))
    other = words(client.get(room.not_held().get_absolute_url()))
    assert spam.split("Your reference is")[1][9:] == other.split("Your reference is")[1][9:]


def test_the_promise_counts_from_when_they_answered_last(client, room):
    enquiry = room.refused()
    Enquiry.objects.update(created_at=room.now - timedelta(days=9))
    assert "We should have answered" not in words(client.get(enquiry.get_absolute_url()))
    Enquiry.objects.update(waiting_since=room.now - timedelta(days=9))
    assert "we should have answered by now" in words(client.get(enquiry.get_absolute_url()))


def test_a_time_let_go_for_others_is_not_called_theirs(client, room):
    for state in ("proposed", "waitlisted"):
        assert room.day not in words(client.get(getattr(room, state)().get_absolute_url()))
        Enquiry.objects.all().delete()


def test_who_they_will_see_is_said_once_it_is_known(client, room):
    person = Person.objects.create(name="Dr A", slug="dr-a", is_practitioner=True)
    enquiry = room.confirmed()
    assert "Who you will see" not in words(client.get(enquiry.get_absolute_url()))
    actions.assign_person(enquiry, person, **room.by)
    assert "Who you will see Dr A" in words(client.get(enquiry.get_absolute_url()))


def test_how_to_get_there_comes_from_the_place(client, room):
    Location.objects.update(getting_in="Ring twice.", step_free="There is a lift.")
    ClinicDetails.objects.update(first_meeting_fee="£100", cancellation_terms="Please tell us a day before.")
    shown = words(client.get(room.confirmed().get_absolute_url()))
    for sentence in ("Ring twice.", "There is a lift.", "Fee £100", "Please tell us a day before."):
        assert sentence in shown


def test_the_video_link_is_there_before_and_while_they_meet(client, online, staff):
    room = Room(online, staff)
    enquiry = actions.confirm(room.new(), **room.by)
    assert "We send you the video link before your appointment." in words(client.get(enquiry.get_absolute_url()))
    actions.send_video_link(enquiry, video_link="https://video.example.org/x", **room.by)
    for moment in ("before", "while", "after"):
        if moment != "before":
            room._moved(enquiry, starts_at=room.now - timedelta(minutes=10 if moment == "while" else 90))
        links = [a["href"] for a in page(client.get(enquiry.get_absolute_url())).select("dl a")]
        assert ("https://video.example.org/x" in links) == (moment != "after")


def test_an_earlier_time_can_be_wanted_while_one_waits_and_while_times_are_on_offer(client, room):
    for state in ("proposed", "waitlisted", "none_suited", "confirmed"):
        enquiry = getattr(room, state)()
        client.post(f"{enquiry.get_absolute_url()}earlier/", {"wants": "yes"})
        enquiry.refresh_from_db()
        assert enquiry.wants_earlier
        assert "I no longer want an earlier time" in words(client.get(enquiry.get_absolute_url()))
        actions.cancel(enquiry, now=room.now)


# The calendar file


def event_of(calendar):
    (event,) = calendar.walk("VEVENT")
    return event


def test_the_appointment_can_be_put_into_a_calendar(client, room):
    enquiry = room.confirmed()
    answer = client.get(f"{enquiry.get_absolute_url()}calendar/")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert "no-store" in answer["Cache-Control"]
    calendar = icalendar.Calendar.from_ical(answer.content)
    event = event_of(calendar)
    assert (calendar["method"], event["summary"], event["dtstart"].dt) == ("PUBLISH", "Appointment", enquiry.starts_at)
    assert "attendee" not in event
    assert b"Sam" not in answer.content
    assert enquiry.key_tail.encode() not in answer.content


def test_it_is_the_same_appointment_as_in_the_email_also_after_it_moved(client, room):
    enquiry = room.confirmed()
    for offer in (None, room.times[1], room.times[2]):
        if offer:
            actions.change_time(enquiry, offer, now=room.now)
        notice = Notice.objects.filter(kind="confirmed").order_by("pk").last()
        message = notifications.message_for(notice, room.now)
        sent = event_of(icalendar.Calendar.from_ical(message.attachments[0][1]))
        event = event_of(icalendar.Calendar.from_ical(client.get(f"{enquiry.get_absolute_url()}calendar/").content))
        for name in ("uid", "sequence", "dtstart", "dtend"):
            assert event[name].to_ical() == sent[name].to_ical() if hasattr(event[name], "to_ical") else event[name] == sent[name]


def test_it_stays_there_while_other_times_are_on_offer(client, room):
    enquiry = room.proposed_with_appointment()
    answer = client.get(f"{enquiry.get_absolute_url()}calendar/")
    assert event_of(icalendar.Calendar.from_ical(answer.content))["dtstart"].dt == enquiry.starts_at


@pytest.mark.parametrize("state", ["new", "proposed", "proposed_after_cancelling", "past", "cancelled", "cancelled_by_clinic", "missed"])
def test_without_an_appointment_ahead_there_is_no_file(client, room, state):
    enquiry = getattr(room, state)()
    assert client.get(f"{enquiry.get_absolute_url()}calendar/")["Location"] == enquiry.get_absolute_url()
    assert client.post(f"{enquiry.get_absolute_url()}calendar/").status_code == 405
    assert client.get("/request/never/calendar/").status_code == 404
