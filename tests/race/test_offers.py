"""A person answers the times on offer while something else happens to them: exactly one of the two comes to pass, and wholly."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction
from django.utils import timezone

from bookings import actions
from bookings.domain.status import InvalidTransition
from bookings.models import Enquiry, Hold, HoldCell, Notice
from bookings.queries.slots import Slot, SlotFinder, bookable_days, nearest
from bookings.staff.displaced import became_of
from services.models import Closure
from tests.bookings import factories
from tests.race.conftest import PLACE
from tests.race.crowd import all_at_once, all_walk, holds_are_whole, overlapping_pairs
from tests.race.visitor import Visitor
from tests.slots import offer_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff(db):
    return get_user_model().objects.create_superuser("reception")


@pytest.fixture
def offers(site, rota):
    """Three times on three days, five days ahead or more: they are held for 72 hours."""
    slots = [slot for slot in Visitor(site, 0).free_times(PLACE) if offer_of(slot).starts_at > timezone.now() + timedelta(days=5)]
    days = {slot[:-4]: slot for slot in slots}
    return [offer_of(slot) for slot in list(days.values())[:3]]


@pytest.fixture
def proposed(offers, staff):
    now = timezone.now()
    return actions.offer_times(factories.request(now=now), offers, user=staff, now=now)


@pytest.fixture
def holds(proposed):
    return [str(pk) for pk in proposed.holds.order_by("starts_at").values_list("pk", flat=True)]


@pytest.fixture
def tabs(site, proposed):
    """Six tabs of the person, each with the page open."""
    visitors = [Visitor(site, number) for number in range(1, 7)]
    for visitor in visitors:
        assert visitor.ask(f"{proposed.get_absolute_url()}accept/").status == 200
    return visitors


def accepting(proposed, hold_of):
    return lambda visitor: visitor.ask(f"{proposed.get_absolute_url()}accept/", offer=hold_of(visitor))


def confirmed_once(proposed):
    """It has one whole confirmed time, and one message says so."""
    proposed.refresh_from_db()
    hold = proposed.holds.get()
    assert (proposed.status, hold.kind, hold.starts_at) == ("confirmed", "confirmed", proposed.starts_at)
    assert HoldCell.objects.filter(hold=hold).count() == 10
    assert Notice.objects.filter(event__enquiry=proposed, kind="confirmed").count() == 1
    return holds_are_whole()


def test_tabs_that_accept_different_times_make_one_appointment_and_free_the_others(tabs, proposed, holds):
    answers = all_at_once(tabs, accepting(proposed, lambda visitor: holds[visitor.number % 3]))
    assert [answer.status for answer in answers] == [303] * 6
    assert confirmed_once(proposed)
    assert Hold.objects.count() == 1


def test_pressed_six_times_it_is_confirmed_once(tabs, proposed, holds, offers):
    answers = all_at_once(tabs, accepting(proposed, lambda visitor: holds[1]))
    assert [answer.status for answer in answers] == [303] * 6
    assert confirmed_once(proposed)
    assert proposed.starts_at == offers[1].starts_at


def test_one_tab_accepts_and_another_says_none_of_these(tabs, proposed, holds):
    none = f"{proposed.get_absolute_url()}accept/none/"

    def answer(visitor):
        return accepting(proposed, lambda _: holds[0])(visitor) if visitor.number % 2 else visitor.ask(none, preferred="weekends")

    assert {answer.status for answer in all_at_once(tabs, answer)} == {303}
    proposed.refresh_from_db()
    if proposed.status == "confirmed":
        assert confirmed_once(proposed)
    else:
        assert (proposed.status, Hold.objects.count(), proposed.preferred_times) == ("new", 0, ["weekends"])


@pytest.mark.parametrize("withdraw", ["decline", "refuse"])
def test_the_person_accepts_while_staff_withdraw(tabs, proposed, holds, staff, withdraw):
    def act(visitor):
        if visitor.number > 3:
            return accepting(proposed, lambda _: holds[0])(visitor).status
        try:
            if withdraw == "decline":
                actions.decline(proposed, reason="no_capacity", user=staff, now=timezone.now())
            else:
                actions.refuse_offers(proposed, user=staff, now=timezone.now())
        except InvalidTransition:
            return "too late"
        finally:
            connections.close_all()
        return "withdrawn"

    outcomes = all_at_once(tabs, act)
    assert outcomes[3:] == [303] * 3
    assert outcomes.count("withdrawn") <= 1
    proposed.refresh_from_db()
    if "withdrawn" in outcomes:
        assert proposed.status == ("declined" if withdraw == "decline" else "new")
        assert not Hold.objects.exists()
        assert not Notice.objects.filter(kind="confirmed").exists()
    else:
        assert confirmed_once(proposed)


def test_the_offer_lapses_while_the_person_accepts_and_eight_others_want_the_time(site, rota, proposed, holds, offers, tabs):
    """Some press before and some after that moment: whoever has the time in the end has all of it, alone."""
    rivals = [Visitor(site, number) for number in range(10, 18)]
    Hold.objects.update(expires_at=timezone.now() - timedelta(seconds=1))  # free for a while, so that they get to the last page
    all_walk(rivals, PLACE, lambda visitor: offers[0].slot)
    lapses = timezone.now() + timedelta(seconds=4)
    Hold.objects.update(expires_at=lapses)

    def press(visitor):
        time.sleep(max(0.0, (lapses - timezone.now()).total_seconds() + 0.05 * (visitor.number % 10 - 4)))
        return visitor.send() if visitor in rivals else accepting(proposed, lambda _: holds[0])(visitor)

    answers = all_at_once([*tabs[:4], *rivals], press)
    assert {answer.status for answer in answers} <= {200, 303, 409}
    owners = Hold.objects.filter(starts_at=offers[0].starts_at).exclude(kind="offered", expires_at__lte=timezone.now())
    assert owners.count() == 1
    proposed.refresh_from_db()
    assert (proposed.status == "confirmed") == (owners.get().enquiry == proposed)
    assert overlapping_pairs() == 0
    assert holds_are_whole()


def in_two_transactions(first, second):
    """The first is done but not committed when the second begins; gives what the second raised or returned."""
    done, let_go = threading.Event(), threading.Event()

    def hold_on():
        with transaction.atomic():
            first()
            done.set()
            let_go.wait(10)
        connections.close_all()

    def follow():
        done.wait(10)
        threading.Timer(1, let_go.set).start()
        try:
            return second()
        except actions.SlotUnavailable as lost:
            return type(lost)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        holding, following = pool.submit(hold_on), pool.submit(follow)
        holding.result()
        return following.result()


@pytest.fixture
def around_the_end(proposed, holds, offers):
    """The person accepts a moment before the times lapse; somebody else claims the first of them a moment after."""
    lapses = Hold.objects.first().expires_at

    def accept():
        return actions.accept_offer(proposed, int(holds[0]), now=lapses - timedelta(seconds=1))

    def claim():
        return factories.request(offers[0].location, offers[0].starts_at, now=lapses, email="other@example.org")

    return accept, claim


def test_a_time_being_accepted_is_not_cleared_away_as_lapsed(around_the_end, proposed):
    accept, claim = around_the_end
    assert in_two_transactions(accept, claim) == actions.SlotTaken
    assert confirmed_once(proposed)
    assert Enquiry.objects.count() == 1


def test_a_time_being_claimed_after_the_end_is_not_accepted_any_more(around_the_end, proposed):
    accept, claim = around_the_end
    assert in_two_transactions(claim, accept) == actions.SlotWithdrawn
    proposed.refresh_from_db()
    assert proposed.status == "proposed"
    assert Hold.objects.get(starts_at__lt=proposed.holds.first().starts_at).enquiry.email == "other@example.org"
    assert holds_are_whole()


@pytest.fixture
def stranded(offers, staff):
    """An appointment at the first time, whose day is closed since."""
    now, offer = timezone.now(), offers[0]
    enquiry = actions.confirm(factories.request(offer.location, offer.starts_at, now=now), user=staff, now=now, address="1 Any Street")
    Closure.objects.create(location=offer.location, reason="Flood", first_day=offer.starts_at, last_day=offer.starts_at)
    return enquiry.holds.select_related("enquiry", "location").get()


def test_the_nearest_time_is_taken_while_it_is_about_to_be_offered_to_who_lost_theirs(stranded, staff):
    """Where transactions take turns, the next times are offered; where they do not, nothing happens and staff are told why."""
    now, place = timezone.now(), stranded.location
    free = SlotFinder([place], *bookable_days(now), now).free_at(place)
    nearest_one = nearest(free, Slot(stranded.starts_at, stranded.location), 1)[0]

    def claim():
        return factories.request(place, nearest_one.starts_at, now=now, email="other@example.org")

    became = in_two_transactions(claim, lambda: became_of(stranded, "offer", staff, now))
    stranded.enquiry.refresh_from_db()
    status = {"offered": "proposed", "lost": "confirmed"}[became]
    assert (stranded.enquiry.status, became) == (status, "offered" if connection.vendor == "sqlite" else "lost")
    assert Hold.objects.get(starts_at=nearest_one.starts_at).enquiry.email == "other@example.org"
    assert holds_are_whole()
