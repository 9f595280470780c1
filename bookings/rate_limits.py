"""Counting how often one address does something, exactly, without storing the address."""

import ipaddress
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from bookings.models import Hit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SENDS_AN_HOUR = 30  # mobile networks and offices share one address


def network(address: str) -> str:
    """The address, or the /64 of an IPv6 one: a home or a phone changes the rest at will."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def network_checksum(address: str) -> str:
    """Return the checksum of the network an address belongs to, to be kept with what was sent from there."""
    return bucket("network", network(address))


def one_at_a_time(scope: str, who: str) -> None:
    """Makes all others with the same scope and person wait until the running transaction ends, on both databases alike."""
    while not _count(bucket(scope, who), EPOCH):  # old rows are deleted at night, at any moment of this
        continue


def bucket(scope: str, who: str) -> str:
    """Return a keyed checksum: who it was cannot be read from it, only that it was the same."""
    return salted_hmac("bookings.limits", f"{scope} {who}", algorithm="sha256").hexdigest()


def allowed(scope: str, address: str, limit: int, now: datetime) -> bool:
    """Counts one more if that is within the limit for this hour, and says whether it was. Exact over any number of workers."""
    with transaction.atomic():
        return _count(bucket(scope, network(address)), _hour(now), count__lt=limit)


def again_from(now: datetime) -> datetime:
    """When the next hour begins, and with it the counting."""
    return _hour(now) + timedelta(hours=1)


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _count(bucket: str, window: datetime, **only_if: object) -> bool:
    """Counts one more, holding the row until the caller's transaction ends. Two queries, whether the row is there or not."""
    Hit.objects.bulk_create([Hit(bucket=bucket, window=window)], ignore_conflicts=True)
    return bool(Hit.objects.filter(bucket=bucket, window=window, **only_if).update(count=F("count") + 1))
