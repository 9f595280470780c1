"""How a database would answer a query: whether it has an index to walk, however large the table grows."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection

from tests.bench import stored

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
ALIAS = re.compile(r'"(\w+)" "?(\w+)')  # Django writes "bookings_notice" U0, since 6.1 "bookings_notice" "U0"
ENOUGH = 2_000  # requests: with fewer, PostgreSQL finds any index as good as the right one


def fill(now) -> None:
    """Stores requests as a clinic has them after years, and lets PostgreSQL learn what it holds."""
    ahead, past = stored.times_ahead(now), stored.times_past(now)
    stored.store([stored.request(n, ENOUGH, now, ahead, past) for n in range(ENOUGH)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as its own housekeeping does within minutes


def plan_of(queryset) -> str:
    """The plan. With few rows PostgreSQL reads and sorts the whole table, unless that is made dear: then it does so only if it must."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    return queryset.explain()


def reads_whole_table(plan: str, table: str) -> bool:
    return f"Seq Scan on {table}" in plan or any(
        line.split(" ", 3)[-1].startswith(f"SCAN {table}") and "INDEX" not in line for line in plan.splitlines()
    )


def sorts(plan: str) -> bool:
    """Whether more is sorted than rows that are equal in what the index orders them by."""
    return "Sort  (" in plan.replace("Incremental Sort", "") or "B-TREE FOR ORDER BY" in plan


@dataclass
class Watched:
    """What was asked: the tables it named, and each statement that would read the whole of one, in any order."""

    tables: set[str] = field(default_factory=set)
    whole: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def watching() -> Iterator[Watched]:
    """Has the database explain each statement before it runs: also those of views, of sending, of workers. Within a transaction."""
    watched = Watched()

    def explaining(execute, sql, params, many, context):
        if sql.startswith(VERBS):
            assert not many
            watched.tables.update(re.findall(r'"(\w+)"', sql))
            watched.whole += [(table, sql) for table in _read_whole(sql, params)]
        return execute(sql, params, many, context)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is read whole, unless that is made dear
    with connection.execute_wrapper(explaining):
        yield watched


def _read_whole(sql: str, params) -> set[str]:
    """The tables of which a statement reads every row, or every entry of an index that holds them all."""
    postgresql = connection.vendor == "postgresql"
    with closing(connection.create_cursor()) as cursor:  # one that is not watched
        cursor.execute(("EXPLAIN (FORMAT JSON) " if postgresql else "EXPLAIN QUERY PLAN ") + sql, params)
        rows = cursor.fetchall()
    if postgresql:
        return set(_without_condition(rows[0][0][0]["Plan"]))
    alias = {short: table for table, short in ALIAS.findall(sql)}
    scanned = (row[3].split()[1] for row in rows if row[3].startswith("SCAN ") and row[3].split()[-1] not in _indexes_of_few())
    return {alias.get(name, name) for name in scanned}


def _indexes_of_few() -> set[str]:
    """Those that hold the rows of one condition alone."""
    return {index.name for model in apps.get_models() for index in model._meta.indexes if index.condition}


def _without_condition(node: dict) -> Iterator[str]:
    reads = "Relation Name" in node and node["Node Type"] != "ModifyTable" and node.get("Index Name") not in _indexes_of_few()
    if reads and not {"Index Cond", "Recheck Cond", "TID Cond"} & set(node):
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from _without_condition(child)
