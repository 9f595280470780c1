"""The clinic's figures, as charts and tables, and as a file without personal data."""

from datetime import time, timedelta

from django.core.exceptions import PermissionDenied
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from bookings.domain.preferences import PREFERRED
from bookings.queries.reports import Figures
from bookings.staff.base import EnquiryPart
from bookings.staff.reports.charts import bars, columns, percent, shade, share
from bookings.staff.reports.csv_file import csv_response
from bookings.staff.reports.period import asked_period, preset_links
from services.clinic.uk_time import clock, short_date
from services.models.clinic import WEEKDAYS

FEW = 5  # smaller counts leave the house as “<5”: they could point at somebody


class FiguresPages(EnquiryPart):
    """The part of the admin of requests that counts them."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("figures/", wrap(self.figures), name="bookings_figures"),
            path("figures/statistics.csv", wrap(self.statistics), name="bookings_statistics"),
        ]
        return own + super().get_urls()

    def _figures(self, request) -> Figures:
        if not request.user.has_perm("bookings.see_figures"):
            raise PermissionDenied
        now = timezone.now()
        return Figures(asked_period(request.GET, timezone.localdate(now)), now)

    def figures(self, request):
        figures = self._figures(request)
        weeks = {short_date(monday): count for monday, count in figures.by_week.items()}
        kept, due = figures.within_promise
        context = self.admin_site.each_context(request) | {
            "title": "Figures",
            "subtitle": figures.period.words,
            "opts": self.opts,
            "figures": figures,
            "period": figures.period,
            "presets": preset_links(request.GET),
            "query": f"first={figures.period.first}&last={figures.period.last}",
            "weeks": columns(weeks),
            "week_bars": bars(weeks),
            "tables": [(title, note, bars(counts)) for title, note, counts in tables(figures)],
            "median_reply": duration_in_words(figures.median_reply),
            "within_promise": percent(kept, due),
            "kept": kept,
            "due": due,
            "attended": attended(figures),
            "hours": heat(figures),
            "fill": [(name, held, room, percent(held, room), share(held, room)) for name, (held, room) in figures.fill.items()],
            "wanted": [(name, [counts[part] for part, _ in PREFERRED], sum(counts.values())) for name, counts in figures.wanted.items()],
            "parts": [label for _, label in PREFERRED],
        }
        return TemplateResponse(request, "admin/bookings/figures.html", context)

    def statistics(self, request):
        """The same numbers as a file that may be passed on: counts only, small ones hidden."""
        figures = self._figures(request)
        rows: list[tuple[str, str, str | int]] = [("Period", figures.period.words, "")]
        for title, _, counts in [("Requests by week", "", {day.isoformat(): n for day, n in figures.by_week.items()}), *tables(figures)]:
            rows += [(title, label, few(count)) for label, count in counts.items()]
        rows += [("Consultations that took place or were confirmed", name, few(held)) for name, (held, _) in figures.fill.items()]
        rows += [("Room of the rota", name, room) for name, (_, room) in figures.fill.items()]
        for name, counts in figures.wanted.items():
            rows += [(f"Wanted but not offered: {name}", label, few(counts[part])) for part, label in PREFERRED]
        return csv_response(f"statistics-{figures.period.first}-{figures.period.last}.csv", ("figure", "of", "count"), rows)


def tables(figures: Figures) -> list[tuple[str, str, dict[str, int]]]:
    """Title, what it counts, and the counts."""
    return [
        ("Requests by place", "The place that was asked for.", figures.by_place),
        ("Requests by source", "", figures.by_source),
        ("What became of them", "Of the requests sent in this period.", figures.outcomes),
        ("Appointments", "Those that begin in this period.", figures.appointments),
        ("Cancelled appointments", "Confirmed ones, cancelled in this period.", figures.cancellations),
        ("Emails", "Those that came due in this period.", figures.emails),
    ]


def attended(figures: Figures) -> str:
    """The share of those who came, of the appointments with an outcome."""
    came, missed = (figures.appointments[name] for name in ("Attended", "Did not attend"))
    return percent(came, came + missed)


def heat(figures: Figures) -> list[dict]:
    """The hours of the day as rows, the weekdays as columns, from the first hour with a request to the last."""
    counts = figures.by_hour
    most, hours = max(counts.values(), default=0), {hour for _, hour in counts}
    span = range(min(hours), max(hours) + 1) if hours else ()
    return [
        {
            "label": clock(time(hour)),
            "cells": [(counts.get((day, hour), 0), shade(counts.get((day, hour), 0), most)) for day, _ in WEEKDAYS],
        }
        for hour in span
    ]


def few(count: int) -> str | int:
    return count if count == 0 or count >= FEW else f"<{FEW}"


def duration_in_words(span: timedelta | None) -> str:
    """2 hours 10 minutes; 3 days 4 hours; – for none."""
    if span is None:
        return "–"
    minutes = round(span.total_seconds() / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [f"{count} {unit}{pluralize(count)}" for count, unit in parts if count]
    return " ".join(said[:2]) or "under a minute"
