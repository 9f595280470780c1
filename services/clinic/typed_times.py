"""PURE. Dates and times of day as people in the UK type them, and as `uktime` writes them."""

import re
import unicodedata
from calendar import day_name, month_name
from datetime import date, time

MONTHS = list(map(str.casefold, month_name))[1:]
DAYS = list(map(str.casefold, day_name))
NAMED_TIMES = {"midday": time(12), "noon": time(12), "midnight": time(0)}
OF_24 = re.compile(r"([01]?[0-9]|2[0-3])[:.h]?([0-5][0-9])(?:[:.]([0-5][0-9]))?")
OF_12 = re.compile(r"(0?[1-9]|1[0-2])(?:[:.]?([0-5][0-9]))? ?([ap])\.? ?m\.?")
BY_NUMBERS = re.compile(r"([0-9]{1,2}) ?[./-] ?([0-9]{1,2}) ?[./-] ?([0-9]{4}|[0-9]{2})")
ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
IN_WORDS = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ -]?([a-z]{3,9})[ -]?([0-9]{4}|[0-9]{2})")
MONTH_FIRST = re.compile(r"([a-z]{3,9}) ([0-9]{1,2})(?:st|nd|rd|th)? ([0-9]{4})")
DAY_OF_WEEK = re.compile(r"([a-z]{3,9}) +(?=[0-9a-z])")


class WrongDay(ValueError):
    """Say that a date is of another day of the week than was typed with it: `day` (date)."""

    def __init__(self, day: date):
        self.day = day
        super().__init__(day)


def read_time(typed: str) -> time:
    """Return the time of day of 9am, 9.30 pm, 9:30, 21:30, 2130, midday or midnight; raise ValueError.

    A bare hour is refused: a 7 may be either.
    """
    text = _plain(typed)
    if (named := text.removeprefix("12 ")) in NAMED_TIMES:
        return NAMED_TIMES[named]
    if found := OF_12.fullmatch(text):
        return time(int(found[1]) % 12 + (12 if found[3] == "p" else 0), int(found[2] or 0))
    if found := OF_24.fullmatch(text):
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    raise ValueError(typed)


def read_date(typed: str) -> date:
    """Return the date of 25 December 2026, Fri 25 Dec 2026, 25.12.2026, 25/12/26 or 2026-12-25; raise ValueError.

    Raise WrongDay if the day of the week is not that of the date. The day stands before the month unless the month is in words.
    """
    text = re.sub(r"(?<=[a-z])\.|,", " ", _plain(typed))
    weekday = None
    if (named := DAY_OF_WEEK.match(text)) and (weekday := _position(DAYS, named[1])) is not None:
        text = text[named.end() :]
    day = _date(" ".join(text.split()))
    if weekday is not None and day.weekday() != weekday:
        raise WrongDay(day)
    return day


def _plain(typed: str) -> str:
    """Return the text in small letters, with one kind of dash and single spaces."""
    text = unicodedata.normalize("NFKC", typed).casefold()
    text = "".join("-" if unicodedata.category(c) == "Pd" else c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(text.split())


def _date(text: str) -> date:
    if found := ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := BY_NUMBERS.fullmatch(text):
        return date(_year(found[3]), int(found[2]), int(found[1]))
    if found := IN_WORDS.fullmatch(text):
        return date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := MONTH_FIRST.fullmatch(text):
        return date(_year(found[3]), _month(found[1]), int(found[2]))
    raise ValueError(text)


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _month(word: str) -> int:
    position = _position(MONTHS, word)
    if position is None:
        raise ValueError(word)
    return position + 1


def _position(names: list[str], word: str) -> int | None:
    """Return which of the names begins with the word."""
    return next((number for number, name in enumerate(names) if name.startswith(word)), None)
