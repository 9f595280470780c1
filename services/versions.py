"""PURE. Whether a form still shows what is stored, and how two people's words differ.

A form carries, for each value it was opened with, a short digest: enough to tell who changed what, without the words twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2s

Row = dict[str, str]  # field: its value as text
State = dict[str, Row]  # row, "" for the one the form is about: its values

BESIDE = 8  # words of what is the same, shown on both sides of what differs
MOST = 2000  # words: a longer stretch is shown as a whole instead of being compared word by word


def short_checksum(text: str) -> str:
    return blake2s(text.encode(errors="replace"), digest_size=5).hexdigest()


@dataclass(frozen=True)
class FormVersion:
    """What a form was opened with: the digests of its values, and the key of the last entry in the log of changes."""

    entry: int
    digests: State

    @classmethod
    def of(cls, state: State, entry: int) -> FormVersion:
        return cls(entry, {key: {name: short_checksum(text) for name, text in row.items()} for key, row in state.items()})

    def __str__(self) -> str:
        """Return the text for a hidden field; it has no spaces."""
        return json.dumps([self.entry, self.digests], separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> FormVersion | None:
        """Return what `str` made the text of; None for anything else, such as a form from before there were versions."""
        try:
            entry, digests = json.loads(text)
            return cls(int(entry), {str(key): {str(name): str(one) for name, one in row.items()} for key, row in digests.items()})
        except (AttributeError, RecursionError, TypeError, ValueError):
            return None

    def had(self, key: str, name: str, text: str) -> bool:
        """Return whether the form was opened with this value."""
        return self.digests.get(key, {}).get(name) == short_checksum(text)

    def changed(self, state: State) -> dict[str, list[str]]:
        """Return the fields with another value now, by row; of a row that is new all of them, of one that is gone none."""
        found = {key: [name for name, text in row.items() if not self.had(key, name, text)] for key, row in state.items()}
        gone: dict[str, list[str]] = {key: [] for key in self.digests if key not in state}
        return {key: names for key, names in found.items() if names or key not in self.digests} | gone


@dataclass(frozen=True)
class Piece:
    """Words, and whether they stand in one of two texts alone."""

    words: str
    differs: bool = False


def compare(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts in pieces: what differs, and around it a few words of what does not; the rest becomes an ellipsis."""
    left, right = _words(one), _words(other)
    if max(len(left), len(right)) > MOST:
        left, right = one.splitlines(keepends=True), other.splitlines(keepends=True)
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return list(_side(left, [(tag, i, j) for tag, i, j, _, _ in steps])), list(_side(right, [(tag, i, j) for tag, _, _, i, j in steps]))


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text)


def _side(words: list[str], steps: list[tuple[str, int, int]]) -> Iterator[Piece]:
    for number, (tag, start, end) in enumerate(steps):
        same = words[start:end]
        if tag != "equal":
            if text := "".join(same):
                space = text[: len(text) - len(text.lstrip())]
                yield from (Piece(space), Piece(text[len(space) :], differs=True)) if space else [Piece(text, differs=True)]
            continue
        head = 0 if number == 0 else BESIDE
        tail = 0 if number == len(steps) - 1 else BESIDE
        if len(same) > head + tail + 1:
            yield Piece(f"{''.join(same[:head])} … {''.join(same[len(same) - tail :]).lstrip()}")
        else:
            yield Piece("".join(same))
