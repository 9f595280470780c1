"""Every fact a page or an email may state about the clinic, read when first asked for, once a request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from services import opening
from services.models import (
    BankHoliday,
    ClinicDetails,
    Closure,
    CrisisContact,
    Image,
    Location,
    OpeningHours,
    Page,
    PhoneNumber,
    Rating,
    Service,
)
from services.models.clinic import WEEKDAYS
from services.uktime import LONDON, clock, near_time

DAYS_AHEAD = timedelta(days=28)  # days that differ are announced four weeks before
LOOK_BACK = timedelta(days=30)  # the promise of a request that is still open began in the past


class Clinic:
    """The clinic as of one moment."""

    def __init__(self, now: datetime):
        self.now = now

    @cached_property
    def details(self) -> ClinicDetails:
        return ClinicDetails.objects.first() or ClinicDetails(name="Harley Therapy", reply_promise_hours=8)

    @property
    def name(self) -> str:
        return self.details.name

    @cached_property
    def phones(self) -> dict[str, PhoneNumber]:
        """By role: layout, text."""
        return {phone.role: phone for phone in PhoneNumber.objects.all()}

    @property
    def phone(self) -> PhoneNumber | None:
        return self.phones.get(PhoneNumber.Role.LAYOUT)

    @cached_property
    def closures(self) -> list[Closure]:
        """Those ahead, and those a promise that is still open may have met; of single places, too."""
        return list(Closure.objects.filter(last_day__gte=self.now.astimezone(LONDON).date() - LOOK_BACK))

    @cached_property
    def hours(self) -> opening.Hours:
        today = self.now.astimezone(LONDON).date()
        return opening_hours(today - LOOK_BACK, today + timedelta(days=opening.LOOK_AHEAD), self.closures)

    @cached_property
    def line(self) -> opening.Line:
        return opening.line(self.hours, self.now)

    @property
    def line_ahead(self) -> list[list]:
        """For the script that keeps an open page right: [[ms since 1970, open?, words], …], printed with json_script."""
        return [[int(at.timestamp() * 1000), line.is_open, line.words] for at, line in opening.line_ahead(self.hours, self.now)]

    @cached_property
    def week(self) -> list[dict]:
        """The rows of the hours table."""
        return week_in_words(self.hours, self.now.astimezone(LONDON).date())

    @property
    def days_that_differ(self) -> list[dict]:
        """Closed days and other hours of the weeks ahead: bank holidays and closures of the whole clinic."""
        today = self.now.astimezone(LONDON).date()
        ahead = [(day, spans) for day, spans in sorted(self.hours.exceptions.items()) if today <= day <= today + DAYS_AHEAD]
        return [{"day": day, "hours": _spans(spans)} for day, spans in ahead]

    def reply_by(self, asked_at: datetime) -> datetime | None:
        """When a request of that moment is answered at the latest (aware UTC), by the clinic's promise; None if the line never opens."""
        return opening.reply_by(self.hours, asked_at, timedelta(hours=self.details.reply_promise_hours))

    def promise(self, asked_at: datetime) -> str:
        """by 10am tomorrow"""
        due = self.reply_by(asked_at)
        return f"by {near_time(due, self.now)}" if due else "as soon as our line opens again"

    @property
    def reply_words(self) -> str:
        """The promise for a request sent now."""
        return self.promise(self.now)

    @cached_property
    def locations(self) -> list[Location]:
        return list(Location.objects.all())

    @cached_property
    def services(self) -> list[Service]:
        return list(Service.objects.published())

    @cached_property
    def images(self) -> dict[str, Image]:
        """By the name that texts use."""
        return {image.slug: image for image in Image.objects.all()}

    @cached_property
    def pages(self) -> dict[str, list[Page]]:
        """What every page links to, by where: menu, footer, legal."""
        linked: dict[str, list[Page]] = {}
        for page in Page.objects.published().exclude(linked=Page.Linked.NOWHERE).defer("body"):
            linked.setdefault(page.linked, []).append(page)
        return linked

    @cached_property
    def ratings(self) -> list[Rating]:
        return list(Rating.objects.filter(is_shown=True))

    @property
    def places(self) -> str:
        """City of London, Canary Wharf, Harley Street and online."""
        names = [place.name.lower() if place.is_online else place.name for place in self.locations]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    @cached_property
    def crisis_contacts(self) -> list[CrisisContact]:
        return list(CrisisContact.objects.all())


def opening_hours(first: date, last: date, closures: Iterable[Closure] | None = None) -> opening.Hours:
    """The opening hours of the phone line, with the days from first to last that differ; `closures` if they have been read already."""
    if closures is None:
        closures = Closure.objects.filter(location=None, first_day__lte=last, last_day__gte=first)
    week = {row.weekday: ((row.opens, row.closes),) for row in OpeningHours.objects.all()}
    exceptions: dict = {}
    for holiday in BankHoliday.objects.filter(day__gte=first, treatment__in=["closed", "other"]):
        exceptions[holiday.day] = ((holiday.opens, holiday.closes),) if holiday.treatment == "other" else ()
    for closure in closures:
        if closure.location_id is None:
            begin, end = max(closure.first_day, first), min(closure.last_day, last)
            exceptions.update({begin + timedelta(days=n): () for n in range((end - begin).days + 1)})
    return opening.Hours(week, exceptions)


def week_in_words(hours: opening.Hours, today: date) -> list[dict]:
    """Runs of days with the same hours: days in words, hours in words, whether today is among them."""
    runs = opening.weekly(hours)
    return [{"days": _days(days), "hours": _spans(spans), "is_today": today.weekday() in days} for days, spans in runs]


def _days(days: list[int]) -> str:
    """Monday to Friday; Saturday and Sunday; Monday."""
    names = dict(WEEKDAYS)
    if len(days) == 1:
        return names[days[0]]
    return f"{names[days[0]]} {'and' if len(days) == 2 else 'to'} {names[days[-1]]}"


def _spans(spans: opening.Spans) -> str:
    return ", ".join(f"{clock(opens)} to {clock(closes)}" for opens, closes in spans) or "Closed"


def of(request) -> Clinic:
    """The clinic as of the moment the request was first asked for it: one moment a page."""
    if not hasattr(request, "clinic"):
        request.clinic = Clinic(timezone.now())
    return request.clinic


def context(request) -> dict:
    """The context processor: `clinic` in every template, and the addresses that must be whole for search engines and sharing."""
    return {"clinic": of(request), "site_url": settings.SITE_URL, "canonical_url": f"{settings.SITE_URL}{request.path}"}
