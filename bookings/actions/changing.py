"""What a person does with their own request, through their link."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bookings.actions.steps import locked, move, owe
from bookings.models import Enquiry, Notice
from bookings.states import Status, WrongMove, can_cancel


def cancel(enquiry: Enquiry, *, now: datetime, reason: str = "") -> Enquiry:
    """The person cancels, until a confirmed time begins. Frees the time. Raises WrongMove. Suspected spam gets no message."""
    with transaction.atomic():
        enquiry = locked(enquiry)
        if not can_cancel(enquiry.status, enquiry.starts_at, now):
            raise WrongMove(enquiry.status, Status.CANCELLED_CLIENT)
        enquiry.cancel_reason = reason
        event = move(enquiry, Status.CANCELLED_CLIENT, now)
        if event.from_status != Status.SUSPECTED_SPAM:
            owe(event, Notice.Kind.CANCELLED)
    return enquiry
