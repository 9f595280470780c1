"""A therapy other than DIT is added in admin alone: its page, its sections, its place in every list, and the way to book."""

from bs4 import BeautifulSoup
from django.urls import reverse

from services.models import Service

URL = "/therapies/couples-therapy/"
SERVICE = {
    "title": "Couples therapy in London",
    "name": "Couples therapy",
    "short_name": "",
    "slug": "couples-therapy",
    "status": "published",
    "order": 20,
    "strapline": "A place to talk, for two.",
    "summary": "For two people who want to understand each other again.",
    "proven_lead_in": "Couples therapy has been tested for:",
    "common_lead_in": "Couples also come with:",
}
PARTS = {
    "facts": [{"label": "Each session", "value": "Around 50 minutes", "order": 10}],
    "sections": [
        {"heading": "When talking has stopped", "anchor": "opening", "body": "It can **start** again.", "shows": "lead", "order": 10},
        {"heading": "What it helps with", "anchor": "issues", "contents_label": "Issues", "shows": "issues", "order": 20},
        {"heading": "What you can expect", "anchor": "results", "contents_label": "Results", "shows": "results", "order": 30},
        {"heading": "Begin together", "anchor": "begin", "body": "Call {phone:text}.", "shows": "call", "order": 40},
    ],
    "results": [{"text": "to be heard", "order": 10}],
    "evidence": [
        {
            "name": "A study of couples",
            "finding": "It found this.",
            "limits": "It was small.",
            "citation": "A journal",
            "is_shown": "on",
            "order": 10,
        }
    ],
    "issues": [{"group": "common", "name": "the same quarrel again and again", "is_shown": "on", "order": 10}],
    "further_reading": [],
}


def form() -> dict:
    """What the admin's form sends, its management fields included."""
    values = dict(SERVICE)
    for part, rows in PARTS.items():
        values |= {f"{part}-TOTAL_FORMS": len(rows), f"{part}-INITIAL_FORMS": 0}
        values |= {f"{part}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return values


def soup(client, url) -> BeautifulSoup:
    return BeautifulSoup(client.get(url).content, "html.parser")


def test_a_therapy_is_added_with_one_form_and_stands_everywhere(content, client, admin_client):
    response = admin_client.post(reverse("admin:services_service_add"), form())
    assert response.status_code == 302, BeautifulSoup(response.content, "html.parser").select(".errorlist")
    assert Service.objects.get(slug="couples-therapy").sections.count() == 4

    page = soup(client, URL)
    assert page.h1.get_text() == "Couples therapy in London"
    assert [h2.get_text() for h2 in page.select("article h2:not(#urgent-h)")] == [row["heading"] for row in PARTS["sections"]]
    assert page.select_one(".facts dd").get_text() == "Around 50 minutes"
    assert [a["href"] for a in page.select(".toc a")] == ["#issues", "#results", "#urgent"]
    assert page.select_one(".ticks li").get_text(strip=True) == "to be heard"
    assert "the same quarrel again and again" in page.article.get_text()
    assert page.select_one("section.call a[href='tel:+442080034173']")
    assert [a["href"] for a in page.select(".hero .btn, section.call .btn")] == ["/book/", "tel:+443454741724", "/book/"]

    for url, place in (("/", "main"), ("/therapies/", "main"), ("/contact/", ".site-footer")):
        assert soup(client, url).select_one(f"{place} a[href='{URL}']").get_text() == "Couples therapy"
    evidence = soup(client, "/evidence/")
    assert [h2.get_text() for h2 in evidence.select(".main-col > h2")] == ["Dynamic interpersonal therapy", "Couples therapy"]
    assert evidence.select(".study h3")[-1].get_text() == "A study of couples"


def test_it_stays_unseen_while_it_is_a_draft(content, client, admin_client):
    admin_client.post(reverse("admin:services_service_add"), form() | {"status": "draft"})
    assert client.get(URL).status_code == admin_client.get(URL).status_code == 404
    for url in ("/", "/therapies/", "/evidence/"):
        assert "Couples therapy" not in client.get(url).content.decode()
