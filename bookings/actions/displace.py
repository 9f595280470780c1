"""What becomes of people whose time a change of the rota or a closure has taken away."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.contrib.auth.models import User

from bookings.actions.exceptions import NoSlotChosen
from bookings.actions.offers import cancel_by_clinic, offer_times, withdraw_offers
from bookings.actions.primitives import lock_enquiry
from bookings.domain.policy import MAX_OFFERS
from bookings.domain.status import InvalidTransition, Status
from bookings.models import Enquiry, Hold
from bookings.models.event import OFFERS_WITHDRAWN
from bookings.queries.displaced import has_no_room
from bookings.queries.slots import Slot, SlotFinder, apart, bookable_days, nearest
from bookings.transactions import in_one_transaction


@in_one_transaction
def offer_instead(lost: Hold, *, user: User, now: datetime, paragraph: str = "") -> Enquiry:
    """Offers the free times at the same place that are nearest to the one that was lost, in one message: to whoever was confirmed
    for it with the apology that we had to cancel. What else was on offer to them and still has room stays so.

    Raises NoSlotChosen if nothing is free there, InvalidTransition if something has happened to the request since the hold was read,
    SlotTaken or SlotWithdrawn if what was free is so no more.
    """
    was = Slot(lost.starts_at, lost.location)
    enquiry = _as_it_was(lost, Status.PROPOSED)
    free = SlotFinder([lost.location], *bookable_days(now), now).free_at(lost.location)
    others = [offer for offer in free if offer.starts_at != was.starts_at]
    promised = _still_on_offer(enquiry, now)
    offers = list(islice(apart([*promised, *nearest(others, was, len(others))]), MAX_OFFERS))
    if not offers:
        raise NoSlotChosen
    _withdraw(enquiry, user, now)
    act = cancel_by_clinic if lost.kind == Hold.Kind.CONFIRMED else offer_times
    return act(enquiry, offers=offers, user=user, now=now, paragraph=paragraph)


@in_one_transaction
def cancel_lost(lost: Hold, *, user: User, now: datetime, paragraph: str = "") -> Enquiry:
    """Cancels the appointment at the time that was lost, with our apology.

    Raises InvalidTransition if something has happened to it since.
    """
    enquiry = _as_it_was(lost, Status.CANCELLED_CLINIC)
    _withdraw(enquiry, user, now)
    return cancel_by_clinic(enquiry, user=user, now=now, paragraph=paragraph)


def _as_it_was(lost: Hold, to: Status) -> Enquiry:
    """The request, locked. It was read a moment ago: who has moved, cancelled or answered meanwhile has lost nothing any more."""
    enquiry = lock_enquiry(lost.enquiry)
    same = enquiry.holds.filter(pk=lost.pk, kind=lost.kind, location=lost.location_id, starts_at=lost.starts_at)
    if enquiry.status != lost.enquiry.status or not same.exists():
        raise InvalidTransition(enquiry.status, to)
    return enquiry


def _still_on_offer(enquiry: Enquiry, now: datetime) -> list[Slot]:
    """What they were told we keep for them, and can."""
    holds = enquiry.holds.filter(kind=Hold.Kind.OFFERED, expires_at__gt=now).select_related("location")
    return [Slot(hold.starts_at, hold.location) for hold in holds if not has_no_room(hold, now)]


def _withdraw(enquiry: Enquiry, user: User, now: datetime) -> None:
    """What was on offer goes first. Nothing is said of it: the message about what follows does."""
    if enquiry.status == Status.PROPOSED:
        withdraw_offers(enquiry, now, user, OFFERS_WITHDRAWN)
