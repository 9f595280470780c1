"""A request written down for a caller: on one page, with a phone number alone, once."""

import uuid

import pytest
from django.utils import timezone

from bookings.models import Enquiry, Event, Hold, Notice
from bookings.staff.enquiry.slot_choice import StaffSlotPicker
from services.clinic.uk_time import appointment
from services.models import Location, Person
from tests.bookings.desk import PHONE, at, buttons, free_times, page, said, story, words
from tests.bookings.factories import request
from tests.markup import faults

CALLER = {"name": "Wilhelmina", "phone": "07700 900 982", "contact_by": "call", "adult": "on"}


@pytest.fixture
def sent(desk, harley_street):
    """Sends the form for the next free time, or for what is given."""
    slot = free_times(harley_street)[0].slot

    def send(**changes):
        form = {"submission": str(uuid.uuid4()), "slots": slot, **CALLER, **changes}
        return desk.post(at("add"), {name: value for name, value in form.items() if value is not None}, follow=True)

    return send


def problems(response):
    return [words(item) for item in page(response).select(".errorlist li")]


def test_the_form_asks_what_clients_are_asked_in_the_words_of_a_call(desk, harley_street):
    shown = page(desk.get(at("add")))
    labels = [words(label) for label in shown.select(".phone-form label, .phone-form legend")]
    asked = ["Name", "Phone number", "Email address (optional)", "How should we contact them?", "If we call and they don’t answer"]
    assert [label for label in labels if label in asked] == asked
    assert "They are 18 or over" in labels
    assert shown.select_one("[name=contact_by][checked]")["value"] == "call"
    assert shown.select("[name=website]") == []


def test_a_phone_number_is_enough_and_the_caller_is_told_reference_and_promise(sent, staff):
    saved = sent(message_safety="unnamed", best_time="evening", message="Is there a lift?")
    enquiry = Enquiry.objects.get()
    assert said(saved)[0].startswith(f"Saved. Tell them their reference, {enquiry.reference}, and that we call them by ")
    assert (enquiry.source, enquiry.email, enquiry.phone, enquiry.message_safety) == ("phone", "", "+447700900982", "unnamed")
    assert (enquiry.status, Hold.objects.get().kind) == ("new", "asked")
    event = Event.objects.get()
    assert (event.actor, event.user) == ("staff", staff)
    assert story(saved)[-1].startswith(("Written down for a caller , reception", "To tell by phone"))
    assert said(saved)[0].endswith(" Nobody calls them again about this.")
    assert list(Notice.objects.values_list("kind", "channel", "status")) == [("received", "phone", "sent")]
    assert not Notice.objects.to_tell().exists()


@pytest.mark.parametrize("confirm", ["", "on"])
@pytest.mark.parametrize("contact_by", ["call", "text", "email"])
@pytest.mark.parametrize("email", ["", "w@example.org"])
def test_nobody_is_owed_a_call_about_what_was_said_in_that_very_call(sent, confirm, contact_by, email):
    if contact_by == "email" and not email:
        return
    sent(confirm=confirm, address="1 Any Street", email=email, contact_by=contact_by)
    assert Enquiry.objects.get().status == ("confirmed" if confirm else "new")
    assert not Notice.objects.to_tell().exists()
    kind = "confirmed" if confirm else "received"
    emails = Notice.objects.filter(kind=kind, channel="email", status="pending").count()
    assert emails == (1 if email else 0)


def test_it_can_be_confirmed_at_once(sent, online):
    Person.objects.create(name="Dr Example", slug="dr-example", is_practitioner=True)
    missing = sent(confirm="on")
    assert problems(missing) == ["Enter the address of Harley Street: the confirmation must name it, and the site has none yet"]
    assert page(missing).select_one("[name=slots][checked]")
    saved = sent(confirm="on", address="1 Any Street", person=Person.objects.get().pk, email="w@example.org")
    enquiry = Enquiry.objects.get()
    assert said(saved) == [
        f"Saved and confirmed. Tell them now: {appointment(enquiry.starts_at)}, Harley Street, 1 Any Street. "
        f"Their reference is {enquiry.reference}. They get an email, too."
    ]
    assert list(Notice.objects.filter(kind="confirmed").values_list("channel", "status")) == [("email", "pending"), ("phone", "sent")]
    assert (enquiry.status, enquiry.location.address, enquiry.holds.get().person.name) == ("confirmed", "1 Any Street", "Dr Example")
    assert "Move to another time" in buttons(saved)


def test_when_no_time_suits_the_parts_of_the_week_are_written_down(sent, harley_street):
    sent(slots=None, preferred=["weekends"], at="harley-street", earlier="on")
    enquiry = Enquiry.objects.get()
    assert (enquiry.starts_at, enquiry.preferred_times, enquiry.location, enquiry.wants_earlier) == (
        None,
        ["weekends"],
        harley_street,
        True,
    )


def test_every_mistake_has_its_sentence_and_everything_typed_stays(sent):
    wrong = sent(name=" ", phone="12", contact_by="text", adult=None, slots=None, message="x" * 501, email="nobody")
    assert problems(wrong) == [
        "Enter the name they want us to use",
        "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192",
        "Enter an email address in the correct format, like name@example.com",
        "Shorten this to 500 characters or fewer. It has 501.",
        "Ask whether they are 18 or over: our consultations are for adults",
        "Choose a time, or tick when they could come",
    ]
    assert faults(wrong.content) == []
    shown = page(wrong)
    assert (shown.select_one("#id_phone")["value"], words(shown.select_one("#id_message"))) == ("12", "x" * 501)
    assert shown.select_one("[name=contact_by][checked]")["value"] == "text"
    assert Enquiry.objects.count() == 0


def test_somebody_known_is_shown_before_anything_is_saved(sent):
    known = request(now=timezone.now(), email="", **PHONE)
    hint = sent()
    assert "This number or address is known already." in words(page(hint).select_one(".errornote"))
    assert known.reference in words(page(hint).select_one(".request-same"))
    assert Enquiry.objects.count() == 1
    again = {field["name"]: field.get("value", "on") for field in page(hint).select(".phone-form [type=hidden], .phone-form [checked]")}
    again |= {"name": "Wilhelmina", "phone": "07700 900 982"}
    assert "anyway" in again
    sent(**{name: value for name, value in again.items() if name != "csrfmiddlewaretoken"})
    assert Enquiry.objects.last() != Enquiry.objects.first()
    assert Enquiry.objects.order_by("pk").last().possible_duplicate_of == known


def test_the_form_sent_twice_makes_one_request(sent):
    form = {"submission": str(uuid.uuid4())}
    sent(**form)
    assert said(sent(**form)) == ["You have saved this request already: here it is."]
    changed = sent(**form, name="Somebody else")
    assert said(changed) == ["You have saved this request already: here it is. What you changed since is not in it."]
    assert Enquiry.objects.get().name == "Wilhelmina"


def test_a_time_taken_during_the_call_is_said_and_everything_else_is_kept(sent, harley_street):
    first, second = free_times(harley_street, 2)
    request(first.location, first.starts_at, now=timezone.now())
    late = sent(slots=first.slot)
    assert problems(late)[0].startswith("No longer free: ")
    assert page(late).select_one("#id_name")["value"] == "Wilhelmina"
    assert said(sent(slots=second.slot))[0].startswith("Saved.")


def test_other_times_are_shown_without_losing_what_was_typed(sent, online):
    shown = page(sent(show="1", at="online"))
    assert shown.select_one("#id_name")["value"] == "Wilhelmina"
    assert {field["value"].partition(".")[0] for field in shown.select(".picker-day [name=slots]")} == {"online"}
    assert shown.select(".errornote, .errorlist") == []
    assert Enquiry.objects.count() == 0


def test_a_caller_may_have_a_time_that_is_too_soon_for_the_website(sent, now, harley_street):
    Location.objects.update(address="1 Any Street")
    soon = StaffSlotPicker({}, [], timezone.now()).free[0]
    saved = sent(slots=soon.slot)
    assert said(saved)[0].startswith("Saved.")
    assert Hold.objects.get().starts_at == soon.starts_at


def test_who_may_not_answer_may_not_add(client, django_user_model, clinic):
    client.force_login(django_user_model.objects.create_user("looker", is_staff=True))
    assert client.get(at("add")).status_code == client.post(at("add"), CALLER).status_code == 403
