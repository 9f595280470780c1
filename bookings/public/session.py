"""What a person has answered so far. Kept in the session until sent: no request and no held time before that."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property

from bookings.actions import BookingData
from bookings.domain.preferences import ANY
from bookings.forms import booking_data
from bookings.models import Enquiry
from bookings.queries.slots import Slot, find_slot
from services.clinic import clinic
from services.encryption import decrypt, encrypt
from services.models import Location

KEY = "booking"
SENT = "booking_sent"
LAST_PAGE = "check"  # what its token is encrypted for
TOKEN_AGE = timedelta(days=1)
RENEWED_AFTER = timedelta(hours=6)  # reading a page writes the session anew at most as often
WAY_BACK = timedelta(minutes=15)  # from the pages of the booking to a request just sent; then only its link leads there
NOT_SHOWN = {"submission", "opened_at", "kept_at", "came_back_from", "earlier"}  # on the last page; it asks for the last of them itself
SHORTEST = 3  # seconds from opening the form to sending it that a person needs at least


class Answers:
    """A view of one part of the session. It is kept for a day from the last answer, or from the last page that found it six hours old."""

    def __init__(self, request: HttpRequest):
        self.session, self._clinic = request.session, clinic.of(request)
        self.now = self._clinic.now
        self.data: dict = self.session.get(KEY, {})
        if self.data and self.now.timestamp() - self.data.get("kept_at", 0) > RENEWED_AFTER.total_seconds():
            self.save()

    def open(self) -> None:
        """Begins, unless begun: the id of what will be sent, and when the first question was answered."""
        self.session.pop(SENT, None)
        self.save(submission=self.data.get("submission", str(uuid.uuid4())), opened_at=self.data.get("opened_at", self.now.timestamp()))

    def save(self, **answers: object) -> None:
        self.data.update(answers, kept_at=self.now.timestamp())
        self.session[KEY] = self.data

    def clear(self) -> None:
        self.data = {}
        self.session.pop(KEY, None)
        self.session.pop(SENT, None)

    def sent(self, key: str) -> None:
        """Forgets the answers and remembers the request they became, for someone who goes back."""
        self.clear()
        self.session[SENT] = [key, self.now.timestamp()]

    @property
    def sent_key(self) -> str:
        """Return the key of the request these answers became; empty once the way back has ended."""
        key, sent_at = self.session.get(SENT, ("", 0))
        return key if self.now.timestamp() - sent_at < WAY_BACK.total_seconds() else ""

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

    @property
    def slot(self) -> str:
        return self.data.get("slot", "")

    @property
    def offer(self) -> Slot | None:
        """The time chosen; None also when it names a place that is gone."""
        return find_slot(self.slot, self.places) if self.slot else None

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

    def begin_again(self, enquiry: Enquiry) -> None:
        """A new request with the answers of one that has ended, its time aside. What was being filled in is replaced."""
        self.clear()
        self.open()
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
        self.save(where=where)
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

    def asked(self) -> BookingData:
        more = {"wants_earlier": bool(self.data.get("earlier")), "came_back_from_id": self.data.get("came_back_from")}
        return booking_data(self.you, self.offer, self.location, self.preferred, **more)

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.data)

    @property
    def token(self) -> str:
        """Encrypts what will be sent, for the last page's form to carry: nothing else than what that page shows is sent with it, and
        where the session has ended meanwhile the answers are still there."""
        return encrypt(json.dumps(self.data).encode(), LAST_PAGE)

    @property
    def too_fast(self) -> bool:
        """Whether nobody types so fast. What another host opened, whose clock is ahead, says nothing of it."""
        return 0 <= self.now.timestamp() - self.data["opened_at"] < SHORTEST


def fingerprint_of(data: dict[str, Any]) -> str:
    """Of what the last page shows."""
    parts = {key: value for key, value in data.items() if key not in NOT_SHOWN}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def read_token(token: str) -> dict[str, Any]:
    """Return the answers that a form carries; none if the token is not ours or older than a day."""
    content = decrypt(token, LAST_PAGE, max_age=TOKEN_AGE)
    return json.loads(content) if content else {}
