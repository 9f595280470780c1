"""A request comes in: stored once, its time claimed."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bookings import rate_limits
from bookings.actions.exceptions import AlreadySent, SlotTaken, SlotWithdrawn
from bookings.actions.primitives import claim, lock_diary, lock_enquiry, notify, notify_staff, record, remember_words, transition
from bookings.domain.policy import MAX_HOLDS_PER_NETWORK, UNANSWERED_FEW
from bookings.domain.status import InvalidTransition, Status
from bookings.models import Enquiry, Event, Hold, Notice
from bookings.queries.slots import Rota, Slot, SlotFinder, bookable_days, slot_finder_for
from bookings.transactions import in_one_transaction
from services.models import Location

PRIVACY_NOTICE = "2026-11-24"  # the version of templates/bookings/includes/privacy_notice.html
A_DAY = timedelta(days=1)
TRIES = 3  # a reference that is taken by chance is made anew


@dataclass(frozen=True)
class BookingData:
    """What a person asks for and says about themselves: the answers of the booking form, cleaned."""

    name: str
    contact_by: str
    email: str = ""
    phone: str = ""  # E.164
    phone_typed: str = ""
    message_safety: str = Enquiry.MessageSafety.NONE
    best_time: str = ""
    message: str = ""
    offer: Slot | None = None  # the time chosen; None if none suited
    location_id: int | None = None  # the place chosen; None for “I don’t mind”
    preferred_times: list[str] = field(default_factory=list)
    wants_earlier: bool = False
    came_back_from_id: int | None = None  # the ended request whose answers were filled in


def request_consultation(
    asked: BookingData,
    *,
    submission: uuid.UUID,
    fingerprint: str,
    now: datetime,
    source: str = Enquiry.Source.ONLINE,
    suspect: bool = False,
    user: User | None = None,
    network: str = "",
) -> Enquiry:
    """Stores a request and claims its time; `user` is who of the staff wrote it down for a caller, `network` names where it was sent from,
    as `rate_limits.bucket` has it.

    Whether a time is held is decided by what this network has sent, never by whose address was typed: nobody learns of anybody else's.

    Raises AlreadySent, SlotTaken or SlotWithdrawn, having changed nothing.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _request(asked, submission, fingerprint, now, source, suspect, user, network)
        except IntegrityError:
            earlier = Enquiry.objects.filter(submission=submission).first()
            if earlier:
                raise AlreadySent(earlier, same=earlier.fingerprint == fingerprint) from None
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _request(
    asked: BookingData, submission: uuid.UUID, fingerprint: str, now: datetime, source: str, suspect: bool, user: User | None, network: str
) -> Enquiry:
    email_key = asked.email.lower()
    rate_limits.one_at_a_time("person", email_key or asked.phone)  # or of many sent at once none would name another
    if network:
        rate_limits.one_at_a_time("network", network)  # or all of them would count the same holds
    before = open_of(email_key, asked.phone).values_list("pk", flat=True).first()  # the newest
    status = Status.SUSPECTED_SPAM if suspect else Status.NEW
    enquiry = Enquiry.objects.create(  # before the claim: a repeat fails on the submission, a rival on the cell
        submission=submission,
        fingerprint=fingerprint,
        status=status,
        source=source,
        created_at=now,
        waiting_since=now,
        status_since=now,
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
        came_back_from=_before(asked.came_back_from_id),
        possible_duplicate_of_id=None if suspect else before,
        network=network,
    )
    if asked.offer and not suspect:
        lock_diary()
        diary = slot_finder_for(asked.offer, now)
        if not _may_ask(diary, asked.offer, user):
            raise SlotWithdrawn
        if not diary.has_room(asked.offer):
            raise SlotTaken  # which is so whether anything would be held or not
        if may_hold(enquiry, asked.offer.location, now, diary.rota):
            claim(enquiry, asked.offer, now, Hold.Kind.ASKED, diary=diary)
    remember_words(enquiry)
    event = record(enquiry, "", status, now, Event.Actor.CLIENT if source == Enquiry.Source.ONLINE else Event.Actor.STAFF, user)
    if not suspect:
        notify(event, Notice.Kind.RECEIVED)
        if not user:
            notify_staff(event, Notice.Kind.STAFF_NEW)
    return enquiry


def _may_ask(diary: SlotFinder, offer: Slot, user: User | None) -> bool:
    """Staff know whether somebody can be there sooner than the notice that clients are asked for."""
    return offer.starts_at > diary.now and diary.is_staffed(offer) if user else diary.is_offered(offer)


def _before(pk: int | None) -> Enquiry | None:
    """The request a person comes back from, unless its details were deleted meanwhile: then nothing leads to it."""
    return Enquiry.objects.filter(pk=pk, erased_at=None, erase_by=None).first() if pk else None


def open_of(email_key: str, phone: str) -> QuerySet[Enquiry]:
    """The open requests of the same person, as far as an address can tell, the newest first."""
    same = {"email_key": email_key} if email_key else {"email_key": "", "phone": phone}
    return Enquiry.objects.open().filter(**same).order_by("-pk")


def may_hold(enquiry: Enquiry, location: Location, now: datetime, rota: Rota | None = None) -> bool:
    """Return whether the request may hold a slot of that place. The caller holds the lock of the diary: many ask at once.

    The network it was sent from has fewer than five unanswered holds of the last day. And of the slots that clients can ask for there,
    unanswered requests hold no more than are left free: whoever invents requests, from wherever, leaves half of a place to others.
    What staff have written down may always hold one. `rota` is the one that was read in this transaction already.
    """
    if not enquiry.network:
        return True
    others = Enquiry.objects.filter(network=enquiry.network, status=Status.NEW, created_at__gt=now - A_DAY).exclude(pk=enquiry.pk)
    if others.filter(holds__isnull=False).count() >= MAX_HOLDS_PER_NETWORK:
        return False
    unanswered = Hold.objects.filter(location=location, kind=Hold.Kind.ASKED, starts_at__gt=now).exclude(enquiry=enquiry).count()
    if unanswered < UNANSWERED_FEW:
        return True
    free = SlotFinder([location], *bookable_days(now), now, rota=rota).free_at(location)
    needed = unanswered + 2  # the one that is held, and after it as many as unanswered requests hold
    return sum(1 for _ in islice(free, needed)) == needed


@in_one_transaction
def mark_not_spam(enquiry: Enquiry, *, user: User, now: datetime) -> Enquiry:
    """Takes a request out of suspected spam: from here on it is like any other. Raises InvalidTransition.

    Its time is claimed if it is still free; if not, the request goes on without one, for staff to answer.
    """
    rate_limits.one_at_a_time("person", enquiry.email_key or enquiry.phone)  # before the row, as when a request comes in
    enquiry = lock_enquiry(enquiry)
    if enquiry.status != Status.SUSPECTED_SPAM:
        raise InvalidTransition(enquiry.status, Status.NEW)
    enquiry.possible_duplicate_of = open_of(enquiry.email_key, enquiry.phone).first()
    event = transition(enquiry, Status.NEW, now, user=user, note="Not spam")
    if enquiry.starts_at and enquiry.starts_at > now:
        lock_diary()
        offer = Slot(enquiry.starts_at, enquiry.required_location)
        if may_hold(enquiry, offer.location, now):
            with suppress(SlotTaken, SlotWithdrawn):
                claim(enquiry, offer, now, Hold.Kind.ASKED)
    notify(event, Notice.Kind.RECEIVED)
    return enquiry
