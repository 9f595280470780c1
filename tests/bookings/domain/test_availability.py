"""Free times: the rota, minus closures, minus what is held, within the rules. No database."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.availability import (
    CELL,
    Busy,
    Rules,
    Shift,
    Taken,
    capacity,
    cells,
    free_times,
    has_room,
    is_offered,
    reseated,
    starts_on,
)
from bookings.queries.slots import bookable_days
from services.clinic.uk_time import LONDON

MONDAY = date(2026, 6, 1)
EARLIER = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
MORNINGS = [Shift(0, time(9), time(12))]


def at(hour, minute=0, day=MONDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON).astimezone(UTC)


def free(day=MONDAY, *, shifts=MORNINGS, limits=None, taken=(), now=EARLIER, rules=None):
    found = free_times([day], shifts=shifts, limits=limits or {}, busy=Busy(taken), now=now, rules=rules or Rules())
    return [f"{start.astimezone(LONDON):%H:%M}" for start in found]


def held(hour, minute=0, seat=1):
    return Taken(seat, at(hour, minute), at(hour, minute) + timedelta(minutes=50))


def test_starts_on_the_hour_and_ends_within_the_shift():
    assert free() == ["09:00", "10:00", "11:00"]


def test_a_shift_too_short_for_a_meeting_gives_none():
    assert free(shifts=[Shift(0, time(9), time(9, 45))]) == []


def test_other_weekdays_have_no_times():
    assert free(MONDAY + timedelta(days=1)) == []


def test_a_grid_of_half_hours():
    assert free(shifts=[Shift(0, time(9), time(11), every=30)]) == ["09:00", "09:30", "10:00"]


def test_a_held_time_is_not_free():
    assert free(taken=[held(10)]) == ["09:00", "11:00"]


def test_ten_minutes_between_two_meetings_are_enough():
    assert free(taken=[held(9), held(11)]) == ["10:00"]


def test_a_held_time_off_the_grid_takes_both_it_touches():
    assert free(taken=[held(9, 30)]) == ["11:00"]


def test_a_time_off_the_five_minute_cells_is_rounded_outwards():
    assert cells(at(9, 1), at(9, 11)) == [at(9), at(9, 5), at(9, 10)]


def test_a_second_seat_keeps_the_time_free():
    two = [Shift(0, time(9), time(12), at_once=2)]
    assert free(shifts=two, taken=[held(10)]) == ["09:00", "10:00", "11:00"]
    assert free(shifts=two, taken=[held(10), held(10, seat=2)]) == ["09:00", "11:00"]


def test_two_half_overlapping_holds_on_two_seats_leave_room_between_them():
    """At no instant of it does more than one of them run, whichever seats they have."""
    two = [Shift(0, time(9), time(12), at_once=2)]
    taken = [held(9, 30), held(10, 30, seat=2)]
    assert "10:00" in free(shifts=two, taken=taken)
    assert reseated(taken, at(10), at(10, 50)) == [1, 1, 2]


def test_only_those_around_change_their_seats():
    far, near = held(9, 0, seat=3), held(11, 30, seat=2)
    assert reseated([far, near], at(11), at(11, 50)) == [3, 2, 1]


def test_overlapping_shifts_are_added_up():
    shifts = [Shift(0, time(9), time(12)), Shift(0, time(11), time(15))]
    assert capacity(at(10), shifts, {}) == 1
    assert capacity(at(11), shifts, {}) == 2
    assert capacity(at(13), shifts, {}) == 1


def test_a_seat_held_from_before_the_rota_was_cut_still_counts():
    """Two held, one of them on a seat that no longer exists: with room for two nothing is free, with room for three one is."""
    taken = [held(10, seat=3), held(10, seat=2)]
    assert [has_room(at(10), room, Busy(taken)) for room in (2, 3)] == [False, True]
    assert Busy(taken).first_free_seat(at(10), at(10, 50)) == 1
    assert not has_room(at(10), 1, Busy([held(10, seat=3)]))


def test_a_closure_takes_the_whole_day():
    assert free(limits={MONDAY: ()}) == []


def test_other_hours_keep_what_fits_inside_them():
    assert free(limits={MONDAY: ((time(10), time(11)),)}) == ["10:00"]


def test_notice_is_exactly_24_hours():
    assert free(now=at(10) - timedelta(hours=24)) == ["10:00", "11:00"]
    assert free(now=at(10) - timedelta(hours=24) + timedelta(seconds=1)) == ["11:00"]


def test_the_horizon_is_exactly_eight_weeks():
    assert free(now=at(10) - timedelta(weeks=8)) == ["09:00", "10:00"]


def test_the_days_one_may_ask_for_are_those_of_london():
    after_midnight = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)
    assert bookable_days(after_midnight) == (date(2026, 6, 5), date(2026, 7, 30))


def test_only_times_of_the_grid_are_offered():
    offered = {"shifts": MORNINGS, "limits": {}, "now": EARLIER}
    assert is_offered(at(10), **offered)
    assert not is_offered(at(10, 30), **offered)
    assert not is_offered(at(12), **offered)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 29), ["00:00", "02:00", "03:00"]),  # 1am does not happen
        (date(2026, 10, 25), ["00:00", "02:00", "03:00"]),  # 1am happens twice
    ],
)
def test_a_wall_time_the_clock_change_skips_or_repeats_is_not_offered(day, expected):
    night = [Shift(6, time(0), time(4))]
    assert free(day, shifts=night, now=datetime(day.year, day.month, 1, tzinfo=UTC)) == expected


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_meeting_is_50_real_minutes_on_the_days_the_clocks_change(day):
    starts = starts_on(day, [Shift(6, time(0), time(12))])
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(starts))


def test_a_rota_keeps_its_wall_time_over_the_clock_change():
    sundays = [Shift(6, time(9), time(10))]
    (before,), (after,) = (starts_on(day, sundays) for day in (date(2026, 3, 22), date(2026, 3, 29)))
    assert (before.hour, after.hour) == (9, 8)  # UTC


hours = st.integers(0, 23)
shift = st.builds(
    lambda weekday, a, b, once, every: Shift(weekday, time(min(a, b)), time(max(a, b), 30), once, every),
    st.integers(0, 6), hours, hours, st.integers(1, 3), st.sampled_from([15, 30, 50, 60, 90]),
)  # fmt: skip
clock_changes_and_others = st.sampled_from([MONDAY, date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31), date(2027, 3, 28)])
minutes = st.integers(0, 24 * 60 - 1)


@given(clock_changes_and_others, st.lists(shift, max_size=4), st.lists(st.tuples(st.integers(1, 4), minutes), max_size=8))
def test_what_is_free_can_be_claimed_without_two_people_on_one_seat(day, shifts, holds):
    """Whatever the rota and the holds: with the seats as they are or changed, a free time gets one, and no seat is used twice at once."""
    midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
    taken = [Taken(seat, midnight + timedelta(minutes=m), midnight + timedelta(minutes=m + 50)) for seat, m in holds]
    now = midnight - timedelta(days=3)
    length = Rules().length
    for start in free_times([day], shifts=shifts, limits={}, busy=Busy(taken), now=now):
        room, wanted = capacity(start, shifts, {}), set(cells(start, start + length))
        running = [set(cells(each.starts_at, each.ends_at)) for each in taken]
        assert all(sum(cell in each for each in running) < room for cell in wanted)
        first = Busy(taken).first_free_seat(start, start + length)
        assert all(each.seat != first or not wanted & used for each, used in zip(taken, running, strict=True))
        seats = reseated(taken, start, start + length)
        used = [(seat, cell) for seat, of_seat in zip(seats, [*running, wanted], strict=True) for cell in of_seat]
        changed = {n for n, (seat, each) in enumerate(zip(seats, taken, strict=False)) if seat != each.seat} | {len(taken)}
        assert not any(
            seats[n] == seats[m] and of_n & of_m
            for n, of_n in enumerate([*running, wanted]) if n in changed
            for m, of_m in enumerate([*running, wanted]) if m != n
        )  # fmt: skip
        assert seats[-1] <= max(Counter(cell for _, cell in used).values())
        assert len(wanted) * CELL >= length


@given(clock_changes_and_others, st.lists(shift, max_size=4))
def test_with_nothing_held_every_start_of_the_rota_is_free(day, shifts):
    midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
    found = list(free_times([day], shifts=shifts, limits={}, busy=Busy([]), now=midnight - timedelta(days=3)))
    assert found == starts_on(day, shifts)
