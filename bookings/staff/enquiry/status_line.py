"""How a request stands and what to do next, in the sentence that the desk reads first."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.timesince import timeuntil

from bookings.domain.status import REBOOKABLE, UPCOMING, Status
from bookings.models import Enquiry, Hold, SearchWord
from bookings.queries.displaced import has_no_room
from bookings.staff.steps.base import also_reach
from services.clinic.clinic import Clinic
from services.clinic.uk_time import appointment, near_time

EARLIER_REQUESTS = 10  # of the same person, on the page of one


def has_lost_its_room(enquiry: Enquiry, holds: list[Hold], now: datetime) -> bool:
    """Whether a closure or other hours took the time that is theirs. `holds` are its own."""
    own = (hold for hold in holds if hold.kind != Hold.Kind.OFFERED)
    return enquiry.status in UPCOMING and any(has_no_room(hold, now) for hold in own)


def next_words(enquiry: Enquiry, holds: list[Hold], now: datetime, *, lost: bool = False) -> str:
    """What to do next. `holds` are its own, with their practitioners."""
    if enquiry.erased_at:
        return "Their details are erased. There is nothing left to do."
    if lost:
        time = appointment(enquiry.required_starts_at)
        return f"There is no room any more for their time, {time}: a closure, or other hours, took it. {_instead(enquiry)}"
    if enquiry.status == Status.NEW:
        also = also_reach(enquiry) if not enquiry.starts_at or enquiry.starts_at > now else ""
        return f"{_next_of_new(enquiry, holds, now)} {also}".rstrip()
    if enquiry.status == Status.PROPOSED:
        until = min((hold.expires_at for hold in holds if hold.expires_at), default=None)
        if until is None or until <= now:
            return "The times on offer have lapsed. Ask them whether one of them suited, or offer others."
        return f"They choose from the times on offer until {near_time(until, now)}. If they phone, take their answer here."
    if enquiry.status == Status.CONFIRMED:
        return _next_of_confirmed(enquiry, holds, now)
    return {
        Status.SUSPECTED_SPAM: "A field that people cannot see was filled in. Read it: a browser may have done that for a real person.",
        Status.WAITLISTED: "They wait for a time. Offer one as soon as it comes free.",
        Status.ATTENDED: "They came. Close it with what came of it. If that is a mistake, put it right under More.",
        Status.DID_NOT_ATTEND: "They did not come. Give them a new time, or close it. If that is a mistake, put it right under More.",
        Status.CLOSED: f"Closed: {enquiry.get_outcome_display().lower()}. There is nothing left to do.",
        Status.CANCELLED_CLINIC: "We cancelled. Offer them other times.",
    }.get(Status(enquiry.status), "It has ended. If they come back, they begin a new request." if enquiry.status in REBOOKABLE else "")


def _instead(enquiry: Enquiry) -> str:
    return {
        Status.NEW: "They do not know yet. Offer others.",
        Status.PROPOSED: "They choose from the times on offer. If they phone, take their answer here.",
    }.get(Status(enquiry.status), "They do not know yet. Offer other times, or cancel with an apology.")


def _next_of_new(enquiry: Enquiry, holds: list[Hold], now: datetime) -> str:
    if not enquiry.starts_at:
        return "None of the free times suited them. Offer times, or put them on the waiting list."
    if enquiry.starts_at <= now:
        return f"The time they asked for has begun. {enquiry.reach.capitalize()} them, and offer other times."
    if not holds:
        return "The time they asked for is not held for them. Confirm it if it is still free, or offer others."
    return "The time they asked for is held for them. Confirm it, or offer others."


def _next_of_confirmed(enquiry: Enquiry, holds: list[Hold], now: datetime) -> str:
    if enquiry.lacks and enquiry.required_starts_at <= now < enquiry.ends_at:
        return f"It has begun, and they have no {enquiry.lacks}. Send it, or {enquiry.reach} them."
    if enquiry.required_starts_at <= now:
        return "Did they come? Write it down."
    named = {"video link": "the video link", "address": f"the address of {enquiry.location}"}
    missing = [named[enquiry.lacks]] if enquiry.lacks else []
    if not any(hold.person_id for hold in holds):
        missing.append("who sees them")
    if missing:
        return f"Confirmed. Still missing: {' and '.join(missing)}."
    return "Confirmed. There is nothing to do until they come."


def please_call(enquiry: Enquiry, clinic: Clinic) -> str:
    """Return a text message that asks them to call; it names the clinic only if a message may."""
    named = f"{clinic.name}: " if enquiry.message_safety == Enquiry.MessageSafety.NAMED else ""
    return f"{named}About your request {enquiry.reference}: please call us on {clinic.phone}." if clinic.phone else ""


def time_label(enquiry: Enquiry, holds: list[Hold]) -> str:
    """What the time of a request is to them."""
    if enquiry.status == Status.CONFIRMED:
        return "Confirmed"
    if any(hold.kind == Hold.Kind.CONFIRMED for hold in holds) or enquiry.status == Status.CANCELLED_CLINIC:
        return "Appointment"
    return "It was for" if enquiry.status == Status.CANCELLED_CLIENT else "Asked for"


def time_note(enquiry: Enquiry, holds: list[Hold], now: datetime) -> str:
    """Whether it is theirs."""
    if not enquiry.starts_at or enquiry.erased_at:
        return ""
    if enquiry.status == Status.NEW:
        return "Held for them" if holds else "Not held for them"
    if enquiry.status == Status.PROPOSED and any(hold.kind == Hold.Kind.CONFIRMED for hold in holds):
        return "Theirs until they choose another" if enquiry.starts_at > now else ""
    is_held = any((hold.location_id, hold.starts_at) == (enquiry.location_id, enquiry.starts_at) for hold in holds)
    return "No longer held for them" if enquiry.status in {Status.PROPOSED, Status.WAITLISTED} and not is_held else ""


def clock_words(enquiry: Enquiry, clinic: Clinic) -> tuple[str, str]:
    """The reply-by clock and how pressing it is: ("Answer by 6pm today, in 2 hours", "soon"). Only for who waits for us."""
    due = clinic.reply_by(enquiry.waiting_since) if enquiry.status == Status.NEW else None
    if enquiry.status != Status.NEW:
        return "", ""
    if due is None:
        return "Answer as soon as the line opens again", ""
    at = near_time(due, clinic.now)
    if due <= clinic.now:
        return f"The answer is late: promised by {at}", "late"
    left = timeuntil(due, clinic.now, depth=1).replace("\xa0", " ")
    return f"Answer by {at}, in {left}", "soon" if due - clinic.now < timedelta(hours=1) else ""


def same_contact(email_key: str, phone: str, linked: Q | None = None) -> list[Enquiry]:
    """The requests from this email address or phone number, and those otherwise `linked`; the newest first."""
    same = linked or Q(pk=None)
    if phone:
        same_number = SearchWord.objects.filter(word=phone.removeprefix("+").encode()).order_by("-enquiry_id")
        same |= Q(pk__in=list(same_number.values_list("enquiry_id", flat=True)[: 2 * EARLIER_REQUESTS]))
    if email_key:
        same |= Q(email_key=email_key)
    return list(Enquiry.objects.filter(same).select_related("location").order_by("-created_at", "-pk")[: EARLIER_REQUESTS + 1])


def of_same_person(enquiry: Enquiry) -> list[Enquiry]:
    """Other requests from the same email address or phone number, and those it is linked to."""
    named = [pk for pk in (enquiry.came_back_from_id, enquiry.possible_duplicate_of_id) if pk]
    linked = Q(pk__in=named) | Q(came_back_from=enquiry)
    return [other for other in same_contact(enquiry.email_key, enquiry.phone, linked) if other != enquiry][:EARLIER_REQUESTS]


def relation(other: Enquiry, enquiry: Enquiry) -> str:
    """How another request of the same person is linked to this one."""
    if other.pk == enquiry.came_back_from_id:
        return "this one came back from it"
    if other.came_back_from_id == enquiry.pk:
        return "came back from this one"
    if other.pk == enquiry.possible_duplicate_of_id:
        return "this one may be its duplicate"
    return "may be a duplicate of this one" if other.possible_duplicate_of_id == enquiry.pk else ""
