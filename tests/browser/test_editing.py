"""Staff see a text as its page will show it before they save: under the field, or without a script on a page of its own."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from services.models import Article, PhoneNumber, Section, Service
from tests.browser.auditor import AXE, EVERYTHING
from tests.browser.test_order import RUN, desk, save  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INSIDE = "pane => pane.getBoundingClientRect().right <= pane.closest('fieldset').getBoundingClientRect().right"
TYPED = "**bold** <script>alert(1)</script> {phone:text}"
NOTHING_SAVED = "This is a preview. Nothing is saved."


@pytest.fixture
def article(content) -> Article:
    return Article.objects.published().first()


@pytest.fixture
def form(desk, article):  # noqa: F811
    """Opens the article's form."""
    return lambda **options: desk(f"/admin/services/article/{article.pk}/change/", **options)


def preview(words, text: str):
    """Types into the field and looks at what is drawn under it; Playwright sees into the shadow root."""
    words.locator("textarea").fill(text)
    words.get_by_role("button", name="Preview").click()
    expect(words.get_by_role("status")).to_contain_text(NOTHING_SAVED)
    return words.locator(".words-drawn .prose")


def test_a_text_is_drawn_without_what_may_not_be_in_it_and_then_published(form, article, client):
    page, number = form(), PhoneNumber.objects.get(role="text").number
    drawn = preview(page.locator(".words"), TYPED)
    expect(drawn.locator("strong")).to_have_text("bold")
    expect(drawn.get_by_role("link")).to_have_text(number)
    expect(drawn).to_have_text(f"bold  {number}", use_inner_text=False)
    assert drawn.locator("script").count() == 0
    assert page.locator(".words-drawn").evaluate("pane => Boolean(pane.shadowRoot) && !document.querySelector('.prose')")
    assert Article.objects.get(pk=article.pk).body == article.body
    save(page)
    page.goto(article.get_absolute_url())
    expect(page.locator("main strong", has_text="bold")).to_be_visible()
    assert "alert(1)" not in page.content()


def test_a_preview_is_set_in_the_sites_own_type(form):
    page = form()
    drawn = preview(page.locator(".words"), "## A heading\n\nWords with **weight**.")
    expect(drawn.get_by_role("heading")).to_have_css("font-family", re.compile("^Newsreader"))
    fonts = page.evaluate(
        "async () => { await document.fonts.ready; return [...document.fonts].map((face) => [face.family, face.status]); }"
    )
    assert dict(fonts) == {"Newsreader": "loaded", "Figtree": "loaded"}


def test_a_placeholder_nobody_knows_is_named_under_the_field(form):
    page = form()
    words = page.locator(".words")
    preview(words, "Call {phone:nothing}.")
    expect(words.get_by_role("status")).to_contain_text("There is no {phone:nothing}. Write one of {phone:layout}, {phone:text}")
    preview(words, TYPED)  # and forgotten when it is mended
    expect(words.get_by_role("status")).to_have_text(NOTHING_SAVED)


def test_a_link_of_the_preview_leaves_the_form_as_it_is(form):
    page = form()
    with page.expect_popup() as opened:
        preview(page.locator(".words"), "[Book]({url:book})").get_by_role("link", name="Book").click()
    expect(opened.value).to_have_url(re.compile("/book/"))
    assert page.locator(".words textarea").input_value() == "[Book]({url:book})"


def test_a_preview_that_cannot_be_drawn_says_so(form):
    page = form(expected={403})  # who has no session any more is asked to sign in
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)  # somebody logged out in another tab
    page.locator(".words textarea").fill(TYPED)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".words-said")).to_contain_text("still logged in, and press Preview again.")
    assert page.locator(".words textarea").input_value() == TYPED


def test_the_long_form_of_a_therapy_fits_a_laptop_with_all_its_parts_unfolded(desk):  # noqa: F811
    page = desk(viewport={"width": 1024, "height": 900})
    for part in ("evidence", "issues"):
        page.locator(f"#{part}-group summary").click()
    beyond = "fields => fields.filter(each => each.getBoundingClientRect().right > innerWidth).map(each => each.name)"
    assert page.locator("#service_form :is(input, select, textarea):visible").evaluate_all(beyond) == []
    expect(page.locator("[name=issues-0-checked_on]")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_enter_in_a_field_of_one_line_saves(form, article, script):
    page = form(java_script_enabled=script)
    page.get_by_label("Title").fill("Another title")
    page.get_by_label("Title").press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert article.title == "Another title"
    assert len(page.context.pages) == 1


def test_a_section_that_was_just_added_has_an_anchor_and_a_preview_too(desk):  # noqa: F811
    page = desk()
    count = Section.objects.filter(service=Service.objects.get()).count()
    page.get_by_text("Add another Section").click()
    page.locator(f"#id_sections-{count}-heading").press_sequentially("What it costs")
    expect(page.locator(f"#id_sections-{count}-anchor")).to_have_value("what-it-costs")
    words = page.locator(f"#sections-{count} .words")
    expect(preview(words, TYPED).locator("strong")).to_have_text("bold")
    expect(page.locator(".words-drawn:visible")).to_have_count(1)


def test_without_a_script_a_page_opens_that_says_nothing_is_saved(form, article):
    page = form(java_script_enabled=False)
    page.locator(".words textarea").fill(TYPED)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Preview").click()
    expect(opened.value.locator("main")).to_contain_text(f"{NOTHING_SAVED} Close this tab to go back to the form.")
    expect(opened.value.locator("main strong")).to_have_text("bold")
    assert "alert(1)" not in opened.value.content()
    assert page.locator(".words textarea").input_value() == TYPED


@pytest.mark.parametrize("width", [1024, 1440])
def test_axe_finds_nothing_while_a_preview_is_open_and_nothing_is_cut_off(form, article, width):
    page = form(viewport={"width": width, "height": 900})
    preview(page.locator(".words"), f"{article.body}\n\n{{phone:text}} {{phone:nothing}}")
    page.evaluate(AXE)
    found = [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in page.evaluate(RUN, EVERYTHING)["violations"]]
    assert "\n".join(found) == ""
    for part in (".words textarea", ".words-said", ".words-drawn"):
        assert page.locator(part).evaluate(INSIDE), part
