"""The pages: therapies with their parts, articles, pages of words, questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models

from services.admin.cells import NamedInline
from services.admin.order import Ordered
from services.admin.previews import Previewed
from services.admin.public_urls import OnSite
from services.fields import OF_MODELS
from services.models import Article, Evidence, Fact, FurtherReading, Issue, Page, Question, Result, Section, Service

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldOpts

REVIEW: tuple[str, _FieldOpts] = (
    "Who stands for it",
    {"fields": [("author", "last_updated"), ("reviewed_by", "last_reviewed", "next_review_due")]},
)
ADDRESS: dict[str, Sequence[str]] = {"slug": ["title"]}


@admin.register(Page)
class PageAdmin(Ordered, Previewed):
    """The pages of the frame keep their address; the others are staff's own."""

    ordering = ["linked", "order", "title"]  # an order means something among the pages of one menu alone
    list_display = ["title", "status", "linked", "order", "next_review_due"]
    list_editable = ["order"]
    list_filter = ["status", "linked"]
    search_fields = ["title"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "status", "strapline", "body", "shows"]}),
        ("In the menu and the footer", {"fields": [("linked", "menu_label", "order")]}),
        REVIEW,
    ]

    def get_readonly_fields(self, request, page=None):
        return ["slug", "status", "shows"] if page and page.is_fixed else []

    def get_prepopulated_fields(self, request, page=None):
        return {} if page else ADDRESS

    def has_delete_permission(self, request, page=None):
        return super().has_delete_permission(request, page) and not (page and page.is_fixed)


@admin.register(Question)
class QuestionAdmin(OnSite, Ordered):
    list_display = ["question", "service", "order", "is_shown"]
    list_editable = ["order", "is_shown"]
    list_filter = ["service", "is_shown"]
    list_select_related = ["service"]
    search_fields = ["question", "answer"]


class PartInline(OnSite, NamedInline):
    """A list of the page, in the order it is shown."""

    extra = 0


class FoldedInline(OnSite, admin.StackedInline):
    """Parts with more to say than a table has room for."""

    extra = 0
    formfield_overrides = OF_MODELS | {models.TextField: OF_MODELS[models.TextField] | {"widget": AdminTextareaWidget(attrs={"rows": 4})}}
    classes = ["collapse"]


class SectionInline(FoldedInline):
    model = Section
    fields = ["heading", "anchor", ("contents_label", "is_unlisted"), "body", "shows", "pull_quote", "order"]
    prepopulated_fields = {"anchor": ["heading"]}


class FactInline(PartInline):
    model = Fact
    fields = ["order", "label", "value"]


class ResultInline(PartInline):
    model = Result
    fields = ["order", "text"]


class EvidenceInline(FoldedInline):
    model = Evidence
    fields = ["name", "finding", "limits", "citation", "url", ("checked_on", "is_shown"), "order"]


class IssueInline(FoldedInline):
    model = Issue
    fields = ["name", ("group", "source"), "url", ("checked_on", "is_shown"), "order"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Only studies of the service being edited."""
        if db_field.name == "source":
            kwargs["queryset"] = Evidence.objects.filter(service=request.resolver_match.kwargs.get("object_id"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class FurtherReadingInline(PartInline):
    model = FurtherReading
    fields = ["order", "article"]


@admin.register(Service)
class ServiceAdmin(Ordered, Previewed):
    list_display = ["name", "status", "order", "last_updated", "next_review_due"]
    list_editable = ["order"]
    list_filter = ["status"]
    prepopulated_fields = ADDRESS
    inlines = [FactInline, SectionInline, ResultInline, EvidenceInline, IssueInline, FurtherReadingInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "status", "strapline", "picture", "picture_alt"]}),
        ("In menus and lists", {"fields": ["name", "short_name", "summary", "order"]}),
        ("What it helps with", {"fields": ["proven_lead_in", "common_lead_in", "evidence_summary"]}),
        REVIEW,
    ]


@admin.register(Article)
class ArticleAdmin(Previewed):
    list_display = ["title", "status", "author", "last_updated", "next_review_due"]
    list_filter = ["status"]
    list_select_related = ["author"]
    search_fields = ["title"]
    prepopulated_fields = ADDRESS
    fieldsets = [(None, {"fields": ["title", "slug", "status", "strapline", "body"]}), REVIEW]
