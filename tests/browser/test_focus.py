"""Every page by keyboard alone: all that can be pressed is reached in turn, in full view, with a ring around it, under no bar."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.services.found import paths

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE, DESK, ZOOMED = {"width": 390, "height": 844}, {"width": 1440, "height": 900}, {"width": 320, "height": 256}
WITH_BARS = {"width": 390, "height": 664}  # a phone whose browser shows its own
PLAIN = {"has_touch": False, "is_mobile": False, "reduced_motion": "reduce"}
# One of a group of radios has the focus for all; a closed menu and what stands in closed details is out of reach for everyone.
CAN_BE_PRESSED = """
() => [...document.querySelectorAll('a[href], button, summary, input:not([type=radio], [type=hidden]), textarea, select')]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.tabIndex >= 0 && !each.closest('#div_id_website'))
    .map((each) => (each.dataset.wanted = '1')).length
"""
# The words of what is wrong with the element that has the focus; "" if nothing is.
WRONG = """
() => {
    const element = document.activeElement, label = element.matches('[type=radio], [type=checkbox]') ? element.labels[0] : null;
    if (element === document.body) return 'end';
    delete element.dataset.wanted;
    const { left, right, top, bottom } = (label ?? element).getClientRects()[0];
    const is = (x, y) => [element, label].some((one) => one?.contains(document.elementFromPoint(x, y)));
    const y = (top + bottom) / 2;
    const points = [[(left + right) / 2, y], [left + 4, y], [right - 4, y]];
    if (bottom - top < innerHeight / 2) points.push([(left + right) / 2, top + 4], [(left + right) / 2, bottom - 4]);
    const hidden = points.filter(([a, b]) => !is(a, b)).length;
    const around = [element, label, element.closest('.card, .choice')].filter(Boolean);
    const outlines = around.map((one) => getComputedStyle(one));
    const ring = outlines.some((look) => look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2);
    return [hidden && `${hidden} of ${points.length} points out of sight`, !ring && 'no ring'].filter(Boolean).join(', ');
}
"""
# Back to before the first element, also from the summary of errors, which takes the focus.
START = "() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }"
# ... and to after the last, for the way back: not every browser goes from the first to the last.
END = """
() => {
    const last = document.body.appendChild(document.createElement('span'));
    last.tabIndex = -1;
    last.focus();
    last.remove();
}
"""
LEFT = "() => [...document.querySelectorAll('[data-wanted]')].map((each) => each.outerHTML)"
HAS_FOCUS = "() => document.activeElement.outerHTML.slice(0, 160)"


def walk(page, key="Tab", at_least=3) -> list[str]:
    """Goes once through the page; gives what is wrong with what it met, and what it did not meet."""
    page.wait_for_load_state()
    many = page.evaluate(CAN_BE_PRESSED)
    assert many >= at_least, page.url
    found = []
    page.evaluate(END if key == "Shift+Tab" else START)
    for _ in range(2 * many + 20):
        page.keyboard.press(key)
        wrong = page.evaluate(WRONG)
        if wrong == "end":
            break
        if wrong:
            found.append(f"{page.url} {page.viewport_size['width']}: {wrong}: {page.evaluate(HAS_FOCUS)}")
    return found + [f"{page.url} {page.viewport_size['width']}: not reached: {each[:160]}" for each in page.evaluate(LEFT)]


def test_every_public_page(open_page, settings):
    page, _ = open_page(viewport=PHONE, **PLAIN)
    found = []
    for path in paths(Client(), settings.SITE_URL):
        page.goto(path)
        found += walk(page, at_least=20)
    assert "\n".join(found) == ""


@pytest.mark.parametrize("viewport", [DESK, ZOOMED], ids=["wide", "at 400%"])
def test_pages_of_each_kind_there_and_back(viewport, open_page):
    page, _ = open_page(viewport=viewport, **PLAIN)
    found = []
    for path in ("/", "/therapies/dynamic-interpersonal-therapy/", "/questions/", "/contact/"):
        page.goto(path)
        found += walk(page) + walk(page, "Shift+Tab")
    assert "\n".join(found) == ""


@pytest.mark.parametrize("viewport", [PHONE, ZOOMED], ids=["phone", "at 400%"])
def test_the_steps_of_a_booking(viewport, open_page):
    page, _ = open_page(viewport=viewport, **PLAIN)
    person = Person(page)
    page.goto("/book/")
    found = walk(page)
    person.start().press("Continue")
    found += walk(page)
    person.choose_place().press("Continue")
    found += walk(page)
    person.choose_time()
    person.press("Continue")
    found += walk(page) + walk(page, "Shift+Tab")
    person.fill_in().press("Continue")
    person.heading("Check your answers")
    found += walk(page)
    assert "\n".join(found) == ""


def wrong_after(page, links) -> list[str]:
    """What is wrong with the focus after each of these links was followed by keyboard."""
    found = []
    for number in range(links.count()):
        links.nth(number).focus()
        page.keyboard.press("Enter")
        if wrong := page.evaluate(WRONG):
            found.append(f"{page.url} {page.viewport_size['height']}: {wrong}: {page.evaluate(HAS_FOCUS)}")
    return found


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize("viewport", [WITH_BARS, ZOOMED, DESK], ids=["phone", "at 400%", "wide"])
def test_where_a_chosen_day_or_a_mistake_leads(viewport, motion, open_page):
    page, _ = open_page(viewport=viewport, has_touch=False, is_mobile=False, reduced_motion=motion)
    person = Person(page)
    person.start().press("Continue")
    found = wrong_after(page, page.locator(".error-summary a"))
    person.choose_place()
    found += wrong_after(page, page.locator(".days a"))
    person.press("Continue")
    found += wrong_after(page, page.locator(".error-summary a"))
    person.choose_time()
    person.press("Continue")
    links = page.locator(".error-summary a")
    assert links.count() == 4
    assert "\n".join(found + wrong_after(page, links)) == ""


def test_the_skip_link_and_the_menu(open_page):
    page, _ = open_page(viewport=PHONE, **PLAIN)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    button, menu = page.get_by_role("button", name="Menu", exact=True), page.get_by_role("navigation", name="Main")
    button.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    for name in ("Close menu", "Therapies"):
        page.keyboard.press("Tab")
        expect(menu.get_by_text(name)).to_be_focused()
        assert page.evaluate(WRONG) == ""
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Close
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
