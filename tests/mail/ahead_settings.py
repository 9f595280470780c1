"""harley.settings for a worker whose host is ten minutes ahead of all others."""

from datetime import timedelta

from django.utils import timezone

from harley.settings import *  # noqa: F403

_right = timezone.now
timezone.now = lambda: _right() + timedelta(minutes=10)
