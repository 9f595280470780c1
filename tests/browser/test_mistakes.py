"""Every mistake a person can make is named, leads to where it can be mended, and costs nothing that was typed."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Enquiry
from tests.bookings import factories
from tests.browser.person import EMAIL, MESSAGE, NAME, Person
from tests.race.crowd import TAKEN
from tests.slots import offer_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"]),
]

LEFT_EMPTY = [
    "Enter the name you would like us to use",
    "Enter your email address, so we can confirm your time",
    "Choose how we should contact you",
    "Our online requests are for adults. Please call us on 0345 474 1724",
]
BADLY_TYPED = [
    "Enter an email address in the correct format, like name@example.com",
    "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192",
    "Shorten this to 500 characters or fewer. It has 501.",
]


@pytest.fixture
def person(open_page, script):
    page, watch = open_page(java_script_enabled=script)
    watch.expected = {409}
    return Person(page)


def problems(page: Page) -> list[str]:
    """The sentences of the summary, after looking that it is focused, says what stands beside the inputs, and leads to them."""
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.locator("main .error-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("alert").get_by_role("heading")).to_have_text("There is a problem")
    links = summary.get_by_role("link")
    sentences = links.all_inner_texts()
    assert sentences == summary.get_by_role("listitem").all_inner_texts()
    for number, sentence in enumerate(sentences):
        expect(page.locator(".field-error", has_text=sentence).first).to_be_visible()
        links.nth(number).click()
        target = page.locator(links.nth(number).get_attribute("href"))
        expect(target).to_be_focused()
        expect(target).to_be_in_viewport()
        assert target.evaluate("element => element.labels.length") == 1
    return sentences


def test_what_is_left_out_is_asked_for_page_by_page(person):
    person.start().press("Continue")
    assert problems(person.page) == ["Choose where you would like to meet"]
    person.choose_place().press("Continue")
    assert problems(person.page) == ["Choose a time, or choose “None of these times suit me”"]
    person.choose_time()
    person.press("Continue")
    assert problems(person.page) == LEFT_EMPTY
    person.fill_in().press("Continue")
    person.heading("Check your answers")


def test_no_part_of_the_week_when_no_time_suits(person):
    person.start().choose_place()
    person.page.get_by_role("radio", name="None of these times suit me").check()
    person.press("Continue")
    person.heading("When could you come?")
    person.press("Continue")
    assert problems(person.page) == ["Choose at least one part of the week"]
    person.page.get_by_role("checkbox", name="Weekends").check()
    person.press("Continue")
    person.heading("Your details")


def test_slips_of_the_pen_keep_everything_that_was_typed(person):
    page = person.page
    person.start().choose_place().choose_time()
    typed = {"What name should we use?": NAME, "Email address": "wilhelmina@", "Phone number (optional)": "12"}
    for label, words in typed.items():
        page.get_by_label(label).fill(words)
    message = page.get_by_label(re.compile("^Anything you would like us to know"))
    message.fill("x" * 501)
    page.get_by_role("radio", name="Text message").check()
    page.get_by_role("radio", name="Please don’t leave a message").check()
    page.get_by_role("radio", name="Afternoon").check()
    page.get_by_label("I am 18 or over").check()
    person.press("Continue")

    assert problems(page) == BADLY_TYPED
    for label, words in typed.items():
        expect(page.get_by_label(label)).to_have_value(words)
    expect(message).to_have_value("x" * 501)
    for choice in ("Text message", "Please don’t leave a message", "Afternoon"):
        expect(page.get_by_role("radio", name=choice)).to_be_checked()
    expect(page.get_by_label("I am 18 or over")).to_be_checked()


def test_someone_else_was_faster(person):
    """Both on the page of times and at the very end."""
    page = person.page
    person.to_check()
    offer = offer_of(person.chosen)
    factories.request(offer.location, offer.starts_at, now=timezone.now())
    person.send()
    assert problems(page) == [TAKEN]
    expect(page.get_by_role("group", name="The closest times").get_by_role("radio")).to_have_count(6)

    second = page.get_by_role("radio").nth(0).get_attribute("value")
    offer = offer_of(second)
    factories.request(offer.location, offer.starts_at, now=timezone.now(), email="another@example.org")
    page.get_by_role("radio").nth(0).check()
    person.press("Continue")
    assert problems(page) == [TAKEN]

    page.get_by_role("radio").nth(0).check()
    person.press("Continue")
    for answer in (NAME, EMAIL, MESSAGE):
        expect(page.locator("dl.summary")).to_contain_text(answer)
    person.send()
    person.heading("We have your request")
    assert Enquiry.objects.count() == 3
