"""PURE. Which times are free: the rota, minus closures, minus what is held, within the rules. The claim asks the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.opening import Spans, instant
from services.uktime import LONDON

CELL = timedelta(minutes=5)  # time is claimed in whole cells; what is off their grid is rounded outwards
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Rules:
    """What the clinic decided about a first consultation."""

    length: timedelta = timedelta(minutes=50)
    notice: timedelta = timedelta(hours=24)  # from the request to the earliest time
    horizon: timedelta = timedelta(weeks=8)  # from the request to the latest time


RULES = Rules()


@dataclass(frozen=True)
class Shift:
    """Consultation hours of one weekday (Monday is 0) at one place, in UK wall time, or of one date, instead of its weekday's."""

    weekday: int
    opens: time
    closes: time
    at_once: int = 1  # how many consultations may run at the same time
    every: int = 60  # minutes from one start to the next
    day: date | None = None  # only on this date


@dataclass(frozen=True)
class Taken:
    """A time that is held: its seat, from 1 up, and its aware UTC start and end."""

    seat: int
    starts_at: datetime
    ends_at: datetime


Limits = Mapping[date, Spans]  # days that differ: no spans means closed, spans mean only inside them


def cells(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """Every cell the time touches, in order, as UTC instants."""
    first, end = _outwards(starts_at, ends_at)
    return [first + CELL * n for n in range((end - first) // CELL)]


def _outwards(starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    return starts_at - (starts_at - EPOCH) % CELL, ends_at + (EPOCH - ends_at) % CELL


def shifts_on(day: date, shifts: Iterable[Shift]) -> list[Shift]:
    """The shifts that count on a day: those of its date if there are any, else those of its weekday."""
    shifts = list(shifts)
    dated = [shift for shift in shifts if shift.day == day]
    return dated or [shift for shift in shifts if shift.day is None and shift.weekday == day.weekday()]


def starts_on(day: date, shifts: Iterable[Shift], rules: Rules = RULES) -> list[datetime]:
    """The start times the rota gives a day, as UTC instants in order. A wall time that the clock change skips or repeats is left out."""
    found = set()
    for shift in shifts_on(day, shifts):
        wall, closes = datetime.combine(day, shift.opens), instant(day, shift.closes)
        while wall.date() == day and (start := instant(day, wall.time())) + rules.length <= closes:
            if _happens_once(wall):
                found.add(start)
            wall += timedelta(minutes=shift.every)
    return sorted(found)


def _happens_once(wall: datetime) -> bool:
    early, late = (wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    return early == late


def capacity(starts_at: datetime, shifts: Iterable[Shift], limits: Limits, rules: Rules = RULES) -> int:
    """How many consultations the rota allows from this start for the whole length: the shifts that contain it, added up."""
    day, ends_at = starts_at.astimezone(LONDON).date(), starts_at + rules.length
    inside = limits.get(day)
    if inside is not None and not any(instant(day, a) <= starts_at and ends_at <= instant(day, b) for a, b in inside):
        return 0
    return sum(
        shift.at_once
        for shift in shifts_on(day, shifts)
        if instant(day, shift.opens) <= starts_at and ends_at <= instant(day, shift.closes)
    )


def capacity_kept(held: Sequence[Taken], rooms: Sequence[int]) -> list[bool]:
    """For each held time, in the order they were claimed, whether it still has room: fewer than `rooms` before it overlap it."""
    kept: list[Taken] = []
    found = []
    for one, room in zip(held, rooms, strict=True):
        stays = sum(other.starts_at < one.ends_at and one.starts_at < other.ends_at for other in kept) < room
        found.append(stays)
        if stays:
            kept.append(one)
    return found


def open_seats(starts_at: datetime, seats: int, taken: Iterable[Taken], rules: Rules = RULES) -> list[int]:
    """The seats of 1..seats that are free in every cell of the time, in the order they are to be tried.

    Seats above the capacity can be held from before the rota was cut; each of them takes one of the others away, and since all who
    see the same diary try the same few seats, the rota's number is not passed even by people who press Send at once.
    """
    first, end = _outwards(starts_at, starts_at + rules.length)
    busy = set()
    for held in taken:
        held_first, held_end = _outwards(held.starts_at, held.ends_at)
        if held_first < end and first < held_end:
            busy.add(held.seat)
    return [seat for seat in range(1, seats + 1) if seat not in busy][: max(seats - len(busy), 0)]


def within_rules(starts_at: datetime, now: datetime, rules: Rules = RULES) -> bool:
    """Whether a client may ask now for this start: not too soon, not too far ahead."""
    return now + rules.notice <= starts_at <= now + rules.horizon


def is_offered(starts_at: datetime, *, shifts: Iterable[Shift], limits: Limits, now: datetime, rules: Rules = RULES) -> bool:
    """Whether the rota offers this very start to clients, whoever may hold it."""
    shifts = list(shifts)
    return (
        within_rules(starts_at, now, rules)
        and starts_at in starts_on(starts_at.astimezone(LONDON).date(), shifts, rules)
        and capacity(starts_at, shifts, limits, rules) > 0
    )


def free_times(
    days: Iterable[date], *, shifts: Iterable[Shift], limits: Limits, taken: Iterable[Taken], now: datetime, rules: Rules = RULES
) -> Iterator[datetime]:
    """The free start times of these days at one place, as UTC instants in order."""
    shifts = list(shifts)
    held_on: dict[date, list[Taken]] = {}
    for held in taken:
        for edge in {held.starts_at.date(), held.ends_at.date()}:
            held_on.setdefault(edge, []).append(held)
    for day in days:
        for start in starts_on(day, shifts, rules):
            if not within_rules(start, now, rules):
                continue
            nearby = {held for edge in {start.date(), (start + rules.length).date()} for held in held_on.get(edge, ())}
            if open_seats(start, capacity(start, shifts, limits, rules), nearby, rules):
                yield start
