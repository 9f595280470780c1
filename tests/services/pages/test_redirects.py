"""An address that everyone could open leads to its page for ever, or says that the page is gone."""

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.urls import reverse

from services.models import Article, Location, Page, Section, Service
from tests.bookings.walker import Walker, words
from tests.markup import faults
from tests.services.found import paths

MADE = {
    Page: {"title": "Fees", "strapline": "-", "body": "-"},
    Article: {"title": "Sleep", "strapline": "-", "body": "-"},
    Service: {"title": "Couples", "name": "Couples", "strapline": "-"},
    Location: {"name": "Soho"},
}
every_kind = pytest.mark.parametrize("model", MADE, ids=lambda model: model.__name__)


def made(model, slug="first", status="published"):
    return model.objects.create(slug=slug, **MADE[model], **({} if model is Location else {"status": status}))


def rename(row, slug) -> str:
    """The new address."""
    row.slug = slug
    row.save()
    return row.get_absolute_url()


def asked(client, path) -> tuple[int, str | None]:
    answer = client.get(path)
    return answer.status_code, answer.get("Location")


def table() -> dict[str, str]:
    return dict(Redirect.objects.values_list("old_path", "new_path"))


@every_kind
def test_the_old_address_of_a_renamed_page_leads_to_the_new_one(content, client, model):
    row = made(model)
    first = row.get_absolute_url()
    assert asked(client, first) == (200, None)
    second = rename(row, "second")
    assert asked(client, first) == (301, second)
    assert client.get(first)["Cache-Control"] == "no-cache"
    assert asked(client, second) == (200, None)


@every_kind
def test_renamed_many_times_and_back_there_is_one_step_and_no_circle(content, client, model):
    row = made(model)
    addresses = [row.get_absolute_url(), *(rename(row, slug) for slug in ("second", "third", "fourth"))]
    assert [asked(client, path) for path in addresses] == [(301, addresses[3])] * 3 + [(200, None)]
    rename(row, "second")
    assert [asked(client, path) for path in addresses] == [(301, addresses[1]), (200, None), (301, addresses[1]), (301, addresses[1])]
    assert not set(table()) & set(table().values())


@every_kind
def test_a_new_page_takes_a_freed_address(content, client, model):
    first = made(model)
    address = first.get_absolute_url()
    rename(first, "second")
    other = model(slug="first", **MADE[model] | ({"name": "Other"} if model is Location else {"status": "published"}))
    other.save()
    assert other.get_absolute_url() == address
    assert asked(client, address) == (200, None)
    assert address not in table()
    third = rename(other, "third")
    assert asked(client, address) == (301, third)


@every_kind
@pytest.mark.parametrize("at_once", [False, True])
def test_a_deleted_page_says_that_it_is_gone_at_each_of_its_addresses(content, client, model, at_once):
    row = made(model)
    addresses = [row.get_absolute_url(), rename(row, "second")]
    if at_once:
        model.objects.filter(slug="second").delete()
    else:
        row.delete()
    for path in addresses:
        answer = client.get(path)
        page = BeautifulSoup(answer.content, "html.parser")
        assert (answer.status_code, page.h1.get_text()) == (410, "This page is gone")
        assert page.find("meta", attrs={"name": "robots"})["content"] == "noindex"
        assert page.select_one("main a[href='tel:+443454741724']")
        assert answer["Cache-Control"] == "no-cache"
        assert faults(answer.content) == []
    made(model, "second")
    assert [asked(client, path)[0] for path in addresses] == [410, 200]


@pytest.mark.parametrize("model", [Page, Article, Service], ids=lambda model: model.__name__)
def test_drafts_leave_no_trace_and_a_page_taken_back_is_just_not_there(content, client, model):
    draft = made(model, status="draft")
    rename(draft, "second")
    draft.delete()
    assert table() == {}
    row = made(model)
    first, second = row.get_absolute_url(), rename(row, "second")
    row.status = "draft"
    row.save()
    assert asked(client, second) == (404, None)
    third = rename(row, "third")
    assert asked(client, second) == (404, None)
    row.status = "published"
    row.save()
    assert asked(client, first) == (301, third)
    row.status = "draft"
    rename(row, "first")
    assert asked(client, first) == (404, None)  # taken back, not in a circle


def test_the_query_of_a_deep_link_goes_along(content, client):
    place = Location.objects.get(slug="online")
    place.slug = "by-video"
    place.save()
    assert asked(client, "/locations/online/?utm_source=letter&x=%C3%A9") == (301, "/locations/by-video/?utm_source=letter&x=%C3%A9")
    assert asked(client, "/locations/online") == (301, "/locations/by-video/")
    Redirect.objects.create(site_id=1, old_path="/page.php?id=3", new_path="/contact/")
    Redirect.objects.create(site_id=1, old_path="/old/", new_path="/questions/?seen=1#question-1")
    assert asked(client, "/page.php?id=3") == (301, "/contact/")
    assert asked(client, "/page.php?id=4")[0] == 404
    assert asked(client, "/old/?a=b") == (301, "/questions/?seen=1&a=b#question-1")


def test_a_link_inside_a_text_survives_the_renaming(content, client):
    section = Section.objects.filter(shows="text").first()
    section.body = "Meet us [by video](/locations/online/#how)."
    section.save()
    place = Location.objects.get(slug="online")
    place.slug = "by-video"
    place.save()
    text = BeautifulSoup(client.get(section.service.get_absolute_url()).content, "html.parser")
    link = text.find("a", string="by video")["href"]
    answer = client.get(link, follow=True)
    assert answer.redirect_chain == [("/locations/by-video/", 301)]
    assert answer.status_code == 200


def test_a_page_that_answers_asks_for_no_redirect(content, client, django_assert_num_queries):
    client.get("/nothing/")  # the row of the site is kept from here on
    with django_assert_num_queries(11):  # as without redirects: tests/services/pages/test_render.py
        client.get("/contact/")
    assert client.get("/nothing/").status_code == 404


def test_the_sitemap_tells_of_new_addresses_only_and_by_the_name_of_the_site(content, client, settings):
    service = Service.objects.get()
    old, new = service.get_absolute_url(), rename(service, "dit")
    assert Site.objects.get_current().domain not in settings.SITE_URL
    assert new in paths(client, settings.SITE_URL)
    assert old not in paths(client, settings.SITE_URL)


# In the middle of a booking


def test_a_place_renamed_meanwhile_breaks_nobodys_booking(rota):
    """The old address in a link and in a session is a place unknown: the person is asked again, and what else they said is kept."""
    person = Walker()
    person.to_check("online")
    place = Location.objects.get(slug="online")
    place.slug = "by-video"
    place.save()
    assert person.get("", at="online").status_code == person.get("where/", at="online").status_code == 200
    assert person.get("when/").status_code == 200
    assert "/book/where/" in person.get("check/")["Location"]
    person.where("by-video")
    person.when()
    check = words(person.get("check/"))
    assert "Sam" in check
    assert place.name in check


def test_a_time_chosen_on_a_page_made_before_the_renaming_is_asked_again(rota):
    person = Walker()
    person.where("online")
    slot = person.slots()[0]
    place = Location.objects.get(slug="online")
    place.slug = "by-video"
    place.save()
    answer = person.when(slot)
    assert answer.status_code == 200
    assert "by-video." in answer.content.decode()


# From the admin


def test_renaming_and_deleting_many_in_admin(content, client, admin_client):
    article = made(Article)
    values = {"title": "Sleep", "slug": "second", "status": "published", "strapline": "-", "body": "-"}
    assert admin_client.post(reverse("admin:services_article_change", args=[article.pk]), values).status_code == 302
    assert asked(client, "/articles/first/") == (301, "/articles/second/")
    chosen = {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}
    assert admin_client.post(reverse("admin:services_article_changelist"), chosen).status_code == 302
    assert asked(client, "/articles/first/")[0] == asked(client, "/articles/second/")[0] == 410


def test_the_form_says_that_an_address_may_change(content, admin_client):
    for model in MADE:
        form = admin_client.get(reverse(f"admin:services_{model._meta.model_name}_add")).content.decode()
        assert "Change it freely: the old address leads here from then on." in form


def test_staff_add_the_addresses_of_an_earlier_site(content, client, admin_client):
    add = reverse("admin:redirects_redirect_add")
    assert admin_client.post(add, {"old_path": "/what-we-do.html", "new_path": "/therapies/"}).status_code == 302
    assert asked(client, "/what-we-do.html") == (301, "/therapies/")
    assert admin_client.post(add, {"old_path": "/über uns/", "new_path": ""}).status_code == 302
    assert asked(client, "/über uns/")[0] == 410
    Redirect.objects.filter(new_path="").delete()
    for wrong, said in [
        ({"old_path": "what-we-do", "new_path": ""}, "Start with a slash, like /what-we-do/."),
        ({"old_path": "/what-we-do.html", "new_path": ""}, "This address is in the list already."),
        ({"old_path": "/one/", "new_path": "therapies"}, "Start with a slash, like /therapies/"),
        ({"old_path": "/one/", "new_path": "//elsewhere.example"}, "Start with a slash, like /therapies/"),
        ({"old_path": "/one/", "new_path": "/what-we-do.html"}, "No page has this address any more."),
        ({"old_path": "/one/", "new_path": "/one/"}, "No page has this address any more."),
    ]:
        assert said in admin_client.post(add, wrong).content.decode()
    assert list(table()) == ["/what-we-do.html"]


def test_the_sites_are_no_business_of_staff():
    assert not admin.site.is_registered(Site)
