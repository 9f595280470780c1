"""Fields that stand in a table: its headings name them to the eye, so each carries its name for those who hear the page."""

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.forms import ModelForm
from django.forms.models import BaseInlineFormSet

from services.admin.versions import VersionedAdmin
from services.fields import OF_MODELS


def _name_fields(form: type[ModelForm]) -> None:
    for field in form.base_fields.values():
        # A choice of rows has its widget inside another.
        widget = field.widget.widget if isinstance(field.widget, RelatedFieldWidgetWrapper) else field.widget
        widget.attrs["aria-label"] = field.label


class NamedInList(VersionedAdmin):
    """For a ModelAdmin with fields one edits in the list."""

    def get_changelist_formset(self, request, **kwargs):
        formset = super().get_changelist_formset(request, **kwargs)
        _name_fields(formset.form)
        return formset


class NamedFormSet(BaseInlineFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = "Delete"


class NamedInline(admin.TabularInline):
    """For a TabularInline."""

    formset = NamedFormSet
    formfield_overrides = OF_MODELS

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        _name_fields(formset.form)
        return formset
