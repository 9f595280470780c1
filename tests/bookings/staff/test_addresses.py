"""A time at a place whose address the site does not have yet: whoever is at the desk sees it, and where to enter it."""

import pytest
from django.utils import timezone

from bookings import actions
from bookings.domain.status import InvalidTransition
from bookings.models import Enquiry, Notice
from services.models import Edition, Location, Person
from tests.bookings.desk import at, buttons, free_times, page, said, waiting_for, words

ADDRESS = "1 Any Street"


@pytest.fixture
def offered(harley_street, online, staff):
    """Two times at a place without an address, and one online."""
    times = [*free_times(harley_street, 2), *free_times(online, 1)]
    return actions.offer_times(waiting_for(times[0]), times, user=staff, now=timezone.now())


@pytest.fixture
def doctor(db):
    return Person.objects.create(name="Dr Example", slug="dr-example", is_practitioner=True)


def hold_at(enquiry, place):
    return enquiry.holds.filter(location=place).first()


def next_words(desk, enquiry):
    return words(page(desk.get(at("change", enquiry.pk))).select_one(".request-next h2"))


def test_offering_says_which_place_has_no_address_and_where_it_is_entered(desk, harley_street, online):
    enquiry = waiting_for(free_times(online)[0])
    sentence = (
        "The site has no address yet for Harley Street. Whoever takes a time there is told that it follows, and you are asked for it then. "
        "Who edits the pages can enter it before, under Locations."
    )
    assert sentence in words(page(desk.get(at("offer", enquiry.pk))))
    Location.objects.update(address=ADDRESS)
    assert "no address" not in words(page(desk.get(at("offer", enquiry.pk))))


def test_who_takes_a_time_by_phone_is_told_where_to_come_with_whom_and_in_our_words(desk, offered, harley_street, doctor):
    hold = hold_at(offered, harley_street)
    missing = desk.post(at("accept", offered.pk), {"hold": hold.pk, "paragraph": "The bell is on the left."})
    assert "Enter the address of Harley Street" in words(page(missing).select_one("#id_address_error"))
    assert words(page(missing).select_one("#id_paragraph")) == "The bell is on the left."
    asked = {"hold": hold.pk, "address": ADDRESS, "person": doctor.pk, "paragraph": "The bell is on the left."}
    assert said(desk.post(at("accept", offered.pk), asked, follow=True)) == ["The time is confirmed. The other times are free again."]
    offered.refresh_from_db()
    assert (offered.status, offered.location.address, offered.holds.get().person) == ("confirmed", ADDRESS, doctor)
    assert Notice.objects.get(kind="confirmed").paragraph == "The bell is on the left."


def test_who_takes_a_time_online_needs_no_address_and_none_is_kept(desk, offered, online):
    desk.post(at("accept", offered.pk), {"hold": hold_at(offered, online).pk, "address": ADDRESS})
    offered.refresh_from_db()
    assert (offered.status, online.name, Location.objects.exclude(address="").count()) == ("confirmed", offered.location.name, 0)


def test_a_practitioner_who_is_busy_or_elsewhere_is_refused_in_a_sentence(desk, offered, harley_street, online, doctor, staff):
    doctor.places.add(online)
    taken = {"hold": hold_at(offered, harley_street).pk, "address": ADDRESS, "person": doctor.pk}
    elsewhere = desk.post(at("accept", offered.pk), taken)
    assert "Dr Example does not see clients at Harley Street." in words(page(elsewhere).select_one("#id_person_error"))
    doctor.places.clear()
    hold = offered.holds.filter(location=harley_street).last()
    taken["hold"] = hold.pk
    other = next(offer for offer in free_times(online, 60) if offer.starts_at == hold.starts_at)
    actions.confirm(waiting_for(other, email="b@example.org"), user=staff, now=timezone.now(), person=doctor)
    busy = desk.post(at("accept", offered.pk), taken)
    assert (busy.status_code, said(busy)) == (
        409,
        ["This practitioner has another consultation at that time. Choose somebody else, or leave it open for now."],
    )
    assert Enquiry.objects.get(pk=offered.pk).status == "proposed"


def test_who_took_one_through_their_link_gets_the_address_once_somebody_knows_it(desk, offered, harley_street):
    taken = actions.accept_offer(offered, hold_at(offered, harley_street).pk, now=timezone.now())
    assert next_words(desk, taken) == "Confirmed. Still missing: the address of Harley Street and who sees them."
    assert buttons(desk.get(at("change", taken.pk)))[0] == "Send the address"
    assert "Enter the address" in words(page(desk.post(at("address", taken.pk), {})).select_one("#id_address_error"))
    draft = desk.post(at("address_draft", taken.pk), {"address": ADDRESS})
    assert (ADDRESS in draft.content.decode(), Location.objects.exclude(address="").exists()) == (True, False)
    done = desk.post(at("address", taken.pk), {"address": ADDRESS}, follow=True)
    assert said(done) == ["The confirmation goes out again, with the address."]
    assert Location.objects.get(pk=harley_street.pk).address == ADDRESS
    assert Notice.objects.filter(kind="confirmed", status="pending").count() == 2
    assert "Send the address" not in buttons(done)


def test_an_address_is_sent_for_an_appointment_alone(staff, offered):
    with pytest.raises(InvalidTransition):
        actions.send_address(offered, address=ADDRESS, user=staff, now=timezone.now())


# An address typed for one person is published for all


@pytest.mark.parametrize("step", ["confirm", "accept", "book", "address"])
def test_where_an_address_is_asked_for_it_is_said_who_sees_it(desk, offered, harley_street, staff, step):
    enquiry = waiting_for(free_times(harley_street, 5)[4], email="b@example.org") if step == "confirm" else offered
    if step == "address":
        enquiry = actions.accept_offer(offered, hold_at(offered, harley_street).pk, now=timezone.now())
    form = page(desk.get(at(step, enquiry.pk)))
    assert "Everyone sees it, on the page of the place and in search engines" in words(form.select_one("#id_address_helptext"))
    assert "Only people with a confirmed appointment see it" in words(form.select_one("#id_getting_in_helptext"))


def test_with_a_caller_the_address_is_asked_for_with_the_same_words(desk, harley_street):
    form = page(desk.get(at("add")))
    assert "Everyone sees it, on the page of the place and in search engines" in words(form.select_one("#id_address_helptext"))
    assert "Only people with a confirmed appointment see it" in words(form.select_one("#id_getting_in_helptext"))


def test_an_address_typed_at_the_desk_is_on_the_public_page_at_once_and_how_to_get_in_never(desk, client, offered, harley_street):
    url = harley_street.get_absolute_url()
    assert "We tell you the address when we confirm your time." in words(page(client.get(url)))
    mark, saved = Edition.current(), harley_street.updated_at
    asked = {"hold": hold_at(offered, harley_street).pk, "address": ADDRESS, "getting_in": "Bell 2, first floor"}
    desk.post(at("accept", offered.pk), asked)
    place = Location.objects.get(pk=harley_street.pk)
    assert (place.address, place.getting_in) == (ADDRESS, "Bell 2, first floor")
    assert (Edition.current() != mark, place.updated_at > saved) == (True, True)
    public = client.get(url).content.decode()
    assert (ADDRESS in public, f'"streetAddress":"{ADDRESS}"' in public, "Bell 2" in public) == (True, True, False)
    offered.refresh_from_db()
    assert "How to get in Bell 2, first floor" in words(page(client.get(offered.get_absolute_url())))
    assert "Bell 2, first floor" in words(page(desk.get(at("change", offered.pk))))


def test_an_address_and_a_way_in_that_are_there_are_not_written_over(harley_street, staff, offered):
    Location.objects.filter(pk=harley_street.pk).update(address="2 Other Street", getting_in="Ring twice.")
    actions.accept_offer(offered, hold_at(offered, harley_street).pk, user=staff, now=timezone.now(), address=ADDRESS, getting_in="Bell 2")
    place = Location.objects.get(pk=harley_street.pk)
    assert (place.address, place.getting_in) == ("2 Other Street", "Ring twice.")


@pytest.mark.parametrize("state", ["offered", "cancelled"])
def test_how_to_get_in_is_for_those_with_an_appointment_alone(client, offered, harley_street, state):
    Location.objects.filter(pk=harley_street.pk).update(address=ADDRESS, getting_in="Bell 2")
    if state == "cancelled":
        actions.cancel(actions.accept_offer(offered, hold_at(offered, harley_street).pk, now=timezone.now()), now=timezone.now())
    assert "Bell 2" not in client.get(offered.get_absolute_url()).content.decode()
