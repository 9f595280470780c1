"""What people set in their system: reduced motion, and colours of their own (forced colours)."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Locator

from tests.browser.person import Person
from tests.servers import ROOT
from tests.services.found import paths

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False}
MOVES = """
() => [...document.querySelectorAll('*')].filter((each) => ['', '::before', '::after', '::backdrop'].some((part) => {
    const look = getComputedStyle(each, part || null);
    return look.transitionDuration.split(', ').some((time) => parseFloat(time) > 0) || look.animationName !== 'none'
        || look.scrollBehavior !== 'auto';
})).map((each) => each.outerHTML.slice(0, 120))
"""
# The colours its parts are drawn with, as the forced palette leaves them.
EDGE = """
(each) => {
    const look = getComputedStyle(each);
    return [look.borderTopStyle, parseFloat(look.borderTopWidth), look.borderTopColor];
}
"""
SURFACE = "() => getComputedStyle(document.body).backgroundColor"


def picture(part: Locator) -> bytes:
    return part.screenshot(animations="disabled", caret="hide")


def test_nothing_moves_for_whoever_asked_for_stillness(open_page, settings):
    page, _ = open_page(**DESK, reduced_motion="reduce")
    found = []
    for path in [*paths(Client(), settings.SITE_URL), "/book/", "/book/where/"]:
        page.goto(path)
        found += [f"{path}: {each}" for each in page.evaluate(MOVES)]
    assert "\n".join(found) == ""


def test_forced_colours_leave_every_button_its_edge_and_every_state_its_difference(open_page):
    page, _ = open_page(**DESK, forced_colors="active", color_scheme="dark", reduced_motion="reduce")
    surface = None
    for path in ("/", "/therapies/dynamic-interpersonal-therapy/", "/book/"):
        page.goto(path)
        surface = page.evaluate(SURFACE)
        for button in page.locator(".btn:visible").all():
            style, width, colour = button.evaluate(EDGE)
            assert (style, width >= 1, colour != surface) == ("solid", True, True), button.text_content()
        before = picture(page.locator(".topbar .status"))
        page.locator(".topbar .status").evaluate("(each) => { each.dataset.open = each.dataset.open === 'true' ? 'false' : 'true'; }")
        assert picture(page.locator(".topbar .status")) != before, "open and closed look the same"

    person = Person(page).start()
    choice = page.locator(".choice").filter(has=page.get_by_role("radio", name="Harley Street"))
    before = picture(choice)
    person.press("Continue")
    choice.get_by_role("radio").check()
    page.locator("h1").click()  # takes the focus away
    assert picture(choice) != before, "chosen and not chosen look the same"
    assert page.locator(".error-summary").evaluate(EDGE)[:2] == ["solid", 3]

    person.press("Continue")
    person.heading("Choose a day and time")
    slot = page.locator(".slot-day.is-current .slot").first
    before = picture(slot)
    slot.get_by_role("radio").check()
    assert picture(slot) != before, "a chosen time looks like any other"
    for chips in (".days", ".filters"):
        shown, other = page.locator(f"{chips} a[aria-current]"), page.locator(f"{chips} a:not([aria-current])").first
        assert [each.evaluate("(each) => getComputedStyle(each).outlineStyle") for each in (shown, other)] == ["solid", "none"]


LOOK = """
() => {
    const root = getComputedStyle(document.documentElement), body = getComputedStyle(document.body);
    const bright = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;
    return [root.colorScheme, bright(body.backgroundColor) > 0.5, bright(body.color) > 0.5];
}
"""
# The browser takes a moment to choose between the two drawings.
DRAWN = """
async (wanted) => {
    const image = document.querySelector('.hero-art img'), name = () => image.currentSrc.replace(/.*[/]/, '').split('.')[0];
    for (let tries = 0; tries < 100 && name() !== wanted; tries++) await new Promise((done) => setTimeout(done, 50));
    return name();
}
"""
THEME = "() => [...document.querySelectorAll('meta[name=theme-color]')].find((each) => matchMedia(each.media).matches).content"


def test_at_night_the_page_is_dark_and_so_is_the_drawing_but_paper_stays_white(open_page):
    page, _ = open_page(**DESK, color_scheme="dark", reduced_motion="reduce")
    page.goto("/")
    seen = {}
    for name, media, scheme, drawing in (
        ("night", "screen", "dark", "couch-night"),
        ("day", "screen", "light", "couch"),
        ("paper", "print", "dark", "couch"),
    ):
        page.emulate_media(media=media, color_scheme=scheme)
        seen[name] = (*page.evaluate(LOOK), page.evaluate(DRAWN, drawing), page.evaluate(THEME))
    night, day, paper = seen.values()
    assert night == ("dark", False, True, "couch-night", "#0a1714")
    assert day == ("normal", True, False, "couch", "#14302b")
    assert paper[:4] == day[:4]


def test_a_therapy_is_printed_as_a_handout_of_five_pages_that_says_each_thing_once(open_page):
    page, _ = open_page(**DESK, reduced_motion="reduce")
    page.goto("/therapies/dynamic-interpersonal-therapy/")
    page.emulate_media(media="print")
    words = page.locator("body").inner_text()
    assert [words.count(each) for each in ("0345 474 1724", "020 8003 4173", "7am to 10pm", "Samaritans", "Book Online")] == [1, 1, 1, 1, 0]
    spelt_out = page.locator(".studies a").first.evaluate("(each) => getComputedStyle(each, '::after').content")
    assert "https://doi.org/10.1017/S0033291719000928" in spelt_out  # on paper a link is no use; its address is
    assert page.locator(":is(.btn, .topbar, .site-footer, .call .links):visible").count() == 0
    paper = page.pdf(format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "12mm"))
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 5


def test_the_drawing_by_night_is_the_same_room():
    """Its shapes are those of the day; only the moon, the stars and the windows across the street are new."""
    day, night = (re.findall(r' d="([^"]+)"', (ROOT / "static" / "img" / f"{name}.svg").read_text()) for name in ("couch", "couch-night"))
    assert [shape for shape in night if shape in day] == day
    assert len(night) == len(day) + 2
