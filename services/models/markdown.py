"""The texts staff write."""

from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.forms import Script
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from services.cleaning import clean_markdown
from services.words import MARKDOWN, check_placeholders


class MarkdownWidget(AdminTextareaWidget):
    """A text with a button that shows it as the page will."""

    class Media:
        js = [Script("js/words.js", type="module")]

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        textarea = super().render(name, value, attrs, renderer)
        return render_to_string("admin/words/field.html", {"textarea": textarea, "name": name})


class MarkdownField(models.TextField):
    """Markdown with placeholders, cleaned each time it is saved (services/cleaning.py); `{% words %}` prints it."""

    default_validators = [check_placeholders]

    def __init__(self, *args, help_text: str = "", **kwargs):
        super().__init__(*args, help_text=f"{help_text} {MARKDOWN}".strip(), **kwargs)

    def deconstruct(self):
        """Migrations need no help text, and would gather one copy of it more each time they are made."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("help_text", None)
        return name, path, args, kwargs

    def pre_save(self, row, add) -> str:
        text = clean_markdown(super().pre_save(row, add))
        setattr(row, self.attname, text)
        return text

    def formfield(self, **kwargs):
        return super().formfield(**kwargs | {"widget": MarkdownWidget})
