"""The messages that are owed, were sent or failed."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from bookings.models import Notice
from services.uktime import full_date


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
    """What is owed, was sent or failed, and what is to be told by phone. It is read here and acted on at its request."""

    list_display = ["kind", "channel", "status", "request", "created_at", "sent_at", "attempts", "last_error"]
    list_filter = ["status", "channel", "kind"]
    list_select_related = ["event__enquiry"]
    list_display_links = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(ordering="event__enquiry")
    def request(self, notice):
        if not notice.event:
            return full_date(notice.day)
        url = reverse("admin:bookings_enquiry_change", args=[notice.event.enquiry_id])
        return format_html('<a href="{}">{}</a>', url, notice.event.enquiry)
