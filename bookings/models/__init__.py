"""What the clinic keeps of requests, times and messages. No verbs here: they are in the package actions."""

from bookings.models.enquiry import Enquiry, Event
from bookings.models.limits import Hit
from bookings.models.notices import Notice
from bookings.models.times import ConsultationHours, Hold, HoldCell

__all__ = ["ConsultationHours", "Enquiry", "Event", "Hit", "Hold", "HoldCell", "Notice"]
