"""Who has lost the room for their time: a place is closed, its hours were cut, or fewer may run at once. Reads, writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bookings.domain.availability import Taken, capacity_kept
from bookings.models import Hold
from bookings.queries.slots import Rota, Slot, SlotFinder
from services.clinic.opening_hours import period_instants
from services.clinic.uk_time import LONDON


def displaced_holds(now: datetime, rota: Rota | None = None) -> list[Hold]:
    """The held times ahead that rota and closures have no room for any more, soonest first; where only some fit, those held last.

    Six queries, however many there are; two for who has read the rota.
    """
    holds = list(
        Hold.objects.anywhere()
        .standing(now)
        .filter(starts_at__gt=now)
        .select_related("enquiry__location", "location", "person")
        .order_by("pk")
    )
    if not holds:
        return []
    days = [_day(hold.starts_at) for hold in holds]
    diary = SlotFinder({hold.location for hold in holds}, min(days), max(days), now, rota=rota)
    groups: dict[tuple[int, date], list[Hold]] = defaultdict(list)
    for hold, day in zip(holds, days, strict=True):
        groups[hold.location_id, day].append(hold)
    lost = [hold for group in groups.values() for hold in _without_room(group, diary)]
    return sorted(lost, key=lambda hold: (hold.starts_at, hold.pk))


def has_no_room(hold: Hold, now: datetime) -> bool:
    """Whether this held time ahead is one of them: only its own place and day are looked at."""
    if hold.starts_at <= now:
        return False
    day = _day(hold.starts_at)
    start, end = period_instants(day, day)
    there = Hold.objects.standing(now).filter(location=hold.location, starts_at__gte=start, starts_at__lt=end).select_related("location")
    return hold in _without_room(list(there.order_by("pk")), SlotFinder([hold.location], day, day, now))


def _without_room(holds: Sequence[Hold], diary: SlotFinder) -> list[Hold]:
    """Of the holds of one place and day, in the order they were made."""
    kept = capacity_kept(
        [Taken(hold.seat, hold.starts_at, hold.ends_at) for hold in holds],
        [diary.capacity(Slot(hold.starts_at, hold.location)) for hold in holds],
    )
    return [hold for hold, stays in zip(holds, kept, strict=True) if not stays]


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def first_of_each_enquiry(holds: Iterable[Hold]) -> list[Hold]:
    """One hold a person: the confirmed one if it is among them."""
    found: dict[int, Hold] = {}
    for hold in holds:
        if hold.enquiry_id not in found or hold.kind == Hold.Kind.CONFIRMED:
            found[hold.enquiry_id] = hold
    return list(found.values())
