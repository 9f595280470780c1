"""What a form sends, written from what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import QueryDict


def as_new(data: QueryDict, keys: Mapping[str, Iterable[str]]) -> QueryDict:
    """Return the data of a form whose row is gone, for one that is made anew; `keys` are its formsets’ {prefix: fields that hold keys}."""
    data = data.copy()
    for prefix, names in keys.items():
        data[f"{prefix}-INITIAL_FORMS"] = "0"
        for name in [name for name in data if re.fullmatch(rf"{re.escape(prefix)}-\d+-({'|'.join(names)})", name)]:
            data[name] = ""
    data.pop("_version", None)
    return data


def drop_rows(data: QueryDict, prefix: str) -> None:
    for name in [name for name in data if re.match(rf"{re.escape(prefix)}-\d+-", name)]:
        del data[name]


def put(data: QueryDict, html: str, widget: forms.Widget, value: Any) -> None:
    """Write a value as a browser sends it."""
    widget = getattr(widget, "widget", widget)  # a choice of rows has its widget inside another
    data.pop(html, None)
    if isinstance(widget, forms.CheckboxInput):
        if value:
            data[html] = "on"
        return
    shown = widget.format_value(value)
    data.setlist(html, list(shown) if isinstance(shown, list) else ["" if shown is None else str(shown)])


def put_form(data: QueryDict, form: forms.ModelForm) -> None:
    """Write all of an unbound form, with its keys."""
    for name, each in form.fields.items():
        if name != DELETION_FIELD_NAME:
            put(data, form.add_prefix(name), each.widget, form[name].value())


def copy(data: QueryDict, html: str, form: forms.BaseForm, name: str) -> None:
    values = form.data.getlist(form.add_prefix(name))  # type: ignore[attr-defined]  # what was sent is a QueryDict
    data.pop(html, None)
    if values:
        data.setlist(html, values)
