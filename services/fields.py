"""Form fields that every app shares."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

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


# For the formfield_overrides of an admin.
OF_MODELS: dict[type[models.Field], dict[str, Any]] = {
    models.EmailField: {"form_class": EmailAddressField},
    models.TextField: {"form_class": TextAreaField},
    models.URLField: {"assume_scheme": "https"},  # an address typed without it
}
