"""A message before it is owed: what a person would be sent if staff took this step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from bookings.models import Enquiry, Notice
from bookings.notifications.rendering import Rendered, render_notification
from bookings.transactions import in_one_transaction
from services.clinic.clinic import Clinic


@in_one_transaction
def draft(enquiry: Enquiry, act: Callable[[], object], now: datetime) -> Rendered | None:
    """The words the client would get if `act` were done: it is done, its message is read, and all of it is taken back.

    So a draft cannot differ from what is sent. `act` calls one verb of the package actions with everything staff have chosen:

        draft(enquiry, lambda: actions.confirm(enquiry, user=user, now=now, video_link=link, paragraph=paragraph), now)

    None if the verb tells the client nothing (spam). Raises what the verb raises: a time that is gone is known before anybody presses
    Send. The page that shows it is `bookings.admin.letters.letter_page(request, words)`.
    """
    notices = Notice.objects.to_client().filter(event__enquiry=enquiry).order_by("-pk")
    before = notices.values_list("pk", flat=True).first() or 0
    act()
    notice = notices.select_related("event__enquiry__location").filter(pk__gt=before).first()
    words = render_notification(notice, now, Clinic(now), shown=True) if notice else None
    transaction.set_rollback(True)
    return words
