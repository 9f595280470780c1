"""The variables that the code reads, those of docs/operations.md and those of .env.example are the same."""

import ast
import re

from tests.servers import ROOT

COMPOSE_ONLY = {"POSTGRES_PASSWORD": {""}}


def default(call: ast.Call) -> str:
    """Return the default that a call of a function of harley.env gives; an empty text where it is worked out."""
    given = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    if not given:
        return "0" if call.func.attr == "flag" else ""
    if not isinstance(given[-1], ast.Constant):
        return ""
    value = given[-1].value
    return str(int(value)) if isinstance(value, bool) else str(value)


def read_by_the_code() -> dict[str, set[str]]:
    """Return {variable: its defaults, one for each place that reads it}."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "harley").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name("env")), args=[ast.Constant(str(name)), *_]):
                    found.setdefault(name, set()).add(default(node))
    return found | COMPOSE_ONLY


def test_the_documentation_lists_every_variable():
    _, _, section = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## Environment\n")
    rows = re.findall(r"^\| (`[^|]+) \|", section.partition("\n## ")[0], re.MULTILINE)
    documented = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(documented) == sorted(read_by_the_code())


def test_the_example_lists_every_variable_once_with_its_default():
    code = read_by_the_code()
    example = re.findall(r"^# ([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(name for name, _ in example) == sorted(code)
    assert {name: value for name, value in example if value not in code[name]} == {}


def test_a_copy_of_the_example_changes_nothing():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
