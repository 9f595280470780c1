"""The texts staff write."""

from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.validators import MaxLengthValidator
from django.db import models
from django.forms import Script
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from services.pages.markdown import MARKDOWN, check_placeholders
from services.pages.sanitise import clean_markdown

TOO_LONG = "This text has %(show_value)d characters. Shorten it to %(limit_value)d, or put a part of it on a page of its own."


class MarkdownWidget(AdminTextareaWidget):
    """A text with a button that shows it as the page will."""

    class Media:
        js = [Script("js/words.js", type="module")]

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        textarea = super().render(name, value, attrs, renderer)
        return render_to_string("admin/words/field.html", {"textarea": textarea, "name": name})


class MarkdownField(models.TextField):
    """Markdown with placeholders, cleaned on its way to the database (services.pages.sanitise), by `update()` too;
    `{% words %}` prints it.

    Expressions (`Concat`, `F`) are the database's own: what they make is cleaned when it is printed.
    """

    default_validators = [check_placeholders, MaxLengthValidator(50_000, TOO_LONG)]

    def __init__(self, *args, **kwargs):
        kwargs["help_text"] = f"{kwargs.get('help_text', '')} {MARKDOWN}".strip()
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        """Migrations need no help text, and would gather one copy of it more each time they are made."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("help_text", None)
        return name, path, args, kwargs

    def pre_save(self, row, add):
        """The row in hand reads as the one in the database."""
        text = super().pre_save(row, add)
        if isinstance(text, str):
            text = clean_markdown(text)
            setattr(row, self.attname, text)
        return text

    def get_db_prep_save(self, value, connection):
        text = super().get_db_prep_save(value, connection)
        return clean_markdown(text) if isinstance(text, str) else text

    def formfield(self, **kwargs):
        return super().formfield(**kwargs | {"widget": MarkdownWidget})
