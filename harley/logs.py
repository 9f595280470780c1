"""Log lines without personal data: whatever is logged, by us or by a library, passes through here."""

import logging
import re
import traceback

SECRET = ("request", "diary")  # what stands after these in an address opens somebody's page; docs/nginx.conf masks the same
PRIVATE = [
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[email]"),
    (re.compile(rf"(/|%2f)({'|'.join(SECRET)})(?:/|%2f)+[^\s/?#\"'<>]+", re.IGNORECASE), r"\1\2/[key]"),
    (re.compile(r"(?<![\w.:-])(?!\d{4}-\d\d-\d\d)\+?\d[\d ()-]{8,}\d(?![\w.:-])"), "[number]"),  # a date is no number
]


def without_personal_data(text: str) -> str:
    """The text with email addresses, phone numbers and keys of links masked. Names are never logged; nothing could mask them."""
    for pattern, instead in PRIVATE:
        text = pattern.sub(instead, text)
    return text


class PrivateFormatter(logging.Formatter):
    """Masks addresses, numbers and keys. A traceback is reduced to places and the exception's name: its message may quote a row."""

    def format(self, record: logging.LogRecord) -> str:
        return without_personal_data(super().format(record))

    def formatException(self, ei) -> str:  # noqa: N802 (the standard library's name)
        kind, _, trace = ei
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*places, kind.__name__])

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return ""
