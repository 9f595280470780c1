"""Reads the rota, the closures and the held times, and asks availability what is free. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bookings.availability import RULES, Rules, Shift, Taken, capacity, free_times, is_offered, open_seats
from bookings.models import ConsultationHours, Hold, RotaException
from services.models import BankHoliday, Closure, Location
from services.uktime import LONDON


@dataclass(frozen=True)
class Offer:
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


class Diary:
    """What is free at some places over some days. Five queries when made, none later.

    `besides` is the key of a request whose own held time does not count: it may move to a time that overlaps it.
    """

    def __init__(
        self, locations: Iterable[Location], first: date, last: date, now: datetime, rules: Rules = RULES, besides: int | None = None
    ):
        self.locations, self.first, self.last, self.now, self.rules = list(locations), first, last, now, rules
        self.besides = besides
        self.shifts: dict[int, list[Shift]] = defaultdict(list)
        self.limits: dict[int, dict] = {location.pk: {} for location in self.locations}
        self.taken: dict[int, list[Taken]] = defaultdict(list)
        self.lapsed: list[int] = []  # times on offer whose end has passed: they count as free, and go when someone takes the time
        self._read_rota()
        self._read_limits()
        self._read_holds()

    def _read_rota(self) -> None:
        for row in ConsultationHours.objects.filter(location__in=self.locations):
            self.shifts[row.location_id].append(Shift(row.weekday, row.opens, row.closes, row.at_once, row.every))
        for row in RotaException.objects.filter(location__in=self.locations, day__range=(self.first, self.last)):
            self.shifts[row.location_id].append(Shift(row.day.weekday(), row.opens, row.closes, row.at_once, row.every, row.day))

    def _read_limits(self) -> None:
        for holiday in BankHoliday.objects.filter(day__range=(self.first, self.last), treatment__in=["closed", "other"]):
            for limits in self.limits.values():
                limits[holiday.day] = ((holiday.opens, holiday.closes),) if holiday.treatment == "other" else ()
        for closure in Closure.objects.filter(first_day__lte=self.last, last_day__gte=self.first):
            first, last = max(closure.first_day, self.first), min(closure.last_day, self.last)
            days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            for pk, limits in self.limits.items():
                if closure.location_id in {None, pk}:
                    limits.update(dict.fromkeys(days, ()))

    def _read_holds(self) -> None:
        edge = timedelta(days=1)  # UTC days do not begin with UK days
        start, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (self.first, self.last))
        rows = Hold.objects.filter(location__in=self.locations, starts_at__gte=start - edge, starts_at__lt=end + 2 * edge)
        if self.besides:
            rows = rows.exclude(enquiry=self.besides)
        for pk, location_id, seat, starts_at, ends_at, expires_at in rows.values_list(
            "pk", "location_id", "seat", "starts_at", "ends_at", "expires_at"
        ):
            if expires_at and expires_at <= self.now:
                self.lapsed.append(pk)
            else:
                self.taken[location_id].append(Taken(seat, starts_at, ends_at))

    def _of(self, location: Location) -> dict:
        return {"shifts": self.shifts[location.pk], "limits": self.limits[location.pk]}

    def free_at(self, location: Location) -> Iterator[Offer]:
        """The free times of one place, in order, worked out one by one: the first is cheap."""
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        for start in free_times(days, **self._of(location), taken=self.taken[location.pk], now=self.now, rules=self.rules):
            yield Offer(start, location)

    def free(self) -> list[Offer]:
        """Every free time, in order; at one time the places keep theirs."""
        offers = [offer for location in self.locations for offer in self.free_at(location)]
        return sorted(offers, key=lambda offer: offer.starts_at)

    def is_offered(self, offer: Offer) -> bool:
        return is_offered(offer.starts_at, **self._of(offer.location), now=self.now, rules=self.rules)

    def capacity(self, offer: Offer) -> int:
        """How many consultations rota and closures allow at this time, held or not."""
        return capacity(offer.starts_at, **self._of(offer.location), rules=self.rules)

    def is_staffed(self, offer: Offer) -> bool:
        """Whether rota and closures still have room for this time, whatever the notice: what confirming asks."""
        return self.capacity(offer) > 0

    def seats(self, offer: Offer) -> list[int]:
        """The seats to try, in order; none if the time is full."""
        return open_seats(offer.starts_at, self.capacity(offer), self.taken[offer.location.pk], self.rules)


def bookable_days(now: datetime, rules: Rules = RULES) -> tuple[date, date]:
    """The first and the last day on which a time may be asked for now."""
    return (now + rules.notice).astimezone(LONDON).date(), (now + rules.horizon).astimezone(LONDON).date()


def diary_for(offer: Offer, now: datetime, besides: int | None = None) -> Diary:
    """The diary of the offer's place on its day."""
    day = offer.starts_at.astimezone(LONDON).date()
    return Diary([offer.location], day, day, now, besides=besides)


def next_times(now: datetime) -> list[tuple[Location, Offer | None]]:
    """Each place, in the clinic's order, with its next free time."""
    locations = list(Location.objects.all())
    diary = Diary(locations, *bookable_days(now), now)
    return [(location, next(diary.free_at(location), None)) for location in locations]


def nearest(offers: Iterable[Offer], wanted: datetime, most: int = 6) -> list[Offer]:
    """The offers closest to a time, closest first."""
    return sorted(offers, key=lambda offer: (abs(offer.starts_at - wanted), offer.starts_at))[:most]


def find_offer(slot: str, places: Mapping[str, Location]) -> Offer | None:
    """The time a form's value names, free or not; None when it names nothing of ours. The places are by slug."""
    slug, _, stamp = slot.rpartition(".")
    try:
        starts_at = datetime.strptime(stamp, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    sane = 2000 <= starts_at.year <= 2200  # beyond, there are no neighbouring days to compare with
    return Offer(starts_at, places[slug]) if sane and slug in places else None
