"""How templates say dates and times, always UK time."""

from django import template

from services.clinic import uk_time

register = template.Library()
for say in (uk_time.appointment, uk_time.clock, uk_time.full_date, uk_time.long_date, uk_time.short_date):
    register.filter(say.__name__, say)


@register.simple_tag
def span(timed):
    """7am to 7:50am, of anything that has starts_at and ends_at."""
    return uk_time.span(timed.starts_at, timed.ends_at)
