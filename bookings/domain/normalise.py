"""PURE. How a name, an email address or a phone number is written so that it is found again, however somebody types it.

Everything becomes bytes: they compare in one way in every database, so that “begins with” is a plain range of an ordinary index.
"""

import unicodedata

from services.email_addresses import readable

# Letters that have no accent one could take off.
PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
TAIL = 6  # digits at the end of a phone number that are enough to ask for
LONGEST = 100  # bytes of a word that are kept: more nobody types
PAST = b"\xff"  # greater than any byte of UTF-8


def fold(text: str) -> str:
    """Without case and accents: José and JOSE are jose, Straße is strasse. Marks that are letters of their script stay."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(PLAIN)


def search_words(*, name: str, email: str, phone: str) -> set[bytes]:
    """What a request is found by: each word of the name, the email address, the phone number (E.164) and its last six digits.

    An address is found by its domain in ASCII and as people write it.
    """
    found = {word for token in fold(name).split() for word in _from_each_part(token)} | {fold(email), fold(readable(email))}
    digits = digits_of(phone)
    if digits:
        found |= {digits, tail(digits)}
    return {stored_part(word) for word in found if word}


def tail(digits: str) -> str:
    """Return the word by which the end of a phone number is found."""
    return f"*{digits[-TAIL:]}"  # the star: the end of one number is not the beginning of another


def stored_part(word: str) -> bytes:
    """Return as much of a folded word as is stored."""
    return word.encode()[:LONGEST]


def digits_of(text: str) -> str:
    """Return the digits in a text, 0 to 9."""
    return "".join(c for c in text if c in "0123456789")


def _is_letter(c: str) -> bool:
    return unicodedata.category(c)[0] in "LMN"


def joined(token: str) -> str:
    """Return the letters and digits of a word: obrien of o’brien."""
    return "".join(c for c in token if _is_letter(c))


def _from_each_part(token: str) -> list[str]:
    """O’Brien-Hall: obrienhall, brienhall, hall. So it begins with any of its parts, alone or with those that follow, joined or not."""
    parts = "".join(c if _is_letter(c) else " " for c in token).split()
    return ["".join(parts[first:]) for first in range(len(parts))]
