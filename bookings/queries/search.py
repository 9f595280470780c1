"""Finds requests by what somebody at reception knows of them. Reads; the words are written by the actions."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from bookings.domain.normalise import PAST
from bookings.domain.search_terms import Term, read_search
from bookings.models import Enquiry, SearchWord

MOST = 200  # requests one search finds; who needs more of them types more of the name


def find_enquiries(typed: str) -> list[int]:
    """Return the keys of the requests that fit, at most MOST and one more: that more would have fitted.

    The surest part of what was typed decides: a reference, else an email address, else a phone number, else the words. The work is
    bounded however many fit.
    """
    asked = read_search(typed, settings.REFERENCE_PREFIXES)
    if found := of_references(asked.references):
        return found
    first = of_references(asked.perhaps_reference)
    for terms in (asked.addresses, asked.numbers, asked.endings):
        if found := [pk for term in terms for pk in _fitting([term])]:
            return _unique([*first, *found])
    return _unique([*first, *_fitting(asked.words)])


def of_references(references: list[str]) -> list[int]:
    """Return the keys of the requests with these references, as far as there are such."""
    return list(Enquiry.objects.filter(reference__in=references).order_by("-pk").values_list("pk", flat=True)) if references else []


def _fitting(terms: list[Term]) -> list[int]:
    """Return the keys of the requests that fit each of the terms: one query walks the index, the newest of an exact word first."""
    if not terms:
        return []
    *others, rarest = sorted(terms, key=lambda term: max(map(len, term.beginnings)))  # the longest, as far as one can tell
    words = SearchWord.objects.filter(_begins(rarest))
    for term in others:
        words = words.filter(Exists(SearchWord.objects.filter(_begins(term), enquiry=OuterRef("enquiry"))))
    # by name and by email: the same twice
    return list(words.order_by("word", "-enquiry_id").values_list("enquiry_id", flat=True)[: 2 * MOST + 2])


def _begins(term: Term) -> Q:
    either = Q()
    for way in sorted(term.beginnings):
        either |= Q(word__gte=way, word__lt=way + PAST)
    return either & Q(enquiry__phone__endswith=term.ending) if term.ending else either


def _unique(found: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(found))[: MOST + 1]
