"""What leads search engines to the pages, and away from what is nobody's business."""

import struct
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders

from services.models import Article, Location, Page, Question, Section, Service
from tests.services.found import paths, sitemap

pytestmark = pytest.mark.same_everywhere

SITE = "http://127.0.0.1:8000"
DIT = "/therapies/dynamic-interpersonal-therapy/"
ARTICLE = "/articles/what-is-dynamic-interpersonal-therapy/"


def soup(client, url) -> BeautifulSoup:
    return BeautifulSoup(client.get(url).content, "html.parser")


def meta(page, name) -> str | None:
    found = page.find("meta", attrs={"name": name}) or page.find("meta", property=name)
    return found and found["content"]


def linked(client) -> set[str]:
    """Every page a visitor can walk to from home, the booking left aside."""
    seen, ahead = set(), {"/"}
    while ahead:
        url = ahead.pop()
        seen.add(url)
        found = {a["href"].split("#")[0].split("?")[0] for a in soup(client, url).select("a[href^='/']")}
        ahead |= {link for link in found if not link.startswith("/book/")} - seen
    return seen


def test_the_sitemap_lists_exactly_the_pages_one_can_walk_to(content, client):
    urls = paths(client, SITE)
    assert len(urls) == len(set(urls))
    assert set(urls) == linked(client)
    assert {client.get(url).status_code for url in urls} == {200}


def test_the_sitemap_lists_what_staff_publish_and_no_draft(content, client):
    before = set(paths(client, SITE))
    for status in ("draft", "published"):
        Service.objects.create(title="S", name="S", slug=f"s-{status}", status=status)
        Article.objects.create(title="A", slug=f"a-{status}", status=status)
        Page.objects.create(title="P", slug=f"p-{status}", status=status)
    Location.objects.create(name="L", slug="l")
    added = set(paths(client, SITE)) - before
    assert added == {"/therapies/s-published/", "/articles/a-published/", "/p-published/", "/locations/l/"}
    Page.objects.filter(slug="p-published").update(status="draft")
    assert "/p-published/" not in paths(client, SITE)


def test_the_sitemap_has_nothing_private(content, client, settings):
    private = ("/book", "/request", f"/{settings.ADMIN_PATH}", "/healthz", "/static")
    assert [url for url in paths(client, SITE) if url.startswith(private)] == []


def test_before_any_content_is_loaded_the_sitemap_has_the_frame_without_dates(db, client):
    assert sitemap(client) == dict.fromkeys([f"{SITE}{url}" for url in ("/", "/therapies/", "/locations/", "/articles/")])


def test_addresses_are_those_of_the_site_whatever_name_was_asked_for(content, client, settings):
    settings.SITE_URL = "https://www.clinic.example"
    assert {url.split("/")[2] for url in sitemap(client)} == {"www.clinic.example"}
    assert b"Sitemap: https://www.clinic.example/sitemap.xml\n" in client.get("/robots.txt").content


@pytest.fixture
def long_ago(content):
    """As if nothing had been saved since."""
    for model in (Service, Article, Page, Location, Question):
        model.objects.update(updated_at=datetime(2020, 5, 27, 12, tzinfo=UTC))


def changed(client) -> set[str]:
    dates = sitemap(client)
    assert set(dates.values()) <= {"2020-05-27", date.today().isoformat(), datetime.now(UTC).date().isoformat()}  # noqa: DTZ011
    return {url.removeprefix(SITE) for url, day in dates.items() if day != "2020-05-27"}


def test_a_page_changes_when_it_is_saved_and_the_pages_that_list_it_with_it(long_ago, client):
    assert changed(client) == set()
    Location.objects.get(slug="online").save()
    assert changed(client) == {"/locations/", "/locations/online/", "/contact/"}
    Article.objects.get().save()
    Page.objects.get(slug="terms").save()
    assert changed(client) == {"/locations/", "/locations/online/", "/contact/", "/articles/", ARTICLE, "/terms/"}


def test_a_question_changes_the_page_of_questions(long_ago, client):
    Question.objects.first().save()
    assert changed(client) == {"/questions/"}


def test_a_part_saved_in_admin_changes_its_page(long_ago, client, admin_client):
    service = Service.objects.get()
    form = admin_client.get(f"/admin/services/service/{service.pk}/change/")
    fields = BeautifulSoup(form.content, "html.parser").select("#service_form [name]")
    data = {each["name"]: value(each) for each in fields if each.get("type") not in {"submit", "checkbox"} or each.has_attr("checked")}
    section = next(name for name, text in data.items() if name.startswith("sections-") and name.endswith("-heading") and text)
    answer = admin_client.post(form.request["PATH_INFO"], data | {section: "A new heading"})
    assert answer.status_code == 302
    assert Section.objects.filter(heading="A new heading").exists()
    assert DIT in changed(client)


def value(field) -> str:
    if field.name == "select":
        chosen = field.select_one("option[selected]")
        return chosen["value"] if chosen else ""
    return (
        field.get_text().removeprefix("\n")
        if field.name == "textarea"
        else field.get("value", "on" if field.get("type") == "checkbox" else "")
    )


def test_robots_forbid_nothing_and_name_the_sitemap(db, client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == f"User-agent: *\nDisallow:\n\nSitemap: {SITE}/sitemap.xml\n"
    assert [client.post(url).status_code for url in ("/robots.txt", "/sitemap.xml")] == [405, 405]
    assert client.head("/sitemap.xml").status_code == 200


def test_no_two_pages_have_the_same_title_or_description(content, client):
    pages = {url: soup(client, url) for url in paths(client, SITE)}
    for said in ({url: page.title.string for url, page in pages.items()}, {url: meta(page, "description") for url, page in pages.items()}):
        assert {url: text for url, text in said.items() if not text or list(said.values()).count(text) > 1} == {}


def test_every_page_is_shared_as_it_is_found(content, client):
    for url in paths(client, SITE):
        page = soup(client, url)
        assert meta(page, "og:title") == page.h1.get_text()
        assert meta(page, "og:description") == meta(page, "description")
        assert meta(page, "og:url") == page.find("link", rel="canonical")["href"] == f"{SITE}{url}"
        assert (meta(page, "og:type"), meta(page, "og:site_name"), meta(page, "og:locale")) == ("website", "Harley Therapy", "en_GB")
        assert meta(page, "twitter:card") == "summary_large_image"
        assert meta(page, "og:image:alt")
        assert meta(page, "robots") is None
        assert "X-Robots-Tag" not in client.get(url)


def test_the_canonical_address_has_no_query(content, client):
    page = soup(client, f"{DIT}?utm_source=x&page=2")
    assert page.find("link", rel="canonical")["href"] == meta(page, "og:url") == f"{SITE}{DIT}"


def test_the_picture_is_whole_and_as_large_as_it_is_said_to_be(content, client):
    page = soup(client, "/")
    name = meta(page, "og:image").removeprefix(f"{SITE}/static/")
    assert name.startswith("img/og.")
    with open(finders.find("img/og.png"), "rb") as picture:  # noqa: PTH123
        head = picture.read(24)
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == (1200, 630) == (int(meta(page, "og:image:width")), int(meta(page, "og:image:height")))


def test_a_place_is_described_by_what_its_page_says_first(content, client):
    assert meta(soup(client, "/locations/harley-street/"), "description") == (
        "You can have an initial consultation in person at our clinic in Harley Street."
    )
    Location.objects.update(introduction="Quiet & **near**\n[the park](/x/).\n\nMore.")
    assert meta(soup(client, "/locations/online/"), "description") == "Quiet & near the park."
    Location.objects.update(introduction="Long words. " * 40)
    assert len(meta(soup(client, "/locations/online/"), "description")) == 200


def test_a_place_without_a_word_of_its_own_is_still_described(content, client):
    Location.objects.update(area="", introduction="")
    assert meta(soup(client, "/locations/online/"), "description") == "Harley Therapy: Online."


def test_what_must_not_be_found_says_so(content, client, admin_client):
    Service.objects.update(status="draft")
    assert client.get(DIT).status_code == 404
    assert client.get("/book/when/").status_code == 200  # without answers: before the first page has been opened
    for url in ("/book/when/", "/book/", "/book/where/", "/book/clear/", "/request/wrong/", "/nothing/", DIT):
        page = soup(client, url)
        assert meta(page, "robots") == "noindex", url
        assert page.find("link", rel="canonical") is None
        assert meta(page, "og:url") is None
    for url in ("/book/", "/request/wrong/", "/admin/login/"):
        assert client.get(url)["X-Robots-Tag"] == "noindex", url
    assert admin_client.get("/admin/")["X-Robots-Tag"] == "noindex"
