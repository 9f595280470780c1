"""A person's details are deleted. What stays is that there was a request, when, for where, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from bookings.actions import erasure_list
from bookings.actions.client_changes import cancel
from bookings.actions.primitives import lock_enquiry, record, transition
from bookings.domain.status import Status, can_cancel
from bookings.models import Enquiry, Event, Notice
from bookings.models.enquiry import new_key_head, new_key_tail
from bookings.models.event import DETAILS_DELETED
from bookings.transactions import in_one_transaction

LAST_EMAIL_WITHIN = timedelta(hours=24)  # longer nobody waits to be forgotten, whatever the mail server does
PERSONAL = ["name", "email", "email_key", "phone", "phone_typed", "message", "best_time", "cancel_reason", "video_link"]
TRACES = ["fingerprint", "network"]  # of the form it came from


@in_one_transaction
def erase(enquiry: Enquiry, *, now: datetime, tell: bool = True) -> Enquiry:
    """The person deletes their details. With a time ahead it is cancelled first, and what remains goes once the email about that has gone.

    Who wants no email, `tell` is then False, waits for none.

    Asked again, or of a request that is erased, it changes nothing.
    """
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    if enquiry.erase_by or enquiry.erased_at:
        return enquiry
    if can_cancel(enquiry.status, enquiry.starts_at, now):
        if enquiry.has_time and enquiry.required_starts_at > now:
            enquiry = cancel(enquiry, now=now, tell=tell)
        else:
            transition(enquiry, Status.CANCELLED_CLIENT, now)
    if _last_email(enquiry).exists():
        enquiry.erase_by = now + LAST_EMAIL_WITHIN
        enquiry.save()
    else:
        forget_details(enquiry, now)
    return enquiry


@in_one_transaction
def erase_now(enquiry: Enquiry, *, user: User, now: datetime) -> Enquiry:
    """Staff delete a person's details at once, with every message owed to the person; a time ahead becomes free. Cannot be undone."""
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    if not enquiry.erased_at:
        if can_cancel(enquiry.status, enquiry.starts_at, now):
            transition(enquiry, Status.CANCELLED_CLIENT, now, user=user)
        forget_details(enquiry, now, Event.Actor.STAFF, user)
    return enquiry


@in_one_transaction
def erase_again(enquiry: Enquiry, *, now: datetime) -> bool:
    """Erase the details of a person who had them erased before a backup brought them back; a time ahead becomes free.

    Return whether there were any. Nobody is sent anything: they have been told.
    """
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    if enquiry.erased_at:
        return False
    if can_cancel(enquiry.status, enquiry.starts_at, now):
        transition(enquiry, Status.CANCELLED_CLIENT, now, actor=Event.Actor.SYSTEM)
    forget_details(enquiry, now, Event.Actor.SYSTEM)
    return True


def erase_due(now: datetime) -> int:
    """Erases whatever waits no longer for its last email. Returns how many."""
    return sum(erase_waiting(enquiry, now=now) for enquiry in Enquiry.objects.to_erase())


@in_one_transaction
def erase_waiting(enquiry: Enquiry, *, now: datetime) -> bool:
    """Erases one that waits no longer for its last email. Answers whether it did."""
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    if not may_erase(enquiry, now):
        return False
    forget_details(enquiry, now)
    return True


def may_erase(enquiry: Enquiry, now: datetime) -> bool:
    """Whether its person asked for it, and its last email has gone or waited long enough."""
    return enquiry.erase_by is not None and (enquiry.erase_by <= now or not _last_email(enquiry).exists())


def _last_email(enquiry: Enquiry) -> QuerySet[Notice]:
    """The email that says that an appointment or a request is cancelled, by whomever, while it is still to go."""
    kinds = [Notice.Kind.CANCELLED, Notice.Kind.CANCELLED_CLINIC]
    owed = Notice.objects.filter(event__enquiry=enquiry, kind__in=kinds)
    return owed.filter(status=Notice.Status.PENDING, channel=Notice.Channel.EMAIL)


def forget_details(enquiry: Enquiry, now: datetime, actor: str = Event.Actor.CLIENT, user: User | None = None) -> None:
    """The row stays for the figures. Its link becomes one that nobody knows."""
    owed = Notice.objects.to_client().filter(event__enquiry=enquiry, status=Notice.Status.PENDING)
    owed.update(status=Notice.Status.DROPPED, lease="")  # those to staff name nobody, and say that a time is free again
    Notice.objects.filter(event__enquiry=enquiry).update(paragraph="")
    enquiry.notes.all().delete()
    enquiry.search_words.all().delete()
    for name in (*PERSONAL, *TRACES):
        setattr(enquiry, name, "")
    enquiry.message_safety = Enquiry.MessageSafety.NONE
    enquiry.wants_earlier = False
    enquiry.possible_duplicate_of = enquiry.came_back_from = None
    enquiry.key_head, enquiry.key_tail = new_key_head(), new_key_tail()
    enquiry.erase_by, enquiry.erased_at = None, now
    enquiry.save()
    Enquiry.objects.filter(possible_duplicate_of=enquiry).update(possible_duplicate_of=None)
    Enquiry.objects.filter(came_back_from=enquiry).update(came_back_from=None)
    record(enquiry, enquiry.status, enquiry.status, now, actor, user, DETAILS_DELETED)
    transaction.on_commit(partial(erasure_list.append_reference, enquiry.reference, now))
