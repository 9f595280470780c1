"""The clock that all hosts of the site share: the database's."""

from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """Return the moment by the database's clock, aware UTC.

    For what one host writes and another compares: leases, what is due, signs of life. SQLite runs on this host and has its clock.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")  # not now(), which stands still within a transaction
        return cursor.fetchone()[0].astimezone(UTC)
