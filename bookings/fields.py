"""Form fields for what a person types: each cleans before any validator looks, and says what is wrong in a sentence."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from services.fields import EmailAddressField, is_too_long
from services.phone_numbers import WrongNumber, to_e164

JOINERS = "\u200c\u200d"  # spelling and emoji need them
SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # which form of a letter or an emoji is meant
INVISIBLE = {"Cc", "Cf", "Cs", "Co"}  # not Cn: this year's emoji are there until Python knows them
# The others of Unicode's Default_Ignorable_Code_Point, some of them letters: nothing shows them, and no word needs them.
IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]")
NOTHING_YET = re.compile(rf"[\s{JOINERS}{SELECTORS}]+")  # they change a character before them

# What mail programs and readers take for an address. Names have dots after initials, titles and a few abbreviations, and at the end.
ADDRESS = re.compile(
    r"""
    @ | // | \bwww\. | [a-z]{2,}:\w  # mailto:x, www.x
    | \w\.[\w.-]+[/?\#:\\]  # t.me/abc
    | \b(?!(?:mrs|prof|rev|revd|hon|capt|col|sgt|med|ing|mag|mme|sra|dra)\.)[\w-]{3,}\.\w{2}  # prize.example
    | \d\w*\.\w{2}  # 24.pro
    | \w\.(?-i:[a-z]{2})\b  # t.me, but not J.Li
    | \.\s?(?:com|net|org|info|biz|app|dev|online|shop|site|store|xyz)\b
    | (?:\d\W*){6}  # a phone number
    """,
    re.VERBOSE | re.IGNORECASE,
)


EXAMPLES = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"


def visible(text: str) -> str:
    """Return the text without what nobody can see; line ends become one character."""
    text = IGNORABLE.sub("", re.sub(r"\r\n?|[\u2028\u2029\v\f]", "\n", text))
    text = "".join(c for c in text if c in "\n\t" or c in JOINERS or unicodedata.category(c) not in INVISIBLE)
    return text[start.end() :].strip() if (start := NOTHING_YET.match(text)) else text.strip()


class Visible(forms.CharField):
    """Cleans before any validator looks: what nobody can see is nobody's mistake."""

    def to_python(self, value: object) -> str | None:
        return super().to_python(visible(value) if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)  # what is too long gets a sentence instead of being cut
        return attrs


class LineField(Visible):
    def to_python(self, value: object) -> str:
        return " ".join((super().to_python(value) or "").split())


class Text(Visible):
    pass


class Email(Visible, EmailAddressField):
    pass


class Name(LineField):
    """What emails greet by. Anybody can have one sent to anybody, so it must not carry an advertisement."""

    default_error_messages = {
        "letters": "Enter a name that has letters in it",
        "address": "Enter only a name, without a web or email address or a phone number. If there is a dot in it, leave a space after it.",
    }

    def validate(self, value: str) -> None:
        """Raise ValidationError for an empty name, one without letters, and one with an address in it."""
        super().validate(value)
        if is_too_long(self, value):
            return
        if not any(c.isalpha() for c in value):
            raise ValidationError(self.error_messages["letters"], code="letters")
        if ADDRESS.search(_plain(value)):
            raise ValidationError(self.error_messages["address"], code="address")


def _plain(text: str) -> str:
    """Return the text as mail programs read it for addresses: letters and stops of any width are the usual ones, without marks."""
    parts = unicodedata.normalize("NFKD", text).replace("。", ".")
    return "".join(c for c in parts if unicodedata.category(c) not in {"Cf", "Mn"})


class Phone(LineField):
    """A number as it is typed, words around it and all. Which number that is, `to_e164` says."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    default_error_messages = {
        "invalid": EXAMPLES,
        "max_length": EXAMPLES,
        "letters": "There are letters in this phone number. Enter it in digits, like 07700 900 982",
        "mobile": "Check this number: a UK mobile has 11 digits, or ten after +44",
        "extension": "Leave the extension out and put it in your message",
    }

    def validate(self, value: str) -> None:
        """Raise ValidationError for a text that does not name one number."""
        super().validate(value)
        try:
            if value and not is_too_long(self, value):
                to_e164(value)
        except WrongNumber as wrong:
            raise ValidationError(self.error_messages[wrong.code], code=wrong.code) from None
