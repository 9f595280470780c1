"""Sessions in the database, as Django keeps them, but not readable there."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.sessions import middleware
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse

from services.database_faults import AWAY
from services.encryption import decrypt, encrypt

logger = logging.getLogger(__name__)
PURPOSE = "sessions"
TOLD_BEFORE = 10 * 60  # seconds before somebody of the staff is signed out


class SessionStore(db.SessionStore):
    """Encrypts every session: it may hold answers of somebody whose request, or whose half of one, is nobody else's to read.

    Every session ends with the browser, also where its end is set: staff are signed out after some hours, or when they close it.
    """

    def encode(self, session_dict: dict[str, Any]) -> str:
        return encrypt(super().encode(session_dict).encode(), PURPOSE)

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Return what the session holds: nothing, if no key of the site reads it."""
        text = session_data if isinstance(session_data, str) else session_data.decode()
        content = decrypt(text, PURPOSE)
        return super().decode(content.decode()) if content else {}

    def save(self, must_create: bool = False) -> None:
        """Store the session. Raise what the database raises while it is away: Django would take the session for gone, and the fault for
        the visitor's."""
        try:
            super().save(must_create)
        except UpdateError as gone:
            if isinstance(gone.__context__, AWAY):
                raise gone.__context__ from None
            raise

    def get_expire_at_browser_close(self) -> bool:
        return True


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's own. An answer that says what has been stored goes out also where the session cannot be stored after it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except AWAY as error:
            if not getattr(response, "is_stored", False):
                raise
            logger.warning("A session was not stored: %s.", type(error).__name__)
            return response


@dataclass(frozen=True)
class Ending:
    at: datetime
    seconds: int

    @property
    def is_soon(self) -> bool:
        return self.seconds <= TOLD_BEFORE


def session_ends(request: HttpRequest, now: datetime) -> Ending | None:
    """Return when somebody of the staff will be signed out; None for whoever is not signed in."""
    if not request.user.is_authenticated:
        return None
    at = request.session.get_expiry_date(modification=now)
    return Ending(at, int((at - now).total_seconds()))
