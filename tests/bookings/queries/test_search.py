"""Finding a request by what one knows of it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bookings import actions
from bookings.domain.normalise import PAST, fold, search_words
from bookings.domain.search_terms import read_search
from bookings.models import Enquiry, SearchWord
from bookings.queries.search import MOST, find_enquiries
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
    assert find_enquiries(asked) == [sam.pk]


@pytest.mark.parametrize(
    "asked", ["amsam", "example.org", "sam alex", "00982", "700900", "900981", "", "   ", "’", "%", "_am", "\x00", "x" * 5000]
)
def test_and_by_nothing_else(sam, asked):
    assert find_enquiries(asked) == []


REFERENCE, ADDRESS = "HT-JJF3C", "robin.sample@example.org"
PRINTED = [
    "({})",
    "{}.",
    "#{}",
    "Ref {}",
    "ref: {}",
    "{} Robin",
    "Robin {}",
    "\u200b{}",
    "{}\u200b",
    "Re: Your request {}",
    "“{}”",
    "{},",
    "Reference: {}",
    "{} · Robin Sample",
    "Robin Sample ({})",
    "[{}]",
    "\u2068{}\u2069",
    "\ufeff{}",
    "  {}\t",
    "'{}'",
    "/{}/",
    "{}: confirmed",
    "**{}**",
]
BETWEEN = [
    "HT–JJF3C",
    "HT‑JJF3C",
    "HT—JJF3C",
    "HT−JJF3C",
    "HT JJF3C",
    "HT\u00a0JJF3C",
    "HT - JJF3C",
    "HT_JJF3C",
    "HT.JJF3C",
    "HT:JJF3C",
    "ＨＴ－ＪＪＦ３Ｃ",
    "htjjf3c",
    "jjf3c",
    "JJF3C Robin",
    "HT-\u2060JJF3C",
    "ht-jj\u00adf3c",
    "#jjf3c",
    "JJF3C.",
]
ADDRESSES = [
    "<{}>",
    "Robin Sample <{}>",
    "mailto:{}",
    "{},",
    "{};",
    "({})",
    "'{}'",
    "“{}”",
    "{}.",
    "Email: {}",
    "Sample, Robin <{}>",
    "\u200b{}",
    "mailto:{}?subject=Hello",
    "Robin Smith-Jones <{}>",
    '"Robin S." <{}>',
    "{} (Robin)",
    "from {}",
    "other@example.net, {}",
    "<mailto:{}>",
    "E-mail:{}",
]
NAMES = [
    "Mr Robin Sample",
    "mr. robin sample",
    "Dr Sample",
    "Mx Robin",
    "Sample, Robin",
    "“Robin Sample”",
    "Robin Sample.",
    "Name: Robin Sample",
    "Robin\u00a0Sample",
    "(Robin)",
    "Robin\u200b Sample",
    "Robin Sample <robin.new@example.net>",
]
NUMBERS = [
    "0770",
    "077",
    "07700",
    "07700 9009",
    "+44 770",
    "+44770",
    "0044 770",
    "44770",
    "7700 900",
    "+44 (0)7700 900982",
    "+44 (0) 7700 900 982",
    "(07700) 900 982",
    "Tel 07700 900982",
    "Tel: 07700 900982",
    "tel:+447700900982",
    "sms:+447700900982",
    "Robin 07700 900982",
    "07700 900982 Robin",
    "Robin 900982",
    "Robin 0770",
    "07700–900982",
    "07700.900.982",
    "07700-900-982",
    "900 982",
    "0 900982",
    "00 900982",
    "00900982",
    "07700 900982,",
    "\u202a+44 7700 900982\u202c",
]


@pytest.mark.parametrize(
    "typed",
    [
        *(shape.format(REFERENCE) for shape in PRINTED),
        *BETWEEN,
        *(shape.format(ADDRESS) for shape in ADDRESSES),
        *(shape.format(ADDRESS.upper()) for shape in ADDRESSES[:2]),
        *NAMES,
        *NUMBERS,
    ],
)
def test_what_the_product_prints_finds_the_request_as_it_is_copied(clinic, now, typed):
    request(now=now, name="Alex Nguyễn", email="alex@example.net", phone="+441632960001", phone_typed="01632 960001")
    robin = request(now=now, name="Robin Sample", email=ADDRESS, phone="+447700900982", phone_typed="07700 900982")
    Enquiry.objects.filter(pk=robin.pk).update(reference=REFERENCE)
    assert find_enquiries(typed) == [robin.pk]


@pytest.mark.parametrize(
    "typed",
    ["Ref HT-ZZZZZ", "HT-JJF3", "HT-JJF3CC", "other@example.net", "0771", "+44771", "946 0982", "Mr", "Ref", "Name:", "<>", "+", "()"],
)
def test_and_what_is_near_to_it_finds_nothing(clinic, now, typed):
    robin = request(now=now, name="Robin Sample", email=ADDRESS, phone="+447700900982", phone_typed="07700 900982")
    Enquiry.objects.filter(pk=robin.pk).update(reference=REFERENCE)
    assert find_enquiries(typed) == []


def test_two_references_find_two_requests(clinic, now):
    first, second = request(now=now), request(now=now, email="b@example.org")
    assert find_enquiries(f"{first.reference} and {second.reference}") == [second.pk, first.pk]


def test_a_local_number_is_found_without_its_area(clinic, now):
    london = request(now=now, phone="+442079460018", phone_typed="020 7946 0018")
    request(now=now, email="b@example.org", phone="+447700460018", phone_typed="07700 460018")
    assert (
        find_enquiries("7946 0018")
        == find_enquiries("020 7946 0018")
        == find_enquiries("79460018")
        == find_enquiries("020 79")
        == [london.pk]
    )


def test_a_foreign_number_is_found_by_its_country(clinic, now):
    dublin = request(now=now, phone="+35312345678", phone_typed="+353 1 234 5678")
    assert (
        find_enquiries("+353 1")
        == find_enquiries("00353 1")
        == find_enquiries("353")
        == find_enquiries("+353 1 234 5678")
        == find_enquiries("01 234 5678")
        == [dublin.pk]
    )


def test_a_title_alone_is_a_name(clinic, now):
    prof = request(now=now, name="Dr")
    assert find_enquiries("Dr") == [prof.pk]


def test_a_reference_is_found_in_any_way_of_writing_it(sam):
    for asked in (sam.reference, sam.reference.lower(), sam.reference.replace("-", ""), sam.reference[3:], f" {sam.reference} "):
        assert find_enquiries(asked) == [sam.pk]
    assert find_enquiries(sam.reference[:-1]) == []


def test_a_name_that_looks_like_a_reference_is_a_name(clinic, now):
    """JAMES has five letters that references have, too."""
    james = request(now=now, name="James")
    Enquiry.objects.filter(pk=request(now=now, name="Other").pk).update(reference="HT-JAMES")
    assert {enquiry.name for enquiry in Enquiry.objects.filter(pk__in=find_enquiries("james"))} == {"James", "Other"}
    assert james.pk in find_enquiries("james")


@pytest.mark.parametrize("name", ["Зоя Иванова", "山田 太郎", "김민준", "שרה כהן", "محمد علي", "प्रिया शर्मा", "Αθηνά", "Ğülşah Ilgaz"])
def test_any_script_is_found_by_the_beginning_of_each_word(clinic, now, name):
    enquiry = request(now=now, name=name)
    for word in name.split():
        assert find_enquiries(word) == find_enquiries(word[:2]) == find_enquiries(word.upper()) == [enquiry.pk]


@given(st.text(min_size=1, max_size=30).filter(str.strip), st.integers(1, 30))
def test_a_folded_word_begins_with_its_folded_beginning(text, length):
    """Byte for byte, in the order the index has: each prefix lies at or before the word, and the word before the end of its range."""
    for word in search_words(name=text, email="", phone=""):
        start = word[:length]
        assert start <= word < start + PAST
    assert fold(fold(text)) == fold(text)
    asked = read_search(text, ["HT"])
    assert all(way for terms in (asked.addresses, asked.numbers, asked.words) for term in terms for way in term.beginnings)


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
    assert find_enquiries("kim") == pks[::-1][: MOST + 1]


def test_what_is_erased_is_not_found(sam, now, staff):
    actions.erase_now(sam, user=staff, now=now)
    assert not sam.search_words.exists()
    assert find_enquiries("sam") == find_enquiries("900982") == []
    assert find_enquiries(sam.reference) == [sam.pk]


def test_requests_from_before_are_found_too(sam):
    """What the migration does to them."""
    SearchWord.objects.all().delete()
    import_module("bookings.migrations.0009_finding_and_the_board").remember(apps, None)
    assert find_enquiries("brien") == find_enquiries("900982") == [sam.pk]
    assert {bytes(row.word) for row in sam.search_words.all()} == search_words(name=SAM["name"], email=SAM["email"], phone=SAM["phone"])


def test_a_search_asks_the_database_once_and_a_possible_reference_twice(sam, django_assert_num_queries):
    for asked in ("sam", "sam obrien", "07700 900982", "sam.ob@example.org"):
        with django_assert_num_queries(1):
            find_enquiries(asked)
    with django_assert_num_queries(2):
        find_enquiries("james")


def test_a_search_is_a_range_of_the_index(sam):
    """On both databases."""
    ways = SearchWord.objects.filter(word__gte=b"sam", word__lt=b"sam" + PAST).order_by("word", "-enquiry_id").values_list("enquiry_id")
    plan = plan_of(ways[:10])
    assert "search_word_by_its_start" in plan
    assert ("word>? AND word<?" in plan) if connection.vendor == "sqlite" else ("Index Cond: ((word >= " in plan), plan
    assert not sorts(plan)
