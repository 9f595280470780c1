"""What a message about a request states beside the facts of the clinic: from its rows as they are now, or made up for a preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from bookings.domain.preferences import PREFERRED
from bookings.domain.schedule import WAITING_LIST
from bookings.models import Enquiry, Event, Hold, Notice
from bookings.models.event import NONE_SUITED, OFFERS_LAPSED, SENT_AGAIN, TIME_CHANGED
from services.clinic.clinic import Clinic
from services.clinic.uk_time import LONDON, near_day, near_time


@dataclass(frozen=True)
class EnquiryContext:
    """Plain values: nothing here asks the database."""

    enquiry: Enquiry
    note: str = ""  # what staff or client did, in the words of the event
    came_from: str = ""  # the state before
    holds: tuple[Hold, ...] = ()
    paragraph: str = ""

    def context(self, now: datetime, clinic: Clinic) -> dict:
        """For the templates in templates/emails/."""
        enquiry = self.enquiry
        offers = [hold for hold in self.holds if hold.kind == Hold.Kind.OFFERED and hold.offered_until > now]
        confirmed = next((hold for hold in self.holds if hold.kind == Hold.Kind.CONFIRMED), None)
        has_begun = bool(enquiry.starts_at and enquiry.starts_at <= now)
        due = clinic.reply_by(enquiry.waiting_since)
        return {
            "enquiry": enquiry,
            "holds_time": bool(self.holds),
            "offers": offers,
            "until": offers[0].expires_at if offers else None,
            "kept": confirmed if confirmed and confirmed.starts_at > now else None,
            "person": confirmed.person.name if confirmed and confirmed.person else "",
            "has_begun": has_begun,
            "is_near": bool(enquiry.starts_at) and enquiry.call_from <= now,
            "is_changed": self.note == TIME_CHANGED,
            "none_suited": self.note == NONE_SUITED,
            "stands": self.note == OFFERS_LAPSED,
            "came_from": self.came_from,
            "waiting_since": near_time(enquiry.waiting_since, now),
            "waiting_days": WAITING_LIST.days,
            "preferred": [label for value, label in PREFERRED if value in enquiry.preferred_times],
            "promise": clinic.promise(enquiry.waiting_since),
            "is_late": bool(due and due < now) or has_begun,
            "on_day": near_day(enquiry.starts_at.astimezone(LONDON).date(), now.astimezone(LONDON).date()) if enquiry.starts_at else "",
            "paragraph": self.paragraph,
            "url": f"{settings.SITE_URL}{enquiry.get_absolute_url()}",
            "start_url": f"{settings.SITE_URL}{reverse('bookings:start')}",
            "admin_url": f"{settings.SITE_URL}{reverse('admin:bookings_enquiry_change', args=[enquiry.pk])}",
        }


def about(notice: Notice) -> EnquiryContext:
    """What this notice is about, as its rows stand now."""
    enquiry, event = notice.enquiry, _origin(notice)
    holds = tuple(enquiry.holds.select_related("location", "person").order_by("starts_at", "pk"))
    return EnquiryContext(enquiry, event.note, event.from_status, holds, notice.paragraph)


def _origin(notice: Notice) -> Event:
    """The event that first made the message due: one that is sent again says what it said."""
    event = notice.required_event
    if event.note != SENT_AGAIN:
        return event
    same = Notice.objects.filter(event__enquiry=event.enquiry_id, kind=notice.kind, pk__lt=notice.pk)
    first = same.exclude(event__note=SENT_AGAIN).select_related("event").order_by("-pk").first()
    return first.required_event if first else event
