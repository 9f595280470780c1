"""What becomes of people whose time a change of the rota or a closure has taken away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bookings.actions.offering import MOST_OFFERS, cancel_by_clinic, offer_times, refuse_offers
from bookings.actions.problems import NoTime
from bookings.actions.steps import locked
from bookings.diary import Diary, Offer, bookable_days, nearest
from bookings.models import Enquiry, Hold
from bookings.states import Status, WrongMove


def offer_instead(lost: Hold, *, user, now: datetime, paragraph: str = "") -> Enquiry:
    """Offers the free times at the same place that are nearest to the one that was lost, in one message: to whoever was confirmed
    for it with the apology that we had to cancel. Raises NoTime if nothing is free there, WrongMove if something has happened to the
    request since the hold was read, TimeTaken or TimeGone if what was free is so no more.
    """
    was = Offer(lost.starts_at, lost.location)
    with transaction.atomic():
        enquiry = _as_it_was(lost, Status.PROPOSED)
        free = Diary([lost.location], *bookable_days(now), now).free_at(lost.location)
        offers = nearest([offer for offer in free if offer.starts_at != was.starts_at], was.starts_at, MOST_OFFERS)
        if not offers:
            raise NoTime
        enquiry = _with_nothing_on_offer(enquiry, user, now)
        act = cancel_by_clinic if lost.kind == Hold.Kind.CONFIRMED else offer_times
        return act(enquiry, offers=offers, user=user, now=now, paragraph=paragraph)


def cancel_lost(lost: Hold, *, user, now: datetime, paragraph: str = "") -> Enquiry:
    """Cancels the appointment at the time that was lost, with our apology. Raises WrongMove if something has happened to it since."""
    with transaction.atomic():
        enquiry = _with_nothing_on_offer(_as_it_was(lost, Status.CANCELLED_CLINIC), user, now)
        return cancel_by_clinic(enquiry, user=user, now=now, paragraph=paragraph)


def _as_it_was(lost: Hold, to: Status) -> Enquiry:
    """The request, locked. It was read a moment ago: who has moved, cancelled or answered meanwhile has lost nothing any more."""
    enquiry = locked(lost.enquiry)
    same = enquiry.holds.filter(pk=lost.pk, kind=lost.kind, location=lost.location_id, starts_at=lost.starts_at)
    if enquiry.status != lost.enquiry.status or not same.exists():
        raise WrongMove(enquiry.status, to)
    return enquiry


def _with_nothing_on_offer(enquiry: Enquiry, user, now: datetime) -> Enquiry:
    """What was on offer is withdrawn first; an appointment beside it is an appointment again."""
    return refuse_offers(enquiry, now=now, user=user) if enquiry.status == Status.PROPOSED else enquiry
