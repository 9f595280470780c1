"""PURE. How dates and times are said on pages and in emails, always UK time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def clock(moment: time | datetime) -> str:
    """7am, 5:30pm, midday, midnight. An aware datetime is told in UK time; in the hour that comes twice with which of them: 1:30am GMT."""
    if isinstance(moment, datetime):
        local = moment.astimezone(LONDON)
        comes_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
        return f"{clock(local.time())}{f' {local:%Z}' if comes_twice else ''}"
    if (moment.hour, moment.minute) in {(0, 0), (12, 0)}:
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'pm' if moment.hour >= 12 else 'am'}"


def long_date(day: date | datetime) -> str:
    """Tuesday 29 December. An aware datetime is told in UK time."""
    if isinstance(day, datetime):
        day = day.astimezone(LONDON).date()
    return f"{day:%A} {day.day} {day:%B}"


def short_date(day: date | datetime) -> str:
    """Tue 29 Dec."""
    if isinstance(day, datetime):
        day = day.astimezone(LONDON).date()
    return f"{day:%a} {day.day} {day:%b}"


def short_moment(moment: datetime) -> str:
    """Tue 29 Dec, 5:30pm."""
    return f"{short_date(moment)}, {clock(moment)}"


def near_day(day: date, today: date) -> str:
    """today, tomorrow, on Tuesday 29 December."""
    if day == today:
        return "today"
    if day == today + timedelta(days=1):
        return "tomorrow"
    return f"on {long_date(day)}"


def near_time(moment: datetime, now: datetime) -> str:
    """10am tomorrow; 6pm on Friday 12 June. Both are aware."""
    local = moment.astimezone(LONDON)
    return f"{clock(local)} {near_day(local.date(), now.astimezone(LONDON).date())}"


def span(starts_at: datetime, ends_at: datetime) -> str:
    """7am to 7:50am."""
    return f"{clock(starts_at)} to {clock(ends_at)}"


def appointment(starts_at: datetime) -> str:
    """Thursday 12 June, 7pm."""
    return f"{long_date(starts_at)}, {clock(starts_at)}"


def full_date(day: date) -> str:
    """27 May 2020."""
    return f"{day.day} {day:%B %Y}"


def how_long(lasts: timedelta) -> str:
    """5 min, 3 h, 12 days: how long something has waited or may still take, in one unit and never too much."""
    minutes = lasts // timedelta(minutes=1)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"
