"""What messages to staff about a day state: references, places and times, no names. Read when they are sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse

from bookings.domain.status import Status
from bookings.models import Enquiry, Hold, Notice
from bookings.models.enquiry import new_reference
from services.clinic import content_todo
from services.clinic.clinic import Clinic
from services.clinic.opening_hours import instant
from services.clinic.uk_time import LONDON, appointment, clock, long_date, near_time

# An email stays small whatever the day brings: what has no room is counted, and stands on the board

MOST_APPOINTMENTS, MOST_ROWS, MOST_TASKS = 24, 8, 12


@dataclass(frozen=True)
class DaySection:
    """The first rows under a heading, and how many more there are."""

    rows: list[dict]
    more: int = 0

    @classmethod
    def of(cls, rows: list[dict], most: int = MOST_ROWS) -> DaySection:
        return cls(rows[:most], max(0, len(rows) - most))


def about_day(kind: str, day: date, now: datetime) -> dict:
    """The context of the message of this kind."""
    return {"day": day, "board_url": _whole(reverse("admin:index")), **PARTS[kind](day, now)}


def _digest(day: date, now: datetime) -> dict:
    """Appointments by place and time, open requests with what is late, what failed to go out."""
    clinic = Clinic(now)
    waiting = [_open(enquiry, clinic) for enquiry in Enquiry.objects.open().order_by("waiting_since", "pk")]
    failed = Notice.objects.failed().select_related("event__enquiry").order_by("created_at", "pk")
    return {
        "places": _appointments(day),
        "waiting": DaySection.of(waiting),
        "late": sum(row["is_late"] for row in waiting),
        "failed": DaySection.of([_failed(notice) for notice in failed]),
        "to_tell": Notice.objects.to_tell().count(),
    }


def _appointments(day: date) -> dict[str, DaySection]:
    """By place, in the clinic's order; each place's by time."""
    begin, end = instant(day, time.min), instant(day + timedelta(days=1), time.min)
    holds = Hold.objects.filter(kind=Hold.Kind.CONFIRMED, starts_at__gte=begin, starts_at__lt=end)
    places = defaultdict(list)
    for hold in holds.select_related("enquiry__location", "location").order_by("location__order", "location__name", "starts_at", "pk"):
        missing = hold.enquiry.lacks
        note = ", ".join(filter(None, [f"no {missing} yet" if missing else "", "" if hold.person_id else "nobody assigned"]))
        places[hold.location.name].append(_row(hold.enquiry, clock(hold.starts_at), note))
    return {name: DaySection.of(rows, MOST_APPOINTMENTS // len(places)) for name, rows in places.items()}


def _open(enquiry: Enquiry, clinic: Clinic) -> dict:
    """An open request: what it waits for, and by when it was promised an answer."""
    due = clinic.reply_by(enquiry.waiting_since) if enquiry.status == Status.NEW else None
    late = due is not None and due < clinic.now
    said = f"{'late: ' if late else ''}promised by {near_time(due, clinic.now)}" if due else ""
    return _row(enquiry, enquiry.get_status_display(), said) | {"is_late": late}


def _failed(notice: Notice) -> dict:
    if notice.event:
        return _row(notice.event.enquiry, notice.get_kind_display(), notice.why_not)
    return {"what": notice.get_kind_display(), "reference": long_date(notice.required_day), "note": notice.why_not, "url": ""}


def _outcomes(day: date, now: datetime) -> dict:
    """Appointments that are over without a word of whether the person came, and meetings nobody has said the outcome of."""
    over = Enquiry.objects.filter(erased_at=None, starts_at__lte=now).select_related("location").order_by("starts_at", "pk")
    came, closing = over.filter(status=Status.CONFIRMED), over.filter(status__in=[Status.ATTENDED, Status.DID_NOT_ATTEND])
    return {
        "came": DaySection.of([_row(each, _when(each), each.required_location.name) for each in came if each.ends_at <= now]),
        "closing": DaySection.of([_row(each, _when(each), each.get_status_display()) for each in closing]),
    }


def _when(enquiry: Enquiry) -> str:
    return appointment(enquiry.required_starts_at)


def _review(day: date, now: datetime) -> dict:
    """Pages due for review, and what nobody has checked against its source for a year."""
    groups = content_todo.comes_round(Clinic(now))
    return {"groups": {name: DaySection.of([_task(task) for task in tasks], MOST_TASKS) for name, tasks in groups.items()}}


def _task(task: content_todo.Task) -> dict:
    return {"what": task.what, "do": task.do, "url": _whole(task.url)}


def sample_day(kind: str, now: datetime) -> dict:
    """The context of the message of this kind with made-up facts; empty if it is not about a day."""
    if kind not in PARTS:
        return {}

    board = _whole(reverse("admin:index"))

    def row(what: str, signs: str, note: str = "") -> dict:
        return {"what": what, "reference": new_reference(signs), "note": note, "url": board}

    return {
        "day": now.astimezone(LONDON).date(),
        "board_url": board,
        "places": {
            "Example Street": DaySection([row("9am", "7K3P2"), row("11am", "4M8XD", "nobody assigned")]),
            "Online": DaySection([row("6pm", "9TQ6W", "no video link yet")]),
        },
        "waiting": DaySection([row("To answer", "C5R2H", "late: promised by 8pm on Monday"), row("Waiting for the client", "2VJ7N")]),
        "late": 1,
        "failed": DaySection([row("Your appointment is confirmed", "8ZB3K", "SMTPRecipientsRefused 550")]),
        "to_tell": 1,
        "came": DaySection([row("Monday 1 June, 10am", "7K3P2", "Example Street")]),
        "closing": DaySection([row("Friday 29 May, 6pm", "4M8XD", "Attended")]),
        "groups": {"To review": DaySection([{"what": "Example page (due since 1 June 2026)", "do": "Read the whole page.", "url": board}])},
    }


def _row(enquiry: Enquiry, what: str, note: str = "") -> dict:
    url = _whole(reverse("admin:bookings_enquiry_change", args=[enquiry.pk]))
    return {"what": what, "reference": enquiry.reference, "note": note, "url": url}


def _whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


PARTS: dict[str, Callable[[date, datetime], dict]] = {
    Notice.Kind.STAFF_DIGEST: _digest,
    Notice.Kind.STAFF_OUTCOMES: _outcomes,
    Notice.Kind.STAFF_REVIEW: _review,
}
