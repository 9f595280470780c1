"""PURE. What staff type or paste into the search, read as references, email addresses, phone numbers and words of a name.

What the product itself prints is understood as it is copied: (HT-7K3P2), Robin Sample <robin@example.org>, mailto:robin@example.org.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bookings.domain.normalise import TAIL, digits_of, fold, joined, stored_part, tail

LONGEST = 300  # characters that are read of what was typed: a pasted line is shorter
SIGNS = "[0-9A-Z]{5}"  # references given before have vowels in them
MAYBE_REFERENCE = re.compile(rf"\W*({SIGNS})\W*", re.IGNORECASE | re.ASCII)
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"?@]{1,100}@[^\s<>()\[\],;:\"?@]{1,255}")
NUMBER = re.compile(r"(?<![\w@.])\+?\(?[0-9](?:[\s()./-]{0,3}[0-9])*(?![\w@])")
LABEL = re.compile(r"(?<!\S)(?:\w+:(?!\S)|(?:ref|tel)\b[.:]?)", re.IGNORECASE)  # Name: Robin; Tel. 07700 900982
TITLE = re.compile(r"\s*(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|rev)\b\.?\s+(?=\w)", re.IGNORECASE)
QUOTES = "<>()[]{}\"'“”‘’«»,;:!?*"
UK = "44"


@dataclass(frozen=True)
class Term:
    """One thing asked for: a request fits if one of its words begins with one of `beginnings` and its phone number ends with `ending`."""

    beginnings: frozenset[bytes]
    ending: str = ""


@dataclass(frozen=True)
class SearchQuery:
    """What a text asks for, the surest first. A list of terms, but `words`, asks for requests that fit any of them.

    `references` are of requests if there are such; `perhaps_reference` may be a name as well. `endings` are phone numbers of which only
    the end was given. A request fits `words` if it fits each of them.
    """

    references: list[str]
    perhaps_reference: list[str]
    addresses: list[Term]
    numbers: list[Term]
    endings: list[Term]
    words: list[Term]


def read_search(typed: str, prefixes: Sequence[str]) -> SearchQuery:
    """Return what was typed or pasted as what it says. References begin, or have begun, with one of `prefixes`."""
    text = _plain(typed)
    begins = "|".join(prefixes)
    pattern = rf"(?<![A-Z0-9])(?:(?:{begins})[^A-Z0-9]{{0,3}}({SIGNS})|(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])({SIGNS}))(?![A-Z0-9])"
    found = re.finditer(pattern, text, re.IGNORECASE | re.ASCII)
    references = [reference for each in found for reference in _references(each[1] or each[2], prefixes)]
    perhaps = MAYBE_REFERENCE.fullmatch(text)
    addresses = [_of_address(found) for found in ADDRESS.findall(text)]
    names = LABEL.sub(" ", ADDRESS.sub(" ", text)).strip() or text
    numbers = _numbers_in(names)
    only_a_number = numbers and not any(map(str.isalpha, names))
    return SearchQuery(
        references=references,
        perhaps_reference=_references(perhaps[1], prefixes) if perhaps and not references else [],
        addresses=addresses,
        numbers=[_of_number(number) for number in numbers],
        endings=[term for number in numbers if (term := _of_ending(number))],
        words=[] if only_a_number else _of_name(names),
    )


def _plain(typed: str) -> str:
    """Return the text in one line, with one kind of dash, and without characters that are not seen."""
    text = unicodedata.normalize("NFKC", typed[:LONGEST])
    seen = (c for c in text if unicodedata.category(c) != "Cf")
    return "".join("-" if unicodedata.category(c) == "Pd" or c == "\u2212" else " " if c.isspace() or c < " " else c for c in seen)


def _references(signs: str, prefixes: Sequence[str]) -> list[str]:
    return [f"{prefix}-{signs.upper()}" for prefix in prefixes]


def _of_address(found: str) -> Term:
    return _term([fold(found.strip(f"{QUOTES}."))])


def _numbers_in(text: str) -> list[str]:
    """Return the phone numbers in a text; beside words only those long enough to be one."""
    found = NUMBER.findall(text)
    beside_words = any(map(str.isalpha, text))
    return [number for number in found if not beside_words or len(digits_of(number)) >= TAIL]


def _of_number(number: str) -> Term:
    """Return how a number, or its beginning, stands in E.164: 0770 is +44770. Six digits may be the last of one."""
    is_abroad = number.lstrip("(").startswith(("+", "00"))
    digits = digits_of(number.replace("(0)", "") if is_abroad else number)
    if is_abroad:
        digits = digits.removeprefix("00")
        ways = [f"{UK}{digits[3:]}" if digits.startswith(f"{UK}0") else digits]
    elif digits.startswith("0"):
        ways = [f"{UK}{digits[1:]}"]
    else:
        ways = [digits, f"{UK}{digits}"]
    return _term([*ways, tail(digits)] if len(digits) == TAIL else ways)


def _of_ending(number: str) -> Term | None:
    """Return the term of a number given without its country or area: 7946 0018."""
    digits = digits_of(number)
    return Term(frozenset([stored_part(tail(digits))]), digits.lstrip("0")) if len(digits) > TAIL else None


def _of_name(text: str) -> list[Term]:
    """Return a term a word. Without a title before the name: few type it in the form."""
    terms = []
    for token in TITLE.sub("", text).split():
        if token.isascii() and token.isdigit():
            terms.append(_of_number(token))
        else:
            folded = fold(token)
            terms.append(_term([folded, folded.strip(QUOTES), joined(folded)]))
    return [term for term in terms if term.beginnings]


def _term(ways: Iterable[str]) -> Term:
    """Return the term of these words, if a letter or digit is in them."""
    return Term(frozenset(stored_part(way) for way in ways if joined(way)))
