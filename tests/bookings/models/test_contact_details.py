"""How a person can be reached: in one form for the mail server, the calendar, the search and the desk, however it was typed."""

from importlib import import_module

import icalendar
import pytest
from django.apps import apps
from django.utils import timezone

from bookings import actions, notifications
from bookings.models import Enquiry, Notice, SearchWord
from bookings.models.enquiry import LETTERS, new_reference
from bookings.queries.search import find_enquiries
from tests.bookings.desk import at, page, words
from tests.bookings.factories import request
from tests.bookings.walker import Walker
from tests.bookings.walker import words as main_words

TYPED, STORED = "Robin@Müller.example", "Robin@xn--mller-kva.example"


@pytest.fixture
def robin(harley_street, online):
    """Whoever asked with a domain that has an umlaut in it."""
    Walker().to_check(email=TYPED).send()
    return Enquiry.objects.get()


def test_an_address_is_one_and_the_same_to_the_server_and_in_the_calendar(robin, staff, now):
    actions.confirm(robin, user=staff, now=timezone.now(), address="1 Any Street")
    message = notifications.message_for(Notice.objects.get(kind="confirmed"), now)
    (event,) = icalendar.Calendar.from_ical(message.attachments[0][1]).walk("VEVENT")
    assert (robin.email, robin.email_key) == (STORED, STORED.lower())
    assert (message.message()["To"], str(event["ATTENDEE"])) == (STORED, f"mailto:{STORED}")


@pytest.mark.parametrize("again", [TYPED, TYPED.upper(), STORED, "robin@mu\u0308ller.example"])
def test_an_address_is_known_again_however_it_is_typed(robin, again):
    Walker().to_check(email=again).send()
    assert Enquiry.objects.exclude(pk=robin.pk).get().possible_duplicate_of == robin


@pytest.mark.parametrize("asked", [TYPED, STORED, "robin@mül", "robin@muller.example", "ROBIN@XN--MLLER"])
def test_an_address_is_found_in_either_form(robin, asked):
    assert find_enquiries(asked) == [robin.pk]


def test_a_person_checks_the_address_and_the_number_as_they_are_written_and_dialled(harley_street, online):
    walker = Walker().to_check(email=TYPED, phone="ring (+44) 7700.900-982", contact_by="call")
    summary = main_words(walker.get("check/"))
    assert "Email Robin@müller.example Change" in summary
    assert "Phone 07700 900982 Please don’t leave a message Change" in summary
    assert "ring" not in summary
    assert page(walker.get("you/")).select_one("#id_email")["value"] == "Robin@müller.example"
    assert page(walker.get("you/")).select_one("#id_phone")["value"] == "ring (+44) 7700.900-982"


def test_requests_from_before_are_put_into_that_form(robin):
    """What the migration does to them."""
    other = request(now=timezone.now(), email="zoë@müller.example")  # nothing delivers to this one
    before = {"email": "Robin@müller.example", "email_key": "robin@müller.example"}
    Enquiry.objects.filter(pk=robin.pk).update(**before)
    SearchWord.objects.filter(enquiry=robin, word__gte=b"robin@x").delete()
    import_module("bookings.migrations.0019_emails_in_one_form").put_domains_into_ascii(apps, None)
    assert list(Enquiry.objects.order_by("pk").values_list("pk", "email", "email_key")) == [
        (robin.pk, STORED, STORED.lower()),
        (other.pk, "zoë@müller.example", "zoë@müller.example"),
    ]
    assert find_enquiries(STORED) == find_enquiries(TYPED) == [robin.pk]


# At the desk


def test_the_desk_sees_the_number_that_is_dialled_and_what_was_typed_around_it(desk, clinic):
    words_around = request(now=timezone.now(), phone="+447700900982", phone_typed="07700 900 982 evenings", contact_by="call")
    none_around = request(now=timezone.now(), phone="+35312345678", phone_typed="+353 12345678", contact_by="call")
    shown = [
        words(page(desk.get(at("change", each.pk))).select_one("[aria-labelledby=contact-h] dl")) for each in (words_around, none_around)
    ]
    assert "Phone 07700 900982 Typed: 07700 900 982 evenings Email" in shown[0]
    assert "Phone +353 1 234 5678 Email" in shown[1]


MISTAKES = [
    ("phone", "0207 946 ooo0", "There are letters in this phone number. Enter it in digits, like 07700 900 982"),
    ("phone", "07700 900 12", "Check this number: a UK mobile has 11 digits, or ten after +44"),
    ("email", "robin@localhost", "Enter an email address in the correct format, like name@example.com"),
    ("email", "jaſmin@example.org", "Enter an email address in the correct format, like name@example.com"),
    (
        "name",
        "Claim your prize at prize.example.com/win",
        "Enter only a name, without a web or email address or a phone number. If there is a dot in it, leave a space after it.",
    ),
    ("name", "🙂", "Enter a name that has letters in it"),
    ("name", "\u3164", "Enter the name they want us to use"),
]
EXTENSION = "Leave the extension out and put it under “Anything they would like us to know”"


@pytest.mark.parametrize(("field", "typed", "sentence"), [*MISTAKES, ("phone", "020 7946 0018 ext 4", EXTENSION)])
def test_a_phone_enquiry_is_held_to_the_same(desk, harley_street, field, typed, sentence):
    form = {"name": "Robin", "phone": "07700 900982", "contact_by": "call", "adult": "on", "preferred": "weekends", field: typed}
    answer = page(desk.post(at("add"), form))
    assert [words(item) for item in answer.select(".errorlist li")] == [sentence]
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"), [*MISTAKES, ("phone", "020 7946 0018 ext 4", "Leave the extension out and put it in a note")]
)
def test_corrected_details_are_held_to_the_same(desk, clinic, field, typed, sentence):
    enquiry = request(now=timezone.now())
    seen = page(desk.get(at("details", enquiry.pk))).select_one("[name=seen]")["value"]
    form = {"seen": seen, "name": "Sam", "email": "sam@example.org", "phone": "", "contact_by": "email", field: typed}
    answer = page(desk.post(at("details", enquiry.pk), form))
    assert [words(item) for item in answer.select(".errorlist li")] == [sentence]
    enquiry.refresh_from_db()
    assert (enquiry.name, enquiry.email, enquiry.phone) == ("Sam", "sam@example.org", "")


def test_a_corrected_address_is_put_into_that_form_and_shown_as_written(desk, clinic):
    enquiry = request(now=timezone.now())
    seen = page(desk.get(at("details", enquiry.pk))).select_one("[name=seen]")["value"]
    desk.post(at("details", enquiry.pk), {"seen": seen, "name": "Sam", "email": TYPED, "phone": "", "contact_by": "email"})
    enquiry.refresh_from_db()
    assert (enquiry.email, enquiry.email_key) == (STORED, STORED.lower())
    assert page(desk.get(at("details", enquiry.pk))).select_one("#id_email")["value"] == "Robin@müller.example"


# References


def test_a_reference_has_no_letter_or_digit_that_reads_as_a_vowel():
    """Nor one that is easily mistaken for another."""
    made = {new_reference() for _ in range(2000)}
    assert {len(reference) for reference in made} == {8}
    assert {c for reference in made for c in reference.removeprefix("HT-")} == set(LETTERS)
    assert not set(LETTERS) & set("AEIOUYV0134L")


@pytest.mark.parametrize("asked", ["HT-MAD3E", "ht-mad3e", "htmad3e", "MAD3E", " mad3e "])
def test_a_reference_given_before_is_found_still(clinic, now, asked):
    Enquiry.objects.filter(pk=request(now=now).pk).update(reference="HT-MAD3E")
    assert find_enquiries(asked) == [Enquiry.objects.get().pk]
