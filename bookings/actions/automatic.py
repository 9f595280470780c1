"""What the site does by itself, because its time has come. Each verb looks once more under the lock: another process may have been here.

They answer whether something was done. When it is due says bookings/domain/schedule.py, who looks for it is bookings/jobs/jobs.py.
"""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings

from bookings.actions.primitives import free, lock_enquiry, notify, notify_staff, transition
from bookings.domain.schedule import has_lapsed, is_reminder_due
from bookings.domain.status import Status
from bookings.models import Enquiry, Event, Hold, Notice
from bookings.models.event import OFFERS_LAPSED
from bookings.transactions import in_one_transaction


@in_one_transaction
def remind(enquiry: Enquiry, kind: Notice.Kind, *, now: datetime) -> bool:
    """Owes a reminder of a confirmed appointment, once for each time it was given."""
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    if enquiry.status != Status.CONFIRMED or enquiry.erased_at:
        return False
    confirmation = enquiry.events.confirmations().last()
    if not confirmation or not is_reminder_due(enquiry.required_starts_at, confirmation.at, kind, now):
        return False
    if confirmation.notices.filter(kind=kind).exists():
        return False
    notify(confirmation, kind, at=now)
    return True


@in_one_transaction
def expire(enquiry: Enquiry, *, now: datetime) -> bool:
    """Ends a request whose time has come without an answer, tells the person and the manager, and frees what it held.

    Offers that nobody took for a confirmed appointment leave it as it was; the person is told that it still stands.
    """
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    offered_until = [hold.offered_until for hold in enquiry.holds.filter(kind=Hold.Kind.OFFERED)]
    if not has_lapsed(enquiry.status, now, starts_at=enquiry.starts_at, since=enquiry.status_since, offered_until=offered_until):
        return False
    stands = enquiry.status == Status.PROPOSED and enquiry.holds.filter(kind=Hold.Kind.CONFIRMED).exists()
    if stands:
        free(enquiry.holds.filter(kind=Hold.Kind.OFFERED))
        event = transition(enquiry, Status.CONFIRMED, now, actor=Event.Actor.SYSTEM, note=OFFERS_LAPSED)
        notify(event, Notice.Kind.CONFIRMED)
    else:
        event = transition(enquiry, Status.EXPIRED, now, actor=Event.Actor.SYSTEM)
        notify(event, Notice.Kind.EXPIRED)
        notify_staff(event, Notice.Kind.MANAGER_EXPIRED)
    return True


@in_one_transaction
def escalate(enquiry: Enquiry, kind: Notice.Kind, *, waiting_since: datetime, now: datetime) -> bool:
    """Tells staff, or the manager, that a request still waits: once for each time it began to."""
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    if enquiry.status != Status.NEW or enquiry.waiting_since != waiting_since:
        return False
    began = enquiry.events.began_to_wait().last()
    if not began or began.notices.filter(kind=kind).exists():
        return False
    return notify_staff(began, kind, at=now) is not None


def notify_for_day(day: date, kind: Notice.Kind, *, now: datetime) -> bool:
    """A message to staff about a day: once, whoever asks at the same time."""
    if not settings.STAFF_EMAIL:
        return False
    _, is_new = Notice.objects.get_or_create(day=day, kind=kind, defaults={"created_at": now})
    return is_new


@in_one_transaction
def drop_outdated_call(notice: Notice, *, now: datetime) -> bool:
    """Takes what is no longer true off the list of what people are told by phone; emails the worker drops itself."""
    notice.required_event.enquiry = lock_enquiry(notice.enquiry, also_deleted=True)
    if notice.is_true_at(now):
        return False
    return bool(Notice.objects.to_tell().filter(pk=notice.pk).update(status=Notice.Status.DROPPED))
