"""Runs the stories of the sample month side by side, in the order in which things happen."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from bookings.sample_month.desk import Desk
from bookings.sample_month.stories import PLAN, Story

LENGTH = timedelta(days=30)
BETWEEN = timedelta(hours=6)  # from one look at the clock to the next


@transaction.atomic
def make_month(user: User, now: datetime, seed: int = 0, tell: Callable[[int], None] = lambda number: None) -> int:
    """Store the requests of the thirty days before `now`, UTC, which `user` answers; return how many, and tell of each as it comes in.

    Who asks for what, and when, is the same for the same moment, seed and rota; references and links are chance, as ever. All of it is
    stored or none. Raise NoTimes where rota and closures leave too little room.
    """
    desk = Desk(user, now, random.Random(seed))  # noqa: S311 (not a secret)
    queue: list[tuple[datetime, int, Story]] = [(now - LENGTH, 0, _hours(desk))]
    for story, count, last, first in PLAN:
        for number in range(count):
            days = last + (first - last) * number / max(count - 1, 1)
            queue.append((now - timedelta(days=days), len(queue), story(desk, len(queue), number)))
    heapq.heapify(queue)
    told = 0
    while queue and queue[0][0] <= now:
        desk.clock, number, story_so_far = heapq.heappop(queue)
        if (later := next(story_so_far, None)) is not None:
            heapq.heappush(queue, (later, number, story_so_far))
        desk.deliver()
        if desk.asked > told:
            told = desk.asked
            tell(told)
    return desk.asked


def _hours(desk: Desk) -> Story:
    """Do what is due by the clock every six hours, and once more at the end."""
    while desk.clock < desk.now:
        desk.pass_time()
        yield min(desk.clock + BETWEEN, desk.now)
    desk.pass_time()
