"""How we reach somebody is how they chose to be reached: on their page, in messages, and in what the desk is told to do."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from bookings import actions, notifications
from bookings.models import Enquiry, Notice
from services.clinic.clinic import Clinic
from tests.bookings.desk import at, page, words
from tests.bookings.factories import request
from tests.bookings.room import Room
from tests.bookings.walker import words as text_of

PHONE = {"phone": "+447700900982", "phone_typed": "07700 900982"}
CALL, TEXT = {**PHONE, "email": "", "contact_by": "call"}, {**PHONE, "email": "", "contact_by": "text"}
CALL_TOO, TEXT_TOO = {**PHONE, "contact_by": "call"}, {**PHONE, "contact_by": "text"}
EVERYBODY = {"email": {}, "call": CALL, "text": TEXT, "call and email": CALL_TOO, "text and email": TEXT_TOO}


@pytest.fixture
def room(harley_street, staff):
    return Room(harley_street, staff)


@pytest.mark.parametrize(
    ("changes", "reach"),
    [
        ({}, "email"),
        ({**PHONE, "contact_by": "email"}, "email"),
        (CALL, "call"),
        (TEXT, "text"),
        (CALL_TOO, "call"),
        (TEXT_TOO, "text"),
        ({"contact_by": "text"}, "email"),
        ({**PHONE, "email": "", "contact_by": "email"}, "call"),
    ],
)
def test_they_are_reached_as_they_chose_if_we_have_what_it_takes(changes, reach):
    assert Enquiry(**{"email": "sam@example.org", "contact_by": "email"} | changes).reach == reach


# Their page

ANSWERS = {
    "email": ("We will email you by", "You get an email: your time is confirmed, or we suggest another."),
    "call": ("We will call you by", "We call you: your time is confirmed, or we suggest another."),
    "text": ("We will text you by", "We text you: your time is confirmed, or we suggest another."),
    "call and email": ("We will call you by", "We call you, and you get an email: your time is confirmed, or we suggest another."),
    "text and email": ("We will text you by", "We text you, and you get an email: your time is confirmed, or we suggest another."),
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_page_of_a_new_request_says_how_we_answer(client, room, who):
    shown = text_of(client.get(room.new(**EVERYBODY[who]).get_absolute_url()))
    assert [sentence for sentence in ANSWERS[who] if sentence not in shown] == []


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_page_of_the_waiting_list_and_of_times_on_offer_say_so_too(client, room, who):
    waits = actions.waitlist(room.new(**EVERYBODY[who]), **room.by)
    assert f"We will {waits.reach} you as soon as one does." in text_of(client.get(waits.get_absolute_url()))
    actions.offer_times(waits, room.times[3:5], **room.by)
    told = "and you get an email with all you need to know." if waits.email else f"and we {waits.reach} you with all you need to know."
    assert f"As soon as you choose a time it is confirmed, {told}" in text_of(client.get(waits.get_absolute_url()))


@pytest.mark.parametrize(("who", "sentence"), [("email", "We send you an email with the new time."), ("text", "We text you the new time.")])
def test_changing_a_time_says_how_the_new_one_is_told(client, room, who, sentence):
    enquiry = room.new(**EVERYBODY[who])
    assert sentence in text_of(client.get(f"{enquiry.get_absolute_url()}change/"))


# Messages


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("kind", ["received", "waitlisted"])
def test_a_message_promises_the_way_they_chose(room, who, kind):
    enquiry = room.new(**EVERYBODY[who])
    if kind == "waitlisted":
        actions.waitlist(enquiry, **room.by)
    said = notifications.render_notification(Notice.objects.filter(kind=kind).earliest("pk"), room.now, Clinic(room.now))
    promised = f"We will {enquiry.reach} you {'by' if kind == 'received' else 'as soon as'}"
    assert [promised in each for each in (" ".join(said.text.split()), " ".join(said.html.split()))] == [True, True]
    aloud = promised if enquiry.reach != "email" else "ou hear from us"
    assert aloud in " ".join(said.spoken.split())


# The desk


def test_the_desk_is_offered_a_text_message_with_a_short_text_for_whoever_wants_one(desk, room, settings):
    settings.SITE_URL = "https://www.clinic.test"
    enquiry = actions.confirm(room.new(**TEXT, message_safety="named"), **room.by, address="1 Any Street")
    shown = page(desk.get(at("change", enquiry.pk)))
    links = [unquote(link["href"]) for link in shown.select("a[href^='sms:']")]
    when = notifications.render_notification(Notice.objects.get(kind="confirmed"), room.now, Clinic(room.now)).subject
    assert links == [
        f"sms:+447700900982?body=Harley Therapy: {when}. Harley Street, 1 Any Street. To talk to us, call 0345 474 1724. "
        f"See https://www.clinic.test{enquiry.get_absolute_url()}",
        f"sms:+447700900982?body=Harley Therapy: About your request {enquiry.reference}: please call us on 0345 474 1724.",
    ]
    assert "To tell by text message: Your appointment is confirmed" in words(shown.select_one(".request-tell"))


@pytest.mark.parametrize("safety", ["none", "unnamed"])
def test_a_text_message_names_us_only_to_whoever_said_that_we_may(desk, room, safety):
    enquiry = actions.offer_times(room.new(**TEXT, message_safety=safety), room.times[3:5], **room.by)
    shown = page(desk.get(at("change", enquiry.pk)))
    texts = [unquote(link["href"]) for link in shown.select("a[href^='sms:']")]
    assert len(texts) == 2
    assert [text for text in texts if "Harley Therapy" in text or "http" in text] == []
    assert texts[0].startswith(f"sms:+447700900982?body=Please choose a time ({enquiry.reference}). ")
    assert "Do not name us in a text message" in words(shown.select_one("[aria-labelledby=contact-h]"))


@pytest.mark.parametrize("who", ["email", "call", "call and email"])
def test_nobody_else_is_offered_a_text_message(desk, room, who):
    assert "sms:" not in desk.get(at("change", room.new(**EVERYBODY[who]).pk)).content.decode()


TOLD = {
    "email": "They are told by email.",
    "call": "They have no email address: you call them. The words are then on the page of the request.",
    "text": "They have no email address: you text them. The words are then on the page of the request.",
    "call and email": "They are told by email. They asked for a phone call: call them, too.",
    "text and email": "They are told by email. They asked for a text message: text them, too.",
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_step_says_what_the_desk_has_to_do(desk, room, who):
    enquiry = room.new(**EVERYBODY[who])
    assert words(page(desk.get(at("waitlist", enquiry.pk))).select(".step-says")[-1]) == TOLD[who]


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_to_do_next_names_the_way_they_chose(desk, room, who):
    enquiry = room.new(**EVERYBODY[who])
    also = {
        "call and email": " They asked for a phone call: call them, too.",
        "text and email": " They asked for a text message: text them, too.",
    }
    next_words = words(page(desk.get(at("change", enquiry.pk))).select_one("#next-h"))
    assert next_words == f"The time they asked for is held for them. Confirm it, or offer others.{also.get(who, '')}"
    room._moved(enquiry, starts_at=room.now)
    next_words = words(page(desk.get(at("change", enquiry.pk))).select_one("#next-h"))
    assert next_words == f"The time they asked for has begun. {enquiry.reach.capitalize()} them, and offer other times."


@pytest.mark.parametrize(("who", "way", "owed"), [("call", "call", "Call 07700 900982"), ("text", "text", "Text 07700 900982")])
def test_the_board_the_words_and_the_history_name_it(desk, room, who, way, owed):
    enquiry = room.new(**EVERYBODY[who])
    notice = Notice.objects.get(kind="received")
    assert f"{owed}: We have your request" in words(page(desk.get(reverse("admin:index"))).select_one("#tell"))
    before = words(page(desk.post(at("waitlist_draft", enquiry.pk), {"paragraph": ""})).select_one("#content-main"))
    assert ("These are the words to say on the phone:" in before, "This is the text message:" in before) == (way == "call", way == "text")
    assert f"None: you {way} them with every message" in words(
        page(desk.get(at("change", enquiry.pk))).select_one("[aria-labelledby=contact-h]")
    )
    actions.mark_told_by_phone(notice, user=room.staff, now=room.now)
    assert enquiry.events.last().note == {"call": "Told by phone", "text": "Told by text message"}[way]


def test_lists_and_previews_say_it_of_each(desk, room):
    text = room.new(**TEXT)
    listed = page(desk.get(reverse("admin:bookings_notice_changelist"))).select("#result_list .field-by")
    assert [words(cell) for cell in listed] == ["Text message"]
    preview = desk.get(reverse("admin:bookings_enquiry_bulk", args=["decline"]), {"row": text.pk})
    assert "there is no address, so you text them" in words(page(preview).select_one("#content-main"))


def test_who_could_not_be_reached_by_email_is_called_or_texted(desk, room):
    for changes, how in ((TEXT_TOO, "or text them"), (CALL_TOO, "or call them"), ({}, "Send it again.")):
        enquiry = request(now=room.now, preferred_times=["weekends"], **changes)
        Notice.objects.filter(event__enquiry=enquiry, kind="received").update(status="failed")
        assert how in words(page(desk.get(at("change", enquiry.pk))).select_one(".request-failed"))


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (lambda room, one: actions.confirm(one, **room.by, address="1 Any Street"), "confirmed"),
        (lambda room, one: actions.offer_times(one, room.times[3:5], **room.by), "offered"),
        (lambda room, one: actions.waitlist(one, **room.by), "waitlisted"),
        (lambda room, one: actions.decline(one, reason="no_capacity", **room.by), "declined"),
    ],
)
def test_who_asked_for_a_call_or_a_text_stands_under_tell_by_phone_after_a_step(desk, room, who, step, kind):
    """And the email, where there is an address, goes at once all the same."""
    one = step(room, room.new(**EVERYBODY[who]))
    ways = {"email": ["email"], "call": ["phone"], "text": ["phone"]}.get(who, ["email", "phone"])
    assert list(Notice.objects.filter(kind=kind).order_by("pk").values_list("channel", flat=True)) == ways
    assert not Notice.objects.exclude(status="pending").filter(kind=kind).exists()
    owed = page(desk.get(reverse("admin:index"))).select("#tell .row")
    assert len(owed) == ways.count("phone")
    asked = Notice.objects.to_tell().filter(kind=kind)
    if asked:
        shown = words(page(desk.get(at("change", one.pk))).select_one(".request-tell"))
        assert f"To tell by {one.way_by_phone}" in shown
        assert actions.mark_told_by_phone(asked.get(), user=room.staff, now=room.now)
        assert page(desk.get(at("change", one.pk))).select(".request-tell") == []


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_the_person_or_the_clock_does_owes_no_call_beside_the_email(room, who):
    one = room.new(**EVERYBODY[who])
    actions.change_time(one, room.times[4], now=room.now)
    actions.cancel(one, now=room.now)
    assert set(Notice.objects.to_client().values_list("channel", flat=True)) == {"email" if one.email else "phone"}


def test_a_call_that_is_still_owed_hides_no_email_that_failed(desk, room):
    one = actions.confirm(room.new(**CALL_TOO), **room.by, address="1 Any Street")
    email = Notice.objects.get(kind="confirmed", channel="email")
    Notice.objects.filter(pk=email.pk).update(status="failed", last_error="SMTPRecipientsRefused 550")
    assert Notice.objects.failed().get() == email
    buttons = [words(button) for button in page(desk.get(at("change", one.pk))).select(".request-failed button")]
    assert buttons == ["Send again", "I have told them"]
    actions.mark_told_by_phone(Notice.objects.to_tell().get(), user=room.staff, now=room.now)
    assert not Notice.objects.failed().exists()
    assert page(desk.get(at("change", one.pk))).select(".request-failed") == []


def test_an_email_sent_again_asks_nobody_to_call_again(room):
    actions.confirm(room.new(**CALL_TOO), **room.by, address="1 Any Street")
    actions.mark_told_by_phone(Notice.objects.to_tell().get(), user=room.staff, now=room.now)
    email = Notice.objects.get(kind="confirmed", channel="email")
    Notice.objects.filter(pk=email.pk).update(status="sent", sent_at=room.now)
    assert actions.send_again(email, user=room.staff, now=room.now).channel == "email"
    assert not Notice.objects.to_tell().exists()


# What is said in the very call


@pytest.mark.parametrize("who", ["call", "text", "call and email"])
def test_what_is_told_on_the_phone_is_not_owed_as_a_call(desk, room, who):
    one = room.new(**EVERYBODY[who])
    opened = page(desk.get(at("waitlist", one.pk)))
    assert not opened.select_one("[name=spoken]").has_attr("checked")
    desk.post(at("waitlist", one.pk), {"spoken": "on"})
    assert not Notice.objects.to_tell().filter(kind="waitlisted").exists()
    assert set(Notice.objects.filter(kind="waitlisted", channel="email").values_list("status", flat=True)) <= {"pending"}
    opened = page(desk.get(at("cancel_for_them", one.pk)))
    assert opened.select_one("[name=spoken]").has_attr("checked")  # they phone to cancel
    desk.post(at("cancel_for_them", one.pk), {"spoken": "on", "reason": ""})
    assert not Notice.objects.to_tell().exists()


def test_whoever_is_told_by_email_alone_is_not_asked_about(desk, room):
    assert page(desk.get(at("waitlist", room.new().pk))).select("[name=spoken]") == []


def test_somebody_who_phones_to_cancel_need_get_no_message(desk, room):
    one = room.new()
    desk.post(at("cancel_for_them", one.pk), {"reason": "", "quiet": "on"})
    one.refresh_from_db()
    assert (one.status, Notice.objects.filter(kind="cancelled").count()) == ("cancelled_client", 0)
