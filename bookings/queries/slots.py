"""Reads the rota, the closures and the held times, and asks availability what is free. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict

from bookings.domain.availability import RULES, Busy, Rules, Shift, Taken, capacity, free_times, has_room, is_offered
from bookings.models import ConsultationHours, Hold, RotaException
from services.clinic.clinic import Clinic
from services.clinic.opening_hours import Spans
from services.clinic.uk_time import LONDON
from services.models import BankHoliday, Closure, Location

SOON = timedelta(days=13)  # from the first to the last day of a fortnight


@dataclass(frozen=True)
class Slot:
    """A time at a place that somebody can ask for."""

    starts_at: datetime
    location: Location

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + RULES.length

    @property
    def slot(self) -> str:
        """The value a form carries: city-of-london.202611251400. It claims nothing; it is checked when it comes back."""
        return f"{self.location.slug}.{self.starts_at.astimezone(UTC):%Y%m%d%H%M}"


class Rota:
    """What staff have laid down for all places: the weekly hours, those of single dates, bank holidays and closures."""

    def __init__(
        self,
        weekly: Iterable[ConsultationHours],
        dated: Iterable[RotaException],
        holidays: Iterable[BankHoliday],
        closures: Iterable[Closure],
    ):
        self._shifts: dict[int, list[Shift]] = defaultdict(list)
        for row in weekly:
            self._shifts[row.location_id].append(Shift(row.weekday, row.opens, row.closes, row.at_once, row.every))
        for one in dated:
            self._shifts[one.location_id].append(Shift(one.day.weekday(), one.opens, one.closes, one.at_once, one.every, one.day))
        self._holidays = [holiday for holiday in holidays if holiday.treatment in {"closed", "other"}]
        self._closures = list(closures)

    @classmethod
    def read(cls) -> Rota:
        """Four queries; none later."""
        return cls(
            ConsultationHours.objects.order_by(),
            RotaException.objects.order_by(),
            BankHoliday.objects.order_by(),
            Closure.objects.order_by(),
        )

    def shifts(self, location: Location, first: date, last: date) -> list[Shift]:
        """Those of the place that may count on these days."""
        return [shift for shift in self._shifts.get(location.pk, ()) if shift.day is None or first <= shift.day <= last]

    def limits(self, location: Location, first: date, last: date) -> dict[date, Spans]:
        """What differs on these days at the place; a closure outdoes other hours."""
        limits: dict[date, Spans] = {}
        for day in self._holidays:  # one with other hours has both: the constraint says so
            limits[day.day] = ((day.opens, day.closes),) if day.treatment == "other" and day.opens and day.closes else ()
        for closure in self._closures:
            if closure.location_id in {None, location.pk}:
                limits.update(dict.fromkeys(days_between(max(closure.first_day, first), min(closure.last_day, last)), ()))
        return limits


class _Hours(TypedDict):
    """Name what the rota and the closures say of one place, as the functions of availability take it."""

    shifts: list[Shift]
    limits: dict[date, Spans]


class SlotFinder:
    """What is free at some places over some days. One query when made, none later.

    Pages give the rota of the clinic's edition, from memory; who claims a time reads it anew. `besides` is the key of a request whose
    own held time does not count: it may move to a time that overlaps it.
    """

    def __init__(
        self,
        locations: Iterable[Location],
        first: date,
        last: date,
        now: datetime,
        rules: Rules = RULES,
        besides: int | None = None,
        rota: Rota | None = None,
    ):
        self.locations, self.first, self.last, self.now, self.rules = list(locations), first, last, now, rules
        self.rota = rota = rota or Rota.read()
        self.shifts = {location.pk: rota.shifts(location, first, last) for location in self.locations}
        self.limits = {location.pk: rota.limits(location, first, last) for location in self.locations}
        self.lapsed: list[int] = []  # times on offer whose end has passed: they count as free, and go when someone takes the time
        held = self._read_holds(besides)
        self._busy = {location.pk: Busy(held[location.pk]) for location in self.locations}

    def _read_holds(self, besides: int | None) -> dict[int, list[Taken]]:
        edge = timedelta(days=1)  # UTC days do not begin with UK days
        start, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (self.first, self.last))
        rows = Hold.objects.filter(location__in=self.locations, starts_at__gte=start - edge, starts_at__lt=end + 2 * edge)
        if besides:
            rows = rows.exclude(enquiry=besides)
        held = defaultdict(list)
        for pk, location_id, seat, starts_at, ends_at, expires_at in rows.order_by().values_list(
            "pk", "location_id", "seat", "starts_at", "ends_at", "expires_at"
        ):
            if expires_at and expires_at <= self.now:
                self.lapsed.append(pk)
            else:
                held[location_id].append(Taken(seat, starts_at, ends_at))
        return held

    def _of(self, location: Location) -> _Hours:
        return {"shifts": self.shifts[location.pk], "limits": self.limits[location.pk]}

    def free_at(self, location: Location) -> Iterator[Slot]:
        """The free times of one place, in order, worked out one by one: the first is cheap."""
        days, busy = days_between(self.first, self.last), self._busy[location.pk]
        for start in free_times(days, **self._of(location), busy=busy, now=self.now, rules=self.rules):
            yield Slot(start, location)

    def free(self) -> list[Slot]:
        """Every free time, in order; at one time the places keep theirs."""
        offers = [offer for location in self.locations for offer in self.free_at(location)]
        return sorted(offers, key=lambda offer: offer.starts_at)

    def is_offered(self, offer: Slot) -> bool:
        return is_offered(offer.starts_at, **self._of(offer.location), now=self.now, rules=self.rules)

    def capacity(self, offer: Slot) -> int:
        """How many consultations rota and closures allow at this time, held or not."""
        return capacity(offer.starts_at, **self._of(offer.location), rules=self.rules)

    def is_staffed(self, offer: Slot) -> bool:
        """Whether rota and closures still have room for this time, whatever the notice: what confirming asks."""
        return self.capacity(offer) > 0

    def has_room(self, offer: Slot) -> bool:
        """Return whether one more may run then: rota and closures allow it, and what is held leaves room."""
        return has_room(offer.starts_at, self.capacity(offer), self._busy[offer.location.pk], self.rules)

    def first_free_seat(self, offer: Slot) -> int:
        """Return the lowest seat nobody has then; above the capacity where those below it are held by turns."""
        return self._busy[offer.location.pk].first_free_seat(offer.starts_at, offer.ends_at)


def days_between(first: date, last: date) -> list[date]:
    """All days from the first to the last; none if the last is before it."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def bookable_days(now: datetime, rules: Rules = RULES) -> tuple[date, date]:
    """The first and the last day on which a time may be asked for now."""
    return (now + rules.notice).astimezone(LONDON).date(), (now + rules.horizon).astimezone(LONDON).date()


def slot_finder_for(offer: Slot, now: datetime, besides: int | None = None) -> SlotFinder:
    """The diary of the offer's place on its day."""
    day = offer.starts_at.astimezone(LONDON).date()
    return SlotFinder([offer.location], day, day, now, besides=besides)


def _ahead(now: datetime) -> list[tuple[date, date]]:
    """The days on which a time may be asked for now, in two parts: the first nearly always has one free."""
    first, last = bookable_days(now)
    return [(first, first + SOON), (first + SOON + timedelta(days=1), last)]


def free_ahead(location: Location, clinic: Clinic) -> Iterator[Slot]:
    """The free times of a place that may be asked for now, in order. What is held later is only read by who goes on so far."""
    rota = clinic.of_edition(Rota.read)
    for first, last in _ahead(clinic.now):
        yield from SlotFinder([location], first, last, clinic.now, rota=rota).free_at(location)


def next_slots(clinic: Clinic) -> list[tuple[Location, Slot | None]]:
    """Each place, in the clinic's order, with its next free time."""
    rota = clinic.of_edition(Rota.read)
    found: dict[int, Slot] = {}
    for first, last in _ahead(clinic.now):
        without = [location for location in clinic.locations if location.pk not in found]
        if without:
            diary = SlotFinder(without, first, last, clinic.now, rota=rota)
            nexts = (next(diary.free_at(location), None) for location in without)
            found |= {offer.location.pk: offer for offer in nexts if offer}
    return [(location, found.get(location.pk)) for location in clinic.locations]


def part_of_day(offer: Slot) -> str:
    """Morning ends at noon, evening begins at 5pm, UK time."""
    hour = offer.starts_at.astimezone(LONDON).hour
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"


def nearest(offers: Iterable[Slot], wanted: Slot, most: int = 6) -> list[Slot]:
    """Return the offers closest to a time as people mean it, closest first: at the same place, then at the same hour on other days."""
    return sorted(offers, key=lambda offer: (offer.location != wanted.location, _days_apart(offer, wanted), offer.starts_at))[:most]


def _days_apart(offer: Slot, wanted: Slot) -> float:
    """Return how far apart two times feel, in days: who can come on a Thursday at 10am can most likely on Fridays at 10am.

    An hour earlier or later counts as three days, another part of the day as a week more, and the same day of the week as one day and
    one for each week.
    """
    then, asked = offer.starts_at.astimezone(LONDON), wanted.starts_at.astimezone(LONDON)
    days = abs((then.date() - asked.date()).days)
    if days and days % 7 == 0:
        days = 1 + days // 7
    hours = abs((then.hour - asked.hour) * 60 + then.minute - asked.minute) / 60
    return days + 3 * hours + 7 * (part_of_day(offer) != part_of_day(wanted))


def overlap(one: Slot, other: Slot) -> bool:
    """Return whether both are at the same place and one begins before the other has ended."""
    return one.location == other.location and abs(one.starts_at - other.starts_at) < RULES.length


def apart(offers: Iterable[Slot]) -> Iterator[Slot]:
    """In their order, without any that overlaps an earlier one at its place: all of them can be held for one person where there is
    room for one.
    """
    kept: list[Slot] = []
    for offer in offers:
        if not any(overlap(offer, one) for one in kept):
            kept.append(offer)
            yield offer


def find_slot(slot: str, places: Mapping[str, Location]) -> Slot | None:
    """The time a form's value names, free or not; None when it names nothing of ours. The places are by slug."""
    slug, _, stamp = slot.rpartition(".")
    try:
        starts_at = datetime.strptime(stamp, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    sane = 2000 <= starts_at.year <= 2200  # beyond, there are no neighbouring days to compare with
    return Slot(starts_at, places[slug]) if sane and slug in places else None
