"""How templates say dates and times."""

from django import template

from services import uktime

register = template.Library()
for say in (uktime.clock, uktime.long_date, uktime.short_date, uktime.appointment):
    register.filter(say.__name__, say)


@register.simple_tag
def span(offer):
    """7am to 7:50am"""
    return uktime.span(offer.starts_at, offer.ends_at)
