"""Every email as a mail program draws it: on a small phone and a wide screen, light and dark. And as staff see it before it goes."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import Closing, Notice
from bookings.notifications import samples
from services.clinic.clinic import Clinic
from tests.bookings.letters import close_with
from tests.browser.auditor import AXE, TOO_WIDE, Auditor
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [{"width": 320, "height": 640}, {"width": 800, "height": 900}]
THUMB = 44  # pixels
RULES = {"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}}  # these are the mail program's own
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
OUTSIDE = """
() => [...document.querySelectorAll('td, p, h1, li, a')].filter((one) => one.checkVisibility())
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.textContent.trim().slice(0, 60))
"""


def wrong(page, scheme: str) -> Iterator[str]:
    """What a reader of this email would stumble over."""
    yield from Auditor(page, watch=None).axe(RULES)
    if page.evaluate(TOO_WIDE) or page.evaluate(OUTSIDE):
        yield f"sticks out: {page.evaluate(OUTSIDE)}"
    for button in page.locator(".button a").all():
        if button.bounding_box()["height"] < THUMB:
            yield f"a thumb misses “{button.inner_text()}”"
    if (sum(page.evaluate(BACKGROUND)) < 3 * 64) != (scheme == "dark"):
        yield f"its background is {page.evaluate(BACKGROUND)}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_email_reads_well_in_every_window(scheme, browser, content, transactional_db):
    """An address without a space in what staff wrote is the worst a narrow window can meet."""
    close_with(f"See https://example.org/{'x' * 120}")
    now, found = timezone.now(), []
    context = browser.new_context(color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    for kind in Notice.Kind:
        page.set_content(samples.sample(kind, now, Clinic(now)).html)
        page.evaluate(AXE)
        for size in SIZES:
            page.set_viewport_size(size)
            found += [f"{kind} at {size['width']} in {scheme}: {each}" for each in wrong(page, scheme)]
    context.close()
    assert "\n".join(found) == ""


@pytest.fixture
def desk(open_page, staff):
    """A member of staff who has just signed in, and what watches over them."""
    page, watch = open_page(viewport={"width": 1024, "height": 768}, has_touch=False, is_mobile=False)
    sign_in(page)
    page.get_by_role("link", name="Words of the emails", exact=True).first.wait_for()
    return page, watch


def test_axe_finds_nothing_on_the_pages_of_the_emails(desk):
    close_with("We look forward to you.")
    audit = Auditor(*desk)
    for path in ("", "confirmed/sample/", "staff_digest/sample/", f"{Closing.objects.first().pk}/change/"):
        audit.look(f"/admin/bookings/closing/{path}")
    assert "\n".join(audit.found) == ""


def test_staff_look_at_an_email_on_a_page_of_its_own(desk):
    """Under its policy nothing runs, and nothing of it is refused: the watch sees that the console stays empty."""
    page, _ = desk
    page.get_by_role("link", name="Words of the emails", exact=True).first.click()
    page.get_by_role("link", name="We had to cancel", exact=True).click()
    expect(page.get_by_role("heading", name="We had to cancel")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="See it as it is sent").click()
    letter = opened.value
    expect(letter.get_by_text("This is how the email will look.")).to_be_visible()
    expect(letter.get_by_role("heading", name="We are very sorry")).to_be_visible()
    assert letter.locator(".card").evaluate("(card) => getComputedStyle(card).maxWidth") == "580px"  # its inline style is allowed
    assert letter.url.endswith("/admin/bookings/closing/cancelled_clinic/sample/letter/")
