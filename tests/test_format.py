"""Templates and style sheets are written to be read."""

import cssbeautifier
import pytest
from django.template import engines

from tests.servers import ROOT

LONGEST = 140  # characters; as for Python, in pyproject.toml
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.is_file())


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_has_the_form_that_make_format_gives(path):
    options = cssbeautifier.default_options()
    options.indent_size = 2
    options.end_with_newline = options.preserve_newlines = options.space_around_combinator = True
    options.newline_between_rules = False
    text = path.read_text(encoding="utf-8")
    assert text == cssbeautifier.beautify(text, options)


def test_no_line_is_longer_than_a_line_of_python():
    assert {
        f"{path.relative_to(ROOT)}:{number}": len(line)
        for path in [*SHEETS, *TEMPLATES]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    } == {}


def test_an_included_template_adds_no_space_to_a_sentence():
    template = engines["django"].from_string('Call us{% include "includes/call_link.html" with before=" " phone=phone only %}.')
    assert (ROOT / "templates" / "includes" / "call_link.html").read_text(encoding="utf-8").endswith("\n")
    assert template.render({"phone": "123"}) == 'Call us <a href="">123</a>.'


def test_a_template_is_loaded_without_its_indentation():
    written = (ROOT / "templates" / "errors" / "500.html").read_text(encoding="utf-8")
    loaded = engines["django"].get_template("errors/500.html").template.source
    assert "\n  " in written
    assert loaded == "\n".join(line.lstrip() for line in written.splitlines())
