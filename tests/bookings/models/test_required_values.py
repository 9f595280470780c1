"""The properties for values that a constraint guarantees: they return the value, or raise where there is none."""

from datetime import UTC, date, datetime

import pytest

from bookings.models import Enquiry, Event, Hold, Notice
from services.models import Location

MOMENT = datetime(2026, 6, 1, 9, tzinfo=UTC)
PLACE, ENQUIRY = Location(name="Example Street"), Enquiry(reference="HT-7K3P2")
EVENT = Event(enquiry=ENQUIRY)


@pytest.mark.parametrize(
    ("row", "name", "value"),
    [
        (Enquiry(starts_at=MOMENT), "required_starts_at", MOMENT),
        (Enquiry(location=PLACE), "required_location", PLACE),
        (Hold(expires_at=MOMENT), "offered_until", MOMENT),
        (Notice(event=EVENT), "required_event", EVENT),
        (Notice(event=EVENT), "enquiry", ENQUIRY),
        (Notice(day=date(2026, 6, 1)), "required_day", date(2026, 6, 1)),
    ],
)
def test_a_value_that_is_there_is_returned(row, name, value):
    assert getattr(row, name) == value


@pytest.mark.parametrize(
    ("row", "name", "words"),
    [
        (ENQUIRY, "required_starts_at", "HT-7K3P2 has no time."),
        (ENQUIRY, "ends_at", "HT-7K3P2 has no time."),
        (ENQUIRY, "required_location", "HT-7K3P2 has no place."),
        (Hold(pk=1), "offered_until", "Hold 1 is not on offer."),
        (Notice(pk=1, day=date(2026, 6, 1)), "required_event", "Message 1 is about a day."),
        (Notice(pk=1, day=date(2026, 6, 1)), "enquiry", "Message 1 is about a day."),
        (Notice(pk=1, event=EVENT), "required_day", "Message 1 is about an event."),
    ],
)
def test_a_value_that_is_missing_is_an_error(row, name, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        getattr(row, name)
