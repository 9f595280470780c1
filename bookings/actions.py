"""Everything that can happen to a request. Nothing else changes one.

Each verb is one transaction: it locks, checks, saves, records the event and owes the messages. Emails are sent elsewhere.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from bookings import limits
from bookings.availability import cells
from bookings.diary import Offer, diary_for
from bookings.models import Enquiry, Event, Hold, HoldCell, Notice
from bookings.states import HOLDING, OPEN, Status, WrongMove, can_cancel, check_move
from services.models import Location

PRIVACY_NOTICE = "2026-11-24"  # the version of templates/bookings/includes/privacy_notice.html
OPEN_REQUESTS_THAT_HOLD = 2  # from one email address; a third is stored, but holds no time
TRIES = 3  # a reference that is taken by chance is made anew


class TimeTaken(Exception):
    """Someone else has this time."""


class TimeGone(Exception):
    """The rota does not offer this time, or no longer."""


class NoTime(Exception):
    """There is no time to confirm."""


class NotNow(Exception):
    """This message is on its way already, or no longer true."""


class AlreadySent(Exception):
    """This very form was sent before."""

    def __init__(self, enquiry: Enquiry, *, same: bool):
        self.enquiry, self.same = enquiry, same
        super().__init__(enquiry.reference)


@dataclass(frozen=True)
class Asked:
    """What a person asks for and says about themselves: the answers of the booking form, cleaned."""

    name: str
    contact_by: str
    email: str = ""
    phone: str = ""  # E.164
    phone_typed: str = ""
    message_safety: str = Enquiry.MessageSafety.NONE
    best_time: str = ""
    message: str = ""
    offer: Offer | None = None  # the time chosen; None if none suited
    location_id: int | None = None  # the place chosen; None for “I don’t mind”
    preferred_times: list[str] = field(default_factory=list)
    wants_earlier: bool = False


def request_consultation(
    asked: Asked, *, submission: uuid.UUID, fingerprint: str, now: datetime, source: str = Enquiry.Source.ONLINE, suspect: bool = False
) -> Enquiry:
    """Stores a request and claims its time. Raises AlreadySent, TimeTaken or TimeGone, having changed nothing."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _request(asked, submission, fingerprint, now, source, suspect)
        except IntegrityError:
            earlier = Enquiry.objects.filter(submission=submission).first()
            if earlier:
                raise AlreadySent(earlier, same=earlier.fingerprint == fingerprint) from None
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _request(asked: Asked, submission: uuid.UUID, fingerprint: str, now: datetime, source: str, suspect: bool) -> Enquiry:
    email_key = asked.email.lower()
    limits.one_at_a_time("person", email_key or asked.phone)  # or many sent at once would all count the same open requests
    same_person = _open_of(email_key, asked.phone)
    status = Status.SUSPECTED_SPAM if suspect else Status.NEW
    enquiry = Enquiry.objects.create(  # before the claim: a repeat fails on the submission, a rival on the cell
        submission=submission,
        fingerprint=fingerprint,
        status=status,
        source=source,
        created_at=now,
        privacy_notice=PRIVACY_NOTICE,
        name=asked.name,
        email=asked.email,
        email_key=email_key,
        phone=asked.phone,
        phone_typed=asked.phone_typed,
        contact_by=asked.contact_by,
        message_safety=asked.message_safety,
        best_time=asked.best_time,
        message=asked.message,
        location_id=asked.offer.location.pk if asked.offer else asked.location_id,
        starts_at=asked.offer.starts_at if asked.offer else None,
        preferred_times=asked.preferred_times,
        wants_earlier=asked.wants_earlier,
        possible_duplicate_of=None if suspect else same_person.first(),
    )
    if asked.offer and not suspect:
        if not diary_for(asked.offer, now).is_offered(asked.offer):
            raise TimeGone
        if _may_hold(enquiry):
            _claim(enquiry, asked.offer, now, Hold.Kind.ASKED)
    event = _record(enquiry, "", status, now, Event.Actor.CLIENT if source == Enquiry.Source.ONLINE else Event.Actor.STAFF)
    if not suspect:
        _owe(event, Notice.Kind.RECEIVED)
        _owe_staff(event, Notice.Kind.STAFF_NEW)
    return enquiry


def _open_of(email_key: str, phone: str):
    """The open requests of the same person, as far as an address can tell."""
    return Enquiry.objects.open().filter(**({"email_key": email_key} if email_key else {"email_key": "", "phone": phone}))


def _may_hold(enquiry: Enquiry) -> bool:
    return _open_of(enquiry.email_key, enquiry.phone).exclude(pk=enquiry.pk).count() < OPEN_REQUESTS_THAT_HOLD


def confirm(enquiry: Enquiry, *, user, now: datetime, video_link: str = "", address: str = "") -> Enquiry:
    """Confirms the time asked for, checking once more that it is free. Raises WrongMove, NoTime, TimeTaken or TimeGone.

    An address is kept with a place that has none: the confirmation must name one.
    """
    with transaction.atomic():
        enquiry = _locked(enquiry)
        if enquiry.status not in OPEN:  # two clicks at once: the second finds it confirmed
            raise WrongMove(enquiry.status, Status.CONFIRMED)
        check_move(enquiry.status, Status.CONFIRMED)
        if not enquiry.starts_at:
            raise NoTime
        offer = Offer(enquiry.starts_at, enquiry.location)
        if offer.starts_at <= now or not diary_for(offer, now).is_staffed(offer):
            raise TimeGone
        hold = enquiry.holds.filter(location=offer.location, starts_at=offer.starts_at).first()
        if hold is None:
            _claim(enquiry, offer, now, Hold.Kind.CONFIRMED)
        elif hold.cells.count() != len(cells(hold.starts_at, hold.ends_at)):
            raise TimeTaken
        else:
            enquiry.holds.exclude(pk=hold.pk).delete()
            enquiry.holds.update(kind=Hold.Kind.CONFIRMED)
        enquiry.video_link = video_link
        if address:
            Location.objects.filter(pk=enquiry.location_id, address="").update(address=address)
        event = _move(enquiry, Status.CONFIRMED, now, user=user)
        _owe(event, Notice.Kind.CONFIRMED)
    return enquiry


def send_video_link(enquiry: Enquiry, *, video_link: str, user, now: datetime) -> Enquiry:
    """Gives a confirmed appointment its video link and owes the confirmation anew. Raises WrongMove."""
    with transaction.atomic():
        enquiry = _locked(enquiry)
        if enquiry.status != Status.CONFIRMED:
            raise WrongMove(enquiry.status, Status.CONFIRMED)
        enquiry.video_link = video_link
        enquiry.save()
        event = _record(enquiry, enquiry.status, enquiry.status, now, Event.Actor.STAFF, user, "Video link")
        _owe(event, Notice.Kind.CONFIRMED)
    return enquiry


def decline(enquiry: Enquiry, *, reason: str, user, now: datetime) -> Enquiry:
    """Declines with a reason code and frees the time. Spam gets no message. Raises WrongMove."""
    with transaction.atomic():
        enquiry = _locked(enquiry)
        quiet = reason == Enquiry.DeclineReason.SPAM
        enquiry.decline_reason = reason
        event = _move(enquiry, Status.DECLINED, now, user=user, note=Enquiry.DeclineReason(reason).label)
        if not quiet:
            _owe(event, Notice.Kind.DECLINED)
    return enquiry


def cancel(enquiry: Enquiry, *, now: datetime, reason: str = "") -> Enquiry:
    """The person cancels, until a confirmed time begins. Frees the time. Raises WrongMove. Suspected spam gets no message."""
    with transaction.atomic():
        enquiry = _locked(enquiry)
        if not can_cancel(enquiry.status, enquiry.starts_at, now):
            raise WrongMove(enquiry.status, Status.CANCELLED_CLIENT)
        enquiry.cancel_reason = reason
        event = _move(enquiry, Status.CANCELLED_CLIENT, now)
        if event.from_status != Status.SUSPECTED_SPAM:
            _owe(event, Notice.Kind.CANCELLED)
    return enquiry


def rescue(enquiry: Enquiry, *, user, now: datetime) -> Enquiry:
    """Takes a request out of suspected spam: from here on it is like any other. Raises WrongMove.

    Its time is claimed if it is still free; if not, the request goes on without one, for staff to answer.
    """
    with transaction.atomic():
        enquiry = _locked(enquiry)
        if enquiry.status != Status.SUSPECTED_SPAM:
            raise WrongMove(enquiry.status, Status.NEW)
        limits.one_at_a_time("person", enquiry.email_key or enquiry.phone)
        enquiry.possible_duplicate_of = _open_of(enquiry.email_key, enquiry.phone).first()
        event = _move(enquiry, Status.NEW, now, user=user, note="Not spam")
        if enquiry.starts_at and enquiry.starts_at > now and _may_hold(enquiry):
            offer = Offer(enquiry.starts_at, enquiry.location)
            with suppress(TimeTaken, TimeGone):
                _claim(enquiry, offer, now, Hold.Kind.ASKED)
        _owe(event, Notice.Kind.RECEIVED)
    return enquiry


def tell(notice: Notice, *, user, now: datetime) -> bool:
    """Ticks off a message that someone told by phone. False if it was ticked off before."""
    with transaction.atomic():
        done = Notice.objects.to_tell().filter(pk=notice.pk).update(status=Notice.Status.SENT, sent_at=now)
        if done:
            _record(
                notice.event.enquiry,
                notice.event.enquiry.status,
                notice.event.enquiry.status,
                now,
                Event.Actor.STAFF,
                user,
                "Told by phone",
            )
    return bool(done)


def send_again(notice: Notice, *, user, now: datetime) -> Notice:
    """Owes the same message once more; what was sent or failed before stays in the history.

    Raises NotNow while one is still owed, or when what it says no longer stands.
    """
    with transaction.atomic():
        enquiry = _locked(notice.event.enquiry)
        notice.event.enquiry = enquiry
        owed = Notice.objects.filter(event__enquiry=enquiry, kind=notice.kind, status=Notice.Status.PENDING)
        if owed.exists() or not notice.is_true:
            raise NotNow
        event = _record(enquiry, enquiry.status, enquiry.status, now, Event.Actor.STAFF, user, "Sent again")
        return _owe_staff(event, Notice.Kind(notice.kind)) if notice.is_for_staff else _owe(event, Notice.Kind(notice.kind))


def _locked(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.select_for_update(of=("self",)).select_related("location").get(pk=enquiry.pk)


def _move(enquiry: Enquiry, to: Status, now: datetime, *, user=None, note: str = "") -> Event:
    """The one door between states. The row is locked by the caller; raises WrongMove."""
    old = Status(enquiry.status)
    check_move(old, to)
    enquiry.status = to
    enquiry.save()
    if to not in HOLDING:
        enquiry.holds.all().delete()
    return _record(enquiry, old, to, now, Event.Actor.STAFF if user else Event.Actor.CLIENT, user, note)


def _record(enquiry: Enquiry, old: str, new: str, now: datetime, actor: str, user=None, note: str = "") -> Event:
    return Event.objects.create(enquiry=enquiry, at=now, actor=actor, user=user, from_status=old, to_status=new, note=note)


def _owe(event: Event, kind: Notice.Kind) -> Notice:
    """A message to the client: by email, or, without an address, told by phone."""
    channel = Notice.Channel.EMAIL if event.enquiry.email else Notice.Channel.PHONE
    return Notice.objects.create(event=event, kind=kind, channel=channel, created_at=event.at)


def _owe_staff(event: Event, kind: Notice.Kind) -> Notice | None:
    """A message to reception, if it has an address."""
    return Notice.objects.create(event=event, kind=kind, created_at=event.at) if settings.STAFF_EMAIL else None


def _claim(enquiry: Enquiry, offer: Offer, now: datetime, kind: Hold.Kind) -> Hold:
    """Takes the time. The claim is the insert of the cells: what was read before only says which seats to try."""
    diary = diary_for(offer, now)
    if not diary.is_staffed(offer):
        raise TimeGone
    for seat in diary.seats(offer):
        with suppress(IntegrityError), transaction.atomic():
            hold = Hold.objects.create(
                enquiry=enquiry, location=offer.location, seat=seat, starts_at=offer.starts_at, ends_at=offer.ends_at, kind=kind
            )
            HoldCell.objects.bulk_create(
                HoldCell(hold=hold, location=offer.location, seat=seat, cell=cell) for cell in cells(hold.starts_at, hold.ends_at)
            )
            return hold
    raise TimeTaken
