"""The audit log: who signed in, was refused or locked out, got or lost a role, or looked at a list. Never what they saw or searched for.

What is not here is in Django's log (rows changed, a second factor, files taken) and in the access log (which enquiry was opened).
"""

from datetime import datetime

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import slugify

from harley.models import AuditEntry, AuditKind

Kind = AuditKind
HOUR = 60 * 60  # seconds
LISTS = {  # by the name of the address: the pages of the admin that show more than one client or colleague
    "admin:index": "Board",
    "admin:bookings_enquiry_changelist": "Requests",
    "admin:bookings_enquiry_waiting": "Who waits",
    "admin:bookings_diary": "Diary",
    "admin:bookings_notice_changelist": "Messages",
    "admin:bookings_event_changelist": "What was done with requests",
    "admin:harley_look_changelist": "Who opened which request",
    "admin:harley_auditentry_changelist": "Sign-ins, roles and lists",
    "admin:auth_user_changelist": "Accounts",
}


def record_entry(kind: AuditKind, *, user=None, account=None, detail: str = "") -> None:
    """Store that `user` did something, to `account` if it is about another."""
    AuditEntry.objects.create(at=timezone.now(), kind=kind, user=user, account=account, detail=detail)


def record_once(kind: AuditKind, now: datetime, *, user=None, detail: str = "") -> None:
    """Store something that may come again and again: once in an hour of UTC."""
    once = f"{kind}.{user.pk if user else 0}.{slugify(detail)}.{now:%Y-%m-%dT%H}"
    if not cache.get(once):
        AuditEntry.objects.bulk_create([AuditEntry(at=now, kind=kind, user=user, detail=detail, once=once)], ignore_conflicts=True)
        cache.set(once, True, HOUR)


@receiver(user_logged_in)
def _signed_in(sender, user, **kwargs) -> None:
    record_entry(Kind.SIGNED_IN, user=user)


@receiver(user_logged_out)
def _signed_out(sender, user, **kwargs) -> None:
    if user:
        record_entry(Kind.SIGNED_OUT, user=user)


@receiver(user_login_failed)
def _refused(sender, credentials: dict, **kwargs) -> None:
    _of_a_name(Kind.REFUSED, credentials.get("username", ""))


@receiver(user_locked_out)
def _locked_out(sender, username: str, **kwargs) -> None:
    _of_a_name(Kind.LOCKED, username)


def _of_a_name(kind: AuditKind, username: str | None) -> None:
    """Record the account that is meant. A name that is none is not kept: it may be a password, typed into the wrong field."""
    account = get_user_model()._default_manager.filter(username=username or "").first()
    if account:
        record_entry(kind, account=account)
    else:
        record_once(kind, timezone.now(), detail="no account of that name")


def record_roles(user, account, before: set[str], after: set[str]) -> None:
    """Record which roles `user` has given to `account` and taken from it."""
    for kind, names in ((Kind.ROLE_GIVEN, after - before), (Kind.ROLE_TAKEN, before - after)):
        for name in sorted(names):
            record_entry(kind, user=user, account=account, detail=name)


def roles_of(account) -> set[str]:
    """Return the names of the account's roles; being active and being a superuser count as such."""
    names = set(account.groups.values_list("name", flat=True))
    return names | ({"May sign in"} if account.is_active else set()) | ({"Superuser"} if account.is_superuser else set())


def record_lists(get_response):
    """The middleware that records who looked at a list or searched it, in the same moment as the answer."""

    def middleware(request: HttpRequest):
        response = get_response(request)
        match = request.resolver_match
        listed = LISTS.get(match.view_name) if match and response.status_code == 200 else None
        if listed and request.user.is_authenticated:
            kind = Kind.SEARCHED if request.GET.get("q", "").strip() else Kind.LISTED
            record_once(kind, timezone.now(), user=request.user, detail=listed)
        return response

    return middleware
