"""Every verb in every state: either the move that the table of product has, or a refusal that changes nothing at all."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from bookings import actions
from bookings.actions.primitives import lock_enquiry, transition
from bookings.domain.status import MAY_HOLD, TRANSITIONS, WAITING, InvalidTransition, Status
from bookings.models import Enquiry, Event, Hold, HoldCell, Notice
from bookings.queries.slots import Slot
from tests.bookings.factories import request

S = Status


class Desk:
    """One request at a time, brought into any state by the verbs themselves."""

    def __init__(self, place, starts_at, staff, now):
        self.place, self.starts_at, self.now, self.after = place, starts_at, now, starts_at + timedelta(hours=1)
        self.by = {"user": staff, "now": now}
        self.late = {"user": staff, "now": self.after}
        self.offers = [Slot(starts_at + timedelta(days=day), place) for day in (5, 6)]

    def suspected_spam(self):
        return request(self.place, self.starts_at, now=self.now, suspect=True)

    def new(self):
        return request(self.place, self.starts_at, now=self.now)

    def proposed(self):
        return actions.offer_times(self.new(), self.offers, **self.by)

    def waitlisted(self):
        return actions.waitlist(self.new(), **self.by)

    def confirmed(self):
        return actions.confirm(self.new(), **self.by)

    def attended(self):
        return actions.mark_attended(self.confirmed(), **self.late)

    def did_not_attend(self):
        return actions.mark_did_not_attend(self.confirmed(), **self.late)

    def declined(self):
        return actions.decline(self.new(), reason="no_capacity", **self.by)

    def cancelled_client(self):
        return actions.cancel(self.new(), now=self.now)

    def cancelled_clinic(self):
        return actions.cancel_by_clinic(self.confirmed(), **self.by)

    def expired(self):
        with transaction.atomic():
            enquiry = lock_enquiry(self.new())
            transition(enquiry, S.EXPIRED, self.now, actor=Event.Actor.SYSTEM)
        return enquiry

    def closed(self):
        return actions.close(self.attended(), outcome="booked", **self.late)


@pytest.fixture
def desk(harley_street, thursday_ten, staff, now):
    return Desk(harley_street, thursday_ten, staff, now)


def accept(desk, enquiry):
    hold = enquiry.holds.filter(kind="offered").first()
    return actions.accept_offer(enquiry, hold.pk if hold else 0, now=desk.now)


# What happens, and in which states; in all others the verb refuses.
VERBS = {
    "accept": (accept, {S.PROPOSED: S.CONFIRMED}),
    "refuse": (lambda d, e: actions.refuse_offers(e, now=d.now), {S.PROPOSED: S.NEW}),
    "cancel": (
        lambda d, e: actions.cancel(e, now=d.now),
        dict.fromkeys([S.SUSPECTED_SPAM, S.NEW, S.PROPOSED, S.WAITLISTED, S.CONFIRMED], S.CANCELLED_CLIENT),
    ),
    "change": (
        lambda d, e: actions.change_time(e, d.offers[0], now=d.now),
        {state: state for state in (S.SUSPECTED_SPAM, S.NEW, S.CONFIRMED)},
    ),
    "want": (
        lambda d, e: actions.want_earlier(e, True, now=d.now),
        {state: state for state in (S.SUSPECTED_SPAM, S.NEW, S.PROPOSED, S.WAITLISTED, S.CONFIRMED)},
    ),
    "offer": (
        lambda d, e: actions.offer_times(e, d.offers, **d.by),
        dict.fromkeys([S.NEW, S.WAITLISTED, S.CONFIRMED, S.CANCELLED_CLINIC], S.PROPOSED),
    ),
    "waitlist": (lambda d, e: actions.waitlist(e, **d.by), {S.NEW: S.WAITLISTED}),
    "confirm": (lambda d, e: actions.confirm(e, **d.by), dict.fromkeys([S.NEW, S.PROPOSED, S.WAITLISTED], S.CONFIRMED)),
    "confirm another": (
        lambda d, e: actions.confirm(e, offer=d.offers[1], **d.by),
        dict.fromkeys([S.NEW, S.PROPOSED, S.WAITLISTED, S.CONFIRMED, S.DID_NOT_ATTEND], S.CONFIRMED),
    ),
    "decline": (
        lambda d, e: actions.decline(e, reason="no_capacity", **d.by),
        dict.fromkeys([S.SUSPECTED_SPAM, S.NEW, S.PROPOSED, S.WAITLISTED], S.DECLINED),
    ),
    "cancel by clinic": (lambda d, e: actions.cancel_by_clinic(e, **d.by), {S.CONFIRMED: S.CANCELLED_CLINIC}),
    "cancel and offer": (lambda d, e: actions.cancel_by_clinic(e, offers=d.offers, **d.by), {S.CONFIRMED: S.PROPOSED}),
    "attend": (lambda d, e: actions.mark_attended(e, **d.late), {S.CONFIRMED: S.ATTENDED}),
    "miss": (lambda d, e: actions.mark_did_not_attend(e, tell=True, **d.late), {S.CONFIRMED: S.DID_NOT_ATTEND}),
    "came after all": (lambda d, e: actions.correct_outcome(e, S.ATTENDED, **d.late), {S.DID_NOT_ATTEND: S.ATTENDED}),
    "missed after all": (lambda d, e: actions.correct_outcome(e, S.DID_NOT_ATTEND, tell=True, **d.late), {S.ATTENDED: S.DID_NOT_ATTEND}),
    "close": (lambda d, e: actions.close(e, outcome="booked", **d.late), {S.ATTENDED: S.CLOSED, S.DID_NOT_ATTEND: S.CLOSED}),
    "rescue": (lambda d, e: actions.mark_not_spam(e, **d.by), {S.SUSPECTED_SPAM: S.NEW}),
}
BY_CLIENT = {"accept", "refuse", "cancel", "change", "want"}


def everything():
    """All rows that a verb may write."""
    return [list(model.objects.order_by("pk").values()) for model in (Enquiry, Event, Hold, HoldCell, Notice)]


@pytest.mark.parametrize("state", list(Status))
def test_every_verb_in_this_state(desk, state):
    enquiry = getattr(desk, state.value)()
    assert enquiry.status == state
    before = everything()
    for name, (act, moves) in VERBS.items():
        savepoint = connection.savepoint()
        if state in moves:
            act(desk, enquiry)
            enquiry.refresh_from_db()
            assert enquiry.status == moves[state], name
            last = enquiry.events.order_by("pk").last()
            assert (last.to_status, last.actor) == (moves[state], "client" if name in BY_CLIENT else "staff"), name
            assert enquiry.holds.exists() <= (enquiry.status in MAY_HOLD), name
        else:
            with pytest.raises(InvalidTransition):
                act(desk, enquiry)
            assert everything() == before, name
        connection.savepoint_rollback(savepoint)
        enquiry = Enquiry.objects.get()


def test_the_verbs_make_every_move_of_the_table_and_no_other():
    """Except expiry, which belongs to the clock."""
    made = {(old, new) for _, moves in VERBS.values() for old, new in moves.items()}
    table = {(old, new) for old, news in TRANSITIONS.items() for new in news - {S.EXPIRED}}
    stays = {(state, state) for state in WAITING}  # wishing for an earlier time leaves the state as it is
    assert made - stays == table - stays
