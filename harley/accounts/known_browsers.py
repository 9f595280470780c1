"""Browsers in which somebody has signed in before: what others guess does not hold them up.

A cookie names the last few accounts, encrypted, each with a part that ends with its password. A browser has a key of its own, under which
its wrong passwords are counted. A cookie that is forged, old or of another account makes no browser known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string

from services.encryption import decrypt, encrypt

PURPOSE = "known browsers"
ACCOUNTS = 5  # at most in one browser: a computer at a front desk is shared
IN_SESSION = "browser"  # the key of the browser in which somebody signed in


@dataclass(frozen=True)
class Browser:
    """What the cookie holds. `made` is in seconds since 1970; `accounts` are primary keys and marks of passwords, the newest first."""

    key: str
    made: int
    accounts: tuple[tuple[int, str], ...]

    def knows(self, user: AbstractBaseUser) -> bool:
        """Return whether the account signed in here by the password it still has. Nobody is known who has left."""
        theirs = dict(self.accounts).get(user.pk, "")
        return user.is_active and any(constant_time_compare(theirs, mark) for mark in _marks(user))


def read_cookie(request: HttpRequest) -> Browser | None:
    """Return what this site wrote into the browser's cookie within its age; None for anything else."""
    age = timedelta(seconds=settings.BROWSER_COOKIE_AGE)
    content = decrypt(request.COOKIES.get(settings.BROWSER_COOKIE_NAME, ""), PURPOSE, max_age=age)
    if not content:
        return None
    key, made, accounts = json.loads(content)
    return Browser(key, made, tuple((pk, mark) for pk, mark in accounts))


def key_for(request: HttpRequest, username: str) -> str | None:
    """Return the key of the browser if somebody has signed in there by this name; None for an unknown one."""
    browser = read_cookie(request)
    user = browser and get_user_model()._default_manager.filter(username=username).first()
    return browser.key if browser and user and browser.knows(user) else None


@receiver(user_logged_in)
def note_browser(sender, request: HttpRequest, **kwargs) -> None:
    """Give one sign-in one key: with a session somebody else's hands are on, no number of known browsers can be made."""
    browser = read_cookie(request)
    request.session[IN_SESSION] = browser.key if browser else get_random_string(22)


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Add whoever is in, with all that is asked of them, to the cookie of their browser, unless it holds them already."""
    key, browser, now = request.session.get(IN_SESSION), read_cookie(request), int(timezone.now().timestamp())
    user = request.user
    if not key or not user.is_authenticated or (browser and browser.knows(user) and now - browser.made < settings.BROWSER_COOKIE_AGE / 2):
        return
    others = [[pk, mark] for pk, mark in (browser.accounts if browser else ()) if pk != user.pk]
    accounts = [[user.pk, _marks(user)[0]], *others][:ACCOUNTS]
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        encrypt(json.dumps([key, now, accounts]).encode(), PURPOSE),
        max_age=settings.BROWSER_COOKIE_AGE,
        path=f"/{settings.ADMIN_PATH}/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marks(user: AbstractBaseUser) -> list[str]:
    """Return what stands for the password of an account, made with the site's key and with each former one; the first is the newest."""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return [each[:32] for each in hashes]
