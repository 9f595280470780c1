"""The email around the words: who it goes to, its headers, the calendar file."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from bookings.calendar import invitation
from bookings.emails.words import words_of
from bookings.models import Notice
from bookings.states import Status
from services.clinic import Clinic


def message_for(notice: Notice, now: datetime) -> EmailMultiAlternatives:
    """The email of a notice, as it would be sent now."""
    enquiry = notice.event.enquiry
    clinic = Clinic(now)
    words = words_of(notice, now, clinic)
    message = EmailMultiAlternatives(
        subject=words.subject,
        body=words.text,
        to=[_address(notice)],
        reply_to=[clinic.details.email] if clinic.details.email else None,
        headers={"Message-ID": f"<notice-{notice.event_id}-{notice.kind}@{_host()}>", "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(words.html, "text/html")
    sequence = enquiry.events.filter(pk__lt=notice.event_id, to_status=Status.CONFIRMED).count()
    if notice.kind == Notice.Kind.CONFIRMED:
        calendar = invitation(enquiry, clinic, notice.created_at, sequence=sequence)
        message.attach("appointment.ics", calendar, "text/calendar; method=REQUEST")
    if notice.kind == Notice.Kind.CANCELLED and notice.event.from_status == Status.CONFIRMED:
        calendar = invitation(enquiry, clinic, notice.created_at, sequence=sequence, cancelled=True)
        message.attach("appointment.ics", calendar, "text/calendar; method=CANCEL")
    return message


def _address(notice: Notice) -> str:
    if notice.is_for_manager:
        return settings.MANAGER_EMAIL
    return settings.STAFF_EMAIL if notice.is_for_staff else notice.event.enquiry.email


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname
