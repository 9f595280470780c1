"""Requests in the states that reception meets them in, made by the site's own verbs; only the clock is turned back by hand."""

from datetime import timedelta

from bookings import actions
from bookings.models import Enquiry, Hold
from bookings.queries.slots import Slot
from tests.bookings.factories import request


def waiting(now, hours=0, *args, **changes) -> Enquiry:
    """A request that came in so many hours ago."""
    return request(*args, now=now - timedelta(hours=hours), **changes)


def confirmed(place, starts_at, staff, now, **changes) -> Enquiry:
    if not place.is_online and not place.address:
        place.address = "1 Example Street"
        place.save()
    return actions.confirm(request(place, starts_at, now=now, **changes), user=staff, now=now)


def moved_to(enquiry, starts_at) -> Enquiry:
    """As if its time were then: a time that has passed cannot be asked for."""
    enquiry.starts_at = starts_at
    Enquiry.objects.filter(pk=enquiry.pk).update(starts_at=starts_at)
    Hold.objects.filter(enquiry=enquiry).update(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=50))
    return enquiry


def offered(place, starts_at, staff, now, **changes) -> Enquiry:
    return actions.offer_times(request(now=now, **changes), [Slot(starts_at, place)], user=staff, now=now)
