"""Every kind of message with made-up facts, to be looked at. Nothing here is a row: it is never saved, and its links lead nowhere."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bookings.domain.availability import RULES
from bookings.domain.status import Status
from bookings.models import Closing, Enquiry, Hold, Notice
from bookings.models.enquiry import new_reference
from bookings.notifications.context import EnquiryContext
from bookings.notifications.days import sample_day
from bookings.notifications.rendering import AS_SENT, Rendered, written
from services.clinic.clinic import Clinic
from services.clinic.opening_hours import instant
from services.clinic.uk_time import LONDON
from services.models import Location, Person

K = Notice.Kind
OFFERED_BEFORE = timedelta(days=2)  # so long the times of the sample are still kept
STATES: dict[str, Status] = {
    K.OFFERED: Status.PROPOSED,
    K.WAITLISTED: Status.WAITLISTED,
    K.CONFIRMED: Status.CONFIRMED,
    K.DECLINED: Status.DECLINED,
    K.CANCELLED: Status.CANCELLED_CLIENT,
    K.CANCELLED_CLINIC: Status.PROPOSED,
    K.MISSED: Status.DID_NOT_ATTEND,
    K.EXPIRED: Status.EXPIRED,
    K.REMINDER_3: Status.CONFIRMED,
    K.REMINDER_1: Status.CONFIRMED,
    K.STAFF_REPLIED: Status.CONFIRMED,
    K.MANAGER_EXPIRED: Status.EXPIRED,
}
DAYS_AHEAD: dict[str, int] = {K.REMINDER_1: 1, K.MISSED: 0, K.EXPIRED: 0, K.MANAGER_EXPIRED: 0}


def sample(kind: str, now: datetime, clinic: Clinic) -> Rendered:
    """The words of this kind for a person who does not exist, with the clinic's own numbers, hours and closing words."""
    closing = Closing.objects.filter(kind=kind).values_list("text", flat=True).first() or ""
    bar = {"state": "Sample", "says": AS_SENT, "to": "sam@example.org" if Notice.is_to_client(kind) else "reception"}
    context = sample_day(kind, now) or about(kind, now).context(now, clinic)
    return written(kind, context | {"closing": closing}, clinic, bar=bar)


def about(kind: str, now: datetime) -> EnquiryContext:
    """A request that leaves little empty, in the state in which this kind of message is sent."""
    place = Location(
        name="Example Street",
        slug="example",
        address="12 Example Street\nExampletown EX1 2PL",
        getting_in="Ring the second bell. The rooms are on the first floor.",
        step_free="There is a lift, and no step at the door.",
    )
    starts_at = _on(now, DAYS_AHEAD.get(kind, 3), 10)
    enquiry = Enquiry(
        pk=0,
        reference=new_reference("7K3P2"),
        key_head="sample--",
        key_tail="",
        status=STATES.get(kind, Status.NEW),
        name="Sam",
        email="sam@example.org",
        contact_by=Enquiry.ContactBy.EMAIL,
        location=place,
        starts_at=starts_at,
        created_at=now,
        waiting_since=now,
        decline_reason=Enquiry.DeclineReason.NO_CAPACITY,
    )
    person = Person(name="Alex Example")
    holds = [_hold(place, starts_at, Hold.Kind.CONFIRMED if enquiry.status == Status.CONFIRMED else Hold.Kind.ASKED, person=person)]
    if enquiry.status == Status.PROPOSED:
        online = Location(name="Online", slug="example-online", is_online=True)
        times = [(place, _on(now, 4, 10)), (place, _on(now, 5, 18)), (online, _on(now, 6, 12))]
        holds = [_hold(at, when, Hold.Kind.OFFERED, until=now + OFFERED_BEFORE) for at, when in times]
    return EnquiryContext(enquiry, came_from=Status.NEW, holds=tuple(holds))


def _hold(place: Location, starts_at: datetime, kind: str, *, until: datetime | None = None, person: Person | None = None) -> Hold:
    return Hold(location=place, seat=1, starts_at=starts_at, ends_at=starts_at + RULES.length, kind=kind, expires_at=until, person=person)


def _on(now: datetime, days: int, hour: int) -> datetime:
    return instant(now.astimezone(LONDON).date() + timedelta(days=days), time(hour))
