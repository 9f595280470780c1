"""The staff's day."""

from django.contrib import admin

from bookings.models import Enquiry
from bookings.staff import email_samples, notifications, rota  # noqa: F401 (they register themselves)
from bookings.staff.bulk_views import BulkPages
from bookings.staff.changelist import EnquiryList
from bookings.staff.diary import DiaryPages
from bookings.staff.enquiry.detail import EnquiryPages
from bookings.staff.reports.exports import Exports
from bookings.staff.reports.figures import FiguresPages


@admin.register(Enquiry)
class EnquiryAdmin(EnquiryPages, BulkPages, DiaryPages, FiguresPages, Exports, EnquiryList, admin.ModelAdmin):
    """Nothing is edited in place: the buttons are the only changes. They ask `may_answer`."""

    actions = None

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
