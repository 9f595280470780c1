"""Encryption with the site's key, for what a person typed while no request holds it yet: sessions, and the token of the last page."""

from __future__ import annotations

import base64
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def encrypt(content: bytes, purpose: str) -> str:
    """Return the content as a token that only `decrypt` with the same purpose reads."""
    return _keys(purpose).encrypt(content).decode()


def decrypt(token: str, purpose: str, *, max_age: timedelta | None = None) -> bytes | None:
    """Return the content of a token; None if this site did not make it for this purpose, or longer ago than `max_age`."""
    try:
        return _keys(purpose).decrypt(token.encode(), ttl=int(max_age.total_seconds()) if max_age else None)
    except InvalidToken:
        return None


def _keys(purpose: str) -> MultiFernet:
    """Return the keys derived from SECRET_KEY, which encrypts, and from its fallbacks, which only decrypt."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac(f"bookings.encryption.{purpose}", "", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
