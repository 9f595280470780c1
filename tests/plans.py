"""How a database would answer a query: whether it has an index to walk, however large the table grows."""

from django.db import connection

from tests.bench import stored

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
