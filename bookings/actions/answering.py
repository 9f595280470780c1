"""What staff do with a request."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bookings.actions.problems import NoTime, NotNow, TimeGone, TimeTaken
from bookings.actions.steps import claim, locked, move, owe, owe_staff, record
from bookings.availability import cells
from bookings.diary import Offer, diary_for
from bookings.models import Enquiry, Event, Hold, Notice
from bookings.states import OPEN, Status, WrongMove, check_move
from services.models import Location


def confirm(enquiry: Enquiry, *, user, now: datetime, video_link: str = "", address: str = "") -> Enquiry:
    """Confirms the time asked for, checking once more that it is free. Raises WrongMove, NoTime, TimeTaken or TimeGone.

    An address is kept with a place that has none: the confirmation must name one.
    """
    with transaction.atomic():
        enquiry = locked(enquiry)
        if enquiry.status not in OPEN:  # two clicks at once: the second finds it confirmed
            raise WrongMove(enquiry.status, Status.CONFIRMED)
        check_move(enquiry.status, Status.CONFIRMED)
        if not enquiry.starts_at:
            raise NoTime
        offer = Offer(enquiry.starts_at, enquiry.location)
        if offer.starts_at <= now or not diary_for(offer, now).is_staffed(offer):
            raise TimeGone
        hold = enquiry.holds.filter(location=offer.location, starts_at=offer.starts_at).first()
        if hold is None:
            claim(enquiry, offer, now, Hold.Kind.CONFIRMED)
        elif hold.cells.count() != len(cells(hold.starts_at, hold.ends_at)):
            raise TimeTaken
        else:
            enquiry.holds.exclude(pk=hold.pk).delete()
            enquiry.holds.update(kind=Hold.Kind.CONFIRMED)
        enquiry.video_link = video_link
        if address:
            Location.objects.filter(pk=enquiry.location_id, address="").update(address=address)
        event = move(enquiry, Status.CONFIRMED, now, user=user)
        owe(event, Notice.Kind.CONFIRMED)
    return enquiry


def send_video_link(enquiry: Enquiry, *, video_link: str, user, now: datetime) -> Enquiry:
    """Gives a confirmed appointment its video link and owes the confirmation anew. Raises WrongMove."""
    with transaction.atomic():
        enquiry = locked(enquiry)
        if enquiry.status != Status.CONFIRMED or enquiry.erased_at:
            raise WrongMove(enquiry.status, Status.CONFIRMED)
        enquiry.video_link = video_link
        enquiry.save()
        event = record(enquiry, enquiry.status, enquiry.status, now, Event.Actor.STAFF, user, "Video link")
        owe(event, Notice.Kind.CONFIRMED)
    return enquiry


def decline(enquiry: Enquiry, *, reason: str, user, now: datetime) -> Enquiry:
    """Declines with a reason code and frees the time. Spam gets no message. Raises WrongMove."""
    with transaction.atomic():
        enquiry = locked(enquiry)
        quiet = reason == Enquiry.DeclineReason.SPAM
        enquiry.decline_reason = reason
        event = move(enquiry, Status.DECLINED, now, user=user, note=Enquiry.DeclineReason(reason).label)
        if not quiet:
            owe(event, Notice.Kind.DECLINED)
    return enquiry


def tell(notice: Notice, *, user, now: datetime) -> bool:
    """Ticks off a message that someone told by phone. False if it was ticked off before."""
    with transaction.atomic():
        done = Notice.objects.to_tell().filter(pk=notice.pk).update(status=Notice.Status.SENT, sent_at=now)
        if done:
            record(
                notice.event.enquiry,
                notice.event.enquiry.status,
                notice.event.enquiry.status,
                now,
                Event.Actor.STAFF,
                user,
                "Told by phone",
            )
    return bool(done)


def send_again(notice: Notice, *, user, now: datetime) -> Notice:
    """Owes the same message once more; what was sent or failed before stays in the history.

    Raises NotNow while one is still owed, or when what it says no longer stands.
    """
    with transaction.atomic():
        enquiry = locked(notice.event.enquiry)
        notice.event.enquiry = enquiry
        owed = Notice.objects.filter(event__enquiry=enquiry, kind=notice.kind, status=Notice.Status.PENDING)
        if owed.exists() or not notice.is_true:
            raise NotNow
        event = record(enquiry, enquiry.status, enquiry.status, now, Event.Actor.STAFF, user, "Sent again")
        return owe_staff(event, Notice.Kind(notice.kind)) if notice.is_for_staff else owe(event, Notice.Kind(notice.kind))
