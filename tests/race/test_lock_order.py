"""Verbs that meet, on one request, on two that are linked and over the same times: none waits for another that waits for it."""

import itertools
import random
import threading
import time
from contextlib import suppress
from functools import partial

import pytest
from django.db import connections, transaction

from bookings import actions
from bookings.models import Enquiry
from bookings.queries.integrity import faults
from bookings.queries.slots import Slot
from bookings.transactions import in_one_transaction
from tests.bookings.factories import request
from tests.depth import rounds
from tests.race.verbs import NINE, NOW, REFUSED, STATES, VERBS, World, deadlocks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = rounds(deep=200, quick=1)
CALLS = rounds(deep=10_000, quick=400)
THREADS = 6


@pytest.fixture
def world(django_user_model):
    return World(django_user_model.objects.create_superuser("reception", "", "a long password"))


def together(*acts):
    """Do all at once, each in a thread with a connection of its own; return what was raised that nobody should ever see."""
    wrong, start = [], threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(20)
            act()
        except REFUSED:
            pass
        except Exception as error:
            wrong.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def clear():
    Enquiry.objects.all().delete()


@pytest.mark.row_locks
@pytest.mark.parametrize("one", VERBS)
def test_no_two_verbs_wait_for_each_other(world, one):
    before, number = deadlocks(), itertools.count()
    for other in list(VERBS)[list(VERBS).index(one) :]:
        for turn in range(ROUNDS):
            first, second = world.pair(STATES[(turn + next(number)) % len(STATES)])
            target = (first, second)[turn // len(STATES) % 2]
            wrong = together(partial(VERBS[one], world, first), partial(VERBS[other], world, target))
            assert (one, other, wrong, faults()) == (one, other, [], [])
            clear()
    assert deadlocks() == before


def test_a_storm_of_all_verbs_ends_without_a_deadlock_an_error_or_a_fault(world):
    """Six threads take verbs at random on a dozen requests, some of them linked, all of them about the same few times."""
    before = deadlocks()
    pool = [enquiry.pk for days, state in enumerate(STATES) for enquiry in world.pair(state, days)]
    wrong = together(*(storming(world, pool, random.Random(seed)) for seed in range(THREADS)))
    assert wrong == []
    assert faults() == []
    assert deadlocks() == before


def storming(world, pool, dice):
    def act():
        for _ in range(CALLS // THREADS):
            name = dice.choice(list(VERBS))
            try:
                made = VERBS[name](world, Enquiry.objects.get(pk=dice.choice(pool)))
            except REFUSED:
                continue
            if isinstance(made, Enquiry) and made.pk not in pool and dice.random() < 0.5:
                pool[dice.randrange(len(pool))] = made.pk

    return act


def choose_slowly(world, enquiry, begun):
    """Choose a place and a time, and hold the row a while before it is committed."""
    with transaction.atomic():
        actions.change_time(enquiry, Slot(NINE, world.place), now=NOW)
        begun.set()
        time.sleep(0.3)


def test_a_row_that_was_waited_for_comes_with_its_place(world):
    one, seen, begun = request(now=NOW), [], threading.Event()

    def wait():
        begun.wait(10)
        with transaction.atomic():
            row = Enquiry.objects.locked(one.pk)
            seen.append((row.location_id, row.location))

    assert together(partial(choose_slowly, world, one, begun), wait) == []
    assert seen == [(world.place.pk, world.place)]


def test_a_request_that_is_confirmed_while_its_person_chooses_a_place_is_confirmed_there(world):
    one, begun = request(now=NOW), threading.Event()

    def confirm():
        begun.wait(10)
        actions.confirm(one, **world.by)

    assert together(partial(choose_slowly, world, one, begun), confirm) == []
    one.refresh_from_db()
    assert (one.status, one.location, one.starts_at) == ("confirmed", world.place, NINE)


def test_what_the_database_gave_up_is_done_again(world):
    """Two that lock two rows the wrong way round, as no verb does: one of them is given up, and done once more."""
    first, second = world.pair("new")
    tried, crossed = [], threading.Barrier(2)

    def crossing(name, *pks):
        @in_one_transaction
        def act():
            tried.append(name)
            for pk in pks:
                Enquiry.objects.filter(pk=pk).update(preferred_times=[name])
                if pk == pks[0] and tried.count(name) == 1:
                    meet(crossed)

        return act

    before = deadlocks()
    assert together(crossing("a", first.pk, second.pk), crossing("b", second.pk, first.pk)) == []
    assert sorted(set(tried)) == ["a", "b"]
    assert len(tried) == 2 + deadlocks() - before


def meet(barrier):
    """Wait for the other, unless the database lets it begin only afterwards."""
    with suppress(threading.BrokenBarrierError):
        barrier.wait(1)
