"""How templates print texts that staff wrote."""

from django import template

from services.pages import markdown

register = template.Library()


@register.simple_tag(takes_context=True, name="words")
def words_tag(context, text: str):
    """The HTML of a text that staff wrote; an empty text prints nothing."""
    return markdown.to_html(text, context["clinic"])
