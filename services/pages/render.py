"""How the page of a row is drawn: for everyone while it is published (views.py), for staff as a preview (admin/previews.py)."""

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from services.models import Article, Evidence, FurtherReading, Issue, Page, Person, Question, Service
from services.models.pages import Row


def with_parts(rows: QuerySet[Row]) -> QuerySet[Row]:
    """The rows, each with what its page shows, in as many queries however much that is."""
    pictures, parts = (["picture"], _parts()) if rows.model is Service else ([], [])
    return rows.select_related("author", "reviewed_by", *pictures).prefetch_related(*parts)


def _parts() -> list[str | Prefetch]:
    return [
        "facts",
        "sections",
        "results",
        Prefetch("evidence", Evidence.objects.filter(is_shown=True)),
        Prefetch("issues", Issue.objects.supported().select_related("source")),
        Prefetch("further_reading", FurtherReading.objects.published().select_related("article")),
    ]


def draw(request, row: Service | Article | Page, **more) -> HttpResponse:
    """The page of the row, whatever its status: whoever calls has found it for this reader. `more` goes to the template."""
    if isinstance(row, Service):
        return render(request, "services/service.html", {"service": row} | more)
    if isinstance(row, Article):
        return render(request, "services/article.html", {"article": row} | more)
    if row.is_fixed:
        return render(request, f"services/{row.slug}.html", {"page": row, "articles": Article.objects.published()} | more)
    return render(request, "services/free_page.html", _lists() | {"page": row} | more)


def _lists() -> dict:
    """What a free page may show under its words: read only by the page that does."""
    return {
        "practitioners": Person.objects.shown().select_related("photo"),
        "questions": Question.objects.shown().by_service().select_related("service"),
        "studied": Service.objects.published().prefetch_related(Prefetch("evidence", Evidence.objects.filter(is_shown=True))),
        "cookies": {name: getattr(settings, f"{name.upper()}_COOKIE_NAME") for name in ("session", "csrf", "browser")},
    }
