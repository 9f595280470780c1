"""Puts many stored requests into the database that DATABASE_URL names: python -m tests.bench.stored 100000.

As a clinic has them after years: most are over, each with what happened to it and what was sent, found by its words, the person one of
many who asked before. The weeks ahead are held alike however many there are, so that only what is stored differs.
"""

import os
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

import django
from django.apps import apps
from django.utils import timezone

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harley.settings")
    django.setup()

from django.core.management.color import no_style
from django.db import connection, transaction

from bookings.domain.availability import RULES, cells
from bookings.domain.normalise import search_words
from bookings.models import Enquiry, Event, Hold, HoldCell, Notice, SearchWord
from bookings.queries.slots import Slot, SlotFinder, bookable_days
from services.models import Location

ORIGINALS = 10_000
BATCH = 5_000
STRIDE = 100_000  # between the keys of a row and of its copy; more than any table has of the originals
DAYS = 90  # between a time and that of its copy; longer than all the past times of the originals
AHEAD = 300  # requests with a time in the weeks to come, at most
PEOPLE = 3  # one in so many requests is a person's first
OVER = ["closed"] * 5 + ["cancelled_client"] * 3 + ["declined"] * 2 + ["expired"] * 2
COPIED = {  # and the key of the request that a row belongs to
    Enquiry: "id",
    Event: "enquiry_id",
    Notice: "(SELECT enquiry_id FROM bookings_event WHERE bookings_event.id = event_id)",
    SearchWord: "enquiry_id",
    Hold: "enquiry_id",
    HoldCell: "(SELECT enquiry_id FROM bookings_hold WHERE bookings_hold.id = hold_id)",
}
NAMES = ["Ade", "Beatrix", "Chidi", "Dilys", "Eoin", "Farah", "Grace", "Hamish", "Ines", "Jun", "Kwame", "Leila", "Maeve", "Nia", "Owen"]


def fill(number: int, now: datetime) -> None:
    """Stores so many requests, with progress on a terminal: some by the models, the rest as their copies, each further in the past."""
    began = time.monotonic()
    first, ahead, past = min(number, ORIGINALS), times_ahead(now), times_past(now)
    for done in range(0, first, BATCH):
        with transaction.atomic():
            store([request(n, first, now, ahead, past) for n in range(done, min(done + BATCH, first))])
        tell(min(done + BATCH, first), number)
    over = Enquiry.objects.exclude(starts_at__gt=now).order_by("pk").values_list("pk", flat=True)
    lowest, most, copies = over[0], len(over), 0
    while (missing := number - first - copies * most) > 0:
        copies += 1
        with transaction.atomic():
            copy(copies, lowest, lowest + min(missing, most))
        tell(number - max(missing - most, 0), number)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(COPIED)):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # as its own housekeeping does within minutes
    print(f"{number:,} requests stored in {time.monotonic() - began:.0f} s", flush=True)


def tell(done: int, number: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} of {number:,} stored", end="\n" if done == number else "", file=sys.stderr, flush=True)


def copy(number: int, first: int, end: int) -> None:
    """Copies the requests with a key from first up to end, with all that belongs to them, inside the database."""
    with connection.cursor() as cursor:
        for model, of in COPIED.items():
            columns = {field.column: copied(field, number) for field in model._meta.concrete_fields}
            names, values = (", ".join(f'"{name}"' for name in columns), ", ".join(columns.values()))
            table = model._meta.db_table
            cursor.execute(  # no word of it comes from outside
                f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" '  # noqa: S608
                f"WHERE id < {STRIDE} AND {of} >= {first} AND {of} < {end}"
            )


def copied(field, number: int) -> str:
    """What stands in a column of the copy: other keys, another person, an earlier time."""
    column, shift = f'"{field.column}"', number * STRIDE
    if field.primary_key or (field.remote_field and field.related_model in COPIED):
        return f"{column} + {shift}"
    if field.name in {"reference", "key_head"}:
        return f"CAST(id + {shift} AS varchar(8))"
    if field.name in {"email", "email_key"}:
        return f"CASE WHEN {column} = '' THEN '' ELSE 'c{number}.' || {column} END"
    if field.get_internal_type() == "UUIDField":
        return "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    if field.get_internal_type() == "DateTimeField":
        days = number * DAYS
        return f"{column} - interval '{days} days'" if connection.vendor == "postgresql" else f"datetime({column}, '-{days} days')"
    return column


def times_ahead(now: datetime) -> Iterator[Slot]:
    """Every third of the times on offer, so that each day has free ones."""
    return iter(SlotFinder(Location.objects.all(), *bookable_days(now), now).free()[::3][:AHEAD])


def times_past(now: datetime) -> Iterator[Slot]:
    """One at a time at each place, on the hour, day by day into the past."""
    places, day = list(Location.objects.all()), now.replace(minute=0, second=0, microsecond=0)
    while True:
        day -= timedelta(days=1)
        for hour in range(9, 17):
            for place in places:
                yield Slot(day.replace(hour=hour), place)


def request(n: int, number: int, now: datetime, ahead: Iterator[Slot], past: Iterator[Slot]) -> Enquiry:
    """The n-th: first those with a time ahead, then one in five that met, then what is over otherwise."""
    offer = next(ahead, None)
    if offer:
        status = "new" if n % 4 == 0 else "confirmed"
    else:
        status, offer = ("confirmed", next(past)) if n % 5 == 0 else (OVER[n % len(OVER)], None)
    person = n % max(number // PEOPLE, 1)
    by_phone = person % 10 == 0
    asked_at = min((offer.starts_at if offer else now) - timedelta(days=3, minutes=n % 1000), now - timedelta(minutes=n % 1000))
    return Enquiry(
        reference=f"HT-{n:x}"[:8] if n < 0xFFFFF else f"{n:08x}",
        key_head=f"{n:08x}",
        submission=uuid.uuid4(),
        fingerprint=f"{n:064x}",
        status=status,
        outcome="not_going_ahead" if status == "closed" else "",
        created_at=asked_at,
        waiting_since=asked_at,
        status_since=asked_at,
        privacy_notice="2026-11-24",
        name=f"{NAMES[person % len(NAMES)]} {person:x}",
        email="" if by_phone else f"Person{person}@example.org",
        email_key="" if by_phone else f"person{person}@example.org",
        phone=f"+4477009{person % 100000:05}",
        phone_typed=f"07700 9{person % 100000:05}",
        contact_by="call" if by_phone else "email",
        message="Is there a lift? I use a stick." if n % 3 == 0 else "",
        location_id=offer.location.pk if offer else None,
        starts_at=offer.starts_at if offer else None,
        preferred_times=[] if offer else ["weekends"],
    )


def store(enquiries: list[Enquiry]) -> None:
    """A batch with everything that belongs to it."""
    enquiries = Enquiry.objects.bulk_create(enquiries)
    begun = [Event(enquiry=each, at=each.created_at, actor="client", to_status="new") for each in enquiries]
    ended = [
        Event(enquiry=each, at=each.created_at + timedelta(hours=2), actor="staff", from_status="new", to_status=each.status)
        for each in enquiries
        if each.status != "new"
    ]
    events = Event.objects.bulk_create(chain(begun, ended))
    kinds = {"new": "received", "confirmed": "confirmed", "declined": "declined", "cancelled_client": "cancelled", "expired": "expired"}
    Notice.objects.bulk_create(
        Notice(
            event=event,
            kind=kinds[event.to_status],
            channel="email" if event.enquiry.email else "phone",
            status="sent",
            created_at=event.at,
            sent_at=event.at,
        )
        for event in events
        if event.to_status in kinds
    )
    SearchWord.objects.bulk_create(
        SearchWord(enquiry=each, word=word)
        for each in enquiries
        for word in search_words(name=each.name, email=each.email, phone=each.phone)
    )
    holds = Hold.objects.bulk_create(
        Hold(
            enquiry=each,
            location_id=each.location_id,
            seat=1,
            starts_at=each.starts_at,
            ends_at=each.starts_at + RULES.length,
            kind="asked" if each.status == "new" else "confirmed",
        )
        for each in enquiries
        if each.starts_at
    )
    HoldCell.objects.bulk_create(
        HoldCell(hold=hold, location_id=hold.location_id, seat=1, cell=cell)
        for hold in holds
        for cell in cells(hold.starts_at, hold.ends_at)
    )


if __name__ == "__main__":
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")  # what is lost in a power cut is made again
    fill(int(sys.argv[1]), timezone.now())
