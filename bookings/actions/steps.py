"""What every verb is made of: lock, move, record, owe, claim. For this package alone; the caller owns the transaction."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from bookings.actions.problems import PersonTaken, TimeGone, TimeTaken
from bookings.availability import cells
from bookings.diary import Diary, Offer, diary_for
from bookings.folding import words_of
from bookings.models import Enquiry, Event, Hold, HoldCell, Notice, SearchWord
from bookings.models.notices import STANDS_WHILE
from bookings.states import HOLDING, Status, check_move
from services.models import Edition, Location, Person


def locked(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.select_for_update(of=("self",)).select_related("location").get(pk=enquiry.pk)


def move(enquiry: Enquiry, to: Status, now: datetime, *, user: User | None = None, actor: str = "", note: str = "") -> Event:
    """The one door between states. The row is locked by the caller; raises WrongMove.

    Without an actor, a user means staff, none the client.
    """
    old = Status(enquiry.status)
    check_move(old, to)
    enquiry.status = to
    if to != old:
        enquiry.status_since = now
    if (old, to) == (Status.PROPOSED, Status.NEW):  # they have answered: it is our turn again, from now
        enquiry.waiting_since = now
    if old == Status.NEW and user and not enquiry.first_reply_at:
        enquiry.first_reply_at = now
    enquiry.save()
    if to not in HOLDING:
        enquiry.holds.all().delete()
    if to != old:
        _forget_untold(enquiry, to)
    return record(enquiry, old, to, now, actor or (Event.Actor.STAFF if user else Event.Actor.CLIENT), user, note)


def _forget_untold(enquiry: Enquiry, to: Status) -> None:
    """Nobody is rung up with what is no longer true. Emails of that kind the worker drops."""
    untrue = [kind for kind, states in STANDS_WHILE.items() if to not in states]
    Notice.objects.to_tell().filter(event__enquiry=enquiry, kind__in=untrue).update(status=Notice.Status.DROPPED)


def record(enquiry: Enquiry, old: str, new: str, now: datetime, actor: str, user: User | None = None, note: str = "") -> Event:
    return Event.objects.create(enquiry=enquiry, at=now, actor=actor, user=user, from_status=old, to_status=new, note=note)


def remark(enquiry: Enquiry, note: str, now: datetime, *, user: User | None = None) -> Event:
    """Records what happened without a change of state: by staff if there is a user, else by the client."""
    return record(enquiry, enquiry.status, enquiry.status, now, Event.Actor.STAFF if user else Event.Actor.CLIENT, user, note)


def remember_words(enquiry: Enquiry) -> None:
    """What a new request is found by. Whoever changes a name, an address or a number forgets the old words first."""
    words = words_of(name=enquiry.name, email=enquiry.email, phone=enquiry.phone)
    SearchWord.objects.bulk_create(SearchWord(enquiry=enquiry, word=word) for word in sorted(words))


def owe(event: Event, kind: Notice.Kind, paragraph: str = "", *, at: datetime | None = None) -> Notice:
    """A message to the client: by email, or, without an address, told by phone. The paragraph is what staff added for this person.

    `at` is for what falls due later than the event it is about.
    """
    channel = Notice.Channel.EMAIL if event.enquiry.email else Notice.Channel.PHONE
    if channel == Notice.Channel.PHONE:  # the newest is what is told; emails that are overtaken the worker drops
        Notice.objects.to_tell().filter(event__enquiry=event.enquiry, kind=kind).update(status=Notice.Status.DROPPED)
    return Notice.objects.create(event=event, kind=kind, channel=channel, created_at=at or event.at, paragraph=paragraph)


def owe_staff(event: Event, kind: Notice.Kind, *, at: datetime | None = None) -> Notice | None:
    """A message to reception, or to the manager, if they have an address."""
    notice = Notice(event=event, kind=kind, created_at=at or event.at)
    if not notice.staff_address:
        return None
    notice.save()
    return notice


def claim(
    enquiry: Enquiry, offer: Offer, now: datetime, kind: Hold.Kind, expires_at: datetime | None = None, diary: Diary | None = None
) -> Hold:
    """Takes the time. The claim is the insert of the cells: what was read before only says which seats to try.

    `expires_at` is for times on offer: until when they are kept. `diary` is the one that was read in this transaction already.
    """
    diary = diary or diary_for(offer, now)
    if not diary.is_staffed(offer):
        raise TimeGone
    _clear_lapsed(diary)
    for seat in diary.seats(offer):
        with suppress(IntegrityError), transaction.atomic():
            hold = Hold.objects.create(
                enquiry=enquiry,
                location=offer.location,
                seat=seat,
                starts_at=offer.starts_at,
                ends_at=offer.ends_at,
                kind=kind,
                expires_at=expires_at,
            )
            HoldCell.objects.bulk_create(
                HoldCell(hold=hold, location=offer.location, seat=seat, cell=cell) for cell in cells(hold.starts_at, hold.ends_at)
            )
            return hold
    raise TimeTaken


def _clear_lapsed(diary: Diary) -> None:
    """Times on offer that nobody answered in time go in the transaction of whoever may want them: it never waits for a timetable."""
    if diary.lapsed:
        lapsed = Hold.objects.select_for_update().filter(pk__in=diary.lapsed, expires_at__lte=diary.now).order_by("pk")
        Hold.objects.filter(pk__in=[hold.pk for hold in lapsed]).delete()  # locked: none of them is being accepted at this moment


def shift(hold: Hold, offer: Offer, now: datetime) -> None:
    """Moves a hold: the cells both times share stay, the new ones are claimed, the rest is freed. Raises TimeGone or TimeTaken.

    Claimed before anything is freed: two people who swap their times both find the other's taken, instead of waiting for each other.
    The practitioner moves along if they see people there and are free; if not, nobody is assigned any more.
    """
    diary = diary_for(offer, now, besides=hold.enquiry_id)
    if not diary.is_staffed(offer):
        raise TimeGone
    _clear_lapsed(diary)
    own = (hold.location_id, hold.seat)
    seats = sorted(diary.seats(offer), key=lambda seat: (offer.location.pk, seat) != own)
    stays = hold.person and sees_people_at(hold.person, offer.location)
    for person, seat in [(person, seat) for person in dict.fromkeys([hold.person_id if stays else None, None]) for seat in seats]:
        with suppress(IntegrityError), transaction.atomic():
            _shift_to(hold, offer, seat, person)
            return
    raise TimeTaken


def _shift_to(hold: Hold, offer: Offer, seat: int, person: int | None) -> None:
    """Raises IntegrityError if someone else has a cell of this seat, or the person is elsewhere then."""
    wanted = set(cells(offer.starts_at, offer.ends_at))
    shared = hold.cells.filter(location=offer.location, seat=seat, cell__in=wanted)
    known = set(shared.values_list("cell", flat=True))
    if person:  # what is deleted below must not stand in the person's own way
        hold.cells.filter(cell__in=wanted).exclude(location=offer.location, seat=seat).update(person=None)
    else:
        shared.update(person=None)
    HoldCell.objects.bulk_create(
        HoldCell(hold=hold, location=offer.location, seat=seat, person_id=person, cell=cell) for cell in sorted(wanted - known)
    )
    hold.cells.exclude(location=offer.location, seat=seat, cell__in=wanted).delete()
    hold.location, hold.seat, hold.starts_at, hold.ends_at, hold.person_id = offer.location, seat, offer.starts_at, offer.ends_at, person
    Hold.objects.filter(pk=hold.pk).update(
        location=offer.location, seat=seat, starts_at=offer.starts_at, ends_at=offer.ends_at, person_id=person
    )


def give_to(hold: Hold, person: Person | None) -> None:
    """Writes the practitioner into the hold and its cells; None takes them out. Raises PersonTaken if they are elsewhere at that time."""
    try:
        with transaction.atomic():
            hold.cells.update(person=person)
            Hold.objects.filter(pk=hold.pk).update(person=person)
    except IntegrityError:
        raise PersonTaken from None


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


def locked_holds(enquiry: Enquiry) -> list[Hold]:
    """What it holds, in order. Nobody can clear a lapsed one away until the transaction ends."""
    return list(enquiry.holds.select_for_update(of=("self",)).select_related("location", "person").order_by("pk"))


def make_confirmed(hold: Hold, person: Person | None) -> None:
    """Turns a hold into that of the appointment. The practitioner of the time before stays, if they see people there and are free."""
    Hold.objects.filter(pk=hold.pk).update(kind=Hold.Kind.CONFIRMED, expires_at=None)
    if person and person != hold.person and sees_people_at(person, hold.location):
        with suppress(PersonTaken):
            give_to(hold, person)


def sees_people_at(person: Person, location: Location) -> bool:
    """None chosen means anywhere."""
    places = set(person.places.values_list("pk", flat=True))
    return not places or location.pk in places


def whole(hold: Hold) -> bool:
    """Whether it has all its cells."""
    return hold.cells.count() == len(cells(hold.starts_at, hold.ends_at))
