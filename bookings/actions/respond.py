"""What staff do with a request."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from bookings.actions.exceptions import CannotResend, NoSlotChosen, SlotTaken, SlotWithdrawn
from bookings.actions.primitives import (
    add_event,
    assign_practitioner,
    channels_of,
    claim,
    expect_address,
    free,
    has_all_cells,
    holds_of,
    keep_address,
    lock_enquiry,
    make_confirmed,
    move_hold,
    notify,
    notify_staff,
    transition,
)
from bookings.domain.status import BOOKABLE, OPEN, InvalidTransition, Status, check_transition
from bookings.models import Enquiry, Hold, Notice
from bookings.models.event import SENT_AGAIN, TIME_CHANGED, TOLD_BY_CALL, TOLD_BY_TEXT
from bookings.queries.slots import Slot, slot_finder_for
from bookings.transactions import in_one_transaction
from services.models import Person


@in_one_transaction
def confirm(
    enquiry: Enquiry,
    *,
    user: User,
    now: datetime,
    offer: Slot | None = None,
    person: Person | None = None,
    video_link: str = "",
    address: str = "",
    getting_in: str = "",
    paragraph: str = "",
) -> Enquiry:
    """Confirms the time asked for, or a time agreed with the person, checking once more that it is free; an appointment moves to it.

    An address, and how to get in, are kept with a place that has none: the confirmation must name one. The paragraph is what staff add to
    the message.
    Raises InvalidTransition, NoSlotChosen, SlotTaken, SlotWithdrawn or PersonTaken, having changed nothing.
    """
    expect_address(address)
    enquiry = lock_enquiry(enquiry)
    if enquiry.status not in (BOOKABLE if offer else OPEN):  # two clicks at once: the second finds it confirmed
        raise InvalidTransition(enquiry.status, Status.CONFIRMED)
    check_transition(enquiry.status, Status.CONFIRMED)
    if not offer:
        if not enquiry.starts_at:
            raise NoSlotChosen
        offer = Slot(enquiry.starts_at, enquiry.required_location)
    hold = _hold_confirmed(enquiry, offer, now)
    if person:
        assign_practitioner(hold, person)
    if video_link or not offer.location.is_online:
        enquiry.video_link = video_link
    keep_address(offer.location, address, getting_in)
    enquiry.location, enquiry.starts_at, enquiry.preferred_times = offer.location, offer.starts_at, []
    moved = enquiry.status == Status.CONFIRMED
    event = transition(enquiry, Status.CONFIRMED, now, user=user, note=TIME_CHANGED if moved else "")
    notify(event, Notice.Kind.CONFIRMED, paragraph)
    return enquiry


def _hold_confirmed(enquiry: Enquiry, offer: Slot, now: datetime) -> Hold:
    """The one hold of the enquiry, at the offer's time; what else it held is freed. The practitioner stays, if free then."""
    if offer.starts_at <= now or not slot_finder_for(offer, now).is_staffed(offer):
        raise SlotWithdrawn
    kept = [hold for hold in holds_of(enquiry) if not hold.expires_at or hold.expires_at > now]
    there = next((hold for hold in kept if (hold.location, hold.starts_at) == (offer.location, offer.starts_at)), None)
    own = next((hold for hold in kept if hold.kind != Hold.Kind.OFFERED), None)
    hold = there or own
    free(enquiry.holds.exclude(pk=hold.pk) if hold else enquiry.holds.all())  # first: what they held themselves is not in their way
    if hold is None:
        return claim(enquiry, offer, now, Hold.Kind.CONFIRMED)
    if hold is own and hold is not there:
        hold = move_hold(hold, offer, now)
    elif not has_all_cells(hold):
        raise SlotTaken
    make_confirmed(hold, own.person if own else None)
    return hold


@in_one_transaction
def send_video_link(enquiry: Enquiry, *, video_link: str, user: User, now: datetime) -> Enquiry:
    """Gives a confirmed appointment its video link and owes the confirmation anew. Raises InvalidTransition."""
    enquiry = _still_confirmed(enquiry)
    enquiry.video_link = video_link
    enquiry.save()
    notify(add_event(enquiry, "Video link", now, user=user), Notice.Kind.CONFIRMED)
    return enquiry


@in_one_transaction
def send_address(enquiry: Enquiry, *, address: str, user: User, now: datetime, getting_in: str = "") -> Enquiry:
    """Says where an appointment is that was taken before its place had an address: owes the confirmation anew. Raises InvalidTransition."""
    expect_address(address)
    enquiry = _still_confirmed(enquiry)
    keep_address(enquiry.required_location, address, getting_in)
    notify(add_event(enquiry, "Address", now, user=user), Notice.Kind.CONFIRMED)
    return enquiry


def _still_confirmed(enquiry: Enquiry) -> Enquiry:
    enquiry = lock_enquiry(enquiry)
    if enquiry.status != Status.CONFIRMED:
        raise InvalidTransition(enquiry.status, Status.CONFIRMED)
    return enquiry


@in_one_transaction
def decline(enquiry: Enquiry, *, reason: str, user: User, now: datetime, paragraph: str = "") -> Enquiry:
    """Declines with a reason code and frees the time. Spam gets no message. Raises InvalidTransition."""
    enquiry = lock_enquiry(enquiry)
    quiet = reason == Enquiry.DeclineReason.SPAM
    enquiry.decline_reason = reason
    event = transition(enquiry, Status.DECLINED, now, user=user, note=Enquiry.DeclineReason(reason).label)
    if not quiet:
        notify(event, Notice.Kind.DECLINED, paragraph)
    return enquiry


@in_one_transaction
def waitlist(enquiry: Enquiry, *, user: User, now: datetime, paragraph: str = "") -> Enquiry:
    """No time fits: the person waits until one comes up, and is told so. Raises InvalidTransition."""
    enquiry = lock_enquiry(enquiry)
    event = transition(enquiry, Status.WAITLISTED, now, user=user)
    notify(event, Notice.Kind.WAITLISTED, paragraph)
    return enquiry


@in_one_transaction
def mark_told_by_phone(notice: Notice, *, user: User, now: datetime) -> bool:
    """Ticks off a message that someone told by phone, also in place of an email that failed. False if it was ticked off before."""
    enquiry = lock_enquiry(notice.enquiry, also_deleted=True)
    told = {"status": Notice.Status.SENT, "sent_at": now}
    done = Notice.objects.to_tell().filter(pk=notice.pk).update(**told)
    instead = not done and Notice.objects.failed().to_client().filter(pk=notice.pk).exists()
    if done or instead:
        event = add_event(enquiry, TOLD_BY_TEXT if enquiry.by_phone == "text" else TOLD_BY_CALL, now, user=user)
    if instead and not Notice.objects.to_tell().filter(event=notice.event_id, kind=notice.kind).update(**told):  # the call owed beside it
        event.notices.create(kind=notice.kind, channel=Notice.Channel.PHONE, created_at=now, paragraph=notice.paragraph, **told)
    return bool(done or instead)


@in_one_transaction
def mark_told_in_call(enquiry: Enquiry, *, since: int, now: datetime) -> int:
    """Tick off what the events after `since`, a key, owe by phone: it is said to the person in the very call. Return how many messages.

    Who said it stands in those events.
    """
    lock_enquiry(enquiry, also_deleted=True)
    return Notice.objects.to_tell().filter(event__enquiry=enquiry, event__gt=since).update(status=Notice.Status.SENT, sent_at=now)


@in_one_transaction
def send_again(notice: Notice, *, user: User, now: datetime) -> Notice | None:
    """Owes the same message once more; what was sent or failed before stays in the history. None: staff have no address any more.

    Raises CannotResend while one is still owed, or when what it says no longer stands.
    """
    enquiry = lock_enquiry(notice.enquiry, also_deleted=True)
    notice.required_event.enquiry = enquiry
    if not notice.can_be_sent_again(now):
        raise CannotResend
    event = add_event(enquiry, SENT_AGAIN, now, user=user)
    kind = Notice.Kind(notice.kind)
    if notice.is_for_staff:
        return notify_staff(event, kind)
    first, *others = channels_of(enquiry)
    same = Notice.Channel(notice.channel)
    return notify(event, kind, notice.paragraph, channel=same if same in others else first)
