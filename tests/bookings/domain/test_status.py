"""The table of moves, read as the clinic reads it."""

import pytest

from bookings.domain.status import LABELS, MAY_HOLD, OPEN, TRANSITIONS, InvalidTransition, Status, check_transition


def test_every_state_has_a_label_and_a_row():
    assert set(LABELS) == set(TRANSITIONS) == set(Status)


def test_a_new_request_can_be_confirmed_and_declined():
    check_transition(Status.NEW, Status.CONFIRMED)
    check_transition(Status.NEW, Status.DECLINED)


@pytest.mark.parametrize("old", [Status.DECLINED, Status.CANCELLED_CLIENT, Status.EXPIRED, Status.CLOSED])
def test_what_has_ended_stays_ended(old):
    for new in Status:
        with pytest.raises(InvalidTransition):
            check_transition(old, new)


def test_the_refusal_says_both_states_in_words():
    with pytest.raises(InvalidTransition, match=r"A request that is “Declined” cannot become “Confirmed”\."):
        check_transition(Status.DECLINED, Status.CONFIRMED)


def test_only_a_confirmed_request_becomes_attended_or_missed_and_each_may_be_put_right():
    assert [s for s in Status if Status.ATTENDED in TRANSITIONS[s]] == [Status.CONFIRMED, Status.DID_NOT_ATTEND]
    assert [s for s in Status if Status.DID_NOT_ATTEND in TRANSITIONS[s]] == [Status.CONFIRMED, Status.ATTENDED]


def test_spam_holds_nothing_and_is_not_open():
    assert Status.SUSPECTED_SPAM not in MAY_HOLD | OPEN
