"""Free times against an oracle that goes through the day minute by minute on London's clocks, as a person with a paper diary would.

It knows nothing of instants, shifts as spans, or sorted holds: whatever the rota, the closures, the clock and the holds, it finds the same.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bookings.domain.availability import Busy, Rules, Shift, Taken, capacity, capacity_kept, free_times, is_offered
from bookings.models import ConsultationHours, RotaException
from bookings.queries.slots import Rota
from services.models import BankHoliday, Closure, Location
from tests.depth import rounds

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)  # Sundays: one without 1am to 2am, one with two of them
DAYS = [SPRING, AUTUMN, date(2027, 3, 27), date(2027, 3, 29), date(2026, 10, 26), date(2026, 12, 25), date(2026, 6, 1)]


# The oracle


@cache
def clock_of(day):
    """Every real minute of the day, 1,380, 1,440 or 1,500 of them, with what a clock on the wall shows then, in minutes since midnight."""
    at, found = datetime.combine(day, time(), LONDON).astimezone(UTC), {}
    while (wall := at.astimezone(LONDON)).date() == day:
        found[at] = wall.hour * 60 + wall.minute
        at += MINUTE
    return found


def clock(at):
    return at.hour * 60 + at.minute


def is_within(start, length, day, opens, closes):
    """Whether the clock is within these hours of the day in every minute of the meeting."""
    shown = clock_of(day)
    return all(clock(opens) <= shown.get(start + n * MINUTE, -1) < clock(closes) for n in range(length))


def sheet_of(day, shifts):
    """What lies on top in the diary: the sheet of this very date if somebody has pinned one there, else that of its weekday."""
    sheets = {}
    for shift in shifts:
        sheets.setdefault(shift.day or shift.weekday, []).append(shift)
    return sheets.get(day, sheets.get(day.weekday(), []))


def works(shift, start, length, day, hours):
    """Whether the meeting is within the shift and, on a day that differs, within one stretch of its hours."""
    inside = hours is None or any(is_within(start, length, day, *span) for span in hours)
    return inside and is_within(start, length, day, shift.opens, shift.closes)


def room_at(shifts, start, length, day, hours):
    return sum(shift.at_once for shift in shifts if works(shift, start, length, day, hours))


def offered_by_the_oracle(day, shifts, hours, now, rules):
    """The starts a person would write down, each with how many may start then."""
    shifts, length = sheet_of(day, shifts), rules.length // MINUTE
    how_often = Counter(clock_of(day).values())
    found = {}
    for moment, shown in clock_of(day).items():
        if how_often[shown] != 1 or not timedelta() <= moment - now - rules.notice <= rules.horizon - rules.notice:
            continue
        begins = [s for s in shifts if shown >= clock(s.opens) and (shown - clock(s.opens)) % s.every == 0]
        if any(works(shift, moment, length, day, hours) for shift in begins):
            found[moment] = room_at(shifts, moment, length, day, hours)
    return found


def squares(start, length):
    """The five-minute squares of the paper diary that a meeting of so many minutes fills or touches."""
    return {(start + n * MINUTE).timestamp() // 300 for n in range(length)}


def most_at_once(taken, start, length):
    """How many meetings stand in the fullest of the squares that one from this start would touch."""
    drawn = Counter(square for held in taken for square in squares(held.starts_at, int((held.ends_at - held.starts_at) / MINUTE)))
    return max(drawn[square] for square in squares(start, length))


# What is tried

WALL = st.one_of(
    st.sampled_from([time(0), time(0, 30), time(1), time(1, 30), time(2), time(7), time(21, 10), time(22), time(23), time(23, 59)]),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 5, 10, 15, 30, 45, 50, 55])),
)
PAIRS = st.tuples(WALL, WALL).filter(lambda pair: pair[0] < pair[1])
EVERY = st.sampled_from([5, 15, 20, 30, 45, 50, 60, 90, 240])


@st.composite
def laid_down(draw):
    """A day, a rota for its weekday and the next, hours of single dates on it and around it, what differs on the day, and rules."""
    day = draw(st.sampled_from(DAYS))
    weekday = st.sampled_from([day.weekday()] * 4 + [(day.weekday() + 1) % 7])
    shift = st.builds(lambda w, pair, once, every: Shift(w, *pair, once, every), weekday, PAIRS, st.integers(1, 3), EVERY)
    dates = st.sampled_from([day] * 3 + [day + timedelta(days=n) for n in (-7, -1, 1, 7)])
    dated = st.builds(lambda on, pair, once, every: Shift(on.weekday(), *pair, once, every, on), dates, PAIRS, st.integers(1, 3), EVERY)
    shifts = draw(st.permutations(draw(st.lists(shift, max_size=4)) + draw(st.one_of(st.just([]), st.lists(dated, max_size=3)))))
    hours = draw(st.one_of(st.none(), st.none(), st.just(()), PAIRS.map(lambda pair: (pair,)), st.just(((time(7), time(22)),))))
    rules = Rules(length=timedelta(minutes=draw(st.sampled_from([50, 50, 50, 25, 90]))))
    return day, tuple(shifts), hours, rules


@st.composite
def holds_on(draw, day, rules):
    """Held times of the day and its edges, on the grid of five minutes and off it, also on seats above what the rota has."""
    midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
    moments = st.integers(-60, 25 * 60).map(lambda n: midnight + n * MINUTE)
    lengths = st.sampled_from([rules.length, rules.length, timedelta(minutes=50), timedelta(minutes=7), timedelta(minutes=240)])
    held = st.builds(lambda seat, at, length: Taken(seat, at, at + length), st.integers(1, 5), moments, lengths)
    return draw(st.lists(held, max_size=8))


def a_moment_before(day):
    """Mostly days before; sometimes so that the notice or the horizon cuts through the day."""
    midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
    edge = st.integers(0, 24 * 60 - 1).map(lambda n: n * MINUTE)
    return st.one_of(
        st.just(midnight - timedelta(days=5)),
        edge.map(lambda into: midnight + into - timedelta(hours=24)),
        edge.map(lambda into: midnight + into - timedelta(weeks=8)),
    )


# What must hold

often = settings(max_examples=rounds(deep=300, quick=60))


@often
@given(laid_down(), st.data())
@example((SPRING, (Shift(6, time(0), time(1, 30), 1, 30),), None, Rules()), None)  # it closes at a time that does not come
@example((SPRING, (Shift(6, time(1, 30), time(4), 1, 30),), None, Rules()), None)  # it opens at one
@example((AUTUMN, (Shift(6, time(0), time(1, 30), 1, 45),), None, Rules()), None)  # it closes at a time that comes twice
@example((AUTUMN, (Shift(6, time(0), time(3, 30), 2, 30),), ((time(1), time(3)),), Rules()), None)
@example((SPRING, (Shift(6, time(9), time(12)), Shift(6, time(0), time(4), 2, 30, SPRING)), None, Rules()), None)  # extra, over the change
@example((AUTUMN, (Shift(6, time(0), time(9), 3, 15), Shift(6, time(0), time(3), 1, 30, AUTUMN)), None, Rules()), None)  # fewer
@example((AUTUMN, (Shift(6, time(0), time(9)), Shift(6, time(1), time(1, 30), 1, 30, AUTUMN)), None, Rules()), None)  # none: too short
@example((SPRING, (Shift(6, time(0), time(9), 1, 60, SPRING),), ((time(1), time(5)),), Rules()), None)  # none of the weekday
@example((date(2026, 6, 1), (Shift(0, time(7), time(22)), Shift(0, time(21, 10), time(23, 59))), None, Rules()), None)
def test_what_is_offered_is_what_a_paper_diary_says(laid, data):
    """Neither a time that is not there, nor one that is and is hidden; and as many at once as the shifts around it add up to."""
    day, shifts, hours, rules = laid
    limits = {} if hours is None else {day: hours}
    now = data.draw(a_moment_before(day)) if data else datetime.combine(day, time(), UTC) - timedelta(days=5)
    expected = offered_by_the_oracle(day, shifts, hours, now, rules)
    found = list(free_times([day], shifts=shifts, limits=limits, busy=Busy([]), now=now, rules=rules))
    assert found == sorted(expected)
    assert {start: capacity(start, shifts, limits, rules) for start in found} == expected
    for moment in [*found, *(start + 5 * MINUTE for start in found), *list(clock_of(day))[::97]]:
        assert is_offered(moment, shifts=shifts, limits=limits, now=now, rules=rules) == (moment in expected)


@often
@given(laid_down(), st.data())
def test_what_is_held_is_not_free_and_what_is_not_held_is(laid, data):
    day, shifts, hours, rules = laid
    limits = {} if hours is None else {day: hours}
    now = datetime.combine(day, time(), LONDON).astimezone(UTC) - timedelta(days=5)
    taken = data.draw(holds_on(day, rules))
    offered = offered_by_the_oracle(day, shifts, hours, now, rules)
    most = {start: most_at_once(taken, start, rules.length // MINUTE) for start in offered}
    found = list(free_times([day], shifts=shifts, limits=limits, busy=Busy(taken), now=now, rules=rules))
    assert found == sorted(start for start, room in offered.items() if most[start] < room)


@often
@given(laid_down(), st.data())
def test_who_was_let_in_under_a_rota_keeps_their_room_under_it(laid, data):
    """Whoever asks in whatever order, and whoever leaves again: as long as the rota stands nobody has lost their room."""
    day, shifts, hours, rules = laid
    now = datetime.combine(day, time(), LONDON).astimezone(UTC) - timedelta(days=5)
    offered = offered_by_the_oracle(day, shifts, hours, now, rules)
    claimed = []
    for start in data.draw(st.lists(st.sampled_from(sorted(offered)), max_size=12)) if offered else []:
        if most_at_once(claimed, start, rules.length // MINUTE) < offered[start]:
            claimed.append(Taken(1, start, start + rules.length))
        elif claimed and data.draw(st.booleans()):
            claimed.pop(data.draw(st.integers(0, len(claimed) - 1)))
    assert all(capacity_kept(claimed, [offered[held.starts_at] for held in claimed]))


@given(laid_down(), laid_down(), st.data())
def test_a_changed_rota_shows_its_own_times_at_once(laid, other, data):
    """Whatever was asked and remembered before: the answer for a rota depends on that rota alone."""
    day, shifts, hours, rules = laid
    now = datetime.combine(day, time(), LONDON).astimezone(UTC) - timedelta(days=5)
    for each in (shifts, other[1], shifts[:1], shifts):
        for limits in ({}, {day: ()}, {day: hours} if hours is not None else {}):
            found = list(free_times([day], shifts=each, limits=limits, busy=Busy([]), now=now, rules=rules))
            assert found == sorted(offered_by_the_oracle(day, each, limits.get(day), now, rules))


PLACES = [Location(pk=1, name="A"), Location(pk=2, name="B")]
AROUND = st.integers(-2, 2)


@often
@given(
    st.sampled_from([SPRING, AUTUMN, date(2026, 12, 25)]),
    st.lists(st.tuples(st.sampled_from([None, 1, 2]), AROUND, AROUND), max_size=3),
    st.lists(st.tuples(AROUND, st.sampled_from(["undecided", "usual", "closed", "other"])), max_size=2, unique_by=lambda row: row[0]),
)
def test_closures_and_bank_holidays_take_the_days_and_places_they_name(day, closed, holidays):
    """A closure of one place leaves the other as it is; one of the whole clinic does not; other hours keep what is within them."""
    closures = [
        Closure(location_id=pk, first_day=day + timedelta(days=min(a, b)), last_day=day + timedelta(days=max(a, b))) for pk, a, b in closed
    ]
    special = [BankHoliday(day=day + timedelta(days=n), treatment=how, opens=time(10), closes=time(12, 50)) for n, how in holidays]
    hours = [ConsultationHours(location=place, weekday=n, opens=time(9), closes=time(15)) for place in PLACES for n in range(7)]
    rota = Rota(hours, [], special, closures)
    days = [day + timedelta(days=n) for n in range(-2, 3)]
    now = datetime.combine(day, time(), UTC) - timedelta(days=7)
    for place in PLACES:
        limits = rota.limits(place, days[0], days[-1])
        for each in days:
            found = free_times([each], shifts=rota.shifts(place, each, each), limits=limits, busy=Busy([]), now=now)
            is_closed = any(c.location_id in {None, place.pk} and c.first_day <= each <= c.last_day for c in closures)
            treated = {holiday.day: holiday.treatment for holiday in special}.get(each)
            expected = [9, 10, 11, 12, 13, 14]
            if is_closed or treated == "closed":
                expected = []
            elif treated == "other":
                expected = [10, 11, 12]
            assert [start.astimezone(LONDON).hour for start in found] == expected


@often
@given(
    st.sampled_from(DAYS),
    st.lists(st.tuples(st.sampled_from(PLACES), AROUND, PAIRS, st.integers(1, 3), EVERY), max_size=4),
    st.lists(st.tuples(st.sampled_from([None, 1, 2]), AROUND), max_size=2),
    st.lists(st.tuples(AROUND, st.sampled_from(["usual", "closed", "other"])), max_size=1),
    st.data(),
)
def test_hours_of_single_dates_replace_those_of_the_weekday_at_their_place_alone(day, dated, closed, holidays, data):
    """More, fewer or other hours of one date, beside closures, bank holidays and what is held; all days around it stay as they are."""
    rules, days = Rules(), [day + timedelta(days=n) for n in range(-2, 3)]
    weekly = [ConsultationHours(location=place, weekday=n, opens=time(0), closes=time(6), at_once=2) for place in PLACES for n in range(7)]
    own = [(place, day + timedelta(days=n), *pair, once, every) for place, n, pair, once, every in dated]
    exceptions = [RotaException(**dict(zip(("location", "day", "opens", "closes", "at_once", "every"), row, strict=True))) for row in own]
    closures = [Closure(location_id=pk, first_day=day + timedelta(days=n), last_day=day + timedelta(days=n)) for pk, n in closed]
    special = [BankHoliday(day=day + timedelta(days=n), treatment=how, opens=time(2), closes=time(9)) for n, how in holidays]
    rota = Rota(weekly, exceptions, special, closures)
    now = datetime.combine(day, time(), UTC) - timedelta(days=7)
    for place in PLACES:
        shifts, limits = rota.shifts(place, days[0], days[-1]), rota.limits(place, days[0], days[-1])
        taken = data.draw(holds_on(day, rules))
        found = list(free_times(days, shifts=shifts, limits=limits, busy=Busy(taken), now=now, rules=rules))
        expected = []
        for each in days:
            sheet = [Shift(each.weekday(), *row[2:]) for row in own if row[:2] == (place, each)]
            treated = next((how for n, how in holidays if day + timedelta(days=n) == each), "usual")
            is_closed = treated == "closed" or any(pk in {None, place.pk} and day + timedelta(days=n) == each for pk, n in closed)
            hours = () if is_closed else ((time(2), time(9)),) if treated == "other" else None
            sheet = sheet or [Shift(each.weekday(), time(0), time(6), 2)]
            offered = offered_by_the_oracle(each, sheet, hours, now, rules)
            assert {start: capacity(start, shifts, limits, rules) for start in offered} == offered
            expected += [start for start, room in offered.items() if most_at_once(taken, start, rules.length // MINUTE) < room]
        assert found == sorted(expected)
