"""The form of a row, and what becomes of what was typed in it when somebody else has saved the row since it was opened.

What nobody but the other person changed is taken over; what was typed stays. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django import forms
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet, BaseModelFormSet
from django.http import QueryDict
from django.utils.text import capfirst

from services.admin.form_data import copy, drop_rows, put, put_form
from services.admin.uk_time import in_words
from services.versions import FormVersion, Piece, Row, State, compare

EMPTY = "Nothing"


@dataclass(frozen=True)
class Difference:
    """A field that somebody else has changed. `mine` is None where nothing else was typed: then theirs stands in the form."""

    row: str
    label: str
    theirs: list[Piece]
    mine: list[Piece] | None


@dataclass
class Merged:
    """What to show in the form instead of what was sent, and what is said about it."""

    data: QueryDict
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_same: bool = True  # whether what was sent is what is stored, as in a form sent twice

    @property
    def is_stale(self) -> bool:
        """Whether somebody must be asked: what was typed is not what is stored, and there is something they have not seen."""
        return not self.is_same and bool(self.differences or self.notes)

    @property
    def both(self) -> list[Difference]:
        return [one for one in self.differences if one.mine is not None]

    @property
    def taken(self) -> list[Difference]:
        return [one for one in self.differences if one.mine is None]


@dataclass(frozen=True)
class Drawn:
    """The form of a row and the formsets of what belongs to it, by their prefixes."""

    form: forms.ModelForm
    formsets: Mapping[str, BaseInlineFormSet] = field(default_factory=dict)

    def state(self) -> State:
        """Return what is stored; of unbound forms only: a bound one has put what was typed into its row."""
        return {"": row_of(self.form)} | {key: row_of(form) for _, key, form in self.rows()}

    def rows(self) -> Iterator[tuple[str, str, forms.ModelForm]]:
        """Yield (prefix, key, form) for each stored row that belongs to it."""
        for prefix, formset in self.formsets.items():
            for form in formset.initial_forms:
                yield prefix, f"{prefix}-{form.instance.pk}", form


def fields_of(form: forms.ModelForm) -> list[models.Field]:
    """Return the fields of the model that the form edits, also those that no field of the form is named after."""
    names = {name for name, each in form.fields.items() if not each.disabled} | {name for name, _ in _beside(form)}
    meta = form.instance._meta
    parent = getattr(getattr(form, "fk", None), "name", None)
    return [
        each for each in (*meta.concrete_fields, *meta.many_to_many) if each.name in names and not each.primary_key and each.name != parent
    ]


def _beside(form: forms.ModelForm) -> list[tuple[str, str]]:
    """Return [(field of the model, label)] of what the form changes in another way, as `also_versioned` of its class says."""
    return getattr(form, "also_versioned", [])


def row_of(form: forms.ModelForm) -> Row:
    return {each.name: _text(form.instance, each) for each in fields_of(form)}


def typed_row(form: forms.ModelForm) -> Row:
    """Return what was typed in a bound form, as it would be stored; what cannot be stored, as it was typed."""
    form.full_clean()
    typed = {}
    for each in fields_of(form):
        if each.name not in form.fields:
            continue
        if each.name not in form.cleaned_data:
            typed[each.name] = f"\0{form[each.name].value()}"
        elif each.many_to_many:
            typed[each.name] = _keys(form.cleaned_data[each.name])
        else:
            typed[each.name] = _text(form.instance, each)
    return typed


def _text(row: models.Model, each: models.Field) -> str:
    if each.many_to_many:
        return _keys(each.value_from_object(row) if row.pk else ())
    return str(each.value_to_string(row))


def _keys(rows: Iterable[models.Model]) -> str:
    return ",".join(sorted(str(row.pk) for row in rows))


def value_in_words(form: forms.ModelForm, name: str, typed: bool = False) -> str:
    """Return the value of a field as people read it, never as it is stored."""
    if typed and name not in form.cleaned_data:
        return str(form[name].value() or "") or EMPTY
    each = form.instance._meta.get_field(name)
    value = form.cleaned_data[name] if typed else each.value_from_object(form.instance)
    if isinstance(each, models.ForeignKey) and not typed:
        value = getattr(form.instance, name)
    if getattr(each, "choices", None) and value not in (None, ""):
        return str(dict(each.flatchoices).get(value, value))
    return _said(value)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date | time):
        return in_words(value)
    if isinstance(value, models.QuerySet | list | tuple):
        return ", ".join(str(one) for one in value) or EMPTY
    return EMPTY if value in (None, "") else str(value)


def merge(version: FormVersion, theirs: Drawn, mine: Drawn, sent: QueryDict) -> Merged:
    """Return the data of the form as it should be shown now. `theirs` is unbound, `mine` is bound to `sent` and has rows of its own."""
    state = theirs.state()
    changed = version.changed(state)
    merged = Merged(sent.copy())
    _merge_form(merged, version, "", changed.get("", []), theirs.form, mine.form, "")
    for prefix, formset in theirs.formsets.items():
        _merge_formset(merged, version, changed, prefix, formset, mine.formsets[prefix])
    return merged


def _merge_form(
    merged: Merged, version: FormVersion, key: str, changed: list[str], theirs: forms.ModelForm, mine: forms.ModelForm, row: str
) -> None:
    """Write the fields of one form into the data, under the names of `theirs`."""
    typed, stored = typed_row(mine), row_of(theirs)
    for name, each in theirs.fields.items():
        if name not in typed:
            continue
        touched = not version.had(key, name, typed[name])
        html = theirs.add_prefix(name)
        if touched:
            copy(merged.data, html, mine, name)
        else:
            put(merged.data, html, each.widget, theirs[name].value())
        if touched and typed[name] != stored[name]:
            merged.is_same = False
        if name in changed and typed[name] != stored[name]:
            theirs_said, mine_said = value_in_words(theirs, name), value_in_words(mine, name, typed=True) if touched else ""
            pieces = compare(theirs_said, mine_said) if touched else ([Piece(theirs_said)], None)
            merged.differences.append(Difference(row, str(capfirst(each.label or name)), *pieces))
    merged.differences += [Difference(row, label, [Piece("Another one")], None) for name, label in _beside(theirs) if name in changed]
    if mine.prefix and f"{mine.prefix}-{DELETION_FIELD_NAME}" in mine.data:
        merged.data[theirs.add_prefix(DELETION_FIELD_NAME)] = "on"
        merged.is_same = False


def _merge_formset(
    merged: Merged, version: FormVersion, changed: dict[str, list[str]], prefix: str, theirs: BaseInlineFormSet, mine: BaseInlineFormSet
) -> None:
    """Write the rows that are stored, then what was typed in rows that are not: new ones, and those somebody else has deleted."""
    own: dict[str, forms.ModelForm] = {}
    new: list[forms.ModelForm] = []
    for form in mine.forms:
        pk = form.data.get(form.add_prefix(_key(mine)), "")
        if pk:
            own[f"{prefix}-{pk}"] = form
        elif form.has_changed():
            new.append(form)
    name = theirs.get_queryset().model._meta.verbose_name
    drop_rows(merged.data, prefix)
    added = []
    for form in theirs.initial_forms:
        key = f"{prefix}-{form.instance.pk}"
        put_form(merged.data, form)
        if key in own:
            row = f"{capfirst(name)} “{form.instance}”"
            _merge_form(merged, version, key, changed.get(key, []), form, own.pop(key), row)
        elif key not in version.digests:
            added.append(row_of(form))
            merged.notes.append(f"{capfirst(name)} “{form.instance}” was added. It is in the form now.")
    for key, form in own.items():  # deleted meanwhile
        typed = typed_row(form)
        touched = any(not version.had(key, each, text) for each, text in typed.items())
        label = f"{capfirst(name)} “{_name(form)}”"
        if form.add_prefix(DELETION_FIELD_NAME) in form.data:
            continue
        merged.notes.append(
            f"{label} was deleted. {'What you typed in it stands in the form as a new one.' if touched else 'It is gone here, too.'}"
        )
        if touched:
            new.append(form)
    count = theirs.initial_form_count()
    for form in new:
        if typed_row(form) in added:  # sent twice
            continue
        merged.is_same = False
        for each in form.fields:
            if each not in {form.instance._meta.pk.name, DELETION_FIELD_NAME}:
                copy(merged.data, f"{prefix}-{count}-{each}", form, each)
        count += 1
    merged.data[f"{prefix}-INITIAL_FORMS"] = str(theirs.initial_form_count())
    merged.data[f"{prefix}-TOTAL_FORMS"] = str(count)


def _key(formset: BaseModelFormSet) -> str:
    return formset.get_queryset().model._meta.pk.name


def _name(form: forms.ModelForm) -> str:
    """Return how a row that is gone called itself: its first field that is a line of words."""
    lines = (each.name for each in fields_of(form) if isinstance(each, models.CharField) and not each.choices)
    return next((str(form[name].value()) for name in lines if name in form.fields and form[name].value()), "without words")


def state_of(formset: BaseModelFormSet) -> State:
    """Return what is stored of the rows of a list; the formset is unbound."""
    return {str(form.instance.pk): row_of(form) for form in formset.initial_forms}


def merge_list(
    version: FormVersion, changed: dict[str, list[str]], theirs: BaseModelFormSet, mine: BaseModelFormSet, sent: QueryDict
) -> Merged:
    """Return the data of a list as it should be shown now: `theirs` has its rows in their order, `mine` is bound to `sent`."""
    merged = Merged(sent.copy())
    pk, prefix = _key(theirs), theirs.prefix or ""
    own = {form.data.get(form.add_prefix(pk), ""): form for form in mine.forms}
    drop_rows(merged.data, prefix)
    for form in theirs.initial_forms:
        key = str(form.instance.pk)
        put_form(merged.data, form)
        if key in own:
            _merge_form(merged, version, key, changed.get(key, []), form, own.pop(key), str(form.instance))
    for key, form in own.items():
        if any(not version.had(key, name, text) for name, text in typed_row(form).items()):
            merged.is_same = False
            name = f"“{form.instance}”" if form.instance.pk else "A row that you changed"
            merged.notes.append(f"{name} is not in this list any more.")
    for count in ("INITIAL_FORMS", "TOTAL_FORMS"):
        merged.data[f"{prefix}-{count}"] = str(len(theirs.initial_forms))
    return merged
