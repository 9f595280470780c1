"""After a request has ended one link begins a new one; and while it goes on, one may ask for an earlier time."""

import pytest
from django.utils import timezone

from bookings import actions
from bookings.domain.status import InvalidTransition
from bookings.models import Enquiry
from tests.bookings.factories import request
from tests.bookings.walker import Walker, page, words

PERSON = {"name": "Sam", "phone": "+447700900982", "phone_typed": "07700 900982", "message": "A lift, please", "contact_by": "call"}


@pytest.fixture
def enquiry(harley_street, thursday_ten, now):
    return request(harley_street, thursday_ten, now=now, best_time="evening", message_safety="unnamed", **PERSON)


def url(enquiry, verb):
    return f"{enquiry.get_absolute_url()}{verb}/"


@pytest.mark.parametrize("ended", ["cancelled", "declined", "missed"])
def test_a_new_request_with_the_answers_filled_in(client, enquiry, staff, now, ended):
    if ended == "cancelled":
        actions.cancel(enquiry, now=now)
    elif ended == "missed":
        actions.confirm(enquiry, user=staff, now=now)
        actions.mark_did_not_attend(enquiry, user=staff, now=enquiry.starts_at)
    else:
        actions.decline(enquiry, reason="no_capacity", user=staff, now=now)
    assert "You’re welcome to come back" in words(client.get(enquiry.get_absolute_url()))
    walker = Walker()
    assert walker.client.post(url(enquiry, "again"))["Location"] == "/book/where/"
    assert page(walker.get("where/")).select_one("input[checked]")["value"] == "harley-street"
    walker.where()
    assert walker.when()["Location"] == "/book/check/"
    summary = words(walker.get("check/"))
    for said in ("Sam", "sam@example.org", "07700 900982", "without saying who you are", "evening", "A lift, please"):
        assert said in summary
    walker.opened_seconds_ago(60)
    assert walker.send().status_code == 303
    new = Enquiry.objects.exclude(pk=enquiry.pk).get()
    assert (new.name, new.phone, new.phone_typed, new.best_time) == ("Sam", "+447700900982", "07700 900982", "evening")
    assert (new.status, new.came_back_from) == ("new", enquiry)


def come_back(enquiry, now):
    """As far as the last page."""
    actions.cancel(enquiry, now=now)
    walker = Walker()
    walker.client.post(url(enquiry, "again"))
    walker.where()
    walker.when()
    walker.opened_seconds_ago(60)
    return walker


def test_the_link_to_the_old_request_is_not_taken_from_what_a_form_says(enquiry, now, harley_street):
    walker = Walker().to_check()
    for step in ("where/", "when/", "you/", "check/"):
        walker.post(step, came_back_from=enquiry.pk, came_back_from_id=enquiry.pk)
    walker.to_check().send(came_back_from=enquiry.pk, came_back_from_id=enquiry.pk)
    assert Enquiry.objects.exclude(pk=enquiry.pk).get().came_back_from is None


def test_nothing_leads_to_a_request_that_was_deleted_meanwhile(enquiry, now, staff):
    walker = come_back(enquiry, now)
    actions.erase_now(enquiry, user=staff, now=now)
    assert walker.send().status_code == 303
    assert Enquiry.objects.exclude(pk=enquiry.pk).get().came_back_from is None


def test_deleting_the_old_one_lets_go_of_the_new(enquiry, now, staff):
    come_back(enquiry, now).send()
    new = Enquiry.objects.get(came_back_from=enquiry)
    actions.erase_now(enquiry, user=staff, now=now)
    new.refresh_from_db()
    assert (new.came_back_from, new.name) == (None, "Sam")


def test_a_booking_begun_afresh_comes_back_from_nothing(enquiry, now):
    walker = come_back(enquiry, now)
    walker.post("clear/")
    walker.to_check().send()
    assert Enquiry.objects.exclude(pk=enquiry.pk).get().came_back_from is None


def test_nothing_begins_while_a_request_goes_on_or_by_opening_a_link(client, enquiry):
    assert client.post(url(enquiry, "again"))["Location"] == enquiry.get_absolute_url()
    assert client.get(url(enquiry, "again")).status_code == 405
    assert client.post("/request/never/again/").status_code == 404


def test_an_earlier_time_is_asked_for_and_no_longer(client, next_time):
    enquiry = request(next_time.location, next_time.starts_at, now=timezone.now())
    for wants, offered in (("yes", "I no longer want an earlier time"), ("no", "Tell me if an earlier time comes up")):
        assert client.post(url(enquiry, "earlier"), {"wants": wants}).status_code == 303
        enquiry.refresh_from_db()
        assert enquiry.wants_earlier is (wants == "yes")
        assert offered in words(client.get(enquiry.get_absolute_url()))
    assert [event.note for event in enquiry.events.all()] == ["", "Wants an earlier time", "No longer wants an earlier time"]


def test_asking_twice_is_asking_once(enquiry, now):
    for _ in range(2):
        actions.want_earlier(enquiry, True, now=now)
    assert enquiry.events.count() == 2


def test_what_is_over_wants_nothing_earlier(client, enquiry, now):
    actions.cancel(enquiry, now=now)
    with pytest.raises(InvalidTransition):
        actions.want_earlier(enquiry, True, now=now)
    assert client.post(url(enquiry, "earlier"), {"wants": "yes"}).status_code == 303
    assert client.get(url(enquiry, "earlier")).status_code == 405
