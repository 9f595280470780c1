"""The email around the words: who it goes to, its headers, the calendar file."""

from __future__ import annotations

from datetime import UTC, datetime
from email.charset import QP, Charset
from email.utils import format_datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet

from bookings.domain.status import Status
from bookings.models import Event, Notice
from bookings.notifications.ical import CANCEL, REQUEST, invitation, sequence_of
from bookings.notifications.rendering import render_notification
from services.clinic.clinic import Clinic

ID_DOMAIN = "requests.invalid"  # part of names that are given for life, whatever the clinic or its address is; nobody looks it up
UTF8 = Charset("utf-8")
UTF8.body_encoding = QP
CANCELLING = {Notice.Kind.CANCELLED, Notice.Kind.CANCELLED_CLINIC, Notice.Kind.DECLINED}


class NotificationEmail(EmailMultiAlternatives):
    """An email whose text parts are quoted-printable: no line too long and no byte above 127, whatever servers are on the way."""

    def message(self, **options: Any) -> Any:
        """Return the message as the standard library has it. Django 6.1 names a policy for it."""
        message = super().message(**options)
        for part in message.walk():
            text = part.get_payload(decode=True)
            if part.get_content_maintype() == "text" and isinstance(text, bytes):
                del part["Content-Transfer-Encoding"]
                part.set_payload(text.decode(), UTF8)
        return message


def message_for(notice: Notice, now: datetime) -> NotificationEmail:
    """The email of a notice, as it would be sent now."""
    clinic = Clinic(now)
    words = render_notification(notice, now, clinic)
    message = NotificationEmail(
        subject=words.subject,
        body=words.text,
        to=notice.staff_address.split(", ") if notice.is_for_staff else [notice.enquiry.email],
        reply_to=[clinic.details.email] if clinic.details.email else None,
        headers=_headers(notice, now),
    )
    message.attach_alternative(words.html, "text/html")
    if method := _calendar_method(notice):
        event = notice.required_event
        _attach_calendar(message, invitation(event.enquiry, notice.created_at, method, sequence=sequence_of(event)), method)
    return message


def _headers(notice: Notice, now: datetime) -> dict[str, str]:
    thread = thread_id(notice)
    own = thread if _begins_thread(notice) else message_id(notice)
    headers = {
        "Date": format_datetime(now.astimezone(UTC)),
        "Message-ID": own,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",  # Exchange heeds this one; that an email did not arrive it still tells us
    }
    if thread not in {"", own}:
        headers |= {"In-Reply-To": thread, "References": thread}
    return headers


def message_id(notice: Notice) -> str:
    """Return the same for ever, so that a second copy is known as one; made of what is never given again, as keys of rows are after a
    restore.
    """
    about = notice.event.enquiry.reference if notice.event else notice.day
    return f"<{about}-{notice.kind}-{int(notice.created_at.timestamp() * 1_000_000):x}@{ID_DOMAIN}>"  # short: no line is folded


def thread_id(notice: Notice) -> str:
    """Return the message that all others about a request answer, to its client or to staff; empty for what is about a day.

    Worked out, not looked up: rows of messages are deleted after a while, and a request that staff wrote down may have had no such message.
    """
    to = "staff" if notice.is_for_staff else "client"
    return f"<{notice.event.enquiry.reference}-{to}@{ID_DOMAIN}>" if notice.event else ""


def _begins_thread(notice: Notice) -> bool:
    """Whether it is the first of its kind about the request: “received” for the client, “new request” for staff."""
    if not notice.event or notice.kind not in {Notice.Kind.RECEIVED, Notice.Kind.STAFF_NEW}:
        return False
    return not _so_far(notice).filter(to_status=Status.NEW).exists()


def _calendar_method(notice: Notice) -> str:
    """What the email does to the person's calendar: puts the appointment in or moves it, takes out one it has, or nothing."""
    if notice.kind == Notice.Kind.CONFIRMED:
        return REQUEST
    if notice.kind in CANCELLING and notice.enquiry.starts_at and _so_far(notice).filter(to_status=Status.CONFIRMED).exists():
        return CANCEL
    return ""


def _so_far(notice: Notice) -> QuerySet[Event]:
    return notice.enquiry.events.filter(pk__lt=notice.event_id)


def _attach_calendar(message: EmailMultiAlternatives, calendar: bytes, method: str) -> None:
    """Twice, as calendars themselves send it: Gmail and Outlook take it from among the alternatives, other programs offer the file."""
    message.attach_alternative(calendar.decode(), f"text/calendar; method={method}")
    message.attach("appointment.ics", calendar, "application/ics")
