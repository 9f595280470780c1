"""What the clinic keeps of requests, times and messages. No verbs here: they are in the package actions."""

from bookings.models.enquiry import Enquiry
from bookings.models.feeds import DiaryFeed
from bookings.models.history import Event, Note
from bookings.models.jobs import Job
from bookings.models.limits import Hit
from bookings.models.notices import Closing, Notice
from bookings.models.search import SearchWord
from bookings.models.times import ConsultationHours, Hold, HoldCell, RotaException

__all__ = [
    "Closing",
    "ConsultationHours",
    "DiaryFeed",
    "Enquiry",
    "Event",
    "Hit",
    "Hold",
    "HoldCell",
    "Job",
    "Note",
    "Notice",
    "RotaException",
    "SearchWord",
]
