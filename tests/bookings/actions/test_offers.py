"""Other times: what is offered is held, what is taken is confirmed, and whatever fails leaves everything as it was."""

from datetime import timedelta

import pytest

from bookings import actions
from bookings.domain.policy import OFFERS_HELD_FOR
from bookings.models import Enquiry, Event, Hold, HoldCell, Notice
from bookings.notifications import outbox
from bookings.notifications.rendering import render_notification
from bookings.queries.slots import Slot, slot_finder_for
from services.clinic.clinic import Clinic
from services.models import Closure, Person
from tests.bookings.actions.test_transitions import everything
from tests.bookings.factories import request
from tests.bookings.queries.test_integrity import check


@pytest.fixture
def enquiry(harley_street, thursday_ten, now):
    return request(harley_street, thursday_ten, now=now)


@pytest.fixture
def confirmed(enquiry, staff, now):
    return actions.confirm(enquiry, user=staff, now=now)


@pytest.fixture
def days(harley_street, thursday_ten):
    """Ten o'clock, so many days after that Thursday."""
    return lambda number, place=harley_street: Slot(thursday_ten + timedelta(days=number), place)


@pytest.fixture
def doctor(db):
    return Person.objects.create(name="Dr A", slug="dr-a", is_practitioner=True)


def kinds():
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def newest():
    return Notice.objects.order_by("pk").last()


def send_all(now):
    while claimed := outbox.claim_next(now):
        outbox.send(claimed, now)


def held(enquiry):
    return [(hold.kind, hold.starts_at) for hold in enquiry.holds.order_by("starts_at")]


# Offering


def test_each_time_offered_is_held_until_answered(enquiry, days, staff, now):
    offered = actions.offer_times(enquiry, [days(3), days(1), days(2)], user=staff, now=now, paragraph="Dr B is away.")
    assert offered.status == "proposed"
    assert held(enquiry) == [("offered", days(n).starts_at) for n in (1, 2, 3)]
    assert set(enquiry.holds.values_list("expires_at", flat=True)) == {now + OFFERS_HELD_FOR}
    assert HoldCell.objects.count() == 30
    assert (kinds(), newest().paragraph) == (["received", "offered"], "Dr B is away.")
    assert offered.first_reply_at == now
    for each in (days(1), days(2), days(3)):
        assert not slot_finder_for(each, now).has_room(each)


def test_they_are_held_no_longer_than_until_the_first_begins(enquiry, days, staff, thursday_ten):
    late = thursday_ten - timedelta(hours=30)
    actions.offer_times(enquiry, [days(0), days(5)], user=staff, now=late)
    assert set(enquiry.holds.values_list("expires_at", flat=True)) == {thursday_ten}


def test_the_time_asked_for_is_free_for_others_unless_it_is_on_offer(enquiry, days, staff, now, harley_street, thursday_ten):
    actions.offer_times(enquiry, [days(1)], user=staff, now=now)
    assert request(harley_street, thursday_ten, now=now, email="other@example.org").holds.exists()


def test_the_time_asked_for_may_be_one_of_them(enquiry, days, staff, now, thursday_ten):
    actions.offer_times(enquiry, [days(0), days(1)], user=staff, now=now)
    assert held(enquiry) == [("offered", thursday_ten), ("offered", days(1).starts_at)]


def test_one_that_overlaps_the_time_asked_for(enquiry, harley_street, thursday_ten, staff, now):
    half_past = Slot(thursday_ten + timedelta(minutes=30), harley_street)
    actions.offer_times(enquiry, [half_past], user=staff, now=now)
    assert held(enquiry) == [("offered", half_past.starts_at)]


def test_a_confirmed_time_stays_theirs_until_another_is_picked(confirmed, days, staff, now, thursday_ten):
    actions.offer_times(confirmed, [days(1)], user=staff, now=now)
    assert held(confirmed) == [("confirmed", thursday_ten), ("offered", days(1).starts_at)]


def test_one_that_overlaps_the_confirmed_time_is_not_called_somebody_elses(confirmed, days, staff, now, harley_street, thursday_ten):
    """Where one consultation runs at once; where two do, it can be offered."""
    half_past = Slot(thursday_ten + timedelta(minutes=30), harley_street)
    before = everything()
    with pytest.raises(actions.Overlap):
        actions.offer_times(confirmed, [days(1), half_past], user=staff, now=now)
    assert everything() == before
    harley_street.consultation_hours.update(at_once=2)
    actions.offer_times(confirmed, [days(1), half_past], user=staff, now=now)
    assert held(confirmed) == [("confirmed", thursday_ten), ("offered", half_past.starts_at), ("offered", days(1).starts_at)]


def test_nor_are_two_that_overlap_each_other(enquiry, days, staff, now, harley_street):
    before = everything()
    with pytest.raises(actions.Overlap):
        actions.offer_times(enquiry, [days(1), Slot(days(1).starts_at + timedelta(minutes=30), harley_street)], user=staff, now=now)
    assert everything() == before


@pytest.mark.parametrize("number", [0, 4])
def test_one_to_three_times_can_be_offered(enquiry, days, staff, now, number):
    before = everything()
    with pytest.raises(ValueError, match=r"^Between one and 3 times"):
        actions.offer_times(enquiry, [days(n) for n in range(number)], user=staff, now=now)
    assert everything() == before


def test_the_same_time_twice_is_one(enquiry, days, staff, now):
    actions.offer_times(enquiry, [days(1), days(1)], user=staff, now=now)
    assert enquiry.holds.count() == 1


@pytest.mark.parametrize("trouble", ["taken", "closed", "begun"])
def test_one_time_that_cannot_be_had_and_nothing_is_offered(enquiry, days, staff, now, harley_street, trouble):
    problem = actions.SlotWithdrawn
    if trouble == "taken":
        request(harley_street, days(2).starts_at, now=now, email="other@example.org")
        problem = actions.SlotTaken
    elif trouble == "closed":
        Closure.objects.create(reason="Works", first_day=days(2).starts_at.date(), last_day=days(2).starts_at.date())
    before = everything()
    with pytest.raises(problem):
        actions.offer_times(enquiry, [days(1), days(-10 if trouble == "begun" else 2)], user=staff, now=now)
    assert everything() == before


def test_after_72_hours_they_count_as_free_and_whoever_claims_clears_them(enquiry, days, staff, now, harley_street):
    actions.offer_times(enquiry, [days(10), days(13)], user=staff, now=now)
    almost, over = now + OFFERS_HELD_FOR - timedelta(seconds=1), now + OFFERS_HELD_FOR
    with pytest.raises(actions.SlotTaken):
        request(harley_street, days(10).starts_at, now=almost, email="other@example.org")
    other = request(harley_street, days(10).starts_at, now=over, email="other@example.org")
    assert other.holds.exists()
    assert held(enquiry) == [("offered", days(13).starts_at)]  # nobody wanted that one: it is cleared by the clock
    assert HoldCell.objects.count() == 20
    assert check()[-1] == "2 holds, all whole."


# The person picks one


def offered(enquiry, offers, staff, now):
    actions.offer_times(enquiry, offers, user=staff, now=now)
    return [enquiry.holds.get(location=offer.location, starts_at=offer.starts_at) for offer in offers]


def test_the_one_picked_is_confirmed_and_the_others_are_freed(enquiry, days, staff, now, settings):
    settings.STAFF_EMAIL = "reception@clinic.test"
    _, second, _ = offered(enquiry, [days(1), days(2), days(3)], staff, now)
    taken = actions.accept_offer(enquiry, second.pk, now=now)
    assert (taken.status, taken.starts_at) == ("confirmed", days(2).starts_at)
    assert held(enquiry) == [("confirmed", days(2).starts_at)]
    assert enquiry.holds.get().expires_at is None
    assert HoldCell.objects.count() == 10
    assert kinds() == ["received", "offered", "confirmed", "staff_replied"]
    event = enquiry.events.last()
    assert (event.actor, event.from_status, event.to_status) == ("client", "proposed", "confirmed")


def test_staff_may_pick_for_someone_who_calls(enquiry, days, staff, now, settings):
    settings.STAFF_EMAIL = "reception@clinic.test"
    (hold,) = offered(enquiry, [days(1)], staff, now)
    actions.accept_offer(enquiry, hold.pk, now=now, user=staff)
    assert kinds()[-1] == "confirmed"  # and no message to themselves
    assert (enquiry.events.last().actor, enquiry.events.last().user) == ("staff", staff)


def test_another_place_comes_with_its_time_and_without_the_video_link(online, harley_street, thursday_ten, days, staff, now):
    enquiry = actions.confirm(request(online, thursday_ten, now=now), user=staff, now=now, video_link="https://video.example.org/x")
    (hold,) = offered(enquiry, [days(1)], staff, now)
    taken = actions.accept_offer(enquiry, hold.pk, now=now)
    assert (taken.location, taken.video_link) == (harley_street, "")


def test_parts_of_the_week_are_forgotten_once_there_is_a_time(days, staff, now):
    enquiry = request(now=now, preferred_times=["weekends"])
    (hold,) = offered(enquiry, [days(1)], staff, now)
    assert actions.accept_offer(enquiry, hold.pk, now=now).preferred_times == []


def test_the_confirmed_time_goes_when_another_is_picked(confirmed, days, staff, now):
    (hold,) = offered(confirmed, [days(1)], staff, now)
    actions.accept_offer(confirmed, hold.pk, now=now)
    assert held(confirmed) == [("confirmed", days(1).starts_at)]


def test_a_time_of_somebody_else_or_of_nobody_cannot_be_picked(enquiry, days, staff, now):
    other = request(now=now, email="other@example.org")
    (theirs,) = offered(other, [days(2)], staff, now)
    offered(enquiry, [days(1)], staff, now)
    before = everything()
    for pk in (theirs.pk, 0, 10**9):
        with pytest.raises(actions.SlotWithdrawn):
            actions.accept_offer(enquiry, pk, now=now)
    assert everything() == before


def test_the_confirmed_time_is_not_one_of_those_on_offer(confirmed, days, staff, now):
    own = confirmed.holds.get()
    offered(confirmed, [days(1)], staff, now)
    with pytest.raises(actions.SlotWithdrawn):
        actions.accept_offer(confirmed, own.pk, now=now)


@pytest.mark.parametrize("trouble", ["lapsed", "closed", "not whole"])
def test_a_time_that_is_lost_is_refused_and_nothing_changes(confirmed, days, staff, now, trouble):
    hold, _ = offered(confirmed, [days(9), days(10)], staff, now)
    problem = actions.SlotWithdrawn
    if trouble == "lapsed":
        now += OFFERS_HELD_FOR
    elif trouble == "closed":
        Closure.objects.create(reason="Works", first_day=days(9).starts_at.date(), last_day=days(9).starts_at.date())
    else:
        hold.cells.first().delete()
        problem = actions.SlotTaken
    before = everything()
    with pytest.raises(problem):
        actions.accept_offer(confirmed, hold.pk, now=now)
    assert everything() == before


def test_until_the_last_moment_it_can_be_picked(enquiry, days, staff, now):
    (hold,) = offered(enquiry, [days(9)], staff, now)
    last = now + OFFERS_HELD_FOR - timedelta(microseconds=1)
    assert actions.accept_offer(enquiry, hold.pk, now=last).status == "confirmed"


# None of these


def test_none_of_these_is_our_turn_again_from_now(enquiry, days, staff, now, settings):
    settings.STAFF_EMAIL = "reception@clinic.test"
    offered(enquiry, [days(1)], staff, now)
    later = now + timedelta(hours=20)
    answered = actions.refuse_offers(enquiry, now=later, preferred=["weekends"])
    assert (answered.status, answered.waiting_since, answered.starts_at) == ("new", later, None)
    assert answered.preferred_times == ["weekends"]
    assert (answered.created_at, answered.first_reply_at) == (now, now)
    assert not Hold.objects.exists()
    assert kinds()[-1] == "staff_replied"


def test_none_of_these_keeps_a_confirmed_time(confirmed, days, staff, now, thursday_ten):
    offered(confirmed, [days(1)], staff, now)
    answered = actions.refuse_offers(confirmed, now=now)
    assert (answered.status, answered.starts_at) == ("confirmed", thursday_ten)
    assert held(confirmed) == [("confirmed", thursday_ten)]
    assert answered.waiting_since == now


def test_none_of_these_after_a_confirmation_that_never_went_out_owes_it_anew(confirmed, days, staff, now, mailoutbox):
    """It waited while times were on offer, was not true then, and was dropped: what it says holds again, with what staff had added."""
    confirmation = newest()
    Notice.objects.filter(pk=confirmation.pk).update(paragraph="Ring the upper bell.")
    offered(confirmed, [days(1)], staff, now)
    send_all(now)
    assert Notice.objects.get(pk=confirmation.pk).status == "dropped"
    mailoutbox.clear()
    actions.refuse_offers(confirmed, now=now)
    send_all(now)
    (message,) = mailoutbox
    assert message.subject.startswith("Your appointment is confirmed")
    assert "Ring the upper bell." in message.body
    assert any(name == "appointment.ics" for name, *_ in message.attachments)


def test_nor_is_it_sent_twice(confirmed, days, staff, now, mailoutbox):
    """Neither after it has gone, nor while it waits still."""
    offered(confirmed, [days(1)], staff, now)
    actions.refuse_offers(confirmed, now=now)
    send_all(now)
    offered(confirmed, [days(2)], staff, now)
    actions.refuse_offers(confirmed, now=now)
    send_all(now)
    assert [message.subject.partition(":")[0] for message in mailoutbox].count("Your appointment is confirmed") == 1


def test_who_is_told_by_phone_hears_of_the_appointment_they_keep(harley_street, thursday_ten, days, staff, now):
    caller = request(harley_street, thursday_ten, now=now, email="", phone="+447700900982", contact_by="call")
    actions.confirm(caller, user=staff, now=now)
    offered(caller, [days(1)], staff, now)
    actions.refuse_offers(caller, user=staff, now=now)
    assert list(Notice.objects.to_tell().values_list("kind", flat=True)) == ["confirmed"]


def test_none_of_these_also_of_what_has_lapsed(enquiry, days, staff, now):
    offered(enquiry, [days(9)], staff, now)
    assert actions.refuse_offers(enquiry, now=now + 2 * OFFERS_HELD_FOR).status == "new"


# The clinic cancels


def test_the_clinic_cancels_with_an_apology(confirmed, staff, now):
    cancelled = actions.cancel_by_clinic(confirmed, user=staff, now=now, paragraph="Dr B is ill.")
    assert cancelled.status == "cancelled_clinic"
    assert not HoldCell.objects.exists()
    assert (kinds()[-1], newest().paragraph) == ("cancelled_clinic", "Dr B is ill.")


def test_other_times_come_in_the_same_message(confirmed, days, staff, now):
    proposed = actions.cancel_by_clinic(confirmed, user=staff, now=now, offers=[days(1), days(2)])
    assert proposed.status == "proposed"
    assert held(confirmed) == [("offered", days(1).starts_at), ("offered", days(2).starts_at)]
    assert kinds() == ["received", "confirmed", "cancelled_clinic"]
    assert newest().is_true
    moves = [(event.from_status, event.to_status) for event in confirmed.events.all()]
    assert moves[-2:] == [("confirmed", "cancelled_clinic"), ("cancelled_clinic", "proposed")]


def test_none_of_these_after_that_is_a_request_without_a_time(confirmed, days, staff, now):
    actions.cancel_by_clinic(confirmed, user=staff, now=now, offers=[days(1)])
    answered = actions.refuse_offers(confirmed, now=now)
    assert (answered.status, answered.starts_at) == ("new", None)


def test_a_time_that_is_taken_cancels_nothing(confirmed, days, staff, now, harley_street):
    request(harley_street, days(1).starts_at, now=now, email="other@example.org")
    before = everything()
    with pytest.raises(actions.SlotTaken):
        actions.cancel_by_clinic(confirmed, user=staff, now=now, offers=[days(1)])
    assert everything() == before


# A time agreed on


def test_a_time_agreed_on_the_phone_is_confirmed_at_once(enquiry, days, staff, now):
    done = actions.confirm(enquiry, offer=days(1), user=staff, now=now, paragraph="As we said.")
    assert (done.status, done.starts_at) == ("confirmed", days(1).starts_at)
    assert held(enquiry) == [("confirmed", days(1).starts_at)]
    assert (kinds(), newest().paragraph) == (["received", "confirmed"], "As we said.")


@pytest.mark.parametrize("state", ["new", "confirmed", "proposed"])
def test_a_time_that_overlaps_what_they_held_themselves(enquiry, harley_street, thursday_ten, days, staff, now, state):
    """Ten becomes half past ten where one consultation runs at once."""
    if state != "new":
        actions.confirm(enquiry, user=staff, now=now)
    if state == "proposed":
        actions.offer_times(enquiry, [Slot(thursday_ten + timedelta(hours=1), harley_street)], user=staff, now=now)
    half_past = Slot(thursday_ten + timedelta(minutes=30), harley_street)
    actions.confirm(enquiry, offer=half_past, user=staff, now=now)
    assert held(enquiry) == [("confirmed", half_past.starts_at)]
    assert check() == ["1 holds, all whole."]


def test_one_of_the_times_on_offer_is_agreed_on(enquiry, days, staff, now):
    offered(enquiry, [days(1), days(2)], staff, now)
    actions.confirm(enquiry, offer=days(2), user=staff, now=now)
    assert held(enquiry) == [("confirmed", days(2).starts_at)]


def test_one_whose_offer_has_lapsed_is_claimed_anew(enquiry, days, staff, now):
    offered(enquiry, [days(9)], staff, now)
    actions.confirm(enquiry, offer=days(9), user=staff, now=now + OFFERS_HELD_FOR)
    assert held(enquiry) == [("confirmed", days(9).starts_at)]
    assert check() == ["1 holds, all whole."]


def test_a_lapsed_offer_that_someone_else_has_now_is_taken(enquiry, days, staff, now, harley_street):
    offered(enquiry, [days(9)], staff, now)
    later = now + OFFERS_HELD_FOR
    request(harley_street, days(9).starts_at, now=later, email="other@example.org")
    before = everything()
    with pytest.raises(actions.SlotTaken):
        actions.confirm(enquiry, offer=days(9), user=staff, now=later)
    assert everything() == before


def test_someone_who_was_not_there_gets_a_new_time(confirmed, days, staff, thursday_ten):
    later = thursday_ten + timedelta(hours=2)
    actions.mark_did_not_attend(confirmed, user=staff, now=later, tell=True)
    assert kinds()[-1] == "missed"
    again = actions.confirm(confirmed, offer=days(7), user=staff, now=later)
    assert (again.status, held(again)) == ("confirmed", [("confirmed", days(7).starts_at)])


def test_the_waiting_list_frees_the_time_and_says_so(enquiry, staff, now, days):
    waiting = actions.waitlist(enquiry, user=staff, now=now, paragraph="In about two weeks.")
    assert (waiting.status, waiting.first_reply_at) == ("waitlisted", now)
    assert not Hold.objects.exists()
    assert (kinds()[-1], newest().paragraph) == ("waitlisted", "In about two weeks.")
    actions.offer_times(waiting, [days(1)], user=staff, now=now)
    assert kinds()[-1] == "offered"


# The practitioner


def test_a_practitioner_comes_with_the_confirmation(enquiry, staff, now, doctor):
    done = actions.confirm(enquiry, user=staff, now=now, person=doctor)
    assert done.holds.get().person == doctor
    assert set(HoldCell.objects.values_list("person", flat=True)) == {doctor.pk}


@pytest.mark.parametrize("minutes", [0, 30, -45])
def test_nobody_has_two_consultations_at_once(enquiry, online, thursday_ten, staff, now, doctor, minutes):
    """Also at another place, also if they only overlap: the database refuses."""
    online.consultation_hours.update(every=15)
    actions.confirm(enquiry, user=staff, now=now, person=doctor)
    other = request(online, thursday_ten + timedelta(minutes=minutes), now=now, email="other@example.org")
    before = everything()
    with pytest.raises(actions.PersonTaken):
        actions.confirm(other, user=staff, now=now, person=doctor)
    assert everything() == before
    actions.confirm(other, user=staff, now=now)
    before = everything()
    with pytest.raises(actions.PersonTaken):
        actions.assign_person(other, doctor, user=staff, now=now)
    assert everything() == before


def test_assigned_and_taken_out_again(confirmed, staff, now, doctor):
    for person in (doctor, doctor, None):
        actions.assign_person(confirmed, person, user=staff, now=now)
        assert confirmed.holds.get().person == person
        assert set(HoldCell.objects.values_list("person", flat=True)) == {person and person.pk}
    assert [event.note for event in confirmed.events.all()][-2:] == ["Practitioner assigned", "No practitioner assigned"]


def test_without_an_appointment_nobody_is_assigned(enquiry, staff, now, doctor):
    with pytest.raises(actions.NoSlotChosen):
        actions.assign_person(enquiry, doctor, user=staff, now=now)


def moved_by(how, enquiry, offer, staff, now):
    if how == "the person changes it":
        return actions.change_time(enquiry, offer, now=now)
    if how == "staff move it":
        return actions.confirm(enquiry, offer=offer, user=staff, now=now)
    (hold,) = offered(enquiry, [offer], staff, now)
    if how == "the person takes another":
        return actions.accept_offer(enquiry, hold.pk, now=now)
    return actions.confirm(enquiry, offer=offer, user=staff, now=now)


WAYS = ["the person changes it", "staff move it", "the person takes another", "staff take one on offer"]


@pytest.mark.parametrize("how", WAYS)
def test_a_practitioner_stays_on_a_move_if_free(confirmed, days, staff, now, doctor, how):
    actions.assign_person(confirmed, doctor, user=staff, now=now)
    moved_by(how, confirmed, days(1), staff, now)
    assert (held(confirmed), confirmed.holds.get().person) == ([("confirmed", days(1).starts_at)], doctor)
    assert check() == ["1 holds, all whole."]


@pytest.mark.parametrize("how", WAYS)
def test_a_practitioner_who_is_not_free_is_taken_out(confirmed, days, staff, now, doctor, online, how):
    actions.assign_person(confirmed, doctor, user=staff, now=now)
    elsewhere = request(online, days(1).starts_at, now=now, email="other@example.org")
    actions.confirm(elsewhere, user=staff, now=now, person=doctor)
    moved_by(how, confirmed, days(1), staff, now)
    assert (held(confirmed), confirmed.holds.get().person) == ([("confirmed", days(1).starts_at)], None)
    assert elsewhere.holds.get().person == doctor
    assert check() == ["2 holds, all whole."]


@pytest.mark.parametrize("how", WAYS[1:])
def test_a_practitioner_does_not_follow_to_where_they_see_nobody(confirmed, days, staff, now, doctor, online, how):
    doctor.places.add(confirmed.location)
    actions.assign_person(confirmed, doctor, user=staff, now=now)
    moved_by(how, confirmed, days(1, online), staff, now)
    assert confirmed.holds.get().person is None


def test_a_practitioner_stays_when_a_move_overlaps_on_another_seat(confirmed, harley_street, thursday_ten, staff, now, doctor):
    """What they did themselves until now is not in their way."""
    harley_street.consultation_hours.update(at_once=2)
    actions.assign_person(confirmed, doctor, user=staff, now=now)
    request(harley_street, thursday_ten + timedelta(hours=1), now=now, email="other@example.org")
    own, other = Hold.objects.order_by("pk")
    assert (own.seat, other.seat) == (1, 1)
    half_past = Slot(thursday_ten + timedelta(minutes=30), harley_street)
    actions.confirm(confirmed, offer=half_past, user=staff, now=now)
    moved = confirmed.holds.get()
    assert (moved.seat, moved.person) == (2, doctor)
    assert check() == ["2 holds, all whole."]


# Keeping


def test_it_is_attended_or_missed_only_once_it_has_begun(confirmed, staff, thursday_ten):
    before = everything()
    for act in (actions.mark_attended, actions.mark_did_not_attend):
        with pytest.raises(actions.NotStarted):
            act(confirmed, user=staff, now=thursday_ten - timedelta(seconds=1))
    assert everything() == before
    assert actions.mark_attended(confirmed, user=staff, now=thursday_ten).status == "attended"
    closed = actions.close(confirmed, outcome="referred_on", user=staff, now=thursday_ten)
    assert (closed.status, closed.outcome, confirmed.events.last().note) == ("closed", "referred_on", "Referred on")


def test_who_was_not_there_is_told_only_if_staff_say_so(confirmed, staff, thursday_ten):
    actions.mark_did_not_attend(confirmed, user=staff, now=thursday_ten)
    assert kinds()[-1] == "confirmed"


def test_a_request_is_assigned_and_the_same_again_is_not_written_twice(enquiry, staff, now):
    for to in (staff, staff, None):
        actions.assign(enquiry, to, user=staff, now=now)
    assert [event.note for event in enquiry.events.all()] == ["", "Assigned to reception", "Assigned to nobody"]


def test_a_new_link_works_and_the_old_one_does_not(client, enquiry, staff, now):
    old = enquiry.get_absolute_url()
    new = actions.replace_link(enquiry, user=staff, now=now).get_absolute_url()
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_staff_erase_at_once_with_notes_messages_and_the_time(confirmed, days, staff, now):
    actions.offer_times(confirmed, [days(1)], user=staff, now=now, paragraph="Private words")
    actions.add_note(confirmed, text="A private note", user=staff, now=now)
    erased = actions.erase_now(confirmed, user=staff, now=now)
    assert (erased.status, erased.erased_at, erased.name, erased.email) == ("cancelled_client", now, "", "")
    assert not Hold.objects.exists()
    assert not erased.notes.exists()
    assert set(Notice.objects.values_list("status", "paragraph")) == {("dropped", "")}
    assert {event.actor for event in Event.objects.filter(note="Details deleted")} == {"staff"}
    before = everything()
    actions.erase_now(confirmed, user=staff, now=now)
    assert everything() == before
    assert Enquiry.objects.get().pk == confirmed.pk


def test_a_time_taken_at_a_place_without_an_address_promises_it(harley_street, thursday_ten, now, staff):
    """Staff are asked for the address when they confirm; who takes a time on offer confirms it without them."""
    enquiry = actions.offer_times(request(now=now), [Slot(thursday_ten, harley_street)], user=staff, now=now)
    actions.accept_offer(enquiry, enquiry.holds.get().pk, now=now)
    words = render_notification(Notice.objects.get(kind="confirmed"), now, Clinic(now))
    assert "We send you the address before your appointment." in words.text
    assert "We send you the address before your appointment." in words.html
