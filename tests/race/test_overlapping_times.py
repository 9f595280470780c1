"""The rota's grid moves by half an hour while people hold pages of the old one: they ask for times that overlap without being equal."""

from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from bookings.models import ConsultationHours, Hold
from services.clinic.uk_time import LONDON
from tests.race.conftest import PLACE
from tests.race.crowd import (
    GONE,
    TAKEN,
    all_at_once,
    all_walk,
    holds_are_whole,
    most_at_once,
    overlapping_pairs,
    requests,
    split,
    stored,
)
from tests.slots import offer_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def later(slot):
    """Half an hour after the time everyone wants: not on offer yet."""
    offer = offer_of(slot)
    return slot.replace(f"{offer.starts_at:%Y%m%d%H%M}", f"{offer.starts_at + timedelta(minutes=30):%Y%m%d%H%M}")


@pytest.fixture
def hours(slot):
    """The row of the rota that offers the time."""
    weekday = offer_of(slot).starts_at.astimezone(LONDON).weekday()
    return ConsultationHours.objects.get(location__slug=PLACE, weekday=weekday)


def change(row, **values):
    """As staff do: a save, which every worker notices at its next page."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def half_and_half(crowd, slot, later, move_the_grid):
    """Half of them are on the last page with the old time when the grid moves; the other half comes and chooses from the new one."""
    early, late = crowd[::2], crowd[1::2]
    all_walk(early, PLACE, lambda visitor: slot)
    move_the_grid()
    all_walk(late, PLACE, lambda visitor: later)
    return early, late


@pytest.mark.parametrize("room", [1, 3])
def test_times_that_overlap_share_the_room_there_is(crowd, slot, later, hours, room):
    """The old times stay on offer, the new ones come between them."""
    change(hours, at_once=room)
    half_and_half(crowd, slot, later, lambda: change(hours, every=30))

    winners, losers = split(crowd, all_at_once(crowd))

    assert [answer.status for _, answer in losers] == [409] * (50 - room)
    assert all(TAKEN in answer.text for _, answer in losers)
    assert len(winners) == room
    assert stored() == requests(room)
    assert overlapping_pairs() == 0
    assert most_at_once() == room
    assert holds_are_whole()


def test_who_asks_for_a_time_of_the_old_grid_is_told_that_it_is_gone(crowd, slot, later, hours):
    opens = hours.opens
    half_an_hour_later = opens.replace(minute=30)
    early, _ = half_and_half(crowd, slot, later, lambda: change(hours, opens=half_an_hour_later))

    winners, losers = split(crowd, all_at_once(crowd))

    told_gone = [visitor for visitor, answer in losers if answer.status == 200 and GONE in answer.text]
    assert told_gone == early
    assert [answer.status for visitor, answer in losers if visitor not in early] == [409] * 24
    assert len(winners) == 1
    assert stored() == requests(1)
    assert Hold.objects.get().starts_at == offer_of(later).starts_at > timezone.now()


def test_while_the_grid_moves_to_and_fro_nobody_gets_a_time_that_overlaps_anothers(crowd, slot, later, hours):
    """Whatever the rota says at the moment of each claim, the claim itself runs into the time that is held."""
    opens = hours.opens
    half_an_hour_later = opens.replace(minute=30)
    few = crowd[:24]
    half_and_half(few, slot, later, lambda: change(hours, opens=half_an_hour_later))
    mover = iter([opens, half_an_hour_later] * len(few))

    def send(visitor):
        change(copy(hours), opens=next(mover))
        connection.close()  # this thread's own
        return visitor.send()

    winners, losers = split(few, all_at_once(few, send))

    assert {answer.status for _, answer in losers} <= {200, 409}
    assert all(GONE in answer.text or TAKEN in answer.text for _, answer in losers)
    assert len(winners) <= 1
    assert stored() == requests(len(winners))
    assert overlapping_pairs() == 0
    assert holds_are_whole()
