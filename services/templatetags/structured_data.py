"""How templates tell search engines and shared links what a page is."""

from django import template

from services.pages import structured_data as data

register = template.Library()


@register.simple_tag(takes_context=True)
def described(context, page):
    """One sentence: the page's description."""
    return data.description(page, context["clinic"])


@register.simple_tag(takes_context=True)
def structured_data(context, page, questions=()):
    """The page for machines, as JSON-LD; with questions, if it shows them with their answers. A preview tells machines nothing."""
    if "preview" in context:
        return ""
    return data.script(data.graph(page, context["clinic"], questions))
