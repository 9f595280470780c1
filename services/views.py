"""The pages one reads: published rows, the same for everyone. What the layout needs comes with the `clinic` of every template."""

from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from services.models import Article, Closure, Location, Page, Service
from services.models.site import FIXED
from services.pages.render import draw, with_parts


def _fixed(request, name: str):
    """A page whose shape the site fixes; before the content is loaded it has only its name."""
    return draw(request, Page.objects.filter(slug=name).first() or Page(slug=name, title=name.capitalize()))


@require_safe
def home(request):
    return _fixed(request, "home")


@require_safe
def therapies(request):
    return _fixed(request, "therapies")


@require_safe
def service(request, slug):
    return draw(request, get_object_or_404(with_parts(Service.objects.published()), slug=slug))


@require_safe
def locations(request):
    return _fixed(request, "locations")


@require_safe
def location(request, slug):
    location = get_object_or_404(Location.objects.select_related("picture"), slug=slug)
    closures = Closure.objects.at(location).ahead(timezone.localdate())
    return render(request, "services/location.html", {"location": location, "closures": closures})


@require_safe
def articles(request):
    return _fixed(request, "articles")


@require_safe
def article(request, slug):
    return draw(request, get_object_or_404(with_parts(Article.objects.published()), slug=slug))


@require_safe
def page(request, slug):
    """A page of staff's own."""
    return draw(request, get_object_or_404(with_parts(Page.objects.published().exclude(slug__in=FIXED)), slug=slug))


@require_safe
def favicon(request):
    """Where browsers look that do not read the page's links."""
    return redirect(static("img/icon.png"))
