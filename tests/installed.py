"""The rows that a load of content adds, read once and inserted again for every test that asks for them.

Loading costs a thousand queries; inserting what it made costs one for each table.
"""

import io
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction

from services.models import Edition


@dataclass(frozen=True)
class Table:
    """Rows of a model's table as the database gives them, in the order of `columns`."""

    model: type[models.Model]
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def read(cls, model: type[models.Model]) -> "Table":
        """Return all rows of the model's table."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_columns(model)} FROM {_quoted(model._meta.db_table)}")  # noqa: S608 (names of our own models)
            return cls(model, tuple(cursor.fetchall()))

    @classmethod
    def all(cls) -> list["Table"]:
        """Return every table but the one of the edition, whose row is made by the first save."""
        every = apps.get_models(include_auto_created=True)
        return [cls.read(model) for model in every if not model._meta.proxy and model is not Edition]

    def insert(self) -> None:
        """Insert all rows in one statement."""
        row = f"({', '.join(['%s'] * len(self.rows[0]))})"
        into = f"{_quoted(self.model._meta.db_table)} ({_columns(self.model)})"
        statement = f"INSERT INTO {into} VALUES {', '.join([row] * len(self.rows))}"  # noqa: S608 (as above)
        with connection.cursor() as cursor:
            # SQLite gives a time of day and does not take one.
            cursor.execute(statement, [str(value) if isinstance(value, time) else value for row in self.rows for value in row])


class Installed:
    """What `load_content` and, after it, `load_rota` add to an empty database."""

    def __init__(self) -> None:
        """Load both and take them back."""
        with transaction.atomic():
            empty = Table.all()
            call_command("load_content", verbosity=0, stdout=io.StringIO())
            loaded = Table.all()
            call_command("load_rota", stdout=io.StringIO())
            self.content = _added(empty, loaded)
            self.rota = _added(loaded, Table.all())
            transaction.set_rollback(True)

    def insert(self, tables: list[Table]) -> None:
        """Insert the rows under a new mark, so that no process shows what it kept for an earlier test."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table in tables:
                table.insert()
            for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
                cursor.execute(statement)  # the next row gets a key that is free
            Edition.renew()


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _columns(model: type[models.Model]) -> str:
    return ", ".join(_quoted(field.column) for field in model._meta.concrete_fields)


def _added(before: list[Table], after: list[Table]) -> list[Table]:
    """Return the rows of `after` that are not in `before`, table by table; raise ValueError if one of `before` has changed."""
    added = []
    for old, new in zip(before, after, strict=True):
        known = set(map(repr, old.rows))
        rows = tuple(row for row in new.rows if repr(row) not in known)
        if len(known) + len(rows) != len(new.rows):
            raise ValueError(f"A load changed rows of {new.model._meta.label} that were there before.")
        if rows:
            added.append(Table(new.model, rows))
    return added
