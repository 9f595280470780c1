"""The staff's day."""

from django.contrib import admin

from bookings.admin import closings, notices, rota  # noqa: F401 (they register themselves)
from bookings.admin.bulk_pages import BulkPages
from bookings.admin.diary import DiaryPages
from bookings.admin.exports import Exports
from bookings.admin.figures import FiguresPages
from bookings.admin.list import EnquiryList
from bookings.admin.request import RequestPages
from bookings.models import Enquiry


@admin.register(Enquiry)
class EnquiryAdmin(RequestPages, BulkPages, DiaryPages, FiguresPages, Exports, EnquiryList, admin.ModelAdmin):
    """Nothing is edited in place: the buttons are the only changes. They ask `may_answer`."""

    actions = None

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
