"""Many people change their time at the same moment: each has one whole time afterwards, the new one or the old."""

import pytest

from bookings.models import Enquiry, Hold
from tests.race.conftest import PLACE
from tests.race.crowd import TAKEN, all_at_once, all_walk, holds_are_whole, overlapping_pairs, split
from tests.slots import offer_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sent(crowd):
    """Eight people with a time each, on the page where they change it; and the times, two more than people."""
    few = crowd[:8]
    slots = few[0].free_times(PLACE)[10:20]
    all_walk(few, PLACE, lambda visitor: slots[few.index(visitor)])
    winners, losers = split(few, all_at_once(few))
    assert not losers
    for visitor, answer in winners:
        visitor.last_page = visitor.ask(f"{answer.location}change/").hidden
        visitor.change = f"{answer.location}change/"
    return few, slots


def change_to(slot_of):
    return lambda visitor: visitor.ask(visitor.change, slot=slot_of(visitor))


def test_of_eight_who_want_the_same_time_one_gets_it_and_seven_keep_theirs(sent):
    few, slots = sent
    winners, losers = split(few, all_at_once(few, change_to(lambda visitor: slots[8])))

    assert len(winners) == 1
    assert [answer.status for _, answer in losers] == [409] * 7
    assert all(TAKEN in answer.text for _, answer in losers)
    kept = {offer_of(slots[few.index(visitor)]).starts_at for visitor, _ in losers}
    assert set(Hold.objects.values_list("starts_at", flat=True)) == kept | {offer_of(slots[8]).starts_at}
    assert overlapping_pairs() == 0
    assert holds_are_whole()


def test_people_who_swap_their_times_lose_neither(sent):
    few, slots = sent
    answers = all_at_once(few, change_to(lambda visitor: slots[few.index(visitor) ^ 1]))

    assert {answer.status for answer in answers} <= {303, 409}
    assert Hold.objects.count() == 8
    assert {offer_of(slot).starts_at for slot in slots[:8]} == set(Hold.objects.values_list("starts_at", flat=True))
    assert overlapping_pairs() == 0
    assert holds_are_whole()


def test_a_change_pressed_many_times_happens_once(sent):
    few, slots = sent
    one = few[0]
    answers = all_at_once([one] * 6, change_to(lambda visitor: slots[9]))

    assert [answer.status for answer in answers] == [303] * 6
    enquiry = Enquiry.objects.get(email=one.you["email"])
    assert enquiry.starts_at == offer_of(slots[9]).starts_at
    assert enquiry.events.count() == 2
    assert holds_are_whole()
