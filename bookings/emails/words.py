"""What a message says: subject, plain text and HTML, from the rows as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from bookings.actions import TIME_CHANGED
from bookings.models import Notice
from services.clinic import Clinic


@dataclass(frozen=True)
class Words:
    """One message: the text says all that the HTML says; `spoken` is what is said to someone without an email address."""

    subject: str
    text: str
    html: str
    spoken: str


def words_of(notice: Notice, now: datetime, clinic: Clinic, *, shown: bool = False) -> Words:
    """The words of a notice as they would be sent now. `shown`: the HTML is for staff to look at, under a bar that says so."""
    enquiry = notice.event.enquiry
    context = {
        "enquiry": enquiry,
        "clinic": clinic,
        "holds_time": enquiry.holds.exists(),
        "is_changed": notice.event.note == TIME_CHANGED,
        "promise": clinic.promise(enquiry.waiting_since),
        "paragraph": notice.paragraph,
        "url": f"{settings.SITE_URL}{enquiry.get_absolute_url()}",
        "site_url": settings.SITE_URL,
    }
    subject = " ".join(render_to_string(f"emails/{notice.kind}.subject.txt", context).split())
    text = render_to_string(f"emails/{notice.kind}.txt", context)
    context |= {"shown": {"subject": subject, "to": enquiry.email}} if shown else {}
    return Words(subject=subject, text=text, html=render_to_string(f"emails/{notice.kind}.html", context), spoken=text)
