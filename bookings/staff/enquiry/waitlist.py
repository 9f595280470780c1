"""Who waits for a time, or for an earlier one, and what has come free that fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from bookings.domain.availability import RULES
from bookings.domain.policy import MAX_OFFERS
from bookings.domain.preferences import PREFERRED
from bookings.domain.status import Status
from bookings.models import Enquiry
from bookings.queries.displaced import displaced_holds, first_of_each_enquiry
from bookings.queries.slots import Slot, overlap
from bookings.queries.versions import Version, with_version
from bookings.staff.base import EnquiryPart
from bookings.staff.enquiry.slot_choice import spread, staff_diary, suits
from bookings.staff.steps.timed import Offer as OfferStep
from services.clinic.uk_time import LONDON
from services.models import Location

MOST = 60  # of each kind on the page: more nobody looks through, and who has waited longest is among them


@dataclass(frozen=True)
class Waiting:
    enquiry: Enquiry
    preferred: list[str]
    fits: list[Slot]
    own: Slot | None  # the time they asked for and would lose: it is offered along
    fits_only_others: bool = False  # what is free for them is proposed to somebody who has waited longer

    @property
    def offers(self) -> list[Slot]:
        return [*self.fits, self.own] if self.fits and self.own else self.fits

    @property
    def seen(self) -> Version:
        """Return what was last on the request when the page was drawn."""
        return Version.of(self.enquiry)

    @property
    def query(self) -> str:
        """Return the query by which the page of the step offers these times."""
        return urlencode([*(("slots", offer.slot) for offer in self.offers), ("seen", self.seen)])


def queues(now: datetime) -> list[QuerySet]:
    """Those on the waiting list, and those with a time ahead who want an earlier one; in each who has waited longest comes first."""
    known = with_version(Enquiry.objects.filter(erased_at=None, erase_by=None)).select_related("location").order_by("waiting_since", "pk")
    earlier = known.filter(wants_earlier=True, status__in=[Status.NEW, Status.CONFIRMED], starts_at__gt=now)
    return [known.filter(status=Status.WAITLISTED), earlier]


def waiting(now: datetime) -> list[Enquiry]:
    """At most MOST of each queue, as one: two walks along an index, however many requests there are."""
    found = [enquiry for queue in queues(now) for enquiry in queue[:MOST]]
    return sorted(found, key=lambda enquiry: (enquiry.waiting_since, enquiry.pk))


def what_fits(enquiry: Enquiry, free: list[Slot]) -> Iterator[Slot]:
    """Yield the free times at the place they want, in the parts of the week they named, before the time they have."""
    before = enquiry.starts_at if enquiry.status != Status.WAITLISTED else None
    return (offer for offer in free if (before is None or offer.starts_at < before) and suits(offer, enquiry))


def propose(enquiries: Iterable[Enquiry], free: list[Slot]) -> Iterator[Waiting]:
    """Yield for each of those who wait up to three of the free times, in the order given; none that overlaps one proposed before."""
    labels = dict(PREFERRED)
    proposed: defaultdict[tuple[int, date], list[Slot]] = defaultdict(list)  # by place and day: no consultation goes past midnight

    def is_left(offer: Slot) -> bool:
        return not any(overlap(offer, one) for one in proposed[_place_and_day(offer)])

    for enquiry in enquiries:
        own = Slot(enquiry.required_starts_at, enquiry.required_location) if enquiry.status == Status.NEW else None
        fits = list(islice(spread(filter(is_left, what_fits(enquiry, free))), MAX_OFFERS - 1 if own else MAX_OFFERS))
        for offer in fits:
            proposed[_place_and_day(offer)].append(offer)
        preferred = [labels[part] for part in enquiry.preferred_times if part in labels]
        yield Waiting(enquiry, preferred, fits, own, fits_only_others=not fits and any(what_fits(enquiry, free)))


def _place_and_day(offer: Slot) -> tuple[int, date]:
    return offer.location.pk, offer.starts_at.astimezone(LONDON).date()


class WaitingPage(EnquiryPart):
    """The part of the admin of requests that shows who waits."""

    def get_urls(self):
        return [path("waiting/", self.admin_site.admin_view(self.waiting), name="bookings_enquiry_waiting"), *super().get_urls()]

    def waiting(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        # Not what begins sooner: the times on offer are held until the first of them begins, and an email wants to be read before.
        free = [offer for offer in staff_diary(Location.objects.all(), now).free() if offer.starts_at >= now + RULES.notice]
        rows = list(propose(waiting(now), free))
        context = self.admin_site.each_context(request) | {
            "title": "Waiting for a time",
            "opts": self.opts,
            "rows": rows,
            "is_cut": len(rows) >= MOST,
            "stranded": first_of_each_enquiry(displaced_holds(now)),
            "may_answer": self.may_answer(request),
            "offer": OfferStep,
        }
        return render(request, "admin/bookings/enquiry/waiting.html", context)
