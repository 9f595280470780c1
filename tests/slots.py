"""The time that a form's value names."""

from bookings.queries.slots import Slot, find_slot
from services.models import Location


def offer_of(slot: str) -> Slot:
    offer = find_slot(slot, {place.slug: place for place in Location.objects.all()})
    assert offer, slot
    return offer
