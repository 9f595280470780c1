"""More people behind one network address than may send in an hour: at one moment no more get through than one after the other."""

import time

import pytest

from bookings.domain.policy import MAX_HOLDS_PER_NETWORK
from bookings.models import Enquiry, Hit
from bookings.rate_limits import EPOCH, SENDS_AN_HOUR
from tests.race.conftest import CROWD, PLACE
from tests.race.crowd import all_at_once, all_walk, holds_are_whole, overlapping_pairs, requests, split, stored

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

HOUR, LONGEST = 3600, 60  # seconds; an hour's end while they send would let more through
OFFICE = ["192.0.2.7"] * CROWD
HOME = [f"2001:db8:0:7:{number:x}::1" for number in range(CROWD)]  # devices of one home, which change the second half at will


@pytest.fixture(params=[OFFICE, HOME], ids=["one address", "one home on IPv6"])
def together(request, crowd):
    """All of the crowd behind one network address, each on the last page with a time of their own."""
    slots = crowd[0].free_times(PLACE)
    for visitor, address in zip(crowd, request.param, strict=True):
        visitor.address = address
    all_walk(crowd, PLACE, lambda visitor: slots[crowd.index(visitor)])
    while time.time() % HOUR > HOUR - LONGEST:
        time.sleep(1)
    return crowd


def test_of_fifty_behind_one_address_thirty_get_through_and_the_others_lose_nothing(together):
    winners, losers = split(together, all_at_once(together))

    assert len(winners) == SENDS_AN_HOUR
    assert [answer.status for _, answer in losers] == [429] * (CROWD - SENDS_AN_HOUR)
    assert all("0345 474 1724" in answer.text and 'href="/book/check/"' in answer.text for _, answer in losers)
    assert stored() == requests(SENDS_AN_HOUR, holds=MAX_HOLDS_PER_NETWORK)
    assert Hit.objects.filter(count=SENDS_AN_HOUR, window__gt=EPOCH).count() == 1

    assert {answer.status for answer in all_at_once(visitor for visitor, _ in losers)} == {429}  # pressing again costs and helps nothing
    assert {answer.status for answer in all_at_once(visitor for visitor, _ in winners)} == {303}  # who has sent is led to their page
    assert stored() == requests(SENDS_AN_HOUR, holds=MAX_HOLDS_PER_NETWORK)

    for number, (visitor, _) in enumerate(losers):  # they leave the wireless network for their phones' own
        visitor.address = f"198.51.100.{number}"
        kept = visitor.ask("/book/check/").text
        assert all(visitor.you[field] in kept for field in ("name", "email", "message"))
        visitor.read_last_page()
    assert {answer.status for answer in all_at_once(visitor for visitor, _ in losers)} == {303}
    assert stored() == requests(CROWD, holds=MAX_HOLDS_PER_NETWORK + CROWD - SENDS_AN_HOUR)
    sent = set(Enquiry.objects.values_list("name", "email", "message"))
    assert sent == {(visitor.you["name"], visitor.you["email"], visitor.you["message"]) for visitor in together}
    assert overlapping_pairs() == 0
    assert holds_are_whole()
