"""The page of one request: what to do next, how to contact safely, what happened."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from bookings import actions
from bookings.models import Enquiry, Notice
from services.clinic.uk_time import clock, long_date, span
from services.models import Person
from tests.bookings.desk import PHONE, at, begun, buttons, confirmed, free_times, page, rare, said, story, waiting_for, words
from tests.bookings.factories import request

NEW = ["Confirm this time", "Offer other times", "Confirm another time", "Put on the waiting list", "Decline", "They cancel"]
RARE = ["Correct their details", "Replace their link", "Erase their details now"]


@pytest.fixture
def looked(desk):
    """Opens the page of a request."""
    return lambda enquiry: desk.get(at("change", enquiry.pk))


def next_words(response):
    return words(page(response).select_one(".request-next h2"))


def card(response, name):
    return words(page(response).select_one(f"[aria-labelledby={name}-h]"))


def test_a_request_for_a_time_is_confirmed_with_the_first_button(looked, next_time):
    shown = looked(waiting_for(next_time))
    assert next_words(shown) == "The time they asked for is held for them. Confirm it, or offer others."
    assert buttons(shown) == NEW
    assert rare(shown) == ["They want an earlier time", *RARE]
    assert words(page(shown).select_one(".button.default")) == "Confirm this time"
    assert "Held for them" in card(shown, "times")


def test_a_request_without_a_time_is_offered_some(looked, clinic):
    shown = looked(request(now=timezone.now(), preferred_times=["weekends"]))
    assert next_words(shown) == "None of the free times suited them. Offer times, or put them on the waiting list."
    assert buttons(shown) == ["Offer times", "Confirm a time", "Put on the waiting list", "Decline", "They cancel"]
    assert "Could come Weekends" in card(shown, "times")


def test_each_state_has_its_own_steps(looked, desk, harley_street, staff):
    now, times = timezone.now(), free_times(harley_street, 6)
    offered = actions.offer_times(waiting_for(times[0]), times[1:3], user=staff, now=now)
    assert buttons(looked(offered)) == [
        "They take one of the times", "Confirm another time", "None of the times suits them", "Decline", "They cancel",
    ]  # fmt: skip
    assert "They choose from the times on offer until" in next_words(looked(offered))
    waits = actions.waitlist(waiting_for(times[3], email="a@example.org"), user=staff, now=now)
    assert buttons(looked(waits)) == ["Confirm this time", "Offer other times", "Confirm another time", "Decline", "They cancel"]
    has_one = confirmed(times[4], staff, email="b@example.org")
    assert buttons(looked(has_one)) == ["Offer other times", "Move to another time", "They cancel", "Cancel with an apology"]
    assert next_words(looked(has_one)) == "Confirmed. Still missing: who sees them."
    over = begun(harley_street, staff, email="c@example.org")
    assert (buttons(looked(over)), next_words(looked(over))) == (["They came", "They did not come"], "Did they come? Write it down.")
    came = actions.mark_attended(over, user=staff, now=now)
    assert (buttons(looked(came)), next_words(looked(came))) == (
        ["Close with the outcome"],
        "They came. Close it with what came of it. If that is a mistake, put it right under More.",
    )
    assert "They did not come after all" in rare(looked(came))
    closed = actions.close(came, outcome="booked", user=staff, now=now)
    assert (buttons(looked(closed)), next_words(looked(closed))) == ([], "Closed: booked therapy. There is nothing left to do.")
    we_cancelled = actions.cancel_by_clinic(has_one, user=staff, now=now)
    assert buttons(looked(we_cancelled)) == ["Offer other times"]
    declined = actions.decline(waits, reason="no_capacity", user=staff, now=now)
    assert (buttons(looked(declined)), rare(looked(declined))) == ([], RARE)
    spam = request(now=now, suspect=True)
    assert buttons(looked(spam)) == ["Not spam", "Decline"]


def test_who_did_not_come_is_given_a_new_time(looked, harley_street, staff):
    missed = actions.mark_did_not_attend(begun(harley_street, staff), user=staff, now=timezone.now())
    assert buttons(looked(missed)) == ["Close with the outcome", "Give them a new time"]
    assert "They came after all" in rare(looked(missed))


def test_a_meeting_online_still_gets_its_video_link(looked, online, staff):
    has_one = confirmed(free_times(online)[0], staff)
    assert next_words(looked(has_one)) == "Confirmed. Still missing: the video link and who sees them."
    assert buttons(looked(has_one))[0] == "Send the video link"
    assert words(page(looked(has_one)).select_one(".button.default")) == "Send the video link"


def test_the_reply_promise_counts_down_and_says_when_it_is_late(looked, clinic):
    now = timezone.now()
    assert words(page(looked(request(now=now))).select_one(".clock")).startswith("Answer by ")
    late = page(looked(request(now=now - timedelta(days=3), email="b@example.org"))).select_one(".clock")
    assert words(late).startswith("The answer is late: promised by ")
    assert "late" in late["class"]


def test_what_may_be_said_to_a_machine_stands_above_the_number(looked, clinic):
    for safety, sentence in {
        "none": "Leave no message if nobody answers.",
        "unnamed": "Leave a message only without our name if nobody answers.",
        "named": "You may leave a message with our name if nobody answers.",
    }.items():
        shown = page(looked(request(now=timezone.now(), message_safety=safety, **PHONE))).select_one(f".safety-{safety}")
        assert words(shown).replace(" .", ".") == sentence
    assert not page(looked(request(now=timezone.now(), email="b@example.org"))).select(".safety")


def test_who_it_is_and_that_no_message_may_be_left_stand_above_the_buttons(looked, clinic):
    silent = request(now=timezone.now(), name="Priya", message_safety="none", **PHONE)
    assert "Priya Leave no message on the phone" in words(page(looked(silent)).select_one(".request-top"))
    other = request(now=timezone.now(), name="Jo", message_safety="named", **PHONE)
    assert "Leave no message" not in words(page(looked(other)).select_one(".request-top"))


def test_a_step_taken_by_phone_has_its_words_on_top(desk, looked, clinic):
    enquiry = request(now=timezone.now(), email="", **PHONE)
    shown = looked(enquiry)
    assert "It is not confirmed yet." in words(page(shown).select_one(".request-tell pre"))
    assert "None: you call them with every message" in card(shown, "contact")
    done = desk.post(at("notice", enquiry.pk, Notice.objects.get().pk, "told"), follow=True)
    assert (said(done), Notice.objects.get().status) == (["Ticked off: the person has been told."], "sent")
    assert not page(done).select(".request-tell")
    assert story(done)[0] == "Told by phone , reception"


def test_that_an_email_did_not_go_out_stands_on_top_with_the_reason_in_words_until_it_is_sent_again(desk, looked, staff, next_time):
    enquiry = confirmed(next_time, staff)
    assert not page(looked(enquiry)).select(".request-failed")
    Notice.objects.filter(kind="confirmed").update(status="failed", last_error="SMTPRecipientsRefused 550")
    Notice.objects.filter(kind="received").update(status="failed", last_error="SMTPDataError 550")  # no longer true: nothing to do
    [alarm] = page(looked(enquiry)).select(".request-next .request-failed")
    assert words(alarm.p) == (
        "They do not know yet: the email “Your appointment is confirmed” did not go out. "
        "Reason: the mail server does not accept this address. Send it again. "
        "If the address is mistyped, correct it first."
    )
    assert [words(button) for button in alarm.select("button")] == ["Send again", "I have told them"]
    done = desk.post(alarm.form["action"], follow=True)
    assert said(done) == ["It will be sent again within seconds."]
    assert not page(done).select(".request-failed")


def test_what_an_email_could_not_say_is_told_by_phone_and_ticked_off_once(desk, looked, staff, next_time):
    enquiry = confirmed(next_time, staff, **PHONE)
    Notice.objects.filter(kind="confirmed", channel="email").update(status="failed", last_error="SMTPRecipientsRefused 550")
    shown = looked(enquiry)
    assert said(shown) == ["1 email could not be sent. See which"]
    told = page(shown).select(".request-failed form")[1]["action"]
    done = desk.post(told, follow=True)
    assert said(done) == ["Ticked off: the person has been told."]
    again = desk.post(told, follow=True)
    assert said(again) == [f"You did this already: Told by phone (you, {clock(enquiry.events.last().at)} today). It is ticked off once."]
    assert not page(done).select(".request-failed")
    kept = Notice.objects.filter(kind="confirmed").order_by("pk").values_list("channel", "status")
    assert list(kept) == [("email", "failed"), ("phone", "sent")]
    assert story(done)[0] == "Told by phone , reception"


def test_an_email_that_failed_and_is_no_longer_true_asks_nobody_for_anything(looked, staff, next_time):
    enquiry = waiting_for(next_time)
    Notice.objects.filter(kind="received").update(status="failed")
    assert said(looked(enquiry)) == ["1 email could not be sent. See which"]
    actions.confirm(enquiry, user=staff, now=timezone.now(), address="1 Any Street")
    assert said(looked(enquiry)) == []
    assert not Notice.objects.failed().exists()


def test_what_was_done_in_one_moment_is_told_the_last_first(looked, staff, next_time):
    now = timezone.now()
    asked = request(next_time.location, next_time.starts_at, now=now)
    told = story(looked(actions.confirm(asked, user=staff, now=now, address="1 Any Street")))
    assert [line.split(" ,")[0] for line in told if line.startswith(("Confirmed", "The request"))] == ["Confirmed", "The request came in"]


def test_what_the_time_is_to_them_is_said(looked, harley_street, staff):
    now, times = timezone.now(), free_times(harley_street, 5)

    def time_of(enquiry):
        return card(looked(enquiry), "times").partition(" Place ")[0].partition("Times ")[2]

    def said_as(offer):
        return f"{long_date(offer.starts_at)}, {span(offer.starts_at, offer.ends_at)}"

    asked = waiting_for(times[0])
    assert time_of(asked) == f"Asked for {said_as(times[0])} Held for them"
    assert time_of(actions.offer_times(asked, times[1:3], user=staff, now=now)) == f"Asked for {said_as(times[0])} No longer held for them"
    along = actions.offer_times(waiting_for(times[3], email="c@example.org"), [times[3]], user=staff, now=now)
    assert time_of(along) == f"Asked for {said_as(times[3])}"
    has_one = confirmed(times[4], staff, email="b@example.org")
    assert time_of(has_one) == f"Confirmed {said_as(times[4])}"
    kept = actions.offer_times(has_one, times[:1], user=staff, now=now)
    assert time_of(kept) == f"Appointment {said_as(times[4])} Theirs until they choose another"


def test_what_happened_is_one_list_the_newest_first(looked, staff, next_time):
    enquiry = confirmed(next_time, staff)
    Notice.objects.filter(kind="received").update(status="sent", sent_at=timezone.now())
    Notice.objects.filter(kind="confirmed").update(status="failed", last_error="SMTPDataError 550")
    actions.add_note(enquiry, call="no_message", user=staff, now=timezone.now())
    actions.add_note(enquiry, text="Rings back\nat noon", user=staff, now=timezone.now() + timedelta(seconds=1))
    told = story(looked(enquiry))
    assert told[:2] == ["Note , reception Rings back at noon", "Called: no answer, no message left , reception"]
    assert sorted(told[2:4]) == [
        "Confirmed , reception",
        "Email: Your appointment is confirmed Could not be sent: the mail server does not accept this message (SMTPDataError 550) "
        "Read it : Your appointment is confirmed (opens in a new tab) Send again I have told them",
    ]
    assert "The request came in , the person themselves" in told[4:]
    assert any(line.startswith("Email: We have your request Sent ") for line in told[4:])


def test_other_requests_of_the_person_are_linked_by_email_by_phone_and_by_where_they_came_from(looked, clinic, staff):
    now = timezone.now()
    first = actions.cancel(request(now=now - timedelta(days=9), email="", **PHONE), now=now)
    twin = request(now=now - timedelta(hours=2), email="SAM@example.org")
    request(now=now, email="stranger@example.org")
    enquiry = request(now=now, **PHONE, came_back_from_id=first.pk)
    shown = [words(item) for item in page(looked(enquiry)).select(".request-same li")]
    assert [line.split()[0] for line in shown] == [twin.reference, first.reference]
    assert shown[0].endswith(": this one may be its duplicate")
    assert shown[1].endswith(": this one came back from it")
    assert [words(item).split()[0] for item in page(looked(first)).select(".request-same li")] == [enquiry.reference]


def test_opening_the_page_and_each_of_its_steps_changes_nothing(desk, looked, next_time):
    enquiry = waiting_for(next_time)
    before = Enquiry.objects.values().get(), enquiry.events.count(), Notice.objects.count(), list(enquiry.holds.values())
    links = [link["href"] for link in page(looked(enquiry)).select(".request-next a.button")]
    assert len(links) == 9
    for link in links:
        assert desk.get(link).status_code == 200, link
    assert (Enquiry.objects.values().get(), enquiry.events.count(), Notice.objects.count(), list(enquiry.holds.values())) == before


def test_the_page_asks_the_database_as_often_with_sixty_events_as_with_three(
    desk, looked, next_time, staff, django_assert_num_queries, django_assert_max_num_queries
):
    Person.objects.create(name="Dr Example", slug="dr-example", is_practitioner=True)
    enquiry = confirmed(next_time, staff, **PHONE, email="sam@example.org")
    looked(enquiry)  # what is kept in memory is read once
    with django_assert_max_num_queries(33) as short:
        looked(enquiry)
    for number in range(20):
        actions.assign(enquiry, staff if number % 2 else None, user=staff, now=timezone.now())
        actions.add_note(enquiry, text=f"Note {number}", user=staff, now=timezone.now())
        request(now=timezone.now(), **PHONE)
    for number in range(40):
        actions.want_earlier(enquiry, number % 2 == 0, now=timezone.now())
    assert enquiry.events.count() > 60
    with django_assert_num_queries(len(short.captured_queries)):
        looked(enquiry)


def test_who_may_only_look_gets_no_buttons(client, next_time):
    enquiry = waiting_for(next_time, **PHONE)
    user = get_user_model().objects.create_user("looker", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    client.force_login(user)
    shown = client.get(at("change", enquiry.pk))
    assert page(shown).select("#content form, #content button, .request-next a") == []
    assert client.post(at("confirm", enquiry.pk), {"address": "x"}).status_code == 403
    assert client.post(at("note", enquiry.pk), {"text": "x"}).status_code == 403


def test_erasing_needs_its_own_permission(client, next_time):
    enquiry = waiting_for(next_time)
    user = get_user_model().objects.create_user("answers", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_enquiry", "change_enquiry"]))
    client.force_login(user)
    assert rare(client.get(at("change", enquiry.pk))) == ["They want an earlier time", "Correct their details", "Replace their link"]
    assert client.get(at("erase", enquiry.pk)).status_code == client.post(at("erase", enquiry.pk)).status_code == 403
    assert Enquiry.objects.get().name == "Sam"


def test_a_hostile_name_and_note_are_shown_as_text(desk, looked, next_time, staff):
    bad = "<img src=x onerror=alert(1)>"
    enquiry = waiting_for(next_time, name=bad, message=bad)
    actions.add_note(enquiry, text=bad, user=staff, now=timezone.now())
    for url in (at("change", enquiry.pk), at("confirm", enquiry.pk), at("offer", enquiry.pk), at("waiting"), at("erase", enquiry.pk)):
        assert "<img src=x" not in desk.get(url).content.decode(), url


def test_an_unknown_request_is_not_an_error(desk, clinic):
    assert desk.get(at("confirm", 99)).status_code == 404
    assert desk.get(at("change", 99), follow=True).status_code == 200
    assert desk.get(at("change", "9" * 30), follow=True).status_code in {200, 400}


def test_colleagues_go_by_their_names(looked, desk, clinic, django_user_model):
    nair = django_user_model.objects.create_superuser("pnair", first_name="Priya", last_name="Nair")
    enquiry = request(now=timezone.now())
    desk.post(at("assign", enquiry.pk), {"to": nair.pk})
    assert "Priya Nair" in [words(option) for option in page(looked(enquiry)).select("#id_to option")]
    assert words(page(desk.get(at("changelist"))).select_one("td.field-assigned")) == "Priya Nair"
