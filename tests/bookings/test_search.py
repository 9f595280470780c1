"""Finding a request by what one knows of it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bookings import actions
from bookings.folding import PAST, fold, prefixes, words_of
from bookings.models import Enquiry, SearchWord
from bookings.search import MOST, find
from tests.bookings.factories import request
from tests.plans import plan_of, sorts

SAM = {"name": "Sam O’Brien-Müller", "email": "Sam.OB@Example.org", "phone": "+447700900982", "phone_typed": "07700 900 982"}


@pytest.fixture
def sam(clinic, now):
    request(now=now, name="Alex Nguyễn", email="alex@example.net", phone="+441632960001", phone_typed="01632 960001")
    return request(now=now, **SAM)


@pytest.mark.parametrize(
    "asked",
    [
        *("sam", "SAM", "Sa", "o’brien", "O'Brien", "obrien", "brien", "muller", "Müll", "MULLER sam", "brien-muller", "  sam   obr "),
        *("sam.ob@example.org", "Sam.OB@", "sam.o"),
        *("07700900982", "07700 900 982", "(07700) 900-982", "+44 7700 900982", "0044 7700 900982", "447700900982", "900982", "900 982"),
    ],
)
def test_a_request_is_found_by_a_beginning_of_what_the_person_said(sam, asked):
    assert find(asked) == [sam.pk]


@pytest.mark.parametrize(
    "asked", ["amsam", "example.org", "sam alex", "00982", "700900", "900981", "", "   ", "’", "%", "_am", "\x00", "x" * 5000]
)
def test_and_by_nothing_else(sam, asked):
    assert find(asked) == []


def test_a_reference_is_found_in_any_way_of_writing_it(sam):
    for asked in (sam.reference, sam.reference.lower(), sam.reference.replace("-", ""), sam.reference[3:], f" {sam.reference} "):
        assert find(asked) == [sam.pk]
    assert find(sam.reference[:-1]) == []


def test_a_name_that_looks_like_a_reference_is_a_name(clinic, now):
    """JAMES has five letters that references have, too."""
    james = request(now=now, name="James")
    Enquiry.objects.filter(pk=request(now=now, name="Other").pk).update(reference="HT-JAMES")
    assert {enquiry.name for enquiry in Enquiry.objects.filter(pk__in=find("james"))} == {"James", "Other"}
    assert james.pk in find("james")


@pytest.mark.parametrize("name", ["Зоя Иванова", "山田 太郎", "김민준", "שרה כהן", "محمد علي", "प्रिया शर्मा", "Αθηνά", "Ğülşah Ilgaz"])
def test_any_script_is_found_by_the_beginning_of_each_word(clinic, now, name):
    enquiry = request(now=now, name=name)
    for word in name.split():
        assert find(word) == find(word[:2]) == find(word.upper()) == [enquiry.pk]


@given(st.text(min_size=1, max_size=30).filter(str.strip), st.integers(1, 30))
def test_a_folded_word_begins_with_its_folded_beginning(text, length):
    """Byte for byte, in the order the index has: each prefix lies at or before the word, and the word before the end of its range."""
    for word in words_of(name=text, email="", phone=""):
        start = word[:length]
        assert start <= word < start + PAST
    assert fold(fold(text)) == fold(text)
    assert all(way for term in prefixes(text) for way in term)


def test_the_newest_of_many_come_first_and_their_number_is_bounded(clinic, now):
    first = request(now=now, name="Kim Park")
    copies = [
        Enquiry(
            **{
                field.attname: getattr(first, field.attname)
                for field in Enquiry._meta.concrete_fields
                if field.name not in {"id", "reference", "key_head", "submission"}
            },
            reference=f"X{n}",
            key_head=f"x{n}",
            submission=f"{n:032x}",
        )
        for n in range(MOST + 20)
    ]
    Enquiry.objects.bulk_create(copies)
    pks = list(Enquiry.objects.order_by("pk").values_list("pk", flat=True))
    SearchWord.objects.bulk_create(SearchWord(enquiry_id=pk, word=b"kim") for pk in pks[1:])
    assert find("kim") == pks[::-1][: MOST + 1]


def test_what_is_erased_is_not_found(sam, now, staff):
    actions.erase_now(sam, user=staff, now=now)
    assert not sam.search_words.exists()
    assert find("sam") == find("900982") == []
    assert find(sam.reference) == [sam.pk]


def test_requests_from_before_are_found_too(sam):
    """What the migration does to them."""
    SearchWord.objects.all().delete()
    import_module("bookings.migrations.0009_finding_and_the_board").remember(apps, None)
    assert find("brien") == find("900982") == [sam.pk]
    assert {bytes(row.word) for row in sam.search_words.all()} == words_of(name=SAM["name"], email=SAM["email"], phone=SAM["phone"])


def test_a_search_asks_the_database_once_and_a_possible_reference_twice(sam, django_assert_num_queries):
    for asked in ("sam", "sam obrien", "07700 900982", "sam.ob@example.org"):
        with django_assert_num_queries(1):
            find(asked)
    with django_assert_num_queries(2):
        find("james")


def test_a_search_is_a_range_of_the_index(sam):
    """On both databases."""
    ways = SearchWord.objects.filter(word__gte=b"sam", word__lt=b"sam" + PAST).order_by("word", "-enquiry_id").values_list("enquiry_id")
    plan = plan_of(ways[:10])
    assert "search_word_by_its_start" in plan
    assert ("word>? AND word<?" in plan) if connection.vendor == "sqlite" else ("Index Cond: ((word >= " in plan), plan
    assert not sorts(plan)
