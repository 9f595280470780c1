"""The staff's diary: a day with the places side by side, or a week, for everybody or one's own; and its private calendar address."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.models import DiaryFeed
from bookings.queries.diary import DAY, WEEK, DiaryPage
from bookings.staff.base import EnquiryPart
from bookings.staff.reports.period import asked_day
from services.models import Person


class DiaryPages(EnquiryPart):
    """The part of the admin of requests that shows when consultations are."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("diary/", wrap(self.diary), name="bookings_diary"),
            path("diary/feed/", wrap(require_POST(self.diary_feed)), name="bookings_diary_feed"),
        ]
        return own + super().get_urls()

    def diary(self, request):
        everyone = request.user.has_perm("bookings.see_diary")
        if not may_see(request.user):
            raise PermissionDenied
        now = timezone.now()
        people = list(Person.objects.filter(is_practitioner=True)) if everyone else []
        person = next((person for person in people if str(person.pk) == request.GET.get("person")), None)
        own = not everyone
        if own:
            person = Person.objects.filter(user=request.user).first()
        view = WEEK if request.GET.get("view") == WEEK else DAY
        page = DiaryPage(asked_day(request.GET.get("day", "")) or timezone.localdate(now), now, view=view, person=person, own=own)
        feed = DiaryFeed.objects.filter(user=request.user).select_related("user").first()
        context = self.admin_site.each_context(request) | {
            "title": page.title,
            "opts": self.opts,
            "page": page,
            "people": people,
            "links": _links(page, person if everyone else None),
            "may_open": self.has_view_permission(request),
            "feed_url": settings.SITE_URL + feed.get_absolute_url() if feed and not feed.has_ended else "",
            "feed_has_ended": feed and feed.has_ended,
        }
        return TemplateResponse(request, "admin/bookings/diary.html", context)

    def diary_feed(self, request):
        """Makes a new private address, or stops the one there is."""
        if not may_see(request.user):
            raise PermissionDenied
        if request.POST.get("feed") == "stop":
            actions.stop_feed(request.user)
            messages.success(request, "The private calendar address has stopped working.")
        else:
            actions.make_feed(request.user, now=timezone.now())
            messages.success(request, "This is your new private calendar address. An earlier one has stopped working.")
        return redirect(reverse("admin:bookings_diary") + "#feed")


def may_see(user) -> bool:
    return user.has_perm("bookings.see_diary") or user.has_perm("bookings.see_own_diary")


def _links(page: DiaryPage, person: Person | None) -> dict[str, str]:
    """Where the diary's own links lead, keeping its view and practitioner."""
    kept = {"person": str(person.pk)} if person else {}

    def link(day: date, view: str) -> str:
        return "?" + urlencode({"day": day.isoformat(), "view": view} | kept)

    return {
        "before": link(page.first - page.step, page.view),
        "after": link(page.first + page.step, page.view),
        "today": link(page.today, page.view),
        "day": link(page.today if page.first <= page.today <= page.last else page.first, DAY),
        "week": link(page.first, WEEK),
        "of_a_column": urlencode({"view": DAY} | kept),  # after its day
    }
