"""PURE. Which times are free: the rota, minus closures, minus what is held, within the rules. The claim asks the same functions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count

from services.clinic.opening_hours import Spans, instant
from services.clinic.uk_time import LONDON

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
    """For each held time, in the order they were claimed, whether it still has room: of those before it fewer than `rooms` run at once."""
    kept: list[Taken] = []
    found = []
    for one, room in zip(held, rooms, strict=True):
        stays = Busy(kept).most_at_once(one.starts_at, one.ends_at) < room
        found.append(stays)
        if stays:
            kept.append(one)
    return found


class Busy:
    """The held times of one place, quick to ask however many there are."""

    def __init__(self, taken: Iterable[Taken]):
        self.spans = sorted((*_outwards(held.starts_at, held.ends_at), held.seat) for held in taken)
        self.firsts = [first for first, _, _ in self.spans]
        self.longest = max((end - first for first, end, _ in self.spans), default=timedelta())

    def _near(self, first: datetime, end: datetime) -> list[tuple[datetime, datetime, int]]:
        """Return the spans that touch a cell from `first` to `end`."""
        near = self.spans[bisect_right(self.firsts, first - self.longest) : bisect_left(self.firsts, end)]
        return [span for span in near if first < span[1]]

    def most_at_once(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return how many held times run at one instant of the time, at most: not how many touch it, which may follow one another."""
        first, end = _outwards(starts_at, ends_at)
        near = self._near(first, end)
        begins = {max(a, first) for a, _, _ in near}  # the number rises at these instants alone
        return max((sum(a <= at < b for a, b, _ in near) for at in begins), default=0)

    def first_free_seat(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return the lowest seat that is free in every cell of the time."""
        held = {seat for _, _, seat in self._near(*_outwards(starts_at, ends_at))}
        return next(seat for seat in count(1) if seat not in held)


def has_room(starts_at: datetime, room: int, busy: Busy, rules: Rules = RULES) -> bool:
    """Return whether a consultation from this start leaves, at every instant, at most `room` of them running."""
    return busy.most_at_once(starts_at, starts_at + rules.length) < room


def reseated(taken: Sequence[Taken], starts_at: datetime, ends_at: datetime) -> list[int]:
    """Return the seats of the held times, in their order, and last that of a new one, so that it has one: as few as run at once.

    Only those change that overlap the new one, or one another up to it. Each takes the lowest seat that is free when it begins.
    """
    spans = [_outwards(one.starts_at, one.ends_at) for one in (*taken, Taken(0, starts_at, ends_at))]
    first, end = spans[-1]
    group: set[int] = set()
    while near := {n for n, (a, b) in enumerate(spans) if a < end and first < b} - group:
        group |= near
        first, end = min(spans[n][0] for n in group), max(spans[n][1] for n in group)
    seats, held_until = [one.seat for one in taken] + [0], dict[int, datetime]()
    for n in sorted(group, key=spans.__getitem__):
        seats[n] = next(seat for seat in count(1) if held_until.get(seat, EPOCH) <= spans[n][0])
        held_until[seats[n]] = spans[n][1]
    return seats


def within_rules(starts_at: datetime, now: datetime, rules: Rules = RULES) -> bool:
    """Whether a client may ask now for this start: not too soon, not too far ahead."""
    return now + rules.notice <= starts_at <= now + rules.horizon


@lru_cache(maxsize=1024)  # every page asks the same few hundred days of the same rota; a day with other shifts or limits is another
def starts_with_room(day: date, shifts: tuple[Shift, ...], inside: Spans | None, rules: Rules = RULES) -> tuple[tuple[datetime, int], ...]:
    """The starts of a day at which the rota lets anything begin, each with its capacity. `inside` is what the limits say of the day."""
    limits = {} if inside is None else {day: inside}
    starts = ((start, capacity(start, shifts, limits, rules)) for start in starts_on(day, shifts, rules))
    return tuple((start, room) for start, room in starts if room)


def is_offered(starts_at: datetime, *, shifts: Iterable[Shift], limits: Limits, now: datetime, rules: Rules = RULES) -> bool:
    """Whether the rota offers this very start to clients, whoever may hold it."""
    day = starts_at.astimezone(LONDON).date()
    offered = (start for start, _ in starts_with_room(day, tuple(shifts_on(day, shifts)), limits.get(day), rules))
    return within_rules(starts_at, now, rules) and starts_at in offered


def free_times(
    days: Iterable[date], *, shifts: Iterable[Shift], limits: Limits, busy: Busy, now: datetime, rules: Rules = RULES
) -> Iterator[datetime]:
    """The free start times of these days at one place, as UTC instants in order."""
    shifts = list(shifts)
    for day in days:
        for start, room in starts_with_room(day, tuple(shifts_on(day, shifts)), limits.get(day), rules):
            if within_rules(start, now, rules) and has_room(start, room, busy, rules):
                yield start
