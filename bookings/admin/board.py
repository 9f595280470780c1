"""What staff do on the board itself: tick off a call, owe an email once more."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone

from bookings import actions
from bookings.admin.base import EnquiryPart
from bookings.models import Notice

BUTTONS = {
    "told": (actions.tell, "Ticked off: the person has been told."),
    "again": (actions.send_again, "It will be sent again within seconds."),
}


class BoardButtons(EnquiryPart):
    """The part of the admin of requests that the board's buttons lead to, and back."""

    def get_urls(self):
        press = path("board/<int:notice>/<str:verb>/", self.admin_site.admin_view(self.press), name="bookings_enquiry_from_board")
        return [press, *super().get_urls()]

    def press(self, request, notice, verb):
        if not self.may_answer(request):
            raise PermissionDenied
        row = get_object_or_404(Notice.objects.select_related("event__enquiry").exclude(event=None), pk=notice)
        if request.method == "POST" and verb in BUTTONS:
            act, done = BUTTONS[verb]
            try:
                act(row, user=request.user, now=timezone.now())
            except actions.NotNow:
                messages.error(request, "This message is on its way already, or what it says is no longer true. Nothing was sent.")
            else:
                messages.success(request, done)
        return redirect("admin:index")
