"""The private address of a member of staff's diary."""

from datetime import datetime

from django.contrib.auth.models import User

from bookings.models import DiaryFeed
from bookings.models.calendar_feed import HEAD, new_key


def make_feed(user: User, *, now: datetime) -> DiaryFeed:
    """A new address; an earlier one stops working."""
    key = new_key()
    row = {"head": key[:HEAD], "key": key, "made_at": now, "password_mark": user.get_session_auth_hash()}
    feed, _ = DiaryFeed.objects.update_or_create(user=user, defaults=row)
    return feed


def stop_feed(user: User) -> None:
    """No address any more."""
    DiaryFeed.objects.filter(user=user).delete()
