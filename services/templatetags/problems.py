"""What is wrong with a refused form of staff, in one list for every page of the admin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.utils.text import capfirst

register = template.Library()


@dataclass(frozen=True)
class Problem:
    """A sentence, and the id of the field it is about; empty where there is no field to go to."""

    words: str
    target: str = ""


@register.inclusion_tag("admin/problems.html", takes_context=True)
def problems(context: template.Context, sentence: str = "Nothing is saved yet. What you typed is still here.") -> dict[str, Any]:
    """Draw the summary of the page's form, if it was refused; `sentence` says what became of what was sent."""
    return {"problems": list(found(context)), "sentence": sentence}


def found(context: template.Context) -> Iterator[Problem]:
    """Yield what is wrong with the form of a row and its inlines, with the rows of a list, or with a form of our own."""
    if "adminform" in context:
        yield from of_form(context["adminform"].form, labelled=True)
        for inline in context.get("inline_admin_formsets") or ():
            yield from of_formset(inline.formset, inline.opts.verbose_name, inline.opts.verbose_name_plural)
    elif "cl" in context:
        if context["cl"].formset is not None:
            yield from of_list(context["cl"].formset)
    elif isinstance(context.get("form"), forms.BaseForm):
        yield from of_form(context["form"])


def of_form(form: forms.BaseForm, name: str = "", *, labelled: bool = False) -> Iterator[Problem]:
    """Yield the form's problems in the order of its fields. `name` says which of several; `labelled`: each names its field."""
    if not form.errors:
        return
    for error in form.non_field_errors():
        yield Problem(f"{name}{error}")
    for field in form:
        label = f"{capfirst(field.label)} – " if labelled and not field.is_hidden else ""
        for error in field.errors:
            yield Problem(f"{name}{label}{error}", _target(field))


def of_formset(formset: forms.BaseFormSet, verbose_name: str, verbose_name_plural: str) -> Iterator[Problem]:
    for error in formset.non_form_errors() if formset.is_bound else ():
        yield Problem(f"{capfirst(verbose_name_plural)}: {error}")
    for number, form in enumerate(formset.forms, start=1):
        yield from of_form(form, f"{capfirst(verbose_name)} {number}: ", labelled=True)


def of_list(formset: forms.BaseModelFormSet) -> Iterator[Problem]:
    for error in formset.non_form_errors() if formset.is_bound else ():
        yield Problem(str(error))
    for form in formset.forms:
        yield from of_form(form, f"{form.instance}: ", labelled=True)


def _target(field: forms.BoundField) -> str:
    """Return the id of the input, of the first of several, or of what a form says for a field that is drawn otherwise."""
    drawn: dict[str, str] = getattr(field.form, "drawn_at", {})
    if field.name in drawn or field.is_hidden:
        return drawn.get(field.name, "")
    return field.id_for_label or next((each.id_for_label for each in field), "")
