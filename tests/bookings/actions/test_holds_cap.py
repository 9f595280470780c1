"""Whoever sends invented requests, from one network or from many, leaves times to others."""

from datetime import timedelta

import pytest

from bookings import actions
from bookings.domain.policy import MAX_HOLDS_PER_NETWORK, UNANSWERED_FEW
from bookings.models import Enquiry, Hold, Notice
from bookings.queries.slots import SlotFinder, bookable_days
from tests.bookings.factories import request

pytestmark = pytest.mark.django_db


@pytest.fixture
def free(harley_street, now):
    """The slots that clients can ask for at Harley Street, in order, as they are at first."""
    return list(SlotFinder([harley_street], *bookable_days(now), now).free_at(harley_street))


def ask(slot, now, number: int) -> Enquiry:
    return request(slot.location, slot.starts_at, now=now, email=f"{number}@example.org", network=f"network {number}")


def test_unanswered_requests_from_many_networks_hold_half_of_a_place(free, now):
    sent = [ask(slot, now, number) for number, slot in enumerate(free)]
    holding = Hold.objects.filter(kind=Hold.Kind.ASKED).count()
    assert holding == len(free) // 2
    assert len(sent) == Notice.objects.filter(kind="received").count() == len(free)  # each is stored and answered all the same
    assert all(enquiry.starts_at for enquiry in sent)


def test_what_staff_answer_makes_room(free, now, staff):
    sent = [ask(slot, now, number) for number, slot in enumerate(free)]
    actions.decline(sent[0], reason="no_capacity", user=staff, now=now)
    assert ask(free[0], now, 9999).holds.exists()


def test_where_little_is_free_a_few_may_hold_it(free, now, staff):
    few = free[: UNANSWERED_FEW + 2]
    for slot in free[UNANSWERED_FEW + 2 :]:
        enquiry = request(slot.location, slot.starts_at, now=now, email=f"{slot.slot}@example.org")
        actions.confirm(enquiry, user=staff, now=now, address="1 Any Street")
    held = [ask(slot, now, number).holds.exists() for number, slot in enumerate(few)]
    assert held == [True] * UNANSWERED_FEW + [False] * 2


def test_a_time_that_is_taken_is_told_as_taken_also_to_whom_nothing_would_be_held(free, now):
    for number, slot in enumerate(free[:MAX_HOLDS_PER_NETWORK]):
        request(slot.location, slot.starts_at, now=now, email=f"{number}@example.org", network="one")
    with pytest.raises(actions.SlotTaken):
        request(free[0].location, free[0].starts_at, now=now, email="late@example.org", network="one")
    without = request(free[9].location, free[9].starts_at, now=now, email="more@example.org", network="one")
    assert not without.holds.exists()
    with pytest.raises(actions.SlotTaken):
        actions.change_time(without, free[0], now=now)
    assert Enquiry.objects.get(pk=without.pk).starts_at == free[9].starts_at


def test_what_staff_write_down_for_a_caller_holds_its_time(free, now, staff):
    for number, slot in enumerate(free[: len(free) // 2]):
        ask(slot, now, number)
    assert not ask(free[-1], now, 777).holds.exists()
    assert request(free[-2].location, free[-2].starts_at, now=now, email="caller@example.org").holds.exists()


def test_a_move_holds_no_more_than_a_request(free, now):
    for number, slot in enumerate(free[:MAX_HOLDS_PER_NETWORK]):
        request(slot.location, slot.starts_at, now=now, email=f"{number}@example.org", network="one")
    without = [request(slot.location, slot.starts_at, now=now, email=f"{slot.slot}@example.org", network="one") for slot in free[20:23]]
    for enquiry, slot in zip(without, free[30:33], strict=True):
        actions.change_time(enquiry, slot, now=now + timedelta(minutes=1))
    assert Hold.objects.count() == MAX_HOLDS_PER_NETWORK
