"""After a deletion the disk still holds what was deleted: the database is told to let go of it."""

import time

from django.db import connection
from django.db.backends.utils import CursorWrapper

TRIES = 5  # a second apart


class DatabaseBusy(Exception):
    """Somebody has read for all that time; the next run does it."""


def wipe() -> None:
    """Empties SQLite's log file; has PostgreSQL clear the rows that are dead. Outside a transaction. Raises Busy."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _empty_log(cursor)
        else:
            _vacuum(cursor)


def _empty_log(cursor: CursorWrapper) -> None:
    for _ in range(TRIES):
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if not cursor.fetchone()[0]:
            return
        time.sleep(1)
    raise DatabaseBusy


def _vacuum(cursor: CursorWrapper) -> None:
    tables = ", ".join(map(connection.ops.quote_name, connection.introspection.django_table_names(only_existing=True)))
    cursor.execute("SHOW statement_timeout")
    usual = cursor.fetchone()[0]
    cursor.execute("SET statement_timeout = 0")
    try:
        cursor.execute(f"VACUUM (SKIP_LOCKED) {tables}")
    finally:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [usual])
