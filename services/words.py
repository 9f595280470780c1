"""From the words staff write to what a page shows: Markdown with a few placeholders."""

import re

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

MARKDOWN = "Markdown. {phone:text} and {phone:layout} become the clinic's numbers, {url:book} the booking page."  # for help texts
PLACEHOLDER = re.compile(r"\{(phone|url):([\w-]*)\}")
PHONES = {"layout", "text"}
URLS = {"book": "bookings:start", "home": "services:home", "therapies": "services:therapies", "locations": "services:locations"}

# HTML in the text is shown as text, and links to javascript: and the like stay text: markdown-it's own defaults for "html": False
_markdown = MarkdownIt("commonmark", {"html": False})


def check_placeholders(text: str) -> None:
    """Names what {…} it does not know; raises ValidationError."""
    for kind, name in PLACEHOLDER.findall(text):
        if name not in (PHONES if kind == "phone" else URLS):
            known = [f"{{phone:{one}}}" for one in sorted(PHONES)] + [f"{{url:{one}}}" for one in URLS]
            raise ValidationError(f"There is no {{{kind}:{name}}}. Write one of {', '.join(known)}.")


def to_html(text: str, clinic) -> SafeString:
    """The HTML of a Markdown text, phone numbers and addresses filled in from the clinic's rows."""

    def fill(match: re.Match) -> str:
        kind, name = match.groups()
        if kind == "url" and name in URLS:
            return reverse(URLS[name])
        if kind == "phone" and (number := clinic.phones.get(name)):
            return f"[{number.number}]({number.uri})"
        return ""

    return mark_safe(_markdown.render(PLACEHOLDER.sub(fill, text)))  # noqa: S308 (HTML is off in the renderer)
