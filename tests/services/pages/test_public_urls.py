"""“View on site”: there for every row that has a place on the site, and it never leads nowhere."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.urls import reverse

from services import models
from services.models import Article, CrisisContact, Evidence, Issue, Location, Page, Person, Question, Rating, Section, Service
from services.pages.public_urls import on_site

pytestmark = pytest.mark.same_everywhere

EDITED = [model for model in admin.site._registry if model._meta.app_label in {"services", "bookings"}]
LINKED = [Page, Service, Article, Location, Question, Person, Rating, CrisisContact, models.OpeningHours, models.ClinicDetails]


def links(admin_client, row) -> list[str]:
    """Those of the row's form, and of the parts in it."""
    form = admin_client.get(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]))
    return [a["href"] for a in BeautifulSoup(form.content, "html.parser").find_all("a", string="View on site")]


def assert_leads_there(client, url):
    path, _, anchor = url.partition("#")
    answer = client.get(path)
    assert (answer.status_code, url) == (200, url)
    assert not anchor or BeautifulSoup(answer.content, "html.parser").find(id=anchor), url


@pytest.fixture
def everything(content):
    Person.objects.create(name="Dr Ada Example", slug="ada", is_practitioner=True, is_shown=True)
    Rating.objects.update(is_shown=True)


@pytest.mark.parametrize("model", EDITED, ids=lambda model: model.__name__)
def test_no_link_of_any_form_is_dead(everything, client, admin_client, model):
    rows = list(model.objects.all())
    found = [url for row in rows for url in links(admin_client, row)]
    for url in found:
        assert_leads_there(client, url)
    assert bool(found) == (model in LINKED)


def test_no_link_is_dead_when_nothing_is_shown(everything, client, admin_client):
    Page.objects.exclude(slug__in=["home", "therapies", "locations", "articles"]).update(status="draft")
    for model in (Service, Article):
        model.objects.update(status="draft")
    for model in (Question, Person, Rating, Evidence):
        model.objects.update(is_shown=False)
    for model in EDITED:
        for row in model.objects.all():
            for url in links(admin_client, row):
                assert_leads_there(client, url)
    shown = [row for model in EDITED for row in model.objects.all() if on_site(row)]
    assert {type(row) for row in shown} == {Location, Page, models.ClinicDetails}


@pytest.mark.parametrize(
    ("hide", "row"),
    [
        (lambda: Service.objects.update(status="draft"), Section.objects.first),
        (lambda: Service.objects.update(status="draft"), Evidence.objects.first),
        (lambda: Service.objects.update(status="draft"), Issue.objects.first),
        (lambda: Issue.objects.all().delete(), lambda: Section.objects.get(shows="issues")),
        (lambda: Article.objects.update(status="draft"), lambda: Section.objects.get(shows="reading")),
        (lambda: Evidence.objects.update(is_shown=False), Evidence.objects.first),
        (lambda: Evidence.objects.update(is_shown=False), lambda: Issue.objects.filter(group="proven").first()),
        (lambda: Page.objects.filter(shows="evidence").update(status="draft"), Evidence.objects.first),
        (lambda: Page.objects.filter(shows="questions").update(status="draft"), Question.objects.first),
        (lambda: Question.objects.update(is_shown=False), Question.objects.first),
        (lambda: Person.objects.update(is_shown=False), lambda: Person.objects.get(slug="ada")),
        (lambda: Person.objects.update(is_practitioner=False), lambda: Person.objects.get(slug="ada")),
        (lambda: Page.objects.filter(shows="crisis").update(status="draft"), CrisisContact.objects.first),
        (lambda: Rating.objects.update(is_shown=False), Rating.objects.first),
    ],
)
def test_a_part_has_a_place_until_it_or_its_page_is_hidden(everything, client, hide, row):
    assert_leads_there(client, on_site(row()))
    hide()
    assert on_site(row()) == ""


def test_the_link_is_another_one_after_each_save_and_shows_what_was_saved(content, client, admin_client):
    place = Location.objects.get(slug="online")
    (before,) = links(admin_client, place)
    assert re.fullmatch(r"/locations/online/\?seen=[0-9a-f]{8}", before)
    assert links(admin_client, place) == [before]
    client.get(before)
    form = admin_client.get(reverse("admin:services_location_change", args=[place.pk])).context["adminform"].form
    filled = {name: value for name, value in form.initial.items() if value is not None}
    admin_client.post(reverse("admin:services_location_change", args=[place.pk]), filled | {"area": "Anywhere you are"})
    (after,) = links(admin_client, place)
    assert after != before
    assert "Anywhere you are" in client.get(after).content.decode()


def test_no_link_takes_the_way_over_the_row_of_the_site(everything, admin_client):
    """Django’s own “View on site” leads to the name in contrib.sites, which nobody keeps; ours is the path."""
    for row in (*Service.objects.all(), *Page.objects.all(), *Question.objects.all(), *Location.objects.all()):
        assert all(re.match(r"/(?!admin/)", url) for url in links(admin_client, row))
