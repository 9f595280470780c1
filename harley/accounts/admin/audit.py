"""What managers read: who changed what, who opened which request, and what was done with it. Nobody writes here."""

from functools import cache

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import format_html

from bookings.domain.search_terms import read_search
from bookings.models import Event
from harley.models import AuditEntry, Look
from services.admin.uk_time import UKTime
from services.clinic.staff_names import name_of


class ByColleague(admin.RelatedOnlyFieldListFilter):
    """Whoever is named in a record, by name."""

    def field_choices(self, field, request, model_admin):
        listed = model_admin.get_queryset(request).order_by().distinct().values_list(f"{self.field_path}__pk", flat=True)
        return sorted(((user.pk, name_of(user)) for user in User.objects.filter(pk__in=listed)), key=lambda choice: choice[1])


class Record(UKTime):
    """Newest first, by the order of writing: an index answers, however many rows there are."""

    ordering = ["-pk"]
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count every row
    actions = None
    title: str

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, (extra_context or {}) | {"title": self.title})

    @admin.display(description="user")
    def who(self, row):
        return row.user and name_of(row.user)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, request.path, extra_context)  # a form says where to, even one that is only read

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class OfRequests(Record):
    """Found by a whole reference, as it is written or copied."""

    search_fields = ["enquiry__reference"]
    search_help_text = "A whole reference, as it is written or copied"
    list_filter = [("user", ByColleague)]
    list_select_related = ["enquiry", "user"]

    def get_search_results(self, request, rows, term):
        asked = read_search(term, settings.REFERENCE_PREFIXES)
        return (rows.filter(enquiry__reference__in=[*asked.references, *asked.perhaps_reference]) if term else rows), False

    @admin.display(description="request")
    def reference(self, row):
        return format_html('<a href="{}">{}</a>', reverse("admin:bookings_enquiry_change", args=[row.enquiry_id]), row.enquiry)


@admin.register(Look)
class LookAdmin(OfRequests):
    title = "Who opened which request"
    list_display = ["at", "who", "reference", "page"]


@admin.register(Event)
class EventAdmin(OfRequests):
    title = "What was done with requests"
    list_display = ["at", "by", "reference", "from_status", "to_status", "note"]
    list_filter = ["actor", *OfRequests.list_filter]

    @admin.display(description="by")
    def by(self, event):
        return name_of(event.user) if event.user else event.get_actor_display()


@admin.register(AuditEntry)
class AuditEntryAdmin(Record):
    title = "Sign-ins, roles and lists"
    list_display = ["at", "kind", "who", "whose", "detail"]
    list_filter = ["kind", ("user", ByColleague), ("account", ByColleague)]
    list_select_related = ["user", "account"]
    date_hierarchy = "at"
    search_fields = ["user__username", "user__last_name", "account__username", "account__last_name"]
    search_help_text = "A colleague's last name or user name"

    @admin.display(description="account")
    def whose(self, entry):
        return entry.account and name_of(entry.account)


@admin.register(LogEntry)
class LogEntryAdmin(Record):
    """Which row and which of its fields, never what stood there."""

    title = "What else was changed"
    list_filter = [("user", ByColleague), ("content_type", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["user", "content_type"]
    date_hierarchy = "action_time"

    def get_list_display(self, request):
        """An account is called by the name of whose it is: the names of all are read once, where one is on the page."""

        @cache
        def names() -> dict[str, str]:
            return {str(user.pk): name_of(user) for user in User.objects.all()}

        @admin.display(description="object")
        def what(entry):
            of_account = entry.content_type and entry.content_type.model_class() is User
            return names().get(entry.object_id, entry.object_repr) if of_account else entry.object_repr

        return self.in_uk_time(["action_time", "who", "content_type", what, "done"])

    @admin.display(description="done")
    def done(self, entry):
        return entry.get_change_message() or entry.get_action_flag_display()
