"""What the clinic keeps of requests, times and messages. No verbs here: they are in the package actions."""

from bookings.models.calendar_feed import DiaryFeed
from bookings.models.enquiry import Enquiry
from bookings.models.event import Event, Note
from bookings.models.hold import ConsultationHours, Hold, HoldCell, RotaException
from bookings.models.job_run import Job
from bookings.models.notification import Closing, Notice
from bookings.models.rate_limit import Hit
from bookings.models.search_token import SearchWord

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
