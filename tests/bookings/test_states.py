"""The table of moves, read as the clinic reads it."""

import pytest

from bookings.states import HOLDING, LABELS, MOVES, OPEN, Status, WrongMove, check_move


def test_every_state_has_a_label_and_a_row():
    assert set(LABELS) == set(MOVES) == set(Status)


def test_a_new_request_can_be_confirmed_and_declined():
    check_move(Status.NEW, Status.CONFIRMED)
    check_move(Status.NEW, Status.DECLINED)


@pytest.mark.parametrize("old", [Status.DECLINED, Status.CANCELLED_CLIENT, Status.EXPIRED, Status.CLOSED])
def test_what_has_ended_stays_ended(old):
    for new in Status:
        with pytest.raises(WrongMove):
            check_move(old, new)


def test_the_refusal_says_both_states_in_words():
    with pytest.raises(WrongMove, match=r"A request that is “Declined” cannot become “Confirmed”\."):
        check_move(Status.DECLINED, Status.CONFIRMED)


def test_only_a_confirmed_request_becomes_attended_or_missed_and_each_may_be_put_right():
    assert [s for s in Status if Status.ATTENDED in MOVES[s]] == [Status.CONFIRMED, Status.DID_NOT_ATTEND]
    assert [s for s in Status if Status.DID_NOT_ATTEND in MOVES[s]] == [Status.CONFIRMED, Status.ATTENDED]


def test_spam_holds_nothing_and_is_not_open():
    assert Status.SUSPECTED_SPAM not in HOLDING | OPEN
