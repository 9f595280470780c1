"""Other times: staff offer up to three, the person takes one of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User

from bookings.actions.exceptions import Overlap, SlotTaken, SlotWithdrawn
from bookings.actions.primitives import (
    assign_practitioner,
    channels_of,
    claim,
    expect_address,
    free,
    has_all_cells,
    holds_of,
    keep_address,
    lock_enquiry,
    make_confirmed,
    notify,
    notify_staff,
    transition,
)
from bookings.domain.policy import MAX_OFFERS, OFFERS_HELD_FOR
from bookings.domain.status import OFFERABLE, InvalidTransition, Status
from bookings.models import Enquiry, Event, Hold, Notice
from bookings.models.event import NONE_SUITED
from bookings.queries.slots import Slot, slot_finder_for
from bookings.transactions import in_one_transaction
from services.models import Person


@in_one_transaction
def offer_times(enquiry: Enquiry, offers: Sequence[Slot], *, user: User, now: datetime, paragraph: str = "") -> Enquiry:
    """Holds one to three times for the person and owes the email that asks them to choose.

    The time asked for is freed, unless it is among them; a confirmed time stays theirs until they take another.
    Raises InvalidTransition, SlotTaken, SlotWithdrawn or Overlap.
    """
    enquiry = lock_enquiry(enquiry)
    event = _offer(enquiry, offers, user, now)
    notify(event, Notice.Kind.OFFERED, paragraph)
    return enquiry


@in_one_transaction
def cancel_by_clinic(enquiry: Enquiry, *, user: User, now: datetime, offers: Sequence[Slot] = (), paragraph: str = "") -> Enquiry:
    """The clinic cancels a confirmed appointment, with an apology and, if there are any, other times to choose from.

    One message says both. Raises InvalidTransition, SlotTaken, SlotWithdrawn or Overlap.
    """
    enquiry = lock_enquiry(enquiry)
    event = transition(enquiry, Status.CANCELLED_CLINIC, now, user=user)
    notify(event, Notice.Kind.CANCELLED_CLINIC, paragraph)
    if offers:
        _offer(enquiry, offers, user, now)
    return enquiry


def _offer(enquiry: Enquiry, offers: Sequence[Slot], user: User, now: datetime) -> Event:
    offers = sorted(set(offers), key=lambda offer: (offer.starts_at, offer.location.pk))  # one order for all: no two wait for each other
    if not 1 <= len(offers) <= MAX_OFFERS:
        raise ValueError(f"Between one and {MAX_OFFERS} times can be offered, not {len(offers)}.")
    if enquiry.status not in OFFERABLE:
        raise InvalidTransition(enquiry.status, Status.PROPOSED)
    if offers[0].starts_at <= now:
        raise SlotWithdrawn
    event = transition(enquiry, Status.PROPOSED, now, user=user)
    free(enquiry.holds.exclude(kind=Hold.Kind.CONFIRMED))
    until = min(_whole_hour(now + OFFERS_HELD_FOR), offers[0].starts_at)
    for offer in offers:
        try:
            claim(enquiry, offer, now, Hold.Kind.OFFERED, until)
        except SlotTaken:
            if slot_finder_for(offer, now, besides=enquiry.pk).has_room(offer):
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

    It is confirmed at once and the others are freed. What staff know besides is as in `confirm`.
    Raises InvalidTransition, SlotTaken, SlotWithdrawn or PersonTaken, having changed nothing.
    """
    expect_address(address)
    enquiry = lock_enquiry(enquiry)
    if enquiry.status != Status.PROPOSED:
        raise InvalidTransition(enquiry.status, Status.CONFIRMED)
    holds = holds_of(enquiry)
    chosen = next((each for each in holds if each.pk == hold and each.kind == Hold.Kind.OFFERED), None)
    before = next((each for each in holds if each.kind == Hold.Kind.CONFIRMED), None)
    if chosen is None or chosen.offered_until <= now:
        raise SlotWithdrawn
    offer = Slot(chosen.starts_at, chosen.location)
    if not slot_finder_for(offer, now).is_staffed(offer):
        raise SlotWithdrawn
    if not has_all_cells(chosen):
        raise SlotTaken
    free(enquiry.holds.exclude(pk=chosen.pk))
    make_confirmed(chosen, before.person if before else None)
    if person:
        assign_practitioner(chosen, person)
    keep_address(offer.location, address, getting_in)
    if not offer.location.is_online:
        enquiry.video_link = ""
    enquiry.location, enquiry.starts_at, enquiry.preferred_times = offer.location, offer.starts_at, []
    event = transition(enquiry, Status.CONFIRMED, now, user=user)
    notify(event, Notice.Kind.CONFIRMED, paragraph)
    if not user:
        notify_staff(event, Notice.Kind.STAFF_REPLIED)
    return enquiry


@in_one_transaction
def refuse_offers(enquiry: Enquiry, *, now: datetime, preferred: Sequence[str] = (), user: User | None = None) -> Enquiry:
    """None of the times on offer suits. They are freed; a confirmed time is theirs as before, otherwise it is our turn again.

    Whoever keeps a time that they were never told of, because the offers overtook the confirmation, is told now.
    `preferred` are the parts of the week that would suit better. Raises InvalidTransition.
    """
    enquiry = lock_enquiry(enquiry)
    if enquiry.status != Status.PROPOSED:
        raise InvalidTransition(enquiry.status, Status.NEW)
    if preferred:
        enquiry.preferred_times = list(preferred)
    if not enquiry.holds.filter(kind=Hold.Kind.CONFIRMED).exists():
        enquiry.starts_at = None
    event = withdraw_offers(enquiry, now, user, NONE_SUITED)
    if enquiry.status == Status.CONFIRMED:
        _notify_untold(event)
    if not user:
        notify_staff(event, Notice.Kind.STAFF_REPLIED)
    return enquiry


def withdraw_offers(enquiry: Enquiry, now: datetime, user: User | None, why: str) -> Event:
    """Frees what is on offer; an appointment beside it is an appointment again. The row is locked by the caller, who tells the person."""
    free(enquiry.holds.filter(kind=Hold.Kind.OFFERED))
    return transition(enquiry, Status.CONFIRMED if enquiry.holds.exists() else Status.NEW, now, user=user, note=why)


def _notify_untold(event: Event) -> None:
    """The newest confirmation, if it has not gone: while times were on offer it was not true, and the worker may have dropped it.

    One that still waits is overtaken by this one.
    """
    newest = (
        Notice.objects.filter(event__enquiry=event.enquiry, kind=Notice.Kind.CONFIRMED, channel=channels_of(event.enquiry)[0])
        .order_by("pk")
        .last()
    )
    if newest and newest.status != Notice.Status.SENT:
        notify(event, Notice.Kind.CONFIRMED, newest.paragraph)
