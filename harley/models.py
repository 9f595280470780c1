"""What this package keeps for itself: who opened which request, who signed in, and whose password is to be changed."""

from django.conf import settings
from django.db import models

from bookings.models import Enquiry


class Look(models.Model):
    """Somebody of the staff saw a page of one request. Nothing of what they saw."""

    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="+")
    page = models.CharField(max_length=40, help_text="Which page of the request.")

    class Meta:
        ordering = ["-pk"]
        verbose_name = "look at a request"
        verbose_name_plural = "who opened which request"

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}Z: request {self.enquiry_id}"


class AuditKind(models.TextChoices):
    SIGNED_IN = "signed_in", "Signed in by password"
    REFUSED = "refused", "Refused: wrong name or password"
    LOCKED = "locked", "Locked out for a while"
    CODE_REFUSED = "code_refused", "Refused: wrong code"
    SIGNED_OUT = "signed_out", "Signed out"
    ROLE_GIVEN = "role_given", "Role given"
    ROLE_TAKEN = "role_taken", "Role taken"
    PASSWORD_SET = "password_set", "Password set for somebody else"
    LISTED = "listed", "Looked at a list"
    SEARCHED = "searched", "Searched"


class AuditEntry(models.Model):
    """Something that happened at the sign-in or to an account, or a list that was looked at. Only ever added to."""

    Kind = AuditKind

    at = models.DateTimeField("when")
    kind = models.CharField("what", max_length=20, choices=Kind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whoever did it; empty for nobody who was signed in.",
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", help_text="The account it was done to or with."
    )
    detail = models.CharField(max_length=60, blank=True, help_text="Which role or list.")
    once = models.CharField(  # noqa: DJ001 (unique: most rows have none)
        max_length=120, unique=True, null=True, editable=False, help_text="Of what is recorded once in an hour."
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = "sign-in, role or list"
        verbose_name_plural = "sign-ins, roles and lists"
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=AuditKind.values), name="audit_entry_of_a_known_kind")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}Z: {self.get_kind_display()}"


class PasswordToChange(models.Model):
    """An account whose password somebody else has set. The row goes when its owner changes it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"password of account {self.pk}"
