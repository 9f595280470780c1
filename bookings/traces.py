"""After a deletion the disk still holds what was deleted: the database is told to let go of it."""

from django.contrib.sessions.models import Session
from django.db import connection

from bookings.models import Enquiry, Event, Hit, Note, Notice, SearchWord

TABLES = [model._meta.db_table for model in (Enquiry, Event, Note, Notice, SearchWord, Hit, Session)]


class Busy(Exception):
    """Somebody reads just now; the next run does it."""


def wipe() -> None:
    """Empties SQLite's log file; has PostgreSQL clear the rows that are dead. Outside a transaction. Raises Busy."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                raise Busy
            return
        cursor.execute("SHOW statement_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute("SET statement_timeout = 0")
        try:
            cursor.execute(f"VACUUM (SKIP_LOCKED) {', '.join(map(connection.ops.quote_name, TABLES))}")
        finally:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [usual])
