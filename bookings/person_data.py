"""Everything the site keeps about one person, for whoever asks to see their data (UK GDPR, article 15)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from bookings.models import Enquiry

FIELDS = (
    "status", "source", "created_at", "privacy_notice", "name", "email", "phone", "phone_typed", "contact_by",
    "message_safety", "best_time", "message", "starts_at", "preferred_times", "wants_earlier", "video_link", "decline_reason",
    "cancel_reason", "outcome", "first_reply_at",
)  # fmt: skip


def of_same_person(enquiry: Enquiry) -> QuerySet[Enquiry]:
    """The requests with the same email address or phone number, this one among them, oldest first."""
    same = Q(pk=enquiry.pk)
    if enquiry.email_key:
        same |= Q(email_key=enquiry.email_key)
    if enquiry.phone:
        same |= Q(phone=enquiry.phone)
    return Enquiry.objects.filter(same, erased_at=None).order_by("created_at", "pk")


def person_data(enquiry: Enquiry) -> dict[str, Any]:
    """Plain values, ready for JSON: each request with its places and times, history, messages, notes and calls."""
    found = (
        of_same_person(enquiry)
        .select_related("location")
        .prefetch_related("events", "events__notices", "notes", "holds__location", "holds__person")
    )
    return {"requests": [_request(each) for each in found]}


def _request(enquiry: Enquiry) -> dict[str, Any]:
    events = list(enquiry.events.all())
    details = {field: _plain(getattr(enquiry, field)) for field in FIELDS}
    return {
        "reference": enquiry.reference,
        "details": details | {"place": str(enquiry.location) if enquiry.location else None},
        "history": [
            {"at": _plain(event.at), "by": event.actor, "from": event.from_status, "to": event.to_status, "note": event.note}
            for event in events
        ],
        "messages": [
            {
                "kind": notice.kind,
                "channel": notice.channel,
                "status": notice.status,
                "owed_at": _plain(notice.created_at),
                "sent_at": _plain(notice.sent_at),
                "added_words": notice.paragraph,
            }
            for event in events
            for notice in event.notices.all()
            if not notice.is_for_staff
        ],
        "notes": [{"at": _plain(note.at), "call": note.call, "text": note.text} for note in enquiry.notes.all()],
        "held_times": [
            {
                "starts_at": _plain(hold.starts_at),
                "ends_at": _plain(hold.ends_at),
                "kind": hold.kind,
                "place": str(hold.location),
                "with": str(hold.person) if hold.person else None,
            }
            for hold in enquiry.holds.all()
        ],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
