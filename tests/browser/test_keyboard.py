"""The booking by keyboard alone: everything can be reached, and what has the focus can be seen."""

import pytest
from playwright.sync_api import Locator, Page, expect

from bookings.models import Enquiry
from tests.browser.person import EMAIL, NAME, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_STEPS = 60
CAN_BE_SEEN = """
element => {
    const { left, right, top, bottom } = (element.labels?.[0] ?? element).getBoundingClientRect();
    const inside = (x, y) => [element, ...(element.labels ?? [])].some((one) => one.contains(document.elementFromPoint(x, y)));
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return [[x, y], [x, top + 3], [x, bottom - 3], [left + 3, y], [right - 3, y]].some(([a, b]) => inside(a, b));
}
"""


def tab_to(page: Page, wanted: Locator) -> Locator:
    """Presses Tab until it is there. Nothing on the way may be out of sight while it has the focus."""
    handle = wanted.element_handle()
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        assert focused.evaluate(CAN_BE_SEEN), focused.evaluate("element => element.outerHTML")
        if focused.evaluate("(element, wanted) => element === wanted", handle):
            return wanted
    raise AssertionError(f"{wanted} cannot be reached")


def press_on(page: Page, name: str) -> None:
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_whole_booking_needs_no_mouse(width, open_page):
    page, _ = open_page(viewport={"width": width, "height": 844}, has_touch=False, is_mobile=False, reduced_motion="reduce")
    person = Person(page)
    keys = page.keyboard

    page.goto("/book/")
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("main")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Request a consultation"))
    keys.press("Enter")

    person.heading("Where would you like to meet?")
    tab_to(page, page.get_by_role("radio").first)
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(page.get_by_role("radio", name="Harley Street")).to_be_checked()
    press_on(page, "Continue")

    person.heading("Choose a day and time")
    tab_to(page, page.locator(".days a").nth(1))
    keys.press("Enter")
    day = page.locator(".slot-day.is-current")
    expect(day.get_by_role("radio").first).to_be_focused()
    keys.press("ArrowDown")
    expect(day.get_by_role("radio").nth(1)).to_be_checked()
    expect(page.locator("output[data-choice]")).to_have_text(day.get_by_role("radio").nth(1).get_attribute("data-label"))
    press_on(page, "Continue")

    person.heading("Your details")
    tab_to(page, page.get_by_label("What name should we use?"))
    keys.type(NAME)
    tab_to(page, page.get_by_label("Email address"))
    keys.type(EMAIL)
    tab_to(page, page.get_by_role("radio", name="Email"))
    keys.press("Space")
    tab_to(page, page.get_by_label("I am 18 or over"))
    keys.press("Space")
    press_on(page, "Continue")

    person.heading("Check your answers")
    tab_to(page, page.get_by_role("button", name="Send my request"))
    page.wait_for_timeout(3100)  # nobody reads it faster
    keys.press("Enter")
    person.heading("We have your request")
    assert (Enquiry.objects.get().name, Enquiry.objects.get().email) == (NAME, EMAIL)
