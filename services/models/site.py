"""The pages every clinic's site has: four whose shape is fixed, any number of free ones, and the questions people ask."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from services.models.markdown import MarkdownField
from services.models.pages import PublicationStatus, Reviewed, Service
from services.models.slug_redirects import LEADS_ON
from services.models.timestamped import Dated

FIXED = ["home", "therapies", "locations", "articles"]  # their addresses and their shape are the site's own
SERVED_BY_OTHERS = {"static", "media", "healthz", "request"}  # no page answers there, so resolving them would say nothing


class Page(Reviewed):
    """A page of words, with perhaps one of the clinic's lists under them."""

    class Shows(models.TextChoices):
        TEXT = "text", "Only the text"
        MEETING = "meeting", "The first meeting: length, cost, how to change or cancel"
        PRACTITIONERS = "practitioners", "The practitioners who are shown"
        QUESTIONS = "questions", "Questions and answers"
        EVIDENCE = "evidence", "All studies, with their limits and sources"
        CONTACT = "contact", "Phone numbers, hours and places"
        CRISIS = "crisis", "Who helps at once; nothing to book beside it"
        PRIVACY = "privacy", "The privacy notice of the booking"
        COOKIES = "cookies", "The cookies this site sets"

    class Linked(models.TextChoices):
        MENU = "menu", "In the menu at the top"
        FOOTER = "footer", "In the footer, under “Find out more”"
        LEGAL = "legal", "In the last line of the footer"
        NOWHERE = "nowhere", "Nowhere: only where a text links to it"

    title = models.CharField(max_length=120, help_text="The page's heading.")
    slug = models.SlugField("address", unique=True, help_text=f"The page's address: contact makes /contact/. {LEADS_ON}")
    strapline = models.CharField(max_length=200, help_text="One sentence under the heading; search engines show it too.")
    body = MarkdownField("text", blank=True)
    shows = models.CharField(max_length=20, choices=Shows, default=Shows.TEXT, help_text="What stands under the text.")
    linked = models.CharField(max_length=10, choices=Linked, default=Linked.NOWHERE, help_text="Where every page links to it.")
    menu_label = models.CharField("name in menus", max_length=40, blank=True, help_text="Short. Empty: the heading.")
    order = models.PositiveSmallIntegerField(default=0, help_text="Low numbers come first in the menu and the footer.")

    class Meta:
        ordering = ["order", "title"]
        constraints = [
            models.CheckConstraint(
                name="fixed_page_is_published",
                condition=~Q(slug__in=FIXED) | Q(status=PublicationStatus.PUBLISHED),
                violation_error_message="This page is part of the site's frame and always there. Choose Published.",
            )
        ]

    def __str__(self):
        return self.title

    def clean(self):
        """An address that leads elsewhere would leave the page out of reach."""
        if self.is_fixed:
            return
        try:
            leads_to = resolve(self.get_absolute_url()).view_name
        except (NoReverseMatch, Resolver404):  # no slug at all: its own field says so
            return
        if leads_to != "services:page" or self.slug in SERVED_BY_OTHERS:
            raise ValidationError({"slug": "Another part of the site has this address. Choose a different one."})

    def get_absolute_url(self):
        return reverse(f"services:{self.slug}") if self.is_fixed else reverse("services:page", args=[self.slug])

    @property
    def is_fixed(self) -> bool:
        return self.slug in FIXED

    @property
    def label(self) -> str:
        """How menus name it."""
        return self.menu_label or self.title


class QuestionQuerySet(models.QuerySet):
    def shown(self):
        """Also not those about a service that is still a draft."""
        return self.filter(Q(service=None) | Q(service__status=PublicationStatus.PUBLISHED), is_shown=True)

    def by_service(self):
        """Those about coming here first, then one service after the other."""
        return self.order_by(F("service__order").asc(nulls_first=True), "service__name", "order")


class Question(Dated):
    """What people ask, and our answer."""

    question = models.CharField(max_length=160, help_text="As a person would ask it.")
    answer = MarkdownField()
    service = models.ForeignKey(
        Service,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="questions",
        help_text="What it is about. Empty: coming here.",
    )
    is_shown = models.BooleanField("shown", default=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.question
