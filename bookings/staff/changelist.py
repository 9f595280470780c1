"""The list of requests: what waits for an answer is what one sees, and what waits longest stands first."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.html import format_html

from bookings.actions import TIME_CHANGED
from bookings.models import Event
from bookings.queries.search import MOST as MOST_FOUND
from bookings.queries.search import find_enquiries
from bookings.queries.waiting_time import until_when, wait_of
from bookings.staff import filters
from bookings.staff.base import EnquiryPart
from services.clinic import clinic
from services.clinic.staff_names import name_of
from services.clinic.uk_time import short_moment

MOST_COUNTED = 1000  # more nobody pages through: counting stops there, however many requests there are


class UpTo(Paginator):
    """Counts so far and no further: to count all of a large table is to read it."""

    object_list: QuerySet

    @cached_property
    def count(self):
        return min(self._counted, MOST_COUNTED)

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by().values("pk")[: MOST_COUNTED + 1].count()

    @property
    def there_are_more(self) -> bool:
        return self._counted > MOST_COUNTED


class EnquiryList(EnquiryPart):
    """The part of the admin of requests that lists them."""

    list_filter = [
        filters.StateFilter,
        filters.DueFilter,
        filters.WhoseFilter,
        filters.PlaceFilter,
        filters.TimeFilter,
        filters.ContactFilter,
        filters.AskedFilter,
        filters.OutcomeFilter,
        filters.SourceFilter,
    ]
    list_select_related = ["location", "assigned_to"]
    search_fields = ["reference"]  # that there is a search; what it finds is get_search_results'
    search_help_text = (
        "Reference, name, email or phone number, or how they begin, also as copied; of a phone number the last six digits are enough"
    )
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False  # this too would read the whole table
    show_facets = admin.ShowFacets.NEVER
    paginator = UpTo
    sortable_by = ["time"]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Requests"} | (extra_context or {}))

    def get_ordering(self, request):
        return filters.order_of(request)

    def get_queryset(self, request):
        # Not Exists: for that PostgreSQL would rather read all events there are, to know it of any request.
        moved = Event.objects.filter(enquiry=OuterRef("pk"), note=TIME_CHANGED).order_by()
        return super().get_queryset(request).annotate(is_moved=Subquery(moved.values("note")[:1]), until=until_when())

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        found = find_enquiries(search_term)
        request.found_too_many = len(found) > MOST_FOUND
        return queryset.filter(pk__in=found[:MOST_FOUND]), False

    def get_list_display(self, request):
        """The columns that count from now share the moment, and the opening hours, of the page."""
        as_of_now = clinic.of(request)

        @admin.display(description="due, or waits")
        def waits(enquiry):
            return render_to_string("admin/bookings/wait.html", {"wait": wait_of(enquiry, as_of_now, enquiry.until)})

        return ["number", "state", "named", "place", "time", "contact", waits, "assigned"]

    @admin.display(description="reference")
    def number(self, enquiry):
        return format_html('<span class="number">{}</span>', enquiry.reference)

    @admin.display
    def state(self, enquiry):
        return render_to_string("admin/bookings/state.html", {"enquiry": enquiry})

    @admin.display(description="name")
    def named(self, enquiry):
        return "Details deleted" if enquiry.erased_at else enquiry.name

    @admin.display
    def place(self, enquiry):
        return enquiry.location or "Any place"

    @admin.display(ordering="starts_at")
    def time(self, enquiry):
        return short_moment(enquiry.starts_at) if enquiry.starts_at else "None suited"

    @admin.display(description="contact")
    def contact(self, enquiry):
        return render_to_string("admin/bookings/contact.html", {"enquiry": enquiry})

    @admin.display(description="assigned to", empty_value="")
    def assigned(self, enquiry):
        return enquiry.assigned_to and name_of(enquiry.assigned_to)
