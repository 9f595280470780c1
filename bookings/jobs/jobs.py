"""The jobs of the timetable: each finds what is due now and has it done, one by one.

Running one again, or twice at once, changes nothing: each verb looks once more under a lock. When they run says domain/schedule.py.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from bookings import actions
from bookings.actions import erasure_list
from bookings.domain import schedule as timetable
from bookings.domain.schedule import HITS, MET, NEVER_MET, TEXT, WAITING_LIST, WITHOUT_TIME
from bookings.domain.status import REBOOKABLE, Status
from bookings.jobs import secure_delete
from bookings.models import Enquiry, Event, Hold, Job, Notice
from bookings.queries.integrity import faults
from services.clinic import bank_holidays, content_todo
from services.clinic.clinic import Clinic
from services.clinic.uk_time import LONDON, full_date
from services.database_clock import database_now

logger = logging.getLogger(__name__)
MOST_ERRORS = 10  # in one run: then it is the whole job that is wrong
HEALTH_CHECK = "health check"  # the row that /healthz/deep writes
AT_ONCE = 500  # rows that are deleted in one transaction


@dataclass(frozen=True)
class Due:
    """One thing to do: what it counts as, which it is, without personal data, and how it is done."""

    counts_as: str
    which: str
    do: Callable[[], int | None]


@dataclass
class Outcome:
    """What came of one run of a job."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{count} {what}" for what, count in self.counts.items() if count]
        parts += [f"{len(self.errors)} failed ({', '.join(sorted(set(self.errors)))})"] if self.errors else []
        return ", ".join(parts) or "nothing to do"


class Fault(Exception):
    """Something that is wrong, in a sentence without personal data."""


def reminders(now: datetime) -> Iterator[Due]:
    kinds = [Notice.Kind(kind) for kind in timetable.DAYS_BEFORE]
    sent = Prefetch("notices", Notice.objects.filter(kind__in=kinds))
    confirmations = Prefetch("events", Event.objects.confirmations().prefetch_related(sent), to_attr="confirmations")
    soon = now + timetable.FRESH * (max(timetable.DAYS_BEFORE.values()) + 1)
    rows = Enquiry.objects.filter(status=Status.CONFIRMED, erased_at=None, starts_at__gt=now, starts_at__lt=soon)
    for enquiry in rows.prefetch_related(confirmations):
        for confirmation in enquiry.confirmations[-1:]:
            known = {notice.kind for notice in confirmation.notices.all()}
            for kind in kinds:
                if kind not in known and timetable.is_reminder_due(enquiry.required_starts_at, confirmation.at, kind, now):
                    yield Due("reminders owed", f"{enquiry}: {kind.label}", partial(actions.remind, enquiry, kind, now=now))


def expiries(now: datetime) -> Iterator[Due]:
    over = Q(status=Status.NEW, starts_at__lte=now) | Q(status=Status.PROPOSED)
    over |= Q(status=Status.NEW, starts_at=None, status_since__lte=now - WITHOUT_TIME)
    waited = Q(status=Status.WAITLISTED, status_since__lte=now - WAITING_LIST)
    offered = Prefetch("holds", Hold.objects.filter(kind=Hold.Kind.OFFERED), to_attr="offered")
    for enquiry in Enquiry.objects.filter(over | waited).prefetch_related(offered):
        until = [hold.offered_until for hold in enquiry.offered]
        if timetable.has_lapsed(enquiry.status, now, starts_at=enquiry.starts_at, since=enquiry.status_since, offered_until=until):
            yield Due("requests ended", f"{enquiry}: {enquiry.get_status_display()}", partial(actions.expire, enquiry, now=now))
    for notice in Notice.objects.to_tell().select_related("event__enquiry"):
        if not notice.is_true_at(now):
            what = f"{notice.enquiry}: {notice.get_kind_display()}"
            yield Due("calls no longer needed", what, partial(actions.drop_outdated_call, notice, now=now))


def chases(now: datetime) -> Iterator[Due]:
    kinds = [kind for kind in map(Notice.Kind, timetable.PART_OF_PROMISE) if Notice(kind=kind).staff_address]
    clinic = Clinic(now)
    sent = Prefetch("notices", Notice.objects.filter(kind__in=kinds))
    began = Prefetch("events", Event.objects.began_to_wait().prefetch_related(sent), to_attr="beginnings")
    for enquiry in Enquiry.objects.filter(status=Status.NEW).prefetch_related(began):
        known = {notice.kind for event in enquiry.beginnings[-1:] for notice in event.notices.all()}
        for kind in kinds:
            at = timetable.chase_at(clinic.hours, enquiry.waiting_since, clinic.promised, kind)
            if kind not in known and at and at <= now:
                do = partial(actions.escalate, enquiry, kind, waiting_since=enquiry.waiting_since, now=now)
                yield Due("messages to staff or manager owed", f"{enquiry}: {kind.label}", do)


def digests(now: datetime) -> Iterator[Due]:
    yield from _for_day(timetable.digest_day(now), Notice.Kind.STAFF_DIGEST, now)


def outcomes(now: datetime) -> Iterator[Due]:
    day = timetable.outcomes_day(now)
    if day and Enquiry.objects.without_outcome(now).exists():
        yield from _for_day(day, Notice.Kind.STAFF_OUTCOMES, now)


def content(now: datetime) -> Iterator[Due]:
    day = timetable.review_day(now)
    if day and content_todo.comes_round(Clinic(now)):
        yield from _for_day(day, Notice.Kind.STAFF_REVIEW, now)


def _for_day(day: date | None, kind: Notice.Kind, now: datetime) -> Iterator[Due]:
    if day and Notice(kind=kind).staff_address and not Notice.objects.filter(day=day, kind=kind).exists():
        yield Due("messages to staff owed", f"{kind.label}, {full_date(day)}", partial(actions.notify_for_day, day, kind, now=now))


def holidays(now: datetime) -> Iterator[Due]:
    for day, name in bank_holidays.missing(now.astimezone(LONDON).date()).items():
        yield Due("bank holidays written", f"{full_date(day)}: {name}", partial(bank_holidays.save_holiday, day, name))


def erasures(now: datetime) -> Iterator[Due]:
    for enquiry in Enquiry.objects.to_erase():
        if actions.may_erase(enquiry, now):
            yield Due("requests erased", str(enquiry), partial(actions.erase_waiting, enquiry, now=now))


def forgetting(now: datetime) -> Iterator[Due]:
    long_ago = Q(status__in=[*REBOOKABLE, Status.SUSPECTED_SPAM, Status.DID_NOT_ATTEND, Status.CLOSED], status_since__lte=now - NEVER_MET)
    last_year = Q(status__in=[Status.ATTENDED, Status.CONFIRMED, Status.CLOSED], starts_at__lte=now - MET)
    met = Exists(Event.objects.meetings().filter(enquiry=OuterRef("pk")))
    for enquiry in Enquiry.objects.filter(long_ago | last_year, erased_at=None).annotate(met=met):
        at = timetable.forget_at(enquiry.status, since=enquiry.status_since, starts_at=enquiry.starts_at, met=enquiry.met)
        if at and at <= now:
            yield Due("requests anonymised", str(enquiry), partial(actions.anonymise, enquiry, now=now))
    for written in Enquiry.objects.filter(erased_at=None, starts_at__lte=now - TEXT).exclude(message=""):
        if timetable.forget_text_at(written.required_starts_at) <= now:
            yield Due("texts removed", f"{written}: text", partial(actions.remove_text, written, now=now))
    keys = list(actions.old_notices(now).values_list("pk", flat=True))
    for batch in (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)):
        yield Due("messages deleted", f"{len(batch)} messages", partial(actions.delete_notices, batch, now=now))
    yield from _old("counts of visits deleted", actions.old_hits(now))
    if Enquiry.objects.sent_from_somewhere(now - HITS).exists():
        yield Due("networks forgotten", "where requests were sent from", partial(actions.forget_networks, now=now))
    if lines := erasure_list.old_lines(now):
        yield Due("references of erasures deleted", f"{lines} references of erasures", partial(erasure_list.delete_old_lines, now))
    yield from _old("sessions deleted", Session.objects.filter(expire_date__lt=now))
    for old_rows in map(import_string, settings.OLD_ROWS):
        for counts_as, rows in old_rows(now).items():
            yield from _old(counts_as, rows)
    yield Due("", "what is deleted leaves the disk", secure_delete.wipe)


def _old(counts_as: str, rows: QuerySet[Any]) -> Iterator[Due]:
    count = rows.count()
    if count:
        yield Due(counts_as, f"{count} {counts_as}", lambda: rows.delete()[0])


def wholeness(now: datetime) -> Iterator[Due]:
    def complain(sentence: str) -> int:
        raise Fault(sentence)

    for sentence in faults():
        yield Due("", sentence, partial(complain, sentence))


JOBS: dict[str, Callable[[datetime], Iterator[Due]]] = {
    "chase_staff": chases,
    "expire_requests": expiries,
    "send_reminders": reminders,
    "erase_due": erasures,
    "send_digest": digests,
    "review_content": content,
    "ask_outcomes": outcomes,
    "anonymise": forgetting,
    "check_holds": wholeness,
    "import_bank_holidays": holidays,
}


def run(name: str, now: datetime, *, stop: threading.Event | None = None, progress: Callable[[int, int], None] | None = None) -> Outcome:
    """Does all that is due of one job, and writes down that it ran. One that fails holds up none of the others.

    Stopped before its end it counts as failed, and is taken up again.
    """
    Job.objects.update_or_create(name=name, defaults={"started_at": now})
    outcome = Outcome()
    try:
        due = list(JOBS[name](now))
        for number, one in enumerate(due, start=1):
            if stop and stop.is_set():
                outcome.errors.append("Stopped")
            if outcome.errors[MOST_ERRORS - 1 :] or outcome.errors[-1:] == ["Stopped"]:
                break
            _do(name, one, outcome)
            if progress:
                progress(number, len(due))
    except Exception as error:  # what is due could not even be found
        _note(name, error, outcome)
    result = {"error": str(outcome)[:100]} if outcome.errors else {"error": "", "finished_at": database_now()}
    Job.objects.filter(name=name).update(**result)
    return outcome


def _do(name: str, one: Due, outcome: Outcome) -> None:
    try:
        outcome.counts[one.counts_as] += one.do() or 0
    except Exception as error:
        _note(name, error, outcome)


def _note(name: str, error: Exception, outcome: Outcome) -> None:
    """The kind of error and where; its text may quote a row, unless it is one of ours."""
    outcome.errors.append(type(error).__name__)
    if isinstance(error, Fault):
        logger.error("%s: %s", name, error)
    else:
        logger.error("%s failed.", name, exc_info=error)


def claim_job(name: str, now: datetime) -> bool:
    """Whether this process is to run the job now; of several that ask at once one is told so."""
    row, _ = Job.objects.get_or_create(name=name)
    if not timetable.is_due(timetable.TIMETABLE[name], row.started_at, row.finished_at, now):
        return False
    return bool(Job.objects.filter(pk=row.pk, started_at=row.started_at).update(started_at=now))


def try_to_write() -> None:
    """Write a row and read it back; raise what the database raises where it cannot: a full disk, a read-only file or server."""
    now = database_now()
    with transaction.atomic():
        row, _ = Job.objects.update_or_create(name=HEALTH_CHECK, defaults={"started_at": now})
        if not Job.objects.filter(pk=row.pk, started_at=now).exists():
            raise OperationalError("What was written could not be read.")


def seen(now: datetime) -> None:
    """The mail worker shows that it is alive."""
    Job.objects.update_or_create(name=timetable.MAIL, defaults={"started_at": now, "finished_at": now})


@dataclass(frozen=True)
class Health:
    """Whether the clock runs: is the mail worker away, and which jobs are late."""

    mail_is_away: bool
    late: list[str]


def health(now: datetime | None = None) -> Health:
    """Return how the clock runs as of now; without it as of the database's own time, which comes with the rows."""
    rows = {row.name: row for row in Job.objects.annotate(read_at=Now())}
    now = now or next((row.read_at for row in rows.values()), None) or timezone.now()  # of no rows all is late at any hour
    mail = rows.get(timetable.MAIL)
    late = [
        name
        for name, schedule in timetable.TIMETABLE.items()
        if timetable.is_late(schedule, rows[name].finished_at if name in rows else None, now)
    ]
    return Health(mail_is_away=timetable.is_away(mail.started_at if mail else None, now), late=late)
