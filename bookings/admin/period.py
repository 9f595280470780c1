"""The period that the pages of figures and exports are about, from their address."""

from datetime import date

from bookings import periods
from bookings.periods import Period


def asked_period(params, today: date) -> Period:
    """The period of the address: by name or by its days; the last four weeks for anything else."""
    first, last = (_date(params.get(name, "")) for name in ("first", "last"))
    if first and last:
        return periods.between(first, last)
    name = params.get("period", "")
    return periods.preset(name if name in periods.PRESETS else periods.WEEKS, today)


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def preset_links(period: Period, today: date) -> list[dict]:
    return [
        {"url": f"?period={name}", "label": label, "is_current": periods.preset(name, today) == period}
        for name, label in periods.PRESETS.items()
    ]
