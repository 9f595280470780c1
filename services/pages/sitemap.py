"""Which pages there are to find, and since when each is as it is. A draft and whatever belongs to a person is not among them."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.contrib.sites.models import Site
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from services.clinic import clinic
from services.models import Article, Location, Page, Person, Question, Service
from services.models.timestamped import Dated


class Pages(Sitemap):
    """Every published page, as one list of path and date: a list of pages changes with the youngest of them."""

    def items(self) -> list[tuple]:
        services, articles, places = list(Service.objects.published()), list(Article.objects.published()), list(Location.objects.all())
        fixed: dict[str, Iterable[Dated]] = {"home": services, "therapies": services, "locations": places, "articles": articles}
        shown: dict[str, Iterable[Dated]] = {
            "evidence": services,
            "contact": places,
            "questions": Question.objects.shown(),
            "practitioners": Person.objects.shown(),
        }
        pages = {page.slug: page for page in Page.objects.published()}
        found = [(reverse(f"services:{slug}"), [pages.pop(slug, None), *rows]) for slug, rows in fixed.items()]
        found += [(page.get_absolute_url(), [page, *shown.get(page.shows, [])]) for page in pages.values()]
        return found + [(row.get_absolute_url(), [row]) for row in (*services, *places, *articles)]

    def location(self, item):
        return item[0]

    def lastmod(self, item):
        """None while nothing is loaded: a date nobody can stand for is worth less than none."""
        return max((row.updated_at for row in item[1] if row), default=None)

    def get_urls(self, page=1, site=None, protocol=None):
        """Addresses are those of SITE_URL, whatever name the request came by."""
        home = urlsplit(settings.SITE_URL)
        return super().get_urls(page, Site(domain=home.netloc), home.scheme)


@require_safe
def sitemap(request):
    return sitemap_view(request, {"pages": Pages}).render()


@require_safe
def robots(request):
    """Nothing is forbidden: a page that must not be found says so itself, and who may not read it never learns that."""
    lines = ["User-agent: *", "Disallow:", "", f"Sitemap: {settings.SITE_URL}{reverse('services:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request):
    """Whom to tell of a way to what is not yours, in the form of RFC 9116: the clinic's email address, or else its page "Contact".

    It holds for half a year from the day it is asked for: it is made from what is so on that day.
    """
    asked = clinic.of(request)
    contact = f"mailto:{asked.details.email}" if asked.details.email else f"{settings.SITE_URL}/contact/"
    expires = asked.now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=183)
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{reverse('services:security_txt')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
