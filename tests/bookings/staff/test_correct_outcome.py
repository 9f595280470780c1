"""“They came” and “They did not come”, pressed by mistake, are put right; what has gone out meanwhile is said, not hidden."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import actions
from bookings.domain.status import InvalidTransition, Status
from bookings.models import Notice
from bookings.notifications import outbox
from services.clinic.uk_time import clock
from tests.bookings.desk import PHONE, at, begun, page, rare, said, story, words

EMAIL_THEM = "That cannot be taken back: email them if it needs a word."
UNTIL_CLOSED = "The history says that this was put right. Once the request is closed, it stays as it is."


@pytest.fixture
def by(staff):
    return {"user": staff, "now": timezone.now()}


@pytest.fixture
def missed(harley_street, staff, by):
    """Marked as not come, the kind message about it being owed."""
    return actions.mark_did_not_attend(begun(harley_street, staff), tell=True, **by)


def the_message():
    return Notice.objects.filter(kind="missed").order_by("pk").last()


def sentences(desk, step, enquiry):
    """What the step says before it is taken."""
    return [words(sentence) for sentence in page(desk.get(at(step, enquiry.pk))).select(".step-says")]


def press(desk, step, enquiry, **answers):
    seen = page(desk.get(at(step, enquiry.pk))).select_one("[name=seen]")["value"]
    return desk.post(at(step, enquiry.pk), {"seen": seen} | answers, follow=True)


# They came after all


def test_that_they_came_after_all_is_written_down_and_the_message_still_owed_is_dropped(desk, missed):
    assert "They came after all" in rare(desk.get(at("change", missed.pk)))
    first, *others = sentences(desk, "came_after_all", missed)
    assert first.startswith("“They did not come” was a mistake: Sam came to ")
    assert others == ["The email that we missed them has not gone yet. It is dropped.", UNTIL_CLOSED]
    missed.refresh_from_db()
    assert (missed.status, the_message().status) == ("did_not_attend", "pending")  # looking changes nothing
    answer = press(desk, "came_after_all", missed)
    assert said(answer) == ["Put right: they came. What came of it is asked next."]
    assert story(answer)[0].startswith("Attended: put right , reception")
    missed.refresh_from_db()
    assert (missed.status, the_message().status, missed.holds.count()) == ("attended", "dropped", 1)
    assert missed.events.last().actor == "staff"


def test_a_message_that_has_gone_is_said_to_have_gone_and_stays_in_the_history(desk, missed):
    sent_at = timezone.now() - timedelta(days=400)
    Notice.objects.filter(kind="missed").update(status="sent", sent_at=sent_at)
    said_of_it = sentences(desk, "came_after_all", missed)[1]
    assert said_of_it.startswith("The email that we missed them went out at ")
    assert said_of_it.endswith(EMAIL_THEM)
    press(desk, "came_after_all", missed)
    assert (the_message().status, the_message().sent_at) == ("sent", sent_at)


def test_a_message_that_is_being_sent_at_this_moment_is_left_to_the_worker(desk, missed, by):
    Notice.objects.exclude(kind="missed").update(status="sent", sent_at=by["now"])
    claimed = outbox.claim_next(timezone.now())
    assert claimed.notice.kind == "missed"
    assert sentences(desk, "came_after_all", missed)[1] == (
        "The email that we missed them is being sent at this moment, and may still reach them."
    )
    actions.correct_outcome(missed, Status.ATTENDED, **by)
    assert the_message().status == "pending"
    claimed = outbox.Claimed(Notice.objects.get(pk=claimed.notice.pk), send_by=0)
    assert outbox.send(claimed, timezone.now()) == "dropped"  # had it gone, it would say so


def test_one_that_failed_and_one_never_written_are_told_apart(desk, missed, harley_street, staff, by):
    Notice.objects.filter(kind="missed").update(status="failed")
    assert sentences(desk, "came_after_all", missed)[1] == "The email that we missed them could not be sent."
    quiet = actions.mark_did_not_attend(begun(harley_street, staff, email="b@example.org"), **by)
    assert sentences(desk, "came_after_all", quiet)[1] == "Nobody was told that they did not come."
    type(quiet).objects.filter(pk=quiet.pk).update(status_since=by["now"] - timedelta(days=31))
    assert sentences(desk, "came_after_all", quiet)[1] == "Whether they were told that we missed them is kept no longer."


def test_what_was_to_be_told_by_phone_is_taken_off_the_list_or_said_to_have_been_told(desk, harley_street, staff, by):
    owed = actions.mark_did_not_attend(begun(harley_street, staff, email="", **PHONE), tell=True, **by)
    assert sentences(desk, "came_after_all", owed)[1] == "That we missed them need not be told by phone any more: it is taken off the list."
    press(desk, "came_after_all", owed)
    assert the_message().status == "dropped"
    told = actions.mark_did_not_attend(begun(harley_street, staff, email="", **PHONE), tell=True, **by)
    actions.mark_told_by_phone(the_message(), **by)
    assert sentences(desk, "came_after_all", told)[1].startswith("They were told by phone that we missed them, at ")
    press(desk, "came_after_all", told)
    assert the_message().status == "sent"


# They did not come after all


def test_that_they_did_not_come_after_all_may_be_told_as_ever(desk, harley_street, staff, by):
    came = actions.mark_attended(begun(harley_street, staff), **by)
    opened = sentences(desk, "missed_after_all", came)
    assert opened[0].startswith("“They came” was a mistake: Sam did not come to ")
    assert opened[1:] == [UNTIL_CLOSED]
    answer = press(desk, "missed_after_all", came, tell="on", paragraph="We can find you another time.")
    assert said(answer) == ["Put right: they did not come."]
    assert story(answer)[0].startswith("Did not attend: put right , reception")
    came.refresh_from_db()
    assert (came.status, the_message().status, the_message().paragraph) == ("did_not_attend", "pending", "We can find you another time.")


def test_without_the_tick_nobody_is_told(desk, harley_street, staff, by):
    came = actions.mark_attended(begun(harley_street, staff), **by)
    press(desk, "missed_after_all", came)
    assert the_message() is None


def test_who_heard_so_before_is_said_to_have(desk, missed, by):
    Notice.objects.filter(kind="missed").update(status="sent", sent_at=by["now"])
    actions.correct_outcome(missed, Status.ATTENDED, **by)
    assert sentences(desk, "missed_after_all", missed)[1].endswith(EMAIL_THEM)


def test_put_right_twice_the_first_message_stays_dropped(missed, by):
    first = the_message()
    actions.correct_outcome(missed, Status.ATTENDED, **by)
    actions.correct_outcome(missed, Status.DID_NOT_ATTEND, **by)
    assert list(Notice.objects.filter(kind="missed").values_list("pk", "status")) == [(first.pk, "dropped")]


# What cannot be put right


@pytest.mark.parametrize("to", [Status.ATTENDED, Status.DID_NOT_ATTEND])
def test_what_is_closed_or_erased_or_so_already_stays_as_it_is(desk, missed, by, to):
    for step in (actions.close, actions.erase_now):
        step(missed, **by, **({"outcome": "booked"} if step == actions.close else {}))
        with pytest.raises(InvalidTransition):
            actions.correct_outcome(missed, to, **by)
    assert not {"They came after all", "They did not come after all"} & set(rare(desk.get(at("change", missed.pk))))
    deleted = clock(missed.events.last().at)
    for name in ("came_after_all", "missed_after_all"):
        assert said(desk.post(at(name, missed.pk), {}, follow=True)) == [
            f"The details of this person are deleted (you, {deleted} today), so this step is no longer open."
        ]


def test_details_that_are_erased_are_not_told_anything(harley_street, staff, by):
    came = actions.mark_attended(begun(harley_street, staff), **by)
    actions.erase_now(came, **by)
    with pytest.raises(InvalidTransition):
        actions.correct_outcome(came, Status.DID_NOT_ATTEND, tell=True, **by)
    assert the_message() is None


def test_of_two_who_put_it_right_at_once_the_second_changes_nothing(missed, by):
    actions.correct_outcome(missed, Status.ATTENDED, **by)
    with pytest.raises(InvalidTransition):
        actions.correct_outcome(missed, Status.ATTENDED, **by)
    assert missed.events.filter(note="put right").count() == 1
