"""What waits at reception, in boxes: how many, the first few, and the one next step of each.

A fixed number of queries, each of which reads a few rows by an index: as quick with many requests as with few.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils.functional import cached_property

from bookings.models import Enquiry, Hold, Notice
from bookings.queries.displaced import displaced_holds, first_of_each_enquiry
from bookings.queries.queues import BY_NAME, Queue
from bookings.queries.slots import Rota, SlotFinder, bookable_days
from bookings.queries.versions import Version, with_version
from bookings.queries.waiting_time import Wait, until_when, wait_of
from services.clinic import content_todo
from services.clinic.clinic import Clinic
from services.clinic.uk_time import LONDON, clock, how_long, near_time, short_moment
from services.models import Location

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

SHOWN = {"new": 8, "today": 40, "outcome": 5, "proposed": 5}  # rows of a box; of today's all there can be
SHOWN_ASIDE = 3
MOST_COUNTED = 99  # more than anybody looks through
DAYS_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class NextStep:
    """What to do about a row: the address of a page that asks, or, where nothing is left to ask, of a button."""

    words: str
    url: str
    is_button: bool = False
    seen: Version | None = None  # of a button: what was last on the request when the board was drawn


@dataclass(frozen=True)
class DashboardRow:
    what: str
    url: str
    detail: str = ""
    wait: Wait | None = None
    step: NextStep | None = None
    enquiry: Enquiry | None = None


@dataclass
class Box:
    """One heading of the board. `empty` is what it says when there is nothing."""

    name: str
    title: str
    empty: str
    url: str = ""
    rows: list[DashboardRow] = field(default_factory=list)
    total: int = 0

    @property
    def count(self) -> str:
        return f"{MOST_COUNTED}+" if self.total > MOST_COUNTED else str(self.total)

    @property
    def is_pressing(self) -> bool:
        return any(row.wait and row.wait.is_pressing for row in self.rows)


class Extra(TypedDict):
    """Name what the query of the boxes adds to each enquiry."""

    queue: str
    total: int
    until: datetime | None
    seen_by: str | None


if TYPE_CHECKING:
    BoardEnquiry = WithAnnotations[Enquiry, Extra]


class Counted(Subquery):
    """How many rows a sliced queryset has: the count stops where the slice ends."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def count_at_most(rows: QuerySet[Any]) -> Counted:
    return Counted(rows.order_by().values("pk")[: MOST_COUNTED + 1])


# By queue: what the box says when it is empty, and the words of the next step.
WORK = {
    "new": ("Nobody is waiting for an answer.", "Answer"),
    "today": ("No consultations today.", ""),
    "outcome": ("Every consultation that is over has its outcome.", "Did they come?"),
    "proposed": ("Nobody has times to choose from just now.", "Open"),
    "suspected_spam": ("Nothing looks like spam.", "Is it spam?"),
    "no_link": ("Everybody who comes today or tomorrow has the link or the address.", "Send it"),
    "no_person": ("Every consultation ahead has its practitioner.", "Who sees them?"),
    "earlier": ("Nobody has asked for an earlier time.", "Find a time"),
    "to_close": ("Nothing is waiting to be closed.", "What came of it?"),
}
# What the site lacks, by kind: what a box says when it is empty, and the models of which somebody must be able to change one to see it.
CONTENT = {
    "To fill in": ("Every fact about the clinic is there.", {"clinicdetails", "location"}),
    "Bank holidays to decide": ("Every bank holiday is decided.", {"bankholiday"}),
    "To review": ("No page is due for review.", {"service", "article", "page"}),
    "To check against the source": ("Everything was checked within a year.", {"service", "rating", "crisiscontact", "person"}),
}
FIRST_COMES = ["new", "lost", "failed", "no_link", "tell", "outcome", "suspected_spam", "no_person", "earlier", "to_close"]
MAIN = ["new", "today", "outcome", "proposed"]


class Dashboard:
    """The boxes somebody may see, as of the clinic's moment: what they have no permission for is not even asked for."""

    def __init__(self, user: User, clinic: Clinic):
        self.user, self.clinic, self.now = user, clinic, clinic.now

    @cached_property
    def main(self) -> list[Box]:
        """What people at reception look at most."""
        return [self.work[name] for name in MAIN if name in self.work]

    @cached_property
    def side(self) -> list[Box]:
        others = [box for name, box in self.work.items() if name not in MAIN]
        return [*self._lost(), *self._messages(), *others, *self._times()]

    @property
    def waiting(self) -> list[Box]:
        """Those with anything in them."""
        return [box for box in (*self.main, *self.side, *self.content) if box.rows]

    @property
    def next(self) -> tuple[Box, DashboardRow] | None:
        """The one thing to do first: who waits for an answer, then who was not told, then what is to be written down."""
        boxes = {box.name: box for box in self.waiting}
        first = next((boxes[name] for name in FIRST_COMES if name in boxes), None)
        return (first, first.rows[0]) if first else None

    @cached_property
    def work(self) -> dict[str, Box]:
        """The boxes of requests, by the name of their queue: one query for all of them."""
        if not self.user.has_perm("bookings.view_enquiry"):
            return {}
        queues = [BY_NAME[name] for name in WORK]
        first, *others = [self._top(queue) for queue in queues]
        found: dict[str, list[BoardEnquiry]] = {queue.name: [] for queue in queues}
        for enquiry in first.union(*others, all=True).order_by():  # Django 6.1 would order by Meta.ordering
            found[enquiry.queue].append(enquiry)
        return {queue.name: self._box(queue, found[queue.name]) for queue in queues}

    def _top(self, queue: Queue) -> QuerySet[BoardEnquiry]:
        """The first requests of a queue, each with how many there are. The queue is cut before anything else is read."""
        rows = Enquiry.objects.filter(queue.where(self.now))
        cut = SHOWN.get(queue.name, SHOWN_ASIDE)
        top = Enquiry.objects.filter(pk__in=rows.order_by(*queue.order).values("pk")[:cut]).order_by()
        seen_by = Hold.objects.filter(enquiry=OuterRef("pk"), person__isnull=False).order_by("pk").values("person__name")[:1]
        return top.annotate(queue=Value(queue.name), total=count_at_most(rows), until=until_when(), seen_by=Subquery(seen_by))

    def _box(self, queue: Queue, enquiries: list[BoardEnquiry]) -> Box:
        empty, step = WORK[queue.name]
        places: dict[int | None, Location] = {place.pk: place for place in self.clinic.locations}
        for enquiry in enquiries:
            enquiry.location = places.get(enquiry.location_id)
        if queue.name == "today":
            order = {pk: number for number, pk in enumerate(places)}
            enquiries.sort(key=lambda enquiry: (order[enquiry.location_id], enquiry.required_starts_at))
        elif queue.name == "proposed":
            enquiries.sort(key=lambda enquiry: enquiry.until or enquiry.status_since)
        else:
            enquiries.sort(key=lambda enquiry: tuple(getattr(enquiry, name) for name in queue.order))
        rows = [self._row(enquiry, step) for enquiry in enquiries]
        total = enquiries[0].total if enquiries else 0
        return Box(queue.name, queue.label, empty, _list("enquiry", state=queue.name), rows, total)

    def _row(self, enquiry: BoardEnquiry, words: str) -> DashboardRow:
        url = _request(enquiry)
        if enquiry.queue == "today":
            return DashboardRow(enquiry.reference, url, clock(enquiry.required_starts_at), enquiry=enquiry)
        when = short_moment(enquiry.starts_at) if enquiry.starts_at else "No time chosen"
        place = enquiry.location.name if enquiry.location else "any place"
        there = f"{reverse('admin:bookings_enquiry_waiting')}#{enquiry.reference}" if enquiry.queue == "earlier" else url
        wait = wait_of(enquiry, self.clinic, enquiry.until)
        if enquiry.queue == "no_link":  # from the moment at which their page asks them to call
            wait = replace(wait, is_pressing=enquiry.call_from <= self.now)
        return DashboardRow(enquiry.reference, url, f"{when}, {place}", wait, NextStep(words, there), enquiry)

    @cached_property
    def _rota(self) -> Rota:
        return self.clinic.of_edition(Rota.read)

    def _lost(self) -> Iterable[Box]:
        """Whose time has no room any more, since hours were cut or days closed: they do not know it yet."""
        if not self.user.has_perm("bookings.view_enquiry"):
            return
        holds, rows = first_of_each_enquiry(displaced_holds(self.now, self._rota)), []
        for hold in holds[:SHOWN_ASIDE]:
            wait = Wait(f"in {how_long(hold.starts_at - self.now)}", near_time(hold.starts_at, self.now), is_pressing=True)
            detail = f"{short_moment(hold.starts_at)}, {hold.location}"
            url = _request(hold.enquiry)
            rows.append(DashboardRow(hold.enquiry.reference, url, detail, wait, NextStep("Find another", url), hold.enquiry))
        empty = "Everybody still has room for their time."
        yield Box("lost", "No room any more for their time", empty, reverse("admin:bookings_enquiry_waiting"), rows, len(holds))

    def _messages(self) -> Iterable[Box]:
        if not self.user.has_perm("bookings.view_notice"):
            return
        yield self._notices(
            "failed", "Failed emails", "Every email has gone out.", Notice.objects.failed().order_by("-pk"), NextStep("Send again", "again")
        )
        yield self._notices(
            "tell",
            "Tell by phone",
            "Nobody is waiting for a call or a text message.",
            Notice.objects.to_tell().order_by("pk"),
            NextStep("I have told them", "told"),
        )

    def _notices(self, name: str, title: str, empty: str, notices: QuerySet[Notice], step: NextStep) -> Box:
        found = list(
            with_version(notices.annotate(total=count_at_most(notices)), "event__enquiry").select_related("event__enquiry")[:SHOWN_ASIDE]
        )
        may = self.user.has_perm("bookings.change_enquiry")
        rows = []
        for notice in found:
            enquiry = notice.event.enquiry if notice.event else None
            url = _request(enquiry) if enquiry else _list("notice", look="failed")
            there = reverse("admin:bookings_enquiry_from_board", args=[notice.pk, step.url])
            button = NextStep(step.words, there, is_button=True, seen=Version.of(notice))
            for_long = f"for {how_long(self.now - notice.created_at)}"
            wait = Wait(for_long, near_time(notice.created_at, self.now), is_pressing=name == "failed")
            what = str(enquiry or "To staff")
            rows.append(DashboardRow(what, url, notice.get_kind_display(), wait, button if may and enquiry else None, enquiry))
        return Box(name, title, empty, _list("notice", look=name), rows, found[0].total if found else 0)

    def _times(self) -> Iterable[Box]:
        """Places where nobody who comes to the site finds a time soon."""
        if not self.user.has_perm("bookings.view_enquiry"):
            return
        first, _ = bookable_days(self.now)
        last = self.now.astimezone(LONDON).date() + DAYS_AHEAD
        diary = SlotFinder(self.clinic.locations, first, last, self.now, rota=self._rota)
        full = [place for place in self.clinic.locations if next(diary.free_at(place), None) is None]
        rows = [
            DashboardRow(place.name, _list("enquiry", state="all", place=place.slug, time="month"), "Look at the rota") for place in full
        ]
        empty = f"Every place has free times in the next {DAYS_AHEAD.days} days."
        rota = _list("consultationhours") if self.user.has_perm("bookings.view_consultationhours") else ""
        yield Box("no_time", f"No free time in the next {DAYS_AHEAD.days} days", empty, rota, rows, len(rows))

    @cached_property
    def content(self) -> list[Box]:
        """What the site lacks and what is old: for whoever may change it."""
        mine = {
            title: empty
            for title, (empty, models) in CONTENT.items()
            if any(self.user.has_perm(f"services.change_{model}") for model in models)
        }
        groups = content_todo.to_do_of(self.user, self.clinic) if mine else {}
        boxes = []
        for title, empty in mine.items():
            tasks = groups.get(title, [])
            rows = [DashboardRow(task.what, task.url) for task in tasks[:SHOWN_ASIDE]]
            boxes.append(Box(title.lower().replace(" ", "-"), title, empty, self._all_of(title), rows, len(tasks)))
        return boxes

    def _all_of(self, title: str) -> str:
        if title == "Bank holidays to decide":
            return f"{reverse('admin:services_bankholiday_changelist')}?treatment__exact=undecided"
        return reverse("admin:to_do") if self.user.has_perm("services.view_clinicdetails") else ""


def _request(enquiry: Enquiry) -> str:
    return reverse("admin:bookings_enquiry_change", args=[enquiry.pk])


def _list(model: str, **filters: str) -> str:
    url = reverse(f"admin:bookings_{model}_changelist")
    return f"{url}?{urlencode(filters)}" if filters else url
