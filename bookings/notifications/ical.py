"""The calendar file of a confirmed appointment. It names no therapy and holds no notes: people share calendars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import icalendar

from bookings.domain.status import Status
from bookings.models import Enquiry, Event, Hold

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def invitation(enquiry: Enquiry, made_at: datetime, method: str = REQUEST, *, sequence: int = 0) -> bytes:
    """An RFC 5545 calendar with the one appointment, in UTC. CANCEL takes it out again; PUBLISH, for a file, invites nobody.

    A request has one appointment, so the UID is the request's: a new time moves it. `sequence` rises each time it is sent: calendars
    believe the highest. Nobody is asked to answer (RSVP=FALSE): the email says how to change or cancel, and a link that only its
    person should have does not belong into a calendar that others see.
    """
    event = icalendar.Event()
    event.add("uid", enquiry.calendar_uid)
    event.add("sequence", sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("last-modified", made_at.astimezone(UTC))
    event.add("dtstart", enquiry.required_starts_at.astimezone(UTC))
    event.add("dtend", enquiry.ends_at.astimezone(UTC))
    event.add("summary", "Appointment")
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if method == CANCEL else "OPAQUE")
    if where := _where(enquiry):
        event.add("location", where)
    event.add("organizer", icalendar.vCalAddress(f"mailto:{enquiry.calendar_organiser}"))
    if method != PUBLISH:
        attendee = icalendar.vCalAddress(f"mailto:{enquiry.email}")
        attendee.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
        event.add("attendee", attendee)

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Clinic bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical()


def _where(enquiry: Enquiry) -> str:
    """The address on one line. The video link stays in the email: whoever sees the calendar could walk in."""
    location = enquiry.required_location
    if location.is_online:
        return "Online, by video"
    return ", ".join(line.strip() for line in location.address.splitlines() if line.strip())


def published(enquiry: Enquiry) -> bytes:
    """The appointment for whoever puts it into a calendar themselves: the same one that the email brings, whichever comes first."""
    confirmation = enquiry.events.filter(to_status=Status.CONFIRMED).latest("pk")
    return invitation(enquiry, confirmation.at, PUBLISH, sequence=sequence_of(confirmation))


def sequence_of(event: Event) -> int:
    """Higher each time the appointment is sent: how many events before could have sent it. Events are never deleted, messages are."""
    return event.enquiry.events.filter(pk__lt=event.pk, to_status__in=[Status.CONFIRMED, Status.CANCELLED_CLINIC]).count()


def busy_times(holds: Iterable[Hold], now: datetime) -> bytes:
    """The staff's calendar: each consultation as a busy block with its reference and place. Nothing says whose it is."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Clinic bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Consultations")
    calendar.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    calendar.add_component(icalendar.Timezone.from_tzid("Europe/London"))  # a calendar without any component is none: RFC 5545, 3.6
    for hold in holds:
        event = icalendar.Event()
        event.add("uid", f"staff-{hold.enquiry.calendar_uid}")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", hold.starts_at.astimezone(UTC))
        event.add("dtend", hold.ends_at.astimezone(UTC))
        event.add("summary", hold.enquiry.reference)
        event.add("location", hold.location.name)
        event.add("class", "PRIVATE")
        event.add("transp", "OPAQUE")
        calendar.add_component(event)
    return calendar.to_ical()
