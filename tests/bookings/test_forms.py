"""Each answer a person may give, and the sentence each wrong one gets."""

import pytest

from bookings.forms import YouForm, visible

GOOD = {"name": "Sam", "email": "sam@example.org", "contact_by": "email", "adult": "on"}


def errors(**changes):
    form = YouForm(GOOD | changes, phone_line="0345 474 1724")
    form.is_valid()
    return {name: [str(e) for e in found] for name, found in form.errors.items()}


def test_the_least_one_can_answer_is_enough():
    assert errors() == {}


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\ufeff", "\x00\x07", "🙂", "--", "You won https://x.example", "see www.x.example"])
def test_a_name_needs_a_letter(name):
    assert errors(name=name) == {"name": ["Enter the name you would like us to use"]}


@pytest.mark.parametrize("name", ["Zoë", "李", "O’Brien-Müller", "שרה", "Nguyễn Văn A", "x" * 100])
def test_a_name_may_be_in_any_script(name):
    assert errors(name=name) == {}


def test_a_long_name_is_named_as_such():
    assert errors(name="x" * 101) == {"name": ["Name must be 100 characters or fewer"]}


def test_an_email_is_needed_to_answer_by_email():
    assert errors(email="") == {"email": ["Enter your email address, so we can confirm your time"]}


@pytest.mark.parametrize("email", ["sam", "sam@", "@example.org", "sam@example", "a b@example.org", "sam@example.org\nBcc: x@example.org"])
def test_a_malformed_email_gets_an_example(email):
    assert errors(email=email) == {"email": ["Enter an email address in the correct format, like name@example.com"]}


@pytest.mark.parametrize("by", ["call", "text"])
def test_a_phone_number_is_needed_to_be_called_or_texted(by):
    assert errors(contact_by=by, email="") == {"phone": [f"Enter a phone number so we can {by} you, or choose email"]}


def test_an_email_is_not_needed_with_a_phone_number():
    assert errors(contact_by="call", email="", phone="07700 900982") == {}


@pytest.mark.parametrize("phone", ["12", "not a number", "0770", "+", "0" * 41, "07700900982 ext 5"])
def test_a_malformed_phone_gets_examples(phone):
    sentence = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
    assert errors(phone=phone) == {"phone": [sentence]}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("07700 900 982", "+447700900982"),
        ("(020) 7946-0018", "+442079460018"),
        ("+44 (0)808 157 0192", "+448081570192"),
        ("0044 7700 900982", "+447700900982"),
        ("+353 1 234 5678", "+35312345678"),
    ],
)
def test_a_phone_may_be_written_in_any_usual_way(typed, stored):
    form = YouForm(GOOD | {"phone": typed})
    assert form.is_valid()
    assert (form.cleaned_data["phone"], form.cleaned_data["phone_e164"]) == (typed, stored)


def test_how_to_be_contacted_must_be_chosen():
    assert errors(contact_by="") == {"contact_by": ["Choose how we should contact you"]}
    assert errors(contact_by="pigeon") == {"contact_by": ["Choose how we should contact you"]}


def test_a_message_has_500_characters_however_lines_end():
    assert errors(message="x\r\n" * 250) == {}
    assert errors(message="x" * 501) == {"message": ["Shorten this to 500 characters or fewer. It has 501."]}


def test_people_under_18_are_asked_to_call():
    form = YouForm({**GOOD, "adult": ""}, phone_line="0345 474 1724")
    assert form.errors["adult"] == ["Our online requests are for adults. Please call us on 0345 474 1724"]


def test_all_that_is_wrong_is_said_at_once():
    assert set(errors(name="", email="x", phone="1", contact_by="", message="x" * 501)) == {
        "name",
        "email",
        "phone",
        "contact_by",
        "message",
    }


def test_what_nobody_can_see_is_removed_and_what_scripts_need_is_kept():
    assert visible("a\x00b\u202ec\u2066d") == "abcd"
    assert visible("one\r\ntwo\u2028three") == "one\ntwo\nthree"
    assert visible("👩\u200d⚕") == "👩\u200d⚕"
    assert visible("🩷") == "🩷"
