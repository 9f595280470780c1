"""PURE. Phone numbers: from what somebody types to the form that is stored, and to the form that is dialled from the UK."""

import re
import unicodedata

import phonenumbers

UK = 44
UK_DIGITS = 10  # after +44; the few that have fewer are known to the library
NUMBER = re.compile(r"(?:\+\s*)?[(\[]?\d(?:.*\d)?", re.DOTALL)  # from the first digit to the last: words may stand around it
PUNCTUATION = re.compile(r"\+?[\d\s()\[\]./\u2010-\u2015\u2212-]+")
EXTENSION = re.compile(r"[\s.,;(]*(?:ext(?:ensio)?n?|x|#|int|opt(?:ion)?|press)[\s.:=]*\d{1,5}\W*$", re.IGNORECASE)


class WrongNumber(ValueError):
    """Say why a text names no phone number: `code` is letters, extension, mobile or invalid."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


def to_e164(typed: str) -> str:
    """Return the one number in a text as +447700900982; raise WrongNumber.

    A number without its country is one of the UK. No character is left out or read as another: what is dialled would be a stranger's.
    """
    text = unicodedata.normalize("NFKC", typed)
    if (extension := EXTENSION.search(text)) and _is_number(text[: extension.start()]):
        raise WrongNumber("extension")
    found = NUMBER.search(text)
    if not found:
        raise WrongNumber("invalid")
    before, number, after = text[: found.start()], found[0], text[found.end() :]
    if before[-1:].isalpha() or re.search(r"[^\W\d_]", number) or re.match(r"\s?[^\W\d_]\b|[^\W\d_]", after):
        raise WrongNumber("letters")
    if not PUNCTUATION.fullmatch(number):
        raise WrongNumber("invalid")
    return _checked(number)


def _is_number(text: str) -> bool:
    try:
        return bool(to_e164(text))
    except WrongNumber:
        return False


def _checked(digits: str) -> str:
    """Return E.164 of digits and punctuation; raise WrongNumber.

    Possible is enough, for the list of numbers in use is always behind; but a UK number with fewer than ten digits must be on it.
    """
    try:
        number = phonenumbers.parse(digits, "GB")
    except phonenumbers.NumberParseException:
        raise WrongNumber("invalid") from None
    national = phonenumbers.national_significant_number(number)
    right_length = number.country_code != UK or len(national) == UK_DIGITS or phonenumbers.is_valid_number(number)
    if not right_length or not phonenumbers.is_possible_number(number):
        is_mobile = number.country_code == UK and national.startswith("7") and len(national) >= UK_DIGITS - 1
        raise WrongNumber("mobile" if is_mobile else "invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def dialled(e164: str) -> str:
    """Return the number as it is dialled from the UK: 07700 900982, +353 1 234 5678."""
    number = phonenumbers.parse(e164)
    national = number.country_code == UK
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)
