"""How templates print texts, dates and times."""

from django import template

from services import uktime, words

register = template.Library()

register.filter("clock", uktime.clock)
register.filter("long_date", uktime.long_date)
register.filter("uk_date", uktime.full_date)


@register.simple_tag(takes_context=True, name="words")
def words_tag(context, text: str):
    """The HTML of a text that staff wrote; an empty text prints nothing."""
    return words.to_html(text, context["clinic"])
