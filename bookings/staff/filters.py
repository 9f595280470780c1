"""How the list of requests is narrowed. Each filter folds away, says what is chosen, and has an index or a short list to look through."""

from typing import ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Q

from bookings.domain.status import Status
from bookings.models import Enquiry
from bookings.queries.queues import BY_NAME, LATEST, NEWEST, NEXT_TIME, QUEUES, day_of
from bookings.queries.waiting_time import SOON
from services.clinic import clinic

FOLDING = "admin/bookings/filter.html"


class Filter(admin.SimpleListFilter):
    """Options by name, each with a label and what it asks for. Anything else that stands in the address shows all."""

    template = FOLDING

    def __init__(self, request, params, model, model_admin):
        self.request = request
        self.now = clinic.of(request).now
        super().__init__(request, params, model, model_admin)

    def options(self) -> dict:
        """name: (label, condition)"""
        raise NotImplementedError

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _) in self.options().items()]

    def queryset(self, request, queryset):
        _, condition = self.options().get(self.value(), ("", Q()))
        return queryset.filter(condition)


class StateFilter(admin.SimpleListFilter):
    """What waits for an answer is what one sees; everything else is one click away, and a search looks everywhere."""

    title = "state"
    parameter_name = "state"
    template = FOLDING

    def lookups(self, request, model_admin):
        return [(queue.name, queue.label) for queue in QUEUES]

    def __init__(self, request, params, model, model_admin):
        self.now = clinic.of(request).now
        self.usual = usual_of(request)
        super().__init__(request, params, model, model_admin)

    def choices(self, changelist):
        chosen = queue_of(self.value(), self.usual)
        for queue in QUEUES:
            yield {
                "selected": queue is chosen,
                "query_string": changelist.get_query_string({self.parameter_name: queue.name}),
                "display": queue.label,
            }

    def queryset(self, request, queryset):
        return queryset.filter(queue_of(self.value(), self.usual).where(self.now))


def queue_of(name: str | None, usual: str = "open"):
    return BY_NAME.get(name or usual) or BY_NAME[usual]


def order_of(request) -> tuple[str, ...]:
    """What waits longest comes first; of times the next; of all there ever were the newest."""
    if request.GET.get(TimeFilter.parameter_name):
        return NEXT_TIME
    if request.GET.get(AskedFilter.parameter_name):
        return LATEST
    if request.GET.get(SEARCH_VAR):
        return NEWEST
    return queue_of(request.GET.get(StateFilter.parameter_name), usual_of(request)).order


def usual_of(request) -> str:
    """Which states one sees without having chosen any: the open ones; all, for who looks for somebody, a day or an outcome."""
    asked = request.GET
    in_all = (
        asked.get("time") in TimeFilter.DAYS or asked.get("asked") in AskedFilter.DAYS or asked.get("outcome") in Enquiry.Outcome.values
    )
    return "all" if in_all or asked.get(SEARCH_VAR) else "open"


class WhoseFilter(Filter):
    title = "assigned to"
    parameter_name = "whose"

    def options(self):
        return {"mine": ("Me", Q(assigned_to=self.request.user)), "nobody": ("Nobody", Q(assigned_to=None))}


class PlaceFilter(Filter):
    title = "place"
    parameter_name = "place"

    def options(self):
        places = clinic.of(self.request).locations
        return {place.slug: (place.name, Q(location=place)) for place in places} | {"any": ("Does not mind", Q(location=None))}


class TimeFilter(Filter):
    """By the time asked for, or confirmed."""

    title = "time"
    parameter_name = "time"
    DAYS: ClassVar = {
        "today": ("Today", 0, 1),
        "tomorrow": ("Tomorrow", 1, 2),
        "week": ("Next 7 days", 0, 7),
        "month": ("Next 30 days", 0, 30),
        "past-week": ("Last 7 days", -7, 0),
        "past-month": ("Last 30 days", -30, 0),
    }

    def options(self):
        spans = {
            name: (label, Q(starts_at__gte=day_of(self.now, first)[0], starts_at__lt=day_of(self.now, end)[0]))
            for name, (label, first, end) in self.DAYS.items()
        }
        return spans | {"none": ("None suited", Q(starts_at=None))}


class DueFilter(Filter):
    """By what the reply promise leaves."""

    title = "answer due"
    parameter_name = "due"

    def options(self):
        late, soon, today = (clinic.of(self.request).owed_by(moment) for moment in (self.now, self.now + SOON, day_of(self.now)[1]))
        new = Q(status=Status.NEW)
        return {
            "late": ("Late", new & Q(waiting_since__lte=late)),
            "soon": ("Within the hour", new & Q(waiting_since__gt=late, waiting_since__lte=soon)),
            "today": ("Today", new & Q(waiting_since__lte=today)),
        }


class AskedFilter(Filter):
    """By when the request came in."""

    title = "asked"
    parameter_name = "asked"
    DAYS: ClassVar = {"today": ("Today", 0), "week": ("Last 7 days", -7), "month": ("Last 30 days", -30)}

    def options(self):
        return {name: (label, Q(created_at__gte=day_of(self.now, first)[0])) for name, (label, first) in self.DAYS.items()}


class ContactFilter(Filter):
    title = "contact by"
    parameter_name = "contact"

    def options(self):
        ways = {str(value): (label, Q(contact_by=value)) for value, label in Enquiry.ContactBy.choices}
        no_message = ~Q(contact_by=Enquiry.ContactBy.EMAIL) & Q(message_safety=Enquiry.MessageSafety.NONE)
        return ways | {"no-message": ("Leave no message", no_message)}


class OutcomeFilter(Filter):
    title = "outcome"
    parameter_name = "outcome"

    def options(self):
        return {str(value): (label, Q(outcome=value)) for value, label in Enquiry.Outcome.choices} | {"none": ("None yet", Q(outcome=""))}


class SourceFilter(Filter):
    title = "source"
    parameter_name = "source"

    def options(self):
        return {str(value): (label, Q(source=value)) for value, label in Enquiry.Source.choices}
