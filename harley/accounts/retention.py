"""What the job `anonymise` deletes for this package: counts of wrong passwords, records after two years, old emails as files."""

from datetime import datetime, timedelta
from pathlib import Path

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from harley.accounts import lockout
from harley.models import AuditEntry, Look

RECORDS_KEPT = timedelta(days=2 * 365)
EMAILS_AS_FILES_KEPT = timedelta(days=90)


class OldEmails:
    """Emails that were written as files, long ago, and what was left of writing one; counted and deleted as rows are."""

    def __init__(self, before: datetime):
        files = Path(settings.EMAIL_FILE_PATH).glob("*")
        self._files = [file for file in files if file.suffix in {".eml", ".part"} and file.stat().st_mtime < before.timestamp()]

    def count(self) -> int:
        return len(self._files)

    def delete(self) -> tuple[int]:
        for file in self._files:
            file.unlink(missing_ok=True)
        return (len(self._files),)


def old_rows(now: datetime) -> dict[str, QuerySet | OldEmails]:
    """Return what is kept too long, by what it counts as."""
    return {
        "emails as files deleted": OldEmails(now - EMAILS_AS_FILES_KEPT),
        "counts of wrong passwords deleted": AccessAttempt.objects.filter(attempt_time__lt=now - lockout.OF_ALL.forgotten_after),
        "records of changes deleted": LogEntry.objects.filter(action_time__lt=now - RECORDS_KEPT),
        "records of sign-ins, roles and lists deleted": AuditEntry.objects.filter(at__lt=now - RECORDS_KEPT),
        "records of looks deleted": Look.objects.filter(at__lt=now - RECORDS_KEPT),
    }
