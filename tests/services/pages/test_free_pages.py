"""The pages staff make: what the first install brings, who sees them, and that no address of the site is lost to them."""

import re
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from services.models import BankHoliday, ClinicDetails, Closure, CrisisContact, Evidence, Page, Person, PhoneNumber, Question, Service

pytestmark = pytest.mark.same_everywhere

MENU = ["Therapies", "First consultation", "Practitioners", "Locations", "Questions", "Contact"]
LEGAL = ["Privacy", "Cookies", "Accessibility", "Terms of booking", "If you need help now"]


@pytest.fixture
def read(content, client):
    """A page as its reader sees it."""
    return lambda url, by=client: BeautifulSoup(by.get(url).content, "html.parser")


def said(element) -> str:
    """What it says in one line; a line break is a space."""
    return " ".join("".join("\n" if each.name == "br" else each if isinstance(each, str) else "" for each in element.descendants).split())


def links(page, place: str) -> list[str]:
    return [said(a) for a in page.select(f"{place} li:not(.nav-tel) a")]


def summary(page) -> dict[str, str]:
    return {said(dt): said(dt.find_next("dd")) for dt in page.select(".summary dt")}


# Found


def test_the_menu_and_the_last_line_are_as_staff_have_them(read):
    page = read("/")
    assert links(page, ".nav") == MENU
    assert links(page, ".legal-links") == LEGAL
    assert links(page, "[aria-labelledby=footer-more]") == ["The evidence", "Articles"]


def test_every_page_is_two_clicks_from_home_at_most(content, client):
    reached, edge = {"/"}, {"/"}
    for _ in range(2):
        pages = [BeautifulSoup(client.get(url).content, "html.parser") for url in edge if not url.startswith("/book/")]
        edge = {a["href"].split("#")[0] for page in pages for a in page.select("a[href^='/']")} - reached
        reached |= edge
    ours = {page.get_absolute_url() for page in Page.objects.all()}
    assert len(ours) == 14
    assert ours - reached == set()


def test_a_page_can_be_linked_nowhere_and_still_be_read(read):
    Page.objects.filter(slug="terms").update(linked="nowhere")
    assert links(read("/"), ".legal-links") == [label for label in LEGAL if label != "Terms of booking"]
    assert read("/terms/").h1.string == "Terms of booking"


def test_a_draft_is_in_no_menu(read, client):
    Page.objects.filter(slug="contact").update(status="draft")
    assert client.get("/contact/").status_code == 404
    assert "Contact" not in links(read("/"), ".nav")


def test_the_current_page_is_marked_in_the_menu(read):
    assert [said(a) for a in read("/questions/").select(".nav [aria-current=page]")] == ["Questions"]


# Addresses


@pytest.mark.parametrize("slug", ["book", "admin", "static", "request", "healthz"])
def test_no_page_takes_an_address_the_site_has(db, slug):
    with pytest.raises(ValidationError, match="Another part of the site has this address"):
        Page(title="A page", slug=slug, strapline="-").full_clean()


@pytest.mark.parametrize("url", ["/book/", "/admin/login/", "/healthz", "/therapies/", "/locations/"])
def test_a_page_that_got_such_an_address_all_the_same_hides_nothing(content, client, url):
    before = client.get(url).content
    Page.objects.get_or_create(slug=url.split("/")[1], defaults={"title": "An impostor", "strapline": "-", "status": "published"})
    after = client.get(url)
    assert after.status_code == 200
    assert b"An impostor" not in after.content
    assert len(after.content) == pytest.approx(len(before), abs=200)  # tokens and seconds differ


def test_the_pages_of_the_frame_keep_address_and_status(content, admin_client):
    form = admin_client.get(reverse("admin:services_page_change", args=[Page.objects.get(slug="home").pk])).content.decode()
    assert 'name="title"' in form
    assert [name for name in ("slug", "status", "shows") if f'name="{name}"' in form] == []
    assert 'class="deletelink"' not in form
    home = Page.objects.get(slug="home")
    home.status = "draft"
    with pytest.raises(ValidationError, match="part of the site's frame"):
        home.full_clean()


def test_staff_make_a_page_and_see_it_in_the_menu(read, admin_client):
    values = {"title": "For employers", "slug": "for-employers", "status": "published", "strapline": "What we do for teams."}
    values |= {"body": "Call **us**.", "shows": "text", "linked": "menu", "menu_label": "Employers", "order": 70}
    assert admin_client.post(reverse("admin:services_page_add"), values).status_code == 302
    page = read("/for-employers/")
    assert said(page.h1) == "For employers"
    assert said(page.select_one(".main-col strong")) == "us"
    assert links(page, ".nav") == [*MENU, "Employers"]


# What each page says


def test_the_first_consultation_says_what_it_costs_or_how_to_learn_it(read):
    assert summary(read("/first-consultation/")) == {
        "How long": "About 50 minutes",
        "Where": "City of London, Canary Wharf, Harley Street and online",
        "What it costs": "We will tell you before you agree.",
        "When we answer": "Within 8 opening hours of our phone line",
        "Changing or cancelling": "At any time, through the link we send you or by phone",
    }
    ClinicDetails.objects.update(first_meeting_fee="The first meeting costs 90 pounds.", cancellation_terms="Free until the day before.")
    for url in ("/first-consultation/", "/terms/"):
        answers = summary(read(url))
        assert answers["What it costs"] == "The first meeting costs 90 pounds."
        assert answers["Changing or cancelling"].endswith("by phone. Free until the day before.")


def test_practitioners_reads_well_with_nobody_on_it(read):
    text = said(read("/practitioners/").main)
    assert "a minimum of 150 hours of practice as a psychodynamic therapist" in text
    assert "a minimum of five years postgraduate experience" in text
    assert "There are no profiles on this page yet. If you would like to know who you might meet, call us on 0345 474 1724" in text


def test_a_practitioner_is_shown_once_staff_switch_the_profile_on(read):
    person = Person.objects.create(name="Ada Example", slug="ada", is_practitioner=True, role="Psychotherapist", text="I *listen*.")
    assert "Ada Example" not in said(read("/practitioners/").main)
    Person.objects.filter(pk=person.pk).update(is_shown=True)
    assert said(read("/practitioners/").select_one(".profile")) == "Ada Example Psychotherapist I listen."
    register = {
        "register": "BACP",
        "register_number": "123",
        "register_url": "https://example.org/123",
        "register_checked_on": "2026-05-04",
    }
    Person.objects.filter(pk=person.pk).update(**register)
    entry = read("/practitioners/").select_one(".profile .checked")
    assert said(entry) == "Registered with BACP, number 123. See the entry of Ada Example. Checked by us on 4 May 2026."
    assert entry.a["href"] == "https://example.org/123"


def test_questions_stand_under_what_they_are_about(read):
    page = read("/questions/")
    assert [said(h2) for h2 in page.select(".main-col > h2")] == [
        "Coming here",
        "Dynamic interpersonal therapy",
        "If your question is not here",
    ]
    assert [len(group("details")) for group in page.select(".questions")] == [8, 6]
    answers = {said(each.summary): said(each.div) for each in page("details")}
    assert answers["Is DIT the same as IPT?"].startswith("No. ")
    assert "refer yourself to NHS Talking Therapies, free of charge" in answers["Can I have DIT free of charge on the NHS?"]
    assert "It does not work for everyone" in answers["Does DIT work?"]


def test_a_question_is_left_out_when_switched_off_or_about_a_draft(read):
    Question.objects.filter(question="Is there homework?").update(is_shown=False)
    assert len(read("/questions/")("details")) == 13
    Service.objects.update(status="draft")
    assert len(read("/questions/")("details")) == 8


def test_evidence_gives_each_study_its_limits_and_its_source(read):
    studies = read("/evidence/").select(".study")
    assert len(studies) == Evidence.objects.count() == 6
    assert [said(study.h3) for study in studies if "Its limits:" not in said(study) or not said(study.select_one(".citation"))] == []
    Evidence.objects.filter(name="Trial in China (2023)").update(is_shown=False)
    Evidence.objects.filter(name="NHS trial of DIT (2020)").update(checked_on="2026-11-01")
    page = read("/evidence/")
    assert len(page.select(".study")) == 5
    assert said(page.select_one(".study .citation")).endswith("Checked by us on 1 November 2026.")


def test_contact_has_both_numbers_the_hours_the_places_and_an_email_only_if_there_is_one(read):
    main = read("/contact/").main
    numbers = {said(a): a["href"] for a in main.select(".tel")}
    assert numbers == {"0345 474 1724": "tel:+443454741724", "020 8003 4173": "tel:+442080034173"}
    assert {said(tr.th): said(tr.td) for tr in main("tr")} == {"Monday to Friday": "7am to 10pm", "Saturday and Sunday": "8am to 8pm"}
    assert said(main.select_one(".status")).startswith("Line ")
    assert [said(a) for a in main.select(".links a")] == ["City of London", "Canary Wharf", "Harley Street", "Online"]
    assert main.select("a[href^='mailto:']") == []
    ClinicDetails.objects.update(email="hello@example.org")
    assert read("/contact/").select_one("main a[href='mailto:hello@example.org']")


def test_contact_announces_the_days_of_the_next_weeks_that_differ(read):
    soon, later = timezone.localdate() + timedelta(days=3), timezone.localdate() + timedelta(days=60)
    Closure.objects.create(reason="Works", first_day=soon, last_day=soon)
    BankHoliday.objects.create(day=later, name="A holiday", treatment="closed")
    rows = read("/contact/").find("caption", string="Days that differ").find_parent("table")("tr")
    assert [said(tr.td) for tr in rows] == ["Closed"]


def test_help_now_names_who_helps_and_invites_nobody_to_book(read):
    page = read("/help-now/")
    assert {a["href"] for a in page.select("main a[href^='tel:'], main a[href^='sms:']")} == {
        "tel:999",
        "tel:111",
        "tel:116123",
        "sms:85258",
    }
    assert page.select("main a[href^='/book/'], .callbar") == []


def test_when_a_crisis_contact_was_checked_is_said_and_that_it_was_not_only_to_staff(read, admin_client):
    assert "hecked" not in said(read("/help-now/").main)
    preview = reverse("admin:services_page_preview", args=[Page.objects.get(slug="help-now").pk])
    assert said(read(preview, admin_client).main).count("Not checked yet (only staff see this)") == 4
    CrisisContact.objects.update(checked_on=date(2026, 11, 2))
    assert said(read("/help-now/").main).count("Checked by us on 2 November 2026") == 4


def test_privacy_has_the_very_notice_of_the_booking(read):
    notice = said(read("/privacy/").select_one("section.notice"))
    assert "90 days after your request has ended" in notice
    assert "After a meeting we keep them for 12 months" in notice


def test_cookies_are_named_as_the_settings_name_them_and_no_page_sets_one(read, client, settings):
    settings.SESSION_COOKIE_NAME = "__Host-session"
    assert [said(dt) for dt in read("/cookies/").select("dt")] == ["__Host-session", settings.CSRF_COOKIE_NAME]
    for page in Page.objects.all():
        assert client.get(page.get_absolute_url()).cookies == {}, page


def test_the_statement_on_accessibility_says_what_was_not_tested(read):
    text = said(read("/accessibility/").main)
    assert "No screen reader has been used on this site yet." in text
    assert "at the widths of a small phone, a phone and a desktop screen" in text


def test_no_page_shouts_or_hurries(content):
    texts = [*Page.objects.values_list("title", "strapline", "body"), *Question.objects.values_list("question", "answer")]
    words = " ".join(" ".join(row) for row in texts)
    assert "!" not in words
    assert re.findall(r"\b(hurry|last chance|limited|only \d+ left|guarantee\w*)\b", words, re.IGNORECASE) == []


def test_pages_stand_without_phone_numbers(read):
    PhoneNumber.objects.all().delete()
    for page in Page.objects.exclude(slug="privacy"):  # the notice of the booking gives a number to call
        assert "None" not in said(read(page.get_absolute_url()).body)


def test_a_page_says_who_reviewed_it_and_when_that_is_due_again_once_somebody_did(read):
    assert read("/privacy/").select_one(".byline") is None
    reviewed = {"reviewed_by": Person.objects.get(), "last_reviewed": "2026-11-02", "next_review_due": "2027-11-02"}
    Page.objects.filter(slug="privacy").update(**reviewed)
    words = "Last reviewed 2 November 2026 by Dr Sheri Jacobson. Next review due 2 November 2027"
    assert said(read("/privacy/").select_one(".byline")) == words
