"""From the words staff write to what a page shows: Markdown with a few placeholders."""

from __future__ import annotations

import re

from django.apps import apps
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from services.pages.sanitise import clean_html, is_allowed

MARKDOWN = (  # for help texts
    "Markdown. {phone:text} and {phone:layout} become the clinic's numbers, {url:book} the booking page, {image:name} on a line of its own "
    "a picture. HTML is taken out."
)
PLACEHOLDER = re.compile(r"\{(phone|url|image):([\w-]*)\}")
IMAGE_LINE = re.compile(r"\{image:([\w-]*)\}\s*")
PHONES = {"layout", "text"}
URLS = {"book": "bookings:start", "home": "services:home", "therapies": "services:therapies", "locations": "services:locations"}


def _image_line(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """The rule of a line that is only {image:name}: a block, which ends a paragraph before it."""
    found = IMAGE_LINE.fullmatch(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])
    if not found or state.is_code_block(line):
        return False
    if not silent:
        token = state.push("image_line", "", 0)
        token.content, token.map = found[1], [line, line + 1]
        state.line = line + 1
    return True


def _figure(_renderer, tokens, at: int, _options, env: dict) -> str:
    image = env["clinic"].images.get(tokens[at].content)
    return render_to_string("includes/figure.html", {"image": image}) if image else ""


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 (the library's name)
        """Whether a link may lead there; what may not stays text."""
        return is_allowed(url)


_markdown = _Markdown("commonmark", {"html": False})  # HTML in the text is shown as text
_markdown.block.ruler.before("fence", "image_line", _image_line, {"alt": ["paragraph", "reference", "blockquote", "list"]})
_markdown.add_render_rule("image_line", _figure)
# Once, before any thread asks: the libraries fill tables at the first use, and another thread would read them half filled.
_markdown.render("[a](/b) <https://c.example>")


def check_placeholders(text: str) -> None:
    """Names what {…} it does not know; raises ValidationError."""
    for kind, name in PLACEHOLDER.findall(text):
        if kind != "image" and name not in (PHONES if kind == "phone" else URLS):
            known = [f"{{phone:{one}}}" for one in sorted(PHONES)] + [f"{{url:{one}}}" for one in URLS]
            raise ValidationError(f"There is no {{{kind}:{name}}}. Write one of {', '.join(known)}.")
    if names := [name for kind, name in PLACEHOLDER.findall(text) if kind == "image"]:
        _check_images(text, names)


def _check_images(text: str, names: list[str]) -> None:
    known = set(apps.get_model("services", "Image").objects.filter(slug__in=names).values_list("slug", flat=True))
    for name in names:
        if name not in known:
            raise ValidationError(f"There is no picture {{image:{name}}}. Images, in the menu of this admin, lists the names there are.")
    alone = [token.content for token in _markdown.parse(text) if token.type == "image_line"]
    for name in names:
        if name not in alone:
            raise ValidationError(f"Put {{image:{name}}} on a line of its own.")


def to_html(text: str, clinic) -> SafeString:
    """The HTML of a Markdown text: phone numbers, addresses and pictures filled in from the clinic's rows."""

    def fill(match: re.Match) -> str:
        kind, name = match.groups()
        if kind == "image":
            return match[0]
        if kind == "url" and name in URLS:
            return reverse(URLS[name])
        if kind == "phone" and (number := clinic.phones.get(name)):
            return f"[{number.number}]({number.uri})"
        return ""

    page = _markdown.render(PLACEHOLDER.sub(fill, text), {"clinic": clinic})
    return mark_safe(clean_html(page))  # noqa: S308 (nh3 leaves only what is allowed)
