"""The list of requests: what waits for an answer is what one sees."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html

from bookings.states import LABELS, OPEN, Status
from services.clinic import Clinic
from services.uktime import clock, near_time, short_date


class OpenFirst(admin.SimpleListFilter):
    """What waits for an answer is what one sees; everything else is one click away."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("all", "All"), *LABELS.items()]

    def choices(self, changelist):
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Open",
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset.filter(status__in=[*OPEN, Status.SUSPECTED_SPAM])
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


def _columns(clinic: Clinic) -> list:
    """The columns that count from now."""

    @admin.display(ordering="created_at")
    def asked(enquiry):
        return near_time(enquiry.created_at, clinic.now)

    @admin.display(description="answer by")
    def answer_by(enquiry):
        due = clinic.reply_by(enquiry.waiting_since) if enquiry.status == Status.NEW else None
        if due and due < clinic.now:
            return format_html('<strong class="late">{}, late</strong>', near_time(due, clinic.now))
        return near_time(due, clinic.now) if due else ""

    return [asked, answer_by]


class EnquiryList:
    """The part of the admin of requests that lists them."""

    list_filter = [OpenFirst, "location", "contact_by", "source"]
    list_select_related = ["location"]
    search_fields = ["reference", "name", "email_key", "phone"]
    search_help_text = "Reference, name, email or phone number (+44…)"
    ordering = ["created_at", "pk"]
    list_per_page = 50

    def get_list_display(self, request):
        """One clinic for the whole list, so that its hours are read once."""
        return ["number", "state", "person", "place", "time", "contact", *_columns(Clinic(timezone.now()))]

    @admin.display(description="reference", ordering="reference")
    def number(self, enquiry):
        return format_html('<span class="number">{}</span>', enquiry.reference)

    @admin.display(ordering="status")
    def state(self, enquiry):
        return format_html('<span class="state state-{}">{}</span>', enquiry.status, enquiry.get_status_display())

    @admin.display(description="name", ordering="name")
    def person(self, enquiry):
        return "Details deleted" if enquiry.erased_at else enquiry.name

    @admin.display(ordering="location")
    def place(self, enquiry):
        return enquiry.location or "Any place"

    @admin.display(ordering="starts_at")
    def time(self, enquiry):
        return f"{short_date(enquiry.starts_at)}, {clock(enquiry.starts_at)}" if enquiry.starts_at else "None suited"

    @admin.display(description="contact")
    def contact(self, enquiry):
        if enquiry.erased_at:
            return ""
        if not enquiry.wants_calls:
            return "Email"
        safety = {"named": "message allowed", "unnamed": "message without our name", "none": "no message"}[enquiry.message_safety]
        return f"{enquiry.get_contact_by_display()}, {safety}"
