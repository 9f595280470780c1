"""Counting without storing addresses."""

from datetime import timedelta

import pytest

from bookings.models import Hit
from bookings.rate_limits import again_from, allowed

pytestmark = pytest.mark.django_db


def test_up_to_the_limit_and_no_further(now):
    assert [allowed("send", "192.0.2.1", 2, now) for _ in range(3)] == [True, True, False]


def test_the_next_hour_begins_anew(now):
    assert allowed("send", "192.0.2.1", 1, now)
    assert allowed("send", "192.0.2.1", 1, now + timedelta(hours=1))


@pytest.mark.parametrize("minutes", [0, 1, 59.99])
def test_what_is_said_of_when_it_begins_anew_is_so(now, minutes):
    at = now + timedelta(minutes=minutes)
    assert [allowed("send", "192.0.2.1", 1, at) for _ in range(2)] == [True, False]
    assert not allowed("send", "192.0.2.1", 1, again_from(at) - timedelta(microseconds=1))
    assert allowed("send", "192.0.2.1", 1, again_from(at))


def test_other_addresses_and_other_deeds_are_counted_apart(now):
    assert all(allowed(scope, address, 1, now) for scope in ("send", "other") for address in ("192.0.2.1", "192.0.2.2"))


def test_one_home_on_ipv6_is_one_address(now):
    assert allowed("send", "2001:db8:0:1::1", 1, now)
    assert not allowed("send", "2001:db8:0:1:abcd::9", 1, now)
    assert allowed("send", "2001:db8:0:2::1", 1, now)


def test_addresses_of_ipv4_written_as_ipv6_are_told_apart(now):
    assert allowed("send", "::ffff:192.0.2.1", 1, now)
    assert allowed("send", "::ffff:192.0.2.2", 1, now)
    assert not allowed("send", "192.0.2.1", 1, now)


def test_no_address_is_stored(now):
    allowed("send", "192.0.2.1", 1, now)
    assert "192.0.2.1" not in str(Hit.objects.values())
