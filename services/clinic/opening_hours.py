"""PURE. When the phone line is open: weekly hours, days that differ, and now give a sentence and the reply promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.clinic.uk_time import LONDON, clock, near_day

Spans = tuple[tuple[time, time], ...]  # opening and closing in UK wall time, in order

MINUTE = timedelta(minutes=1)
LOOK_AHEAD = 400  # days; a line closed for longer has no next opening


@dataclass(frozen=True)
class Hours:
    """The week (Monday is 0) and the dates that differ from it; no spans means closed all day."""

    week: Mapping[int, Spans]
    exceptions: Mapping[date, Spans]

    def on(self, day: date) -> Spans:
        return self.exceptions.get(day, self.week.get(day.weekday(), ()))

    def spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Each opening that ends after the moment, as aware UTC instants, in order."""
        first = moment.astimezone(LONDON).date()
        for day in (first + timedelta(days=n) for n in range(LOOK_AHEAD)):
            for opens, closes in self.on(day):
                span = instant(day, opens), instant(day, closes)
                if moment < span[1]:
                    yield span


@dataclass(frozen=True)
class LineStatus:
    """The status of the phone line at one moment."""

    is_open: bool
    words: str

    @property
    def short(self) -> str:
        return "Line open" if self.is_open else "Line closed"


def instant(day: date, at: time) -> datetime:
    """The first UTC instant of the day at which London's clocks show this time, or a later one where the clock change skips it.

    Hours are repeated in wall time, durations are counted in UTC.
    """
    found = datetime.combine(day, at, LONDON).astimezone(UTC)
    if found.astimezone(LONDON).time() != at:  # skipped: what opens or closes then does so at the moment of the change
        while (found - MINUTE).astimezone(LONDON).time() >= at:
            found -= MINUTE
    return found


def period_instants(first: date, last: date) -> tuple[datetime, datetime]:
    """The UTC instants at which the first day begins and the last one ends, by UK time."""
    return instant(first, time.min), instant(last + timedelta(days=1), time.min)


def line(hours: Hours, now: datetime) -> LineStatus:
    """What the layout says: "Line open until 10pm", "Line closed. Opens 7am tomorrow"."""
    span = next(hours.spans_from(now), None)
    if span is None:
        return LineStatus(False, "Line closed")
    opens, closes = span
    if opens <= now:
        return LineStatus(True, f"Line open until {clock(closes)}")
    day = near_day(opens.astimezone(LONDON).date(), now.astimezone(LONDON).date())
    return LineStatus(False, f"Line closed. Opens {clock(opens)} {day}")


def next_change(hours: Hours, now: datetime) -> datetime:
    """The first moment after now at which the sentence may differ: an opening, a closing or midnight."""
    midnight = instant(now.astimezone(LONDON).date() + timedelta(days=1), time.min)
    opens, closes = next(hours.spans_from(now), (midnight, midnight))
    return min(edge for edge in (opens, closes, midnight) if edge > now)


def line_ahead(hours: Hours, now: datetime, days: int = 3) -> list[tuple[datetime, LineStatus]]:
    """The status now and at each change until that many days end: all a browser needs to keep a page right that stays open.

    The status of now counts from midnight, so that pages made at different moments with the same status are the same to the byte.
    """
    today = now.astimezone(LONDON).date()
    found, at = [(instant(today, time.min), line(hours, now))], next_change(hours, now)
    while at < instant(today + timedelta(days=days), time.min):
        found.append((at, line(hours, at)))
        at = next_change(hours, at)
    return found


def after(hours: Hours, since: datetime, open_for: timedelta) -> datetime | None:
    """When the line has been open for that long since then; None if it never is."""
    left = open_for
    for opens, closes in hours.spans_from(since):
        start = max(opens, since)
        if closes - start >= left:
            return start + left
        left -= closes - start
    return None


def reply_by(hours: Hours, now: datetime, promise: timedelta) -> datetime | None:
    """When the promised time of open line has passed since now, rounded up to the hour; None if the line never opens."""
    due = after(hours, now, promise)
    if due is None:
        return None
    whole = due.replace(minute=0, second=0, microsecond=0)
    return whole if whole == due else whole + timedelta(hours=1)


def asked_by(hours: Hours, moment: datetime, promise: timedelta, look_back: timedelta) -> datetime:
    """The other way round: who asked then or before is owed an answer by this moment, who asked later is not. To the minute.

    Found by halving the time looked back on, because the promise of a later moment is never over earlier.
    """
    early, late = 0, look_back // MINUTE
    while early < late:
        middle = (early + late) // 2
        due = reply_by(hours, moment - middle * MINUTE, promise)
        if due and due <= moment:
            late = middle
        else:
            early = middle + 1
    return moment - early * MINUTE


def weekly(hours: Hours) -> list[tuple[list[int], Spans]]:
    """The week in runs of days with the same hours, for the hours table: [([0, 1, 2, 3, 4], spans), ([5, 6], spans)]."""
    runs: list[tuple[list[int], Spans]] = []
    for weekday in range(7):
        spans = hours.week.get(weekday, ())
        if runs and runs[-1][1] == spans:
            runs[-1][0].append(weekday)
        else:
            runs.append(([weekday], spans))
    return runs
