"""One step on many requests: what may be chosen, for which it is possible, and what each of them gets to hear.

The pages are in bulk_pages.py. Each row is judged here by plain rules, so that a page of a hundred costs a handful of queries; what
decides is the verb, which looks once more when the button is pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import Exists, OuterRef, Subquery

from bookings import actions
from bookings.domain.schedule import DAYS_BEFORE
from bookings.domain.status import TRANSITIONS, Status
from bookings.models import Enquiry, Hold, Notice
from bookings.queries.versions import Version, with_version
from bookings.staff.enquiry.changes import Overtaken, change_in_words, new_since, refusal
from bookings.staff.steps import PROBLEMS
from bookings.staff.steps.base import lacks_address
from bookings.transactions import in_one_transaction

DELETED, DELETION_ASKED = "Their details are deleted already.", "The person asked us to delete their details."


class NothingToAsk(forms.Form):
    pass


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(
        choices=Enquiry.DeclineReason.choices,
        widget=forms.RadioSelect,
        help_text="They are told kindly, with other places to turn to, and never the reason in these words. Spam gets no message.",
        error_messages={"required": "Choose a reason"},
    )


class TellForm(forms.Form):
    tell = forms.BooleanField(label="Send them the kind message that we missed them", required=False)


@dataclass(frozen=True)
class Chosen:
    """One of the requests that were chosen, with all that is asked of it here."""

    enquiry: Enquiry
    version: Version  # what was last on it
    holds_it: bool  # whether the time it names is held for it, and not as an offer
    notice: Notice | None  # the last message to the person, the email if there are two; no reminders: those go by themselves


@dataclass(frozen=True)
class Bulk:
    """One step. `refusal` says why a row is left out, or nothing; `message` which kind of message it owes, if any."""

    verb: str
    menu: str
    title: str
    press: str
    done: str
    refusal: Callable[[Chosen, datetime], str]
    act: Callable[..., object] | None  # is given the row, `user`, `now` and what the form asked
    message: Callable[[Chosen], Notice.Kind | None] = lambda row: None
    only: str = ""  # when the message goes, if not always
    form: type[forms.Form] = NothingToAsk
    permission: str = "bookings.change_enquiry"
    warning: str = ""

    def why_not(self, row: Chosen, now: datetime) -> str:
        """Return why the row is left out, in words; nothing if the step is possible."""
        if row.enquiry.erased_at:
            return DELETED
        return DELETION_ASKED if row.enquiry.erase_by and self.verb != "erase" else self.refusal(row, now)

    @property
    def is_final(self) -> bool:
        """Whether it cannot be undone, and its button looks like it."""
        return self.verb in {"decline", "erase"}

    @property
    def is_taken_here(self) -> bool:
        """Or else only leads to each request."""
        return self.act is not None


def rows_of(pks: list[int]) -> list[Chosen]:
    """Return the requests in the order they were chosen: two queries."""
    own = Hold.objects.filter(enquiry=OuterRef("pk"))
    asked = own.filter(location=OuterRef("location"), starts_at=OuterRef("starts_at"), expires_at=None)
    to_client = (
        Notice.objects.to_client().filter(event__enquiry=OuterRef("pk")).exclude(kind__in=list(DAYS_BEFORE)).order_by("-event", "channel")
    )
    known = with_version(Enquiry.objects.filter(pk__in=pks).select_related("location", "assigned_to"))
    found = known.annotate(holds_it=Exists(asked), last_notice=Subquery(to_client.values("pk")[:1])).in_bulk()
    notices = Notice.objects.select_related("event__enquiry").in_bulk([row.last_notice for row in found.values() if row.last_notice])
    rows = [found[pk] for pk in dict.fromkeys(pks) if pk in found]
    return [Chosen(row, Version.of(row), row.holds_it, notices.get(row.last_notice)) for row in rows]


def _not_now(enquiry: Enquiry) -> str:
    return f"It is “{enquiry.get_status_display()}” now."


def _cannot_move(to: Status) -> Callable[[Chosen, datetime], str]:
    return lambda row, now: "" if to in TRANSITIONS[Status(row.enquiry.status)] else _not_now(row.enquiry)


def _cannot_confirm(row: Chosen, now: datetime) -> str:
    enquiry = row.enquiry
    if enquiry.status != Status.NEW:
        return _not_now(enquiry)
    if not enquiry.starts_at:
        return "They have not chosen a time."
    if enquiry.starts_at <= now:
        return "Its time has passed."
    if not row.holds_it:
        return "Its time is not held. Open it to see whether it is still free."
    if lacks_address(enquiry.location):
        return "The place has no address yet, and the confirmation must name one. Open it to enter it."
    return ""


def _cannot_have_been(row: Chosen, now: datetime) -> str:
    if row.enquiry.status != Status.CONFIRMED:
        return _not_now(row.enquiry)
    return "" if row.enquiry.required_starts_at <= now else "It has not begun yet."


def _cannot_send_again(row: Chosen, now: datetime) -> str:
    notice = row.notice
    if notice is None:
        return "Nothing was sent to them yet."
    if notice.status == Notice.Status.PENDING:
        return "Their last message is still on its way."
    return "" if notice.stands else "What their last message says is no longer true."


BULKS = [
    Bulk(
        "assign", "Assign to me", "Assign to me", "Assign to me", "assigned to you", lambda row, now: "",
        lambda row, user, now: actions.assign(row.enquiry, user, user=user, now=now),
    ),
    Bulk(
        "confirm", "Confirm the held time", "Confirm the times they hold", "Confirm and tell them", "confirmed", _cannot_confirm,
        lambda row, user, now: actions.confirm(row.enquiry, user=user, now=now),
        message=lambda row: Notice.Kind.CONFIRMED,
    ),
    Bulk(
        "offer", "Offer other times", "Offer other times", "", "", _cannot_move(Status.PROPOSED), None,
        warning="Times are chosen for each person. Open one after the other.",
    ),
    Bulk(
        "waitlist", "Put on the waiting list", "Put on the waiting list", "Put on the list and tell them", "on the waiting list",
        _cannot_move(Status.WAITLISTED),
        lambda row, user, now: actions.waitlist(row.enquiry, user=user, now=now),
        message=lambda row: Notice.Kind.WAITLISTED,
        warning="The time they asked for becomes free for others.",
    ),
    Bulk(
        "decline", "Decline", "Decline", "Decline", "declined", _cannot_move(Status.DECLINED),
        lambda row, user, now, reason: actions.decline(row.enquiry, reason=reason, user=user, now=now),
        message=lambda row: Notice.Kind.DECLINED,
        only="unless you choose Spam",
        form=ReasonForm,
        warning="The times they asked for become free for others. A declined request cannot be opened again.",
    ),
    Bulk(
        "attend", "They came", "They came", "They came", "marked as attended", _cannot_have_been,
        lambda row, user, now: actions.mark_attended(row.enquiry, user=user, now=now),
    ),
    Bulk(
        "miss", "They did not come", "They did not come", "They did not come", "marked as not attended", _cannot_have_been,
        lambda row, user, now, tell: actions.mark_did_not_attend(row.enquiry, user=user, now=now, tell=tell),
        message=lambda row: Notice.Kind.MISSED,
        only="if you choose so below",
        form=TellForm,
    ),
    Bulk(
        "send-again", "Send the last message again", "Send the last message again", "Send again", "to be sent again", _cannot_send_again,
        lambda row, user, now: actions.send_again(row.notice, user=user, now=now),
        message=lambda row: Notice.Kind(row.notice.kind) if row.notice else None,
    ),
    Bulk(
        "erase", "Delete their details", "Delete their details", "Delete for good", "deleted", lambda row, now: "",
        lambda row, user, now: actions.erase_now(row.enquiry, user=user, now=now),
        permission="bookings.erase_enquiry",
        warning="Name, email, phone, message and notes go at once and for good; a time ahead becomes free. Nobody is told.",
    ),
]  # fmt: skip
BY_VERB = {bulk.verb: bulk for bulk in BULKS}


def take(bulk: Bulk, pk: int, seen: Version | None, *, user, now: datetime, **asked) -> str:
    """Takes the step for one request, in a transaction of its own. Says why not, or nothing when it is done.

    Raises Overtaken, having done nothing, if the step is still possible and something is new on the request since `seen`: whoever has read
    it can press again. A second press finds what the first has done: nothing is done twice.
    """
    if bulk.act is None:
        raise TypeError(f"{bulk.verb} only leads to each request.")
    try:
        return _take(bulk, pk, seen, user=user, now=now, **asked)
    except PROBLEMS as problem:
        return refusal(problem, Enquiry.objects.get(pk=pk), user, now)


@in_one_transaction
def _take(bulk: Bulk, pk: int, seen: Version | None, *, user, now: datetime, **asked) -> str:
    Enquiry.objects.locked(pk)
    row = rows_of([pk])[0]
    if seen and row.version.has_more_than(seen):
        why_not = bulk.why_not(row, now)
        if not why_not:
            raise Overtaken
        new = "; ".join(change_in_words(entry, now) for entry in new_since(row.enquiry, seen, user))
        return f"{why_not} New since you looked: {new}."
    if bulk.act is not None:
        bulk.act(row, user=user, now=now, **asked)
    return ""
