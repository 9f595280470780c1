"""Everything the site keeps about one person, for whoever asks to see their data (UK GDPR, article 15)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from bookings.domain.normalise import fold, joined
from bookings.models import Enquiry

FIELDS = (
    "status", "source", "created_at", "privacy_notice", "name", "email", "phone", "phone_typed", "contact_by",
    "message_safety", "best_time", "message", "starts_at", "preferred_times", "wants_earlier", "video_link", "decline_reason",
    "cancel_reason", "outcome", "first_reply_at",
)  # fmt: skip


def perhaps_of_same_person(enquiry: Enquiry) -> QuerySet[Enquiry]:
    """Return the other requests with the same email address or phone number, oldest first: anybody may have typed them."""
    same = Q()
    if enquiry.email_key:
        same |= Q(email_key=enquiry.email_key)
    if enquiry.phone:
        same |= Q(phone=enquiry.phone)
    others = Enquiry.objects.filter(same, erased_at=None).exclude(pk=enquiry.pk) if same else Enquiry.objects.none()
    return others.order_by("created_at", "pk")


def has_other_name(enquiry: Enquiry, other: Enquiry) -> bool:
    """Return whether the names differ in more than case, accents and signs."""
    return joined(fold(enquiry.name)) != joined(fold(other.name))


def person_data(enquiry: Enquiry, others: Iterable[Enquiry] = ()) -> dict[str, Any]:
    """Return plain values, ready for JSON: of the request and the others each with its places and times, history, messages and notes.

    Which others are the same person's too, somebody has looked at: not whoever typed the same address.
    """
    found = (
        Enquiry.objects.filter(pk__in=[enquiry.pk, *(other.pk for other in others)], erased_at=None)
        .order_by("created_at", "pk")
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
