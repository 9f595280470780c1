"""What tests ask for, made by the site's own verbs."""

import uuid

from bookings import actions
from bookings.queries.slots import Slot


def asked(**changes) -> actions.BookingData:
    return actions.BookingData(**({"name": "Sam", "contact_by": "email", "email": "sam@example.org"} | changes))


def request(place=None, starts_at=None, *, now, submission=None, suspect=False, network="", **changes):
    """A request for a time at a place, or without either; `network` names where it is sent from."""
    offer = Slot(starts_at, place) if starts_at else None
    submission = submission or uuid.uuid4()
    sent = {"submission": submission, "fingerprint": "", "now": now, "suspect": suspect, "network": network}
    return actions.request_consultation(asked(offer=offer, **changes), **sent)
