"""Where everyone sees what a row says: the page that “View on site” in admin opens. Empty while no page shows it."""

from collections.abc import Callable
from functools import singledispatch

from django.db.models import QuerySet
from django.urls import reverse

from services.models import ClinicDetails, CrisisContact, Evidence, Issue, OpeningHours, Page, Person, Question, Rating, Section
from services.models.slug_redirects import Addressed


@singledispatch
def on_site(row) -> str:
    """The path, perhaps with an #anchor."""
    return ""


def _on_page_that_shows(shows: str, anchor: str = "") -> str:
    page = Page.objects.published().filter(shows=shows).first()
    return f"{page.get_absolute_url()}{anchor and f'#{anchor}'}" if page else ""


@on_site.register
def _(row: Addressed):
    return row.get_absolute_url() if row.is_public else ""


@on_site.register
def _(section: Section):
    """The headings of empty lists are left out."""
    lists: dict[str, Callable[[], QuerySet]] = {
        Section.Shows.ISSUES: section.service.issues.supported,
        Section.Shows.READING: section.service.further_reading.published,
    }
    if not section.service.is_public or (section.shows in lists and not lists[section.shows]().exists()):
        return ""
    return f"{section.service.get_absolute_url()}#{section.anchor}"


@on_site.register
def _(issue: Issue):
    section = next((each for each in issue.service.sections.all() if each.shows == Section.Shows.ISSUES), None)
    return on_site(section) if section and Issue.objects.supported().filter(pk=issue.pk).exists() else ""


@on_site.register
def _(study: Evidence):
    is_seen = study.is_shown and study.service.is_public
    return _on_page_that_shows(Page.Shows.EVIDENCE, f"study-{study.pk}") if is_seen else ""


@on_site.register
def _(question: Question):
    is_seen = Question.objects.shown().filter(pk=question.pk).exists()
    return _on_page_that_shows(Page.Shows.QUESTIONS, f"question-{question.pk}") if is_seen else ""


@on_site.register
def _(person: Person):
    is_seen = person.is_practitioner and person.is_shown
    return _on_page_that_shows(Page.Shows.PRACTITIONERS, f"person-{person.pk}") if is_seen else ""


@on_site.register
def _(contact: CrisisContact):
    return _on_page_that_shows(Page.Shows.CRISIS)


@on_site.register
def _(hours: OpeningHours):
    return _on_page_that_shows(Page.Shows.CONTACT)


@on_site.register
def _(rating: Rating):
    return reverse("services:home") if rating.is_shown else ""


@on_site.register
def _(details: ClinicDetails):
    return reverse("services:home")
