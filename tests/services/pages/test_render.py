"""Every public page: found, complete in the layout, cheap in queries, and no draft among them."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from bookings.queries.slots import next_slots
from services.clinic import uk_time
from services.clinic.clinic import Clinic
from services.models import Article, BankHoliday, Closure, CrisisContact, Location, OpeningHours, Service

DIT = "/therapies/dynamic-interpersonal-therapy/"
ARTICLE = "/articles/what-is-dynamic-interpersonal-therapy/"
PAGES = {  # and the literal number of queries: 1 for the edition, 9 for the layout, the rest for the page
    "/": 12,
    "/therapies/": 11,
    DIT: 18,
    "/locations/": 11,
    "/locations/online/": 19,
    "/articles/": 12,
    ARTICLE: 11,
    "/first-consultation/": 11,
    "/practitioners/": 12,
    "/questions/": 12,
    "/evidence/": 13,
    "/contact/": 11,
    "/privacy/": 11,
    "/cookies/": 11,
    "/accessibility/": 11,
    "/terms/": 11,
}
HELP_NOW = "/help-now/"  # the one page that invites nobody to call the clinic or to book


def soup(client, url) -> BeautifulSoup:
    return BeautifulSoup(client.get(url).content, "html.parser")


@pytest.mark.parametrize(("url", "queries"), PAGES.items())
def test_a_page_costs_the_same_however_much_is_on_it(content, client, django_assert_num_queries, url, queries):
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200
    for n in range(3):
        Service.objects.create(title=f"T{n}", name=f"T{n}", slug=f"t{n}", status="published")
        Article.objects.create(title=f"A{n}", slug=f"a{n}", status="published")
        Location.objects.create(name=f"L{n}", slug=f"l{n}")
        Closure.objects.create(reason="Works", first_day="2099-01-01", last_day="2099-01-02")
    with django_assert_num_queries(queries):
        client.get(url)
    with django_assert_num_queries(1):  # kept: only the edition is asked for
        client.get(url)


@pytest.mark.parametrize("url", PAGES)
def test_every_page_has_one_heading_a_title_and_the_layout(content, client, url):
    page = soup(client, url)
    (h1,) = page("h1")
    assert page.title.string == f"{h1.get_text()} – Harley Therapy"
    assert page.body.find("a")["href"] == "#main"
    assert page.find("meta", attrs={"name": "description"})["content"]
    assert page.find("meta", property="og:title")["content"] == h1.get_text()
    assert page.find("link", rel="canonical")["href"] == f"http://127.0.0.1:8000{url}"
    assert page.find("meta", property="og:image")["content"].startswith("http://127.0.0.1:8000/static/img/og.")
    for place in (".topbar", ".panel--call", ".site-footer", ".callbar"):
        assert page.select_one(f"{place} .status").get_text().startswith("Line ")
        assert page.select_one(f"{place} a[href='tel:+443454741724']")


@pytest.mark.parametrize("url", [*PAGES, HELP_NOW])
def test_no_page_has_a_style_or_script_inline_or_a_dead_reference(content, client, url):
    page = soup(client, url)
    assert page("style") + page.select("[style]") == []
    assert [
        script for script in page("script") if not script.get("src") and script["type"] not in {"application/json", "application/ld+json"}
    ] == []
    ids = [each["id"] for each in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert [a["href"] for a in page.select("a[href^='#']") if a["href"][1:] not in ids] == []
    assert [each for each in page.select("[aria-labelledby]") if each["aria-labelledby"] not in ids] == []


def test_every_link_of_the_site_leads_somewhere(content, client):
    seen, ahead = set(), {"/"}
    while ahead:
        url = ahead.pop()
        seen.add(url)
        response = client.get(url)
        assert response.status_code == 200, url
        found = {a["href"].split("#")[0] for a in BeautifulSoup(response.content, "html.parser").select("a[href^='/']")}
        ahead |= {link for link in found if not link.startswith("/book/")} - seen
    assert seen == {*PAGES, HELP_NOW, *(place.get_absolute_url() for place in Location.objects.all())}


@pytest.mark.parametrize(("model", "url"), [(Service, DIT), (Article, ARTICLE)])
def test_a_draft_is_nowhere(content, client, admin_client, model, url):
    model.objects.update(status="draft")
    assert client.get(url).status_code == admin_client.get(url).status_code == 404
    assert url not in client.get("/").content.decode()
    assert url not in client.get("/articles/").content.decode()


def test_further_reading_that_is_a_draft_is_left_out_with_its_heading(content, client):
    Article.objects.update(status="draft")
    assert soup(client, DIT).find(id="further-reading") is None


def test_pages_stand_before_any_content_is_loaded(db, client):
    for url in ("/", "/therapies/", "/locations/", "/articles/"):
        response = client.get(url)
        assert response.status_code == 200
        assert "None" not in BeautifulSoup(response.content, "html.parser").body.get_text()


def test_a_page_is_read_and_never_posted_to(content, client):
    assert client.post("/").status_code == 405


def test_an_unknown_page_says_so_and_helps(content, client):
    response = client.get("/therapies/nothing/")
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 404
    assert page.h1.get_text() == "Page not found"
    assert page.select_one("main a[href='tel:+443454741724']")
    assert page.find("meta", attrs={"name": "robots"})["content"] == "noindex"


def test_the_icon_is_found_where_browsers_look_for_it(db, client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].startswith("/static/img/icon")


def test_the_line_ahead_is_a_data_block_that_starts_with_what_the_page_says(content, client):
    page = soup(client, "/")
    ahead = json.loads(page.find(id="line-ahead").string)
    assert ahead[0][2] == page.select_one(".topbar .status").get_text()
    assert [at for at, _, _ in ahead] == sorted(at for at, _, _ in ahead)
    assert ahead[-1][0] > (timezone.now() + timedelta(hours=36)).timestamp() * 1000


def test_a_closure_of_the_whole_clinic_closes_the_line_and_one_of_a_place_does_not(content, client):
    OpeningHours.objects.update(opens="00:00", closes="23:59:59")
    today = timezone.localdate()
    closure = Closure.objects.create(location=Location.objects.get(slug="online"), reason="Works", first_day=today, last_day=today)
    assert soup(client, "/").select_one(".status")["data-open"] == "true"
    closure.location = None
    closure.save()
    assert soup(client, "/").select_one(".status")["data-open"] == "false"


def test_the_hours_lead_with_today_when_today_is_another_day(content, client):
    today = timezone.localdate()
    usual = [("Monday to Friday", "7am to 10pm"), ("Saturday and Sunday", "8am to 8pm")]
    assert hours(client) == (usual, [usual[today.weekday() > 4]])
    Closure.objects.create(reason="Works", first_day=today, last_day=today)
    shut = (f"Today, {uk_time.short_date(today)}", "Closed")
    assert hours(client) == ([shut, *usual], [shut])


def hours(client) -> tuple[list, list]:
    """The rows of the call panel, and those set in bold."""
    panel = soup(client, "/").select_one(".aside .hours")
    rows, bold = ([(tr.th.get_text(), tr.td.get_text()) for tr in panel.select(each)] for each in ("tr", "tr[data-today]"))
    return rows, bold


@pytest.mark.parametrize(("treatment", "is_open"), [("undecided", "true"), ("usual", "true"), ("closed", "false"), ("other", "true")])
def test_a_bank_holiday_is_as_usual_until_staff_decide(content, client, treatment, is_open):
    OpeningHours.objects.update(opens="00:00", closes="23:59:59")
    BankHoliday.objects.create(day=timezone.localdate(), name="Boxing Day", treatment=treatment, opens="00:00", closes="23:59:59")
    assert soup(client, "/").select_one(".status")["data-open"] == is_open


def test_a_closure_ahead_is_announced_on_the_page_of_its_place_only(content, client):
    day = timezone.localdate() + timedelta(days=3)
    Closure.objects.create(location=Location.objects.get(slug="canary-wharf"), reason="Painting", first_day=day, last_day=day)
    Closure.objects.create(reason="Long ago", first_day="2020-01-01", last_day="2020-01-02")
    assert soup(client, "/locations/canary-wharf/").select_one(".notice").get_text().strip().endswith(": Painting.")
    assert soup(client, "/locations/online/").select(".notice") == []


def test_a_place_without_an_address_says_how_to_learn_it(content, client):
    page = soup(client, "/locations/harley-street/")
    answers = {dt.get_text(): dt.find_next("dd").get_text().strip() for dt in page.select(".summary dt")}
    assert answers["Address"] == "We tell you the address when we confirm your time."
    assert answers["Step-free access"].startswith("Ask us")
    assert answers["How to get here"] == "We tell you when we confirm your time."
    assert page.select_one("main a[href^='/book/']")["href"] == "/book/?at=harley-street"


def test_a_place_tells_its_next_free_times_and_its_consultation_hours(content, installed, client):
    url = "/locations/canary-wharf/"
    page = soup(client, url)
    assert "No time is free here in the next 8 weeks." in page.main.get_text()
    assert page.find("caption", string="Consultation hours") is None
    installed.insert(installed.rota)
    page = soup(client, url)
    (hours,) = page.select(".main-col .hours")
    assert {tr.th.get_text(): tr.td.get_text() for tr in hours("tr")} == {"Monday to Friday": "8am to 9pm", "Saturday and Sunday": "Closed"}
    days = page.select(".summary--plain > div")
    assert len(days) == 3
    assert all(" ".join(day.dd.get_text().split()).endswith(" and later") for day in days[1:])  # the first may be today, nearly over
    first = next_slots(Clinic(timezone.now()))[1][1]
    assert days[0].time["datetime"] == f"{timezone.localdate(first.starts_at)}"
    assert days[0].dd.get_text().strip().split(",")[0] == uk_time.clock(first.starts_at)


def test_an_address_once_known_is_printed(content, client):
    Location.objects.filter(slug="harley-street").update(address="1 Example Row\nLondon")
    assert b"1 Example Row<br>London" in client.get("/locations/harley-street/").content


def test_crisis_numbers_are_links_on_every_page(content, client):
    legal = soup(client, "/articles/").select_one(".legal")
    assert {a["href"] for a in legal("a")} == {"tel:999", "tel:111", "tel:116123", "sms:85258"}


def test_a_crisis_sentence_without_its_number_is_still_shown_and_escaped():
    assert CrisisContact(how="Ask <us> now", number="116 123").how_html == "Ask &lt;us&gt; now"
