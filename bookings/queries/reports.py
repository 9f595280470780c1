"""What happened in a period, in numbers. Reads, writes nothing, names nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.utils.functional import cached_property

from bookings.domain.availability import Rules, capacity, starts_on
from bookings.domain.periods import Period, monday_of
from bookings.domain.status import Status
from bookings.models import Enquiry, Event, Hold, Notice
from bookings.queries.slots import SlotFinder
from services.clinic.clinic import hours_between
from services.clinic.opening_hours import period_instants, reply_by
from services.clinic.site_data import Facts
from services.clinic.uk_time import LONDON
from services.models import ClinicDetails, Location

LATE = timedelta(hours=24)  # a cancellation with less notice is late
ANY_TIME = Rules(notice=timedelta(days=-3650), horizon=timedelta(days=3650))
ANY_PLACE = "Any place"


class Sent(NamedTuple):
    """Name what the figures read of an enquiry that was sent."""

    created_at: datetime
    location_id: int | None
    source: str
    status: str
    first_reply_at: datetime | None
    starts_at: datetime | None
    preferred_times: Any  # JSON: a list of the parts of the week


class Figures:
    """The figures of a period. What is said of requests counts those sent in it, what is said of appointments those that begin in it."""

    def __init__(self, period: Period, now: datetime):
        self.period, self.now = period, now
        self.start, self.end = period_instants(period.first, period.last)
        self.places = list(Location.objects.all())
        self.place_names = {place.pk: place.name for place in self.places} | {None: ANY_PLACE}

    @cached_property
    def requests(self) -> list[Sent]:
        """Every request of the period but spam."""
        rows = Enquiry.objects.filter(created_at__gte=self.start, created_at__lt=self.end)
        rows = rows.exclude(status=Status.SUSPECTED_SPAM).exclude(decline_reason=Enquiry.DeclineReason.SPAM)
        facts = rows.values("created_at", "location_id", "source", "status", "first_reply_at", "starts_at", "preferred_times")
        return [Sent(**each) for each in facts]

    @property
    def total(self) -> int:
        return len(self.requests)

    @cached_property
    def by_week(self) -> dict[date, int]:
        """Requests by the Monday of their week, weeks without any included."""
        counts = Counter(monday_of(_local(row.created_at).date()) for row in self.requests)
        return {monday: counts[monday] for monday in self.period.weeks()}

    @cached_property
    def by_place(self) -> dict[str, int]:
        counts = Counter(row.location_id for row in self.requests)
        return {name: counts[pk] for pk, name in self.place_names.items()}

    @cached_property
    def by_source(self) -> dict[str, int]:
        counts = Counter(row.source for row in self.requests)
        return {label: counts[value] for value, label in Enquiry.Source.choices}

    @cached_property
    def by_hour(self) -> dict[tuple[int, int], int]:
        """Requests by weekday (Monday is 0) and hour of the UK day in which they were sent."""
        sent = [_local(row.created_at) for row in self.requests]
        return Counter((moment.weekday(), moment.hour) for moment in sent)

    # How soon we answer

    @property
    def median_reply(self) -> timedelta | None:
        """From sending to our first answer, closed hours included."""
        waits = [(row.first_reply_at - row.created_at).total_seconds() for row in self.requests if row.first_reply_at]
        return timedelta(seconds=median(waits)) if waits else None

    @cached_property
    def within_promise(self) -> tuple[int, int]:
        """How many were answered within the promise, of all that were answered or should have been by now."""
        hours = hours_between(self.period.first, self.period.last + timedelta(days=60), Facts())
        promise = timedelta(hours=ClinicDetails.objects.values_list("reply_promise_hours", flat=True).first() or 8)
        kept = due = 0
        for row in self.requests:
            by = reply_by(hours, row.created_at, promise)
            answered = row.first_reply_at
            in_time = bool(answered and by and answered <= by)
            kept += in_time
            due += bool(answered or (by and by < self.now and row.status == Status.NEW))
        return kept, due

    # What became of them

    @cached_property
    def outcomes(self) -> dict[str, int]:
        """Of the requests of the period: how many were ever confirmed, and where the others stand."""
        confirmed = Event.objects.filter(
            enquiry__created_at__gte=self.start, enquiry__created_at__lt=self.end, to_status=Status.CONFIRMED
        ).aggregate(count=Count("enquiry", distinct=True))["count"]
        now = Counter(row.status for row in self.requests)
        return {
            "Confirmed at some time": confirmed,
            "To answer now": now[Status.NEW],
            "Waiting for the client now": now[Status.PROPOSED],
            "On the waiting list now": now[Status.WAITLISTED],
            "Declined": now[Status.DECLINED],
            "Expired": now[Status.EXPIRED],
        }

    @cached_property
    def appointments(self) -> dict[str, int]:
        """Of the appointments that begin in the period."""
        met = (
            Event.objects.whether_they_came()
            .filter(enquiry__starts_at__gte=self.start, enquiry__starts_at__lt=self.end)
            .aggregate(
                attended=Count("enquiry", distinct=True, filter=Q(to_status=Status.ATTENDED)),
                missed=Count("enquiry", distinct=True, filter=Q(to_status=Status.DID_NOT_ATTEND)),
            )
        )
        ahead = Enquiry.objects.filter(status=Status.CONFIRMED, starts_at__gte=self.start, starts_at__lt=self.end)
        counts = ahead.aggregate(ahead=Count("pk", filter=Q(starts_at__gt=self.now)), over=Count("pk", filter=Q(starts_at__lte=self.now)))
        return {
            "Attended": met["attended"],
            "Did not attend": met["missed"],
            "No outcome written down yet": counts["over"],
            "Still ahead": counts["ahead"],
        }

    @cached_property
    def cancellations(self) -> dict[str, int]:
        """Confirmed appointments cancelled in the period: by whom, and whether with less than a day's notice."""
        rows = Event.objects.filter(
            at__gte=self.start,
            at__lt=self.end,
            from_status=Status.CONFIRMED,
            to_status__in=[Status.CANCELLED_CLIENT, Status.CANCELLED_CLINIC],
        ).values_list("to_status", "at", "enquiry__starts_at")
        counts = Counter((to, bool(starts and starts - at < LATE)) for to, at, starts in rows)
        return {
            "By the client, a day or more before": counts[Status.CANCELLED_CLIENT, False],
            "By the client, less than a day before": counts[Status.CANCELLED_CLIENT, True],
            "By the clinic, a day or more before": counts[Status.CANCELLED_CLINIC, False],
            "By the clinic, less than a day before": counts[Status.CANCELLED_CLINIC, True],
        }

    @cached_property
    def wanted(self) -> dict[str, Counter[str]]:
        """Where people found no free time that suited: the parts of the week they wanted, by place."""
        found: dict[str, Counter[str]] = {name: Counter() for name in self.place_names.values()}
        for row in self.requests:
            found[self.place_names.get(row.location_id, ANY_PLACE)].update(row.preferred_times)
        return found

    @cached_property
    def fill(self) -> dict[str, tuple[int, int]]:
        """Confirmed consultations by place, and how many the rota has room for in the period, as it stands now."""
        held = Hold.objects.anywhere().filter(kind=Hold.Kind.CONFIRMED, starts_at__gte=self.start, starts_at__lt=self.end)
        counts = dict(held.values_list("location_id").annotate(count=Count("pk")).order_by())
        diary = SlotFinder(self.places, self.period.first, self.period.last, self.now, ANY_TIME)
        return {place.name: (counts.get(place.pk, 0), self._room(diary, place)) for place in self.places}

    def _room(self, diary: SlotFinder, place: Location) -> int:
        """How many consultations fit: of starts that overlap only the first counts."""
        shifts, limits = diary.shifts[place.pk], diary.limits[place.pk]
        room, free_from = 0, self.start
        for start in (start for day in self.period.days for start in starts_on(day, shifts)):
            seats = capacity(start, shifts, limits)
            if seats and start >= free_from:
                room, free_from = room + seats, start + diary.rules.length
        return room

    @cached_property
    def emails(self) -> dict[str, int]:
        rows = Notice.objects.filter(created_at__gte=self.start, created_at__lt=self.end, channel=Notice.Channel.EMAIL)
        counts = dict(rows.values_list("status").annotate(count=Count("pk")).order_by())
        return {
            "Sent": counts.get(Notice.Status.SENT, 0),
            "Failed": counts.get(Notice.Status.FAILED, 0),
            "Still to go": counts.get(Notice.Status.PENDING, 0),
        }


def _local(moment: datetime) -> datetime:
    return moment.astimezone(LONDON)
