"""The information pages: each is a row with its parts in order."""

from typing import Self, TypeVar

from django.db import models
from django.urls import reverse

from services.models.images import Image
from services.models.markdown import MarkdownField
from services.models.people import Person
from services.models.slug_redirects import LEADS_ON, Addressed, AddressedQuerySet
from services.models.timestamped import Dated


class PublicationStatus(models.TextChoices):
    DRAFT = "draft", "Draft: only staff can see it"
    PUBLISHED = "published", "Published"


Row = TypeVar("Row", bound="Reviewed")


class PageQuerySet(AddressedQuerySet[Row]):
    def published(self) -> Self:
        return self.filter(status=PublicationStatus.PUBLISHED)


class Reviewed(Addressed, Dated):
    """A draft, or a page; who wrote it and when and, apart from that, who reviewed it. The review stays empty until there was one."""

    status = models.CharField(max_length=10, choices=PublicationStatus, default=PublicationStatus.DRAFT)
    author = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Printed under the page.")
    last_updated = models.DateField(null=True, blank=True, help_text="Printed under the page: Last updated 27 May 2020 by …")
    reviewed_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who checked the whole page."
    )
    last_reviewed = models.DateField(null=True, blank=True, help_text="When the whole page was last checked.")
    next_review_due = models.DateField(null=True, blank=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return self.status == PublicationStatus.PUBLISHED


class Service(Reviewed):
    """A therapy the clinic offers, with a page of its own."""

    title = models.CharField(max_length=120, help_text="The page's heading.")
    name = models.CharField(max_length=80, help_text="In menus and lists: Dynamic interpersonal therapy.")
    short_name = models.CharField(max_length=20, blank=True, help_text="DIT.")
    slug = models.SlugField("address", unique=True, help_text=f"The last part of the page's address. {LEADS_ON}")
    order = models.PositiveSmallIntegerField(default=0)
    strapline = models.CharField(max_length=200, help_text="One sentence above the heading; search engines show it too.")
    summary = models.TextField(blank=True, help_text="One or two sentences on the home page and in the list of therapies.")
    picture = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="+", help_text="At the top of the page, instead of the drawn couch."
    )
    picture_alt = models.CharField(
        "couch in words",
        max_length=160,
        blank=True,
        help_text="What someone hears who cannot see the drawn couch. A picture says it itself.",
    )
    proven_lead_in = models.CharField(
        "above proven issues", max_length=200, blank=True, help_text="Stands above the issues trials support; hidden while there are none."
    )
    common_lead_in = models.CharField(
        "above common issues",
        max_length=200,
        blank=True,
        help_text="Stands above what people also come with; hidden while there is nothing.",
    )
    evidence_summary = MarkdownField(blank=True, help_text="Stands above the studies, in plain words.")

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("services:service", args=[self.slug])

    @property
    def proven_issues(self) -> list["Issue"]:
        return [issue for issue in self.issues.all() if issue.group == Issue.Group.PROVEN]

    @property
    def common_issues(self) -> list["Issue"]:
        return [issue for issue in self.issues.all() if issue.group == Issue.Group.COMMON]

    @property
    def contents(self) -> list["Section"]:
        """What “On this page” lists. The issues only while there are some."""
        return [
            section for section in self.sections.all() if section.is_listed and (section.shows != Section.Shows.ISSUES or self.issues.all())
        ]


class Fact(models.Model):
    """One of the short facts in the band under the picture."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="facts")
    label = models.CharField(max_length=40)
    value = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.label


class Section(models.Model):
    """A heading with its text, and at its end perhaps one of the page's lists."""

    class Shows(models.TextChoices):
        TEXT = "text", "Only the text"
        LEAD = "lead", "The text, large: the opening of the page"
        CALL = "call", "The text in the green band, with the booking button and the places"
        ISSUES = "issues", "The issues and the studies behind them; hidden while there are no issues"
        RESULTS = "results", "The results, as a list with ticks"
        READING = "reading", "Further reading"
        SERVICES = "services", "The clinic's therapies, as links"

    service = models.ForeignKey(Service, models.CASCADE, related_name="sections")
    heading = models.CharField(max_length=160)
    anchor = models.SlugField(help_text="Links to this section end in #this. Keep it once published.")
    body = MarkdownField("text", blank=True)
    shows = models.CharField(max_length=10, choices=Shows, default=Shows.TEXT, help_text="What stands under the text.")
    contents_label = models.CharField(
        "name under “On this page”",
        max_length=80,
        blank=True,
        help_text="Short. Empty: the heading; an opening or a green band is then not listed.",
    )
    is_unlisted = models.BooleanField("not listed there", default=False, help_text="Leaves it out of the links at the top.")
    pull_quote = models.TextField(blank=True, help_text="A sentence of this section set large in a green box after the text.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["service", "anchor"], name="one_section_per_anchor")]

    def __str__(self):
        return self.heading

    @property
    def is_listed(self) -> bool:
        """Whether “On this page” lists it: an opening and a green band only by a name of their own."""
        return not self.is_unlisted and (bool(self.contents_label) or self.shows not in {self.Shows.LEAD, self.Shows.CALL})

    @property
    def label(self) -> str:
        """How “On this page” names it."""
        return self.contents_label or self.heading


class Result(models.Model):
    """What someone can expect from the therapy."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="results")
    text = models.CharField(max_length=160)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.text


class Evidence(models.Model):
    """A study or guideline in plain words, with its limits and its source."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="evidence")
    name = models.CharField(max_length=120, help_text="How a link names it: NHS trial of DIT (2020).")
    finding = models.TextField(help_text="What it found, in plain words.")
    limits = models.TextField(blank=True, help_text="What it cannot show: no control group, small numbers.")
    citation = models.CharField(max_length=300, help_text="Authors, journal, year, volume.")
    url = models.URLField("link", blank=True)
    checked_on = models.DateField(null=True, blank=True, help_text="When someone of the clinic last checked it against the source.")
    is_shown = models.BooleanField("shown", default=True, help_text="Off: the study, and every issue that rests on it alone, disappears.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "evidence"

    def __str__(self):
        return self.name


class IssueQuerySet(models.QuerySet):
    def supported(self):
        """What may be said: what is switched on, and an issue called proven only while its study is, too."""
        return self.filter(is_shown=True).exclude(group=Issue.Group.PROVEN, source__is_shown=False)


class Issue(models.Model):
    """Something people bring to the therapy: either proven to be helped, with its source, or simply common."""

    class Group(models.TextChoices):
        PROVEN = "proven", "Trials support it: needs a source"
        COMMON = "common", "People also come with it"

    service = models.ForeignKey(Service, models.CASCADE, related_name="issues")
    group = models.CharField(max_length=10, choices=Group, default=Group.COMMON)
    name = models.CharField(max_length=160)
    source = models.ForeignKey(Evidence, models.RESTRICT, null=True, blank=True, related_name="issues")
    url = models.URLField("link", blank=True, help_text="A page about it, if there is one.")
    checked_on = models.DateField(null=True, blank=True, help_text="When someone of the clinic last checked that its study supports it.")
    is_shown = models.BooleanField("shown", default=True, help_text="Off: it disappears from its page, and its study stays.")
    order = models.PositiveSmallIntegerField(default=0)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                name="proven_issue_has_a_source",
                condition=~models.Q(group="proven") | models.Q(source__isnull=False),
                violation_error_message="Say which study supports this, or choose “People also come with it”.",
            )
        ]

    def __str__(self):
        return self.name


class Article(Reviewed):
    """Something to read, with no booking to make."""

    title = models.CharField(max_length=160)
    slug = models.SlugField("address", unique=True, help_text=f"The last part of the page's address. {LEADS_ON}")
    strapline = models.CharField(max_length=200, help_text="One sentence under the heading; search engines show it too.")
    body = MarkdownField("text")

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("services:article", args=[self.slug])


class FurtherReadingQuerySet(models.QuerySet):
    def published(self):
        return self.filter(article__status=PublicationStatus.PUBLISHED)


class FurtherReading(models.Model):
    service = models.ForeignKey(Service, models.CASCADE, related_name="further_reading")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    objects = FurtherReadingQuerySet.as_manager()

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "further reading"

    def __str__(self):
        return self.article.title
