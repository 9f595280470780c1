"""The staff's calendar programs read the diary here: busy times with references only, behind a private address."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings import rate_limits
from bookings.models import DiaryFeed, Hold
from bookings.notifications.ical import busy_times

BEHIND, AHEAD = timedelta(weeks=2), timedelta(weeks=26)
WRONG_KEYS_AN_HOUR = 60  # from one address


@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """What its owner may see in the diary. A wrong, ended or forbidden address looks the same, and too many of them get 429."""
    now = timezone.now()
    try:
        holds = _holds(DiaryFeed.objects.of_key(key).user, now)
    except DiaryFeed.DoesNotExist:
        may_guess = rate_limits.allowed("feed", request.META["REMOTE_ADDR"], WRONG_KEYS_AN_HOUR, now)
        return render(request, "bookings/link_gone.html", status=404 if may_guess else 429)
    return HttpResponse(busy_times(holds, now), content_type="text/calendar; charset=utf-8")


def _holds(user: User, now: datetime) -> QuerySet[Hold]:
    """Everyone's confirmed consultations, or their own. Raises DiaryFeed.DoesNotExist for someone who may see neither any more."""
    holds = Hold.objects.anywhere().filter(kind=Hold.Kind.CONFIRMED, starts_at__gt=now - BEHIND, starts_at__lt=now + AHEAD)
    holds = holds.select_related("enquiry", "location").order_by("starts_at", "pk")
    if user.has_perm("bookings.see_diary"):
        return holds
    if user.has_perm("bookings.see_own_diary"):
        return holds.filter(person__user=user)
    raise DiaryFeed.DoesNotExist
