"""What the diary says above its table."""

import re

from django.urls import reverse
from django.utils import timezone

from bookings import actions
from tests.bookings.desk import confirmed, free_times, page, words
from tests.bookings.factories import request


def test_what_is_only_asked_for_or_on_offer_is_not_counted_as_a_consultation(desk, harley_street, staff):
    now, times = timezone.now(), free_times(harley_street, 4)
    confirmed(times[0], staff)
    request(harley_street, times[1].starts_at, now=now, email="b@example.org")
    actions.offer_times(request(now=now, email="c@example.org"), times[2:], user=staff, now=now)
    counts = [0, 0, 0]
    for day in {timezone.localdate(offer.starts_at) for offer in times}:
        said = words(page(desk.get(reverse("admin:bookings_diary"), {"day": day.isoformat()})).select_one(".diary-table caption"))
        found = re.fullmatch(r"(\d+) consultations?(?:, (\d+) times? asked for)?(?:, (\d+) on offer)?\. All times are UK time\.", said)
        counts = [total + int(number or 0) for total, number in zip(counts, found.groups(), strict=True)]
    assert counts == [1, 1, 2]


def test_each_time_carries_its_place_or_day_for_a_phone_where_they_do_not_stand_side_by_side(desk, harley_street, staff):
    [offer] = free_times(harley_street)
    confirmed(offer, staff)
    day = timezone.localdate(offer.starts_at)
    for view, heading in (("day", "Harley Street"), ("week", f"{day:%a} {day.day}")):
        shown = page(desk.get(reverse("admin:bookings_diary"), {"day": day.isoformat(), "view": view}))
        assert shown.select_one(".diary-entry").find_parent("td")["data-column"] == heading
