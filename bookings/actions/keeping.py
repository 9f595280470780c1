"""What staff keep of a request beside its answer: whose it is, who sees the person, notes and calls, what came of it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from bookings.actions.problems import NoTime, TooSoon
from bookings.actions.steps import channels_of, give_to, locked, move, owe, remark, remember_words
from bookings.models import Enquiry, Hold, Note, Notice
from bookings.models.enquiry import new_key_head, new_key_tail
from bookings.models.history import DETAILS_CORRECTED, PUT_RIGHT
from bookings.models.notices import ALSO_BY_PHONE
from bookings.states import MET, Status, WrongMove
from bookings.transactions import in_one_transaction
from services.accounts import name_of
from services.models import Person


@in_one_transaction
def assign(enquiry: Enquiry, to: User | None, *, user: User, now: datetime) -> Enquiry:
    """Says which of the staff sees to it; None: nobody in particular."""
    enquiry = locked(enquiry)
    if enquiry.assigned_to_id != (to.pk if to else None):
        enquiry.assigned_to = to
        enquiry.save()
        remark(enquiry, f"Assigned to {name_of(to)}"[:200] if to else "Assigned to nobody", now, user=user)
    return enquiry


@in_one_transaction
def assign_person(enquiry: Enquiry, person: Person | None, *, user: User, now: datetime) -> Enquiry:
    """Says which practitioner sees the person; None: not decided. Raises NoTime without an appointment, and PersonTaken."""
    enquiry = locked(enquiry)
    hold = enquiry.holds.filter(kind=Hold.Kind.CONFIRMED).first()
    if hold is None:
        raise NoTime
    if hold.person_id != (person.pk if person else None):
        give_to(hold, person)
        remark(enquiry, "Practitioner assigned" if person else "No practitioner assigned", now, user=user)
    return enquiry


@in_one_transaction
def add_note(enquiry: Enquiry, *, text: str = "", call: str = "", user: User, now: datetime, after: int | None = None) -> Note:
    """Writes a note or a call down, for good. Raises WrongMove once the person's details are deleted.

    `after` is the newest note the writer had seen: the same words from the same hand since then are the same form sent twice.
    """
    enquiry = locked(enquiry)
    if after is not None and (again := enquiry.notes.filter(pk__gt=after, author=user, call=call, text=text).first()):
        return again
    return Note.objects.create(enquiry=enquiry, at=now, author=user, call=call, text=text)


@in_one_transaction
def attend(enquiry: Enquiry, *, user: User, now: datetime) -> Enquiry:
    """They came. Raises WrongMove, or TooSoon before it begins."""
    enquiry = locked(enquiry)
    _begun(enquiry, Status.ATTENDED, now)
    move(enquiry, Status.ATTENDED, now, user=user)
    return enquiry


@in_one_transaction
def miss(enquiry: Enquiry, *, user: User, now: datetime, tell: bool = False, paragraph: str = "") -> Enquiry:
    """They did not come; `tell` owes the kind message about it. Raises WrongMove, or TooSoon before it begins."""
    enquiry = locked(enquiry)
    _begun(enquiry, Status.DID_NOT_ATTEND, now)
    event = move(enquiry, Status.DID_NOT_ATTEND, now, user=user)
    if tell:
        owe(event, Notice.Kind.MISSED, paragraph)
    return enquiry


@in_one_transaction
def correct(enquiry: Enquiry, to: Status, *, user: User, now: datetime, tell: bool = False, paragraph: str = "") -> Enquiry:
    """Puts right whether they came, until the request is closed; the message that we missed them is dropped if it is still owed.

    `tell` owes it, for somebody who did not come after all. Raises WrongMove.
    """
    enquiry = locked(enquiry)
    if to == enquiry.status or not {to, enquiry.status} <= MET:
        raise WrongMove(enquiry.status, to)
    event = move(enquiry, to, now, user=user, note=PUT_RIGHT)
    if to == Status.ATTENDED:  # one that is being sent at this moment the worker drops, unless it has gone already
        owed = Notice.objects.not_begun().filter(event__enquiry=enquiry, kind=Notice.Kind.MISSED)
        owed.update(status=Notice.Status.DROPPED)
    elif tell:
        owe(event, Notice.Kind.MISSED, paragraph)
    return enquiry


@in_one_transaction
def correct_details(enquiry: Enquiry, *, user: User, now: datetime, **details: str) -> Enquiry:
    """Puts right who the person is and how to reach them: name, email, phone, phone_typed, contact_by, message_safety, best_time.

    What is still owed goes to the new address, also what was to be told by phone; without one it is told by phone. Raises DetailsDeleted.
    """
    enquiry = locked(enquiry)
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
    remark(enquiry, DETAILS_CORRECTED, now, user=user)
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
        raise WrongMove(enquiry.status, to)
    if enquiry.required_starts_at > now:
        raise TooSoon


@in_one_transaction
def close(enquiry: Enquiry, *, outcome: str, user: User, now: datetime) -> Enquiry:
    """Writes down what came of the first meeting. Raises WrongMove."""
    enquiry = locked(enquiry)
    enquiry.outcome = outcome
    move(enquiry, Status.CLOSED, now, user=user, note=Enquiry.Outcome(outcome).label)
    return enquiry


@in_one_transaction
def replace_link(enquiry: Enquiry, *, user: User, now: datetime) -> Enquiry:
    """Gives the request a new link; the old one stops working. For a person whose emails somebody else reads."""
    enquiry = locked(enquiry)
    enquiry.key_head, enquiry.key_tail = new_key_head(), new_key_tail()
    enquiry.save()
    remark(enquiry, "Link replaced", now, user=user)
    return enquiry
