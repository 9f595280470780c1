"""One person who sends many requests at once, and two members of staff who answer one request at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.utils import timezone

from bookings import actions
from bookings.domain.policy import MAX_HOLDS_PER_NETWORK
from bookings.domain.status import InvalidTransition
from bookings.models import Enquiry, Hold, Notice
from bookings.queries.slots import find_slot
from services.models import Location
from tests.race.conftest import PLACE
from tests.race.crowd import all_at_once, all_walk, holds_are_whole, requests, split, stored

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


SPELLINGS = ["one@example.org", "One@Example.org"]
NUMBERS = ["07700 900982", "+44 7700 900 982", "(07700) 900-982"]


@pytest.mark.parametrize(
    "all_say",
    [[{"email": email} for email in SPELLINGS], [{"email": "", "contact_by": "call", "phone": phone} for phone in NUMBERS]],
    ids=["one email", "one number and no email"],
)
def test_twelve_requests_with_one_address_each_hold_a_time_and_staff_see_that_they_are_one_persons(crowd, all_say):
    """Sent from twelve networks: whose address it is decides nothing that a sender sees."""
    same = crowd[:12]
    slots = same[0].free_times(PLACE)[20:32]
    for visitor in same:
        visitor.says = all_say[visitor.number % len(all_say)]
    all_walk(same, PLACE, lambda visitor: slots[same.index(visitor)])

    winners, _ = split(same, all_at_once(same))

    assert len(winners) == 12
    assert stored() == requests(12)
    assert Enquiry.objects.filter(possible_duplicate_of=None).count() == 1


def test_twelve_requests_from_one_network_hold_five_times(crowd):
    same = crowd[:12]
    for visitor in same:
        visitor.address = "203.0.113.9"
    slots = same[0].free_times(PLACE)[20:32]
    all_walk(same, PLACE, lambda visitor: slots[same.index(visitor)])

    winners, _ = split(same, all_at_once(same))

    assert len(winners) == 12
    assert stored() == requests(12, holds=MAX_HOLDS_PER_NETWORK)


def test_two_members_of_staff_confirm_once(crowd, slot):
    all_walk(crowd[:1], PLACE, lambda visitor: slot)
    all_at_once(crowd[:1])
    staff = get_user_model().objects.create_superuser("reception")
    enquiry = Enquiry.objects.get()

    def confirm(_):
        try:
            actions.confirm(enquiry, user=staff, now=timezone.now(), address="1 Any Street")
        except InvalidTransition:
            return "too late"
        finally:
            connections.close_all()
        return "confirmed"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(confirm, range(8)))

    assert outcomes == ["confirmed"] + ["too late"] * 7
    assert Notice.objects.filter(kind="confirmed").count() == 1
    assert holds_are_whole()


def test_sixteen_of_one_network_that_are_moved_at_once_hold_five_times(crowd):
    """Those that hold nothing may move, and hold what they move to only within the same cap."""
    same = crowd[:16]
    for visitor in same:
        visitor.address = "203.0.113.9"
    slots = same[0].free_times(PLACE)
    all_walk(same, PLACE, lambda visitor: slots[20 + same.index(visitor)])
    all_at_once(same)
    Hold.objects.all().delete()
    found = list(Enquiry.objects.order_by("pk"))
    places = {place.slug: place for place in Location.objects.all()}
    targets = [find_slot(slot, places) for slot in slots[60 : 60 + len(found)]]

    def move(pair):
        try:
            actions.change_time(*pair, now=timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(move, zip(found, targets, strict=True)))

    assert len(found) == 16
    assert Hold.objects.count() == MAX_HOLDS_PER_NETWORK
    assert holds_are_whole()
