"""The private address at which one of the staff's own calendar program reads the diary."""

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.crypto import constant_time_compare

HEAD = 8  # characters that find the row; the rest is compared in constant time


def new_key() -> str:
    """24 random bytes: nobody can guess them."""
    return secrets.token_urlsafe(24)


class DiaryFeedQuerySet(models.QuerySet["DiaryFeed"]):
    def of_key(self, key: str) -> "DiaryFeed":
        """The feed of an address, while its owner may sign in; raises DiaryFeed.DoesNotExist."""
        feed = self.select_related("user__person").get(head=key[:HEAD], user__is_active=True, user__is_staff=True)
        if not constant_time_compare(feed.key, key):
            raise self.model.DoesNotExist
        return feed


class DiaryFeed(models.Model):
    """One a person. Whoever has the address sees when and where, with references only; making a new one ends the old."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="diary_feed")
    head = models.CharField(max_length=HEAD, unique=True)
    key = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    objects = DiaryFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Feed {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("bookings:feed", args=[self.key])
