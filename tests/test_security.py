"""docs/security.md: each line of what protects names tests that there are."""

import ast
import re

from tests.servers import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_each_line_of_what_protects_names_a_test_that_there_is():
    lines = [line for line in PAGE.partition("## What protects")[2].partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]
    assert len(lines) > 20
    for line in lines:
        named = re.findall(r"`(tests/[^`:]+)(?:::(\w+))?`", line.rpartition("| ")[0].rpartition("| ")[2] + line)
        assert named, line
        for path, test in named:
            functions = {node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)}
            assert not test or test in functions, f"{path}::{test}"
