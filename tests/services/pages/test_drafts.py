"""Drafts: nobody finds them, staff preview them at an address of their own, and what is public is the same for everyone."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.cache import caches
from django.urls import reverse

from services.models import Article, Evidence, Page, Service
from tests.markup import faults
from tests.services.pages.test_render import ARTICLE, DIT, HELP_NOW, PAGES

OF_STAFF = "Not checked yet (only staff see this)"
DRAWN = [(Service, DIT), (Article, ARTICLE), (Page, "/evidence/"), (Page, "/"), (Page, "/articles/")]


def row_of(model, url):
    return next(row for row in model.objects.all() if row.get_absolute_url() == url)


def preview_of(row) -> str:
    return reverse(f"admin:services_{row._meta.model_name}_preview", args=[row.pk])


def change_of(row) -> str:
    return reverse(f"admin:services_{row._meta.model_name}_change", args=[row.pk])


def soup(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


@pytest.mark.parametrize("url", [*PAGES, HELP_NOW])
def test_a_public_page_is_the_same_for_staff_and_asks_for_no_cookie(content, client, admin_client, url):
    Service.objects.create(title="Unfinished", name="Unfinished", slug="unfinished")
    Article.objects.create(title="Unfinished", slug="unfinished", body="-")
    everyones = client.get(url)
    caches["pages"].clear()  # made once more, for staff
    of_staff = admin_client.get(url)
    assert everyones.status_code == 200
    assert everyones.content == of_staff.content
    assert OF_STAFF not in everyones.content.decode()
    assert "Unfinished" not in everyones.content.decode()
    for answer in (everyones, of_staff):
        assert "Cookie" not in answer.get("Vary", "")
        assert not answer.cookies


@pytest.mark.parametrize(("model", "url"), DRAWN)
def test_the_preview_is_the_public_page_with_a_bar(content, client, admin_client, model, url):
    row = row_of(model, url)
    public, answer = soup(client.get(url)), admin_client.get(preview_of(row))
    preview = soup(answer)
    bar = preview.select_one(".preview-bar")
    assert bar.get_text(" ", strip=True) == "Preview of the page as saved. Edit"
    assert bar.a["href"] == change_of(row)
    assert preview.find("meta", attrs={"name": "robots"})["content"] == "noindex"
    assert preview.find("link", rel="canonical") is None
    assert preview.select("script[type='application/ld+json']") == []
    assert answer["Cache-Control"] == "no-store"
    assert faults(answer.content) == []
    for remark in preview.select(".for-staff"):
        remark.decompose()
    assert preview.main.get_text(" ", strip=True) == public.main.get_text(" ", strip=True)


@pytest.mark.parametrize(("model", "url"), DRAWN[:3])
def test_a_draft_is_seen_in_its_preview_alone(content, client, admin_client, model, url):
    row = row_of(model, url)
    row.status = "draft"
    row.save()
    assert client.get(url).status_code == admin_client.get(url).status_code == 404
    preview = soup(admin_client.get(preview_of(row)))
    assert preview.select_one(".preview-bar").get_text(" ", strip=True) == "Draft. Only staff can see this page. Edit"
    assert preview.h1.get_text() == row.title
    for listing in ("/", "/therapies/", "/articles/", "/sitemap.xml"):
        assert url not in client.get(listing).content.decode()


def test_the_remarks_of_staff_stand_in_the_preview(content, admin_client):
    Evidence.objects.update(checked_on=None)
    assert OF_STAFF in admin_client.get(preview_of(Page.objects.get(slug="evidence"))).content.decode()
    assert OF_STAFF in admin_client.get(preview_of(Page.objects.get(slug="help-now"))).content.decode()


def test_a_preview_is_for_staff_who_may_view_and_only_read(content, client, admin_client, django_user_model):
    url = preview_of(Service.objects.get())
    assert client.get(url)["Location"] == f"/admin/login/?next={url}"
    member = django_user_model.objects.create_user("reception", is_staff=True)
    client.force_login(member)
    assert client.get(url).status_code == 403
    member.user_permissions.add(Permission.objects.get(codename="view_service"))
    assert client.get(url).status_code == 200
    assert admin_client.post(url).status_code == 405
    assert admin_client.get(preview_of(Service(pk=999))).status_code == 404


def test_the_form_of_a_draft_leads_to_its_preview_and_so_does_saving_it(content, admin_client):
    article = Article.objects.create(title="Unfinished", slug="unfinished", strapline="-", body="-")
    form = soup(admin_client.get(change_of(article)))
    assert [a.get_text() for a in form.select(".object-tools a")] == ["History", "Preview"]
    assert form.find("a", string="Preview")["href"] == preview_of(article)
    values = {"title": "Still unfinished", "slug": "unfinished", "status": "draft", "strapline": "-", "body": "-"}
    saved = soup(admin_client.post(change_of(article), values, follow=True))
    assert saved.select_one(f".messagelist a[href='{preview_of(article)}']").get_text() == "Preview"
    admin_client.post(change_of(article), values | {"status": "published"})
    assert soup(admin_client.get(change_of(article))).find("a", string="Preview") is None


def test_a_new_draft_is_offered_as_a_preview(content, admin_client):
    values = {"title": "New", "slug": "new", "status": "draft", "strapline": "-", "body": "-"}
    saved = soup(admin_client.post(reverse("admin:services_article_add"), values, follow=True))
    assert saved.select_one(".messagelist a[href$='/preview/']")["href"] == preview_of(Article.objects.get(slug="new"))
