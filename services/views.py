"""The pages one reads. What the layout needs comes with the `clinic` of every template."""

from django.conf import settings
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from services.models import Article, Closure, Evidence, FurtherReading, Issue, Location, Page, Person, Question, Service
from services.models.site import FIXED


def _words(name: str) -> Page:
    """The words of a page whose shape the site fixes; before the content is loaded only its name."""
    return Page.objects.filter(slug=name).first() or Page(slug=name, title=name.capitalize())


@require_safe
def home(request):
    return render(request, "services/home.html", {"page": _words("home")})


@require_safe
def therapies(request):
    return render(request, "services/therapies.html", {"page": _words("therapies")})


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
    return render(request, "services/locations.html", {"page": _words("locations")})


@require_safe
def location(request, slug):
    location = get_object_or_404(Location, slug=slug)
    closures = Closure.objects.at(location).ahead(timezone.localdate())
    return render(request, "services/location.html", {"location": location, "closures": closures})


@require_safe
def articles(request):
    ctx = {"page": _words("articles"), "articles": Article.objects.published()}
    return render(request, "services/articles.html", ctx)


@require_safe
def article(request, slug):
    articles = Article.objects.visible_to(request.user).select_related("author", "reviewed_by")
    return render(request, "services/article.html", {"article": get_object_or_404(articles, slug=slug)})


@require_safe
def page(request, slug):
    """A page of staff's own. The lists are read only by the page that shows them."""
    pages = Page.objects.visible_to(request.user).exclude(slug__in=FIXED).select_related("author", "reviewed_by")
    context = {
        "page": get_object_or_404(pages, slug=slug),
        "practitioners": Person.objects.shown(),
        "questions": Question.objects.shown().by_service().select_related("service"),
        "studied": Service.objects.published().prefetch_related(Prefetch("evidence", Evidence.objects.filter(is_shown=True))),
        "cookies": {"session": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME},
    }
    return render(request, "services/free_page.html", context)


@require_safe
def favicon(request):
    """Where browsers look that do not read the page's links."""
    return redirect(static("img/icon.png"))
