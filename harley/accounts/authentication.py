"""Signing in by name and password: what is asked, how long it lasts, and what is loaded of somebody who is signed in."""

import ipaddress
import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in
from django.core.validators import MaxLengthValidator
from django.db.models import Exists, OuterRef, QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from bookings import rate_limits
from harley.accounts import lockout
from harley.models import PasswordToChange


def with_what_is_owed(users: QuerySet) -> QuerySet:
    """Return accounts that know whether they have set up a second factor, and whether their password is to be changed."""
    return users.annotate(
        has_second_factor=Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)),
        has_password_to_change=Exists(PasswordToChange.objects.filter(user=OuterRef("pk"))),
    )


class Backend(ModelBackend):
    """Loads whoever is signed in together with what every page of the admin asks: no page costs a query more."""

    def get_user(self, user_id):
        user = with_what_is_owed(get_user_model().objects.filter(pk=user_id)).first()
        return user if user and self.user_can_authenticate(user) else None


class LockableRequest(HttpRequest):
    """The request as django-axes leaves it."""

    axes_locked_out: bool
    guess: lockout.Guess


def same_but_for_capitals(username: str, users: QuerySet) -> Iterator[str]:
    """Yield the user names that differ from one in capitals alone: in any script, which a database compares each in its own way."""
    return (name for name in users.values_list("username", flat=True) if name.casefold() == username.casefold())


def stored_username(typed: str) -> str:
    """Return the name of the account that is meant, whatever the capitals; in small letters if there is none.

    As typed if several accounts differ in capitals alone. Guesses at one name are counted as one, however it is written.
    """
    same = list(same_but_for_capitals(typed, get_user_model()._default_manager.all()))
    if len(same) > 1:
        return typed
    return same[0] if same else typed.casefold()


class SignInForm(AdminAuthenticationForm):
    """Asks for the name as its owner may write it. How often is decided by harley/accounts/lockout.py."""

    def __init__(self, request: HttpRequest, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.initial.setdefault("username", getattr(request, "refused", {}).get("username"))  # typed in a form that was refused
        # Django tells the browser alone; PostgreSQL stores no longer ones
        longest = get_user_model()._meta.get_field("username").max_length
        self.fields["username"].validators.append(MaxLengthValidator(longest))

    def clean_username(self) -> str:
        return stored_username(self.cleaned_data["username"])


@receiver(user_logged_in)
def end_the_session_in_time(sender, request, **kwargs) -> None:
    request.session.set_expiry(timezone.now() + timedelta(seconds=settings.STAFF_SESSION_AGE))


# What django-axes asks


def client_network(request: HttpRequest) -> str | None:
    """What counts as one address: of an IPv6 one its first half, because a home or a phone changes the rest at will."""
    address = rate_limits.network(request.META.get("REMOTE_ADDR", "")).partition("/")[0]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def someone(*facts) -> str:
    """Who tried, as the logs name them."""
    return "somebody"


def locked(request: LockableRequest, response: HttpResponse | None = None, credentials: dict | None = None) -> HttpResponse:
    """Return the page instead of the form, for a guess that was not looked at, or after which no other is for a while."""
    now = timezone.now()
    until = request.guess.until or now
    context = admin.site.each_context(request) | {"title": "Please wait a little", "wait": wait_in_words(until, now)}
    page = render(request, "admin/locked.html", context, status=429)
    page["Retry-After"] = str(seconds_until(until, now))
    return page


def seconds_until(until: datetime, now: datetime) -> int:
    """Return the seconds to wait, one at least."""
    return max(1, math.ceil((until - now).total_seconds()))


def wait_in_words(until: datetime, now: datetime) -> str:
    """Return how long to wait, in words, rounded up: 1 second, 90 seconds, 15 minutes."""
    seconds = seconds_until(until, now)
    return f"{seconds} second{'s' if seconds != 1 else ''}" if seconds < 120 else f"{-(-seconds // 60)} minutes"
