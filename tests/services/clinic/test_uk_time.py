from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.clinic import uk_time


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (time(7), "7am"),
        (time(17, 30), "5:30pm"),
        (time(12), "midday"),
        (time(0), "midnight"),
        (time(12, 5), "12:05pm"),
        (time(0, 30), "12:30am"),
        (datetime(2026, 7, 1, 11, 0, tzinfo=UTC), "midday"),
        (datetime(2026, 12, 1, 11, 0, tzinfo=UTC), "11am"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "1:30am BST"),  # it comes twice on this day
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "1:30am GMT"),
        (datetime(2026, 10, 24, 23, 59, tzinfo=UTC), "12:59am"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "2am"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "2am"),
    ],
)
def test_a_time_is_said(moment, said):
    assert uk_time.clock(moment) == said


def test_a_day_is_said_the_british_way():
    day = date(2026, 12, 29)
    assert uk_time.long_date(day) == "Tuesday 29 December"
    assert uk_time.short_date(day) == "Tue 29 Dec"
    assert uk_time.full_date(day) == "29 December 2026"


def test_an_instant_late_in_the_evening_of_utc_belongs_to_the_next_uk_day_in_summer():
    assert uk_time.long_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "Wednesday 1 July"


@pytest.mark.parametrize(("day", "said"), [(23, "today"), (24, "tomorrow"), (25, "on Wednesday 25 November")])
def test_a_near_day_is_said(day, said):
    assert uk_time.near_day(date(2026, 11, day), date(2026, 11, 23)) == said


def test_an_appointment_is_said_in_uk_time():
    starts, ends = datetime(2026, 6, 12, 18, 0, tzinfo=UTC), datetime(2026, 6, 12, 18, 50, tzinfo=UTC)
    assert uk_time.appointment(starts) == "Friday 12 June, 7pm"
    assert uk_time.span(starts, ends) == "7pm to 7:50pm"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "less than a minute"),
        (0.9, "less than a minute"),
        (1, "1 min"),
        (59, "59 min"),
        (60, "1 h"),
        (47 * 60 + 59, "47 h"),
        (48 * 60, "2 days"),
        (7199, "4 days"),
    ],
)
def test_how_long_something_lasts_is_said_in_one_unit(minutes, said):
    assert uk_time.how_long(timedelta(minutes=minutes)) == said
