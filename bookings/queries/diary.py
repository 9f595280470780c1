"""What the staff's diary shows: a day with the places side by side, or a week. Reads, writes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.template.defaultfilters import pluralize

from bookings.domain.availability import Rules
from bookings.models import Hold
from bookings.queries.slots import Slot, SlotFinder
from services.clinic.opening_hours import period_instants
from services.clinic.uk_time import LONDON, clock, long_date
from services.models import Location, Person

STILL_FREE = Rules(notice=timedelta(0), horizon=timedelta(days=3650))  # staff may use what clients are no longer offered
DAY, WEEK = "day", "week"


@dataclass(frozen=True)
class DiaryEntry:
    """A consultation, or a time held for one."""

    hold: Hold

    @property
    def words(self) -> str:
        return f"{clock(self.hold.starts_at)} to {clock(self.hold.ends_at)}"


@dataclass
class Cell:
    """What begins in one hour of one column, and which times of it are free (none of them is a row anywhere)."""

    column: str = ""  # its heading, for a phone, where it stands under the hour
    entries: list[DiaryEntry] = field(default_factory=list)
    free: list[Slot] = field(default_factory=list)

    @property
    def free_words(self) -> str:
        """7am; 7am, 7:30am. In a week, where a cell is all places at once, how many there are says more."""
        return ", ".join(clock(offer.starts_at) for offer in self.free)


@dataclass(frozen=True)
class DiaryColumn:
    title: str
    url: str = ""  # of the day, in a week
    closed: str = ""  # why, if it is
    is_today: bool = False


@dataclass(frozen=True)
class DiaryRow:
    label: str
    cells: list[Cell]
    is_now: bool  # the current hour of today


class DiaryPage:
    """One day or week from `day` on, for everybody or for one practitioner. Eight queries, however full it is.

    With `own`, a practitioner's own: free times, which are reception's to fill, are left out.
    """

    def __init__(self, day: date, now: datetime, *, view: str = DAY, person: Person | None = None, own: bool = False):
        self.now, self.view, self.person, self.own = now, view, person, own
        self.first = day - timedelta(days=day.weekday()) if view == WEEK else day
        self.last = self.first + timedelta(days=6 if view == WEEK else 0)
        self.today = now.astimezone(LONDON).date()
        self.places = list(Location.objects.all())
        self.diary = SlotFinder(self.places, self.first, self.last, now, STILL_FREE)
        self.holds = self._holds()

    def _holds(self) -> list[Hold]:
        start, end = period_instants(self.first, self.last)
        rows = Hold.objects.anywhere().standing(self.now).filter(starts_at__gte=start, starts_at__lt=end)
        if self.person or self.own:
            rows = rows.filter(person=self.person) if self.person else rows.none()  # not those that nobody is assigned to
        return list(rows.select_related("enquiry", "location", "person").order_by("starts_at", "location__order", "seat"))

    @property
    def title(self) -> str:
        """Tuesday 25 November 2026; 23 to 29 November 2026."""
        if self.view == DAY:
            return f"{long_date(self.first)} {self.first.year}"
        first = f"{self.first.day} {self.first:%B}" if self.first.month != self.last.month else f"{self.first.day}"
        return f"{first} to {self.last.day} {self.last:%B %Y}"

    @property
    def columns(self) -> list[DiaryColumn]:
        if self.view == DAY:
            return [DiaryColumn(place.name, closed=self._closed(place, self.first)) for place in self.places]
        days = [self.first + timedelta(days=n) for n in range(7)]
        return [DiaryColumn(f"{day:%a} {day.day}", day.isoformat(), self._closed(None, day), day == self.today) for day in days]

    def _closed(self, place: Location | None, day: date) -> str:
        """Why there is nothing to be had: of one place, or of all on a day."""
        shut = [self.diary.limits[other.pk].get(day) == () for other in ([place] if place else self.places)]
        return "Closed" if shut and all(shut) else ""

    @property
    def rows(self) -> list[DiaryRow]:
        """An hour a row, from the first in which anything is to the last."""
        cells: dict[tuple[int, int], Cell] = defaultdict(Cell)
        for hold in self.holds:
            cells[self._at(hold.starts_at, hold.location)].entries.append(DiaryEntry(hold))
        for offer in self._free():
            cells[self._at(offer.starts_at, offer.location)].free.append(offer)
        this_hour = self.now.astimezone(LONDON).hour if self.first <= self.today <= self.last else None
        hours = {hour for hour, _ in cells}
        span = range(min(hours), max(hours) + 1) if hours else ()
        columns = self.columns
        for hour in span:
            for number, column in enumerate(columns):
                cells[hour, number].column = column.title
        return [DiaryRow(_hour(hour), [cells[hour, number] for number in range(len(columns))], hour == this_hour) for hour in span]

    def _at(self, moment: datetime, place: Location) -> tuple[int, int]:
        """Hour and column."""
        local = moment.astimezone(LONDON)
        return local.hour, self.places.index(place) if self.view == DAY else (local.date() - self.first).days

    def _free(self) -> Iterable[Slot]:
        return [] if self.own or self.person else self.diary.free()

    @property
    def count_words(self) -> str:
        """7 consultations, 2 times asked for, 3 on offer."""
        count = Counter(hold.kind for hold in self.holds)
        met, asked, offered = (count[kind] for kind in (Hold.Kind.CONFIRMED, Hold.Kind.ASKED, Hold.Kind.OFFERED))
        said = [f"{met} consultation{pluralize(met)}"]
        if asked:
            said.append(f"{asked} time{pluralize(asked)} asked for")
        if offered:
            said.append(f"{offered} on offer")
        return ", ".join(said)

    @property
    def step(self) -> timedelta:
        return timedelta(days=7 if self.view == WEEK else 1)


def _hour(hour: int) -> str:
    return clock(datetime.min.time().replace(hour=hour))
