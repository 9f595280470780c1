"""The list of erasures outside the database: a restored backup brings erased people back, and `erase_again` erases them anew from it.

A line is a reference and a day of UK time: `HT-7K3P2 2026-11-30`. It says nothing of the person.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from bookings.domain.schedule import ERASED
from services.clinic.uk_time import LONDON

logger = logging.getLogger(__name__)
LINE = re.compile(r"(\S+) (\d{4}-\d\d-\d\d)")


def append_reference(reference: str, now: datetime) -> None:
    """Append an erasure that has been committed. One that cannot be written is logged: what is done is done."""
    try:
        with _locked(settings.ERASED_FILE) as file:
            file.seek(0, os.SEEK_END)
            file.write(f"{reference} {now.astimezone(LONDON).date()}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        logger.error("%s was erased, but not noted in %s: %s.", reference, settings.ERASED_FILE, type(error).__name__)


def listed(path: Path) -> dict[str, date]:
    """Return {reference: the last day on which it was erased}; raise ValueError with the number of a line that is no such line."""
    found: dict[str, date] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line.strip())
        if not match:
            raise ValueError(f"line {number} is not a reference and a day")
        try:
            day = date.fromisoformat(match[2])
        except ValueError:
            raise ValueError(f"line {number} names no day") from None
        found[match[1]] = max(day, found.get(match[1], day))
    return found


def old_lines(now: datetime) -> int:
    """Return how many lines are older than any backup."""
    if not settings.ERASED_FILE.exists():
        return 0
    lines = settings.ERASED_FILE.read_text(encoding="utf-8").splitlines()
    return len(lines) - len(list(_still_needed(lines, now)))


def delete_old_lines(now: datetime) -> int:
    """Delete the lines older than any backup; return how many."""
    with _locked(settings.ERASED_FILE) as file:
        lines = file.read().splitlines()
        kept = list(_still_needed(lines, now))
        if len(kept) < len(lines):
            file.seek(0)
            file.write("".join(f"{line}\n" for line in kept))
            file.truncate()
    return len(lines) - len(kept)


def _still_needed(lines: list[str], now: datetime) -> Iterator[str]:
    first = (now - ERASED).astimezone(LONDON).date().isoformat()
    return (line for line in lines if line.rpartition(" ")[2] >= first)


@contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    """Open for reading and writing, for this process alone; made for its own account if it is missing."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
