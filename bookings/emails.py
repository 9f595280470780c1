"""From a message that is owed to its email. The words are made from the request at the moment of sending."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from bookings.actions import TIME_CHANGED
from bookings.calendar import invitation
from bookings.models import Notice
from bookings.states import Status
from services.clinic import Clinic


def message_for(notice: Notice, now: datetime) -> EmailMultiAlternatives:
    """The email of a notice, as it would be sent now."""
    enquiry = notice.event.enquiry
    clinic = Clinic(now)
    words = words_of(notice, now, clinic)
    message = EmailMultiAlternatives(
        subject=words["subject"],
        body=words["text"],
        to=[_address(notice)],
        reply_to=[clinic.details.email] if clinic.details.email else None,
        headers={"Message-ID": f"<notice-{notice.event_id}-{notice.kind}@{_host()}>", "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(words["html"], "text/html")
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


def words_of(notice: Notice, now: datetime, clinic: Clinic) -> dict[str, str]:
    """Subject, text and HTML. The text is also what is told by phone to someone without an email address."""
    enquiry = notice.event.enquiry
    context = {
        "enquiry": enquiry,
        "clinic": clinic,
        "holds_time": enquiry.holds.exists(),
        "is_changed": notice.event.note == TIME_CHANGED,
        "promise": clinic.promise(enquiry.waiting_since),
        "url": f"{settings.SITE_URL}{enquiry.get_absolute_url()}",
        "site_url": settings.SITE_URL,
    }
    subject = render_to_string(f"emails/{notice.kind}.subject.txt", context)
    return {
        "subject": " ".join(subject.split()),
        "text": render_to_string(f"emails/{notice.kind}.txt", context),
        "html": render_to_string(f"emails/{notice.kind}.html", context),
    }


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname
