"""PURE. What happens by the clock: each decision is a function of now and of what a row says. Hours are UK wall time.

A message that was not sent in its time is not sent later: whoever starts the worker after a week's pause floods nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bookings.domain.availability import RULES
from bookings.domain.status import REBOOKABLE, Status
from services.clinic.opening_hours import Hours, after, instant
from services.clinic.uk_time import LONDON

# Reminders: after the line has opened on every day of the week, and not at night

DAYS_BEFORE = {"reminder_3": 3, "reminder_1": 1}
REMIND_FROM, REMIND_UNTIL = time(9), time(21)
FRESH = timedelta(hours=24)  # who has heard from us within a day of it needs no reminder


def reminder_span(starts_at: datetime, kind: str) -> tuple[datetime, datetime]:
    """From when until when this reminder may go out: one day of UK time, so that “tomorrow” is tomorrow."""
    day = starts_at.astimezone(LONDON).date() - timedelta(days=DAYS_BEFORE[kind])
    return instant(day, REMIND_FROM), instant(day, REMIND_UNTIL)


def may_still_remind(starts_at: datetime, kind: str, now: datetime) -> bool:
    """Whether the reminder, once owed, may still go out."""
    return now < reminder_span(starts_at, kind)[1]


def is_reminder_due(starts_at: datetime, confirmed_at: datetime, kind: str, now: datetime) -> bool:
    """Whether to remind of an appointment that was confirmed, or last moved, at that moment."""
    first, end = reminder_span(starts_at, kind)
    return first <= now < end and first - confirmed_at >= FRESH


# Appointments that somebody cannot find yet

NEAR_START = timedelta(hours=2)  # before the start: who has no video link or address by then is asked to call

# Times and offers that nobody answered

WAITING_LIST = timedelta(days=60)
WITHOUT_TIME = timedelta(days=60)  # a request without a time that nobody answers has no hour at which it is over


def has_lapsed(status: str, now: datetime, *, starts_at: datetime | None, since: datetime, offered_until: Iterable[datetime]) -> bool:
    """Whether a request is over because its time has come: asked for, on offer, or on the waiting list (since then).

    A request without a time lapses 60 days after it came in, or came back. Times on offer that are gone, because somebody else has them
    now, lapsed before.
    """
    if status == Status.NEW:
        return (starts_at or since + WITHOUT_TIME) <= now
    if status == Status.PROPOSED:
        return all(until <= now for until in offered_until)
    return status == Status.WAITLISTED and since + WAITING_LIST <= now


# Requests that wait for an answer

PART_OF_PROMISE = {"staff_unanswered": 0.5, "manager_unanswered": 0.75}  # 4 and 6 of the 8 opening hours


def chase_at(hours: Hours, waiting_since: datetime, promise: timedelta, kind: str) -> datetime | None:
    """When staff, or the manager, hear that a request waits: after that part of the promised open hours."""
    return after(hours, waiting_since, promise * PART_OF_PROMISE[kind])


# Messages about a day

DIGEST = time(7), time(12)  # “the day ahead” says nothing new in the afternoon
OUTCOMES = time(18), time(21)
REVIEW_FROM = time(9)
REVIEW_WITHIN = timedelta(days=7)


def digest_day(now: datetime) -> date | None:
    """The day whose digest is due; None outside its hours."""
    return _today_between(now, *DIGEST)


def outcomes_day(now: datetime) -> date | None:
    """The day on which outcomes are asked for, in the evening; None outside its hours."""
    return _today_between(now, *OUTCOMES)


def review_day(now: datetime) -> date | None:
    """The first Monday of the month, for a week from its morning on; None for the rest of the month."""
    first = now.astimezone(LONDON).date().replace(day=1)
    monday = first + timedelta(days=-first.weekday() % 7)
    start = instant(monday, REVIEW_FROM)
    return monday if start <= now < start + REVIEW_WITHIN else None


def _today_between(now: datetime, first: time, end: time) -> date | None:
    today = now.astimezone(LONDON).date()
    return today if instant(today, first) <= now < instant(today, end) else None


# How long things are kept; the privacy notice says the same

NEVER_MET = timedelta(days=90)
MET = timedelta(days=365)
TEXT = timedelta(days=90)
SENT, FAILED = timedelta(days=30), timedelta(days=90)
HITS = timedelta(days=2)
ERASED = timedelta(days=31)  # references of erasures: a day longer than any backup that could bring them back


def forget_at(status: str, *, since: datetime, starts_at: datetime | None, met: bool) -> datetime | None:
    """When a person's details go: 90 days after a request ended without a meeting, 12 months after a meeting; None while it is open.

    A meeting nobody has written down counts as one that took place.
    """
    if status in {*REBOOKABLE, Status.SUSPECTED_SPAM, Status.DID_NOT_ATTEND} or (status == Status.CLOSED and not met):
        return since + NEVER_MET
    if status in {Status.ATTENDED, Status.CLOSED, Status.CONFIRMED}:
        return (starts_at or since) + RULES.length + MET
    return None


def forget_text_at(starts_at: datetime) -> datetime:
    """When what a person wrote to us goes: 90 days after the appointment."""
    return starts_at + RULES.length + TEXT


# When each job runs

RETRY = timedelta(minutes=15)  # after one that failed, or whose worker died
GRACE = timedelta(minutes=30)  # so late nobody need worry yet
AWAY = timedelta(minutes=5)  # a mail worker not seen for so long is not running
MAIL = "send_notices"  # the mail worker's name in the table of jobs


@dataclass(frozen=True)
class Every:
    """Once in so many minutes."""

    minutes: int

    def last(self, now: datetime) -> datetime:
        """The latest moment at which it should have run."""
        return now - timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Daily:
    """Once a day, at a wall time that no clock change skips or repeats."""

    at: time

    def last(self, now: datetime) -> datetime:
        """The latest moment at which it should have run."""
        today = now.astimezone(LONDON).date()
        this = instant(today, self.at)
        return this if this <= now else instant(today - timedelta(days=1), self.at)


TIMETABLE: dict[str, Every | Daily] = {
    "chase_staff": Every(5),
    "expire_requests": Every(5),
    "send_reminders": Every(10),
    "erase_due": Every(10),
    "send_digest": Daily(DIGEST[0]),
    "review_content": Daily(REVIEW_FROM),
    "ask_outcomes": Daily(OUTCOMES[0]),
    "anonymise": Daily(time(3)),
    "check_holds": Daily(time(3, 30)),
    "import_bank_holidays": Daily(time(4)),
}


def is_due(schedule: Every | Daily, started_at: datetime | None, finished_at: datetime | None, now: datetime) -> bool:
    """Whether to run a job now: once for all the times it missed, and again a little later if the last run did not come to its end.

    A start in the future is one of a clock that was wrong.
    """
    if started_at is None or started_at > now:
        return True
    if finished_at is None or finished_at < started_at:
        return started_at + RETRY <= now
    return started_at < schedule.last(now)


def is_late(schedule: Every | Daily, finished_at: datetime | None, now: datetime) -> bool:
    """Whether somebody should look why a job does not run."""
    return finished_at is None or finished_at < schedule.last(now - GRACE)


def is_away(seen_at: datetime | None, now: datetime) -> bool:
    """Whether the mail worker, last seen then, is not running."""
    return seen_at is None or seen_at < now - AWAY
