"""Rows that several people edit: nobody undoes another's words unseen, and what nobody changed is not saved.

A form carries what it was opened with. A save looks at it under a lock; where somebody else has saved since, the form comes back with
their words beside what was typed, and is saved once it is sent again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.forms.models import BaseModelFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list

from services.admin.form_data import as_new
from services.admin.merging import Drawn, Merged, merge, merge_list, state_of
from services.admin.uk_time import UKTime
from services.clinic.staff_names import name_of
from services.clinic.uk_time import near_time
from services.fields import OF_MODELS
from services.models import Edition
from services.versions import FormVersion


class NotToBeSaved:
    """For a form or formset that shows what was typed, and is saved only when it is sent anew."""

    def is_valid(self) -> bool:
        return False


@dataclass
class Stale:
    """What the page of a form says that somebody else has overtaken."""

    who: str  # Robin Hart saved this at 3:12pm today
    version: str = ""  # of what is stored now
    merged: Merged | None = None
    is_gone: bool = False
    has_files: bool = False  # whether a file was sent, which no page can send back


class VersionedAdmin(UKTime):
    """For every ModelAdmin whose rows staff edit."""

    formfield_overrides = OF_MODELS

    # The form of a row

    def changeform_view(self, request: HttpRequest, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        form_url = form_url or request.path
        if request.method != "POST" or object_id is None or "_saveasnew" in request.POST:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            row = self._locked(request, unquote(object_id))
            if row is None and "_version" in request.POST and self.has_add_permission(request):
                return self._ask_whether_to_make_it_anew(request, unquote(object_id), extra_context)
            if row is not None and self.has_change_permission(request, row):
                self._look_for_others(request, row)
            response = super().changeform_view(request, object_id, form_url, extra_context)
        if stale_of(request):
            response.status_code = 409
        return response

    def _locked(self, request: HttpRequest, object_id: str) -> models.Model | None:
        """Return the row as it is once everybody else who saves it has finished, and let those who come now wait."""
        row = self.get_object(request, object_id)
        if row is None:
            return None
        lock(self.model, [row.pk])
        return self.get_object(request, object_id)

    def _look_for_others(self, request: HttpRequest, row: models.Model) -> None:
        """Put what should be shown in place of what was sent, where somebody has saved since the form was opened."""
        version = FormVersion.read(request.POST.get("_version", ""))
        if version is None:
            return
        theirs = self._drawn(request, row)
        state = theirs.state()
        if not version.changed(state):
            return
        mine = self._drawn(request, self.get_queryset(request).get(pk=row.pk), request.POST)
        merged = merge(version, theirs, mine, request.POST)
        request.POST = merged.data  # type: ignore[assignment]  # Django's own setter, which the stubs leave out
        if merged.is_stale:
            who = who_saved(self.model, [row.pk], version.entry, request.user)
            set_stale(request, Stale(who, str(FormVersion.of(state, newest_entry())), merged, has_files=bool(request.FILES)))

    def _drawn(self, request: HttpRequest, row: models.Model, data=None) -> Drawn:
        """Return the form and the formsets of what may be changed, unbound without data."""
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        files = request.FILES if data is not None else None
        form = self.get_form(request, row, change=True, fields=fields)(data, files, instance=row)
        formsets, seen = {}, []
        for formset, inline in self.get_formsets_with_inlines(request, row):
            prefix = formset.get_default_prefix()
            seen.append(prefix)
            if seen.count(prefix) > 1:
                prefix = f"{prefix}-{seen.count(prefix)}"
            if inline.has_change_permission(request, row):
                formsets[prefix] = formset(data, files, instance=row, prefix=prefix, queryset=inline.get_queryset(request))
        return Drawn(form, formsets)

    def _ask_whether_to_make_it_anew(self, request: HttpRequest, object_id: str, extra_context) -> HttpResponse:
        """Return the form for a new row with what was typed for one that somebody has deleted meanwhile."""
        version = FormVersion.read(request.POST["_version"])
        who = who_saved(self.model, [object_id], version.entry if version else 0, request.user, "deleted")
        kinds: list[Any] = [each.get_formset(request) for each in self.get_inline_instances(request)]
        keys = {kind.get_default_prefix(): [kind.model._meta.pk.name, kind.fk.name] for kind in kinds}
        request.POST = as_new(request.POST, keys)  # type: ignore[assignment]
        set_stale(request, Stale(who, is_gone=True, has_files=bool(request.FILES)))
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        response = super().changeform_view(request, None, url, extra_context)
        response.status_code = 409
        return response

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any):
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (NotToBeSaved, form), {}) if stale_of(request) else form

    def render_change_form(self, request: HttpRequest, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        if stale := stale_of(request):
            context |= {"stale": stale, "version": stale.version, "form_id": f"{self.opts.model_name}_form"}
        elif form.is_bound:
            context["version"] = request.POST.get("_version", "")
        elif obj is not None:
            formsets = {each.formset.prefix: each.formset for each in context["inline_admin_formsets"]}
            context["version"] = str(FormVersion.of(Drawn(form, formsets).state(), newest_entry()))
        return super().render_change_form(request, context, add, change, form_url, obj)

    # What nobody changed is not saved

    def save_model(self, request: HttpRequest, obj, form, change) -> None:
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form, formsets, change) -> None:
        super().save_related(request, form, formsets, change)
        if change and not form.has_changed() and any(formset.has_changed() for formset in formsets):
            form.instance.save()  # a page is as new as its parts

    def log_change(self, request: HttpRequest, obj, message):
        if message:
            return super().log_change(request, obj, message)
        request.is_unchanged = True  # type: ignore[attr-defined]  # for the message that follows
        return None

    def message_user(self, request: HttpRequest, message, level=messages.INFO, *args: Any, **kwargs: Any) -> None:
        if level == messages.SUCCESS and getattr(request, "is_unchanged", False):
            message, level = "Nothing was different from what is stored, so there was nothing to save.", messages.INFO
        super().message_user(request, message, level, *args, **kwargs)

    # The list, where rows can be changed in it

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        if request.method == "POST" and "_save" in request.POST and self.list_editable and self.has_change_permission(request):
            with transaction.atomic():
                self._look_for_others_in_list(request)
                response = super().changelist_view(request, extra_context)
        else:
            response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse):
            self._add_version_of_list(request, response)
        return response

    def _look_for_others_in_list(self, request: HttpRequest) -> None:
        """Do for the rows of the list what `_look_for_others` does for one."""
        version = FormVersion.read(request.POST.get("_version", ""))
        pks = [pk for pk in version.digests if pk.isdecimal()] if version else []
        lock(self.model, pks)
        if version is None:
            return
        kind: type[BaseModelFormSet] = self.get_changelist_formset(request)
        stored = state_of(kind(queryset=self.get_queryset(request).filter(pk__in=pks)))
        changed = version.changed(stored)
        if not changed:
            return
        theirs = kind(queryset=self.get_changelist_instance(request).result_list)
        mine = kind(request.POST, queryset=self.get_queryset(request).filter(pk__in=pks))
        merged = merge_list(version, changed, theirs, mine, request.POST)
        request.POST = merged.data  # type: ignore[assignment]
        if merged.is_stale:
            set_stale(request, Stale(who_saved(self.model, changed, version.entry, request.user), merged=merged))

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any):
        formset = super().get_changelist_formset(request, **kwargs)
        return type(formset.__name__, (NotToBeSaved, formset), {}) if stale_of(request) else formset

    def _add_version_of_list(self, request: HttpRequest, response: TemplateResponse) -> None:
        context = response.context_data or {}
        formset = getattr(context.get("cl"), "formset", None)
        if formset is None:
            return
        if stale := stale_of(request):
            response.status_code = 409
            formset = type(formset)(queryset=formset.queryset)
        is_refused = formset.is_bound
        version = request.POST.get("_version", "") if is_refused else str(FormVersion.of(state_of(formset), newest_entry()))
        response.context_data = context | {"stale": stale, "version": version}


def lock(model: type[models.Model], pks: Iterable[Any]) -> None:
    """Wait for whoever saves these rows at this moment. What pages show has one lock for all: its saves take that first."""
    if model in Edition.watched:
        Edition.lock()
    list(model._default_manager.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))


def newest_entry() -> int:
    return LogEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def who_saved(model: type[models.Model], pks: Iterable[Any], entry: int, user, did: str = "saved") -> str:
    """Return “Robin Hart saved this at 3:12pm today”, by the log since that entry; empty if it was not done in a form of the admin."""
    kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
    entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in pks], pk__gt=entry).select_related("user")
    if did == "deleted":
        entries = entries.filter(action_flag=DELETION)
    found = list(entries.order_by("pk"))
    if not found:
        return ""
    names = dict.fromkeys("you" if each.user_id == user.pk else name_of(each.user) for each in found)
    words = f"{get_text_list(list(names), 'and')} {did} this at {near_time(found[-1].action_time, timezone.now())}"
    return words[0].upper() + words[1:]


def stale_of(request: HttpRequest) -> Stale | None:
    return getattr(request, "stale_form", None)


def set_stale(request: HttpRequest, stale: Stale) -> None:
    request.stale_form = stale  # type: ignore[attr-defined]  # for the page that answers this request
