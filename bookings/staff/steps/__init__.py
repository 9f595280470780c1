"""What staff can do with a request: a class each. The first that is open is the next step to take; the order is that of the buttons."""

from datetime import datetime

from bookings.models import Enquiry
from bookings.staff.steps.answers import Accept, Address, Confirm, Decline, Refuse, Rescue, VideoLink, Waitlist, offered
from bookings.staff.steps.base import PROBLEMS, SENTENCES, Step, sentence_of
from bookings.staff.steps.corrections import CameAfterAll, CorrectDetails, MissedAfterAll
from bookings.staff.steps.timed import Book, CancelWithApology, Offer, WithTimes
from bookings.staff.steps.updates import AddNote, Assign, Attend, CancelForThem, Close, Earlier, Erase, Miss, Practitioner, ReplaceLink

BUTTONS: list[type[Step]] = [
    Rescue,
    Confirm,
    Accept,
    Attend,
    Miss,
    Close,
    VideoLink,
    Address,
    Offer,
    Book,
    Refuse,
    Waitlist,
    Decline,
    CancelForThem,
    CancelWithApology,
    Earlier,
    CameAfterAll,
    MissedAfterAll,
    CorrectDetails,
    ReplaceLink,
    Erase,
]
BESIDE: list[type[Step]] = [Assign, Practitioner, AddNote]  # each has a place of its own on the page
STEPS = [*BUTTONS, *BESIDE]


def open_steps(enquiry: Enquiry, user, now: datetime) -> list[type[Step]]:
    """The steps this member of staff can take now, in the order of their buttons."""
    return [step for step in BUTTONS if user.has_perm(step.permission) and step.is_open(enquiry, now)]


__all__ = [
    "BESIDE",
    "BUTTONS",
    "PROBLEMS",
    "SENTENCES",
    "STEPS",
    "AddNote",
    "Assign",
    "Confirm",
    "Decline",
    "Offer",
    "Practitioner",
    "Step",
    "WithTimes",
    "offered",
    "open_steps",
    "sentence_of",
]
