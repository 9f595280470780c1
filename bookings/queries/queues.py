"""What waits at reception, queue by queue: the one condition behind a count on the board and the list it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q

from bookings.domain.availability import RULES
from bookings.domain.status import LABELS, OPEN, OUTCOME_KNOWN, UPCOMING, Status
from bookings.models import Hold
from bookings.models.enquiry import in_order
from services.clinic.opening_hours import instant
from services.clinic.uk_time import LONDON

LONGEST_WAIT = ("waiting_since", "pk")
NEXT_TIME = ("starts_at", "pk")
NEWEST = ("-pk",)
LATEST = ("-created_at", "-pk")


@dataclass(frozen=True)
class Queue:
    """Requests that have something in common: which they are at a moment, and which comes first. Each order has an index."""

    name: str
    label: str
    where: Callable[[datetime], Q]
    order: tuple[str, ...]


def day_of(now: datetime, days: int = 0) -> tuple[datetime, datetime]:
    """When the UK day of this moment begins and ends, or one so many days later."""
    day = now.astimezone(LONDON).date() + timedelta(days=days)
    return instant(day, time.min), instant(day + timedelta(days=1), time.min)


def _today(now: datetime) -> Q:
    begins, ends = day_of(now)
    return Q(starts_at__gte=begins, starts_at__lt=ends, status__in=in_order({Status.CONFIRMED, *OUTCOME_KNOWN}))


def _without_practitioner(now: datetime) -> Q:
    has_one = Hold.objects.filter(enquiry=OuterRef("pk"), person__isnull=False)
    return Q(status=Status.CONFIRMED, starts_at__gt=now) & Q(~Exists(has_one))


def _cannot_be_found(now: datetime) -> Q:
    """Who has no video link or no address for an appointment of today or tomorrow that is not over."""
    lacks = Q(location__is_online=True, video_link="") | Q(location__is_online=False, location__address="")
    return Q(status=Status.CONFIRMED, starts_at__gt=now - RULES.length, starts_at__lt=day_of(now, 1)[1]) & lacks


def _wants_earlier(now: datetime) -> Q:
    return Q(wants_earlier=True, status__in=in_order(UPCOMING)) & ~Q(starts_at__lte=now)


def _of(status: Status, *order: str) -> Queue:
    return Queue(str(status), LABELS[status], lambda now: Q(status=status), order)


OF_EACH_STATE = {
    Status.NEW: LONGEST_WAIT,
    Status.PROPOSED: ("status_since", "pk"),
    Status.WAITLISTED: LONGEST_WAIT,
    Status.CONFIRMED: NEXT_TIME,
    Status.ATTENDED: ("status_since", "pk"),
    Status.DID_NOT_ATTEND: ("status_since", "pk"),
    Status.SUSPECTED_SPAM: LONGEST_WAIT,
}  # of those that are over the newest come first
QUEUES = [
    # Of several states each is read in its own order, state by state: “new” is first of the open ones also by the alphabet.
    Queue("open", "Open", lambda now: Q(status__in=in_order(OPEN)), ("status", *LONGEST_WAIT)),
    Queue("today", "Today", _today, NEXT_TIME),
    Queue("outcome", "Needs an outcome", lambda now: Q(status=Status.CONFIRMED, starts_at__lte=now), NEXT_TIME),
    Queue("to_close", "To close", lambda now: Q(status__in=in_order(OUTCOME_KNOWN)), ("status", "status_since", "pk")),
    Queue("no_link", "No video link or address yet", _cannot_be_found, NEXT_TIME),
    Queue("no_person", "Confirmed without a practitioner", _without_practitioner, NEXT_TIME),
    Queue("earlier", "Asked for an earlier time", _wants_earlier, ("status", *LONGEST_WAIT)),
    *(_of(status, *OF_EACH_STATE.get(status, ("-created_at",))) for status in Status),
    Queue("all", "All", lambda now: Q(), NEWEST),
]
BY_NAME = {queue.name: queue for queue in QUEUES}
