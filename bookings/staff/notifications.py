"""The messages that are owed, were sent or failed."""

from django.contrib import admin
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.html import format_html

from bookings.models import Notice
from bookings.staff.changelist import UpTo
from services.clinic.uk_time import full_date, short_moment


class LookFilter(admin.SimpleListFilter):
    """What somebody has to look at."""

    title = "what to look at"
    parameter_name = "look"

    def lookups(self, request, model_admin):
        return [("failed", "Failed emails"), ("late", "Still waiting for the mail server"), ("tell", "Tell by phone")]

    def queryset(self, request, queryset):
        looks = {"failed": queryset.failed, "late": queryset.late, "tell": queryset.to_tell}
        return looks.get(self.value() or "", lambda: queryset)()


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
    """What is owed, was sent or failed, and what is to be told by phone. It is read here and acted on at its request."""

    list_display = ["request", "kind", "by", "owed_since", "what_became"]
    list_filter = [LookFilter, "status", "kind"]
    list_select_related = ["event__enquiry"]
    list_display_links = None
    ordering = ["-pk"]  # the newest first, by the one order that costs nothing
    sortable_by = []
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = UpTo

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display
    def request(self, notice):
        if not notice.event:
            return full_date(notice.day)
        url = reverse("admin:bookings_enquiry_change", args=[notice.event.enquiry_id])
        return format_html('<a href="{}">{}</a>', url, notice.event.enquiry)

    @admin.display
    def by(self, notice):
        return notice.enquiry.way_by_phone.capitalize() if notice.channel == Notice.Channel.PHONE else "Email"

    @admin.display
    def owed_since(self, notice):
        return short_moment(notice.created_at)

    @admin.display(description="what became of it")
    def what_became(self, notice):
        """In words somebody at reception can act on; the code is for whoever looks after the site."""
        if notice.status == Notice.Status.SENT:
            return f"{'Told' if notice.channel == Notice.Channel.PHONE else 'Sent'} {short_moment(notice.sent_at)}"
        if notice.status == Notice.Status.FAILED:
            return f"Failed: {notice.why_not_with_code}"
        if notice.status == Notice.Status.DROPPED:
            return notice.get_status_display()
        if notice.channel == Notice.Channel.PHONE:
            return "Still to be told"
        if not notice.attempts:
            return "Goes out within a minute"
        return f"Tried {notice.attempts} time{pluralize(notice.attempts)}: {notice.why_not if notice.last_error else 'under way'}"
