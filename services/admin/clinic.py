"""The clinic itself: its facts, numbers, hours, places and people."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelChoiceField
from django.template.response import TemplateResponse
from django.urls import path

from services.admin.cells import NamedInList
from services.admin.order import Ordered
from services.admin.public_urls import OnSite
from services.admin.versions import VersionedAdmin
from services.clinic import clinic, content_todo
from services.clinic.staff_names import account_name
from services.models import ClinicDetails, CrisisContact, Location, OpeningHours, Person, PhoneNumber, Rating


@admin.register(ClinicDetails)
class ClinicDetailsAdmin(OnSite, VersionedAdmin):
    """One row: edited, never added twice or deleted."""

    list_display = ["name", "email", "reply_promise_hours"]
    fieldsets = [
        ("Name", {"fields": ["name", "town", "tagline"]}),
        ("Calling and booking", {"fields": ["call_heading", "book_label", "email", "reply_promise_hours"]}),
        ("The first meeting", {"fields": ["first_meeting_fee", "cancellation_terms"]}),
        ("In a crisis", {"fields": ["crisis_statement", "emergency_heading", "emergency_signs"]}),
        ("Other help", {"fields": ["other_help"]}),
    ]

    def get_urls(self):
        return [path("to-do/", self.admin_site.admin_view(self.to_do), name="to_do"), *super().get_urls()]

    def to_do(self, request):
        """What the site still needs from the clinic, in one list."""
        if not request.user.has_module_perms("services"):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": "To look at and to fill in",
            "groups": content_todo.to_do_of(request.user, clinic.of(request)),
        }
        return TemplateResponse(request, "admin/to_do.html", context)

    def has_add_permission(self, request):
        # Asked for in the list of all models, on every page.
        return super().has_add_permission(request) and not clinic.of(request).details.pk

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(PhoneNumber)
class PhoneNumberAdmin(VersionedAdmin):
    """One number a role: changed, never deleted, because every page prints them."""

    list_display = ["number", "role"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(OpeningHours)
class OpeningHoursAdmin(OnSite, NamedInList):
    list_display = ["weekday", "opens", "closes"]
    list_editable = ["opens", "closes"]


@admin.register(Location)
class LocationAdmin(OnSite, Ordered):
    list_display = ["name", "order", "is_online", "has_address", "step_free"]
    list_editable = ["order"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "order", "is_online", "area", "picture", "introduction"]}),
        ("Getting there", {"fields": ["address", "getting_there", "getting_in", "step_free"]}),
    ]

    @admin.display(boolean=True, description="address known")
    def has_address(self, location):
        return bool(location.address) or location.is_online


@admin.register(Rating)
class RatingAdmin(OnSite, Ordered):
    list_display = ["words", "order", "is_shown", "checked_on"]
    list_editable = ["order", "is_shown"]


@admin.register(CrisisContact)
class CrisisContactAdmin(OnSite, Ordered):
    list_display = ["name", "how", "order", "checked_on"]
    list_editable = ["order"]


class Account(ModelChoiceField):
    def label_from_instance(self, user):
        return account_name(user)


@admin.register(Person)
class PersonAdmin(OnSite, Ordered):
    list_display = ["name", "is_practitioner", "is_shown", "order", "register_checked_on", "account"]
    list_editable = ["order"]
    list_filter = ["is_practitioner", "is_shown"]
    list_select_related = ["user"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["user"]
    filter_horizontal = ["places"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "profile_url"]}),
        ("Consultations", {"fields": ["is_practitioner", "places", "user"]}),
        ("Profile", {"fields": ["is_shown", "order", "role", "photo", "text"]}),
        ("Register", {"fields": [("register", "register_number"), "register_url", "register_checked_on"]}),
    ]

    @admin.display(ordering="user", empty_value="")
    def account(self, person):
        return person.user and account_name(person.user)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            kwargs["form_class"] = Account
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request, person=None):
        """Whose diary an account sees is decided by those who look after accounts."""
        return [] if request.user.has_perm("auth.change_user") else ["user"]
