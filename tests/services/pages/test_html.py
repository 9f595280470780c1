"""Every page is HTML without one error, also with everything filled in, with nothing, and with what staff may type into it."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from harley import views
from services.models import Article, BankHoliday, ClinicDetails, Closure, Issue, Location, Page, Person, Question, Rating, Section, Service
from tests.markup import faults
from tests.services.found import paths

pytestmark = pytest.mark.same_everywhere

NASTY = "A & B <b>\"quoted\"</b> 'x' &amp; </p> &nbsp</script><!-- --!>"
MARKDOWN = f"{NASTY}\n\n* one\n* two\n\n> quote\n\n```\ncode & <i>\n```\n\n"
MARKDOWN += "1. [link](/x/?a=1&b=2)\n\n## Heading\n\n![picture](/a.png)\n\n---\n\n<div>"


def wrong(client, *urls) -> dict[str, list[str]]:
    found = {url: faults(client.get(url).content) for url in urls}
    return {url: each for url, each in found.items() if each}


def test_the_parser_finds_what_is_wrong():
    assert faults(b"<!doctype html>\n<title>x</title>\n<p>a<ul></ul></p>") == [
        "line 3: unexpected-end-tag {'name': 'p'} in '<p>a<ul></ul></p>'"
    ]
    assert len(faults(b"<!doctype html><title>x</title><p id=a id=b>&foo; <b>open")) == 3
    misplaced = b"<!doctype html><title>x</title><ul><p id=a>x</p></ul><a href=/><span><button id=a><div>x</div></button></span></a>"
    assert faults(misplaced) == [
        "id a stands 2 times",
        "<p> may not stand in <ul>",
        "<button> may not stand in <a>",
        "<div> may not stand in <span>",
        "<div> may not stand in <button>",
    ]


def test_every_public_page(content, client, settings):
    urls = paths(client, settings.SITE_URL)
    assert len(urls) >= 10
    assert wrong(client, *urls) == {}


def test_every_public_page_before_any_content_is_loaded(db, client, settings):
    assert wrong(client, *paths(client, settings.SITE_URL)) == {}


def test_every_public_page_with_everything_filled_in_and_ugly(content, client, settings):
    ClinicDetails.objects.update(tagline=NASTY, call_heading=NASTY, emergency_signs=f"{NASTY}\n{NASTY}", crisis_statement=NASTY)
    Location.objects.update(
        area=NASTY, introduction=MARKDOWN, address=f"{NASTY}\n{NASTY}", getting_there=NASTY, getting_in=f"{NASTY}\n{NASTY}", step_free=NASTY
    )
    Service.objects.update(title=NASTY, strapline=NASTY, summary=NASTY, evidence_summary=MARKDOWN, last_reviewed="2026-11-02")
    Section.objects.update(heading=NASTY, body=MARKDOWN, pull_quote=NASTY)
    Article.objects.update(title=NASTY, strapline=NASTY, body=MARKDOWN)
    Page.objects.update(title=NASTY, strapline=NASTY, body=MARKDOWN, menu_label=NASTY[:40], last_reviewed="2026-11-02")
    Question.objects.update(question=NASTY, answer=MARKDOWN)
    facts = {
        "role": NASTY,
        "text": MARKDOWN,
        "register": NASTY,
        "register_url": "https://example.org/?a=1&b=2",
        "register_checked_on": "2026-11-02",
    }
    Person.objects.update(name=NASTY, profile_url="https://example.org/?a=1&b=2", is_practitioner=True, is_shown=True, **facts)
    Issue.objects.update(url="https://example.org/?a=1&b=2")
    Rating.objects.update(url="https://example.org/?a=1&b=2")
    BankHoliday.objects.create(day="2099-12-25", name=NASTY, treatment="closed")
    Closure.objects.create(reason=NASTY, first_day="2099-12-25", last_day="2099-12-27")
    assert wrong(client, *paths(client, settings.SITE_URL)) == {}


def test_a_page_without_its_parts(content, client, settings):
    for each in ("facts", "sections", "results", "issues", "evidence", "further_reading"):
        getattr(Service.objects.get(), each).all().delete()
    assert wrong(client, *paths(client, settings.SITE_URL)) == {}


def test_every_error_page(content):
    asked = RequestFactory().get("/")
    answers = [view(asked) for view in (views.bad_request, views.permission_denied, views.page_not_found, views.csrf_failure)]
    answers += [views.server_error(asked), Client().get("/therapies/nothing/"), Client(enforce_csrf_checks=True).post("/book/where/")]
    assert [(answer.status_code, faults(answer.content)) for answer in answers] == [
        (status, []) for status in (400, 403, 404, 403, 500, 404, 403)
    ]


@pytest.mark.parametrize("name", ["400", "403", "404", "410", "500", "csrf"])
def test_every_error_page_before_any_content_is_loaded(db, name):
    assert faults(render_to_string(f"errors/{name}.html", request=RequestFactory().get("/")).encode()) == []
