"""However many requests are stored, what a person or a worker waits for is found by an index: no page reads all there ever were."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Subquery
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.models import Enquiry, Hold, HoldCell, Notice
from bookings.notifications import outbox
from services.models import Location
from tests.bookings.conftest import make_clinic, make_harley_street, make_online
from tests.bookings.desk import free_times
from tests.bookings.walker import Walker
from tests.plans import fill, plan_of, reads_whole_table, sorts, watching

LARGE = {f"bookings_{name}" for name in ("enquiry", "event", "notice", "hold", "holdcell", "searchword", "hit")} | {"django_session"}


@pytest.fixture(scope="module")
def years(django_db_setup, django_db_blocker):
    """What years have left behind, stored once for all tests here, each of which takes its own changes back; times are free still."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_clinic()
        make_harley_street()
        make_online()
        fill(timezone.now())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def stored(years, db) -> None:
    """As `years`, in a transaction of the test's own."""


def read_whole(watched):
    return [sql for table, sql in watched.whole if table in LARGE]


def test_a_watched_statement_that_reads_a_whole_table_is_found(stored):
    """Also one that walks a whole index, and one within another."""
    with watching() as watched:
        list(Notice.objects.filter(last_error="no index"))
        list(Notice.objects.order_by("pk"))
        first = Enquiry.objects.filter(message="no index").order_by("message").values("key_head")[:1]
        list(Enquiry.objects.filter(key_head=Subquery(first)))  # which no database can turn round
        list(Enquiry.objects.filter(key_head="by index"))
    assert [table for table, _ in watched.whole] == ["bookings_notice", "bookings_notice", "bookings_enquiry"]


@pytest.mark.parametrize("place", ["harley-street", "online", "any"])
def test_the_pages_of_a_booking(stored, place):
    walker = Walker()
    with watching() as watched:
        assert [walker.get(step).status_code for step in ("", "where/")] == [200, 200]
        assert walker.where(place).status_code == 302
        slots = walker.slots()
        assert walker.slots(part="evening", days="weekend") is not None
        assert walker.get("when/other/").status_code == 200
        assert walker.when(slots[0]).status_code == 302
        assert walker.you().status_code == 302
        assert walker.get("check/").status_code == 200
    assert "bookings_hold" in watched.tables
    assert read_whole(watched) == []


def test_sending_once_again_and_too_late(stored):
    ready, late = Walker().to_check(email="person3@example.org"), Walker()
    late.to_check(slot=ready.client.session["booking"]["slot"])
    token = ready.token
    with watching() as watched:
        assert [ready.send(token).status_code, ready.send(token).status_code, late.send().status_code] == [303, 303, 409]
    assert watched.tables >= LARGE
    assert read_whole(watched) == []


@pytest.mark.parametrize("page", ["request", "change", "cancel", "delete", "calendar"])
def test_the_pages_behind_a_persons_link(stored, page):
    enquiry = Enquiry.objects.filter(status="confirmed", starts_at__gt=timezone.now()).first()
    with watching() as watched:
        assert Walker().client.get(reverse(f"bookings:{page}", args=[enquiry.key])).status_code == 200
        assert Walker().client.get(reverse(f"bookings:{page}", args=[enquiry.key[:8] + "x" * 32])).status_code == 404
    assert "bookings_enquiry" in watched.tables
    assert read_whole(watched) == []


def test_changing_offering_accepting_and_cancelling(stored, staff):
    harley_street = Location.objects.get(slug="harley-street")
    now = timezone.now()
    offers = free_times(harley_street, 4)
    enquiry = Enquiry.objects.filter(status="confirmed", starts_at__gt=now, location=harley_street).first()
    with watching() as watched:
        actions.change_time(enquiry, offers[0], now=now)
        actions.offer_times(enquiry, offers[1:3], user=staff, now=now)
        actions.accept_offer(enquiry, enquiry.holds.filter(kind="offered").first().pk, now=now)
        actions.cancel(enquiry, now=now)
    assert watched.tables >= {"bookings_hold", "bookings_holdcell", "bookings_event", "bookings_notice"}
    assert read_whole(watched) == []


def test_what_is_due_is_found_among_all_that_was_ever_sent(stored, mailoutbox):
    now = timezone.now()
    waiting = Enquiry.objects.filter(status="new").exclude(email="").order_by("pk")[:3]
    Notice.objects.filter(event__enquiry__in=waiting).update(status="pending", sent_at=None)
    with watching() as watched:
        claimed = [outbox.claim_next(now) for _ in range(4)]
        assert [outbox.send(each, now) for each in claimed[:3]] == ["sent"] * 3
        assert claimed[3] is None
        Notice.objects.trouble()
        actions.erase_due(now)
    assert HoldCell.objects.count() > 1000
    assert read_whole(watched) == []


@pytest.mark.parametrize(
    ("params", "index"),
    [
        ({"contact": "text"}, "enquiry_by_contact_by"),
        ({"outcome": "referred_on"}, "enquiry_by_outcome"),
        ({"source": "phone"}, "enquiry_by_source"),
        ({"asked": "today"}, "enquiry_by_created_at"),
        ({"place": "any"}, "location_id"),
        ({"whose": "mine"}, "assigned_to_id"),
    ],
)
def test_a_filter_of_everything_reads_what_it_finds(stored, changelist, params, index):
    """Also the count. What few have: of what many have, fifty are soon found among the newest."""
    everything = changelist(state="all", **params).queryset
    plan = plan_of(everything[:50])
    assert index in plan, plan
    assert not sorts(plan), plan
    counted = plan_of(everything.order_by().values("pk")[:1001])  # in an empty table any index will do
    assert not reads_whole_table(counted, "bookings_enquiry"), counted


def test_who_wants_an_earlier_time_is_not_looked_for_among_all_confirmed(stored, changelist):
    assert "enquiry_wants_earlier" in plan_of(changelist(state="earlier").queryset[:50])


def test_a_day_is_read_by_an_index_however_many_holds_there_are(stored):
    """Without the place, which the index begins with, every hold there ever was would be read."""
    now = timezone.now()
    held = Hold.objects.anywhere().filter(starts_at__gte=now, starts_at__lt=now + timedelta(days=1))
    plan = plan_of(held)
    assert "hold_by_place_and_time" in plan, plan
