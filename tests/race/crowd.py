"""Many visitors who do the same thing at the same moment, and what the database says about it afterwards."""

import io
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from django.core.management import call_command
from django.db import connection

from bookings.models import Enquiry, Hold, HoldCell, Notice
from tests.race.visitor import Answer, Visitor

TAKEN = "Sorry, that time has just been requested by someone else. These are the closest times."
GONE = "That time is no longer available"
PAIRS = """
    SELECT count(*) FROM bookings_hold a JOIN bookings_hold b
    ON a.id < b.id AND a.location_id = b.location_id AND a.seat = b.seat AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
"""
MOST_AT_ONCE = """
    SELECT coalesce(max(n), 0) FROM (
        SELECT count(*) AS n FROM bookings_hold a JOIN bookings_hold b
        ON a.location_id = b.location_id AND b.starts_at <= a.starts_at AND a.starts_at < b.ends_at
        GROUP BY a.id
    ) AS counted
"""


def all_walk(visitors: list[Visitor], place: str, slot_of: Callable[[Visitor], str]) -> None:
    """Each goes to the last page, a few at a time, as people come in over a while. The first reads the times; the others know theirs."""
    first, *others = visitors
    first.walk(place, slot_of(first))
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda visitor: visitor.begin(place).choose(slot_of(visitor)), others))


def all_at_once(visitors: Iterable[Visitor], act: Callable[[Visitor], Answer] = Visitor.send) -> list[Answer]:
    """All press at the same moment; the answers in the visitors' order."""
    visitors = list(visitors)
    barrier = threading.Barrier(len(visitors))

    def press(visitor):
        visitor.wait_like_a_person()
        barrier.wait(60)
        return act(visitor)

    with ThreadPoolExecutor(len(visitors)) as pool:
        return list(pool.map(press, visitors))


def split(visitors: list[Visitor], answers: list[Answer]) -> tuple[list[tuple[Visitor, Answer]], list[tuple[Visitor, Answer]]]:
    """Those who were sent on to the page of their request, and the others."""
    both = list(zip(visitors, answers, strict=True))
    return [pair for pair in both if pair[1].status == 303], [pair for pair in both if pair[1].status != 303]


def overlapping_pairs() -> int:
    """Counted from the holds alone: the cells that ought to prevent them are not asked."""
    return _number(PAIRS)


def most_at_once() -> int:
    return _number(MOST_AT_ONCE)


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def stored() -> dict[str, int]:
    return {
        "requests": Enquiry.objects.count(),
        "holds": Hold.objects.count(),
        "cells": HoldCell.objects.count(),
        "received": Notice.objects.filter(kind="received").count(),
        "notices": Notice.objects.count(),
    }


def requests(number: int, *, holds: int | None = None) -> dict[str, int]:
    """What this many accepted requests leave behind, no more and no less; each holds a time, or so many of them."""
    holds = number if holds is None else holds
    return {"requests": number, "holds": holds, "cells": 10 * holds, "received": number, "notices": number}


def holds_are_whole() -> bool:
    call_command("check_holds", stdout=io.StringIO())  # raises where they are not
    return True
