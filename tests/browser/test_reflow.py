"""Words stay whole: on a small phone, at 400% zoom, with the text spaced as widely as WCAG 1.4.12 allows a reader to."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.services.found import paths

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL = {"viewport": {"width": 320, "height": 640}, "has_touch": False, "is_mobile": False, "reduced_motion": "reduce"}
ZOOMED = {**SMALL, "viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}  # 1280 x 1024 at 400%
SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
SPACED += "p { margin-block-end: 2em !important }"
SPACE = "(css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets.push(sheet); }"
LONGEST = "Line closed. Opens 8:30am on Wednesday 30 September"  # so that the test says the same at noon and at midnight
SAY = "(words) => { for (const line of document.querySelectorAll('.status:not([data-short])')) line.textContent = words; }"
# What is wrong with lines of text: outside the page, cut off by a box, or lying over one another.
WRONG = """
() => {
    scrollTo(0, 0);
    const found = [], lines = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const apart = (node) => node.parentElement.closest('.vh, .skip-link, script, #div_id_website') || !node.parentElement.checkVisibility();
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        if (!node.data.trim() || apart(node)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const above = node.parentElement.closest('.callbar, .submit, [popover]');
        for (const line of range.getClientRects()) {
            if (line.left < -1 || line.right > innerWidth + 1) found.push(`outside the page: ${node.data.trim()}`);
            for (let box = node.parentElement; box && box !== document.body; box = box.parentElement) {
                if (getComputedStyle(box).overflow === 'visible') continue;
                const { left, right, top, bottom } = box.getBoundingClientRect();
                if (line.left < left - 1 || line.right > right + 1 || line.top < top - 1 || line.bottom > bottom + 1)
                    found.push(`cut off: ${node.data.trim()}`);
            }
            if (!above) lines.push([node, line]);
        }
    }
    for (const [i, [node, a]] of lines.entries()) for (const [other, b] of lines.slice(i + 1)) {
        if (node === other) continue;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 2 && high > 0.4 * Math.min(a.height, b.height)) found.push(`“${node.data.trim()}” over “${other.data.trim()}”`);
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push('can be scrolled sideways');
    return [...new Set(found)];
}
"""
# How much of the screen stays covered while one scrolls.
COVERED = """
() => {
    const bars = [...document.querySelectorAll('body *')].filter((one) => /fixed|sticky/.test(getComputedStyle(one).position));
    const shown = bars.filter((one) => one.checkVisibility() && !one.popover);
    return shown.reduce((sum, one) => sum + one.getBoundingClientRect().height, 0) / innerHeight;
}
"""
MOST_COVERED = 0.4


def wrong(page) -> list[str]:
    page.evaluate(SAY, LONGEST)
    found = page.evaluate(WRONG)
    page.evaluate(SPACE, SPACED)
    found += [f"with wide spacing: {each}" for each in page.evaluate(WRONG)]
    page.evaluate("() => { document.adoptedStyleSheets = []; }")
    if (covered := page.evaluate(COVERED)) > MOST_COVERED:
        found.append(f"bars cover {covered:.0%} of the screen")
    return [f"{page.url} {page.viewport_size}: {each}" for each in found]


def test_every_public_page(open_page, settings):
    page, _ = open_page(**ZOOMED)
    found = []
    for path in paths(Client(), settings.SITE_URL):
        page.goto(path)
        page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found += wrong(page)
    page.goto("/")
    page.get_by_role("button", name="Menu", exact=True).click()
    found += wrong(page)
    assert "\n".join(found) == ""


@pytest.mark.parametrize("options", [SMALL, ZOOMED], ids=["small", "at 400%"])
def test_the_steps_of_a_booking(options, open_page):
    page, _ = open_page(**options)
    person = Person(page)
    page.goto("/book/")
    found = wrong(page)
    person.start().press("Continue")
    expect(page.get_by_role("alert")).to_be_visible()
    found += wrong(page)
    person.choose_place().press("Continue")
    found += wrong(page)
    page.goto("/book/when/other/")
    found += wrong(page)
    page.goto("/book/when/")
    person.choose_time()
    person.press("Continue")
    found += wrong(page)
    person.fill_in().press("Continue")
    person.heading("Check your answers")
    found += wrong(page)
    assert "\n".join(found) == ""
