"""Each answer a person may give, and the sentence each wrong one gets."""

import pytest

from bookings.fields import visible
from bookings.forms import YouForm

INVISIBLE = [*"\u3164\u115f\u1160\uffa0\u034f\u17b4\u17b5\u2065\ufff0\U000e0001\U000e0041\U000e0fff"]  # Unicode’s default-ignorable ones
GOOD = {"name": "Sam", "email": "sam@example.org", "contact_by": "email", "adult": "on"}


def errors(**changes):
    form = YouForm(GOOD | changes, phone_line="0345 474 1724")
    form.is_valid()
    return {name: [str(e) for e in found] for name, found in form.errors.items()}


def test_the_least_one_can_answer_is_enough():
    assert errors() == {}


def detail(name, /, **changes):
    """What a form keeps of a good answer."""
    form = YouForm(GOOD | changes)
    assert form.is_valid()
    return form.cleaned_data[name]


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\ufeff", "\x00\x07", "\u200d", " \ufe0f \u200c", *INVISIBLE, " ".join(INVISIBLE)])
def test_a_name_that_nobody_can_see_is_none(name):
    assert errors(name=name) == {"name": ["Enter the name you would like us to use"]}


@pytest.mark.parametrize("name", ["🙂", "--", "...", "⠀", "007", "②", "\u0301"])
def test_a_name_needs_a_letter(name):
    assert errors(name=name) == {"name": ["Enter a name that has letters in it"]}


NAMES = [
    "Zoë",
    "李",
    "李小龍",
    "O’Brien-Müller",
    "O'Brien-Ó Súilleabháin",
    "שרה",
    "محمد علي",
    "د.محمد",
    "Nguyễn Văn A",
    "ดร.สมชาย",
    "x" * 100,
]
NAMES += [
    "J.R.R. Tolkien",
    "J.R.R.Tolkien",
    "j.r.r. tolkien",
    "St.John",
    "st.john",
    "ST.JOHN",
    "Dr. A. Smith",
    "Dr.A.Smith",
    "Prof.Dr.Smith",
    "И.И.Иванов",
]
NAMES += [
    "J.Li",
    "M. Ng",
    "Sam Smith Jr.",
    "Sam (they/them)",
    "Anne d/o Kumar",
    "Karl H:son Berg",
    "Gal·la",
    "Elizabeth 2",
    "葛\U000e0100城",
    "Sam 🙂",
    "A.-M. Roux",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_be_in_any_script_and_have_initials_and_titles(name):
    assert detail("name", name=name) == name


ADVERTISEMENTS = ["Claim your prize at prize.example.com/win", "You won https://x.example", "see www.x.example", "WWW.example.com", "Www.x"]
ADVERTISEMENTS += [
    "t.me/abc",
    "T.Me/abc",
    "t.me",
    "wa.me/447",
    "x.com",
    "bit.ly?x",
    "a@example.com",
    "@prizes",
    "mailto:x",
    "tel:123",
    "sms:1",
    "HTTPS：//example.com",
]
ADVERTISEMENTS += [
    "example.com",
    "EXAMPLE.COM",
    "Example.Com",
    "prize.example",
    "example.co.uk",
    "prize-24.example",
    "24.pro",
    "see example .com now",
    "example. com",
]
ADVERTISEMENTS += [
    "example。com",
    "example｡com",
    "example．com",
    "ｅｘａｍｐｌｅ.com",
    "t．me／abc",
    "a＠example",
    "exam\u200dple.\u200ccom",
    "www\ufe0f.x",
    "//x",
    "пример.рф",
    "例えば.テスト",
]
ADVERTISEMENTS += [
    "exámple.com",
    "Sam\nwww.example.com",
    "Call 0900 123 456",
    "Sam 07700 900982",
    "t\u115f.me/abc",
    "example\u3164.com",
    "prize.example:80",
]


@pytest.mark.parametrize("name", ADVERTISEMENTS)
def test_a_name_carries_no_advertisement(name):
    """Anybody can have an email sent to anybody: it greets by this name."""
    sentence = "Enter only a name, without a web or email address or a phone number. If there is a dot in it, leave a space after it."
    assert errors(name=name) == {"name": [sentence]}


def test_a_long_name_is_named_as_such():
    assert errors(name="x" * 101) == {"name": ["Name must be 100 characters or fewer"]}


def test_an_email_is_needed_to_answer_by_email():
    assert errors(email="") == {"email": ["Enter your email address, so we can confirm your time"]}


@pytest.mark.parametrize("email", ["sam", "sam@", "@example.org", "sam@example", "a b@example.org", "sam@example.org\nBcc: x@example.org"])
def test_a_malformed_email_gets_an_example(email):
    assert errors(email=email) == {"email": ["Enter an email address in the correct format, like name@example.com"]}


NOT_DELIVERED = [
    "jaſmin@example.org",
    "\u212aim@example.org",
    "zoë@example.org",
    "李@example.org",
    f"{'x' * 65}@example.org",
    "robin@localhost",
]
NOT_DELIVERED += [
    "robin@LOCALHOST",
    "robin@mail.localhost",
    "robin@printer.local",
    "robin@[127.0.0.1]",
    "robin@[IPv6:::1]",
    "robin@[::1]",
    "robin@127.0.0.12",
]
NOT_DELIVERED += [
    '"robin sample"@example.org',
    '"robin"@example.org',
    "robin@straße.example",
    "robin@exam\u200dple.org",
    "robin@.example.org",
    "robin@-x.example",
]
NOT_DELIVERED += [
    f"robin@{'ü' * 60}.example",
    f"robin@{'x' * 64}.example",
    "robin@example..org",
    "robin@example.org.",
    "robin＠example.org",
    "robin@xn--\u00fc.example",
]


@pytest.mark.parametrize("email", NOT_DELIVERED)
def test_an_address_that_no_server_takes_gets_an_example(email):
    assert errors(email=email) == {"email": ["Enter an email address in the correct format, like name@example.com"]}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("robin@müller.example", "robin@xn--mller-kva.example"),
        ("robin@MÜLLER.example", "robin@xn--mller-kva.example"),
        ("robin@mu\u0308ller.example", "robin@xn--mller-kva.example"),
        ("robin@xn--mller-kva.example", "robin@xn--mller-kva.example"),
        ("robin@example。org", "robin@example.org"),
        ("Robin.O'Brien+clinic@Mail.Example.org", "Robin.O'Brien+clinic@Mail.Example.org"),
        (f"{'x' * 64}@example.org", f"{'x' * 64}@example.org"),
    ],
)
def test_the_domain_of_an_address_is_stored_in_one_form(typed, stored):
    assert detail("email", email=typed) == stored


def test_a_domain_is_shown_as_its_person_writes_it():
    form = YouForm(initial={"email": "robin@xn--mller-kva.example"})
    assert form["email"].value() == "robin@müller.example"


@pytest.mark.parametrize("by", ["call", "text"])
def test_a_phone_number_is_needed_to_be_called_or_texted(by):
    assert errors(contact_by=by, email="") == {"phone": [f"Enter a phone number so we can {by} you, or choose email"]}


def test_an_email_is_not_needed_with_a_phone_number():
    assert errors(contact_by="call", email="", phone="07700 900982") == {}


EXAMPLES = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
LETTERS = "There are letters in this phone number. Enter it in digits, like 07700 900 982"
MOBILE = "Check this number: a UK mobile has 11 digits, or ten after +44"
EXTENSION = "Leave the extension out and put it in your message"
WRONG_NUMBERS = [
    (
        EXAMPLES,
        ["12", "not a number", "0770", "+", "0" * 41, "020 7946 000", "020 7946 00180", "01632 96000", "087 123 4567", "0800 FLOWERS"],
    ),
    (EXAMPLES, ["07700 900982 / 020 7946 0018", "07700_900982", "07700+900982", "020 7946 0018, 4", "+999 1234567", "+44"]),
    (LETTERS, ["0207 946 ooo0", "020 7946 000O", "07700 90098l", "07700 9OO982", "07700 9a0982", "0770O 900982", "+44 7700 90O982 1"]),
    (LETTERS, ["O7700 900982", "o2079460018", "+4A 7700 900982", "07700 90098 l", "0770０ 9００98２I", "07700 ９ОО982", "ring07700900982"]),
    (LETTERS, ["0800 FLOWERS 1", "07700 900982 or 020 7946 0018", "07700 9x0982", "07700 900 ext 4", "٠٧٧٠٠ ٩oo٩٨٢", "07700 9𝐎0982"]),
    (MOBILE, ["07700 900 12", "+44 7700 90012", "7700 90098", "0044 7700 900 12", "07700 900 9821", "ring 07700 90098"]),
    (EXTENSION, ["020 7946 0018 ext 4", "020 7946 0018 x4", "020 7946 0018x4", "020 7946 0018 ext. 4", "07700900982 ext 5"]),
    (
        EXTENSION,
        ["020 7946 0018 Extension: 4012", "020 7946 0018 (ext 4)", "020 7946 0018 #4", "020 7946 0018, option 2", "+353 1 234 5678 EXT4"],
    ),
]


@pytest.mark.parametrize(("sentence", "phone"), [(sentence, phone) for sentence, phones in WRONG_NUMBERS for phone in phones])
def test_a_phone_that_is_not_one_number_in_digits_gets_its_sentence(sentence, phone):
    assert errors(phone=phone) == {"phone": [sentence]}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("07700 900 982", "+447700900982"),
        ("7700 900982", "+447700900982"),
        ("(020) 7946-0018", "+442079460018"),
        ("020–7946–0018", "+442079460018"),
        ("020 7946 0018", "+442079460018"),
        ("01632 960 001", "+441632960001"),
        ("01204 62083", "+44120462083"),
        ("+44 (0)808 157 0192", "+448081570192"),
        ("(+44) 7700.900.982", "+447700900982"),
        ("0044 7700 900982", "+447700900982"),
        ("+353 1 234 5678", "+35312345678"),
        ("+39 06 1234 5678", "+390612345678"),
        ("٠٧٧٠٠ ٩٠٠٩٨٢", "+447700900982"),
        ("０７７００ ９００９８２", "+447700900982"),
        ("ring 07700 900982", "+447700900982"),
        ("07700 900982 ok", "+447700900982"),
        ("m: 07700 900982 (evenings)", "+447700900982"),
        ("tel:+44-7700-900982", "+447700900982"),
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
    assert visible("❤\ufe0f") == "❤\ufe0f"
    assert visible("می\u200cخواهم") == "می\u200cخواهم"
    assert visible("".join(INVISIBLE)) == visible(" \u200d\ufe0f\n") == ""


@pytest.mark.parametrize("text", ["1" * 101, "🙂" * 101, "a." * 51, "a@" * 51, "1" * 1_000_000])
def test_what_is_too_long_is_not_looked_through_for_anything_else(text):
    """A pattern that is tried on a megabyte would keep the site from everybody else."""
    example = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
    assert errors(name=text, phone=text) == {"name": ["Name must be 100 characters or fewer"], "phone": [example]}
