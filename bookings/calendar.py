"""The calendar file of a confirmed appointment. It names no therapy and holds no notes: people share calendars."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

import icalendar
from django.conf import settings

from bookings.models import Enquiry
from services.clinic import Clinic


def invitation(enquiry: Enquiry, clinic: Clinic, made_at: datetime) -> bytes:
    """An RFC 5545 calendar with the one appointment, in UTC."""
    event = icalendar.Event()
    event.add("uid", f"{enquiry.reference}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", 0)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", enquiry.starts_at.astimezone(UTC))
    event.add("dtend", enquiry.ends_at.astimezone(UTC))
    event.add("summary", "Appointment")
    event.add("status", "CONFIRMED")
    event.add("class", "PRIVATE")
    if not enquiry.location.is_online and enquiry.location.address:
        event.add("location", ", ".join(enquiry.location.address.split("\n")))
    organizer = icalendar.vCalAddress(f"mailto:{clinic.details.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    event.add("organizer", organizer)
    attendee = icalendar.vCalAddress(f"mailto:{enquiry.email}")
    attendee.params.update({"RSVP": "FALSE", "PARTSTAT": "ACCEPTED"})
    event.add("attendee", attendee)

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Clinic bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    calendar.add_component(event)
    return calendar.to_ical()
