"""The period that the pages of figures and exports are about, from their address."""

from datetime import date

from bookings.domain import periods
from bookings.domain.periods import Period
from services.clinic.typed_times import read_date


def asked_period(params, today: date) -> Period:
    """Return the period of the address: by its days or by name; the last four weeks for anything else."""
    days = _asked_days(params)
    return periods.between(*days) if days else periods.preset(_asked_name(params), today)


def _asked_days(params) -> tuple[date, date] | None:
    first, last = (asked_day(params.get(name, "")) for name in ("first", "last"))
    return (first, last) if first and last else None


def _asked_name(params) -> str:
    name = params.get("period", "")
    return name if name in periods.PRESETS else periods.WEEKS


def asked_day(text: str) -> date | None:
    """Return the day in an address; None for what is none, or lies where no clinic will be."""
    try:
        day = read_date(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def preset_links(params) -> list[dict]:
    """Return a link for each named period. The one asked for is marked by its name: on the 28th two names mean the same days."""
    current = None if _asked_days(params) else _asked_name(params)
    return [{"url": f"?period={name}", "label": label, "is_current": name == current} for name, label in periods.PRESETS.items()]
