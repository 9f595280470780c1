"""What has come to a request since a page of it was drawn, and who was faster: in words for whoever is second."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F

from bookings import actions
from bookings.domain.status import InvalidTransition
from bookings.models import Enquiry, Event, Notice
from bookings.models.event import DETAILS_DELETED, SENT_AGAIN, TOLD
from bookings.queries.versions import Version, version_of
from bookings.staff.enquiry.timeline import TimelineEntry, entry_of_event, entry_of_note, what_happened, who_did
from bookings.staff.steps.base import sentence_of
from services.clinic.uk_time import near_time

LOOK_FIRST = "Nothing was done yet. Please read what is new on this request, then press again if it still fits."


class Overtaken(Exception):
    """Something has come to the request since the page was drawn."""


def check_seen(enquiry: Enquiry, seen: Version | None) -> None:
    """Raise Overtaken if anything is new on the request since `seen`. The caller holds the lock of the request: it stays so.

    A form that carries nothing is none of our pages: there is nothing it could have missed.
    """
    if seen and version_of(enquiry).has_more_than(seen):
        raise Overtaken


def new_since(enquiry: Enquiry, seen: Version | None, reader: AbstractBaseUser | None = None) -> list[TimelineEntry]:
    """Return what is new since `seen`, in the order in which it came; what the reader did is said to be theirs."""
    if seen is None:
        return []
    entries = [entry_of_event(event, reader) for event in enquiry.events.filter(pk__gt=seen.event).select_related("user")]
    entries += [entry_of_note(note, reader) for note in enquiry.notes.filter(pk__gt=seen.note).select_related("author")]
    failed = Notice.objects.to_client().filter(event__enquiry=enquiry, status=Notice.Status.FAILED)
    more = max(0, failed.count() - seen.failed)
    entries += [_failed(notice) for notice in failed.order_by(F("failed_at").desc(nulls_last=True), "-pk")[:more]]
    return sorted(entries, key=lambda entry: entry.at)


def _failed(notice: Notice) -> TimelineEntry:
    title = f"The email “{notice.get_kind_display()}” could not be sent"
    return TimelineEntry(
        notice.failed_at or notice.created_at, "email", title, text=f"Reason: {notice.why_not}.", state=Notice.Status.FAILED
    )


def who_and_when(event: Event, reader: AbstractBaseUser, now: datetime) -> str:
    """Return who and when in brackets: (Priya Nair, 10:04am today)."""
    return f"({who_did(event, reader)}, {near_time(event.at, now)})"


def lead(event: Event, reader: AbstractBaseUser) -> str:
    """Return how to begin a sentence about an event to whoever came second."""
    if event.actor == Event.Actor.STAFF:
        return "You did this already" if event.user == reader else "A colleague was faster"
    return "The person was faster" if event.actor == Event.Actor.CLIENT else "The site was faster"


def no_longer_open(enquiry: Enquiry, reader: AbstractBaseUser, now: datetime, seen: Version | None = None) -> str:
    """Return why a step cannot be taken any more: how the request stands, who brought it there and when."""
    event = _last_move(enquiry)
    by = f" {who_and_when(event, reader, now)}" if event else ""
    first = f"{lead(event, reader)}. " if event and seen and event.pk > seen.event else ""
    if enquiry.erased_at:
        return f"{first}The details of this person are deleted{by}, so this step is no longer open."
    if enquiry.erase_by:
        return f"{first}The person asked us to delete their details{by}, so this step is no longer open."
    other = new_since(enquiry, seen, reader) if not first else []
    since = f" New since you opened the page: {'; '.join(change_in_words(entry, now) for entry in other)}." if other else ""
    return f"{first}This request is “{enquiry.get_status_display()}” now{by}, so this step is no longer open.{since}"


def change_in_words(entry: TimelineEntry, now: datetime) -> str:
    """Return what came, who did it and when, without the words of a note: Confirmed (Priya Nair, 10:04am today)."""
    return f"{entry.title} ({', '.join(part for part in (entry.who, near_time(entry.at, now)) if part)})"


def _last_move(enquiry: Enquiry) -> Event | None:
    """Return what brought the request to where it stands; None for one that is as it came in."""
    events = enquiry.events.select_related("user")
    if enquiry.erased_at:
        return events.filter(note=DETAILS_DELETED).last()
    return events.exclude(from_status="").exclude(from_status=F("to_status")).last()


def refusal(problem: Exception, enquiry: Enquiry, reader: AbstractBaseUser, now: datetime) -> str:
    """Return why a step was refused; where somebody else was faster, who that was, with what and when."""
    event = None
    if isinstance(problem, InvalidTransition):
        event = _last_move(enquiry)
    elif isinstance(problem, actions.CannotResend):
        event = enquiry.events.filter(note=SENT_AGAIN).select_related("user").last()
    if event is None:
        return sentence_of(problem)
    faster = f"{lead(event, reader)}: {what_happened(event)} {who_and_when(event, reader, now)}."
    rest = f"{problem} Nothing was changed." if type(problem) is InvalidTransition else sentence_of(problem)
    return f"{faster} {rest}"


def already_told(notice: Notice, reader: AbstractBaseUser, now: datetime) -> str:
    """Return why a call cannot be ticked off: who ticked it off before, or what made it needless."""
    enquiry = notice.enquiry
    told = enquiry.events.filter(note__in=TOLD).select_related("user")
    event = (told.filter(at=notice.sent_at) if notice.sent_at else told).last() if _was_told(notice) else None
    if event:
        return f"{lead(event, reader)}: {what_happened(event)} {who_and_when(event, reader, now)}. It is ticked off once."
    move = _last_move(enquiry)
    by = f": {what_happened(move)} {who_and_when(move, reader, now)}" if move else ""
    return f"This need not be told any more{by}. Nothing was ticked off."


def _was_told(notice: Notice) -> bool:
    return notice.status in {Notice.Status.SENT, Notice.Status.FAILED}
