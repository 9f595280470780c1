"""A refused form begins with what is wrong, whatever link was followed before; who leaves with words that are not saved is asked."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Enquiry, Note
from services.models import Article, Section, Service
from tests.bookings import factories
from tests.browser.test_order import desk, save  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def in_view_with_focus(page: Page):
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary.locator("h2")).to_be_in_viewport()
    return summary


def leave(page: Page, path: str = "/admin/") -> list[str]:
    """Try to leave the page and stay if asked; give the kinds of the questions."""
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    before = page.url
    page.evaluate("path => { location.href = path }", path)
    if path not in page.url:
        page.wait_for_timeout(400)
    if asked:
        assert page.url == before
    else:
        page.wait_for_url(f"**{path}")
        page.remove_listener("dialog", stay)
    return asked


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_after_other_times_were_shown_the_warning_is_in_view_and_no_duplicate_is_saved(desk, rota, script):  # noqa: F811
    factories.request(now=timezone.now(), email="sam@example.org")
    page = desk("/admin/bookings/enquiry/add/?e=1", java_script_enabled=script)
    page.get_by_role("button", name="Show these").click()
    expect(page).to_have_url(re.compile("/add/#picker-h$"))
    page.get_by_role("button", name="Later days").click()
    page.locator(".picker-day input").first.check()
    page.get_by_role("button", name="Save the request").click()
    summary = in_view_with_focus(page)
    assert page.url.endswith("/add/")
    summary.get_by_role("link", name=re.compile("name they want")).click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Name", exact=True).fill("Sam")
    page.get_by_label("Email address (optional)").fill("sam@example.org")
    page.get_by_label("Email", exact=True).check()
    page.get_by_label("They are 18 or over").check()
    page.get_by_role("button", name="Save the request").click()
    expect(in_view_with_focus(page)).to_contain_text("This number or address is known already. Nothing is saved yet.")
    assert (Enquiry.objects.count(), page.url.endswith("/add/")) == (1, True)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_heading_left_empty_far_below_is_said_on_top_and_led_to(desk, content, script):  # noqa: F811
    page = desk("/admin/services/service/", java_script_enabled=script)
    page.locator("#result_list tbody th a").first.click()
    page.locator("#sections-group summary").click()
    page.locator("#id_sections-6-heading").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    for _ in range(2):  # also after its own link was followed
        summary = in_view_with_focus(page)
        summary.get_by_role("link", name=re.compile("^Section 7: Heading – ")).click()
        expect(page.locator("#id_sections-6-heading")).to_be_focused()
        expect(page.locator("#id_sections-6-heading")).to_be_in_viewport()
        page.get_by_role("button", name="Save", exact=True).click()


def test_a_new_row_that_is_refused_has_the_summary_in_view_not_its_first_field(desk, content):  # noqa: F811
    page = desk("/admin/services/question/add/")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state("networkidle")
    in_view_with_focus(page)


def test_who_leaves_a_form_with_words_that_are_not_saved_is_asked(desk, content):  # noqa: F811
    path = f"/admin/services/article/{Article.objects.get().pk}/change/"
    page = desk(path)
    assert leave(page) == []
    page.goto(path)
    page.get_by_label("Title").fill("Another title")
    assert leave(page) == ["beforeunload"]
    expect(page.get_by_label("Title")).to_have_value("Another title")
    save(page)  # saving asks nothing
    page.goto(path)
    page.get_by_label("Title").fill("x")
    page.get_by_label("Title").fill("Another title")
    assert leave(page) == []  # nothing is different


def test_a_preview_in_between_leaves_the_words_unsaved(desk, content):  # noqa: F811
    page = desk(f"/admin/services/article/{Article.objects.get().pk}/change/")
    page.locator(".words textarea").fill("New words")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".words-drawn .prose")).to_have_text("New words", use_inner_text=False)
    assert leave(page) == ["beforeunload"]


def test_a_refused_form_is_unsaved_although_it_shows_what_was_typed(desk, content):  # noqa: F811
    page = desk(f"/admin/services/article/{Article.objects.get().pk}/change/")
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    in_view_with_focus(page)
    assert leave(page) == ["beforeunload"]


def test_a_note_is_asked_about_also_when_another_button_of_the_page_is_pressed(desk, rota):  # noqa: F811
    enquiry = factories.request(now=timezone.now())
    page = desk(f"/admin/bookings/enquiry/{enquiry.pk}/change/")
    page.get_by_label("Note", exact=True).fill("Rings back at noon")
    assert leave(page) == ["beforeunload"]
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("button", name="Take it").click()
    page.wait_for_timeout(400)
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Note.objects.get().text == "Rings back at noon"
    assert leave(page) == []


def test_the_list_of_what_can_be_put_in_order_asks_but_its_search_and_its_boxes_do_not(desk, content):  # noqa: F811
    page = desk("/admin/services/location/")
    page.locator(".action-select").first.check()
    assert leave(page) == []
    page.goto("/admin/services/location/")
    page.locator("#id_form-0-order").fill("15")
    assert leave(page) == ["beforeunload"]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_two_editors_in_the_browser(desk, content, script):  # noqa: F811
    article = Article.objects.get()
    page = desk(f"/admin/services/article/{article.pk}/change/", expected={409}, java_script_enabled=script)
    Article.objects.filter(pk=article.pk).update(title="Theirs", strapline="Their line.")
    page.get_by_label("Title").fill("Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(in_view_with_focus(page)).to_contain_text("Nothing of yours is saved yet")
    expect(page).to_have_title(re.compile("^Not saved: "))
    expect(page.get_by_label("Title")).to_have_value("Mine")
    page.get_by_role("button", name="Save mine over theirs").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article.refresh_from_db()
    assert (article.title, article.strapline) == ("Mine", "Their line.")


def test_theirs_is_taken_without_another_question(desk, content):  # noqa: F811
    article = Article.objects.get()
    page = desk(f"/admin/services/article/{article.pk}/change/", expected={409})
    Article.objects.filter(pk=article.pk).update(title="Theirs")
    page.get_by_label("Title").fill("Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Take theirs and leave what I typed").click()
    expect(page.get_by_label("Title")).to_have_value("Theirs")
    assert leave(page) == []


def test_a_new_section_is_listed_by_its_heading(desk, content):  # noqa: F811
    page, count = desk(), Section.objects.count()
    page.get_by_text("Add another Section").click()
    page.locator(f"#id_sections-{count}-heading").press_sequentially("What it costs")
    expect(page.locator(f"#id_sections-{count}-anchor")).to_have_value("what-it-costs")
    expect(page.locator(f"#id_sections-{count}-contents_label")).to_have_value("")
    save(page)
    page.goto(Service.objects.get().get_absolute_url())
    expect(page.locator(".contents a", has_text="What it costs").or_(page.get_by_role("link", name="What it costs")).first).to_be_visible()
    expect(page.locator("main a", has_text="what-it-costs")).to_have_count(0)
