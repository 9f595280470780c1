"""What the page of free times shows: which days, which filter, which links. Reads the diary, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import cached_property

from bookings.queries.slots import Rota, Slot, SlotFinder, bookable_days, days_between, find_slot, nearest, part_of_day, slot_finder_for
from services.clinic.clinic import Clinic
from services.clinic.uk_time import LONDON
from services.models import Location

DAYS_OF_ONE_PLACE, DAYS_OF_ALL_PLACES = 14, 7
PARTS = {"morning": "Morning", "afternoon": "Afternoon", "evening": "Evening"}
FILTERS = [("All times", "", ""), *((f"{label}s", part, "") for part, label in PARTS.items()), ("Weekends", "", "weekend")]


@dataclass(frozen=True)
class Option:
    """A time as a radio button; its number makes its id."""

    number: int
    offer: Slot


@dataclass(frozen=True)
class Day:
    date: date
    parts: list[tuple[str, list[Option]]]
    is_current: bool = False

    @property
    def anchor(self) -> str:
        return f"day-{self.date.isoformat()}"

    @property
    def count(self) -> int:
        return sum(len(options) for _, options in self.parts)


class SlotPicker:
    """One page of free times for the place a person chose, or for all of them. Holds are read for the days it shows; only where none of
    them has a free time, for all days.

    Its links lead to `path` and keep the stretch of days, the filter and `kept`; `besides` is the request whose own time does not count.
    """

    def __init__(
        self,
        locations: Iterable[Location],
        params: Mapping[str, str],
        clinic: Clinic,
        *,
        path: str,
        chosen: str = "",
        lost: Slot | None = None,
        besides: int | None = None,
        kept: Mapping[str, str] | None = None,
    ):
        self.path, self.chosen, self.lost, self.kept = path, chosen, lost, dict(kept or {})
        self.part = params.get("part", "") if params.get("part") in PARTS else ""
        self.days_filter = "weekend" if params.get("days") == "weekend" else ""
        self.locations = list(locations)
        self.now, self.rota, self.besides = clinic.now, clinic.of_edition(Rota.read), besides
        self.first_day, self.last_day = bookable_days(clinic.now)
        day = _date(params.get("from", ""))
        self.first = self._stretch_of(day or self._known_day())
        if day is None and not self.free and self.all_free:
            self.first = self._stretch_of(_day_of(self.all_free[0]))
            del self.free

    @cached_property
    def free(self) -> list[Slot]:
        """The free times of the days shown."""
        return self._free(self.first, self.last)

    @cached_property
    def all_free(self) -> list[Slot]:
        return self._free(self.first_day, self.last_day)

    def _free(self, first: date, last: date) -> list[Slot]:
        return SlotFinder(self.locations, first, last, self.now, besides=self.besides, rota=self.rota).free()

    @property
    def any_free(self) -> bool:
        return bool(self.free or self.all_free)

    @property
    def many_places(self) -> bool:
        return len(self.locations) > 1

    @property
    def length(self) -> int:
        return DAYS_OF_ALL_PLACES if self.many_places else DAYS_OF_ONE_PLACE

    def _known_day(self) -> date:
        """The day of the time chosen or just lost, else the first."""
        known = find_slot(self.chosen, {location.slug: location for location in self.locations}) or self.lost
        return _day_of(known) if known else self.first_day

    def _stretch_of(self, day: date) -> date:
        """The first day of the stretch that holds the day."""
        day = min(max(day, self.first_day), self.last_day)
        return day - (day - self.first_day) % timedelta(days=self.length)

    @property
    def last(self) -> date:
        return min(self.first + timedelta(days=self.length - 1), self.last_day)

    @cached_property
    def nearest(self) -> list[Option]:
        """After a time was lost: the closest ones."""
        if not self.lost:
            return []
        return [Option(number, offer) for number, offer in enumerate(nearest(self.all_free, self.lost))]

    @cached_property
    def days(self) -> list[Day]:
        shown: dict[tuple[date, str], list[Option]] = {}
        number = len(self.nearest)
        for offer in self.free:
            day = _day_of(offer)
            if self._passes(day, part := part_of_day(offer)):
                shown.setdefault((day, part), []).append(Option(number, offer))
                number += 1
        days = days_between(self.first, self.last)
        return _with_current(
            [Day(day, [(label, shown[day, part]) for part, label in PARTS.items() if (day, part) in shown]) for day in days], self.chosen
        )

    def _passes(self, day: date, part: str) -> bool:
        return self.part in {"", part} and (not self.days_filter or day.weekday() >= 5)

    @property
    def none_number(self) -> int:
        """The number of the last radio, “None of these times suit me”."""
        return len(self.nearest) + sum(day.count for day in self.days)

    @property
    def title(self) -> str:
        """25 November to 8 December"""
        same_month = self.first.month == self.last.month
        return f"{self.first.day}{'' if same_month else f' {self.first:%B}'} to {self.last.day} {self.last:%B}"

    @property
    def earlier(self) -> str:
        return self._link(first=self.first - timedelta(days=self.length)) if self.first > self.first_day else ""

    @property
    def later(self) -> str:
        return self._link(first=self.last + timedelta(days=1)) if self.last < self.last_day else ""

    @property
    def query(self) -> str:
        """Keeps stretch and filter when the form comes back with an error."""
        return self._link()

    @property
    def filters(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "url": self._link(part=part, days=days), "is_current": (part, days) == (self.part, self.days_filter)}
            for label, part, days in FILTERS
        ]

    @property
    def unfiltered(self) -> str:
        return f"{self.path}?{urlencode(self.kept)}"

    def _link(self, *, first: date | None = None, part: str | None = None, days: str | None = None) -> str:
        values = self.kept | {
            "from": (first or self.first).isoformat(),
            "part": self.part if part is None else part,
            "days": self.days_filter if days is None else days,
        }
        return f"{self.path}?{urlencode({key: value for key, value in values.items() if value})}"


def judge(slot: str, places: Mapping[str, Location], now: datetime, besides: int | None = None) -> tuple[Slot | None, str]:
    """Return the slot a form names and what is wrong with it: nothing, “taken” by someone else, or “gone” for any other reason.

    A slot names its own place: whichever place the session knows of, the page that was pressed showed this one. `places` are those allowed.
    """
    offer = find_slot(slot, places)
    if offer is None:
        return None, "gone"
    diary = slot_finder_for(offer, now, besides)
    if not diary.is_offered(offer):
        return offer, "gone"
    return offer, "" if diary.has_room(offer) else "taken"


def _day_of(offer: Slot) -> date:
    return offer.starts_at.astimezone(LONDON).date()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _with_current(days: list[Day], chosen: str) -> list[Day]:
    """Marks the day a browser with a script shows first: the one with the time chosen, else the first with any."""
    with_times = [day for day in days if day.count]
    holds_chosen = [day for day in with_times if any(o.offer.slot == chosen for _, options in day.parts for o in options)]
    current = next(iter(holds_chosen or with_times), None)
    return [Day(day.date, day.parts, day is current) for day in days]
