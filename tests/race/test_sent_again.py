"""Pressed twice, sent twice by the network, or sent again because no answer came: one request, and everyone lands on its page."""

import http.client
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psutil
import pytest
from django.db import connection, transaction

from bookings.models import Enquiry
from tests.race.conftest import PLACE
from tests.race.crowd import all_at_once, all_walk, holds_are_whole, overlapping_pairs, requests, stored
from tests.race.visitor import Answer, Visitor

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

BROKEN = (OSError, http.client.HTTPException)  # what a client sees when the worker dies under it
PATIENCE = 60  # seconds


def workers() -> list[psutil.Process]:
    """gunicorn's worker processes that are alive."""
    masters = [child for child in psutil.Process().children() if "python:harley.server.gunicorn_conf" in child.cmdline()]
    return [worker for master in masters for worker in master.children() if worker.status() != psutil.STATUS_ZOMBIE]


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)


def until_answered(act) -> Answer:
    """Tries again whenever the connection breaks, as a browser's user does."""
    give_up_at = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except BROKEN:
            assert time.monotonic() < give_up_at
            time.sleep(0.2)


@contextmanager
def nobody_can_write():
    """Holds up whoever claims a time: on SQLite at the first write, on PostgreSQL at the cells, in the middle of the transaction."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE bookings_holdcell IN EXCLUSIVE MODE")
        yield


@pytest.fixture
def visitor(site, slot):
    visitor = Visitor(site, 1).walk(PLACE, slot)
    visitor.wait_like_a_person()
    return visitor


def test_twenty_copies_at_once_make_one_request(visitor):
    answers = all_at_once([visitor] * 20)
    assert [answer.status for answer in answers] == [303] * 20
    assert {answer.location for answer in answers} == {Enquiry.objects.get().get_absolute_url()}
    assert stored() == requests(1)


def test_pressing_send_again_after_it_worked_leads_to_the_same_page(visitor):
    first, second = visitor.send(), visitor.send()
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert stored() == requests(1)


def test_going_back_and_sending_the_old_page_again_leads_to_the_same_page(visitor):
    first = visitor.send()
    visitor.ask("/book/check/")  # what the back button may load: the answers are gone, the old form is not
    assert visitor.send().location == first.location
    assert stored() == requests(1)


def test_a_copy_sent_from_where_cookies_were_lost_makes_no_second_request(visitor, site):
    first = visitor.send()
    stranger = Visitor(site, 2, last_page=visitor.last_page)
    stranger.ask("/book/where/")
    stranger.last_page = visitor.last_page | {"csrfmiddlewaretoken": stranger.cookies["csrftoken"]}
    assert stranger.send().location == first.location
    assert stored() == requests(1)


def test_workers_killed_between_any_two_pages_cost_nobody_an_answer(site, slot):
    visitor = Visitor(site, 1, opened_at=time.monotonic() + 2)  # the first pages may take some tries
    steps = [
        lambda: visitor.ask("/book/where/"),
        lambda: visitor.ask("/book/where/", where=PLACE),
        lambda: visitor.ask("/book/when/", slot=slot),
        lambda: visitor.ask("/book/you/", **visitor.you),
        visitor.read_last_page,
    ]
    for step in steps:
        until_answered(step)
        kill(workers())
    visitor.wait_like_a_person()
    answers = [until_answered(visitor.send)]
    kill(workers())
    answers.append(until_answered(visitor.send))
    assert [answer.status for answer in answers] == [303, 303]
    assert stored() == requests(1)


def test_workers_killed_in_the_middle_of_sending_leave_nothing_half_done_and_the_retry_makes_one_request(visitor):
    with ThreadPoolExecutor(1) as pool:
        with nobody_can_write():
            sending = pool.submit(visitor.send)
            time.sleep(1)  # it is under way, and waits for the database
            assert not sending.done()
            kill(workers())
            with pytest.raises(BROKEN):
                sending.result(timeout=PATIENCE)
        assert stored() == requests(0)
        assert until_answered(visitor.send).status == 303
    assert stored() == requests(1)


def test_workers_killed_all_the_time_under_load_lose_and_double_nothing(crowd, rota):
    few = crowd[:20]
    slots = few[0].free_times(PLACE)[10:]
    all_walk(few, PLACE, lambda visitor: slots[visitor.number])
    chance, sent, kills = random.Random(1), threading.Event(), []

    def killer():
        while not sent.wait(0.5) and len(kills) < 12:
            victims = [chance.choice(alive)] if (alive := workers()) else []
            kill(victims)
            kills.extend(victims)

    def send_in_turn(visitor):
        time.sleep(0.25 * visitor.number)
        return until_answered(visitor.send)

    with ThreadPoolExecutor(1) as pool:
        killing = pool.submit(killer)
        answers = all_at_once(few, send_in_turn)
        sent.set()
        killing.result()

    assert len(kills) >= 5
    assert [answer.status for answer in answers] == [303] * len(few)
    assert {answer.location for answer in answers} == {enquiry.get_absolute_url() for enquiry in Enquiry.objects.all()}
    assert stored() == requests(len(few))
    assert overlapping_pairs() == 0
    assert holds_are_whole()
