"""The table of bad input, row by row: each gets exactly its sentence, in the summary and at the field, and loses nothing that was typed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bookings.models import Enquiry, Hold
from bookings.queries.slots import bookable_days
from services.models import Closure
from tests.bookings import factories
from tests.bookings.walker import YOU, Walker, page, words

NAME = "Enter the name you would like us to use"
LONG_NAME = "Name must be 100 characters or fewer"
NO_EMAIL = "Enter your email address, so we can confirm your time"
BAD_EMAIL = "Enter an email address in the correct format, like name@example.com"
BAD_PHONE = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
NO_PHONE = "Enter a phone number so we can {} you, or choose email"
CONTACT = "Choose how we should contact you"
ADULT = "Our online requests are for adults. Please call us on 0345 474 1724"
TAKEN = "Sorry, that time has just been requested by someone else. These are the closest times."
GONE = "That time is no longer available"
UNREADABLE = "We could not read that. Go back and try again, or call 0345 474 1724."


@pytest.fixture
def walker(harley_street, online):
    return Walker()


def refused(response, sentence, field, *, status=200):
    """The title begins with Error, the summary has this one sentence and leads to an input, beside which the same sentence stands."""
    soup = page(response)
    assert response.status_code == status
    assert soup.title.get_text().startswith("Error: ")
    summary = soup.select_one("main .error-summary")
    assert summary.has_attr("autofocus")
    assert summary.select_one("[role=alert] h2").get_text() == "There is a problem"
    assert [li.get_text() for li in summary.select("li")] == [sentence]
    target = soup.select_one(summary.select_one("li a")["href"])
    assert target.name in {"input", "textarea"}
    assert target["name"] == field
    error = soup.select_one(f"#id_{field}_error")
    assert [p.get_text() for p in soup.select(".field-error")] == [f"Error: {sentence}"]
    group = target.find_parent("fieldset")
    assert error["id"] in f"{target.get('aria-describedby')} {group and group.get('aria-describedby')}".split()
    return soup


# No place, no time


def test_no_place(walker):
    refused(walker.post("where/"), "Choose where you would like to meet", "where")


def test_no_time(walker):
    walker.where()
    refused(walker.post("when/"), "Choose a time, or choose “None of these times suit me”", "slot")


def test_none_of_these_times_without_any_part_of_the_week(walker):
    walker.where()
    refused(walker.post("when/other/"), "Choose at least one part of the week", "preferred")


# A time that cannot be had


def test_a_time_taken_meanwhile(walker):
    walker.where()
    slot = walker.slots()[0]
    Walker().to_check(slot=slot).send()
    soup = refused(walker.when(slot), TAKEN, "slot", status=409)
    assert len(soup.select(".slot-near [name=slot]")) == 6
    first = soup.main.select_one(".slot-near, .filters, .week")
    assert first["class"] == ["slot-near"]  # nothing to press stands before them


def test_a_time_taken_before_sending_keeps_everything(walker):
    slot = walker.to_check(message="A lift, please.").client.session["booking"]["slot"]
    Walker().to_check(slot=slot, email="other@example.org").send()
    refused(walker.send(), TAKEN, "slot", status=409)
    assert page(walker.get("you/")).select_one("#id_message").get_text().strip() == "A lift, please."


@pytest.mark.parametrize("when", ["passed", "within 24 hours", "too far ahead", "off the grid", "of no place", "no time"])
def test_a_time_that_is_not_on_offer(walker, when):
    walker.where()
    slot, now = walker.slots()[0], datetime.now(UTC).replace(minute=0)
    asked = {
        "passed": f"harley-street.{now - timedelta(days=2):%Y%m%d}0900",
        "within 24 hours": f"harley-street.{now + timedelta(hours=2):%Y%m%d%H%M}",
        "too far ahead": f"harley-street.{now + timedelta(weeks=9):%Y%m%d}1000",
        "off the grid": f"{slot[:-2]}07",
        "of no place": slot.replace("harley-street", "the-moon"),
        "no time": "harley-street.202613450900",
    }[when]
    refused(walker.when(asked), GONE, "slot")


def test_a_time_that_staff_took_back(walker, harley_street):
    walker.where()
    slot = walker.slots()[0]
    first, _ = bookable_days(timezone.now())
    Closure.objects.create(reason="Flood", location=harley_street, first_day=first, last_day=first + timedelta(days=6))
    refused(walker.when(slot), GONE, "slot")


def test_a_time_taken_while_changing(walker, harley_street, next_time, now):
    enquiry = factories.request(now=timezone.now(), location_id=harley_street.pk)
    factories.request(harley_street, next_time.starts_at, now=timezone.now(), email="other@example.org")
    address = f"/request/{enquiry.key}/change/"
    refused(walker.client.post(address, {"slot": next_time.slot}), TAKEN, "slot", status=409)
    refused(walker.client.post(address, {"slot": "online.209901010900"}), GONE, "slot")
    refused(walker.client.post(address), "Choose a time, or choose “None of these times suit me”", "slot")


# What a person says about themselves

MISTAKES = [
    ("name", {"name": ""}, NAME),
    ("name", {"name": " \t  "}, NAME),
    ("name", {"name": "\u200b\ufeff"}, NAME),
    ("name", {"name": "x" * 101}, LONG_NAME),
    ("email", {"email": ""}, NO_EMAIL),
    ("email", {"email": "sam@"}, BAD_EMAIL),
    ("email", {"email": "sam at example.org"}, BAD_EMAIL),
    ("email", {"email": f"{'x' * 250}@example.org"}, "Email address must be 254 characters or fewer"),
    ("phone", {"phone": "12"}, BAD_PHONE),
    ("phone", {"phone": "call me"}, BAD_PHONE),
    ("phone", {"contact_by": "call"}, NO_PHONE.format("call")),
    ("phone", {"contact_by": "text"}, NO_PHONE.format("text")),
    ("contact_by", {"contact_by": ""}, CONTACT),
    ("contact_by", {"contact_by": "pigeon"}, CONTACT),
    ("message", {"message": "x" * 501}, "Shorten this to 500 characters or fewer. It has 501."),
    ("adult", {"adult": ""}, ADULT),
]


@pytest.mark.parametrize(("field", "typed", "sentence"), MISTAKES)
def test_a_mistake_in_the_details(walker, field, typed, sentence):
    walker.where()
    walker.when()
    sent = YOU | {"message": "A lift, please."} | typed
    soup = refused(walker.post("you/", **sent), sentence, field)
    kept = {each["name"]: each.get("value", "") for each in soup.select("form input[id^=id_]:not([type=radio], [type=checkbox])")}
    kept["message"] = soup.select_one("#id_message").get_text().removeprefix("\n")
    kept |= {each["name"]: each.get("value", "on") for each in soup.select("form [checked]")}
    expected = {name: re.sub(r"[\u200b\ufeff]", "", value) if name != field else value for name, value in sent.items()}
    assert {name: value for name, value in expected.items() if value and value != "pigeon"}.items() <= kept.items()
    assert not walker.client.session["booking"].get("you")  # nothing half right is taken for an answer


def test_blank_safety_is_no_mistake_and_means_no_message(walker):
    walker.to_check(phone="07700 900982").send()
    assert Enquiry.objects.get().message_safety == "none"


def test_crisis_words_block_nothing(walker):
    walker.to_check(message="I want to die").send()
    assert Enquiry.objects.get().message == "I want to die"


def test_a_reason_for_cancelling_that_is_too_long(walker, harley_street, next_time):
    enquiry = factories.request(harley_street, next_time.starts_at, now=timezone.now())
    response = walker.client.post(f"/request/{enquiry.key}/cancel/", {"reason": "x" * 201})
    soup = refused(response, "Shorten this to 200 characters or fewer", "reason")
    assert soup.select_one("#id_reason")["value"] == "x" * 201
    assert Enquiry.objects.get().status == "new"


# What cannot be read, what comes too fast, too often, twice, or from nowhere


@pytest.mark.parametrize("address", ["/book/where/", "/book/when/", "/book/you/", "/book/check/", "/request/{key}/cancel/"])
@pytest.mark.parametrize("body", ["a=" + "x" * 65 * 1024, "&".join(f"f{n}=1" for n in range(201)), "name=%00&%00=1"])
def test_what_is_oversized_is_answered_400_and_what_holds_null_bytes_is_cleaned(walker, address, body):
    enquiry = factories.request(now=timezone.now())
    response = walker.client.post(address.format(key=enquiry.key), body, content_type="application/x-www-form-urlencoded")
    if "%00" in body:
        assert response.status_code in {200, 302, 303}
    else:
        assert (response.status_code, UNREADABLE in words(response).replace(" .", ".")) == (400, True)


def test_too_fast(walker):
    walker.where()
    walker.when()
    walker.you()
    response = walker.send()
    assert [li.get_text() for li in page(response).select(".error-summary li")] == ["Please check and send again"]
    assert page(response).title.get_text().startswith("Error: ")
    assert not Enquiry.objects.exists()


def test_too_often(walker):
    for n in range(30):
        Walker().to_check(slot=None, email=f"{n}@example.org", website="x").send()
    response = walker.to_check().send()
    assert (response.status_code, "0345 474 1724" in words(response)) == (429, True)


def test_the_hidden_field(walker):
    sent = walker.to_check(website="https://spam.example").send()
    assert (sent.status_code, Enquiry.objects.get().status, Hold.objects.count()) == (303, "suspected_spam", 0)


def test_a_known_email_is_marked_for_staff_and_never_told(walker):
    pages = [words(each.client.get(each.to_check().send().headers["Location"])) for each in (Walker(), walker)]
    one, two = Enquiry.objects.order_by("pk")
    assert two.possible_duplicate_of == one
    when = re.compile(r"\w+day \d+ \w+, [\w:]+ to [\w:]+|HT-\w+")
    assert when.sub("", pages[0]) == when.sub("", pages[1])


def test_the_sixth_unanswered_request_of_a_network_is_never_said_to_hold_a_time(walker):
    """Whoever they say they are: the same page for somebody known and somebody new, from another network with the time held."""
    *_, fifth, sixth = [words(walker.client.get(walker.to_check(email=f"{n}@example.org").send().headers["Location"])) for n in range(6)]
    assert "The time we hold for you" in fifth
    assert "The time you asked for" in sixth
    assert "hold" not in sixth.lower()
    assert Hold.objects.count() == 5
    elsewhere = Walker(REMOTE_ADDR="198.51.100.7")
    for email in ("0@example.org", "new@example.org"):
        assert "The time we hold for you" in words(elsewhere.client.get(elsewhere.to_check(email=email).send().headers["Location"]))


def test_sent_twice_and_sent_again_with_other_answers(walker):
    token = walker.to_check().token
    answers = walker.client.session["booking"]
    assert walker.send(token).headers["Location"] == walker.send(token).headers["Location"]
    session = walker.client.session
    session["booking"] = answers | {"you": answers["you"] | {"name": "Alex"}}
    session.save()
    response = walker.send()
    assert (response.status_code, Enquiry.objects.count()) == (409, 1)
    assert "You have already sent this request. Change the time below." in words(response)


def test_without_a_csrf_token_and_without_answers(walker):
    response = Client(enforce_csrf_checks=True).post("/book/you/", YOU)
    assert response.status_code == 403
    assert "0345 474 1724" in words(response)
    assert page(response).select_one("[name=name]")["value"] == "Sam"
    assert "Your answers are gone" in words(Walker().post("check/", token="x"))


@pytest.mark.parametrize("verb", ["", "change/", "cancel/", "delete/", "earlier/", "again/"])
def test_bad_and_erased_links_are_one_page_at_every_address(walker, verb):
    enquiry = factories.request(now=timezone.now())
    key = enquiry.key
    walker.client.post(f"/request/{key}/delete/")
    pages = set()
    for wrong in (key, key[:8], "never", "a" * 200):
        response = getattr(walker.client, "post" if verb in {"earlier/", "again/"} else "get")(f"/request/{wrong}/{verb}")
        assert response.status_code == 404
        pages.add(words(response))
    assert len(pages) == 1
    assert "This link doesn’t work any more" in pages.pop()
