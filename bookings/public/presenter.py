"""How a request stands, for its own person: what their page says, and what they can do. Reads, writes nothing."""

from __future__ import annotations

from django.db.models import F
from django.utils.functional import cached_property

from bookings.domain.preferences import PREFERRED
from bookings.domain.status import Status, can_cancel, can_change, can_want_earlier
from bookings.models import Enquiry, Hold, Notice
from services.clinic.clinic import Clinic
from services.clinic.uk_time import near_time

S = Status
WORDS = {  # the template of each state that has one whatever the hour
    S.SUSPECTED_SPAM: "new",  # nobody is told that a program may have written it
    S.NEW: "new",
    S.WAITLISTED: "waitlisted",
    S.ATTENDED: "finished",
    S.CLOSED: "finished",
    S.DID_NOT_ATTEND: "missed",
    S.DECLINED: "declined",
    S.CANCELLED_CLIENT: "cancelled",
    S.CANCELLED_CLINIC: "cancelled_clinic",
    S.EXPIRED: "expired",
}


class EnquiryPresenter:
    """A request as of the clinic's moment."""

    def __init__(self, enquiry: Enquiry, clinic: Clinic):
        self.enquiry, self.clinic, self.now = enquiry, clinic, clinic.now

    @property
    def template(self) -> str:
        """Which template of bookings/status/ says it."""
        enquiry = self.enquiry
        if enquiry.erase_by:
            return "erasing"
        if enquiry.status == S.PROPOSED:
            return "proposed" if self.offers else "offer_expired"
        if enquiry.status == S.CONFIRMED:
            return "confirmed" if self.now < enquiry.required_starts_at else "in_progress" if self.now < enquiry.ends_at else "ended"
        return WORDS[S(enquiry.status)]

    @cached_property
    def holds(self) -> list[Hold]:
        return list(self.enquiry.holds.select_related("location", "person").order_by("starts_at", "pk"))

    @cached_property
    def offered(self) -> list[Hold]:
        """Times on offer, those whose time is up among them."""
        return [hold for hold in self.holds if hold.kind == Hold.Kind.OFFERED]

    @cached_property
    def offers(self) -> list[Hold]:
        """The times that the person can choose from now."""
        return [hold for hold in self.offered if hold.offered_until > self.now]

    @property
    def held_until(self) -> str:
        """10am on Friday 12 June: until when the times on offer are kept, or were."""
        return near_time(min(hold.offered_until for hold in self.offered), self.now) if self.offered else ""

    @cached_property
    def own(self) -> Hold | None:
        """The one hold that is theirs: of the time asked for, or confirmed."""
        return next((hold for hold in self.holds if hold.kind != Hold.Kind.OFFERED), None)

    @cached_property
    def came_from(self) -> str:
        """The state before this one; empty at the beginning."""
        moved = self.enquiry.events.exclude(from_status=F("to_status")).order_by("pk").last()
        return moved.from_status if moved else ""

    @property
    def none_suited(self) -> bool:
        """It is our turn again, because none of the times on offer suited."""
        return self.enquiry.status == S.NEW and self.came_from == S.PROPOSED

    @property
    def promise(self) -> str:
        return self.clinic.promise(self.enquiry.waiting_since)

    @property
    def promise_anew(self) -> str:
        """What we promise to someone who answers now."""
        return self.clinic.promise(self.now)

    @property
    def is_late(self) -> bool:
        """We should have answered by now: the promise has passed, or the very time they asked for."""
        due = self.clinic.reply_by(self.enquiry.waiting_since)
        return bool(due and due < self.now) or self.is_past

    @property
    def is_past(self) -> bool:
        return bool(self.enquiry.starts_at and self.enquiry.starts_at <= self.now)

    @property
    def is_near(self) -> bool:
        """Whether the time is so near that a link or an address that has not come is worth a call."""
        return bool(self.enquiry.starts_at) and self.enquiry.call_from <= self.now

    @property
    def erased_by(self) -> str:
        """10am on Friday 12 June: when the details of somebody who asked for it are deleted at the latest."""
        return near_time(self.enquiry.erase_by, self.now) if self.enquiry.erase_by else ""

    @property
    def preferred(self) -> list[str]:
        return [label for value, label in PREFERRED if value in self.enquiry.preferred_times]

    @property
    def has_appointment(self) -> bool:
        """Confirmed and ahead, also while other times are on offer."""
        confirmed = self.enquiry.status == S.CONFIRMED or (self.own is not None and self.own.kind == Hold.Kind.CONFIRMED)
        return confirmed and not self.is_past

    @property
    def can_cancel(self) -> bool:
        return can_cancel(self.enquiry.status, self.enquiry.starts_at, self.now)

    @property
    def can_change(self) -> bool:
        return can_change(self.enquiry.status, self.enquiry.starts_at, self.now)

    @property
    def can_want_earlier(self) -> bool:
        return can_want_earlier(self.enquiry.status, self.enquiry.starts_at, self.now)

    @property
    def has_time_ahead(self) -> bool:
        """A time that is given up if the request is cancelled."""
        return self.can_cancel and self.enquiry.has_time and not self.is_past

    @property
    def told_by(self) -> str:
        """How they hear what becomes of the request: “email”, “text”, “call”; empty for suspected spam, which hears nothing."""
        if self.enquiry.status == S.SUSPECTED_SPAM:
            return ""
        return "email" if self.enquiry.email else self.enquiry.by_phone

    @property
    def told_of_cancelling_by(self) -> str:
        """How they hear that they have cancelled; empty if they wanted no message."""
        owed = Notice.objects.filter(event__enquiry=self.enquiry, kind=Notice.Kind.CANCELLED).exclude(status=Notice.Status.DROPPED)
        return self.told_by if owed.exists() else ""
