"""Rows that staff put in order: by dragging, with buttons, or by number."""

from django.forms import Script

from services.admin.cells import NamedInList


class Ordered(NamedInList):
    """For a ModelAdmin whose list, or whose inlines, have an editable field `order`. The script works on those fields alone."""

    class Media:
        js = [Script("js/order.js", type="module")]
