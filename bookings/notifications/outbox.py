"""Sends what is owed: each email is claimed by one worker, tried until it is sent or given up, and what came of it is recorded."""

from __future__ import annotations

import random
import smtplib
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import F
from django.db.utils import Error

from bookings.models import Notice
from bookings.notifications import message_for
from bookings.notifications.smtp import MailConnection

LEASE = timedelta(seconds=120)  # a worker that has not reported by then is taken for dead
SEND_WITHIN = 90  # seconds from the claim to the end of the attempt: well within the lease, or another worker would send it, too
MOST_TRIES = 12  # about 20 hours
MOST_TRIES_REFUSED = 3  # when the server, or our own template, said no for good
LONGEST_WAIT = timedelta(hours=6)
MOST_TO_ONE = {timedelta(hours=1): 6, timedelta(days=1): 20}  # emails to one address in so long: anybody can type anybody's
WINDOW = 20  # what a worker looks at; several workers take from it in different orders


@dataclass(frozen=True)
class Claimed:
    """Keep a notification with the moment of time.monotonic() until which this worker alone may send it."""

    notice: Notice
    send_by: float

    @property
    def kind(self) -> str:
        return self.notice.kind


def claim_next(now: datetime) -> Claimed | None:
    """Takes the next email that is due, so that no other worker can; counts the try before it is made.

    What has used up its tries without anyone living to report it has killed its workers, and fails.
    """
    due = Notice.objects.due(now)
    while window := list(due.order_by(F("due_at").asc(nulls_first=True), "pk").values_list("pk", "attempts")[:WINDOW]):
        random.shuffle(window)
        for pk, attempts in window:
            row = due.filter(pk=pk, attempts=attempts)
            if attempts >= MOST_TRIES:
                row.update(status=Notice.Status.FAILED, failed_at=now, lease="", last_error="worker died")
                continue
            lease = uuid.uuid4().hex
            if row.update(lease=lease, attempts=attempts + 1, due_at=now + max(LEASE, wait_after(attempts + 1))):
                notice = Notice.objects.select_related("event__enquiry__location").filter(pk=pk, lease=lease).first()
                if notice:
                    return Claimed(notice, time.monotonic() + SEND_WITHIN)
    return None


def send(claimed: Claimed, now: datetime, post: MailConnection | None = None) -> str:
    """Sends a claimed email and records what came of it: sent, dropped because it is no longer true, failed, or pending with the
    time of the next try.

    At least once: where the server's answer is lost the message goes out again, with the same Message-ID.
    """
    try:
        change = _attempt(claimed, now, post)
    except Exception as error:  # whatever it is, the row must say so and the next one must go out
        change = _after_failure(claimed.notice, error, now)
    _record(claimed.notice, change)
    return str(change.get("status", Notice.Status.PENDING))


def _attempt(claimed: Claimed, now: datetime, post: MailConnection | None) -> dict[str, Any]:
    if not claimed.notice.is_true_at(now):
        return {"status": Notice.Status.DROPPED}
    if again := not_before(claimed.notice, now):
        return {"due_at": min(again, now + LONGEST_WAIT), "attempts": claimed.notice.attempts - 1}
    message = message_for(claimed.notice, now)
    own = post or MailConnection()
    try:
        own.send(message, by=claimed.send_by)
    finally:
        if not post:
            own.close()
    return {"status": Notice.Status.SENT, "sent_at": now, "last_error": ""}


def not_before(notice: Notice, now: datetime) -> datetime | None:
    """Return when the next email may go to a client who has had as many of late as one address gets; None if it may go now."""
    if notice.is_for_staff:
        return None
    sent = Notice.objects.to_client().filter(event__enquiry__email_key=notice.enquiry.email_key, channel=Notice.Channel.EMAIL)
    waits = []
    for length, most in MOST_TO_ONE.items():
        latest = sent.filter(sent_at__gt=now - length).order_by("-sent_at").values_list("sent_at", flat=True)[:most]
        of_late = [at for at in latest if at]
        if len(of_late) == most:
            waits.append(of_late[-1] + length)
    return max(waits, default=None)


def _record(notice: Notice, change: dict[str, Any]) -> None:
    """Only a worker that still holds the lease may record anything, but for one thing: what is known to be sent is sent.

    Were that lost because the database is away just now, the person would get a second copy; so it is tried as long as the lease.
    """
    sent = change.get("status") == Notice.Status.SENT
    rows = Notice.objects.filter(pk=notice.pk, **({"status": Notice.Status.PENDING} if sent else {"lease": notice.lease}))
    give_up_at = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            rows.update(lease="", **change)
        except Error:
            if not sent or time.monotonic() > give_up_at:
                raise
            connection.close()
            time.sleep(1)
        else:
            return


def _after_failure(notice: Notice, error: Exception, now: datetime) -> dict[str, Any]:
    code, for_good = _verdict(error)
    tries = MOST_TRIES_REFUSED if for_good else MOST_TRIES
    change = {"last_error": f"{type(error).__name__} {code}".strip()}
    if notice.attempts >= tries:
        return change | {"status": Notice.Status.FAILED, "failed_at": now}
    return change | {"due_at": now + wait_after(notice.attempts)}


def _verdict(error: Exception) -> tuple[str, bool]:
    """The SMTP code, and whether trying again is of little use: only where this message itself was refused, or cannot be made.

    A wrong password or sender is our trouble, passes, and must not fail the whole queue. The text of the error stays out: it quotes
    addresses.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return " ".join(map(str, codes)), all(code >= 500 for code in codes)
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code), isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
    return "", not isinstance(error, OSError | smtplib.SMTPException | DatabaseError)


def wait_after(attempts: int) -> timedelta:
    """One minute, two, four …, at most six hours, a fifth more or less so that many do not come back at once."""
    wait = min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311 (not a secret)
