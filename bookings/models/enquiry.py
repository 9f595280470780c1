"""A person's request for a first consultation."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from bookings.domain.availability import RULES
from bookings.domain.schedule import NEAR_START
from bookings.domain.status import CHANGEABLE, LABELS, OPEN, Status
from services.models import Location
from services.phone_numbers import dialled

# None that is easily mistaken for another, read aloud or on paper; and no vowel, nor Y, V, 3 or 4, which read as one: it spells no word.
LETTERS = "256789BCDFGHJKMNPQRSTWXZ"
KEY_HEAD = 8  # characters of the client's key that find the row; the rest is compared in constant time


def new_reference(signs: str = "") -> str:
    """Return a reference like HT-7K3P2, of these signs or by chance: short enough to read out on the phone. Not a secret."""
    return f"{settings.REFERENCE_PREFIXES[0]}-{signs or ''.join(secrets.choice(LETTERS) for _ in range(5))}"


def new_key_head() -> str:
    return secrets.token_urlsafe(6)


def new_key_tail() -> str:
    """24 random bytes: with the head 240 bits nobody can guess."""
    return secrets.token_urlsafe(24)


def new_calendar_uid() -> str:
    """Return a name that says nothing of the clinic: people share calendars. RFC 7986 asks for a UUID."""
    return str(uuid.uuid4())


def from_address() -> str:
    """Return the address our emails come from now."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def in_order(states: Iterable[Status]) -> list[str]:
    """The states as a query names them: always in one order, so that a query is the same in every process."""
    return sorted(map(str, states))


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def locked(self, pk: int) -> "Enquiry":
        """Return the row as it is now; nobody else changes it, or a row that names it, until the transaction ends: the first lock.

        Its place is read afterwards, not joined: PostgreSQL reads a row anew that it waited for, but not what was joined to it. The lock
        is the weaker of the two, so that a later request of the same person can name this one meanwhile.
        """
        named = self.filter(Q(pk=pk) | Q(possible_duplicate_of=pk) | Q(came_back_from=pk)).order_by("pk")
        rows = named.select_for_update(no_key=True).prefetch_related("location")
        try:
            return next(row for row in rows if row.pk == pk)
        except StopIteration:
            raise self.model.DoesNotExist from None

    def open(self) -> Self:
        return self.filter(status__in=in_order(OPEN))

    def sent_from_somewhere(self, before: datetime) -> Self:
        """Of which it is still kept where they were sent from, though they came in before that."""
        return self.exclude(network="").filter(created_at__lte=before)

    def to_erase(self) -> Self:
        """Their person asked us to delete the details, and an email was still to go."""
        return self.filter(erase_by__isnull=False).order_by("erase_by")  # or SQLite walks all requests in their usual order

    def without_outcome(self, now: datetime) -> Self:
        """Appointments that are over, of which nobody has said yet whether the person came."""
        return self.filter(status=Status.CONFIRMED, starts_at__lte=now - RULES.length, erased_at=None)

    def of_key(self, key: str) -> "Enquiry":
        """The request a client's link names; raises Enquiry.DoesNotExist, also for one that is erased.

        What follows the first eight characters is compared in constant time.
        """
        enquiry = self.get(key_head=key[:KEY_HEAD], erased_at=None)
        if not constant_time_compare(enquiry.key, key):
            raise self.model.DoesNotExist
        return enquiry


class Enquiry(models.Model):
    """What a person asked for, how to answer them, and where it stands. Written by the package actions alone."""

    class ContactBy(models.TextChoices):
        EMAIL = "email", "Email"
        CALL = "call", "Phone call"
        TEXT = "text", "Text message"

    class MessageSafety(models.TextChoices):
        NAMED = "named", "You may leave a message saying who we are"
        UNNAMED = "unnamed", "You may leave a message without saying who you are"
        NONE = "none", "Please don’t leave a message"

    class BestTime(models.TextChoices):
        MORNING = "morning", "Morning"
        AFTERNOON = "afternoon", "Afternoon"
        EVENING = "evening", "Evening"
        ANY = "any", "Any time"

    class Source(models.TextChoices):
        ONLINE = "online", "Website"
        PHONE = "phone", "Phone"

    class Outcome(models.TextChoices):
        BOOKED = "booked", "Booked therapy"
        NOT_GOING_AHEAD = "not_going_ahead", "Not going ahead"
        REFERRED_ON = "referred_on", "Referred on"

    class DeclineReason(models.TextChoices):
        NOT_SUITABLE = "not_suitable", "Not suitable here"
        NO_CAPACITY = "no_capacity", "No capacity"
        SPAM = "spam", "Spam"

    reference = models.CharField(max_length=8, unique=True, default=new_reference, editable=False)
    key_head = models.CharField(max_length=KEY_HEAD, unique=True, default=new_key_head, editable=False)
    key_tail = models.CharField(max_length=32, default=new_key_tail, editable=False)
    submission = models.UUIDField(unique=True, help_text="From the form: the same form sent twice makes one request.")
    fingerprint = models.CharField(max_length=64, help_text="A checksum of the answers, to tell a repeat from a change.")
    status = models.CharField(max_length=20, choices=list(LABELS.items()), default=Status.NEW)
    source = models.CharField(max_length=10, choices=Source, default=Source.ONLINE)
    created_at = models.DateTimeField()
    waiting_since = models.DateTimeField(help_text="Since when the person waits for our answer: the reply promise counts from here.")
    first_reply_at = models.DateTimeField(null=True, blank=True, help_text="When staff first answered.")
    status_since = models.DateTimeField(help_text="When it came into its state: what is forgotten by the clock counts from here.")
    privacy_notice = models.CharField(max_length=20, help_text="The version of the privacy notice that was shown.")

    network = models.CharField(
        max_length=64, blank=True, help_text="A keyed checksum of the network it was sent from; emptied after two days."
    )
    calendar_uid = models.CharField(max_length=64, default=new_calendar_uid, editable=False, help_text="Its name in calendars, for life.")
    calendar_organiser = models.EmailField(
        default=from_address, editable=False, help_text="Whom calendars know the appointment from, for life."
    )

    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    email_key = models.CharField(max_length=254, blank=True, help_text="The email in lower case, to find earlier requests.")
    phone = models.CharField(max_length=16, blank=True, help_text="E.164: +447700900982.")
    phone_typed = models.CharField(max_length=40, blank=True, help_text="As the person wrote it.")
    contact_by = models.CharField("contact by", max_length=10, choices=ContactBy)
    message_safety = models.CharField(
        "if nobody answers", max_length=10, choices=MessageSafety, default=MessageSafety.NONE, help_text="What may be said to a machine."
    )
    best_time = models.CharField("best time to call", max_length=10, choices=BestTime, blank=True)
    message = models.TextField(blank=True, help_text="What the person wanted us to know before we reply.")

    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="enquiries", help_text="Empty: does not mind."
    )
    starts_at = models.DateTimeField("time", null=True, blank=True, help_text="The time asked for, later the time confirmed. UTC.")
    preferred_times = models.JSONField(default=list, blank=True, help_text="When none of the free times suited: parts of the week.")
    wants_earlier = models.BooleanField("wants an earlier time", default=False)
    video_link = models.URLField(blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="enquiries", help_text="Who of the staff sees to it."
    )
    came_back_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="came_back_as", help_text="The ended request this one began from."
    )
    possible_duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True, help_text="What came of the first meeting.")
    cancel_reason = models.CharField(max_length=200, blank=True, help_text="What the person said when cancelling, if anything.")
    erase_by = models.DateTimeField(
        null=True, blank=True, help_text="The person asked us to delete their details: once the last email has gone, at the latest then."
    )
    erased_at = models.DateTimeField(null=True, blank=True, help_text="Since when nothing here says whose request it was.")

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "request"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["email_key", "status"], name="enquiry_by_email"),  # a person's open requests, also of those who gave none
            models.Index(fields=["status", "created_at"], name="enquiry_by_status"),
            # The board and the list: what waits longest, what is next, since when. However many requests are over, a few rows are read.
            models.Index(fields=["status", "waiting_since"], name="enquiry_by_wait"),
            models.Index(fields=["status", "status_since"], name="enquiry_by_age"),
            models.Index(fields=["status", "starts_at"], name="enquiry_by_time"),
            models.Index(fields=["starts_at"], name="enquiry_by_start"),
            # The filters of the list of everything: what is rare, or not there, is known without reading all of it.
            *(models.Index(fields=[name, "id"], name=f"enquiry_by_{name}") for name in ("contact_by", "outcome", "source", "created_at")),
            models.Index(fields=["status", "waiting_since"], name="enquiry_wants_earlier", condition=Q(wants_earlier=True)),
            models.Index(fields=["network", "created_at"], name="enquiry_by_network", condition=~Q(network="")),
            models.Index(fields=["erase_by"], name="enquiry_to_erase", condition=Q(erase_by__isnull=False)),
        ]
        permissions = [
            ("export_enquiry", "Can export requests"),
            ("erase_enquiry", "Can erase a person’s details"),
            ("see_figures", "Can see the figures"),
            ("see_diary", "Can see the diary of everyone"),
            ("see_own_diary", "Can see their own diary"),
        ]
        constraints = [
            models.CheckConstraint(name="enquiry_has_a_known_status", condition=Q(status__in=[str(s) for s in Status])),
            models.CheckConstraint(name="enquiry_time_has_a_place", condition=Q(starts_at=None) | Q(location__isnull=False)),
            models.CheckConstraint(name="enquiry_confirmed_has_a_time", condition=~Q(status="confirmed") | Q(starts_at__isnull=False)),
            models.CheckConstraint(name="enquiry_can_be_answered", condition=~Q(email="") | ~Q(phone="") | Q(erased_at__isnull=False)),
            models.CheckConstraint(name="enquiry_closed_has_an_outcome", condition=~Q(status="closed") | ~Q(outcome="")),
            models.CheckConstraint(
                name="enquiry_erased_names_nobody",
                condition=Q(erased_at=None) | Q(name="", email="", email_key="", phone="", phone_typed="", message="", cancel_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("bookings:request", args=[self.key])

    @property
    def key(self) -> str:
        """The secret part of the client's link."""
        return self.key_head + self.key_tail

    @property
    def required_starts_at(self) -> datetime:
        """Return the time, UTC; raise ValueError without one. A confirmed enquiry has one: the constraint says so."""
        if self.starts_at is None:
            raise ValueError(f"{self.reference} has no time.")
        return self.starts_at

    @property
    def required_location(self) -> Location:
        """Return the place; raise ValueError without one. An enquiry with a time has one: the constraint says so."""
        if self.location is None:
            raise ValueError(f"{self.reference} has no place.")
        return self.location

    @property
    def ends_at(self) -> datetime:
        """Return when the time is over, UTC; raise ValueError without a time."""
        return self.required_starts_at + RULES.length

    @property
    def lacks(self) -> str:
        """Return what they need to find the meeting and we do not have yet: "video link" or "address"; empty for nothing."""
        place = self.location
        if not place or (self.video_link if place.is_online else place.address):
            return ""
        return "video link" if place.is_online else "address"

    @property
    def call_from(self) -> datetime:
        """Return the moment from which to call if it still lacks anything, UTC; raise ValueError without a time."""
        return self.required_starts_at - NEAR_START

    @property
    def has_time(self) -> bool:
        """Whether the time it names is the person's, asked for or confirmed: not one let go for other times or for the waiting list."""
        own = self.status in CHANGEABLE or self.holds.exclude(kind="offered").exists()
        return self.starts_at is not None and own

    @property
    def phone_dialled(self) -> str:
        """Return the number as it is dialled from the UK, "" for none."""
        return dialled(self.phone) if self.phone else ""

    @property
    def phone_words(self) -> str:
        """Return what was typed for the number if it has words in it, else ""."""
        return self.phone_typed if any(c.isalpha() for c in self.phone_typed) else ""

    @property
    def wants_calls(self) -> bool:
        return self.contact_by != self.ContactBy.EMAIL

    @property
    def by_phone(self) -> str:
        """Return how to use their number, as a verb: "text" if they chose text messages, or "call"."""
        return "text" if self.contact_by == self.ContactBy.TEXT else "call"

    @property
    def reach(self) -> str:
        """Return how we reach them, as a verb: "email", "call" or "text", as they chose, if we have what it takes."""
        by_email = self.email and (self.contact_by == self.ContactBy.EMAIL or not self.phone)
        return "email" if by_email else self.by_phone

    @property
    def way_by_phone(self) -> str:
        """Return "text message" or "phone call"."""
        return "text message" if self.by_phone == "text" else "phone call"
