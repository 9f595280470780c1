"""The parts that emails are made of: a table, inline styles and a class for the dark scheme each, so that every mail program shows them."""

import re

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from bookings.notifications.colours import COLOURS

register = template.Library()


@register.simple_tag
def blank() -> SafeString:
    """Return what follows the preheader unseen: mail programs fill the line beside the subject with the words that come next.

    They show 150 characters at most. Spaces alone they would draw together.
    """
    return SafeString("&nbsp;&zwnj;" * 100)


@register.simple_tag
def font(size: str = "17px") -> SafeString:
    """Return the style of a cell or a heading with words in it: Word, which draws for Outlook, inherits none into nested tables."""
    return SafeString(f"font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:{size};line-height:1.6")


@register.simple_tag
def colour(name: str) -> str:
    """Return a colour of emails as #rrggbb."""
    return COLOURS[name]


@register.inclusion_tag("emails/parts/button.html")
def button(url: str, label: str) -> dict[str, str]:
    """The one thing to do next, large enough for a thumb."""
    return {"url": url, "label": label}


@register.inclusion_tag("emails/parts/link.html")
def link(url: str, label: str) -> dict[str, str]:
    return {"url": url, "label": label}


@register.simple_block_tag
def row(content: SafeString, label: str) -> SafeString:
    """One fact under its label, in a table of facts."""
    return render_to_string("emails/parts/row.html", {"label": label, "content": content})


@register.simple_block_tag
def highlight(content: SafeString, label: str) -> SafeString:
    """The fact the message is about, under its label."""
    return render_to_string("emails/parts/highlight.html", {"label": label, "content": content})


@register.simple_block_tag
def paragraph(content: SafeString) -> SafeString:
    """Return the content as one line, so that a paragraph of a plain text can be written over several."""
    return SafeString(re.sub(r"[ \n]+", " ", content).strip(" \n"))


@register.filter
def whole(reference: str) -> SafeString:
    """A reference that no narrow window breaks at its hyphen."""
    return format_html('<span style="white-space:nowrap">{}</span>', reference)


@register.filter
def tidy(text: str) -> str:
    """A plain text without the gaps that parts left empty would make: at most one empty line, none at either end."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
