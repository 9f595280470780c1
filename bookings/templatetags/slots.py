"""What the page of a place says of its times. The pages of the clinic may load this; they import nothing from here."""

from collections import defaultdict
from itertools import groupby, islice
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from bookings.domain.availability import RULES
from bookings.models import ConsultationHours
from bookings.queries.slots import free_ahead
from services.clinic import opening_hours
from services.clinic.clinic import week_in_words
from services.models import Location

register = template.Library()


@register.simple_tag(takes_context=True)
def next_times(context: Context, location: Location, days: int = 3, most: int = 4) -> list[dict[str, Any]]:
    """The next days with a free time, the first times of each, and whether it has more; as it is at this moment."""
    free = free_ahead(location, context["clinic"])
    found = []
    for day, offers in islice(groupby(free, lambda offer: timezone.localdate(offer.starts_at)), days):
        first = list(islice(offers, most + 1))
        found.append({"day": day, "offers": first[:most], "more": len(first) > most})
    return found


@register.simple_tag
def weeks_ahead() -> int:
    """How far ahead a time can be asked for."""
    return RULES.horizon.days // 7


@register.simple_tag
def consultation_hours(location: Location) -> list[dict[str, Any]]:
    """The place's week in words; nothing while it has no consultation hours."""
    week = defaultdict(set)
    for row in ConsultationHours.objects.filter(location=location):
        week[row.weekday].add((row.opens, row.closes))
    if not week:
        return []
    return week_in_words(opening_hours.Hours({day: tuple(sorted(spans)) for day, spans in week.items()}, {}), timezone.localdate())
