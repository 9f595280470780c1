"""The pages one reads. What the layout needs comes with the `clinic` of every template."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from services.models import Article, Closure, Evidence, FurtherReading, Issue, Location, Page, Service


def _words(name: str) -> Page:
    """The words of a page whose shape the site fixes; before the content is loaded only its name."""
    return Page.objects.filter(page=name).first() or Page(page=name, title=Page.Name(name).label)


@require_safe
def home(request):
    return render(request, "services/home.html", {"page": _words(Page.Name.HOME)})


@require_safe
def therapies(request):
    return render(request, "services/therapies.html", {"page": _words(Page.Name.THERAPIES)})


@require_safe
def service(request, slug):
    parts = [
        "facts",
        "sections",
        "results",
        Prefetch("evidence", Evidence.objects.filter(is_shown=True)),
        Prefetch("issues", Issue.objects.supported().select_related("source")),
        Prefetch("further_reading", FurtherReading.objects.published().select_related("article")),
    ]
    services = Service.objects.visible_to(request.user).select_related("author", "reviewed_by").prefetch_related(*parts)
    return render(request, "services/service.html", {"service": get_object_or_404(services, slug=slug)})


@require_safe
def locations(request):
    return render(request, "services/locations.html", {"page": _words(Page.Name.LOCATIONS)})


@require_safe
def location(request, slug):
    location = get_object_or_404(Location, slug=slug)
    closures = Closure.objects.at(location).ahead(timezone.localdate())
    return render(request, "services/location.html", {"location": location, "closures": closures})


@require_safe
def articles(request):
    ctx = {"page": _words(Page.Name.ARTICLES), "articles": Article.objects.published()}
    return render(request, "services/articles.html", ctx)


@require_safe
def article(request, slug):
    articles = Article.objects.visible_to(request.user).select_related("author", "reviewed_by")
    return render(request, "services/article.html", {"article": get_object_or_404(articles, slug=slug)})


@require_safe
def favicon(request):
    """Where browsers look that do not read the page's links."""
    return redirect(static("img/icon.png"))
