"""How often the pages of a booking ask the database. One line a query, and why it is needed; everything else is kept in memory.

In transactions of their own, as on the running site: inside one, nothing is kept.
"""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.models import ConsultationHours, Enquiry, Hold
from bookings.queries.slots import bookable_days
from services.models import Closure, Location
from tests.bookings.walker import Walker

pytestmark = pytest.mark.django_db(transaction=True)

SESSION_READ = ['SELECT "django_session"']
SESSION_SAVED = ["BEGIN", 'UPDATE "django_session"', "COMMIT"]  # only where something was sent: a page that is read writes nothing
EDITION = ["SELECT mark FROM services_edition"]  # whether layout, places, rota and closures in memory are still true
HOLDS = ['SELECT "bookings_hold"']  # what is taken on the days shown: the one thing that must be of this very moment


@pytest.fixture
def walker(harley_street, online):
    walker = Walker()
    walker.where()
    walker.get("when/")  # now the worker is warm
    return walker


STATEMENT = re.compile(r'(SELECT|INSERT|UPDATE|DELETE)(?: OR IGNORE)?(?: INTO)? (?:.*?FROM )?("\w+").*')
DETAIL = re.compile(r' (IMMEDIATE|"?s\d+_x\d+"?)$')  # how SQLite begins, and the names of savepoints


def asked(ask) -> list[str]:
    """The queries of what is done, each by its verb and its first table; without PostgreSQL's lock of the diary, which reads nothing."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    return [DETAIL.sub("", STATEMENT.sub(r"\1 \2", query["sql"])) for query in captured if "pg_advisory_xact_lock" not in query["sql"]]


@pytest.mark.parametrize("place", ["harley-street", "online", "any"])
def test_the_page_of_times_asks_two_things_besides_its_session(walker, place):
    walker.where(place)
    walker.get("when/")
    assert asked(lambda: walker.get("when/")) == [*SESSION_READ, *EDITION, *HOLDS]


def test_each_stretch_and_filter_costs_the_same(walker):
    first, _ = bookable_days(timezone.now())
    for query in ({"from": f"{first + timedelta(days=28)}"}, {"part": "evening"}, {"days": "weekend"}):
        assert asked(lambda query=query: walker.get("when/", **query)) == [*SESSION_READ, *EDITION, *HOLDS]


def test_a_fortnight_without_any_time_costs_one_query_more(walker, harley_street):
    first, _ = bookable_days(timezone.now())
    Closure.objects.create(reason="Away", location=harley_street, first_day=first, last_day=first + timedelta(days=20))
    walker.get("when/")
    assert asked(lambda: walker.get("when/")) == [
        *SESSION_READ, *EDITION, *HOLDS,
        *HOLDS,  # of all eight weeks: where is the first free time?
        *HOLDS,  # of the fortnight that has it
    ]  # fmt: skip


def test_the_page_of_places_reads_the_holds_of_all_of_them_at_once(walker):
    assert asked(lambda: walker.get("where/")) == [*SESSION_READ, *EDITION, *HOLDS]


def test_whether_there_is_any_free_time_costs_one_query(walker):
    assert asked(lambda: walker.get("when/other/")) == [*SESSION_READ, *EDITION, *HOLDS]


def test_a_save_of_staff_is_read_once_and_shown_at_once(walker):
    """The very next page has the new hours, and reads the rows anew; the one after it has them in memory."""
    before = walker.slots()
    day_after = bookable_days(timezone.now())[0] + timedelta(days=1)
    ConsultationHours.objects.get(location__slug="harley-street", weekday=day_after.weekday()).delete()
    first_again = asked(lambda: walker.get("when/"))
    assert len(first_again) > 3
    assert len(walker.slots()) == len(before) - 6
    assert asked(lambda: walker.get("when/")) == [*SESSION_READ, *EDITION, *HOLDS]


def test_what_is_taken_back_is_not_remembered(walker, harley_street):
    with transaction.atomic():
        harley_street.name = "Elsewhere"
        harley_street.save()
        assert "Elsewhere" in walker.get("where/").content.decode()
        transaction.set_rollback(True)
    assert "Elsewhere" not in walker.get("where/").content.decode()
    assert Location.objects.filter(name="Harley Street").exists()


SENT = [
    *SESSION_READ,
    'SELECT "bookings_enquiry"',  # was this very form sent before? then it leads to that request, and nothing else happens
    *EDITION,
    # How many requests came from this address within the hour: counted whether or not one is stored
    "BEGIN",
    'INSERT "bookings_hit"',  # unless there is a row
    'UPDATE "bookings_hit"',
    "COMMIT",
    # The request
    "BEGIN",
    'INSERT "bookings_hit"',  # the row of this person ...
    'UPDATE "bookings_hit"',  # ... which those who send at the same moment wait for
    'INSERT "bookings_hit"',  # and that of this network
    'UPDATE "bookings_hit"',
    'SELECT "bookings_enquiry"',  # their newest open request: is it a duplicate?
    'INSERT "bookings_enquiry"',
    'SELECT "bookings_consultationhours"',  # the claim reads the rota itself, not what a page remembered ...
    'SELECT "bookings_rotaexception"',
    'SELECT "services_bankholiday"',
    'SELECT "services_closure"',
    *HOLDS,  # ... and which seats are held
    'SELECT "bookings_enquiry"',  # what this network has sent: may it hold a time?
    'SELECT "bookings_hold"',  # how many times of the place wait for an answer
    "SAVEPOINT",
    'INSERT "bookings_hold"',
    'INSERT "bookings_holdcell"',  # the claim
    "RELEASE SAVEPOINT",
    'INSERT "bookings_searchword"',  # by what staff find it
    'INSERT "bookings_event"',
    'INSERT "bookings_notice"',  # owed to the person
    'INSERT "bookings_notice"',  # owed to reception
    "COMMIT",
    *SESSION_SAVED,  # the answers are forgotten, the request is remembered
]


@pytest.fixture
def reception(settings):
    settings.STAFF_EMAIL = "reception@clinic.test"


def test_sending_costs_the_same_whatever_is_stored(walker, harley_street, reception):
    """The first of all, and one among many: then what is held is read once more, as half of the place must be left to others."""
    walker.to_check()
    token = walker.token
    assert asked(lambda: walker.send(token)) == SENT
    for n in range(12):
        Walker(REMOTE_ADDR=f"198.51.100.{n}").to_check(email=f"{n}@example.org").send()
    walker.to_check()
    token = walker.token
    counted = SENT.index('SELECT "bookings_hold"', SENT.index("SAVEPOINT") - 1)
    assert asked(lambda: walker.send(token)) == [*SENT[:counted], *HOLDS, *SENT[counted:]]
    assert Hold.objects.count() == Enquiry.objects.count() == 14


def test_the_sixth_unanswered_request_of_a_network_takes_no_time_and_costs_less(walker, reception):
    for _ in range(5):
        walker.to_check().send()
    walker.to_check()
    token = walker.token
    claim = slice(SENT.index("SAVEPOINT") - 1, SENT.index("RELEASE SAVEPOINT") + 1)
    assert asked(lambda: walker.send(token)) == SENT[: claim.start] + SENT[claim.stop :]


def test_sending_again_stores_nothing_and_asks_once(walker):
    token = walker.to_check().token
    walker.send(token)
    assert asked(lambda: walker.send(token)) == [*SESSION_READ, 'SELECT "bookings_enquiry"', *SESSION_SAVED]
