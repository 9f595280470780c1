"""PURE. How a name, an email address or a phone number is written so that it is found again, however somebody types it.

Everything becomes bytes: they compare in one way in every database, so that “begins with” is a plain range of an ordinary index.
"""

import re
import unicodedata

import phonenumbers

from services.email_addresses import readable

# Letters that have no accent one could take off.
PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
TAIL = 6  # digits at the end of a phone number that are enough to ask for
LONGEST = 100  # bytes of a word that are kept: more nobody types
PAST = b"\xff"  # greater than any byte of UTF-8
ONLY_A_NUMBER = re.compile(r"[\d\s()+./–-]+")


def fold(text: str) -> str:
    """Without case and accents: José and JOSE are jose, Straße is strasse. Marks that are letters of their script stay."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(PLAIN)


def words_of(*, name: str, email: str, phone: str) -> set[bytes]:
    """What a request is found by: each word of the name, the email address, the phone number (E.164) and its last six digits.

    An address is found by its domain in ASCII and as people write it.
    """
    found = {word for token in fold(name).split() for word in _from_each_part(token)} | {fold(email), fold(readable(email))}
    digits = _digits(phone)
    if digits:
        found |= {digits, _tail(digits)}
    return {_kept(word) for word in found if word}


def prefixes(asked: str) -> list[set[bytes]]:
    """What somebody typed into the search, as beginnings of words: for each thing asked for the ways it may be written.

    A request is found if each of them begins one of its words.
    """
    digits = _digits(asked)
    if len(digits) >= TAIL and ONLY_A_NUMBER.fullmatch(asked):
        return [{_kept(way) for way in _numbers(asked, digits)}]
    terms = ({token, _joined(token)} for token in fold(asked).split())
    return [{_kept(way) for way in term if way} for term in terms if any(term)]


def _numbers(asked: str, digits: str) -> set[str]:
    ways = {digits, _tail(digits)} if len(digits) == TAIL else {digits}
    try:
        number = phonenumbers.parse(asked, "GB")
    except phonenumbers.NumberParseException:
        return ways
    return ways | {f"{number.country_code}{number.national_number}"}


def _tail(digits: str) -> str:
    return f"*{digits[-TAIL:]}"  # the star: the end of one number is not the beginning of another


def _kept(word: str) -> bytes:
    return word.encode()[:LONGEST]


def _digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789")


def _is_letter(c: str) -> bool:
    return unicodedata.category(c)[0] in "LMN"


def _joined(token: str) -> str:
    """O’Brien: obrien."""
    return "".join(c for c in token if _is_letter(c))


def _from_each_part(token: str) -> list[str]:
    """O’Brien-Hall: obrienhall, brienhall, hall. So it begins with any of its parts, alone or with those that follow, joined or not."""
    parts = "".join(c if _is_letter(c) else " " for c in token).split()
    return ["".join(parts[first:]) for first in range(len(parts))]
