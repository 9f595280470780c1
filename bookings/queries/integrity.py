"""Compares states, holds and cells. They are written together; this proves it of a database that was restored or edited by hand."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Q

from bookings.domain.availability import cells
from bookings.domain.policy import MAX_OFFERS
from bookings.domain.status import Status
from bookings.models import Enquiry, Hold

K, S = Hold.Kind, Status
APPOINTMENT = {K.CONFIRMED: 1}
MOST: dict[Status, dict[Hold.Kind, int]] = {  # times a request may hold, by state and kind
    S.SUSPECTED_SPAM: {},
    S.NEW: {K.ASKED: 1},
    S.PROPOSED: {K.OFFERED: MAX_OFFERS, K.CONFIRMED: 1},
    S.WAITLISTED: {},
    S.CONFIRMED: APPOINTMENT,
    S.ATTENDED: APPOINTMENT,
    S.DID_NOT_ATTEND: APPOINTMENT,
    S.DECLINED: {},
    S.CANCELLED_CLIENT: {},
    S.CANCELLED_CLINIC: {},
    S.EXPIRED: {},
    S.CLOSED: APPOINTMENT,
}


def faults() -> list[str]:
    """What does not fit together, in sentences that name requests by reference."""
    holds = Hold.objects.select_related("enquiry").prefetch_related("cells").iterator(1000)
    wrong = [sentence for hold in holds for sentence in _faults_of(hold)]
    holders = Enquiry.objects.filter(Q(holds__isnull=False) | Q(status=S.CONFIRMED)).distinct().prefetch_related("holds")
    return wrong + [f"{enquiry.reference} {problem}" for enquiry in holders.order_by("pk").iterator(1000) for problem in _misfits(enquiry)]


def _faults_of(hold: Hold) -> list[str]:
    """What is wrong with the cells of a hold, in words."""
    found = {(cell.cell, cell.location_id, cell.seat, cell.person_id) for cell in hold.cells.all()}
    wanted = {(cell, hold.location_id, hold.seat, hold.person_id) for cell in cells(hold.starts_at, hold.ends_at)}
    return [f"Hold {hold.pk} of {hold.enquiry.reference} does not have exactly its {len(wanted)} cells."] if found != wanted else []


def _misfits(enquiry: Enquiry) -> Iterator[str]:
    """What a request holds against what its state says, in words that follow its reference."""
    held = list(enquiry.holds.all())
    may = MOST[Status(enquiry.status)]
    if not may:
        yield "is over and still holds a time."
        return
    if enquiry.status == S.CONFIRMED and not held:
        yield "is confirmed and holds no time."
    for kind, count in Counter(hold.kind for hold in held).items():
        most = may.get(K(kind), 0)
        if count > most:
            yield f"is “{enquiry.get_status_display()}” and holds {count} times of the kind “{K(kind).label}”: {most} at most."
    if any(_is_another(hold, enquiry) for hold in held):
        yield "holds another time than the one it names."


def _is_another(hold: Hold, enquiry: Enquiry) -> bool:
    """Times on offer are other times; every other hold is the one of the request itself."""
    return hold.kind != K.OFFERED and (hold.location_id, hold.starts_at) != (enquiry.location_id, enquiry.starts_at)
