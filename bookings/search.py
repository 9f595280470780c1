"""Finds requests by what somebody at reception knows of them. Reads; the words are written by the actions."""

from __future__ import annotations

import re

from django.db.models import Exists, OuterRef, Q

from bookings.folding import PAST, prefixes
from bookings.models import Enquiry, SearchWord

MOST = 200  # requests one search finds; who needs more of them types more of the name
REFERENCE = re.compile(r"(?:ht)?[\s-]*([0-9A-Z]{5})", re.IGNORECASE | re.ASCII)  # those given before have vowels in them


def find(asked: str) -> list[int]:
    """The keys of the requests that fit, at most MOST and one more: that more would have fitted.

    The work is bounded however many fit: one query walks the index, the newest of an exact word first.
    """
    found = _of_reference(asked)
    terms = sorted(prefixes(asked), key=lambda ways: max(map(len, ways)))
    if not terms:
        return found
    longest = terms.pop()  # the rarest, as far as one can tell: it is walked through, the others are looked up
    words = SearchWord.objects.filter(_begins(longest))
    for ways in terms:
        words = words.filter(Exists(SearchWord.objects.filter(_begins(ways), enquiry=OuterRef("enquiry"))))
    named = words.order_by("word", "-enquiry_id").values_list("enquiry_id", flat=True)[
        : 2 * MOST + 2
    ]  # by name and by email: the same twice
    return list(dict.fromkeys([*found, *named]))[: MOST + 1]


def _of_reference(asked: str) -> list[int]:
    """HT-7K3P2, ht7k3p2 or 7k3p2. A short name may look like one, so words are looked for as well."""
    shaped = REFERENCE.fullmatch(asked.strip())
    return list(Enquiry.objects.filter(reference=f"HT-{shaped[1].upper()}").values_list("pk", flat=True)) if shaped else []


def _begins(ways: set[bytes]) -> Q:
    either = Q()
    for way in sorted(ways):
        either |= Q(word__gte=way, word__lt=way + PAST)
    return either
