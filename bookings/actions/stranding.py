"""What becomes of people whose time a change of the rota or a closure has taken away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bookings.actions.offering import MOST_OFFERS, cancel_by_clinic, offer_times, refuse_offers
from bookings.actions.problems import NoTime
from bookings.diary import Diary, Offer, bookable_days, nearest
from bookings.models import Enquiry, Hold
from bookings.states import Status


def offer_instead(lost: Hold, *, user, now: datetime, paragraph: str = "") -> Enquiry:
    """Offers the free times at the same place that are nearest to the one that was lost, in one message: to whoever was confirmed
    for it with the apology that we had to cancel. Raises NoTime if nothing is free there, WrongMove, TimeTaken or TimeGone.
    """
    was = Offer(lost.starts_at, lost.location)
    with transaction.atomic():
        free = Diary([lost.location], *bookable_days(now), now).free_at(lost.location)
        offers = nearest([offer for offer in free if offer.starts_at != was.starts_at], was.starts_at, MOST_OFFERS)
        if not offers:
            raise NoTime
        enquiry = lost.enquiry
        if enquiry.status == Status.PROPOSED:  # what was on offer is withdrawn first
            enquiry = refuse_offers(enquiry, now=now, user=user)
        act = cancel_by_clinic if lost.kind == Hold.Kind.CONFIRMED else offer_times
        return act(enquiry, offers=offers, user=user, now=now, paragraph=paragraph)
