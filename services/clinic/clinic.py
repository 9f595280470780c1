"""Every fact a page or an email may state about the clinic, as of one moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.functional import cached_property

from services.clinic import opening_hours as opening
from services.clinic.site_data import Facts, Made, of_edition
from services.clinic.uk_time import LONDON, clock, near_time, short_date
from services.models import ClinicDetails, Closure, CrisisContact, Edition, Image, Location, Page, PhoneNumber, Rating, Service
from services.models.clinic import WEEKDAYS

DAYS_AHEAD = timedelta(days=28)  # days that differ are announced four weeks before
LOOK_BACK = timedelta(days=30)  # the promise of a request that is still open began in the past


class Clinic:
    """The clinic as of one moment: what its rows say (Facts: details, locations, pages and so on), and what follows from the time."""

    def __init__(self, now: datetime):
        self.now = now

    @cached_property
    def edition(self) -> str:
        """The mark of the edition of this moment."""
        return Edition.current()

    def of_edition(self, make: Callable[[], Made]) -> Made:
        """What `make` reads, kept while the edition is current. In a transaction it is read anew: what is seen there may be taken back."""
        return make() if connection.in_atomic_block else of_edition(make, self.edition)

    @cached_property
    def facts(self) -> Facts:
        return self.of_edition(Facts)

    @property
    def details(self) -> ClinicDetails:
        return self.facts.details

    @property
    def phones(self) -> dict[str, PhoneNumber]:
        return self.facts.phones

    @property
    def locations(self) -> list[Location]:
        return self.facts.locations

    @property
    def services(self) -> list[Service]:
        return self.facts.services

    @property
    def images(self) -> dict[str, Image]:
        return self.facts.images

    @property
    def pages(self) -> dict[str, list[Page]]:
        return self.facts.pages

    @property
    def ratings(self) -> list[Rating]:
        return self.facts.ratings

    @property
    def crisis_contacts(self) -> list[CrisisContact]:
        return self.facts.crisis_contacts

    @property
    def name(self) -> str:
        return self.details.name

    @property
    def phone(self) -> PhoneNumber | None:
        return self.phones.get(PhoneNumber.Role.LAYOUT)

    @cached_property
    def closures(self) -> list[Closure]:
        """Those ahead, and those a promise that is still open may have met; of single places, too."""
        first = self.now.astimezone(LONDON).date() - LOOK_BACK
        return [closure for closure in self.facts.all_closures if closure.last_day >= first]

    @cached_property
    def hours(self) -> opening.Hours:
        today = self.now.astimezone(LONDON).date()
        return hours_between(today - LOOK_BACK, today + timedelta(days=opening.LOOK_AHEAD), self.facts)

    @cached_property
    def line(self) -> opening.LineStatus:
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
    def week_and_today(self) -> list[dict]:
        """The week, led by today where its hours are others: dated, for a page on paper. Not for emails, which are read on other days."""
        today = self.now.astimezone(LONDON).date()
        if today not in self.hours.exceptions:
            return self.week
        row = {"days": f"Today, {short_date(today)}", "hours": _spans(self.hours.on(today)), "is_today": True}
        return [row, *({**usual, "is_today": False} for usual in self.week)]

    @property
    def days_that_differ(self) -> list[dict]:
        """Closed days and other hours of the weeks ahead: bank holidays and closures of the whole clinic."""
        today = self.now.astimezone(LONDON).date()
        ahead = [(day, spans) for day, spans in sorted(self.hours.exceptions.items()) if today <= day <= today + DAYS_AHEAD]
        return [{"day": day, "hours": _spans(spans)} for day, spans in ahead]

    @property
    def promised(self) -> timedelta:
        """Of open line, until a request is answered."""
        return timedelta(hours=self.details.reply_promise_hours)

    def reply_by(self, asked_at: datetime) -> datetime | None:
        """When a request of that moment is answered at the latest (aware UTC), by the clinic's promise; None if the line never opens."""
        return opening.reply_by(self.hours, asked_at, self.promised)

    def owed_by(self, moment: datetime) -> datetime:
        """Who asked then or before is promised an answer by this moment; who asked later is not."""
        minute = moment.replace(second=0, microsecond=0)  # opening hours know no seconds
        return opening.asked_by(self.hours, minute, timedelta(hours=self.details.reply_promise_hours), LOOK_BACK)

    def promise(self, asked_at: datetime) -> str:
        """by 10am tomorrow"""
        due = self.reply_by(asked_at)
        return f"by {near_time(due, self.now)}" if due else "as soon as our line opens again"

    @property
    def reply_words(self) -> str:
        """The promise for a request sent now."""
        return self.promise(self.now)

    @property
    def places(self) -> str:
        """City of London, Canary Wharf, Harley Street and online."""
        names = [place.name.lower() if place.is_online else place.name for place in self.locations]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def hours_between(first: date, last: date, facts: Facts) -> opening.Hours:
    """The opening hours of the phone line, with the days from first to last that differ."""
    week = {row.weekday: ((row.opens, row.closes),) for row in facts.opening_hours}
    exceptions: dict = {}
    for holiday in facts.bank_holidays:
        if holiday.day >= first:
            exceptions[holiday.day] = ((holiday.opens, holiday.closes),) if holiday.treatment == "other" else ()
    for closure in facts.all_closures:
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
