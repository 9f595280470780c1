"""What can happen to a request, and that nothing else can."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import actions
from bookings.domain.status import InvalidTransition, Status
from bookings.models import Enquiry, Event, Hold, HoldCell, Notice
from bookings.queries.slots import Slot
from services.models import Closure, Location
from tests.bookings.factories import asked, request


def kinds():
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_a_request_holds_its_time_in_ten_cells_and_owes_one_email(harley_street, thursday_ten, now):
    enquiry = request(harley_street, thursday_ten, now=now)
    hold = enquiry.holds.get()
    assert (hold.seat, hold.starts_at, hold.kind) == (1, thursday_ten, "asked")
    assert list(hold.cells.order_by("cell").values_list("cell", flat=True)) == [thursday_ten + timedelta(minutes=5 * n) for n in range(10)]
    assert kinds() == ["received"]
    assert [(e.actor, e.from_status, e.to_status) for e in enquiry.events.all()] == [("client", "", "new")]


def test_a_taken_time_changes_nothing(harley_street, thursday_ten, now):
    request(harley_street, thursday_ten, now=now)
    with pytest.raises(actions.SlotTaken):
        request(harley_street, thursday_ten, now=now, email="other@example.org")
    assert (Enquiry.objects.count(), Hold.objects.count(), Notice.objects.count(), Event.objects.count()) == (1, 1, 1, 1)


def test_a_second_seat_can_be_claimed_and_a_third_cannot(harley_street, thursday_ten, now):
    harley_street.consultation_hours.update(at_once=2)
    seats = [request(harley_street, thursday_ten, now=now, email=f"{n}@example.org").holds.get().seat for n in range(2)]
    assert seats == [1, 2]
    with pytest.raises(actions.SlotTaken):
        request(harley_street, thursday_ten, now=now, email="late@example.org")


@pytest.mark.parametrize("minutes", [30, -120, 24 * 60 * 60])
def test_a_time_the_rota_does_not_offer_is_refused(harley_street, thursday_ten, now, minutes):
    with pytest.raises(actions.SlotWithdrawn):
        request(harley_street, thursday_ten + timedelta(minutes=minutes), now=now)
    assert not Enquiry.objects.exists()


def test_a_time_within_24_hours_is_refused(harley_street, thursday_ten):
    with pytest.raises(actions.SlotWithdrawn):
        request(harley_street, thursday_ten, now=thursday_ten - timedelta(hours=23, minutes=59))


def test_the_database_itself_refuses_two_holds_of_one_seat(harley_street, thursday_ten, now):
    first = request(harley_street, thursday_ten, now=now).holds.get()
    rival = Hold.objects.create(
        enquiry=first.enquiry, location=harley_street, seat=1, starts_at=thursday_ten, ends_at=thursday_ten + timedelta(minutes=50)
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldCell.objects.create(hold=rival, location=harley_street, seat=1, cell=thursday_ten)


def test_the_same_form_makes_one_request(harley_street, thursday_ten, now):
    submission = uuid.uuid4()
    enquiry = request(harley_street, thursday_ten, now=now, submission=submission)
    with pytest.raises(actions.AlreadySent) as again:
        request(harley_street, thursday_ten, now=now, submission=submission)
    assert again.value.enquiry == enquiry
    assert again.value.same
    assert (Enquiry.objects.count(), Notice.objects.count()) == (1, 1)


def test_the_same_form_with_other_answers_is_told_apart(harley_street, thursday_ten, now):
    submission = uuid.uuid4()
    request(harley_street, thursday_ten, now=now, submission=submission)
    with pytest.raises(actions.AlreadySent) as again:
        actions.request_consultation(asked(), submission=submission, fingerprint="other answers", now=now)
    assert not again.value.same


def test_a_reference_taken_by_chance_is_made_anew(clinic, now, monkeypatch):
    first = request(now=now)
    references = iter([first.reference, "HT-AAAAA"])
    monkeypatch.setattr(Enquiry._meta.get_field("reference"), "default", lambda: next(references))
    monkeypatch.delitem(Enquiry._meta.get_field("reference").__dict__, "_get_default", raising=False)
    assert request(now=now).reference == "HT-AAAAA"


def test_whose_address_is_typed_decides_nothing_but_what_staff_are_told(harley_street, thursday_ten, now):
    """Nobody learns from their own request whether somebody else’s address has one, and nobody’s false requests stop the real one."""
    same = [
        request(harley_street, thursday_ten + n * timedelta(days=1), now=now, email=("sam@x.org", "SAM@x.org")[n % 2]) for n in range(8)
    ]
    assert [one.holds.count() for one in same] == [1] * 8
    assert [one.possible_duplicate_of for one in same] == [None, *same[:-1]]


def test_the_sixth_unanswered_request_of_a_network_in_a_day_is_kept_without_a_time(harley_street, thursday_ten, now, staff):
    def ask(day, hour=0, network="one"):
        start = thursday_ten + timedelta(days=day)
        return request(harley_street, start, now=now + timedelta(hours=hour), email=f"{day}@example.org", network=network)

    five = [ask(day) for day in range(5)]
    sixth = ask(5)
    assert [one.holds.count() for one in (*five, sixth)] == [1, 1, 1, 1, 1, 0]
    assert (sixth.starts_at, sixth.status) == (thursday_ten + timedelta(days=5), Status.NEW)
    assert ask(6, network="another").holds.exists()
    actions.change_time(sixth, Slot(thursday_ten + timedelta(days=9), harley_street), now=now)
    assert not sixth.holds.exists()
    actions.confirm(five[0], user=staff, now=now)
    actions.change_time(sixth, Slot(thursday_ten + timedelta(days=10), harley_street), now=now)
    assert sixth.holds.exists()
    assert ask(7, hour=24).holds.exists()


def test_a_suspected_spam_request_holds_nothing_and_owes_nothing(harley_street, thursday_ten, now):
    enquiry = request(harley_street, thursday_ten, now=now, suspect=True)
    assert enquiry.status == Status.SUSPECTED_SPAM
    assert not enquiry.holds.exists()
    assert kinds() == []


def test_a_rescued_request_is_like_any_other(harley_street, thursday_ten, now, staff):
    enquiry = actions.mark_not_spam(request(harley_street, thursday_ten, now=now, suspect=True), user=staff, now=now)
    assert enquiry.status == Status.NEW
    assert enquiry.holds.exists()
    assert kinds() == ["received"]


def test_a_rescued_request_whose_time_went_goes_on_without_it(harley_street, thursday_ten, now, staff):
    spam = request(harley_street, thursday_ten, now=now, suspect=True)
    request(harley_street, thursday_ten, now=now, email="other@example.org")
    assert not actions.mark_not_spam(spam, user=staff, now=now).holds.exists()


def test_staff_are_told_of_a_new_request_when_they_have_an_address(harley_street, thursday_ten, now, settings):
    settings.STAFF_EMAIL = "reception@example.org"
    request(harley_street, thursday_ten, now=now)
    assert kinds() == ["received", "staff_new"]


def test_confirming_keeps_the_time_and_owes_the_confirmation(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="1 Any Street")
    assert enquiry.status == Status.CONFIRMED
    assert enquiry.holds.get().kind == "confirmed"
    assert kinds() == ["received", "confirmed"]
    assert Location.objects.get(pk=harley_street.pk).address == "1 Any Street"
    last = enquiry.events.last()
    assert (last.actor, last.user, last.from_status, last.to_status) == ("staff", staff, "new", "confirmed")


def test_an_address_that_is_known_is_not_overwritten_by_what_is_typed_for_one_person(harley_street, thursday_ten, now, staff):
    Location.objects.filter(pk=harley_street.pk).update(address="1 Any Street")
    actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="2 Other Street")
    assert Location.objects.get(pk=harley_street.pk).address == "1 Any Street"


def test_confirming_claims_the_time_a_third_request_did_not_hold(harley_street, thursday_ten, now, staff):
    for hour in (-1, 1):
        request(harley_street, thursday_ten + timedelta(hours=hour), now=now)
    third = request(harley_street, thursday_ten, now=now)
    assert actions.confirm(third, user=staff, now=now).holds.get().cells.count() == 10


def test_confirming_a_time_someone_else_has_fails_and_changes_nothing(harley_street, thursday_ten, now, staff):
    for day in range(1, 6):
        request(harley_street, thursday_ten + timedelta(days=day), now=now, network="one")
    sixth = request(harley_street, thursday_ten, now=now, network="one")
    request(harley_street, thursday_ten, now=now, email="other@example.org")
    with pytest.raises(actions.SlotTaken):
        actions.confirm(sixth, user=staff, now=now)
    sixth.refresh_from_db()
    assert sixth.status == Status.NEW


def test_confirming_into_a_closure_fails(harley_street, thursday_ten, now, staff):
    enquiry = request(harley_street, thursday_ten, now=now)
    day = thursday_ten.date()
    Closure.objects.create(location=harley_street, reason="Painting", first_day=day, last_day=day)
    with pytest.raises(actions.SlotWithdrawn):
        actions.confirm(enquiry, user=staff, now=now)


def test_confirming_a_time_that_has_begun_fails(harley_street, thursday_ten, now, staff):
    enquiry = request(harley_street, thursday_ten, now=now)
    with pytest.raises(actions.SlotWithdrawn):
        actions.confirm(enquiry, user=staff, now=thursday_ten)


def test_confirming_a_hold_that_lost_cells_fails_loudly(harley_street, thursday_ten, now, staff):
    enquiry = request(harley_street, thursday_ten, now=now)
    enquiry.holds.get().cells.first().delete()
    with pytest.raises(actions.SlotTaken):
        actions.confirm(enquiry, user=staff, now=now)


def test_confirming_without_a_time_fails(clinic, now, staff):
    with pytest.raises(actions.NoSlotChosen):
        actions.confirm(request(now=now, preferred_times=["weekends"]), user=staff, now=now)


def test_what_was_declined_cannot_be_confirmed(harley_street, thursday_ten, now, staff):
    enquiry = actions.decline(request(harley_street, thursday_ten, now=now), reason="no_capacity", user=staff, now=now)
    with pytest.raises(InvalidTransition):
        actions.confirm(enquiry, user=staff, now=now)


def test_confirming_twice_tells_once(harley_street, thursday_ten, now, staff):
    enquiry = request(harley_street, thursday_ten, now=now)
    actions.confirm(enquiry, user=staff, now=now)
    with pytest.raises(InvalidTransition):
        actions.confirm(enquiry, user=staff, now=now)
    assert kinds() == ["received", "confirmed"]


def test_an_ordinary_request_cannot_be_rescued(harley_street, thursday_ten, now, staff):
    harley_street.consultation_hours.update(at_once=2)
    enquiry = request(harley_street, thursday_ten, now=now)
    with pytest.raises(InvalidTransition):
        actions.mark_not_spam(enquiry, user=staff, now=now)
    assert enquiry.holds.count() == 1


def test_a_rescued_request_holds_no_time_that_has_passed(harley_street, thursday_ten, now, staff):
    spam = request(harley_street, thursday_ten, now=now, suspect=True)
    assert not actions.mark_not_spam(spam, user=staff, now=thursday_ten + timedelta(days=10)).holds.exists()


def test_a_rescued_request_names_another_of_the_same_person(harley_street, thursday_ten, now, staff):
    spam = request(harley_street, thursday_ten, now=now, suspect=True)
    other = request(harley_street, thursday_ten + timedelta(hours=1), now=now)
    rescued = actions.mark_not_spam(spam, user=staff, now=now)
    assert (rescued.holds.count(), rescued.possible_duplicate_of) == (1, other)


def test_people_without_an_email_are_told_apart_by_their_phone(harley_street, thursday_ten, now):
    caller = {"email": "", "contact_by": "call", "phone": "+447700900982"}
    first, second = (request(harley_street, thursday_ten + timedelta(hours=n), now=now, **caller) for n in (0, 1))
    assert (first.possible_duplicate_of, second.possible_duplicate_of) == (None, first)


def test_a_confirmed_time_that_has_begun_cannot_be_cancelled(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now)
    with pytest.raises(InvalidTransition):
        actions.cancel(enquiry, now=thursday_ten)
    assert enquiry.holds.exists()


def test_a_video_link_comes_with_the_confirmation_once_more(online, thursday_ten, now, staff):
    enquiry = actions.confirm(request(online, thursday_ten, now=now), user=staff, now=now)
    actions.send_video_link(enquiry, video_link="https://video.example.org/x", user=staff, now=now)
    assert kinds() == ["received", "confirmed", "confirmed"]
    enquiry.refresh_from_db()
    assert enquiry.video_link == "https://video.example.org/x"


def test_declining_frees_the_time_and_owes_the_email(harley_street, thursday_ten, now, staff):
    enquiry = actions.decline(request(harley_street, thursday_ten, now=now), reason="not_suitable", user=staff, now=now)
    assert (enquiry.status, enquiry.decline_reason) == (Status.DECLINED, "not_suitable")
    assert not HoldCell.objects.exists()
    assert kinds() == ["received", "declined"]
    assert request(harley_street, thursday_ten, now=now, email="other@example.org").holds.exists()


def test_declining_as_spam_tells_nobody(harley_street, thursday_ten, now, staff):
    actions.decline(request(harley_street, thursday_ten, now=now), reason="spam", user=staff, now=now)
    assert kinds() == ["received"]


def test_someone_without_an_email_is_told_by_phone_and_ticked_off_once(harley_street, thursday_ten, now, staff):
    changes = {"email": "", "contact_by": "call", "phone": "+447700900982", "phone_typed": "07700 900 982"}
    enquiry = request(harley_street, thursday_ten, now=now, **changes)
    notice = Notice.objects.to_tell().get()
    assert not Notice.objects.due(now).exists()
    assert actions.mark_told_by_phone(notice, user=staff, now=now)
    assert not actions.mark_told_by_phone(notice, user=staff, now=now)
    assert enquiry.events.last().note == "Told by phone"


def test_sending_again_adds_a_message_and_keeps_the_old(harley_street, thursday_ten, now, staff):
    request(harley_street, thursday_ten, now=now)
    Notice.objects.update(status="sent", sent_at=now)
    actions.send_again(Notice.objects.get(), user=staff, now=now)
    assert kinds() == ["received", "received"]


def test_a_message_still_owed_is_not_owed_twice(harley_street, thursday_ten, now, staff):
    request(harley_street, thursday_ten, now=now)
    with pytest.raises(actions.CannotResend):
        actions.send_again(Notice.objects.get(), user=staff, now=now)


def test_a_message_that_is_no_longer_true_is_not_sent_again(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now)
    Notice.objects.update(status="sent", sent_at=now)
    actions.cancel(enquiry, now=now)
    with pytest.raises(actions.CannotResend):
        actions.send_again(Notice.objects.get(kind="confirmed"), user=staff, now=now)


def test_a_message_to_staff_goes_to_staff_again(harley_street, thursday_ten, now, staff, settings):
    settings.STAFF_EMAIL = "reception@example.org"
    request(harley_street, thursday_ten, now=now, email="", contact_by="call", phone="+447700900982")
    Notice.objects.filter(kind="staff_new").update(status="failed")
    assert actions.send_again(Notice.objects.get(kind="staff_new"), user=staff, now=now).channel == "email"


def test_someone_nobody_can_answer_is_refused_by_the_database(clinic, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        request(now=now, email="", contact_by="call", phone="")
