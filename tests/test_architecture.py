"""What holds for every file and no import shows. Who may import whom: [tool.importlinter] in pyproject.toml."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).parent.parent
APPS = ["harley", "services", "bookings"]
FILES = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]

SHOWN = {model.__name__ for model in apps.get_app_config("services").get_models()} - {"Edition", "LoadedRow"}
SHOWN |= {"ConsultationHours", "RotaException"}


def test_only_actions_write_requests_events_holds_and_notices():
    """Any other module of the site that saves, creates, updates or deletes one of them breaks the one door."""
    writers = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create"}
    own_rows = {"outbox.py": {"update"}, "jobs.py": {"update", "get_or_create", "update_or_create", "delete"}, "rate_limits.py": writers}
    for path in (ROOT / "bookings").rglob("*.py"):
        if {"migrations", "commands", "actions"} & set(path.parts):
            continue
        called = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        extra = called & writers - own_rows.get(path.name, set())
        if path.name in {"session.py", "views.py"}:
            extra -= {"save", "update"}  # the session's answers
        if path.name in {"availability.py", "ical.py", "slots.py", "reports.py"}:
            extra -= {"update"}  # a dict’s or a counter’s
        assert not extra, f"{path.name} calls {extra}"


def test_what_pages_show_is_saved_row_by_row():
    """A kept page is dropped by the signals of a save, and the sitemap dates by it: what is written past them stays old for minutes."""
    past = {"update", "aupdate", "bulk_create", "abulk_create", "bulk_update", "abulk_update"}
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in past:
                chain = ast.unparse(node.func.value)
                found += [f"{path.name}: {chain[:60]}" for model in SHOWN if re.search(rf"\b{model}\.\w+", chain)]
    assert found == []


def test_templates_are_short_and_no_file_is_long():
    for path in [*FILES, *(ROOT / "templates").rglob("*.html")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, f"{path} has more than one reason to change"


def test_a_comment_in_a_template_ends_on_its_line():
    """Django prints any other."""
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    printed = [
        path.name for path in templates for line in path.read_text(encoding="utf-8").splitlines() if line.count("{#") != line.count("#}")
    ]
    assert printed == []


SAME_IDEA = {  # public functions of one name in two rooms
    "person": "somebody invented; somebody as JSON-LD",
    "span": "a template tag and what it is made of",
}


def test_one_name_means_one_thing():
    """Two public classes never share a name; two public functions of different rooms only where they are the same idea."""
    classes, functions = defaultdict(set), defaultdict(set)
    for path in FILES:
        parts = path.relative_to(ROOT).parts
        room = parts[:2] if len(parts) > 2 else parts[:1]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                classes[node.name].add(path)
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                functions[node.name].add(room)
    assert [name for name, places in classes.items() if len(places) > 1] == []
    assert sorted(name for name, rooms in functions.items() if len(rooms) > 1) == sorted(SAME_IDEA)
