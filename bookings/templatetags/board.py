"""The board stands on the index of the admin, whichever site draws it."""

from django import template
from django.template import Context

from bookings.board import Board
from services import clinic

register = template.Library()


@register.simple_tag(takes_context=True)
def board(context: Context) -> Board:
    request = context["request"]
    return Board(request.user, clinic.of(request))
