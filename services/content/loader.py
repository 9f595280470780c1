"""Writes rows from content files once, and later only those that nobody changed since.

A row that staff edited is kept, a row that staff deleted stays away, and both are said. `LoadedRow` remembers what was loaded.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from services.models import (
    Article,
    ClinicDetails,
    CrisisContact,
    Evidence,
    Fact,
    FurtherReading,
    Issue,
    LoadedRow,
    Location,
    OpeningHours,
    Page,
    Person,
    PhoneNumber,
    Question,
    Rating,
    Result,
    Section,
    Service,
)

FILES = [  # what is referred to comes first
    "clinic.toml",
    "locations.toml",
    "pages.toml",
    "coming-here.toml",
    "legal.toml",
    "article-what-is-dit.toml",
    "dit.toml",
    "questions.toml",
]

# Heading in the file: the model, and the field that names one of its rows in references and, without a `key`, in LoadedRow
KINDS: dict[str, tuple[type[models.Model], str]] = {
    "clinic": (ClinicDetails, "id"),
    "phone": (PhoneNumber, "role"),
    "hours": (OpeningHours, "weekday"),
    "rating": (Rating, "line"),
    "crisis_contact": (CrisisContact, "name"),
    "person": (Person, "slug"),
    "location": (Location, "slug"),
    "page": (Page, "slug"),
    "article": (Article, "slug"),
    "service": (Service, "slug"),
    "question": (Question, "question"),
}
Part = Fact | Section | Result | Evidence | Issue | FurtherReading
PARTS: dict[str, tuple[type[Part], str]] = {  # of a service, in the order they refer to each other
    "fact": (Fact, "label"),
    "section": (Section, "anchor"),
    "result": (Result, "text"),
    "evidence": (Evidence, "name"),
    "issue": (Issue, "name"),
    "further_reading": (FurtherReading, "article"),
}


class Gone(Exception):
    """A row that the file refers to was deleted by staff."""


@dataclass
class Report:
    """What became of the rows of one file."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, outcome: str, key: str = "") -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + 1
        if key:
            self.notes.append(f"  {outcome}: {key}")

    def __str__(self):
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items()) or "nothing in it"
        return "\n".join([f"{self.name}: {counts}", *self.notes])


class ContentLoader:
    """One load. Call it in one transaction; `row` for each row, parents first."""

    def __init__(self):
        self.reports: list[Report] = []
        self.rows: dict[tuple[type[models.Model], str], models.Model | None] = {}

    def start(self, name: str) -> None:
        """The rows that follow are reported under this name."""
        self.reports.append(Report(name))

    def row(self, model: type[models.Model], key: str, lookup: dict, values: dict) -> models.Model | None:
        """Creates or updates one row and answers it, whoever wrote it last; None if staff deleted it.

        `key` names the row for ever, whatever its values become; `lookup` are the values by which a row that is already there,
        but not from a file, is recognised; it is kept. Rows among the values must exist: pass what `row` answered.
        """
        key = f"{model._meta.label_lower}:{key}"
        values = lookup | values
        loaded = LoadedRow.objects.filter(key=key).first()
        rows = model._default_manager.all()
        row = rows.filter(pk=loaded.object_pk).first() if loaded else rows.filter(**lookup).first()
        if row and not loaded:
            self.reports[-1].add("kept, not from a file", key)
        elif not loaded:
            row = _save(model(), values)
            LoadedRow.objects.create(key=key, object_pk=row.pk, values=_as_text(row, values))
            self.reports[-1].add("created")
        elif not row:
            self.reports[-1].add("left deleted", key)
        elif loaded.values != _as_text(row, loaded.values):
            self.reports[-1].add("kept, edited by staff", key)
        elif loaded.values == _as_text(_fill(model(), values), values):
            self.reports[-1].add("unchanged")
        else:
            loaded.values = _as_text(_save(row, values), values)
            loaded.save()
            self.reports[-1].add("updated", key)
        return row

    def file(self, path: Path) -> None:
        """All rows of one content file."""
        self.start(path.name)
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for heading, (model, named_by) in KINDS.items():
            for number, entry in enumerate(content.get(heading, []), start=1):
                parts = {part: entry.pop(part, []) for part in PARTS} if model is Service else {}
                row = self._entry(model, named_by, entry, number, {})
                if isinstance(row, Service):
                    self._parts(row, parts)

    def _parts(self, service: Service, parts: dict[str, list]) -> None:
        for heading, (model, named_by) in PARTS.items():
            for number, entry in enumerate(parts.get(heading, []), start=1):
                self._entry(model, named_by, entry, number, {"service": service})

    def _entry(self, model, named_by: str, entry: dict, number: int, parent: dict) -> models.Model | None:
        """A row without an order of its own stands where the file has it; tens leave room between."""
        name = str(entry.pop("key", None) or entry[named_by])
        if "order" not in entry and any(each.name == "order" for each in model._meta.concrete_fields):
            entry["order"] = number * 10
        try:
            entry = {one: self._value(model, one, value) for one, value in entry.items()}
        except Gone as gone:
            self.reports[-1].add(f"left out, {gone} is gone", name)
            self.rows[model, name] = None  # and so is what refers to it
            return None
        key = "/".join([*(one.slug for one in parent.values()), name])
        lookup = parent | {named_by: entry.pop(named_by)}
        row = self.rows[model, name] = self.row(model, key, lookup, entry)
        return row

    def _value(self, model, name: str, value):
        """A reference becomes the row it names in this or an earlier file."""
        target = model._meta.get_field(name).related_model
        if not target:
            return value.strip() if isinstance(value, str) else value
        if not self.rows[target, value]:
            raise Gone(value)
        return self.rows[target, value]


def _fill(row: models.Model, values: dict) -> models.Model:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _save(row: models.Model, values: dict) -> models.Model:
    """Saves only what a person could have saved in admin; a mistake in a file names its row."""
    try:
        _fill(row, values).full_clean()
    except ValidationError as error:
        raise ValidationError([f"{row._meta.verbose_name} {row}: {problem}" for problem in error.messages]) from error
    row.save()
    if isinstance(row, Part):
        row.service.save(update_fields=["updated_at"])  # the page a reader sees has changed
    return row


def _as_text(row: models.Model, names: Iterable[str]) -> dict[str, str]:
    fields = {each.name: each for each in row._meta.concrete_fields}
    return {name: fields[name].value_to_string(row) for name in names}


def load_content() -> list[Report]:
    """All content files of this app; the caller owns the transaction."""
    loader = ContentLoader()
    for name in FILES:
        if (path := settings.CONTENT_DIR / name).exists():  # another clinic may have fewer
            loader.file(path)
    return loader.reports
