"""The rota, and time that is claimed. Two people can never have the same seat in the same five minutes: the database refuses."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from bookings.models.enquiry import Enquiry
from services.models import Location, Person
from services.models.clinic import WEEKDAYS

SEATS = [MinValueValidator(1), MaxValueValidator(20)]
STEPS = [MinValueValidator(5), MaxValueValidator(240)]


class Spell(models.Model):
    """From when to when first consultations can start on a day, how many at once, and every how many minutes."""

    opens = models.TimeField("from", help_text="UK time. The first consultation starts then.")
    closes = models.TimeField("to", help_text="UK time. The last consultation ends by then.")
    at_once = models.PositiveSmallIntegerField(
        "how many at once",
        default=1,
        validators=SEATS,
        help_text="Consultations that may run at the same time. Two rows that overlap are added up.",
    )
    every = models.PositiveSmallIntegerField("minutes between starts", default=60, validators=STEPS, help_text="60: on the hour.")

    class Meta:
        abstract = True


class ConsultationHours(Spell):
    """When first consultations can start at a place. Free times are computed from this, never stored."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="consultation_hours")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)

    class Meta:
        ordering = ["location", "weekday", "opens"]
        verbose_name_plural = "consultation hours"
        constraints = [
            models.CheckConstraint(
                name="consultation_hours_open_before_close",
                condition=Q(opens__lt=F("closes")),
                violation_error_message="“To” must be after “from”.",
            ),
            models.CheckConstraint(name="consultation_hours_have_a_seat", condition=Q(at_once__gte=1)),
            models.CheckConstraint(name="consultation_hours_move_on", condition=Q(every__gte=5)),
            models.UniqueConstraint(fields=["location", "weekday", "opens"], name="one_row_per_place_and_start"),
        ]

    def __str__(self) -> str:
        return f"{self.location}, {self.get_weekday_display()}"


class RotaException(Spell):
    """Consultation hours of one date at a place, instead of its weekday's: more, fewer or other ones. A day without any is a closure."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="rota_exceptions")
    day = models.DateField("date", help_text="On this date the place has these consultation hours instead of the weekly ones.")

    class Meta:
        ordering = ["day", "location", "opens"]
        verbose_name = "hours of one date"
        verbose_name_plural = "hours of single dates"
        constraints = [
            models.CheckConstraint(
                name="rota_exception_opens_before_it_closes",
                condition=Q(opens__lt=F("closes")),
                violation_error_message="“To” must be after “from”.",
            ),
            models.CheckConstraint(name="rota_exception_has_a_seat", condition=Q(at_once__gte=1)),
            models.CheckConstraint(name="rota_exception_moves_on", condition=Q(every__gte=5)),
            models.UniqueConstraint(fields=["location", "day", "opens"], name="one_exception_per_place_date_and_start"),
        ]

    def __str__(self) -> str:
        return f"{self.location}, {self.day}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def anywhere(self) -> Self:
        """All of them, said so that an index serves: it begins with the place."""
        return self.filter(location__in=Location.objects.order_by().values("pk"))

    def standing(self, now: datetime) -> Self:
        """Without times on offer whose end has passed."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now))


class Hold(models.Model):
    """A claimed time: one for a request, up to three while times are on offer."""

    class Kind(models.TextChoices):
        ASKED = "asked", "Asked for"
        OFFERED = "offered", "Offered"
        CONFIRMED = "confirmed", "Confirmed"

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="holds")
    location = models.ForeignKey(Location, models.PROTECT, related_name="holds")
    seat = models.PositiveSmallIntegerField(help_text="Which of the consultations that may run at once, from 1 up.")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="holds", help_text="The practitioner, once known."
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ASKED)
    expires_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Until when a time on offer is kept. Then anybody may have it, even while this row is there.",
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["location", "starts_at"], name="hold_by_place_and_time")]
        constraints = [
            models.CheckConstraint(name="hold_starts_before_it_ends", condition=Q(starts_at__lt=F("ends_at"))),
            models.CheckConstraint(name="hold_has_a_seat", condition=Q(seat__gte=1)),
            models.CheckConstraint(
                name="hold_expires_while_it_is_offered",
                condition=Q(kind="offered", expires_at__isnull=False) | (~Q(kind="offered") & Q(expires_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location} {self.starts_at:%Y-%m-%d %H:%M}Z"

    @property
    def offered_until(self) -> datetime:
        """Return until when a time on offer is kept, UTC; raise ValueError for any other hold. A constraint keeps them apart."""
        if self.expires_at is None:
            raise ValueError(f"Hold {self.pk} is not on offer.")
        return self.expires_at


class HoldCell(models.Model):
    """Five minutes of a held time. Writing these rows is the claim; the two constraints are what settles every race."""

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="cells")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    seat = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    cell = models.DateTimeField(help_text="UTC, on a five-minute mark.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location", "seat", "cell"], name="one_hold_per_seat_and_cell"),
            models.UniqueConstraint(fields=["person", "cell"], name="one_hold_per_person_and_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.location_id}/{self.seat} {self.cell:%Y-%m-%d %H:%M}Z"
