"""The calendar file of a confirmed appointment. It names no therapy and holds no notes: people share calendars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

import icalendar
from django.conf import settings

from bookings.models import Enquiry, Hold
from services.clinic import Clinic


def invitation(enquiry: Enquiry, clinic: Clinic, made_at: datetime, *, sequence: int = 0, cancelled: bool = False) -> bytes:
    """An RFC 5545 calendar with the one appointment, in UTC. Cancelled, it takes the appointment out of the calendar again.

    `sequence` is how many times it was sent before: calendars believe the highest.
    """
    event = icalendar.Event()
    event.add("uid", f"{enquiry.reference}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", enquiry.starts_at.astimezone(UTC))
    event.add("dtend", enquiry.ends_at.astimezone(UTC))
    event.add("summary", "Appointment")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    if not enquiry.location.is_online and enquiry.location.address:
        event.add("location", ", ".join(line.strip() for line in enquiry.location.address.splitlines() if line.strip()))
    organizer = icalendar.vCalAddress(f"mailto:{clinic.details.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    event.add("organizer", organizer)
    attendee = icalendar.vCalAddress(f"mailto:{enquiry.email}")
    attendee.params.update({"RSVP": "FALSE", "PARTSTAT": "ACCEPTED"})
    event.add("attendee", attendee)

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Clinic bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    return calendar.to_ical()


def busy_times(holds: Iterable[Hold], now: datetime) -> bytes:
    """The staff's calendar: each consultation as a busy block with its reference and place. Nothing says whose it is."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Clinic bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Consultations")
    calendar.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    for hold in holds:
        event = icalendar.Event()
        event.add("uid", f"hold-{hold.pk}@{urlsplit(settings.SITE_URL).hostname}")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", hold.starts_at.astimezone(UTC))
        event.add("dtend", hold.ends_at.astimezone(UTC))
        event.add("summary", hold.enquiry.reference)
        event.add("location", hold.location.name)
        event.add("class", "PRIVATE")
        event.add("transp", "OPAQUE")
        calendar.add_component(event)
    return calendar.to_ical()
