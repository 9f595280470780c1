"""What every verb is made of: lock, move, record, owe, claim. For this package alone; the caller owns the transaction."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from bookings.actions.exceptions import DetailsDeleted, PersonTaken, SlotTaken, SlotWithdrawn
from bookings.domain.availability import Taken, cells, reseated
from bookings.domain.normalise import search_words
from bookings.domain.status import MAY_HOLD, Status, check_transition
from bookings.models import Enquiry, Event, Hold, HoldCell, Notice, SearchWord
from bookings.models.notification import ALSO_BY_PHONE, STANDS_WHILE
from bookings.queries.slots import Slot, SlotFinder, slot_finder_for
from services.models import Edition, Location, Person

DIARY = 4_826_001  # names the lock among the advisory locks of the database; any number nobody else uses


def lock_enquiry(enquiry: Enquiry, *, also_deleted: bool = False) -> Enquiry:
    """Return the row as it is now; nobody else changes it until the transaction ends. Raises DetailsDeleted for one whose person asked to
    be forgotten, unless that is no hindrance.
    """
    row = Enquiry.objects.locked(enquiry.pk)
    if not also_deleted and (row.erased_at or row.erase_by):
        raise DetailsDeleted(row.status)
    return row


def transition(enquiry: Enquiry, to: Status, now: datetime, *, user: User | None = None, actor: str = "", note: str = "") -> Event:
    """The one door between states. The row is locked by the caller; raises InvalidTransition.

    Without an actor, a user means staff, none the client.
    """
    old = Status(enquiry.status)
    check_transition(old, to)
    enquiry.status = to
    if to != old:
        enquiry.status_since = now
    if (old, to) == (Status.PROPOSED, Status.NEW):  # they have answered: it is our turn again, from now
        enquiry.waiting_since = now
    if old == Status.NEW and user and not enquiry.first_reply_at:
        enquiry.first_reply_at = now
    enquiry.save()
    if to not in MAY_HOLD:
        free(enquiry.holds.all())
    if to != old:
        _drop_outdated(enquiry, to)
    return record(enquiry, old, to, now, actor or (Event.Actor.STAFF if user else Event.Actor.CLIENT), user, note)


def _drop_outdated(enquiry: Enquiry, to: Status) -> None:
    """Nobody is rung up with what is no longer true. Emails of that kind the worker drops."""
    untrue = [kind for kind, states in STANDS_WHILE.items() if to not in states]
    Notice.objects.to_tell().filter(event__enquiry=enquiry, kind__in=untrue).update(status=Notice.Status.DROPPED)


def record(enquiry: Enquiry, old: str, new: str, now: datetime, actor: str, user: User | None = None, note: str = "") -> Event:
    return Event.objects.create(enquiry=enquiry, at=now, actor=actor, user=user, from_status=old, to_status=new, note=note)


def add_event(enquiry: Enquiry, note: str, now: datetime, *, user: User | None = None) -> Event:
    """Records what happened without a change of state: by staff if there is a user, else by the client."""
    return record(enquiry, enquiry.status, enquiry.status, now, Event.Actor.STAFF if user else Event.Actor.CLIENT, user, note)


def remember_words(enquiry: Enquiry) -> None:
    """What a new request is found by. Whoever changes a name, an address or a number forgets the old words first."""
    words = search_words(name=enquiry.name, email=enquiry.email, phone=enquiry.phone)
    SearchWord.objects.bulk_create(SearchWord(enquiry=enquiry, word=word) for word in sorted(words))


def channels_of(enquiry: Enquiry) -> list[Notice.Channel]:
    """Return how messages reach this client: by email if there is an address, and by phone if not or if they asked for that; first is what
    always goes.
    """
    by_email = [Notice.Channel.EMAIL] if enquiry.email else []
    return [*by_email, Notice.Channel.PHONE] if enquiry.reach != "email" else by_email


def notify(
    event: Event, kind: Notice.Kind, paragraph: str = "", *, at: datetime | None = None, channel: Notice.Channel | None = None
) -> Notice:
    """A message to the client: by email, or, without an address, told by phone. The paragraph is what staff added for this person.

    Who has given an address and asked for a call or a text message is told by phone, too, what staff have decided: the email never waits
    for that. `at` is for what falls due later than the event it is about; `channel` for a message that goes one way alone.
    """
    first, *others = channels_of(event.enquiry)
    notice = _notify(event, kind, paragraph, at, channel or first)
    if others and not channel and event.actor == Event.Actor.STAFF and kind in ALSO_BY_PHONE:
        _notify(event, kind, paragraph, at, *others)
    return notice


def _notify(event: Event, kind: Notice.Kind, paragraph: str, at: datetime | None, channel: Notice.Channel) -> Notice:
    if channel == Notice.Channel.PHONE:  # the newest is what is told; emails that are overtaken the worker drops
        Notice.objects.to_tell().filter(event__enquiry=event.enquiry, kind=kind).update(status=Notice.Status.DROPPED)
    return Notice.objects.create(event=event, kind=kind, channel=channel, created_at=at or event.at, paragraph=paragraph)


def notify_staff(event: Event, kind: Notice.Kind, *, at: datetime | None = None) -> Notice | None:
    """A message to reception, or to the manager, if they have an address."""
    notice = Notice(event=event, kind=kind, created_at=at or event.at)
    if not notice.staff_address:
        return None
    notice.save()
    return notice


def lock_diary() -> None:
    """Make every other transaction that claims, moves or frees a time wait until this one ends. After the lock of the request.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DIARY])


def free(holds: QuerySet[Hold]) -> None:
    """Frees these times."""
    lock_diary()
    holds.all().delete()


def claim(
    enquiry: Enquiry, offer: Slot, now: datetime, kind: Hold.Kind, expires_at: datetime | None = None, diary: SlotFinder | None = None
) -> Hold:
    """Takes the time. The claim is the insert of the cells, and the database refuses a second one of a seat.

    Raises SlotTaken or SlotWithdrawn.

    `expires_at` is for times on offer: until when they are kept. `diary` is the one that was read in this transaction already, under its
    lock.
    """
    lock_diary()
    diary = diary or slot_finder_for(offer, now)
    if not diary.is_staffed(offer):
        raise SlotWithdrawn
    if not diary.has_room(offer):
        raise SlotTaken
    Hold.objects.filter(pk__in=diary.lapsed).delete()  # times on offer that nobody answered in time wait for no timetable
    hold = Hold(enquiry=enquiry, location=offer.location, kind=kind, expires_at=expires_at)
    hold.starts_at, hold.ends_at, hold.seat = offer.starts_at, offer.ends_at, diary.first_free_seat(offer)
    try:
        with transaction.atomic():
            if hold.seat > diary.capacity(offer):
                hold.seat = _make_room(offer)
            hold.save()
            _insert_cells(hold)
    except IntegrityError:
        raise SlotTaken from None
    return hold


def _make_room(offer: Slot) -> int:
    """Return a seat for the time where those within the capacity are held by turns: others at the place change theirs."""
    edge = timedelta(days=1)
    around = Hold.objects.filter(location=offer.location, starts_at__gt=offer.starts_at - edge, starts_at__lt=offer.ends_at + edge)
    held = list(around.order_by("pk"))
    *seats, own = reseated([Taken(each.seat, each.starts_at, each.ends_at) for each in held], offer.starts_at, offer.ends_at)
    changed = [(each, seat) for each, seat in zip(held, seats, strict=True) if each.seat != seat]
    HoldCell.objects.filter(hold__in=[each for each, _ in changed]).delete()
    for each, seat in changed:
        each.seat = seat
        each.save(update_fields=["seat"])
        _insert_cells(each)
    return own


def _insert_cells(hold: Hold) -> None:
    """Writes the cells of a hold, each with its practitioner. Raises IntegrityError if a seat or the practitioner is taken."""
    HoldCell.objects.bulk_create(
        HoldCell(hold=hold, location_id=hold.location_id, seat=hold.seat, person_id=hold.person_id, cell=cell)
        for cell in cells(hold.starts_at, hold.ends_at)
    )


def move_hold(hold: Hold, offer: Slot, now: datetime) -> Hold:
    """Frees the hold and claims the offer's time in its place; who comes later has claimed later. Raises SlotWithdrawn or SlotTaken.

    The practitioner moves along if they see people there and are free; if not, nobody is assigned any more.
    """
    free(Hold.objects.filter(pk=hold.pk))
    claimed = claim(hold.enquiry, offer, now, Hold.Kind(hold.kind), hold.expires_at)
    _move_practitioner(claimed, hold.person)
    return claimed


def assign_practitioner(hold: Hold, person: Person | None) -> None:
    """Writes the practitioner into the hold and its cells; None takes them out. Raises PersonTaken if they are elsewhere at that time."""
    lock_diary()
    try:
        with transaction.atomic():
            hold.cells.update(person=person)
            Hold.objects.filter(pk=hold.pk).update(person=person)
    except IntegrityError:
        raise PersonTaken from None
    hold.person = person


def expect_address(address: str) -> None:
    """Begin a new edition if an address is to be kept: first of all in its transaction, before an enquiry is locked.

    Whoever saves a closure and tells those who lose their time takes the row of the edition first, then the enquiries.
    """
    if address:
        Edition.renew()


def keep_address(location: Location, address: str, getting_in: str = "") -> None:
    """Give the place the address that staff typed, and how to get in, if it has no address yet. Saved as staff save it: pages show it."""
    if not address:
        return
    place = Location.objects.get(pk=location.pk)
    if not place.is_online and not place.address:
        place.address, place.getting_in = address, place.getting_in or getting_in
        place.save(update_fields=["address", "getting_in", "updated_at"])


def holds_of(enquiry: Enquiry) -> list[Hold]:
    """Return what a locked request holds, in the order of the claims. Nobody clears a lapsed one away until the transaction ends."""
    lock_diary()
    return list(enquiry.holds.select_related("location", "person").order_by("pk"))


def make_confirmed(hold: Hold, person: Person | None) -> None:
    """Turns a hold into that of the appointment. The practitioner of the time before stays, if they see people there and are free."""
    Hold.objects.filter(pk=hold.pk).update(kind=Hold.Kind.CONFIRMED, expires_at=None)
    _move_practitioner(hold, person)


def _move_practitioner(hold: Hold, person: Person | None) -> None:
    """Gives a hold the practitioner of the time before, if they see people there and are free."""
    if person and person != hold.person and sees_people_at(person, hold.location):
        with suppress(PersonTaken):
            assign_practitioner(hold, person)


def sees_people_at(person: Person, location: Location) -> bool:
    """None chosen means anywhere."""
    places = set(person.places.values_list("pk", flat=True))
    return not places or location.pk in places


def has_all_cells(hold: Hold) -> bool:
    """Whether it has all its cells."""
    return hold.cells.count() == len(cells(hold.starts_at, hold.ends_at))
