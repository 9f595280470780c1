"""A stored number is the one that was typed: no character is left out or read as another."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from services.models import CrisisContact
from services.models.clinic import check_phone_number
from services.phone_numbers import WrongNumber, dialled, to_e164


@given(st.text("0123456789 ()+-.oOlIx", max_size=24))
def test_a_number_has_all_the_digits_typed_and_no_others(typed):
    try:
        number = to_e164(typed)
    except WrongNumber:
        return
    digits = "".join(filter(str.isdecimal, typed))
    assert digits.endswith(number.removeprefix("+44").removeprefix("+"))
    assert not any(c.isalpha() for c in typed[typed.index(digits[0]) : typed.rindex(digits[-1])])


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("+447700900982", "07700 900982"),
        ("+442079460018", "020 7946 0018"),
        ("+35312345678", "+353 1 234 5678"),
        ("+448001111", "0800 1111"),
    ],
)
def test_a_number_is_said_as_it_is_dialled_from_the_uk(stored, said):
    assert dialled(stored) == said


@pytest.mark.parametrize("number", ["020 8003 4173", "0345 474 1724", "(020) 8003-4173", "+44 20 8003 4173"])
def test_a_number_of_the_clinic_is_printed_as_it_is_grouped(number):
    check_phone_number(number)


@pytest.mark.parametrize(
    "number", ["020 8003 4l73", "020 8003 417E", "0800 FLOWERS", "020 8003 4173 ext 4", "ring 020 8003 4173", "01632 960 001", "116 123"]
)
def test_a_number_of_the_clinic_is_nothing_but_a_number_in_use(number):
    with pytest.raises(ValidationError, match="Enter a phone number as it is printed, like 020 8003 4173"):
        check_phone_number(number)


@pytest.mark.parametrize("number", ["116 12three", "Il6 123", "SHOUT", "85258."])
def test_the_number_inside_a_sentence_has_digits_only(number):
    with pytest.raises(ValidationError) as wrong:
        CrisisContact(name="Samaritans", how=f"Call {number}", number=number).clean_fields()
    assert wrong.value.message_dict == {"number": ["Enter digits and spaces only, as in the sentence: 116 123."]}
