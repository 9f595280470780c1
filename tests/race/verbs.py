"""A small clinic in which verbs meet: two requests of one person, of which the later names the earlier, and one of somebody else."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

from django.db import connection

from bookings import actions
from bookings.domain.policy import OFFERS_HELD_FOR
from bookings.domain.status import InvalidTransition
from bookings.models import ConsultationHours, Enquiry, Hold, Notice
from bookings.queries.slots import Slot
from services.models import Person
from tests.bookings.conftest import make_clinic, make_harley_street, make_online
from tests.bookings.factories import asked, request

NOW = datetime(2026, 6, 1, 11, tzinfo=UTC)
DAY, HOUR, HALF_HOUR = timedelta(days=1), timedelta(hours=1), timedelta(minutes=30)
LATE = NOW + OFFERS_HELD_FOR + HOUR  # the times on offer have lapsed by then
NINE = datetime(2026, 6, 9, 8, tzinfo=UTC)  # 9am in London, a week on
REFUSED = (
    InvalidTransition, actions.SlotUnavailable, actions.NoSlotChosen, actions.CannotResend, actions.PersonTaken, actions.NotStarted,
    actions.AlreadySent, ValueError, Enquiry.DoesNotExist,
)  # fmt: skip # what a verb says when another was faster


class World:
    """Two places with times each half hour from nine to eleven, and room for two at once."""

    def __init__(self, staff):
        make_clinic()
        self.place, self.online = make_harley_street(), make_online()
        ConsultationHours.objects.update(at_once=2, every=30)
        self.doctor = Person.objects.create(name="Dr Example", slug="dr-example", is_practitioner=True)
        self.staff, self.number = staff, itertools.count()
        self.by = {"user": staff, "now": NOW}

    def offer(self, steps=0, place=None, days=0):
        """So many half hours after nine."""
        return Slot(NINE + steps * HALF_HOUR + days * DAY, place or self.place)

    def pair(self, state, days=0):
        """Two requests of one person: the earlier in this state, the later new and naming it. `days` after the day of all verbs."""
        person = {"now": NOW, "email": f"sam{next(self.number)}@example.org"}
        nine, ten, eleven = (self.offer(steps, days=days) for steps in (0, 2, 4))
        first = request(now=NOW, email=person["email"]) if state == "lapsed" else request(self.place, nine.starts_at, **person)
        if state == "confirmed":
            first = actions.confirm(first, person=self.doctor, **self.by)
        if state in {"offered", "lapsed"}:
            first = actions.offer_times(first, [ten, eleven], **self.by)
        return first, request(self.place, ten.starts_at, **person)


STATES = ["new", "confirmed", "offered", "lapsed"]


def _now_of(enquiry):
    """Late where times on offer are to have lapsed: whoever still answers then finds them gone."""
    return LATE if enquiry.status == "proposed" else NOW


def _first_offer(enquiry):
    return enquiry.holds.filter(kind=Hold.Kind.OFFERED).values_list("pk", flat=True).first() or 0


VERBS = {
    "ask": lambda w, e: request(w.place, NINE, now=NOW, email=e.email or "x@example.org"),
    "ask for a lapsed time": lambda w, e: actions.request_consultation(
        asked(email=f"rival{next(w.number)}@example.org", offer=w.offer(2)),
        submission=uuid.uuid4(), fingerprint="", now=LATE, user=w.staff, source="phone",
    ),
    "confirm": lambda w, e: actions.confirm(e, **w.by),
    "confirm another time": lambda w, e: actions.confirm(e, offer=w.offer(1), person=w.doctor, **w.by),
    "decline": lambda w, e: actions.decline(e, reason="no_capacity", **w.by),
    "waitlist": lambda w, e: actions.waitlist(e, **w.by),
    "cancel": lambda w, e: actions.cancel(e, now=NOW),
    "change time": lambda w, e: actions.change_time(e, w.offer(1), now=NOW),
    "change place": lambda w, e: actions.change_time(e, w.offer(0, w.online), now=NOW),
    "want earlier": lambda w, e: actions.want_earlier(e, True, now=NOW),
    "offer": lambda w, e: actions.offer_times(e, [w.offer(0), w.offer(2)], **w.by),
    "accept": lambda w, e: actions.accept_offer(e, _first_offer(e), now=NOW),
    "refuse": lambda w, e: actions.refuse_offers(e, now=_now_of(e)),
    "expire": lambda w, e: actions.expire(e, now=LATE),
    "cancel by clinic": lambda w, e: actions.cancel_by_clinic(e, offers=[w.offer(1)], **w.by),
    "assign practitioner": lambda w, e: actions.assign_person(e, w.doctor, **w.by),
    "erase": lambda w, e: actions.erase(e, now=NOW),
    "erase now": lambda w, e: actions.erase_now(e, **w.by),
    "correct details": lambda w, e: actions.correct_details(e, name="Sam B", email=e.email, **w.by),
    "replace link": lambda w, e: actions.replace_link(e, **w.by),
    "tell": lambda w, e: [actions.mark_told_by_phone(n, **w.by) for n in Notice.objects.filter(event__enquiry=e)],
    "anonymise": lambda w, e: actions.anonymise(e, now=NOW + 400 * DAY),
}  # fmt: skip


def deadlocks() -> int:
    """How many the database has counted so far; SQLite has none, for it has one writer at a time."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
