"""What every verb is made of: lock, move, record, owe, claim. For this package alone; the caller owns the transaction."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from bookings.actions.problems import TimeGone, TimeTaken
from bookings.availability import cells
from bookings.diary import Offer, diary_for
from bookings.models import Enquiry, Event, Hold, HoldCell, Notice
from bookings.states import HOLDING, Status, check_move


def locked(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.select_for_update(of=("self",)).select_related("location").get(pk=enquiry.pk)


def move(enquiry: Enquiry, to: Status, now: datetime, *, user=None, note: str = "") -> Event:
    """The one door between states. The row is locked by the caller; raises WrongMove."""
    old = Status(enquiry.status)
    check_move(old, to)
    enquiry.status = to
    enquiry.save()
    if to not in HOLDING:
        enquiry.holds.all().delete()
    return record(enquiry, old, to, now, Event.Actor.STAFF if user else Event.Actor.CLIENT, user, note)


def record(enquiry: Enquiry, old: str, new: str, now: datetime, actor: str, user=None, note: str = "") -> Event:
    return Event.objects.create(enquiry=enquiry, at=now, actor=actor, user=user, from_status=old, to_status=new, note=note)


def owe(event: Event, kind: Notice.Kind) -> Notice:
    """A message to the client: by email, or, without an address, told by phone."""
    channel = Notice.Channel.EMAIL if event.enquiry.email else Notice.Channel.PHONE
    if channel == Notice.Channel.PHONE:  # the newest is what is told; emails that are overtaken the worker drops
        Notice.objects.to_tell().filter(event__enquiry=event.enquiry, kind=kind).update(status=Notice.Status.DROPPED)
    return Notice.objects.create(event=event, kind=kind, channel=channel, created_at=event.at)


def owe_staff(event: Event, kind: Notice.Kind) -> Notice | None:
    """A message to reception, if it has an address."""
    return Notice.objects.create(event=event, kind=kind, created_at=event.at) if settings.STAFF_EMAIL else None


def claim(enquiry: Enquiry, offer: Offer, now: datetime, kind: Hold.Kind) -> Hold:
    """Takes the time. The claim is the insert of the cells: what was read before only says which seats to try."""
    diary = diary_for(offer, now)
    if not diary.is_staffed(offer):
        raise TimeGone
    for seat in diary.seats(offer):
        with suppress(IntegrityError), transaction.atomic():
            hold = Hold.objects.create(
                enquiry=enquiry, location=offer.location, seat=seat, starts_at=offer.starts_at, ends_at=offer.ends_at, kind=kind
            )
            HoldCell.objects.bulk_create(
                HoldCell(hold=hold, location=offer.location, seat=seat, cell=cell) for cell in cells(hold.starts_at, hold.ends_at)
            )
            return hold
    raise TimeTaken


def shift(hold: Hold, offer: Offer, now: datetime) -> None:
    """Moves a hold: the cells both times share stay, the new ones are claimed, the rest is freed. Raises TimeGone or TimeTaken.

    Claimed before anything is freed: two people who swap their times both find the other's taken, instead of waiting for each other.
    """
    diary = diary_for(offer, now, besides=hold.enquiry_id)
    if not diary.is_staffed(offer):
        raise TimeGone
    wanted = set(cells(offer.starts_at, offer.ends_at))
    own = (hold.location_id, hold.seat)
    for seat in sorted(diary.seats(offer), key=lambda seat: (offer.location.pk, seat) != own):
        stays = hold.cells.filter(location=offer.location, seat=seat, cell__in=wanted)
        shared = list(stays.values_list("cell", flat=True))
        new = [HoldCell(hold=hold, location=offer.location, seat=seat, cell=cell) for cell in sorted(wanted - set(shared))]
        with suppress(IntegrityError), transaction.atomic():
            HoldCell.objects.bulk_create(new)
            hold.cells.exclude(location=offer.location, seat=seat, cell__in=wanted).delete()
            hold.location, hold.seat, hold.starts_at, hold.ends_at = offer.location, seat, offer.starts_at, offer.ends_at
            hold.save()
            return
    raise TimeTaken
