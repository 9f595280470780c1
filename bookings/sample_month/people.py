"""Who the people of the sample month are, and what they answer."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from bookings.actions import BookingData
from bookings.models import Enquiry

WORDS = tomllib.loads((Path(__file__).parent / "people.toml").read_text(encoding="utf-8"))
PREFERRED = [["weekday_mornings"], ["weekends"], ["weekday_evenings", "weekends"]]
LONGEST_LOCAL = 40  # characters before the @
REFUSED, DELAYED = 3, 5  # to whom no email gets through: for good, and for now
C = Enquiry.ContactBy


def person(number: int) -> BookingData:
    """Return the answers of the person with this number, from 1, without a time or a place.

    Their addresses are at example.org, their numbers those that Ofcom keeps for drama.
    """
    name = WORDS["names"][(number - 1) % len(WORDS["names"])]
    has_email = number % 9 != 0
    contact_by = [C.EMAIL, C.CALL, C.EMAIL, C.TEXT][number % 4]
    if not has_email and contact_by == C.EMAIL:
        contact_by = C.CALL
    phone = phone_of(number) if contact_by != C.EMAIL else {}
    return BookingData(
        name=name,
        contact_by=contact_by,
        email=email_of(number, name) if has_email else "",
        message=WORDS["messages"][number % len(WORDS["messages"])],
        **phone,
    )


def email_of(number: int, name: str) -> str:
    """Return an address of one's own, with the Latin letters of the name."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = ("".join(filter(str.isalnum, word)) for word in letters.split())
    local = ".".join(filter(None, words))[:LONGEST_LOCAL].strip(".")
    return f"{local or 'person'}.{number}@example.org"


def phone_of(number: int) -> dict[str, Any]:
    """Return the answers about a phone: a landline in London now and then, else a mobile."""
    digits = f"{number * 37 % 1000:03}"
    landline = number % 7 == 0
    return {
        "phone": f"+442079460{digits}" if landline else f"+447700900{digits}",
        "phone_typed": f"020 7946 0{digits}" if landline else f"07700 900 {digits}",
        "message_safety": list(Enquiry.MessageSafety)[number % 3],
        "best_time": list(Enquiry.BestTime)[number % 4],
    }
