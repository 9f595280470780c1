"""The people whose names the site may show."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from services.models.images import Image
from services.models.markdown import MarkdownField
from services.models.timestamped import Dated


class PersonQuerySet(models.QuerySet):
    def shown(self):
        """The profiles on the page of practitioners."""
        return self.filter(is_practitioner=True, is_shown=True)


class Person(Dated):
    """Someone who writes, reviews or sees clients."""

    name = models.CharField(max_length=100, help_text="As it is printed, with the title: Dr Sheri Jacobson.")
    slug = models.SlugField(unique=True)
    profile_url = models.URLField("link", blank=True, help_text="Where the name leads on a page. Leave empty for no link.")
    is_practitioner = models.BooleanField("sees clients", default=False, help_text="Can be chosen for a consultation.")
    is_shown = models.BooleanField(
        "profile shown", default=False, help_text="On the page of practitioners, for someone who sees clients and agrees to be shown."
    )
    order = models.PositiveSmallIntegerField(default=0, help_text="Low numbers come first among the profiles.")
    role = models.CharField(max_length=100, blank=True, help_text="Under the name: Psychodynamic psychotherapist.")
    text = MarkdownField("profile", blank=True, help_text="A few sentences.")
    photo = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="+", help_text="Beside the profile, cut to a square. Empty: none."
    )
    register = models.CharField(max_length=80, blank=True, help_text="The accredited register: BACP, UKCP, BPC, NCPS …")
    register_number = models.CharField("number there", max_length=40, blank=True)
    register_url = models.URLField("entry there", blank=True, help_text="Where a reader can check it.")
    register_checked_on = models.DateField(
        "checked on", null=True, blank=True, help_text="When someone of the clinic last looked the entry up. Printed on the page."
    )
    places = models.ManyToManyField(
        "services.Location", blank=True, related_name="people", help_text="Where they see clients. None chosen: anywhere."
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        help_text="The account this person signs in with, if any.",
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        verbose_name_plural = "people"
        constraints = [models.CheckConstraint(name="person_has_a_name", condition=~Q(name=""))]

    def __str__(self):
        return self.name
