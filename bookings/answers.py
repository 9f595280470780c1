"""What a person has answered so far. Kept in the session until sent: no request and no held time before that."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from functools import cached_property
from typing import Any, TypedDict

from django.core import signing
from django.http import HttpRequest

from bookings.actions import Asked
from bookings.diary import Offer, find_offer
from bookings.forms import ANY
from bookings.models import Enquiry
from services import clinic
from services.models import Location

KEY = "booking"
SENT = "booking_sent"
SALT = "bookings.check"
TOKEN_AGE = 24 * 60 * 60  # seconds
NOT_SHOWN = {"submission", "opened_at", "suggested", "came_back_from", "earlier"}  # on the last page; it asks for the last of them itself
SHORTEST = 3  # seconds from opening the form to sending it that a person needs at least


class Answers:
    """A view of one part of the session. Every page of the booking keeps it alive for another 24 hours."""

    def __init__(self, request: HttpRequest):
        self.session, self._clinic = request.session, clinic.of(request)
        self.data: dict = self.session.get(KEY, {})
        if self.data:
            self.session.modified = True

    def open(self, now: datetime) -> None:
        """Begins, unless begun: the id of what will be sent, and when the form was opened."""
        self.session.pop(SENT, None)
        self.data.setdefault("submission", str(uuid.uuid4()))
        self.data.setdefault("opened_at", now.timestamp())
        self.session[KEY] = self.data

    def save(self, **answers: object) -> None:
        self.data.update(answers)
        self.session[KEY] = self.data

    def clear(self) -> None:
        self.data = {}
        self.session.pop(KEY, None)
        self.session.pop(SENT, None)

    def sent(self, key: str) -> None:
        """Forgets the answers and remembers the request they became, for someone who goes back."""
        self.clear()
        self.session[SENT] = key

    @property
    def sent_key(self) -> str:
        return self.session.get(SENT, "")

    def __bool__(self) -> bool:
        return "submission" in self.data

    # The answers

    @property
    def where(self) -> str:
        """A place's slug, “any”, or nothing yet."""
        return self.data.get("where", "")

    @cached_property
    def places(self) -> dict[str, Location]:
        """All places by slug, in the clinic's order."""
        return {location.slug: location for location in self._clinic.locations}

    @property
    def location(self) -> Location | None:
        """The place chosen; None for no answer yet and for “I don’t mind”."""
        return self.places.get(self.where)

    def suggest_place(self, where: str) -> None:
        """A link named a place: the first question shows it chosen, until it is answered."""
        if where in {*self.places, ANY}:
            self.save(suggested=where)

    @property
    def suggested(self) -> str:
        return self.data.get("suggested", "")

    @property
    def slot(self) -> str:
        return self.data.get("slot", "")

    @property
    def offer(self) -> Offer | None:
        """The time chosen; None also when it names a place that is gone."""
        return find_offer(self.slot, self.places) if self.slot else None

    @property
    def preferred(self) -> list[str]:
        """Parts of the week, when none of the times suited."""
        return self.data.get("preferred", [])

    @property
    def you(self) -> dict:
        return self.data.get("you", {})

    @property
    def looks_like_spam(self) -> bool:
        """The field that people cannot see was filled in."""
        return bool(self.you.get("website"))

    def begin_again(self, enquiry: Enquiry, now: datetime) -> None:
        """A new request with the answers of one that has ended, its time aside. What was being filled in is replaced."""
        self.clear()
        self.open(now)
        you = {
            "name": enquiry.name,
            "email": enquiry.email,
            "phone": enquiry.phone_typed,
            "phone_e164": enquiry.phone,
            "contact_by": enquiry.contact_by,
            "message_safety": enquiry.message_safety,
            "best_time": enquiry.best_time,
            "message": enquiry.message,
            "adult": True,
            "website": "",
        }
        self.save(where=enquiry.location.slug if enquiry.location else ANY, you=you, came_back_from=enquiry.pk)

    def choose_place(self, where: str) -> None:
        """A time belongs to its place: it goes when the place changes, unless the new answer still covers it."""
        self.save(where=where, suggested="")
        if self.slot and where != ANY and not self.slot.startswith(f"{where}."):
            self.save(slot="")

    def next_step(self) -> str:
        """The name of the first page that still needs an answer; when none does, the check."""
        if self.where != ANY and not self.location:
            return "bookings:where"
        if not self.offer and not self.preferred:
            return "bookings:when"
        return "bookings:check" if self.you else "bookings:you"

    @property
    def complete(self) -> bool:
        return self.next_step() == "bookings:check"

    # Sending

    def asked(self) -> Asked:
        more = {"wants_earlier": bool(self.data.get("earlier")), "came_back_from_id": self.data.get("came_back_from")}
        return asked_of(self.you, self.offer, self.location, self.preferred, **more)

    @property
    def fingerprint(self) -> str:
        """Of what the last page shows."""
        parts = {key: value for key, value in self.data.items() if key not in NOT_SHOWN}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def token(self) -> str:
        """Signs what will be sent, for the last page's form to carry: nothing else than what that page shows is sent with it."""
        return signing.dumps([self.data["submission"], self.fingerprint], salt=SALT)

    def too_fast(self, now: datetime) -> bool:
        return now.timestamp() - self.data["opened_at"] < SHORTEST


def read_token(token: str) -> tuple[uuid.UUID, str] | None:
    """The submission and the fingerprint a form carries; None if the token is not ours or older than a day."""
    try:
        submission, fingerprint = signing.loads(token, salt=SALT, max_age=TOKEN_AGE)
    except signing.BadSignature:
        return None
    return uuid.UUID(submission), fingerprint


class Details(TypedDict):
    """Name the fields of an enquiry that say who the person is and how to reach them."""

    name: str
    contact_by: str
    email: str
    phone: str
    phone_typed: str
    message_safety: str
    best_time: str


def details_of(you: dict) -> Details:
    """Who the person is and how to reach them, from the cleaned answers of YouForm."""
    return {
        "name": you["name"],
        "contact_by": you["contact_by"],
        "email": you["email"],
        "phone": you["phone_e164"],
        "phone_typed": you["phone"],
        "message_safety": you["message_safety"] or "none",
        "best_time": you["best_time"] if you["phone"] else "",
    }


def asked_of(you: dict, offer: Offer | None, location: Location | None, preferred: list[str], **more: Any) -> Asked:
    """What is asked for, from the cleaned answers of YouForm and of the pages before it."""
    return Asked(
        **details_of(you),
        message=you["message"],
        offer=offer,
        location_id=location.pk if location else None,
        preferred_times=[] if offer else preferred,
        **more,
    )
