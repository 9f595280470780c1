"""Every variable the site reads stands in one table, which the documentation and .env.example are written from."""

import ast
import re
import tomllib

from django.urls import get_resolver

from harley import variables
from tests.servers import ROOT

SOURCES = [path for app in ("harley", "services", "bookings") for path in (ROOT / app).rglob("*.py")]


def test_the_documentation_holds_the_table_as_it_is_now():
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert f"\n\n{variables.table()}\n\n## " in page.partition("## Environment\n")[2], "python -m harley.variables"
    assert variables.with_table(page) == page


def test_the_example_is_as_it_would_be_written_now():
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == variables.example(), "python -m harley.variables"


def test_a_copy_of_the_example_changes_nothing():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    assert [line for line in lines if line.startswith("# SECRET_KEY=")] == ["# SECRET_KEY="]


def test_nothing_else_reads_the_environment():
    asked = set()
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        used = [line for line in source.splitlines() if re.search(r"os\.(environ|getenv)", line)]
        if path.name != "env.py":  # `make run` and `make dev` tell the processes they start
            assert all(re.search(r"os\.environ(\.setdefault\(|\[.*\] = )", line) for line in used), path
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(func=ast.Name("read_variable"), args=[ast.Constant(str(name))]):
                    asked.add(name)
                case ast.Subscript(value=ast.Name("env"), slice=ast.Constant(str(name))) if path.name == "settings.py":
                    asked.add(name)
    assert asked == set(variables.BY_NAME) - {"POSTGRES_PASSWORD"}  # which compose.yaml puts into DATABASE_URL


def first(route: str) -> str:
    return route.removeprefix("^").partition("/")[0]


def test_the_paths_an_admin_may_not_have_are_those_of_the_site_and_of_its_first_pages(settings):
    routes = set()
    for pattern in get_resolver().url_patterns:
        here = str(pattern.pattern)
        routes |= {first(here)} if here else {first(str(each.pattern)) for each in pattern.url_patterns}
    pages = set()
    for path in (ROOT / "services" / "content").glob("*.toml"):
        pages |= {page["slug"] for page in tomllib.loads(path.read_text(encoding="utf-8")).get("page", [])}
    own = routes - {"", "<slug:slug>", ".well-known", settings.ADMIN_PATH} | {"static"}
    assert own | pages == variables.TAKEN
