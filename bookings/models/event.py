"""What happened to a request, and what staff wrote down about it. Only ever added to."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from bookings.domain.status import LABELS, OUTCOME_KNOWN, Status
from bookings.models.enquiry import Enquiry

TIME_CHANGED = "Time changed"
NONE_SUITED = "None of the times suited"
OFFERS_LAPSED = "No time was chosen in time"
OFFERS_WITHDRAWN = "The times on offer were withdrawn"
SENT_AGAIN = "Sent again"
PUT_RIGHT = "put right"
DETAILS_CORRECTED = "Details corrected"
DETAILS_DELETED = "Details deleted"
TOLD_BY_CALL, TOLD_BY_TEXT = TOLD = ("Told by phone", "Told by text message")


class EventQuerySet(models.QuerySet["Event"]):
    def confirmations(self) -> Self:
        """When an appointment was given its time, first or anew; not when it merely stayed what it was."""
        stayed = Q(from_status=Status.CONFIRMED) | Q(note__in=[NONE_SUITED, OFFERS_LAPSED, OFFERS_WITHDRAWN])
        return self.filter(~stayed | Q(note=TIME_CHANGED), to_status=Status.CONFIRMED)

    def began_to_wait(self) -> Self:
        """When it became our turn to answer."""
        return self.filter(to_status=Status.NEW).exclude(from_status=Status.NEW)

    def whether_they_came(self) -> Self:
        """What was written down of appointments that were over, without what was put right afterwards."""
        moves = Event.objects.filter(enquiry=OuterRef("enquiry"), pk__gt=OuterRef("pk")).exclude(from_status=F("to_status")).order_by("pk")
        written = self.filter(to_status__in=sorted(OUTCOME_KNOWN)).alias(became=Subquery(moves.values("to_status")[:1]))
        return written.filter(Q(became=None) | ~Q(became__in=sorted(OUTCOME_KNOWN)))

    def meetings(self) -> Self:
        return self.whether_they_came().filter(to_status=Status.ATTENDED)


class Event(models.Model):
    """Something that happened to a request. Never changed, never deleted before the request is."""

    class Actor(models.TextChoices):
        CLIENT = "client", "Client"
        STAFF = "staff", "Staff"
        SYSTEM = "system", "The site"

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=10, choices=Actor)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    from_status = models.CharField(max_length=20, choices=list(LABELS.items()), blank=True)
    to_status = models.CharField(max_length=20, choices=list(LABELS.items()))
    note = models.CharField(max_length=200, blank=True, help_text="What and why, without personal data.")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]  # what came later has the higher key, whatever the clock said

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.to_status}"


class Note(models.Model):
    """A note or a call. Kept as written until the person's details are deleted; the person may ask to read it."""

    class Call(models.TextChoices):
        SPOKE = "spoke", "Called: we spoke"
        MESSAGE = "message", "Called: no answer, left a message"
        NO_MESSAGE = "no_message", "Called: no answer, no message left"
        WRONG_NUMBER = "wrong_number", "Called: the number does not work"

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    call = models.CharField(max_length=20, choices=Call, blank=True, help_text="What came of a call; empty for a note.")
    text = models.TextField(blank=True, max_length=1000, help_text="Admin notes, no clinical content: the person can ask to see them.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="note_says_something", condition=~Q(call="") | ~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.get_call_display() or 'Note'}"
