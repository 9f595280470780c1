"""What the clinic should look at: what nobody has checked for a year, pages due for review, facts that are still missing.

Nothing disappears by itself: what is old stays on its page until staff decide, and stands in this list until they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from django.db.models import F, Q, Value
from django.urls import reverse

from services.clinic.clinic import Clinic
from services.clinic.uk_time import LONDON, full_date
from services.models import Article, Evidence, Issue, Page, Person, Service
from services.models.clinic import BankHoliday
from services.models.pages import PublicationStatus, Reviewed

A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Task:
    """One thing to do: what it is about, what to do, and the name and row of the form where it is done."""

    what: str
    do: str
    admin_name: str
    pk: int

    @property
    def url(self) -> str:
        return reverse(self.admin_name, args=[self.pk])

    @property
    def permission(self) -> str:
        """What it takes to do it."""
        return f"services.change_{self.admin_name.removeprefix('admin:services_').removesuffix('_change')}"


def to_do(clinic: Clinic) -> dict[str, list[Task]]:
    """All of it as of the clinic's moment, by kind; a kind with nothing to do is left out."""
    today = clinic.now.astimezone(LONDON).date()
    sources = [_evidence(today), _claims(today), _ratings(clinic, today), _crisis_contacts(clinic, today), _registers(today)]
    groups = {
        "To fill in": [*_clinic_facts(clinic), *_place_facts(clinic)],
        "Bank holidays to decide": [*_bank_holidays(today)],
        "To check against the source": [*chain(*sources)],
        "To review": [*_due_for_review(today)],
    }
    return {name: tasks for name, tasks in groups.items() if tasks}


def to_do_of(user, clinic: Clinic) -> dict[str, list[Task]]:
    """The part of it that this account may do."""
    groups = {name: [task for task in tasks if user.has_perm(task.permission)] for name, tasks in to_do(clinic).items()}
    return {name: tasks for name, tasks in groups.items() if tasks}


def comes_round(clinic: Clinic) -> dict[str, list[Task]]:
    """The part of it that comes due again and again: what staff are reminded of now and then."""
    groups = to_do(clinic)
    return {name: groups[name] for name in ("To review", "To check against the source") if name in groups}


def _task(row, what: str, do: str) -> Task:
    return Task(what, do, _form_of(row), row.pk)


def _form_of(model) -> str:
    return f"admin:services_{model._meta.model_name}_change"


def _old(rows: Iterable, today: date, field: str = "checked_on") -> list:
    """Of a few rows, those that nobody has checked for a year."""
    return [row for row in rows if (day := getattr(row, field)) is None or day < today - A_YEAR]


def _last(day: date | None) -> str:
    return f"last checked on {full_date(day)}" if day else "never checked"


CLINIC_FACTS = {
    "first_meeting_fee": ("What the first meeting costs", "Pages say “We will tell you before you agree” until the fee is here."),
    "cancellation_terms": ("The terms for cancelling", "Pages say that one may cancel at any time. If a fee is ever due, say here when."),
    "email": ("The clinic’s email address", "Without it the contact page shows the phone numbers only, and nobody can answer our emails."),
}
PLACE_FACTS = {
    "address": ("address", "Whoever confirms a time there is asked for it each time."),
    "getting_there": ("how to get there", "Name the nearest stations. The page says that we tell people when we confirm."),
    "step_free": ("step-free access", "One short sentence, also if there are steps. The page says “Ask us” until then."),
}


def _clinic_facts(clinic: Clinic) -> Iterator[Task]:
    if clinic.details.pk:
        for field, (what, do) in CLINIC_FACTS.items():
            if not getattr(clinic.details, field):
                yield _task(clinic.details, what, do)


def _place_facts(clinic: Clinic) -> Iterator[Task]:
    for place in clinic.locations:
        for field, (what, do) in PLACE_FACTS.items():
            if not place.is_online and not getattr(place, field):
                yield _task(place, f"{place}: {what}", do)


def _bank_holidays(today: date) -> Iterator[Task]:
    ahead = BankHoliday.objects.filter(day__gte=today, treatment=BankHoliday.Treatment.UNDECIDED)
    for holiday in ahead:
        yield _task(holiday, f"{holiday.name}, {full_date(holiday.day)}", "Decide: as usual, closed or other hours.")


def _evidence(today: date) -> Iterator[Task]:
    for study in _old(Evidence.objects.filter(is_shown=True).select_related("service"), today):
        do = "Read the source, correct our words if need be, and enter today’s date. If it no longer holds, switch it off."
        yield _task(study.service, f"{study.service}: {study} ({_last(study.checked_on)})", do)


def _claims(today: date) -> Iterator[Task]:
    proven = Issue.objects.supported().filter(group=Issue.Group.PROVEN).select_related("service", "source")
    for issue in _old(proven, today):
        do = f"See that “{issue.source}” still supports it, and enter today’s date. If not, switch it off."
        yield _task(issue.service, f"{issue.service}: {issue} is called proven ({_last(issue.checked_on)})", do)


def _ratings(clinic: Clinic, today: date) -> Iterator[Task]:
    for rating in _old(clinic.ratings, today):
        do = "See that it is still true, add the link where readers can check it, and enter today’s date. If not, switch it off."
        yield _task(rating, f"Rating: {rating} ({_last(rating.checked_on)})", do)


def _crisis_contacts(clinic: Clinic, today: date) -> Iterator[Task]:
    for contact in _old(clinic.crisis_contacts, today):
        do = "Look the number up on the service’s own site, correct it if need be, and enter today’s date."
        yield _task(contact, f"Crisis contact: {contact} ({_last(contact.checked_on)})", do)


def _registers(today: date) -> Iterator[Task]:
    for person in _old(Person.objects.shown(), today, "register_checked_on"):
        do = "Look the entry up on the register, and enter register, number, link and today’s date."
        yield _task(person, f"Registration of {person} ({_last(person.register_checked_on)})", do)


NAMED_BY: dict[type[Reviewed], F] = {Service: F("name"), Article: F("title"), Page: F("title")}
IN_ORDER: dict[type[Reviewed], F | Value] = {Service: F("order"), Article: Value(0), Page: F("order")}


def _due_for_review(today: date) -> Iterator[Task]:
    """One query for the pages of all kinds: this stands on the first page of the admin."""
    due = Q(next_review_due=None) | Q(next_review_due__lte=today)
    kinds = list(NAMED_BY)
    first, *others = (
        model.objects.filter(due, status=PublicationStatus.PUBLISHED)
        .order_by()
        .values_list(Value(kind), IN_ORDER[model], NAMED_BY[model], "pk", "next_review_due")
        for kind, model in enumerate(kinds)
    )
    rows = first.union(*others, all=True).order_by()  # Django 6.1 would order by Meta.ordering
    for kind, _, name, pk, day in sorted(rows, key=lambda row: row[:4]):
        when = f"due since {full_date(day)}" if day else "no review planned"
        do = "Read the whole page, correct it, and enter who reviewed it, when, and when it is due again."
        yield Task(f"{name} ({when})", do, _form_of(kinds[kind]), pk)
