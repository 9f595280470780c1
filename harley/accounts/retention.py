"""What the job `anonymise` deletes for this package: counts of wrong passwords, and records after two years."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from harley.accounts import lockout
from harley.models import AuditEntry, Look

RECORDS_KEPT = timedelta(days=2 * 365)


def old_rows(now: datetime) -> dict[str, QuerySet]:
    """By what they count as."""
    return {
        "counts of wrong passwords deleted": AccessAttempt.objects.filter(attempt_time__lt=now - lockout.OF_ALL.forgotten_after),
        "records of changes deleted": LogEntry.objects.filter(action_time__lt=now - RECORDS_KEPT),
        "records of sign-ins, roles and lists deleted": AuditEntry.objects.filter(at__lt=now - RECORDS_KEPT),
        "records of looks deleted": Look.objects.filter(at__lt=now - RECORDS_KEPT),
    }
