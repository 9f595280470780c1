"""Everything that can happen to a request. Nothing else changes one.

Each verb is one transaction: it locks, checks, saves, records the event and owes the messages. Emails are sent elsewhere.
"""

from bookings.actions.answering import confirm, decline, send_again, send_video_link, tell
from bookings.actions.asking import PRIVACY_NOTICE, Asked, request_consultation, rescue
from bookings.actions.changing import TIME_CHANGED, cancel, change_time, want_earlier
from bookings.actions.erasing import erase, erase_due
from bookings.actions.problems import AlreadySent, NoTime, NotNow, TimeGone, TimeLost, TimeTaken

__all__ = [
    "PRIVACY_NOTICE",
    "TIME_CHANGED",
    "AlreadySent",
    "Asked",
    "NoTime",
    "NotNow",
    "TimeGone",
    "TimeLost",
    "TimeTaken",
    "cancel",
    "change_time",
    "confirm",
    "decline",
    "erase",
    "erase_due",
    "request_consultation",
    "rescue",
    "send_again",
    "send_video_link",
    "tell",
    "want_earlier",
]
