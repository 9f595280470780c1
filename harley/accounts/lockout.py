"""How many guesses at a password are looked at: a few of one browser or network, and ever fewer at one name from everywhere.

Each guess is counted before its password is looked at, under a lock of the counts, and what it counted decides on it: there is no moment
between counting and reading in which another guess, or somebody who signs in, changes the count. A right password takes back what was
counted where it was typed. The counts are rows of django-axes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from bookings.transactions import in_one_transaction
from harley.accounts import known_browsers

NETWORK, EVERYWHERE = "network", "everywhere"  # in the place of a user agent: what is counted; a known browser has its key there
NOWHERE = "::"  # in the place of an address, where none matters or none is known
FREE_EVERYWHERE = 20  # wrong passwords for one name, from unknown browsers, before the next ones wait
LONGEST_WAIT = timedelta(minutes=15)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """What a count means: the wait after so many wrong ones, and when the counting begins anew after the last of them."""

    wait: Callable[[int], timedelta]
    forgotten_after: timedelta

    def failures(self, stored: int, last: datetime, now: datetime) -> int:
        return 0 if now - last >= self.forgotten_after else stored

    def waits_until(self, stored: int, last: datetime, now: datetime) -> datetime | None:
        """Return when the next guess is looked at; None for now."""
        wait = self.wait(self.failures(stored, last, now))
        return last + wait if wait and last + wait > now else None


def wait_of_one(failures: int) -> timedelta:
    """Return the rest of a browser or network after so many wrong passwords in a row."""
    return settings.AXES_COOLOFF_TIME if failures >= settings.AXES_FAILURE_LIMIT else timedelta()


def wait_everywhere(failures: int) -> timedelta:
    """Return the wait of unknown browsers for a name: a second after the twentieth wrong password, then twice as long each time."""
    return growing_wait(failures - FREE_EVERYWHERE + 1)


def growing_wait(times: int) -> timedelta:
    """Return one second for the first time, twice as long for each further one, up to a quarter of an hour; no wait for none."""
    return min(timedelta(seconds=2 ** min(times - 1, 10)), LONGEST_WAIT) if times > 0 else timedelta()


OF_ONE = Rule(wait_of_one, settings.AXES_COOLOFF_TIME)
OF_ALL = Rule(wait_everywhere, timedelta(hours=1))


@dataclass(frozen=True)
class Guess:
    """What was counted for one guess, and until when the next one waits if it is wrong."""

    counts: tuple[dict[str, str], ...] = ()  # the keys of the rows; none if it is not looked at
    until: datetime | None = None

    @property
    def is_looked_at(self) -> bool:
        return bool(self.counts)


@in_one_transaction
def count(name: str, network: str | None, browser: str | None, now: datetime) -> Guess:
    """Count a guess at the password of a name, from a network or from a browser known for that account, unless it has to wait."""
    keys = _keys(name, network, browser)
    rows = [_locked(key) for key in keys]
    rules = [OF_ONE, OF_ALL][: len(rows)]
    waits = [rule.waits_until(row.failures_since_start, row.attempt_time, now) for row, rule in zip(rows, rules, strict=True)]
    if until := max((wait for wait in waits if wait), default=None):
        return Guess(until=until)
    for row, rule in zip(rows, rules, strict=True):
        row.failures_since_start = rule.failures(row.failures_since_start, row.attempt_time, now) + 1
        row.attempt_time = now
        row.save(update_fields=["failures_since_start", "attempt_time"])
    return Guess(keys, OF_ONE.waits_until(rows[0].failures_since_start, now, now))


@in_one_transaction
def take_back(guess: Guess) -> None:
    """Forget the guesses of the browser or network whose password was right, also in the count of everywhere."""
    if not guess.counts:
        return
    own, *others = [_locked(key) for key in guess.counts]
    for row in others:
        row.failures_since_start = max(0, row.failures_since_start - own.failures_since_start)
        row.save(update_fields=["failures_since_start"])
    AccessAttempt.objects.filter(pk__in=[row.pk for row in (own, *others) if row is own or not row.failures_since_start]).delete()


def _keys(name: str, network: str | None, browser: str | None) -> tuple[dict[str, str], ...]:
    """Return the keys of the rows that count a guess, in the order in which they are locked."""
    if browser:
        return ({"username": name, "ip_address": NOWHERE, "user_agent": browser},)
    return (
        {"username": name, "ip_address": network or NOWHERE, "user_agent": NETWORK},
        {"username": name, "ip_address": NOWHERE, "user_agent": EVERYWHERE},
    )


def _locked(key: dict[str, str]) -> AccessAttempt:
    """Return the row of a count, made if there is none, which nobody else changes before the transaction ends."""
    while True:
        row = AccessAttempt.objects.select_for_update().filter(**key).first()
        if row:
            return row
        AccessAttempt.objects.bulk_create([AccessAttempt(**key, failures_since_start=0)], ignore_conflicts=True)


class Handler(AxesDatabaseHandler):
    """What django-axes asks. Its own handler counts after the look, and reads the count in another query."""

    def is_allowed(self, request, credentials: dict | None = None) -> bool:
        """Count the guess that this request is, once, and return whether its password is to be looked at."""
        if not hasattr(request, "guess"):
            name = (credentials or {}).get("username") or ""
            browser = known_browsers.key_for(request, name)
            request.guess = count(name, request.axes_ip_address, browser, timezone.now())
        return request.guess.is_looked_at

    def user_login_failed(self, sender, credentials: dict, request=None, **kwargs) -> None:
        guess = getattr(request, "guess", None)
        if guess is None:
            return
        log.warning("A login failure by somebody%s.", ", who now has to wait" if guess.until else "")
        if guess.until:
            request.axes_locked_out = True  # the middleware answers with `authentication.locked`
            request.axes_credentials = credentials
            user_locked_out.send("axes", request=request, username=credentials.get("username"), ip_address=request.axes_ip_address)

    def user_logged_in(self, sender, request: HttpRequest, user, **kwargs) -> None:
        if guess := getattr(request, "guess", None):
            take_back(guess)

    def clean_expired_user_attempts(self, request=None, credentials: dict | None = None) -> int:
        """Leave it to the job of the night: the count of everywhere outlasts the others."""
        return 0
