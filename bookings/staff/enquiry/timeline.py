"""What happened to a request, in one list: its states, its messages, the calls and the notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from bookings.domain.schedule import DAYS_BEFORE
from bookings.models import Enquiry, Event, Note, Notice
from bookings.notifications import Rendered, render_notification
from services.clinic.clinic import Clinic
from services.clinic.staff_names import name_of


@dataclass(frozen=True)
class TimelineEntry:
    at: datetime
    kind: str  # event, email, phone, call, note
    title: str
    who: str = ""
    text: str = ""
    state: str = ""  # of a message: pending, sent, failed, dropped
    notice: Notice | None = None
    verbs: list[tuple[str, str]] = field(default_factory=list)  # what can be done about a message
    can_read: bool = False
    words: Rendered | None = None  # what to say on the phone, or in a text message

    @property
    def failed(self) -> bool:
        """Whether the person does not know it yet, because an email that still says the truth did not go out."""
        return self.notice is not None and self.state == Notice.Status.FAILED and bool(self.verbs) and not self.notice.is_for_staff


def timeline(enquiry: Enquiry, now: datetime, clinic: Clinic) -> list[TimelineEntry]:
    """The newest first, also of what was done in one moment. Three queries, and those of the words that are to be told by phone."""
    entries = [entry_of_event(event) for event in enquiry.events.select_related("user").order_by("-pk")]
    notices = list(Notice.objects.filter(event__enquiry=enquiry).select_related("event").order_by("pk"))
    for notice in reversed(notices):
        notice.required_event.enquiry = enquiry
        entries.append(_message(notice, notices, now, clinic))
    entries += [entry_of_note(note) for note in enquiry.notes.select_related("author").order_by("-pk")]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def who_did(event: Event, reader: AbstractBaseUser | None = None) -> str:
    """Return who did it, in words: a name, or “you” for whoever reads it."""
    if event.user:
        return "you" if event.user == reader else name_of(event.user)
    names = {Event.Actor.CLIENT: "the person themselves", Event.Actor.STAFF: "staff", Event.Actor.SYSTEM: "the site"}
    return names[Event.Actor(event.actor)]


def what_happened(event: Event) -> str:
    """Confirmed; Cancelled by the clinic; Time changed."""
    if not event.from_status:
        return "Written down for a caller" if event.actor == Event.Actor.STAFF else "The request came in"
    if event.from_status == event.to_status:
        return event.note or event.get_to_status_display()
    return f"{event.get_to_status_display()}: {event.note}" if event.note else event.get_to_status_display()


def entry_of_event(event: Event, reader: AbstractBaseUser | None = None) -> TimelineEntry:
    return TimelineEntry(event.at, "event", what_happened(event), who_did(event, reader))


def entry_of_note(note: Note, reader: AbstractBaseUser | None = None) -> TimelineEntry:
    who = ("you" if note.author == reader else name_of(note.author)) if note.author else "somebody who has left"
    return TimelineEntry(note.at, "call" if note.call else "note", note.get_call_display() or "Note", who, note.text)


def _message(notice: Notice, notices: list[Notice], now: datetime, clinic: Clinic) -> TimelineEntry:
    """One message, with what can be done about it. Whether it still stands is read from the list, without asking the database."""
    by_phone = notice.channel == Notice.Channel.PHONE
    owed = notice.status == Notice.Status.PENDING
    same = [other for other in notices if other.kind == notice.kind and other != notice]
    waiting = any(other.channel == notice.channel and other.status == Notice.Status.PENDING for other in [notice, *same])
    newest = not any((other.event_id or 0) > (notice.event_id or 0) for other in same)
    told = any(other.event_id == notice.event_id and other.status == Notice.Status.SENT for other in same)
    stands = newest and notice.stands and (notice.kind not in DAYS_BEFORE or notice.is_true)
    verbs = []
    if owed and by_phone:
        verbs.append(("told", "I have told them"))
    elif stands and not waiting and not (told and notice.status == Notice.Status.FAILED):
        verbs.append(("again", "Put on “Tell by phone” again" if by_phone else "Send again"))
        if notice.status == Notice.Status.FAILED and not notice.is_for_staff:
            verbs.append(("told", "I have told them"))
    return TimelineEntry(
        notice.created_at,
        "phone" if by_phone else "email",
        f"{f'To tell by {notice.enquiry.way_by_phone}' if by_phone else 'Email'}: {notice.get_kind_display()}",
        text=notice.paragraph,
        state=notice.status,
        notice=notice,
        verbs=verbs,
        can_read=stands and not notice.is_for_staff,
        words=render_notification(notice, now, clinic) if owed and by_phone else None,
    )
