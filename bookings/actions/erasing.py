"""A person's details are deleted. What stays is that there was a request, when, for where, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from bookings.actions.changing import cancel
from bookings.actions.steps import locked, move, record
from bookings.models import Enquiry, Event, Notice
from bookings.models.enquiry import new_key_head, new_key_tail
from bookings.states import Status, can_cancel

LAST_EMAIL_WITHIN = timedelta(hours=24)  # longer nobody waits to be forgotten, whatever the mail server does
DELETED = "Details deleted"
PERSONAL = ["name", "email", "email_key", "phone", "phone_typed", "message", "best_time", "cancel_reason", "video_link", "fingerprint"]


def erase(enquiry: Enquiry, *, now: datetime, tell: bool = True) -> Enquiry:
    """The person deletes their details. With a time ahead it is cancelled first, and what remains goes once the email about that has gone.

    Who wants no email, `tell` is then False, waits for none.

    Asked again, or of a request that is erased, it changes nothing.
    """
    with transaction.atomic():
        enquiry = locked(enquiry)
        if enquiry.erase_by or enquiry.erased_at:
            return enquiry
        if can_cancel(enquiry.status, enquiry.starts_at, now):
            if enquiry.has_time and enquiry.required_starts_at > now:
                enquiry = cancel(enquiry, now=now, tell=tell)
            else:
                move(enquiry, Status.CANCELLED_CLIENT, now)
        if _last_email(enquiry).exists():
            enquiry.erase_by = now + LAST_EMAIL_WITHIN
            enquiry.save()
        else:
            forget_details(enquiry, now)
    return enquiry


def erase_now(enquiry: Enquiry, *, user: User, now: datetime) -> Enquiry:
    """Staff delete a person's details at once, and with them every message still owed; a time ahead becomes free. Cannot be undone."""
    with transaction.atomic():
        enquiry = locked(enquiry)
        if not enquiry.erased_at:
            if can_cancel(enquiry.status, enquiry.starts_at, now):
                move(enquiry, Status.CANCELLED_CLIENT, now, user=user)
            forget_details(enquiry, now, Event.Actor.STAFF, user)
    return enquiry


def erase_due(now: datetime) -> int:
    """Erases whatever waits no longer for its last email. Returns how many."""
    return sum(erase_waiting(enquiry, now=now) for enquiry in Enquiry.objects.to_erase())


def erase_waiting(enquiry: Enquiry, *, now: datetime) -> bool:
    """Erases one that waits no longer for its last email. Answers whether it did."""
    with transaction.atomic():
        enquiry = locked(enquiry)
        if not may_erase(enquiry, now):
            return False
        forget_details(enquiry, now)
    return True


def may_erase(enquiry: Enquiry, now: datetime) -> bool:
    """Whether its person asked for it, and its last email has gone or waited long enough."""
    return enquiry.erase_by is not None and (enquiry.erase_by <= now or not _last_email(enquiry).exists())


def _last_email(enquiry: Enquiry) -> QuerySet[Notice]:
    """The email that says it is cancelled, while it is still to go."""
    owed = {"status": Notice.Status.PENDING, "channel": Notice.Channel.EMAIL, "kind": Notice.Kind.CANCELLED}
    return Notice.objects.filter(event__enquiry=enquiry, **owed)


def forget_details(enquiry: Enquiry, now: datetime, actor: str = Event.Actor.CLIENT, user: User | None = None) -> None:
    """The row stays for the figures. Its link becomes one that nobody knows."""
    owed = Notice.objects.filter(event__enquiry=enquiry, status=Notice.Status.PENDING)
    if actor == Event.Actor.CLIENT:
        owed = owed.to_client()  # staff still hear, in words that name nobody, that a time is free again
    owed.update(status=Notice.Status.DROPPED, lease="")
    Notice.objects.filter(event__enquiry=enquiry).update(paragraph="")
    enquiry.notes.all().delete()
    enquiry.search_words.all().delete()
    for name in PERSONAL:
        setattr(enquiry, name, "")
    enquiry.message_safety = Enquiry.MessageSafety.NONE
    enquiry.wants_earlier = False
    enquiry.possible_duplicate_of = enquiry.came_back_from = None
    enquiry.key_head, enquiry.key_tail = new_key_head(), new_key_tail()
    enquiry.erase_by, enquiry.erased_at = None, now
    enquiry.save()
    Enquiry.objects.filter(possible_duplicate_of=enquiry).update(possible_duplicate_of=None)
    Enquiry.objects.filter(came_back_from=enquiry).update(came_back_from=None)
    record(enquiry, enquiry.status, enquiry.status, now, actor, user, DELETED)
