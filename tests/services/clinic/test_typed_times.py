"""Dates and times of day as people type them."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clinic.typed_times import WrongDay, read_date, read_time
from services.clinic.uk_time import clock, full_date, long_date, short_date
from services.fields import DateField, TimeField

CHRISTMAS = date(2026, 12, 25)
TIMES = {
    time(9): [
        "9am",
        "9 am",
        "9AM",
        "9 a.m.",
        "9:00",
        "9.00",
        "09:00",
        "9:00am",
        "9.00 am",
        "0900",
        "900",
        "09:00:00",
        "9\u00a0am",
        " 9am ",
        "９am",
    ],
    time(9, 30): ["9:30", "9.30", "09:30", "9:30am", "9.30am", "9.30 a.m", "930", "0930", "930am", "9h30"],
    time(17, 30): ["5:30pm", "5.30pm", "17:30", "17.30", "1730", "530pm", "5:30 p.m.", "05:30 PM"],
    time(12): ["midday", "noon", "12 noon", "12pm", "12:00", "12:00pm", "Midday"],
    time(0): ["midnight", "12am", "0:00", "00:00", "12:00 am", "0000"],
    time(23, 59): ["11:59pm", "23:59", "2359"],
}
DATES = """
25 December 2026 | 25 Dec 2026 | 25th December 2026 | 25 december 2026 | 25 DEC. 2026 | 25-Dec-2026 | 25 of December 2026 | 25 Dec 26
25Dec2026 | Friday 25 December 2026 | Fri 25 Dec 2026 | Fri, 25 Dec 2026 | Friday, 25th December, 2026 | fri. 25.12.2026 | Fri 25/12/26
December 25, 2026 | 25.12.2026 | 25.12.26 | 25/12/2026 | 25/12/26 | 25-12-2026 | 25 / 12 / 2026 | 25. 12. 2026 | 25–12–2026
2026-12-25 | 25\u00a0December\u00a02026
"""
NO_DATES = """
25 December | 25/12 | 12/25/2026 | 30 February 2026 | 29.2.2027 | 25 Foo 2026 | tomorrow | Friday | 0/1/2026 | 1/0/2026 | 25 Ma 2026
25/12/026 | 2026 | 25 December 2026 10am | 32 December 2026 | 25/12/0000 | 25 | December | Friday December 2026
"""
NO_TIMES = """
9 | 12 | 24:00 | 25:00 | 9:60 | 13pm | 0am | 9:3 | am | 9-10am | nine | 9am 10am | 9:30 GMT | 99999
"""


def listed(text):
    return [each.strip(" ") for each in text.strip("\n").replace("\n", "|").split("|")]


def is_refused(read, typed):
    try:
        read(typed)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(("typed", "meant"), [(typed, meant) for meant, ways in TIMES.items() for typed in ways])
def test_a_time_is_read_however_it_is_written(typed, meant):
    assert read_time(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "9", "12", "24:00", "25:00", "9:60", "13pm", "0am", "9:3", "am", "9-10am", "nine", "9am 10am", "9:30 GMT", "99999", "x" * 9999],
)
def test_what_is_no_time_or_may_be_two_is_refused(typed):
    assert is_refused(read_time, typed)


@pytest.mark.parametrize("typed", [*listed(DATES), " 25 December 2026 "])
def test_a_date_is_read_however_it_is_written(typed):
    assert read_date(typed) == CHRISTMAS


@pytest.mark.parametrize("month", range(1, 13))
def test_each_month_is_read_in_full_and_short(month):
    day = date(2027, month, 3)
    assert read_date(f"3 {day:%B} 2027") == read_date(f"3 {day:%b} 2027") == read_date(f"3.{month}.2027") == day
    assert read_date("3 Sept 2027") == date(2027, 9, 3)


@pytest.mark.parametrize("typed", [*listed(NO_DATES), "", "1" * 9999, "december " * 999])
def test_what_is_no_date_or_lacks_its_year_is_refused(typed):
    assert is_refused(read_date, typed)


def test_a_day_of_the_week_that_is_not_that_of_the_date_is_said():
    with pytest.raises(WrongDay) as error:
        read_date("Thursday 25 December 2026")
    assert error.value.day == CHRISTMAS


@given(st.times().map(lambda moment: moment.replace(second=0, microsecond=0)))
def test_each_time_is_read_as_the_site_writes_it(moment):
    assert read_time(clock(moment)) == read_time(f"{moment:%H:%M}") == read_time(moment.isoformat()) == moment


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)))
def test_each_date_is_read_as_the_site_writes_it(day):
    ways = [
        full_date(day),
        f"{long_date(day)} {day.year}",
        f"{short_date(day)} {day.year}",
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day:%d.%m.%Y}",
    ]
    assert {read_date(way) for way in ways} == {day}


@given(st.text(max_size=40))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    assert is_refused(read_time, text) or isinstance(read_time(text), time)
    assert is_refused(read_date, text) or isinstance(read_date(text), date)


def test_a_field_shows_what_it_reads():
    assert TimeField().prepare_value(time(9)) == "9am"
    assert DateField().prepare_value(CHRISTMAS) == "25 December 2026"
    assert not TimeField().has_changed(time(9), "9am")
    assert not DateField().has_changed(CHRISTMAS, "25 December 2026")
    assert DateField().has_changed(CHRISTMAS, full_date(CHRISTMAS + timedelta(days=1)))
    assert TimeField(required=False).clean("") is DateField(required=False).clean(" ") is None
