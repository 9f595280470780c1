"""Sends what is owed: each email is claimed by one worker, tried until it is sent or given up, and what came of it is recorded."""

from __future__ import annotations

import random
import smtplib
import uuid
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import F

from bookings.emails import message_for
from bookings.models import Notice

LEASE = timedelta(seconds=120)  # a worker that has not reported by then is taken for dead; longer than the longest send
MOST_TRIES = 12  # about 20 hours
MOST_TRIES_REFUSED = 3  # when the server, or our own template, said no for good
LONGEST_WAIT = timedelta(hours=6)


def claim_next(now: datetime) -> Notice | None:
    """Takes the next email that is due, so that no other worker can; counts the try before it is made."""
    for pk in Notice.objects.due(now).order_by(F("due_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)[:20]:
        lease = uuid.uuid4().hex
        if Notice.objects.due(now).filter(pk=pk).update(lease=lease, attempts=F("attempts") + 1, due_at=now + LEASE):
            return Notice.objects.select_related("event__enquiry__location").get(pk=pk)
    return None


def send(notice: Notice, now: datetime) -> str:
    """Sends a claimed email and records what came of it: sent, dropped because it is no longer true, failed, or pending with the
    time of the next try.

    Only a worker that still holds the lease may record anything. At least once: where the server's answer is lost the message
    goes out again, with the same Message-ID.
    """
    if not notice.is_true_at(now):
        Notice.objects.filter(pk=notice.pk, lease=notice.lease).update(lease="", status=Notice.Status.DROPPED)
        return str(Notice.Status.DROPPED)
    try:
        message_for(notice, now).send()
    except Exception as error:  # whatever it is, the row must say so and the next one must go out
        change = _after_failure(notice, error, now)
    else:
        change = {"status": Notice.Status.SENT, "sent_at": now, "last_error": ""}
    Notice.objects.filter(pk=notice.pk, lease=notice.lease).update(lease="", **change)
    return str(change.get("status", Notice.Status.PENDING))


def _after_failure(notice: Notice, error: Exception, now: datetime) -> dict:
    code, for_good = _verdict(error)
    tries = MOST_TRIES_REFUSED if for_good else MOST_TRIES
    change = {"last_error": f"{type(error).__name__} {code}".strip()}
    if notice.attempts >= tries:
        return change | {"status": Notice.Status.FAILED}
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


def give_up_on_killers(now: datetime) -> int:
    """Fails what has used up its tries without anyone living to report it. Returns how many."""
    worn_out = Notice.objects.due(now).filter(attempts__gte=MOST_TRIES).exclude(lease="")
    return worn_out.update(status=Notice.Status.FAILED, lease="", last_error="worker died")
