"""Files for spreadsheets: streamed, in a form that Excel reads as UTF-8, and without anything it would run."""

import csv
import re
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a spreadsheet may take for the beginning of one
NUMBER = re.compile(r"[+-]?[0-9][0-9 .,]*")  # a phone number, too: nothing in it can be run
BOM = "\ufeff"  # or Excel reads UTF-8 as something else


class Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_response(name: str, head: Iterable[str], rows: Iterable[Iterable]) -> StreamingHttpResponse:
    """The rows as a file to keep, sent while they are read. Nobody's data is in its name."""
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(head: Iterable[str], rows: Iterable[Iterable]) -> Iterator[str]:
    writer = csv.writer(Echo(), quoting=csv.QUOTE_ALL)
    yield BOM + writer.writerow(head)
    for row in rows:
        yield writer.writerow(safe(value) for value in row)


def safe(value) -> str:
    """Return text that no spreadsheet runs: an apostrophe stands before what looks like a formula, also after spaces. Numbers stay."""
    text = "" if value is None else str(value)
    first = text.lstrip(" \u00a0")[:1]
    return f"'{text}" if first and first in FORMULA and not NUMBER.fullmatch(text) else text
