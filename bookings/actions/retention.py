"""What was kept long enough goes, by the clock. What stays is that there was a request, when, for where, and what became of it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from bookings.actions.erase import forget_details
from bookings.actions.primitives import lock_enquiry, record
from bookings.domain.schedule import FAILED, HITS, SENT, forget_at, forget_text_at
from bookings.domain.status import OPEN
from bookings.models import Enquiry, Event, Hit, Notice
from bookings.transactions import in_one_transaction

TEXT_REMOVED = "What the person wrote was removed"


@in_one_transaction
def anonymise(enquiry: Enquiry, *, now: datetime) -> bool:
    """Deletes a person's details once they were kept as long as the privacy notice says."""
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    due = forget_at(enquiry.status, since=enquiry.status_since, starts_at=enquiry.starts_at, met=enquiry.events.meetings().exists())
    if enquiry.erased_at or due is None or due > now:
        return False
    forget_details(enquiry, now, Event.Actor.SYSTEM)
    return True


@in_one_transaction
def remove_text(enquiry: Enquiry, *, now: datetime) -> bool:
    """Deletes what a person wrote to us before their appointment."""
    enquiry = lock_enquiry(enquiry, also_deleted=True)
    if not enquiry.message or not enquiry.starts_at or forget_text_at(enquiry.starts_at) > now:
        return False
    enquiry.message = ""
    enquiry.save()
    record(enquiry, enquiry.status, enquiry.status, now, Event.Actor.SYSTEM, note=TEXT_REMOVED)
    return True


def old_notices(now: datetime) -> QuerySet[Notice]:
    """Messages that nobody needs to look at any more. Those of an open request stay: they are how it is known what was said once."""
    done = Q(status__in=[Notice.Status.SENT, Notice.Status.DROPPED], created_at__lte=now - SENT)
    failed = Q(status=Notice.Status.FAILED, created_at__lte=now - FAILED)
    return Notice.objects.filter(done | failed).exclude(event__enquiry__status__in=OPEN)


def delete_notices(keys: list[int], *, now: datetime) -> int:
    """Deletes these, as far as they are old; answers how many."""
    return old_notices(now).filter(pk__in=keys).delete()[0]


def forget_networks(*, now: datetime) -> int:
    """Takes out where requests were sent from, once nothing is counted by it any more; answers of how many."""
    return Enquiry.objects.sent_from_somewhere(now - HITS).update(network="")


def old_hits(now: datetime) -> QuerySet[Hit]:
    """Counts of how often an address did something, in hours long past."""
    return Hit.objects.filter(window__lte=now - HITS)
