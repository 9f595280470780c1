"""What becomes of the requests of the sample month. A story acts, and gives the moment, UTC, at which it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bookings import actions
from bookings.domain.status import Status
from bookings.models import Enquiry
from bookings.sample_month.desk import A_DAY, Desk, NoTimes

Story = Iterator[datetime]
AN_HOUR = timedelta(hours=1)
REASONS = ["", "I have found somebody nearer to where I live.", "Work", "We move to Aberdeen at the end of the month: give it to another."]
KIND_WORDS = "Thank you for writing to us. If anything changes, please come back to us at any time."


def waits(desk: Desk, who: int, number: int) -> Story:
    """Nobody has answered yet; every third has no time."""
    desk.ask(who, desk.ahead() if number % 3 else None, wants_earlier=number % 4 == 1)
    return
    yield


def looks_like_spam(desk: Desk, who: int, number: int) -> Story:
    """Is taken for spam; one in four is found to be none, another is declined as such."""
    enquiry = desk.ask(who, desk.ahead(), suspect=True)
    if number % 4 < 2:
        yield desk.later(6)
    if number % 4 == 0:
        actions.mark_not_spam(enquiry, user=desk.user, now=desk.clock)
    elif number % 4 == 1:
        actions.decline(enquiry, reason=Enquiry.DeclineReason.SPAM, user=desk.user, now=desk.clock)


def comes_soon(desk: Desk, who: int, number: int) -> Story:
    """Is confirmed for the day on which the month ends, or the next ones."""
    for days in range(number % 3, 14):
        end = desk.now + days * A_DAY
        try:
            offer = desk.choose(max(end - 12 * AN_HOUR, desk.clock + 30 * AN_HOUR), end + 12 * AN_HOUR)
        except NoTimes:
            continue
        break
    enquiry = desk.ask(who, offer, wants_earlier=number % 2 == 1)
    yield desk.later(3)
    desk.confirm(enquiry)


def is_confirmed(desk: Desk, who: int, number: int) -> Story:
    """Is confirmed for a day to come."""
    enquiry = desk.ask(who, desk.ahead(), wants_earlier=number % 3 == 0)
    yield desk.later(4)
    desk.confirm(enquiry)


def moves(desk: Desk, who: int, number: int) -> Story:
    """Chooses another time, before or after it is confirmed."""
    enquiry = desk.ask(who, desk.ahead())
    if number % 2 == 0:
        yield desk.later(3)
        desk.confirm(enquiry)
    yield desk.later(20)
    actions.change_time(enquiry, desk.choose(desk.now + 5 * A_DAY, desk.now + 20 * A_DAY, enquiry.location), now=desk.clock)


def has_offers(desk: Desk, who: int, number: int) -> Story:
    """Has times to choose from; one in four keeps an appointment meanwhile."""
    enquiry = desk.ask(who, desk.ahead() if number % 2 else None)
    yield desk.later(2)
    if number % 4 == 1:
        desk.confirm(enquiry)
    if desk.clock < desk.now - 60 * AN_HOUR:  # or they would have lapsed
        yield desk.now - (50 - number) * AN_HOUR
    desk.offer(enquiry, desk.three(desk.now + 4 * A_DAY))


def takes_an_offer(desk: Desk, who: int, number: int) -> Story:
    """Takes one of the times on offer; for some it is staff who do so."""
    enquiry = desk.ask(who)
    yield desk.later(4)
    enquiry = desk.offer(enquiry, desk.three(desk.clock + 3 * A_DAY))
    yield desk.later(12)
    chosen = enquiry.holds.order_by("starts_at").values_list("pk", flat=True)[number % enquiry.holds.count()]
    actions.accept_offer(enquiry, chosen, now=desk.clock, user=desk.user if number % 3 == 0 else None)
    yield from outcome(desk, enquiry, number)


def refuses_offers(desk: Desk, who: int, number: int) -> Story:
    """Takes none of the times on offer, and waits for others."""
    enquiry = desk.ask(who, desk.ahead())
    yield desk.later(4)
    enquiry = desk.offer(enquiry, desk.three(desk.now + 4 * A_DAY))
    yield desk.later(9)
    actions.refuse_offers(enquiry, now=desk.clock, preferred=["weekends"], user=desk.user if number % 2 else None)


def lets_offers_lapse(desk: Desk, who: int, number: int) -> Story:
    """Answers none of the times on offer."""
    enquiry = desk.ask(who)
    yield desk.later(4 + number)
    desk.offer(enquiry, desk.three(desk.clock + 2 * A_DAY))


def gets_no_answer(desk: Desk, who: int, number: int) -> Story:
    """Gets no answer before the time asked for."""
    desk.ask(who, desk.past((1 + number) * A_DAY))
    return
    yield


def waits_for_a_time(desk: Desk, who: int, number: int) -> Story:
    """Is on the waiting list."""
    enquiry = desk.ask(who)
    yield desk.later(5)
    actions.waitlist(enquiry, user=desk.user, now=desk.clock, paragraph="Saturdays come up most often." if number % 2 else "")


def is_over(desk: Desk, who: int, number: int) -> Story:
    """Was to come, and nobody has written down whether they did."""
    enquiry = desk.ask(who, desk.past((1 + number) * AN_HOUR))
    yield desk.later(3)
    desk.confirm(enquiry)


def attends(desk: Desk, who: int, number: int) -> Story:
    """Came, and it is not known yet what comes of it."""
    enquiry = desk.ask(who, desk.past((3 + number) * AN_HOUR))
    yield desk.later(3)
    enquiry = desk.confirm(enquiry)
    yield enquiry.ends_at + AN_HOUR
    actions.mark_attended(enquiry, user=desk.user, now=desk.clock)
    if number % 3 == 0:
        desk.write_down(enquiry)


def misses(desk: Desk, who: int, number: int) -> Story:
    """Did not come; one was first said to have come."""
    enquiry = desk.ask(who, desk.past((6 + number) * AN_HOUR))
    yield desk.later(3)
    enquiry = desk.confirm(enquiry)
    yield enquiry.ends_at + AN_HOUR
    if number % 4 == 0:
        actions.mark_attended(enquiry, user=desk.user, now=desk.clock)
        yield desk.clock + AN_HOUR
        actions.correct_outcome(enquiry, Status.DID_NOT_ATTEND, user=desk.user, now=desk.clock)
    else:
        actions.mark_did_not_attend(enquiry, user=desk.user, now=desk.clock, tell=number % 2 == 0, paragraph=KIND_WORDS)


def is_closed(desk: Desk, who: int, number: int) -> Story:
    """Came, mostly, and it is known what came of it."""
    enquiry = desk.ask(who, desk.past(2 * A_DAY))
    yield desk.later(3)
    enquiry = desk.confirm(enquiry)
    yield from outcome(desk, enquiry, number)


def outcome(desk: Desk, enquiry: Enquiry, number: int) -> Story:
    """Goes on from the appointment to the end."""
    enquiry.refresh_from_db()
    yield enquiry.ends_at + AN_HOUR
    act = actions.mark_did_not_attend if number % 6 == 5 else actions.mark_attended
    act(enquiry, user=desk.user, now=desk.clock)
    yield desk.later(20)
    actions.close(enquiry, outcome=Enquiry.Outcome.values[number % 3], user=desk.user, now=desk.clock)


def is_declined(desk: Desk, who: int, number: int) -> Story:
    """Is declined, not as spam."""
    enquiry = desk.ask(who, desk.ahead() if number % 2 else None)
    yield desk.later(5)
    reason = [Enquiry.DeclineReason.NOT_SUITABLE, Enquiry.DeclineReason.NO_CAPACITY][number % 2]
    actions.decline(enquiry, reason=reason, user=desk.user, now=desk.clock, paragraph=KIND_WORDS)


def cancels(desk: Desk, who: int, number: int) -> Story:
    """Cancels, before or after it is confirmed, with a reason or without; some ring up to do so."""
    enquiry = desk.ask(who, desk.ahead())
    if number % 2:
        yield desk.later(3)
        desk.confirm(enquiry)
    yield desk.later(16)
    user = desk.user if number % 3 == 0 else None
    actions.cancel(enquiry, now=desk.clock, reason=REASONS[number % len(REASONS)], user=user)


def is_cancelled(desk: Desk, who: int, number: int) -> Story:
    """Is cancelled by the clinic; one in three gets other times, which the month leaves on offer or lets lapse."""
    enquiry = desk.ask(who, desk.ahead())
    yield desk.later(3)
    desk.confirm(enquiry)
    yield desk.later(20)
    offers = desk.three(desk.now + 4 * A_DAY) if number % 3 == 0 else []
    actions.cancel_by_clinic(enquiry, user=desk.user, now=desk.clock, offers=offers, paragraph="We are sorry to ask this of you.")


def is_forgotten(desk: Desk, who: int, number: int) -> Story:
    """Has the details deleted, by themselves or by staff."""
    enquiry = desk.ask(who, desk.ahead())
    yield desk.later(30)
    if number % 2:
        actions.erase_now(enquiry, user=desk.user, now=desk.clock)
    else:
        actions.erase(enquiry, now=desk.clock)


def comes_back(desk: Desk, who: int, number: int) -> Story:
    """Cancels, asks anew weeks later under the same address, and then once more while that is open."""
    first = desk.ask(who, desk.ahead())
    yield desk.later(10)
    actions.cancel(first, now=desk.clock)
    same = {name: getattr(first, name) for name in ("name", "email", "phone", "phone_typed", "contact_by")}
    yield desk.now - 2 * A_DAY
    desk.ask(who, desk.ahead(), came_back_from_id=first.pk, **same)
    yield desk.now - 9 * AN_HOUR
    desk.ask(who, **same)


# How many tell which story, and how many days before the end of the month the last and the first of them ask.
PLAN = [
    (waits, 12, 0.02, 2),
    (comes_soon, 9, 2, 6),
    (has_offers, 8, 0.6, 4),
    (is_over, 5, 8, 14),
    (looks_like_spam, 6, 0.1, 16),
    (waits_for_a_time, 8, 2, 29),
    (is_confirmed, 16, 1, 24),
    (takes_an_offer, 6, 3, 27),
    (refuses_offers, 2, 1.7, 3),
    (lets_offers_lapse, 3, 7, 28),
    (gets_no_answer, 3, 9, 27),
    (moves, 3, 3, 10),
    (attends, 6, 8, 26),
    (misses, 4, 8, 26),
    (is_closed, 10, 10, 30),
    (is_declined, 5, 1, 28),
    (cancels, 6, 2, 28),
    (is_cancelled, 3, 3, 20),
    (is_forgotten, 2, 5, 20),
    (comes_back, 1, 20, 20),
]
