"""What staff do with a request."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from bookings.actions.problems import NoTime, NotNow, TimeGone, TimeTaken
from bookings.actions.steps import (
    channels_of,
    claim,
    expect_address,
    free,
    give_to,
    held_by,
    keep_address,
    locked,
    make_confirmed,
    move,
    owe,
    owe_staff,
    remark,
    shift,
    whole,
)
from bookings.diary import Offer, diary_for
from bookings.models import Enquiry, Hold, Notice
from bookings.models.history import SENT_AGAIN, TIME_CHANGED, TOLD_BY_CALL, TOLD_BY_TEXT
from bookings.states import BOOKABLE, OPEN, Status, WrongMove, check_move
from bookings.transactions import in_one_transaction
from services.models import Person


@in_one_transaction
def confirm(
    enquiry: Enquiry,
    *,
    user: User,
    now: datetime,
    offer: Offer | None = None,
    person: Person | None = None,
    video_link: str = "",
    address: str = "",
    getting_in: str = "",
    paragraph: str = "",
) -> Enquiry:
    """Confirms the time asked for, or a time agreed with the person, checking once more that it is free; an appointment moves to it.

    An address, and how to get in, are kept with a place that has none: the confirmation must name one. The paragraph is what staff add to
    the message.
    Raises WrongMove, NoTime, TimeTaken, TimeGone or PersonTaken, having changed nothing.
    """
    expect_address(address)
    enquiry = locked(enquiry)
    if enquiry.status not in (BOOKABLE if offer else OPEN):  # two clicks at once: the second finds it confirmed
        raise WrongMove(enquiry.status, Status.CONFIRMED)
    check_move(enquiry.status, Status.CONFIRMED)
    if not offer:
        if not enquiry.starts_at:
            raise NoTime
        offer = Offer(enquiry.starts_at, enquiry.required_location)
    hold = _hold_confirmed(enquiry, offer, now)
    if person:
        give_to(hold, person)
    if video_link or not offer.location.is_online:
        enquiry.video_link = video_link
    keep_address(offer.location, address, getting_in)
    enquiry.location, enquiry.starts_at, enquiry.preferred_times = offer.location, offer.starts_at, []
    moved = enquiry.status == Status.CONFIRMED
    event = move(enquiry, Status.CONFIRMED, now, user=user, note=TIME_CHANGED if moved else "")
    owe(event, Notice.Kind.CONFIRMED, paragraph)
    return enquiry


def _hold_confirmed(enquiry: Enquiry, offer: Offer, now: datetime) -> Hold:
    """The one hold of the enquiry, at the offer's time; what else it held is freed. The practitioner stays, if free then."""
    if offer.starts_at <= now or not diary_for(offer, now).is_staffed(offer):
        raise TimeGone
    kept = [hold for hold in held_by(enquiry) if not hold.expires_at or hold.expires_at > now]
    there = next((hold for hold in kept if (hold.location, hold.starts_at) == (offer.location, offer.starts_at)), None)
    own = next((hold for hold in kept if hold.kind != Hold.Kind.OFFERED), None)
    hold = there or own
    free(enquiry.holds.exclude(pk=hold.pk) if hold else enquiry.holds.all())  # first: what they held themselves is not in their way
    if hold is None:
        return claim(enquiry, offer, now, Hold.Kind.CONFIRMED)
    if hold is own and hold is not there:
        hold = shift(hold, offer, now)
    elif not whole(hold):
        raise TimeTaken
    make_confirmed(hold, own.person if own else None)
    return hold


@in_one_transaction
def send_video_link(enquiry: Enquiry, *, video_link: str, user: User, now: datetime) -> Enquiry:
    """Gives a confirmed appointment its video link and owes the confirmation anew. Raises WrongMove."""
    enquiry = _still_confirmed(enquiry)
    enquiry.video_link = video_link
    enquiry.save()
    owe(remark(enquiry, "Video link", now, user=user), Notice.Kind.CONFIRMED)
    return enquiry


@in_one_transaction
def send_address(enquiry: Enquiry, *, address: str, user: User, now: datetime, getting_in: str = "") -> Enquiry:
    """Says where an appointment is that was taken before its place had an address: owes the confirmation anew. Raises WrongMove."""
    expect_address(address)
    enquiry = _still_confirmed(enquiry)
    keep_address(enquiry.required_location, address, getting_in)
    owe(remark(enquiry, "Address", now, user=user), Notice.Kind.CONFIRMED)
    return enquiry


def _still_confirmed(enquiry: Enquiry) -> Enquiry:
    enquiry = locked(enquiry)
    if enquiry.status != Status.CONFIRMED:
        raise WrongMove(enquiry.status, Status.CONFIRMED)
    return enquiry


@in_one_transaction
def decline(enquiry: Enquiry, *, reason: str, user: User, now: datetime, paragraph: str = "") -> Enquiry:
    """Declines with a reason code and frees the time. Spam gets no message. Raises WrongMove."""
    enquiry = locked(enquiry)
    quiet = reason == Enquiry.DeclineReason.SPAM
    enquiry.decline_reason = reason
    event = move(enquiry, Status.DECLINED, now, user=user, note=Enquiry.DeclineReason(reason).label)
    if not quiet:
        owe(event, Notice.Kind.DECLINED, paragraph)
    return enquiry


@in_one_transaction
def waitlist(enquiry: Enquiry, *, user: User, now: datetime, paragraph: str = "") -> Enquiry:
    """No time fits: the person waits until one comes up, and is told so. Raises WrongMove."""
    enquiry = locked(enquiry)
    event = move(enquiry, Status.WAITLISTED, now, user=user)
    owe(event, Notice.Kind.WAITLISTED, paragraph)
    return enquiry


@in_one_transaction
def tell(notice: Notice, *, user: User, now: datetime) -> bool:
    """Ticks off a message that someone told by phone, also in place of an email that failed. False if it was ticked off before."""
    enquiry = locked(notice.enquiry, also_deleted=True)
    told = {"status": Notice.Status.SENT, "sent_at": now}
    done = Notice.objects.to_tell().filter(pk=notice.pk).update(**told)
    instead = not done and Notice.objects.failed().to_client().filter(pk=notice.pk).exists()
    if done or instead:
        event = remark(enquiry, TOLD_BY_TEXT if enquiry.by_phone == "text" else TOLD_BY_CALL, now, user=user)
    if instead and not Notice.objects.to_tell().filter(event=notice.event_id, kind=notice.kind).update(**told):  # the call owed beside it
        event.notices.create(kind=notice.kind, channel=Notice.Channel.PHONE, created_at=now, paragraph=notice.paragraph, **told)
    return bool(done or instead)


@in_one_transaction
def tell_in_call(enquiry: Enquiry, *, since: int, now: datetime) -> int:
    """Tick off what the events after `since`, a key, owe by phone: it is said to the person in the very call. Return how many messages.

    Who said it stands in those events.
    """
    locked(enquiry, also_deleted=True)
    return Notice.objects.to_tell().filter(event__enquiry=enquiry, event__gt=since).update(status=Notice.Status.SENT, sent_at=now)


@in_one_transaction
def send_again(notice: Notice, *, user: User, now: datetime) -> Notice | None:
    """Owes the same message once more; what was sent or failed before stays in the history. None: staff have no address any more.

    Raises NotNow while one is still owed, or when what it says no longer stands.
    """
    enquiry = locked(notice.enquiry, also_deleted=True)
    notice.required_event.enquiry = enquiry
    if not notice.can_be_sent_again(now):
        raise NotNow
    event = remark(enquiry, SENT_AGAIN, now, user=user)
    kind = Notice.Kind(notice.kind)
    if notice.is_for_staff:
        return owe_staff(event, kind)
    first, *others = channels_of(enquiry)
    same = Notice.Channel(notice.channel)
    return owe(event, kind, notice.paragraph, channel=same if same in others else first)
