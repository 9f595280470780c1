"""What a browser sends of a form on a page: each field as it stands there, the lines of a text ended by two characters."""

from collections.abc import Iterable
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse, QueryDict


def sent_of(response: HttpResponse, selector: str, button: str = "") -> QueryDict:
    """Return the fields of the form; `button` is the name of the one that is pressed."""
    page = BeautifulSoup(response.content, "html.parser")
    form = page.select_one(selector)
    assert form is not None, selector
    controls: Iterable[Tag] = [
        *form.select("input, select, textarea"),
        *page.select(f'[form="{form.get("id")}"]:is(input, select, textarea)'),
    ]
    sent = QueryDict(mutable=True)
    for control in controls:
        for value in _values(control):
            sent.appendlist(control["name"], value)
    if button:
        sent[button] = "1"
    return sent


def typed(sent: QueryDict, **changes: Any) -> QueryDict:
    """Return the fields with others typed into some; None empties a box, a list chooses several."""
    sent = sent.copy()
    for name, value in changes.items():
        if value is None:
            sent.pop(name, None)
        elif isinstance(value, list):
            sent.setlist(name, value)
        else:
            sent[name] = value
    return sent


def _values(control: Tag) -> list[str]:
    if not control.get("name") or control.has_attr("disabled"):
        return []
    if control.name == "textarea":
        text = control.get_text().removeprefix("\n")
        return [text.replace("\r\n", "\n").replace("\n", "\r\n")]
    if control.name == "select":
        options = control.select("option")
        chosen = [option for option in options if option.has_attr("selected")]
        if not chosen and not control.has_attr("multiple"):
            chosen = options[:1]
        return [option.get("value", option.get_text()) for option in chosen]
    kind = control.get("type", "text")
    if kind in {"submit", "button", "reset", "image", "file"} or (kind in {"checkbox", "radio"} and not control.has_attr("checked")):
        return []
    return [control.get("value", "on" if kind in {"checkbox", "radio"} else "")]
