"""The second factor: a code from an app on one's phone, or one of ten recovery codes. The tables and the arithmetic are django-otp's."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from harley.accounts import audit
from harley.accounts.lockout import growing_wait
from harley.accounts.sessions import SessionStore

OPENS = (  # what shows who has asked for help, or lets somebody else see it
    "auth.change_user",
    "bookings.view_enquiry",
    "bookings.change_enquiry",
    "bookings.add_enquiry",
    "bookings.view_event",
    "bookings.view_note",
    "bookings.view_notice",
    "bookings.see_diary",
    "bookings.see_own_diary",
    "bookings.see_figures",
    "bookings.export_enquiry",
    "bookings.erase_enquiry",
    "admin.view_logentry",
    "harley.view_look",
    "harley.view_auditentry",
)
RECOVERY_CODES = 10
LENGTH = 8
LETTERS = "bcdfghjkmnpqrstwxz256789"  # none that is easily mistaken for another on paper, and none that is or looks like a vowel


class CodeWait(Exception):
    """Too many wrong codes: the next is looked at from `until` on."""

    def __init__(self, until: datetime):
        self.until = until
        super().__init__()


def is_set_up(user) -> bool:
    if not hasattr(user, "has_second_factor"):  # loaded by something else than our backend
        user.has_second_factor = TOTPDevice.objects.filter(user=user, confirmed=True).exists()
    return user.has_second_factor


def is_required(user) -> bool:
    """Return whether the account may see a request or the diary, or give such rights: then a password alone is not enough."""
    return settings.REQUIRE_SECOND_FACTOR and any(map(user.has_perm, OPENS))


def is_owed(user) -> bool:
    """Whether this session still lacks it: of everyone who has set it up, and of everyone who must."""
    return not getattr(user, "otp_device", None) and (is_set_up(user) or is_required(user))


def begin(user) -> TOTPDevice:
    """A new secret, which counts for nothing until `confirm`."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name="App", confirmed=False)


def begun(user, pk) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=False, pk=pk).first()


@transaction.atomic
def confirm_device(device: TOTPDevice, code: str) -> bool:
    """From the first right code on the app is the second factor. Raises Wait."""
    locked = TOTPDevice.objects.select_for_update().filter(pk=device.pk, confirmed=False).first()
    if not locked or not _take(locked, plain(code)):
        return False
    _forget(locked.user, besides=locked)
    locked.confirmed = True
    locked.save()
    log_change(locked.user, "Second factor set up.")
    return True


@transaction.atomic
def make_recovery_codes(user) -> list[str]:
    """Ten new ones; those before no longer work. They are shown once, now."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="Recovery codes")
    codes = [get_random_string(LENGTH, LETTERS) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_codes_left(user) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def plain(code: str) -> str:
    """As it was shown, without what people type between."""
    return re.sub(r"[\s-]", "", code).lower()


@transaction.atomic
def check_code(user, code: str) -> Device | None:
    """What accepted the code, of the app or for recovery; each is accepted once. None for a wrong one; raises CodeWait."""
    device = _devices(user, code).select_for_update().first()
    if not device or not _take(device, plain(code)):
        audit.record_entry(audit.Kind.CODE_REFUSED, account=user)
        return None
    if isinstance(device, StaticDevice):
        log_change(user, "Recovery code used.")
    return device


def next_code_at(user, code: str) -> datetime | None:
    """Return from when on another code of the kind of this one is looked at; None for now."""
    device = _devices(user, code).first()
    return device and waits_until(device, timezone.now())


def waits_until(device: Device, now: datetime) -> datetime | None:
    """Return until when no code is looked at after the last wrong one; None for none or if that is over.

    A second after one wrong code, twice as long after each further one, and never more than a quarter of an hour.
    """
    last, wait = device.throttling_failure_timestamp, growing_wait(device.throttling_failure_count)
    return last + wait if last and last + wait > now else None


def _devices(user, code: str) -> QuerySet:
    """Return whose codes look like this one: the app's or those for recovery."""
    code = plain(code)
    kind = TOTPDevice if code.isdecimal() and len(code) < LENGTH else StaticDevice
    return kind.objects.filter(user=user, confirmed=True)


def _take(device: Device, code: str) -> bool:
    """The caller's transaction holds the row, so that of many tries at one moment each counts."""
    if until := waits_until(device, timezone.now()):
        raise CodeWait(until)
    device.throttling_failure_timestamp = None  # django-otp's own wait doubles without an end; ours is over
    return device.verify_token(code)


@transaction.atomic
def remove(user) -> None:
    """As if it had never been set up. What opened other sessions goes with it."""
    _forget(user)
    log_change(user, "Second factor removed.")


def _forget(user, besides: TOTPDevice | None = None) -> None:
    TOTPDevice.objects.filter(user=user).exclude(pk=besides and besides.pk).delete()
    StaticDevice.objects.filter(user=user).delete()


def end_sessions(user) -> int:
    """Signs somebody out everywhere."""
    read = SessionStore().decode  # Django's Session.get_decoded cannot read what is encrypted
    theirs = [session for session in Session.objects.iterator() if read(session.session_data).get("_auth_user_id") == str(user.pk)]
    return Session.objects.filter(pk__in=[session.pk for session in theirs]).delete()[0]


def log_change(user, what: str) -> None:
    """For the record that managers read."""
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, change_message=what, single_object=True)
