"""What this package keeps for itself: who opened which request, and whose password is to be changed."""

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


class PasswordToChange(models.Model):
    """An account whose password somebody else has set. The row goes when its owner changes it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"password of account {self.pk}"
