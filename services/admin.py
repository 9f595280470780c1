"""Where staff edit the clinic's facts and words. Closures are edited with the bookings: whoever adds one must see whom it strands."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Textarea
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from services import reviews
from services.models import (
    Article,
    BankHoliday,
    ClinicDetails,
    CrisisContact,
    Evidence,
    Fact,
    FurtherReading,
    Issue,
    Location,
    OpeningHours,
    Page,
    Person,
    PhoneNumber,
    Question,
    Rating,
    Result,
    Section,
    Service,
)

REVIEW = ("Who stands for it", {"fields": [("author", "last_updated"), ("reviewed_by", "last_reviewed", "next_review_due")]})
ADDRESS = {"slug": ["title"]}
LINKS = {models.URLField: {"assume_scheme": "https"}}  # an address typed without it


@admin.register(ClinicDetails)
class ClinicDetailsAdmin(admin.ModelAdmin):
    """One row: edited, never added twice or deleted."""

    list_display = ["name", "email", "reply_promise_hours"]
    fieldsets = [
        ("Name", {"fields": ["name", "town", "tagline"]}),
        ("Calling and booking", {"fields": ["call_heading", "book_label", "email", "reply_promise_hours"]}),
        ("The first meeting", {"fields": ["first_meeting_fee", "cancellation_terms"]}),
        ("In a crisis", {"fields": ["crisis_statement", "emergency_heading", "emergency_signs"]}),
    ]

    def get_urls(self):
        return [path("to-do/", self.admin_site.admin_view(self.to_do), name="to_do"), *super().get_urls()]

    def to_do(self, request):
        """What the site still needs from the clinic, in one list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": "To look at and to fill in",
            "groups": reviews.to_do(timezone.localdate()),
        }
        return TemplateResponse(request, "admin/to_do.html", context)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not ClinicDetails.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(PhoneNumber)
class PhoneNumberAdmin(admin.ModelAdmin):
    """One number a role: changed, never deleted, because every page prints them."""

    list_display = ["number", "role"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(OpeningHours)
class OpeningHoursAdmin(admin.ModelAdmin):
    list_display = ["weekday", "opens", "closes"]
    list_editable = ["opens", "closes"]


@admin.register(BankHoliday)
class BankHolidayAdmin(admin.ModelAdmin):
    list_display = ["name", "day", "treatment", "opens", "closes"]
    list_filter = ["treatment"]
    date_hierarchy = "day"


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):
    list_display = ["name", "order", "is_online", "has_address", "step_free"]
    list_editable = ["order"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "order", "is_online", "area", "introduction"]}),
        ("Getting there", {"fields": ["address", "getting_there", "getting_in", "step_free"]}),
    ]

    @admin.display(boolean=True, description="address known")
    def has_address(self, location):
        return bool(location.address) or location.is_online


@admin.register(Rating)
class RatingAdmin(admin.ModelAdmin):
    formfield_overrides = LINKS
    list_display = ["words", "order", "is_shown", "checked_on"]
    list_editable = ["order", "is_shown"]


@admin.register(CrisisContact)
class CrisisContactAdmin(admin.ModelAdmin):
    list_display = ["name", "how", "order", "checked_on"]
    list_editable = ["order"]


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    formfield_overrides = LINKS
    list_display = ["name", "is_practitioner", "is_shown", "order", "register_checked_on", "user"]
    list_editable = ["order"]
    list_filter = ["is_practitioner", "is_shown"]
    list_select_related = ["user"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["user"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "profile_url", "is_practitioner", "user"]}),
        ("Profile", {"fields": ["is_shown", "order", "role", "text"]}),
        ("Register", {"fields": [("register", "register_number"), "register_url", "register_checked_on"]}),
    ]


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    """The pages of the frame keep their address; the others are staff's own."""

    list_display = ["title", "slug", "status", "shows", "linked", "order", "next_review_due"]
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
class QuestionAdmin(admin.ModelAdmin):
    list_display = ["question", "service", "order", "is_shown"]
    list_editable = ["order", "is_shown"]
    list_filter = ["service", "is_shown"]
    list_select_related = ["service"]
    search_fields = ["question", "answer"]


class PartInline(admin.TabularInline):
    """A list of the page, in the order it is shown."""

    extra = 0
    formfield_overrides = LINKS | {models.TextField: {"widget": Textarea(attrs={"rows": 4, "cols": 40})}}


class SectionInline(admin.StackedInline):
    model = Section
    extra = 0
    fields = [("heading", "order"), ("anchor", "contents_label"), "body", "shows", "pull_quote"]
    classes = ["collapse"]


class FactInline(PartInline):
    model = Fact
    fields = ["order", "label", "value"]


class ResultInline(PartInline):
    model = Result
    fields = ["order", "text"]


class EvidenceInline(PartInline):
    model = Evidence
    fields = ["order", "name", "finding", "limits", "citation", "url", "checked_on", "is_shown"]


class IssueInline(PartInline):
    model = Issue
    fields = ["order", "group", "name", "source", "url"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Only studies of the service being edited."""
        if db_field.name == "source":
            kwargs["queryset"] = Evidence.objects.filter(service=request.resolver_match.kwargs.get("object_id"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class FurtherReadingInline(PartInline):
    model = FurtherReading
    fields = ["order", "article"]


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ["name", "status", "order", "last_updated", "next_review_due"]
    list_editable = ["order"]
    list_filter = ["status"]
    prepopulated_fields = ADDRESS
    inlines = [FactInline, SectionInline, ResultInline, EvidenceInline, IssueInline, FurtherReadingInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "status", "strapline", "picture_alt"]}),
        ("In menus and lists", {"fields": ["name", "short_name", "summary", "order"]}),
        ("What it helps with", {"fields": ["proven_lead_in", "common_lead_in", "evidence_summary"]}),
        REVIEW,
    ]


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    list_display = ["title", "status", "author", "last_updated", "next_review_due"]
    list_filter = ["status"]
    list_select_related = ["author"]
    search_fields = ["title"]
    prepopulated_fields = ADDRESS
    fieldsets = [(None, {"fields": ["title", "slug", "status", "strapline", "body"]}), REVIEW]
