"""What a person does with their own request, through their link."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from bookings.actions.create import may_hold
from bookings.actions.exceptions import SlotTaken, SlotWithdrawn
from bookings.actions.primitives import add_event, claim, lock_diary, lock_enquiry, move_hold, notify, notify_staff, transition
from bookings.domain.status import InvalidTransition, Status, can_cancel, can_change, can_want_earlier
from bookings.models import Enquiry, Hold, Notice
from bookings.models.event import TIME_CHANGED
from bookings.queries.slots import Slot, slot_finder_for
from bookings.transactions import in_one_transaction


@in_one_transaction
def cancel(enquiry: Enquiry, *, now: datetime, reason: str = "", tell: bool = True, user: User | None = None) -> Enquiry:
    """The person cancels, until a confirmed time begins; with a user, staff do so for someone who phones.

    Frees the time. Raises InvalidTransition. Suspected spam gets no message, nor does who wants none: then `tell` is False.
    """
    enquiry = lock_enquiry(enquiry)
    if not can_cancel(enquiry.status, enquiry.starts_at, now):
        raise InvalidTransition(enquiry.status, Status.CANCELLED_CLIENT)
    enquiry.cancel_reason = reason
    if not enquiry.has_time:
        enquiry.starts_at = None  # or they would be told that a time is cancelled which was no longer theirs
    event = transition(enquiry, Status.CANCELLED_CLIENT, now, user=user)
    if event.from_status != Status.SUSPECTED_SPAM:
        if tell:
            notify(event, Notice.Kind.CANCELLED)
        if not user:
            notify_staff(event, Notice.Kind.STAFF_REPLIED)
    return enquiry


@in_one_transaction
def change_time(enquiry: Enquiry, offer: Slot, *, now: datetime) -> Enquiry:
    """The person chooses another time. Raises InvalidTransition, SlotTaken or SlotWithdrawn; then the time they have stays theirs.

    A request stays a request and holds the new time instead; a confirmed appointment moves, at the place it is confirmed for.
    The same time again changes nothing and tells nobody.
    """
    enquiry = lock_enquiry(enquiry)
    if not can_change(enquiry.status, enquiry.starts_at, now):
        raise InvalidTransition(enquiry.status, enquiry.status)
    if (offer.location, offer.starts_at) == (enquiry.location, enquiry.starts_at):
        return enquiry
    confirmed = enquiry.status == Status.CONFIRMED
    elsewhere = confirmed and offer.location != enquiry.location
    lock_diary()
    diary = slot_finder_for(offer, now, besides=enquiry.pk)
    if elsewhere or not diary.is_offered(offer):
        raise SlotWithdrawn
    hold = enquiry.holds.first()
    if not hold and not diary.has_room(offer):
        raise SlotTaken
    if hold:
        move_hold(hold, offer, now)
    elif enquiry.status != Status.SUSPECTED_SPAM and (confirmed or may_hold(enquiry, offer.location, now, diary.rota)):
        claim(enquiry, offer, now, Hold.Kind.CONFIRMED if confirmed else Hold.Kind.ASKED, diary=diary)
    enquiry.location, enquiry.starts_at, enquiry.preferred_times = offer.location, offer.starts_at, []
    enquiry.save()
    event = add_event(enquiry, TIME_CHANGED, now)
    if enquiry.status != Status.SUSPECTED_SPAM:
        notify(event, Notice.Kind.CONFIRMED if confirmed else Notice.Kind.RECEIVED)
        notify_staff(event, Notice.Kind.STAFF_CHANGED)
    return enquiry


@in_one_transaction
def want_earlier(enquiry: Enquiry, wants: bool, *, now: datetime, user: User | None = None) -> Enquiry:
    """The person asks to be told if an earlier time comes up, or no longer; with a user, staff note it for them.

    Raises InvalidTransition when it is over.
    """
    enquiry = lock_enquiry(enquiry)
    if not can_want_earlier(enquiry.status, enquiry.starts_at, now):
        raise InvalidTransition(enquiry.status, enquiry.status)
    if enquiry.wants_earlier != wants:
        enquiry.wants_earlier = wants
        enquiry.save()
        note = "Wants an earlier time" if wants else "No longer wants an earlier time"
        add_event(enquiry, note, now, user=user)
    return enquiry
