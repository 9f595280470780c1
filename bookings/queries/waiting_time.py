"""How long a request may still wait, or has waited, in words: the same on the board and in the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, OuterRef, Subquery

from bookings.domain.status import OPEN, Status
from bookings.models import Enquiry, Hold
from services.clinic.clinic import Clinic
from services.clinic.uk_time import LONDON, clock, how_long, near_time, short_moment

SOON = timedelta(hours=1)  # what is due within is red


@dataclass(frozen=True)
class Wait:
    """What is said, the exact moment on hover, and whether it is red."""

    words: str
    exactly: str = ""
    is_pressing: bool = False


def until_when() -> Subquery:
    """For a queryset of requests: until when the times on offer are kept."""
    offered = Hold.objects.filter(enquiry=OuterRef("pk"), kind=Hold.Kind.OFFERED).order_by()
    return Subquery(offered.values("enquiry").annotate(first=Min("expires_at")).values("first"))


def wait_of(enquiry: Enquiry, clinic: Clinic, offered_until: datetime | None) -> Wait:
    """Say how long the enquiry may still wait, or has waited. `offered_until`: what until_when reads, None without times on offer."""
    now = clinic.now
    if enquiry.status == Status.NEW:
        return _promised(clinic.reply_by(enquiry.waiting_since), now)
    if enquiry.status == Status.PROPOSED and offered_until:
        return Wait(f"{'lapsed' if offered_until <= now else 'until'} {_short(offered_until, now)}", near_time(offered_until, now))
    if enquiry.status == Status.CONFIRMED:
        starts_at = enquiry.required_starts_at
        words = f"{how_long(now - starts_at)} ago" if starts_at <= now else f"in {how_long(starts_at - now)}"
        return Wait(words, near_time(starts_at, now))
    if enquiry.status in OPEN or enquiry.status == Status.SUSPECTED_SPAM:
        return Wait(f"for {how_long(now - enquiry.waiting_since)}", near_time(enquiry.waiting_since, now))
    return Wait(f"for {how_long(now - enquiry.status_since)}", near_time(enquiry.status_since, now))


def _promised(due: datetime | None, now: datetime) -> Wait:
    if due is None:
        return Wait("when the line opens again")
    left = due - now
    exactly = f"Answer promised by {near_time(due, now)}"
    if due <= now:
        return Wait(f"late by {how_long(now - due)}", exactly, is_pressing=True)
    return Wait(f"{how_long(left)} left", exactly, is_pressing=left < SOON)


def _short(moment: datetime, now: datetime) -> str:
    is_today = moment.astimezone(LONDON).date() == now.astimezone(LONDON).date()
    return clock(moment) if is_today else short_moment(moment)
