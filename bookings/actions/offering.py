"""Other times: staff offer up to three, the person takes one of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User

from bookings.actions.problems import Overlap, TimeGone, TimeTaken
from bookings.actions.steps import (
    channels_of,
    claim,
    expect_address,
    free,
    give_to,
    held_by,
    keep_address,
    locked,
    make_confirmed,
    move,
    owe,
    owe_staff,
    whole,
)
from bookings.diary import Offer, diary_for
from bookings.models import Enquiry, Event, Hold, Notice
from bookings.models.history import NONE_SUITED
from bookings.states import OFFERABLE, Status, WrongMove
from bookings.transactions import in_one_transaction
from services.models import Person

KEPT_FOR = timedelta(hours=72)  # how long times on offer are held, unless the first of them begins before
MOST_OFFERS = 3


@in_one_transaction
def offer_times(enquiry: Enquiry, offers: Sequence[Offer], *, user: User, now: datetime, paragraph: str = "") -> Enquiry:
    """Holds one to three times for the person and owes the email that asks them to choose.

    The time asked for is freed, unless it is among them; a confirmed time stays theirs until they take another.
    Raises WrongMove, TimeTaken, TimeGone or Overlap.
    """
    enquiry = locked(enquiry)
    event = _offer(enquiry, offers, user, now)
    owe(event, Notice.Kind.OFFERED, paragraph)
    return enquiry


@in_one_transaction
def cancel_by_clinic(enquiry: Enquiry, *, user: User, now: datetime, offers: Sequence[Offer] = (), paragraph: str = "") -> Enquiry:
    """The clinic cancels a confirmed appointment, with an apology and, if there are any, other times to choose from.

    One message says both. Raises WrongMove, TimeTaken, TimeGone or Overlap.
    """
    enquiry = locked(enquiry)
    event = move(enquiry, Status.CANCELLED_CLINIC, now, user=user)
    owe(event, Notice.Kind.CANCELLED_CLINIC, paragraph)
    if offers:
        _offer(enquiry, offers, user, now)
    return enquiry


def _offer(enquiry: Enquiry, offers: Sequence[Offer], user: User, now: datetime) -> Event:
    offers = sorted(set(offers), key=lambda offer: (offer.starts_at, offer.location.pk))  # one order for all: no two wait for each other
    if not 1 <= len(offers) <= MOST_OFFERS:
        raise ValueError(f"Between one and {MOST_OFFERS} times can be offered, not {len(offers)}.")
    if enquiry.status not in OFFERABLE:
        raise WrongMove(enquiry.status, Status.PROPOSED)
    if offers[0].starts_at <= now:
        raise TimeGone
    event = move(enquiry, Status.PROPOSED, now, user=user)
    free(enquiry.holds.exclude(kind=Hold.Kind.CONFIRMED))
    until = min(_whole_hour(now + KEPT_FOR), offers[0].starts_at)
    for offer in offers:
        try:
            claim(enquiry, offer, now, Hold.Kind.OFFERED, until)
        except TimeTaken:
            if diary_for(offer, now, besides=enquiry.pk).has_room(offer):
                raise Overlap from None
            raise
    return event


def _whole_hour(moment: datetime) -> datetime:
    """Rounded up, as the reply promise is: “until 10am on Friday” is easier to keep in mind."""
    return moment + (datetime.min.replace(tzinfo=UTC) - moment) % timedelta(hours=1)


@in_one_transaction
def accept_offer(
    enquiry: Enquiry,
    hold: int,
    *,
    now: datetime,
    user: User | None = None,
    person: Person | None = None,
    address: str = "",
    getting_in: str = "",
    paragraph: str = "",
) -> Enquiry:
    """The person takes one of the times on offer, named by the key of its hold; with a user, staff do so for them.

    It is confirmed at once and the others are freed. What staff know besides is as in `confirm`. Raises WrongMove, TimeTaken, TimeGone or
    PersonTaken, having changed nothing.
    """
    expect_address(address)
    enquiry = locked(enquiry)
    if enquiry.status != Status.PROPOSED:
        raise WrongMove(enquiry.status, Status.CONFIRMED)
    holds = held_by(enquiry)
    chosen = next((each for each in holds if each.pk == hold and each.kind == Hold.Kind.OFFERED), None)
    before = next((each for each in holds if each.kind == Hold.Kind.CONFIRMED), None)
    if chosen is None or chosen.offered_until <= now:
        raise TimeGone
    offer = Offer(chosen.starts_at, chosen.location)
    if not diary_for(offer, now).is_staffed(offer):
        raise TimeGone
    if not whole(chosen):
        raise TimeTaken
    free(enquiry.holds.exclude(pk=chosen.pk))
    make_confirmed(chosen, before.person if before else None)
    if person:
        give_to(chosen, person)
    keep_address(offer.location, address, getting_in)
    if not offer.location.is_online:
        enquiry.video_link = ""
    enquiry.location, enquiry.starts_at, enquiry.preferred_times = offer.location, offer.starts_at, []
    event = move(enquiry, Status.CONFIRMED, now, user=user)
    owe(event, Notice.Kind.CONFIRMED, paragraph)
    if not user:
        owe_staff(event, Notice.Kind.STAFF_REPLIED)
    return enquiry


@in_one_transaction
def refuse_offers(enquiry: Enquiry, *, now: datetime, preferred: Sequence[str] = (), user: User | None = None) -> Enquiry:
    """None of the times on offer suits. They are freed; a confirmed time is theirs as before, otherwise it is our turn again.

    Whoever keeps a time that they were never told of, because the offers overtook the confirmation, is told now.
    `preferred` are the parts of the week that would suit better. Raises WrongMove.
    """
    enquiry = locked(enquiry)
    if enquiry.status != Status.PROPOSED:
        raise WrongMove(enquiry.status, Status.NEW)
    if preferred:
        enquiry.preferred_times = list(preferred)
    if not enquiry.holds.filter(kind=Hold.Kind.CONFIRMED).exists():
        enquiry.starts_at = None
    event = withdraw_offers(enquiry, now, user, NONE_SUITED)
    if enquiry.status == Status.CONFIRMED:
        _owe_untold(event)
    if not user:
        owe_staff(event, Notice.Kind.STAFF_REPLIED)
    return enquiry


def withdraw_offers(enquiry: Enquiry, now: datetime, user: User | None, why: str) -> Event:
    """Frees what is on offer; an appointment beside it is an appointment again. The row is locked by the caller, who tells the person."""
    free(enquiry.holds.filter(kind=Hold.Kind.OFFERED))
    return move(enquiry, Status.CONFIRMED if enquiry.holds.exists() else Status.NEW, now, user=user, note=why)


def _owe_untold(event: Event) -> None:
    """The newest confirmation, if it has not gone: while times were on offer it was not true, and the worker may have dropped it.

    One that still waits is overtaken by this one.
    """
    newest = (
        Notice.objects.filter(event__enquiry=event.enquiry, kind=Notice.Kind.CONFIRMED, channel=channels_of(event.enquiry)[0])
        .order_by("pk")
        .last()
    )
    if newest and newest.status != Notice.Status.SENT:
        owe(event, Notice.Kind.CONFIRMED, newest.paragraph)
