"""Dates and times in the admin: typed as people type them, shown in fields and lists as the site writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminDateWidget, AdminTimeWidget
from django.db import models

from services.clinic.uk_time import LONDON, clock, full_date
from services.fields import DateField, TimeField


def in_words(value: date | time) -> str:
    """Return a date, a time of day or an aware moment as the site writes it: 30 November 2026, 10:50pm."""
    if isinstance(value, datetime):
        return f"{full_date(value.astimezone(LONDON).date())}, {clock(value)}"
    return full_date(value) if isinstance(value, date) else clock(value)


WORDED = (models.DateTimeField, models.DateField, models.TimeField)
# A DateTimeField is a DateField to Python; no form of staff has one.
FIELDS: dict[type[models.Field], dict[str, Any]] = {
    models.DateField: {"form_class": DateField, "widget": AdminDateWidget({"size": "18"})},
    models.TimeField: {"form_class": TimeField, "widget": AdminTimeWidget},
}


class UKTimeFields(BaseModelAdmin):
    """For a ModelAdmin or an inline with fields for dates or times."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return super().formfield_for_dbfield(db_field, request, **FIELDS.get(type(db_field), {}) | kwargs)


class UKTime(UKTimeFields, admin.ModelAdmin):
    """For a ModelAdmin whose list has dates or times, too."""

    def get_list_display(self, request):
        return self.in_uk_time(super().get_list_display(request))

    def in_uk_time(self, names):
        """Return the columns of a list, those with a date or time as functions that word it."""
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        return [_worded(fields[name]) if name in fields and self._is_worded(fields[name]) else name for name in names]

    def _is_worded(self, field: models.Field) -> bool:
        return type(field) in WORDED and field.name not in self.list_editable


def _worded(field: models.Field) -> Callable[[models.Model], str | None]:
    @admin.display(description=field.verbose_name, ordering=field.name)
    def column(row: models.Model) -> str | None:
        value = getattr(row, field.name)
        return None if value is None else in_words(value)

    column.__name__ = field.name  # the class of its cells
    return column
