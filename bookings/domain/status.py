"""PURE. The states of a request and the moves between them. Nothing else says what may follow what."""

from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    SUSPECTED_SPAM = "suspected_spam"
    NEW = "new"
    PROPOSED = "proposed"
    WAITLISTED = "waitlisted"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    DID_NOT_ATTEND = "did_not_attend"
    DECLINED = "declined"
    CANCELLED_CLIENT = "cancelled_client"
    CANCELLED_CLINIC = "cancelled_clinic"
    EXPIRED = "expired"
    CLOSED = "closed"


S = Status

LABELS = {
    S.SUSPECTED_SPAM: "Suspected spam",
    S.NEW: "To answer",
    S.PROPOSED: "Waiting for the client",
    S.WAITLISTED: "On the waiting list",
    S.CONFIRMED: "Confirmed",
    S.ATTENDED: "Attended",
    S.DID_NOT_ATTEND: "Did not attend",
    S.DECLINED: "Declined",
    S.CANCELLED_CLIENT: "Cancelled by the client",
    S.CANCELLED_CLINIC: "Cancelled by the clinic",
    S.EXPIRED: "Expired",
    S.CLOSED: "Closed",
}

TRANSITIONS = {
    S.SUSPECTED_SPAM: {S.NEW, S.DECLINED, S.CANCELLED_CLIENT},
    S.NEW: {S.NEW, S.CONFIRMED, S.PROPOSED, S.WAITLISTED, S.DECLINED, S.CANCELLED_CLIENT, S.EXPIRED},
    S.PROPOSED: {S.CONFIRMED, S.NEW, S.DECLINED, S.CANCELLED_CLIENT, S.EXPIRED},
    S.WAITLISTED: {S.PROPOSED, S.CONFIRMED, S.DECLINED, S.CANCELLED_CLIENT, S.EXPIRED},
    S.CONFIRMED: {S.CONFIRMED, S.PROPOSED, S.ATTENDED, S.DID_NOT_ATTEND, S.CANCELLED_CLIENT, S.CANCELLED_CLINIC},
    S.ATTENDED: {S.CLOSED, S.DID_NOT_ATTEND},  # the latter, and its contrary: what was pressed by mistake is put right
    S.DID_NOT_ATTEND: {S.CONFIRMED, S.CLOSED, S.ATTENDED},
    S.DECLINED: set(),
    S.CANCELLED_CLIENT: set(),
    S.CANCELLED_CLINIC: {S.PROPOSED},
    S.EXPIRED: set(),
    S.CLOSED: set(),
}

PAST = {S.ATTENDED, S.DID_NOT_ATTEND, S.CLOSED}  # their time is past, and stays in the diary
MAY_HOLD = {S.NEW, S.PROPOSED, S.CONFIRMED, *PAST}  # may own held time; in any other state it is freed
OFFERABLE = {status for status, moves in TRANSITIONS.items() if S.PROPOSED in moves}  # other times may be offered to them
BOOKABLE = {S.NEW, S.PROPOSED, S.WAITLISTED, S.CONFIRMED, S.DID_NOT_ATTEND}  # staff may put them at a time agreed on
CANCELLABLE = {status for status, moves in TRANSITIONS.items() if S.CANCELLED_CLIENT in moves}  # by the person, through their link
CHANGEABLE = {S.SUSPECTED_SPAM, S.NEW, S.CONFIRMED}  # to another time, by the person
REBOOKABLE = {S.DECLINED, S.CANCELLED_CLIENT, S.CANCELLED_CLINIC, S.EXPIRED, S.DID_NOT_ATTEND}  # without a meeting: one may come back
WAITING = {S.SUSPECTED_SPAM, S.NEW, S.PROPOSED, S.WAITLISTED, S.CONFIRMED}  # for a meeting: one may want it sooner
OPEN = {S.NEW, S.PROPOSED, S.WAITLISTED}  # someone is still waiting for someone
UPCOMING = OPEN | {S.CONFIRMED}  # the first meeting is still to come, or its outcome to be written down
OUTCOME_KNOWN = {S.ATTENDED, S.DID_NOT_ATTEND}  # to be closed, once it is known what came of it


class InvalidTransition(Exception):
    """This move is not possible now: someone else was faster, or the page was old."""

    def __init__(self, old: str, new: str):
        super().__init__(f"A request that is “{LABELS[Status(old)]}” cannot become “{LABELS[Status(new)]}”.")


def can_cancel(status: str, starts_at: datetime | None, now: datetime) -> bool:
    """Whether the person may cancel: until a confirmed time begins. Both instants are aware."""
    return status in CANCELLABLE and not _has_begun(status, starts_at, now)


def can_change(status: str, starts_at: datetime | None, now: datetime) -> bool:
    """Whether the person may choose another time: until the one they have begins. Both instants are aware."""
    return status in CHANGEABLE and not (starts_at and starts_at <= now)


def can_want_earlier(status: str, starts_at: datetime | None, now: datetime) -> bool:
    """Whether the person may ask to be told of an earlier time: until they have met. Both instants are aware."""
    return status in WAITING and not _has_begun(status, starts_at, now)


def _has_begun(status: str, starts_at: datetime | None, now: datetime) -> bool:
    """Say whether an appointment has begun. Only a confirmed enquiry has one, and it always has a time."""
    return status == S.CONFIRMED and starts_at is not None and starts_at <= now


def check_transition(old: str, new: Status) -> None:
    """Raises InvalidTransition unless the table has this move."""
    if new not in TRANSITIONS[Status(old)]:
        raise InvalidTransition(old, new)
