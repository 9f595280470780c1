"""Encryption with the site's key, for what a person typed while no request holds it yet: sessions, and the token of the last page."""

from __future__ import annotations

import base64
import time
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def encrypt(content: bytes, purpose: str) -> str:
    """Return the content as a token that only `decrypt` with the same purpose reads."""
    return _keys(purpose).encrypt(content).decode()


def decrypt(token: str, purpose: str, *, max_age: timedelta | None = None) -> bytes | None:
    """Return the content of a token; None if this site did not make it for this purpose, or longer ago than `max_age`.

    One from the future is as good as new: another host of the site made it, whose clock is ahead. Fernet's own `ttl` refuses it.
    """
    keys = _keys(purpose)
    try:
        content = keys.decrypt(token.encode())
        is_too_old = max_age and time.time() - keys.extract_timestamp(token.encode()) > max_age.total_seconds()
    except InvalidToken:
        return None
    return None if is_too_old else content


def _keys(purpose: str) -> MultiFernet:
    """Return the keys derived from SECRET_KEY, which encrypts, and from its fallbacks, which only decrypt."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac(f"bookings.encryption.{purpose}", "", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
