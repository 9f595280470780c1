"""What is no longer needed: sessions that have ended, counts of wrong passwords, and records after two years."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from harley.models import Look

RECORDS_KEPT = timedelta(days=2 * 365)


def clear_old(now: datetime) -> dict[str, int]:
    """How many rows of each kind went."""
    old = {
        "sessions": Session.objects.filter(expire_date__lt=now),
        "wrong passwords": AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME),
        "changes": LogEntry.objects.filter(action_time__lt=now - RECORDS_KEPT),
        "looks": Look.objects.filter(at__lt=now - RECORDS_KEPT),
    }
    return {kind: rows.delete()[0] for kind, rows in old.items()}
