"""PURE. The stretches of days that figures and exports are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = 366  # days; figures of more are asked for year by year
WEEKS, MONTH, LAST_MONTH, QUARTER, YEAR = "weeks", "month", "last-month", "quarter", "year"
PRESETS = {WEEKS: "Last 4 weeks", MONTH: "This month", LAST_MONTH: "Last month", QUARTER: "Last 3 months", YEAR: "Last 12 months"}


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included, UK dates."""

    first: date
    last: date

    @property
    def words(self) -> str:
        """1 to 30 November 2026; 3 August to 24 November 2026; 5 January 2026."""
        end = f"{self.last.day} {self.last:%B %Y}"
        if self.first == self.last:
            return end
        if self.first.year != self.last.year:
            return f"{self.first.day} {self.first:%B %Y} to {end}"
        return f"{self.first.day}{'' if self.first.month == self.last.month else f' {self.first:%B}'} to {end}"

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def weeks(self) -> Iterator[date]:
        """The Monday of each week that the period touches, in order."""
        monday = monday_of(self.first)
        while monday <= self.last:
            yield monday
            monday += timedelta(days=7)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def preset(name: str, today: date) -> Period:
    """A period by name, ending today or with the month before; raises KeyError for any other name."""
    begin_of_month = today.replace(day=1)
    end_of_last = begin_of_month - timedelta(days=1)
    return {
        WEEKS: Period(today - timedelta(days=27), today),
        MONTH: Period(begin_of_month, today),
        LAST_MONTH: Period(end_of_last.replace(day=1), end_of_last),
        QUARTER: Period(_months_before(begin_of_month, 2), today),
        YEAR: Period(_months_before(begin_of_month, 11), today),
    }[name]


def _months_before(first_of_month: date, months: int) -> date:
    whole = first_of_month.year * 12 + first_of_month.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)


def between(first: date, last: date) -> Period:
    """The period from one day to the other, whichever is earlier; the last LONGEST days of it if it is longer."""
    first, last = min(first, last), max(first, last)
    return Period(max(first, last - timedelta(days=LONGEST - 1)), last)
