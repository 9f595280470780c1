"""What a refused form of staff says, and where a form is sent: no part of an address that a link left behind goes with it."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.urls import reverse

TEMPLATES = Path(__file__).parent.parent / "templates"
FORM = re.compile(r"<form\b(?:[^>{]|\{[%{].*?[%}]\}|\{)*>", re.DOTALL)


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(element) -> str:
    return " ".join(element.get_text(" ").split())


def summary(response) -> list[tuple[str, str]]:
    """The sentences of the summary with where each leads, after looking that there is one, it takes the focus, and its links end somewhere."""
    shown = page(response)
    (found,) = shown.select("#content > .error-summary")
    assert (found["tabindex"], found.has_attr("autofocus"), bool(found.select_one("[role=alert] h2"))) == ("-1", True, True)
    assert shown.select("p.errornote") == []
    assert shown.title.get_text().strip().startswith("Error: ")
    links = [(words(item), item.a["href"].removeprefix("#") if item.a else "") for item in found.select("li")]
    assert [target for _, target in links if target and not shown.find(id=target)] == []
    return links


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_form_that_is_posted_says_where_to(path):
    """Without an address it would go to that of the page, with the fragment of the last link that was followed on it."""
    posted = [form for form in FORM.findall(path.read_text(encoding="utf-8")) if re.search(r"method=\"(post|\{\{)", form)]
    assert [form for form in posted if not re.search(r"\baction=\"[^\"#]", form)] == []
    assert 'formaction="#' not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("model", [model for model in admin.site._registry if admin.site._registry[model].get_urls])
def test_djangos_own_forms_say_where_to(content, admin_client, model):
    options, name = model._meta, f"admin:{model._meta.app_label}_{model._meta.model_name}"
    for path in (reverse(f"{name}_changelist"), reverse(f"{name}_add")):
        shown = admin_client.get(path, {"seen": "1"})
        if shown.status_code == 200:
            assert [form.get("action") for form in page(shown).select("form[method=post]") if not form.get("action")] == [], options
