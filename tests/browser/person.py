"""Someone who books, by what they see: labels, buttons and links, never ids."""

import re
import time
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.race.visitor import SHORTEST

NAME, EMAIL, MESSAGE = "Wilhelmina", "wilhelmina@example.org", "Is there a lift? I use a stick."


class Person:
    def __init__(self, page: Page):
        self.page = page
        self.opened_at = 0.0

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def press(self, name: str) -> None:
        """Also waits for the page that this leads to, if to any: what a test asks of a page goes to a whole one."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).locator("visible=true").first.click()

    def heading(self, words: str) -> None:
        """Waits for the page of this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)

    def start(self) -> "Person":
        self.page.goto("/book/where/")
        return self

    def choose_place(self, place: str = "Harley Street") -> "Person":
        self.page.get_by_role("radio", name=place).check()
        self.press("Continue")
        self.heading("Choose a day and time")
        self.opened_at = time.monotonic()
        return self

    def a_later_day(self) -> Locator:
        """Goes to the third day that has times, by the chips at the top; gives the day's group of times."""
        chip = self.page.locator(".days a").nth(2)
        chip.click()
        day = self.page.locator(chip.get_attribute("href"))
        expect(day).to_be_visible()
        return day

    def choose_time(self) -> str:
        """Gives the words on the time chosen."""
        slot = self.a_later_day().get_by_role("radio").nth(1)
        words = slot.get_attribute("data-label")
        slot.check()
        self.chosen = slot.get_attribute("value")
        self.press("Continue")
        self.heading("Your details")
        return words

    def fill_in(self) -> "Person":
        self.page.get_by_label("What name should we use?").fill(NAME)
        self.page.get_by_label("Email address").fill(EMAIL)
        self.page.get_by_role("radio", name="Email").check()
        self.page.get_by_label(re.compile("Anything you would like us to know")).fill(MESSAGE)
        self.page.get_by_label("I am 18 or over").check()
        return self

    def to_check(self) -> str:
        """Answers everything; gives the words on the time chosen."""
        words = self.start().choose_place().choose_time()
        self.fill_in().press("Continue")
        self.heading("Check your answers")
        return words

    def send(self) -> None:
        time.sleep(max(0.0, self.opened_at + SHORTEST - time.monotonic()))
        self.press("Send my request")
