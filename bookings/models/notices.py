"""Messages the clinic owes. A row is written in the transaction that makes it due; its words are made when it is sent."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from bookings.models.enquiry import Event
from bookings.states import Status as EnquiryStatus


class NoticeQuerySet(models.QuerySet):
    def due(self, now):
        """Emails to be sent now. A row without a time is due at once, also when the clock is wrong."""
        return self.filter(Q(due_at=None) | Q(due_at__lte=now), status=Notice.Status.PENDING, channel=Notice.Channel.EMAIL)

    def failed(self):
        """What somebody has to look at: failed, and not owed once more since."""
        again = Notice.objects.filter(event__enquiry=OuterRef("event__enquiry"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(again), status=Notice.Status.FAILED)

    def to_tell(self):
        """Owed to people without an email address: someone tells them by phone."""
        return self.filter(status=Notice.Status.PENDING, channel=Notice.Channel.PHONE)


class Notice(models.Model):
    """One message to one person about one event, by one channel."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "We have your request"
        CONFIRMED = "confirmed", "Your appointment is confirmed"
        DECLINED = "declined", "About your request"
        CANCELLED = "cancelled", "You have cancelled"
        STAFF_NEW = "staff_new", "To staff: a new request"
        STAFF_CHANGED = "staff_changed", "To staff: a time was changed"

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        PHONE = "phone", "Tell by phone"

    class Status(models.TextChoices):
        PENDING = "pending", "Owed"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Not sent: no longer true"

    event = models.ForeignKey(Event, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="Not before this; empty: at once.")
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="Counted before each try, so that a message that kills the worker ends."
    )
    lease = models.CharField(max_length=32, blank=True, help_text="The worker that is sending it now.")
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(
        max_length=100, blank=True, help_text="The kind of error and its code; never its text, which quotes addresses."
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["status", "channel", "due_at"], name="notice_by_what_is_due")]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind"], name="one_notice_per_event_and_kind"),
            models.CheckConstraint(name="notice_sent_has_a_time", condition=~Q(status="sent") | Q(sent_at__isnull=False)),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.pk})"

    @property
    def is_true(self) -> bool:
        """Whether what it says still stands: nobody is told that an appointment is confirmed after they cancelled it."""
        enquiry = self.event.enquiry
        return enquiry.status in STANDS_WHILE[self.kind] and not enquiry.erased_at and not self.is_overtaken

    @property
    def is_overtaken(self) -> bool:
        """Whether a later message of this kind is owed to the same person: it says all that this one would."""
        later = Notice.objects.filter(event__enquiry=self.event.enquiry, kind=self.kind, channel=self.channel, pk__gt=self.pk)
        return later.filter(status=self.Status.PENDING).exists()

    @property
    def is_for_staff(self) -> bool:
        return self.kind in {self.Kind.STAFF_NEW, self.Kind.STAFF_CHANGED}


STANDS_WHILE = {
    Notice.Kind.RECEIVED: {EnquiryStatus.NEW},
    Notice.Kind.CONFIRMED: {EnquiryStatus.CONFIRMED},
    Notice.Kind.DECLINED: {EnquiryStatus.DECLINED},
    Notice.Kind.CANCELLED: {EnquiryStatus.CANCELLED_CLIENT},
    Notice.Kind.STAFF_NEW: {EnquiryStatus.NEW},
    Notice.Kind.STAFF_CHANGED: {EnquiryStatus.NEW, EnquiryStatus.CONFIRMED},
}
