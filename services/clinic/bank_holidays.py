"""The bank holidays of England, as rows staff decide about. What staff changed or deleted stays so: see content/loader.py."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from services.clinic.uk_time import full_date
from services.content.loader import ContentLoader
from services.models import BankHoliday

AHEAD = timedelta(days=366)


def known(today: date) -> dict[date, str]:
    """From today for a year. A holiday at a weekend and the substitute for it are both days people think of as one."""
    calendar = holidays.country_holidays("GB", subdiv="ENG", years=[today.year, today.year + 1], observed=True)
    ahead = {day: name for day, name in sorted(calendar.items()) if today <= day <= today + AHEAD}
    return {day: name.replace(" (observed)", " (substitute day)") for day, name in ahead.items()}


def missing(today: date) -> dict[date, str]:
    """Those that keep() would write: new ones, and ours under another name that nobody has edited."""
    with transaction.atomic():
        found = {day: name for day, name in known(today).items() if save_holiday(day, name)}
        transaction.set_rollback(True)
    return found


def save_holiday(day: date, name: str) -> bool:
    """Writes one holiday, unless it is there or staff had their say. Answers whether it did; twice at once it is written once."""
    try:
        with transaction.atomic():
            return _load(day, name)
    except (IntegrityError, ValidationError):  # another process has just written it, before or after we looked
        if not BankHoliday.objects.filter(day=day).exists():
            raise
        return False


def _load(day: date, name: str) -> bool:
    loader = ContentLoader()
    loader.start(full_date(day))
    loader.row(BankHoliday, day.isoformat(), {"day": day}, {"name": name})
    return bool({"created", "updated"} & set(loader.reports[0].counts))
