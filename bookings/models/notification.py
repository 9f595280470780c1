"""Messages the clinic owes. A row is written in the transaction that makes it due; its words are made when it is sent."""

from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from bookings.domain.email_errors import reason, reason_and_code
from bookings.domain.schedule import DAYS_BEFORE, may_still_remind
from bookings.domain.status import Status as EnquiryStatus
from bookings.models.enquiry import Enquiry, in_order
from bookings.models.event import Event
from services.clinic.uk_time import LONDON

BEYOND_ANY_WAIT = timedelta(hours=8)  # the longest between two tries is six, and a fifth


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, now: datetime) -> Self:
        """Emails to be sent now. A row without a time is due at once, also when the clock is wrong.

        One that is to wait for longer than any wait was written while the clock was wrong.
        """
        ripe = Q(due_at=None) | Q(due_at__lte=now) | Q(due_at__gt=now + BEYOND_ANY_WAIT)
        return self.filter(ripe, status=Notice.Status.PENDING, channel=Notice.Channel.EMAIL)

    def failed(self) -> Self:
        """What somebody has to look at: failed, and not owed once more since."""
        return self.filter(_failed_for_good())

    def to_client(self) -> Self:
        return self.filter(kind__in=[kind for kind in Notice.Kind if Notice.is_to_client(kind)])

    def not_begun(self) -> Self:
        """Owed, and in no worker's hands at this moment."""
        return self.filter(status=Notice.Status.PENDING, lease="")

    def late(self) -> Self:
        """Still tried, after two or more failures."""
        return self.filter(status=Notice.Status.PENDING, channel=Notice.Channel.EMAIL, attempts__gte=2)

    def trouble(self) -> dict[str, int]:
        """How many failed and how many are late, by their status: one query, on every page of the admin."""
        failed, late = (rows.order_by().values_list("status").annotate(Count("pk")) for rows in (self.failed(), self.late()))
        return dict(failed.union(late, all=True).order_by())  # Django 6.1 would order by Meta.ordering

    def to_tell(self) -> Self:
        """Owed to people without an email address, or who asked for a call or a text message: someone tells them by phone."""
        return self.filter(status=Notice.Status.PENDING, channel=Notice.Channel.PHONE)


def _failed_for_good() -> Q:
    """Failed, still true, not told by phone, nor owed anew to the same person, nor, of what is about a day, followed by a later day's."""
    later = Notice.objects.filter(kind=OuterRef("kind"))
    anew = Q(event__gt=OuterRef("event")) | Q(event=OuterRef("event"), status=Notice.Status.SENT)
    again = later.filter(anew, event__enquiry=OuterRef("event__enquiry"))
    true = Q(event=None)
    for kind, states in STANDS_WHILE.items():
        true |= Q(kind=kind, event__enquiry__status__in=in_order(states))
    return Q(status=Notice.Status.FAILED) & true & ~Exists(again) & ~Exists(later.filter(day__gt=OuterRef("day")))


class Notice(models.Model):
    """One message to one person about one event, by one channel."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "We have your request"
        OFFERED = "offered", "Please choose a time"
        WAITLISTED = "waitlisted", "You are on our waiting list"
        CONFIRMED = "confirmed", "Your appointment is confirmed"
        DECLINED = "declined", "About your request"
        CANCELLED = "cancelled", "You have cancelled"
        CANCELLED_CLINIC = "cancelled_clinic", "We had to cancel"
        MISSED = "missed", "We missed you today"
        EXPIRED = "expired", "Your time has passed"
        REMINDER_3 = "reminder_3", "Reminder, three days before"
        REMINDER_1 = "reminder_1", "Reminder, the day before"
        STAFF_NEW = "staff_new", "To staff: a new request"
        STAFF_CHANGED = "staff_changed", "To staff: a time was changed"
        STAFF_REPLIED = "staff_replied", "To staff: the client has answered or cancelled"
        STAFF_UNANSWERED = "staff_unanswered", "To staff: a request waits"
        MANAGER_UNANSWERED = "manager_unanswered", "To the manager: a request waits"
        MANAGER_EXPIRED = "manager_expired", "To the manager: a time passed unanswered"
        STAFF_DIGEST = "staff_digest", "To staff: the day ahead"
        STAFF_OUTCOMES = "staff_outcomes", "To staff: outcomes wanted"
        STAFF_REVIEW = "staff_review", "To staff: pages due for review"

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        PHONE = "phone", "Tell by phone"

    class Status(models.TextChoices):
        PENDING = "pending", "Owed"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Not sent: no longer true"

    event = models.ForeignKey(
        Event,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        help_text="Empty for what is about a day.",
    )
    day = models.DateField(null=True, blank=True, help_text="The UK date of what is about a day.")
    kind = models.CharField(max_length=20, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="Not before this; empty: at once.")
    paragraph = models.TextField(blank=True, max_length=1000, help_text="What staff added for this person.")
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="Counted before each try, so that a message that kills the worker ends."
    )
    lease = models.CharField(max_length=32, blank=True, help_text="The worker that is sending it now.")
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True, help_text="When it was given up.")
    last_error = models.CharField(
        max_length=100, blank=True, help_text="The kind of error and its code; never its text, which quotes addresses."
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "message"
        indexes = [models.Index(fields=["status", "channel", "due_at"], name="notice_by_what_is_due")]
        constraints = [
            models.UniqueConstraint(fields=["event", "kind", "channel"], name="one_notice_per_event_kind_and_channel"),
            models.UniqueConstraint(fields=["day", "kind"], name="one_notice_per_day_and_kind"),
            models.CheckConstraint(
                name="notice_is_about_an_event_or_a_day",
                condition=Q(event__isnull=False, day=None) | Q(event=None, day__isnull=False, paragraph=""),
            ),
            models.CheckConstraint(name="notice_sent_has_a_time", condition=~Q(status="sent") | Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"

    @property
    def required_event(self) -> Event:
        """Return the event; raise ValueError for a message about a day."""
        if self.event is None:
            raise ValueError(f"Message {self.pk} is about a day.")
        return self.event

    @property
    def required_day(self) -> date:
        """Return the UK date; raise ValueError for a message about an event."""
        if self.day is None:
            raise ValueError(f"Message {self.pk} is about an event.")
        return self.day

    @property
    def enquiry(self) -> Enquiry:
        """Return the enquiry of the event; raise ValueError for a message about a day."""
        return self.required_event.enquiry

    @property
    def is_true(self) -> bool:
        return self.is_true_at(timezone.now())

    def is_true_at(self, now: datetime) -> bool:
        """Whether what it says still stands: nobody is told that an appointment is confirmed after they cancelled it.

        A reminder stands as long as the appointment keeps its time, and until its hours are over; what is about a day, on that day.
        """
        if not self.event:
            return self.day == now.astimezone(LONDON).date() or self.kind == self.Kind.STAFF_REVIEW
        if not self.stands or self.is_overtaken:
            return False
        if self.kind not in DAYS_BEFORE:
            return True
        enquiry = self.event.enquiry
        moved = enquiry.events.confirmations().filter(pk__gt=self.event_id).exists()
        return not moved and may_still_remind(enquiry.required_starts_at, self.kind, now)

    @property
    def stands(self) -> bool:
        """Whether the state of the request still allows it to be said. Asks the database nothing."""
        nobody_left = self.enquiry.erased_at and not self.is_for_staff
        return self.enquiry.status in STANDS_WHILE[self.Kind(self.kind)] and not nobody_left

    @property
    def is_overtaken(self) -> bool:
        """Whether a later message of this kind is owed to the same person: it says all that this one would.

        While this one waits, also whether it has gone: workers take what is due in any order.
        """
        later = Notice.objects.filter(event__enquiry=self.enquiry, kind=self.kind, channel=self.channel, pk__gt=self.pk)
        ahead = {self.Status.PENDING, self.Status.SENT} if self.status == self.Status.PENDING else {self.Status.PENDING}
        return later.filter(status__in=ahead).exists()

    @property
    def can_be_told(self) -> bool:
        """Say whether it is still to be told by phone, or in place of an email that failed."""
        return Notice.objects.to_tell().filter(pk=self.pk).exists() or Notice.objects.failed().to_client().filter(pk=self.pk).exists()

    def can_be_sent_again(self, now: datetime) -> bool:
        """Say whether what it says still stands, and none of its kind is on the same way already."""
        owed = Notice.objects.filter(event__enquiry=self.enquiry, kind=self.kind, channel=self.channel, status=self.Status.PENDING)
        return not owed.exists() and self.is_true_at(now)

    @staticmethod
    def is_to_client(kind: str) -> bool:
        return not kind.startswith(("staff_", "manager_"))

    @property
    def is_for_staff(self) -> bool:
        return not self.is_to_client(self.kind)

    @property
    def why_not(self) -> str:
        """Why it could not be sent, in words."""
        return reason(self.last_error)

    @property
    def why_not_with_code(self) -> str:
        return reason_and_code(self.last_error)

    @property
    def staff_address(self) -> str:
        """Who of the clinic it goes to, with commas between several; empty: nobody."""
        return settings.MANAGER_EMAIL if self.is_for_manager else settings.STAFF_EMAIL

    @property
    def is_for_manager(self) -> bool:
        return self.kind.startswith("manager_")


class Closing(models.Model):
    """The last paragraph of a kind of email, in the clinic's words."""

    KINDS = [(kind.value, kind.label) for kind in Notice.Kind if Notice.is_to_client(kind)]

    kind = models.CharField(max_length=20, choices=KINDS, unique=True)
    text = models.TextField(max_length=1000, help_text="Plain text. Stands at the end of every email of this kind.")

    class Meta:
        ordering = ["kind"]
        verbose_name = "closing words"
        verbose_name_plural = "words of the emails"

    def __str__(self) -> str:
        return self.get_kind_display()


K, S = Notice.Kind, EnquiryStatus
# What staff have decided, and say themselves to who asked for a call or a text message. That we missed somebody only if staff choose to.
ALSO_BY_PHONE = {K.OFFERED, K.WAITLISTED, K.CONFIRMED, K.DECLINED, K.CANCELLED, K.CANCELLED_CLINIC}
STANDS_WHILE = {
    K.RECEIVED: {S.NEW},
    K.OFFERED: {S.PROPOSED},
    K.WAITLISTED: {S.WAITLISTED},
    K.CONFIRMED: {S.CONFIRMED},
    K.DECLINED: {S.DECLINED},
    K.CANCELLED: {S.CANCELLED_CLIENT},
    K.CANCELLED_CLINIC: {S.CANCELLED_CLINIC, S.PROPOSED},
    K.MISSED: {S.DID_NOT_ATTEND},
    K.EXPIRED: {S.EXPIRED},
    K.REMINDER_3: {S.CONFIRMED},
    K.REMINDER_1: {S.CONFIRMED},
    K.STAFF_NEW: {S.NEW},
    K.STAFF_CHANGED: {S.NEW, S.CONFIRMED},
    K.STAFF_REPLIED: {S.NEW, S.CONFIRMED, S.CANCELLED_CLIENT},
    K.STAFF_UNANSWERED: {S.NEW},
    K.MANAGER_UNANSWERED: {S.NEW},
    K.MANAGER_EXPIRED: {S.EXPIRED},
}
