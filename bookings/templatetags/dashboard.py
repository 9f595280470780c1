"""The board stands on the index of the admin, whichever site draws it."""

from django import template
from django.template import Context

from bookings.staff.dashboard import Dashboard
from services.clinic import clinic

register = template.Library()


@register.simple_tag(takes_context=True)
def board(context: Context) -> Dashboard:
    request = context["request"]
    return Dashboard(request.user, clinic.of(request))
