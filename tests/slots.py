"""The time that a form's value names."""

from bookings.diary import Offer, find_offer
from services.models import Location


def offer_of(slot: str) -> Offer:
    offer = find_offer(slot, {place.slug: place for place in Location.objects.all()})
    assert offer, slot
    return offer
