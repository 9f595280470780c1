"""The people whose names the site may show."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Person(models.Model):
    """Someone who writes, reviews or sees clients."""

    name = models.CharField(max_length=100, help_text="As it is printed, with the title: Dr Sheri Jacobson.")
    slug = models.SlugField(unique=True)
    profile_url = models.URLField("link", blank=True, help_text="Where the name leads on a page. Leave empty for no link.")
    is_practitioner = models.BooleanField("sees clients", default=False, help_text="Can be chosen for a consultation.")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        help_text="The account this person signs in with, if any.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"
        constraints = [models.CheckConstraint(name="person_has_a_name", condition=~Q(name=""))]

    def __str__(self):
        return self.name
