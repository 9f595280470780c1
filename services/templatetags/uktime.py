"""How templates say dates and times, always UK time."""

from django import template

from services import uktime

register = template.Library()
for say in (uktime.appointment, uktime.clock, uktime.full_date, uktime.long_date, uktime.short_date):
    register.filter(say.__name__, say)


@register.simple_tag
def span(timed):
    """7am to 7:50am, of anything that has starts_at and ends_at."""
    return uktime.span(timed.starts_at, timed.ends_at)
