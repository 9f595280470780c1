"""Everything that can happen to a request. Nothing else changes one.

Each verb is one transaction: it locks, checks, saves, records the event and owes the messages. Emails are sent elsewhere.
"""

from bookings.actions.automatic import drop_outdated_call, escalate, expire, notify_for_day, remind
from bookings.actions.calendar_feeds import make_feed, stop_feed
from bookings.actions.client_changes import cancel, change_time, want_earlier
from bookings.actions.create import PRIVACY_NOTICE, BookingData, mark_not_spam, request_consultation
from bookings.actions.displace import cancel_lost, offer_instead
from bookings.actions.erase import erase, erase_again, erase_due, erase_now, erase_waiting, may_erase
from bookings.actions.exceptions import (
    AlreadySent,
    CannotResend,
    DetailsDeleted,
    NoSlotChosen,
    NotStarted,
    Overlap,
    PersonTaken,
    SlotTaken,
    SlotUnavailable,
    SlotWithdrawn,
)
from bookings.actions.offers import accept_offer, cancel_by_clinic, offer_times, refuse_offers
from bookings.actions.primitives import expect_address
from bookings.actions.respond import (
    confirm,
    decline,
    mark_told_by_phone,
    mark_told_in_call,
    send_address,
    send_again,
    send_video_link,
    waitlist,
)
from bookings.actions.retention import anonymise, delete_notices, forget_networks, old_hits, old_notices, remove_text
from bookings.actions.staff_updates import (
    add_note,
    assign,
    assign_person,
    close,
    correct_details,
    correct_outcome,
    mark_attended,
    mark_did_not_attend,
    replace_link,
)
from bookings.models.event import TIME_CHANGED

__all__ = [
    "PRIVACY_NOTICE",
    "TIME_CHANGED",
    "AlreadySent",
    "BookingData",
    "CannotResend",
    "DetailsDeleted",
    "NoSlotChosen",
    "NotStarted",
    "Overlap",
    "PersonTaken",
    "SlotTaken",
    "SlotUnavailable",
    "SlotWithdrawn",
    "accept_offer",
    "add_note",
    "anonymise",
    "assign",
    "assign_person",
    "cancel",
    "cancel_by_clinic",
    "cancel_lost",
    "change_time",
    "close",
    "confirm",
    "correct_details",
    "correct_outcome",
    "decline",
    "delete_notices",
    "drop_outdated_call",
    "erase",
    "erase_again",
    "erase_due",
    "erase_now",
    "erase_waiting",
    "escalate",
    "expect_address",
    "expire",
    "forget_networks",
    "make_feed",
    "mark_attended",
    "mark_did_not_attend",
    "mark_not_spam",
    "mark_told_by_phone",
    "mark_told_in_call",
    "may_erase",
    "notify_for_day",
    "offer_instead",
    "offer_times",
    "old_hits",
    "old_notices",
    "refuse_offers",
    "remind",
    "remove_text",
    "replace_link",
    "request_consultation",
    "send_address",
    "send_again",
    "send_video_link",
    "stop_feed",
    "waitlist",
    "want_earlier",
]
