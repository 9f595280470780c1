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
        if not constant_time_compare(feed.key, key) or feed.has_ended:
            raise self.model.DoesNotExist
        return feed


class DiaryFeed(models.Model):
    """One a person. Whoever has the address sees when and where, with references only; a new one, or a new password, ends it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="diary_feed")
    head = models.CharField(max_length=HEAD, unique=True)
    key = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    password_mark = models.CharField(max_length=64, help_text="A digest of the password its owner had then, as sessions keep it.")

    objects = DiaryFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Feed {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("bookings:feed", args=[self.key])

    @property
    def has_ended(self) -> bool:
        """Return whether its owner has another password than when it was made: sessions end then, and so does this."""
        marks = [self.user.get_session_auth_hash(), *self.user.get_session_auth_fallback_hash()]
        return not any(constant_time_compare(self.password_mark, mark) for mark in marks)
