"""Form fields that every app shares."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from services.clinic.typed_times import WrongDay, read_date, read_time
from services.clinic.uk_time import clock, full_date
from services.email_addresses import readable, to_ascii


def is_too_long(field: forms.CharField, text: str) -> bool:
    """Return whether the validator of the length refuses it anyway, so that no pattern need be looked for in a megabyte."""
    return field.max_length is not None and len(text) > field.max_length


def one_newline(text: str) -> str:
    """Return the text with its lines ended as we store them; browsers send two characters."""
    return re.sub(r"\r\n?", "\n", text)


class ComparedAsStored(forms.CharField):
    """Tells whether somebody has changed a value by what would be stored of it, then and now."""

    def has_changed(self, initial: object, data: object) -> bool:
        with suppress(ValidationError):
            initial = self.to_python(initial)
        return super().has_changed(initial, data)


class TextAreaField(ComparedAsStored):
    """Words on any number of lines."""

    def to_python(self, value: object) -> str | None:
        return super().to_python(one_newline(value) if isinstance(value, str) else value)


class EmailAddressField(ComparedAsStored, forms.EmailField):
    """An address that servers take. It is kept with its domain in ASCII, and shown as people write it."""

    default_error_messages = {"invalid": "Enter an email address in the correct format, like name@example.com"}

    def to_python(self, value: object) -> str | None:
        """Return the address as it is stored; raise ValidationError. One that is too long is left to the validator of the length."""
        address = super().to_python(value)
        if not address or is_too_long(self, address):
            return address
        try:
            return to_ascii(address)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: object) -> object:
        """Return what the input shows."""
        return readable(value) if isinstance(value, str) else value


class TypedField(forms.Field):
    """A date or a time of day, shown as the site writes it and typed as people do."""

    kind: type
    read: Callable[[str], Any]
    write: Callable[[Any], str]

    def to_python(self, value: Any) -> Any:
        """Return the value of its kind, None for nothing; raise ValidationError."""
        if value is None or isinstance(value, self.kind):
            return value
        if not (typed := str(value).strip()):
            return None
        try:
            return self.read(typed)
        except WrongDay as error:
            raise ValidationError(f"{full_date(error.day)} is a {error.day:%A}. Check the date", code="weekday") from None
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows."""
        return self.write(value) if isinstance(value, self.kind) else value


class TimeField(TypedField, forms.TimeField):
    """9am, 9:30, 17.30, midday."""

    kind, read, write = time, staticmethod(read_time), staticmethod(clock)
    default_error_messages = {"invalid": "Enter a time like 9am, 5:30pm or 17:30"}


class DateField(TypedField, forms.DateField):
    """25 December 2026, Fri 25 Dec 2026, 25.12.2026, 25/12/26."""

    kind, read, write = date, staticmethod(read_date), staticmethod(full_date)
    default_error_messages = {"invalid": "Enter a date with its year, like 25 December 2026 or 25/12/2026"}


# For the formfield_overrides of an admin.
OF_MODELS: dict[type[models.Field], dict[str, Any]] = {
    models.EmailField: {"form_class": EmailAddressField},
    models.TextField: {"form_class": TextAreaField},
    models.URLField: {"assume_scheme": "https"},  # an address typed without it
}
