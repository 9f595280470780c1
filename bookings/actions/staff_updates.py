"""What staff keep of a request beside its answer: whose it is, who sees the person, notes and calls, what came of it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from bookings.actions.exceptions import NoSlotChosen, NotStarted
from bookings.actions.primitives import add_event, assign_practitioner, channels_of, lock_enquiry, notify, remember_words, transition
from bookings.domain.status import OUTCOME_KNOWN, InvalidTransition, Status
from bookings.models import Enquiry, Hold, Note, Notice
from bookings.models.enquiry import new_key_head, new_key_tail
from bookings.models.event import DETAILS_CORRECTED, PUT_RIGHT
from bookings.models.notification import ALSO_BY_PHONE
from bookings.transactions import in_one_transaction
from services.clinic.staff_names import name_of
from services.models import Person


@in_one_transaction
def assign(enquiry: Enquiry, to: User | None, *, user: User, now: datetime) -> Enquiry:
    """Says which of the staff sees to it; None: nobody in particular."""
    enquiry = lock_enquiry(enquiry)
    if enquiry.assigned_to_id != (to.pk if to else None):
        enquiry.assigned_to = to
        enquiry.save()
        add_event(enquiry, f"Assigned to {name_of(to)}"[:200] if to else "Assigned to nobody", now, user=user)
    return enquiry


@in_one_transaction
def assign_person(enquiry: Enquiry, person: Person | None, *, user: User, now: datetime) -> Enquiry:
    """Says which practitioner sees the person; None: not decided. Raises NoSlotChosen without an appointment, and PersonTaken."""
    enquiry = lock_enquiry(enquiry)
    hold = enquiry.holds.filter(kind=Hold.Kind.CONFIRMED).first()
    if hold is None:
        raise NoSlotChosen
    if hold.person_id != (person.pk if person else None):
        assign_practitioner(hold, person)
        add_event(enquiry, "Practitioner assigned" if person else "No practitioner assigned", now, user=user)
    return enquiry


@in_one_transaction
def add_note(enquiry: Enquiry, *, text: str = "", call: str = "", user: User, now: datetime, after: int | None = None) -> Note:
    """Writes a note or a call down, for good. Raises InvalidTransition once the person's details are deleted.

    `after` is the newest note the writer had seen: the same words from the same hand since then are the same form sent twice.
    """
    enquiry = lock_enquiry(enquiry)
    if after is not None and (again := enquiry.notes.filter(pk__gt=after, author=user, call=call, text=text).first()):
        return again
    return Note.objects.create(enquiry=enquiry, at=now, author=user, call=call, text=text)


@in_one_transaction
def mark_attended(enquiry: Enquiry, *, user: User, now: datetime) -> Enquiry:
    """They came. Raises InvalidTransition, or NotStarted before it begins."""
    enquiry = lock_enquiry(enquiry)
    _begun(enquiry, Status.ATTENDED, now)
    transition(enquiry, Status.ATTENDED, now, user=user)
    return enquiry


@in_one_transaction
def mark_did_not_attend(enquiry: Enquiry, *, user: User, now: datetime, tell: bool = False, paragraph: str = "") -> Enquiry:
    """They did not come; `tell` owes the kind message about it. Raises InvalidTransition, or NotStarted before it begins."""
    enquiry = lock_enquiry(enquiry)
    _begun(enquiry, Status.DID_NOT_ATTEND, now)
    event = transition(enquiry, Status.DID_NOT_ATTEND, now, user=user)
    if tell:
        notify(event, Notice.Kind.MISSED, paragraph)
    return enquiry


@in_one_transaction
def correct_outcome(enquiry: Enquiry, to: Status, *, user: User, now: datetime, tell: bool = False, paragraph: str = "") -> Enquiry:
    """Puts right whether they came, until the request is closed; the message that we missed them is dropped if it is still owed.

    `tell` owes it, for somebody who did not come after all. Raises InvalidTransition.
    """
    enquiry = lock_enquiry(enquiry)
    if to == enquiry.status or not {to, enquiry.status} <= OUTCOME_KNOWN:
        raise InvalidTransition(enquiry.status, to)
    event = transition(enquiry, to, now, user=user, note=PUT_RIGHT)
    if to == Status.ATTENDED:  # one that is being sent at this moment the worker drops, unless it has gone already
        owed = Notice.objects.not_begun().filter(event__enquiry=enquiry, kind=Notice.Kind.MISSED)
        owed.update(status=Notice.Status.DROPPED)
    elif tell:
        notify(event, Notice.Kind.MISSED, paragraph)
    return enquiry


@in_one_transaction
def correct_details(enquiry: Enquiry, *, user: User, now: datetime, **details: str) -> Enquiry:
    """Puts right who the person is and how to reach them: name, email, phone, phone_typed, contact_by, message_safety, best_time.

    What is still owed goes to the new address, also what was to be told by phone; without one it is told by phone. Raises DetailsDeleted.
    """
    enquiry = lock_enquiry(enquiry)
    if all(getattr(enquiry, name) == value for name, value in details.items()):
        return enquiry
    ways = channels_of(enquiry)
    for name, value in details.items():
        setattr(enquiry, name, value)
    enquiry.email_key = enquiry.email.lower()
    enquiry.save()
    enquiry.search_words.all().delete()
    remember_words(enquiry)
    if channels_of(enquiry) != ways:
        _send_on(enquiry)
    add_event(enquiry, DETAILS_CORRECTED, now, user=user)
    return enquiry


def _send_on(enquiry: Enquiry) -> None:
    """Give what is owed the ways in which the client is reached now; one that is being sent at this moment is the worker's."""
    first, *others = channels_of(enquiry)
    known = Notice.objects.to_client().filter(event__enquiry=enquiry)
    for notice in list(known.not_begun()):
        row, has_two = known.filter(pk=notice.pk), known.filter(event=notice.event, kind=notice.kind).exclude(pk=notice.pk).exists()
        if notice.channel not in {first, *others}:
            row.update(**({"status": Notice.Status.DROPPED} if has_two else {"channel": first}))
        elif notice.channel != first and not has_two:  # they have an address now
            row.update(channel=first)
            if notice.kind in ALSO_BY_PHONE:
                Notice.objects.create(
                    event=notice.event, kind=notice.kind, channel=notice.channel, created_at=notice.created_at, paragraph=notice.paragraph
                )


def _begun(enquiry: Enquiry, to: Status, now: datetime) -> None:
    if enquiry.status != Status.CONFIRMED:
        raise InvalidTransition(enquiry.status, to)
    if enquiry.required_starts_at > now:
        raise NotStarted


@in_one_transaction
def close(enquiry: Enquiry, *, outcome: str, user: User, now: datetime) -> Enquiry:
    """Writes down what came of the first meeting. Raises InvalidTransition."""
    enquiry = lock_enquiry(enquiry)
    enquiry.outcome = outcome
    transition(enquiry, Status.CLOSED, now, user=user, note=Enquiry.Outcome(outcome).label)
    return enquiry


@in_one_transaction
def replace_link(enquiry: Enquiry, *, user: User, now: datetime) -> Enquiry:
    """Gives the request a new link; the old one stops working. For a person whose emails somebody else reads."""
    enquiry = lock_enquiry(enquiry)
    enquiry.key_head, enquiry.key_tail = new_key_head(), new_key_tail()
    enquiry.save()
    add_event(enquiry, "Link replaced", now, user=user)
    return enquiry
