"""What a message says: subject, plain text and HTML, and what is said aloud, from the rows as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from bookings.models import Closing, Notice
from bookings.notifications.context import about
from bookings.notifications.days import about_day
from services.clinic.clinic import Clinic

AS_SENT = "This is how the email will look."


@dataclass(frozen=True)
class Rendered:
    """One message. The text says all that the HTML says; `spoken` and `short` are for someone without an email
    address: what is said on the phone, and what a text message says. It names the clinic only to whoever said that a message may.
    """

    subject: str
    text: str
    html: str
    spoken: str = ""
    short: str = ""


def render_notification(notice: Notice, now: datetime, clinic: Clinic, *, shown: bool = False) -> Rendered:
    """The words of a notice as they would be sent now. `shown`: the HTML is for staff to look at, under a bar that says so."""
    if not notice.event:
        return written(notice.kind, about_day(notice.kind, notice.required_day, now), clinic)
    closing = Closing.objects.filter(kind=notice.kind).values_list("text", flat=True).first() or ""
    return written(notice.kind, about(notice).context(now, clinic) | {"closing": closing}, clinic, bar=_bar(notice) if shown else None)


def _bar(notice: Notice) -> dict[str, str]:
    """What stands above an email that staff look at. Words are never kept, so one that has gone is shown as it would read now."""
    to = notice.enquiry.email or f"nobody: there is no address, so you {notice.enquiry.by_phone} them"
    if notice.status == Notice.Status.PENDING:
        return {"state": "Not sent", "says": AS_SENT, "to": to}
    state = "Sent" if notice.status == Notice.Status.SENT else "Could not be sent"
    return {"state": state, "says": "This is how it reads with what is true now.", "to": to}


def written(kind: str, context: dict, clinic: Clinic, *, bar: dict | None = None) -> Rendered:
    """The words of a kind of message with these facts. The bar stands above the HTML where staff look at it."""
    context = context | {"clinic": clinic, "site_url": settings.SITE_URL}
    to_client = Notice.is_to_client(kind)
    subject = " ".join(_rendered(kind, "subject.txt", context).split())
    return Rendered(
        subject=subject,
        text=_rendered(kind, "txt", context).strip() + "\n",
        html=_rendered(kind, "html", context | {"subject": subject, "bar": bar}),
        spoken=_rendered(kind, "spoken.txt", context).strip() if to_client else "",
        short=render_to_string("emails/short.txt", context | {"subject": subject}).strip() if to_client else "",
    )


def _rendered(kind: str, ending: str, context: dict) -> str:
    return render_to_string(f"emails/{kind}.{ending}", context)
