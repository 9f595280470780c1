"""Who may import whom. The plan is docs/architecture.md; this keeps it true."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
APPS = ["harley", "services", "bookings"]
FILES = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]

# Inside bookings each module may import those to its left, never to its right.
LAYERS = ["availability", "states", "timetable", "models", "diary", "actions", "times_page", "answers", "standing", "request_pages"]
LAYERS += ["offer_pages", "views"]
SHOWN = {model.__name__ for model in apps.get_app_config("services").get_models()} - {"Edition", "LoadedRow"}
SHOWN |= {"ConsultationHours", "RotaException"}
PURE = [
    "bookings/availability.py",
    "bookings/slips.py",
    "bookings/states.py",
    "bookings/timetable.py",
    "services/opening.py",
    "services/uktime.py",
    "bookings/periods.py",
    "bookings/charts.py",
    "bookings/failures.py",
    "services/phone_numbers.py",
    "services/typed_times.py",
    "services/email_addresses.py",
    "bookings/folding.py",
    "bookings/search_terms.py",
    "services/redirect_rules.py",
    "services/versions.py",
]


def imported(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def of_app(names, app):
    return {name for name in names if name.split(".")[0] == app}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_from_harley_to_bookings_to_services(path):
    app, names = path.relative_to(ROOT).parts[0], imported(path)
    forbidden = {"services": ["bookings", "harley"], "bookings": ["harley"], "harley": []}[app]
    assert not [name for other in [*forbidden, "tests"] for name in of_app(names, other)]


@pytest.mark.parametrize("name", PURE)
def test_the_pure_modules_know_neither_the_orm_nor_the_settings(name):
    names = imported(ROOT / name)
    assert not of_app(names, "django")
    allowed = {
        "bookings.folding",
        "services.email_addresses",
        "bookings.states",
        "bookings.availability",
        "services.opening",
        "services.uktime",
    }
    ours = {each.rpartition(".")[0] for app in APPS for each in of_app(names, app)}
    assert ours <= allowed


@pytest.mark.parametrize("layer", LAYERS)
def test_inside_bookings_imports_go_one_way(layer):
    path = ROOT / "bookings" / layer
    files = list(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    used = {name.split(".")[1] for file in files for name in of_app(imported(file), "bookings")}
    assert not used & set(LAYERS[LAYERS.index(layer) + 1 :])


def test_actions_owe_messages_and_know_nothing_of_emails():
    names = {name for path in (ROOT / "bookings" / "actions").glob("*.py") for name in imported(path)}
    assert not {name for name in names if "emails" in name or "mail" in name}


def test_only_actions_write_requests_events_holds_and_notices():
    """Any other module of the site that saves, creates, updates or deletes one of them breaks the one door."""
    writers = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create"}
    own_rows = {"outbox.py": {"update"}, "jobs.py": {"update", "get_or_create", "update_or_create", "delete"}, "limits.py": writers}
    for path in (ROOT / "bookings").rglob("*.py"):
        if {"migrations", "commands", "actions"} & set(path.parts):
            continue
        called = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        extra = called & writers - own_rows.get(path.name, set())
        if path.name in {"answers.py", "views.py"}:
            extra -= {"save", "update"}  # the session's answers
        if path.name in {"availability.py", "calendar.py", "diary.py", "figures.py"}:
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
