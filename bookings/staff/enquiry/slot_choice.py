"""Free times as staff choose from them: of any place, up to eight weeks ahead, also sooner than clients may ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.functional import cached_property

from bookings.domain.availability import RULES
from bookings.domain.preferences import ANY
from bookings.domain.status import Status
from bookings.models import Enquiry
from bookings.queries.slot_picker import DAYS_OF_ONE_PLACE, PARTS, Option
from bookings.queries.slots import Slot, SlotFinder, apart, bookable_days, find_slot, nearest, part_of_day
from services.clinic.typed_times import read_date
from services.clinic.uk_time import LONDON, appointment
from services.models import Location

STAFF_RULES = replace(RULES, notice=timedelta(0))  # they know who can be there at once
SUGGESTED, A_DAY = 6, 2  # how many times are suggested, and how many of one day among them
DAYS_OF_ALL_PLACES = 4  # on one page; a row a place and day
WEEKENDS = "weekends"
SHOWN = [("", "All day"), *((part, f"{label}s") for part, label in PARTS.items()), (WEEKENDS, "Weekends")]


def staff_diary(places: Iterable[Location], now: datetime, besides: int | None = None) -> SlotFinder:
    return SlotFinder(places, *bookable_days(now, STAFF_RULES), now, STAFF_RULES, besides)


def part_of_week(offer: Slot) -> str:
    """As a person says which parts would suit: weekday_mornings, weekends."""
    is_weekend = offer.starts_at.astimezone(LONDON).weekday() >= 5
    return WEEKENDS if is_weekend else f"weekday_{part_of_day(offer)}s"


def suits(offer: Slot, enquiry: Enquiry) -> bool:
    """Whether it is at the place they asked for, in a part of the week they named; who named none does not mind."""
    at_place = enquiry.location_id in {None, offer.location.pk}
    return at_place and (not enquiry.preferred_times or part_of_week(offer) in enquiry.preferred_times)


def spread(offers: Iterable[Slot], most: int = SUGGESTED) -> Iterator[Slot]:
    """The first of them, but not all of one day, and none that overlap."""
    days: Counter[date] = Counter()
    for offer in apart(offers):
        if days.total() == most:
            return
        day = offer.starts_at.astimezone(LONDON).date()
        if days[day] < A_DAY:
            days[day] += 1
            yield offer


def slot_in_words(offer: Slot) -> str:
    """Thursday 4 June, 10am at Harley Street; online."""
    return f"{appointment(offer.starts_at)}{', online' if offer.location.is_online else f' at {offer.location}'}"


@dataclass(frozen=True)
class PlaceOnDay:
    location: Location
    options: list[Option]


@dataclass(frozen=True)
class DayOfPlaces:
    date: date
    places: list[PlaceOnDay]


class StaffSlotPicker:
    """The free times of a page on which staff choose some. What is chosen stays, whichever times are shown.

    `data` is what the form has sent: the place, the part of day and the first day to show. `enquiry` is whose wishes come first.
    """

    def __init__(
        self, data: Mapping[str, str], chosen: Sequence[str], now: datetime, *, enquiry: Enquiry | None = None, besides: int | None = None
    ):
        self.now, self.enquiry = now, enquiry
        self.places = {location.slug: location for location in Location.objects.all()}
        self.diary = staff_diary(self.places.values(), now, besides)
        self.free = [offer for offer in self.diary.free() if not self._has_it(offer)]
        asked_for = enquiry.location.slug if enquiry and enquiry.location else ANY
        self.at = data["at"] if data.get("at") in {*self.places, ANY} else asked_for
        self.part = data["part"] if data.get("part") in dict(SHOWN) else ""
        self.first = self._first_shown(data.get("show", ""), data.get("from", ""))
        free = {offer.slot: offer for offer in self.free}
        self.chosen = [free[slot] for slot in dict.fromkeys(chosen) if slot in free]
        self.lost = [offer for slot in dict.fromkeys(chosen) if slot not in free and (offer := find_slot(slot, self.places))]

    def _has_it(self, offer: Slot) -> bool:
        """A confirmed appointment does not move to where it is."""
        one = self.enquiry
        if one is None or one.status != Status.CONFIRMED:
            return False
        return (offer.starts_at, offer.location.pk) == (one.starts_at, one.location_id)

    def _first_shown(self, pressed: str, typed: str) -> date:
        first, last = self.diary.first, self.diary.last
        wanted = _date(pressed) or _date(typed)
        if wanted is None and self.enquiry and self.enquiry.starts_at:
            wanted = self.enquiry.starts_at.astimezone(LONDON).date()
        if wanted is None:
            known = next(iter(self._shown()), None)
            wanted = known.starts_at.astimezone(LONDON).date() if known else first
        return min(max(wanted, first), last)

    def _shown(self) -> Iterator[Slot]:
        """The free times of the place and the part of day one looks at."""
        for offer in self.free:
            if self.at in {ANY, offer.location.slug} and self.part in {"", part_of_day(offer), part_of_week(offer)}:
                yield offer

    @property
    def length(self) -> int:
        return DAYS_OF_ALL_PLACES if self.at == ANY else DAYS_OF_ONE_PLACE

    @property
    def last(self) -> date:
        return min(self.first + timedelta(days=self.length - 1), self.diary.last)

    @property
    def earlier(self) -> date | None:
        return max(self.first - timedelta(days=self.length), self.diary.first) if self.first > self.diary.first else None

    @property
    def later(self) -> date | None:
        return self.last + timedelta(days=1) if self.last < self.diary.last else None

    @property
    def at_choices(self) -> list[tuple[str, str]]:
        return [(ANY, "Any place"), *((slug, location.name) for slug, location in self.places.items())]

    part_choices = SHOWN

    @cached_property
    def parts(self) -> tuple[list[Option], list[Option], list[DayOfPlaces]]:
        """What is chosen, what is suggested, and all the others by day and place: each time once."""
        numbers, known = iter(range(10_000)), {offer.slot for offer in self.chosen}
        chosen = [Option(next(numbers), offer) for offer in self.chosen]
        suggested = [Option(next(numbers), offer) for offer in self._suggested() if offer.slot not in known]
        known |= {option.offer.slot for option in suggested}
        days: dict[date, dict[int, list[Option]]] = {}
        for offer in self._shown():
            day = offer.starts_at.astimezone(LONDON).date()
            if self.first <= day <= self.last and offer.slot not in known:
                days.setdefault(day, {}).setdefault(offer.location.pk, []).append(Option(next(numbers), offer))
        return chosen, suggested, [DayOfPlaces(day, self._in_order(places)) for day, places in days.items()]

    def _in_order(self, times: Mapping[int, list[Option]]) -> list[PlaceOnDay]:
        """The clinic's order of places, whoever has the first free time."""
        return [PlaceOnDay(location, times[location.pk]) for location in self.places.values() if location.pk in times]

    def _suggested(self) -> list[Slot]:
        """Return what fits the person's own words; else what is nearest to the time they asked for."""
        one = self.enquiry
        if not one:
            return []
        shown = list(self._shown())
        if one.preferred_times:
            shown = [offer for offer in shown if part_of_week(offer) in one.preferred_times]
        elif one.starts_at:
            shown = nearest(shown, Slot(one.starts_at, one.required_location), most=len(shown))
        return list(spread(shown))

    @property
    def lost_words(self) -> str:
        return ", and ".join(slot_in_words(offer) for offer in self.lost)


def _date(text: str) -> date | None:
    try:
        return read_date(text)
    except ValueError:
        return None
