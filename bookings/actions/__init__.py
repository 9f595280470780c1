"""Everything that can happen to a request. Nothing else changes one.

Each verb is one transaction: it locks, checks, saves, records the event and owes the messages. Emails are sent elsewhere.
"""

from bookings.actions.answering import confirm, decline, send_address, send_again, send_video_link, tell, tell_in_call, waitlist
from bookings.actions.asking import PRIVACY_NOTICE, Asked, request_consultation, rescue
from bookings.actions.by_the_clock import chase, drop_untold, expire, owe_for_day, remind
from bookings.actions.changing import cancel, change_time, want_earlier
from bookings.actions.erasing import erase, erase_again, erase_due, erase_now, erase_waiting, may_erase
from bookings.actions.feeds import make_feed, stop_feed
from bookings.actions.forgetting import anonymise, delete_notices, forget_networks, old_hits, old_notices, remove_text
from bookings.actions.keeping import add_note, assign, assign_person, attend, close, correct, correct_details, miss, replace_link
from bookings.actions.offering import KEPT_FOR, MOST_OFFERS, accept_offer, cancel_by_clinic, offer_times, refuse_offers
from bookings.actions.problems import (
    AlreadySent,
    DetailsDeleted,
    NoTime,
    NotNow,
    Overlap,
    PersonTaken,
    TimeGone,
    TimeLost,
    TimeTaken,
    TooSoon,
)
from bookings.actions.steps import expect_address
from bookings.actions.stranding import cancel_lost, offer_instead
from bookings.models.history import TIME_CHANGED

__all__ = [
    "KEPT_FOR",
    "MOST_OFFERS",
    "PRIVACY_NOTICE",
    "TIME_CHANGED",
    "AlreadySent",
    "Asked",
    "DetailsDeleted",
    "NoTime",
    "NotNow",
    "Overlap",
    "PersonTaken",
    "TimeGone",
    "TimeLost",
    "TimeTaken",
    "TooSoon",
    "accept_offer",
    "add_note",
    "anonymise",
    "assign",
    "assign_person",
    "attend",
    "cancel",
    "cancel_by_clinic",
    "cancel_lost",
    "change_time",
    "chase",
    "close",
    "confirm",
    "correct",
    "correct_details",
    "decline",
    "delete_notices",
    "drop_untold",
    "erase",
    "erase_again",
    "erase_due",
    "erase_now",
    "erase_waiting",
    "expect_address",
    "expire",
    "forget_networks",
    "make_feed",
    "may_erase",
    "miss",
    "offer_instead",
    "offer_times",
    "old_hits",
    "old_notices",
    "owe_for_day",
    "refuse_offers",
    "remind",
    "remove_text",
    "replace_link",
    "request_consultation",
    "rescue",
    "send_address",
    "send_again",
    "send_video_link",
    "stop_feed",
    "tell",
    "tell_in_call",
    "waitlist",
    "want_earlier",
]
