"""The clinic itself: its details, places, numbers, hours and what it may say of itself."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from services.clinic.uk_time import full_date
from services.models.images import Image
from services.models.link_lines import OTHER_HELP, check_linked_lines, linked_lines
from services.models.markdown import MarkdownField
from services.models.slug_redirects import LEADS_ON, Addressed, AddressedQuerySet
from services.models.timestamped import Dated
from services.phone_numbers import WrongNumber, to_e164

WEEKDAYS = list(enumerate(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]))


class ClinicDetails(models.Model):
    """The one row of facts about the clinic as a whole. A fact nobody has yet stays empty: pages then say how to learn it."""

    name = models.CharField(max_length=80, help_text="In the header and in page titles.")
    town = models.CharField(max_length=80, blank=True, help_text="The small line under the name in the header.")
    tagline = models.CharField(max_length=160, blank=True, help_text="One line in the footer.")
    call_heading = models.CharField(max_length=80, help_text="Above the phone number beside each page.")
    book_label = models.CharField(max_length=40, help_text="The words on the booking button in header and call panel.")
    email = models.EmailField(blank=True, help_text="Printed on pages and used as reply address of emails. Empty: not shown.")
    reply_promise_hours = models.PositiveSmallIntegerField(
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(80)],
        help_text="We answer a request within this many hours of open phone line. Pages and emails turn it into “by 10am tomorrow”.",
    )
    first_meeting_fee = models.CharField(
        max_length=200, blank=True, help_text="As a sentence. Empty: pages say “We will tell you before you agree”."
    )
    cancellation_terms = models.TextField(blank=True, help_text="Printed in the confirmation. Empty: left out.")
    crisis_statement = models.CharField(max_length=200, blank=True, help_text="In the footer and before the crisis contacts.")
    emergency_heading = models.CharField(max_length=80, blank=True, help_text="The head of the red box: Call 999 or go to A&E now if:")
    emergency_signs = models.TextField(blank=True, help_text="What the red box lists, one line each.")

    other_help = models.TextField(
        blank=True,
        default=OTHER_HELP,
        validators=[check_linked_lines],
        help_text="For those we cannot help, or not soon. One line each, with the address of the page at its end.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "clinic details"
        constraints = [models.CheckConstraint(name="one_row_of_clinic_details", condition=Q(pk=1))]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @property
    def signs(self) -> list[str]:
        """The lines of emergency_signs."""
        return [line for line in self.emergency_signs.splitlines() if line.strip()]

    @property
    def other_helpers(self) -> list[tuple[str, str]]:
        """Return the lines of other_help: [(words, address), …]."""
        return linked_lines(self.other_help)


def check_phone_number(value: str) -> None:
    """Raise ValidationError unless the text is a number in use, with nothing but its digits and what groups them."""
    try:
        valid = phonenumbers.is_valid_number(phonenumbers.parse(to_e164(value)))
    except WrongNumber:
        valid = False
    if not valid or any(c.isalpha() for c in value):
        raise ValidationError("Enter a phone number as it is printed, like 020 8003 4173.")


class PhoneNumber(models.Model):
    class Role(models.TextChoices):
        LAYOUT = "layout", "Header, footer and call panel of every page"
        TEXT = "text", "Inside texts, wherever {phone:text} is written"

    role = models.CharField(max_length=10, choices=Role, unique=True, help_text="Where this number is printed.")
    number = models.CharField(
        max_length=30, validators=[check_phone_number], help_text="Grouped as it should be read: 020 7946 0123. The link is made from it."
    )

    class Meta:
        ordering = ["role"]

    def __str__(self):
        return self.number

    @property
    def uri(self) -> str:
        """tel:+443454741724, from the number as printed."""
        number = phonenumbers.parse(self.number, "GB")
        return f"tel:{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}"


class Location(Addressed, Dated):
    """A place where a consultation happens; online is one of them."""

    name = models.CharField(max_length=80, unique=True, help_text="High Street, Online …")
    slug = models.SlugField("address of its page", unique=True, help_text=f"The last part of the page's address. {LEADS_ON}")
    order = models.PositiveSmallIntegerField(default=0, help_text="Low numbers come first, everywhere places are listed.")
    is_online = models.BooleanField("by video", default=False, help_text="No address; people get a video link instead.")
    area = models.CharField(max_length=120, blank=True, help_text="One line under the name where people choose a place.")
    introduction = MarkdownField(blank=True, help_text="The page's text.")
    picture = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="+", help_text="Of the place, above its text. Empty: none."
    )
    address = models.TextField(
        blank=True,
        help_text="One line each. Everyone sees it, on the page and in search engines. Empty: whoever confirms is asked for it.",
    )
    getting_there = models.TextField("how to get there", blank=True, help_text="Stations, buses, parking. On the page of the place.")
    getting_in = models.TextField(
        "how to get in", blank=True, help_text="Entrance, bell, floor. Only people with a confirmed appointment see it."
    )
    step_free = models.CharField("step-free access", max_length=200, blank=True, help_text="A short sentence. Empty: “Ask us”.")

    objects = AddressedQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("services:location", args=[self.slug])


class OpeningHours(models.Model):
    """When the phone line is open. One row a weekday; a day without a row is closed."""

    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS, unique=True)
    opens = models.TimeField(help_text="UK time.")
    closes = models.TimeField(help_text="UK time. The line status on every page and the reply promise follow.")

    class Meta:
        ordering = ["weekday"]
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                name="opening_hours_open_before_close",
                condition=Q(opens__lt=F("closes")),
                violation_error_message="The closing time must be after the opening time.",
            )
        ]

    def __str__(self):
        return self.get_weekday_display()


class ClosureQuerySet(models.QuerySet):
    def ahead(self, today):
        return self.filter(last_day__gte=today)

    def at(self, location):
        """Closures of this place and of the whole clinic."""
        return self.filter(Q(location=location) | Q(location=None))


class Closure(models.Model):
    """Whole days on which a place, or the whole clinic, is closed."""

    location = models.ForeignKey(
        Location,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="closures",
        help_text="Of the whole clinic it also closes the phone line. A closure of one place only takes its times away.",
    )
    reason = models.CharField(max_length=120, help_text="Shown on the page of the place: Refurbishment, Christmas Day …")
    first_day = models.DateField()
    last_day = models.DateField(help_text="The last closed day. The same as the first for one day.")

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                name="closure_starts_before_it_ends",
                condition=Q(first_day__lte=F("last_day")),
                violation_error_message="The last day must not be before the first day.",
            )
        ]

    def __str__(self):
        return f"{self.location or 'Whole clinic'}: {self.reason}"


class BankHoliday(models.Model):
    class Treatment(models.TextChoices):
        UNDECIDED = "undecided", "Not decided yet: open as usual"
        USUAL = "usual", "Open as usual"
        CLOSED = "closed", "Closed"
        OTHER = "other", "Other hours"

    day = models.DateField(unique=True)
    name = models.CharField(max_length=80)
    treatment = models.CharField(
        max_length=10, choices=Treatment, default=Treatment.UNDECIDED, help_text="Closed also removes the day's consultation times."
    )
    opens = models.TimeField(null=True, blank=True, help_text="Only for other hours.")
    closes = models.TimeField(null=True, blank=True, help_text="Only for other hours.")

    class Meta:
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(
                name="bank_holiday_has_hours_when_it_has_other_hours",
                condition=~Q(treatment="other") | Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
                violation_error_message="Give the hours of this day, the closing time after the opening time.",
            )
        ]

    def __str__(self):
        return f"{self.name}, {full_date(self.day)}"


class Rating(models.Model):
    """What others say of the clinic. Shown only while switched on; who said it, where, and when we last checked stand beside it."""

    provider = models.CharField(max_length=80, blank=True, help_text="Trustpilot. Empty for a line of our own.")
    badge = models.CharField(max_length=120, blank=True, help_text="The provider's badge in words: Excellent 5 star review.")
    stars = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(5)], help_text="How many stars are drawn, 0 to 5.")
    line = models.CharField(max_length=120, blank=True, help_text="The words beside the stars: 5 star ratings since 2006.")
    url = models.URLField("link", blank=True, help_text="Where a reader can check it.")
    checked_on = models.DateField(null=True, blank=True, help_text="When someone of the clinic last looked that this is still true.")
    is_shown = models.BooleanField("shown", default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.CheckConstraint(name="rating_has_at_most_five_stars", condition=Q(stars__lte=5))]

    def __str__(self):
        return self.provider or self.line

    @property
    def words(self) -> str:
        """Trustpilot – Excellent 5 Star Review; 5 star ratings since 2006."""
        return " – ".join(part for part in (self.provider, self.badge, self.line) if part)


class CrisisContact(models.Model):
    """Who helps at once, any hour. The clinic is not an emergency service and says so."""

    name = models.CharField(max_length=80)
    how = models.CharField(max_length=160, help_text="One sentence with the number in it: Call 116 123, free, at any time.")
    number = models.CharField(
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^\+?[0-9 ]+\Z", "Enter digits and spaces only, as in the sentence: 116 123.")],
        help_text="The number inside the sentence; it becomes a link.",
    )
    is_text = models.BooleanField("for texts", default=False, help_text="The number takes texts, not calls.")
    is_emergency = models.BooleanField("emergency", default=False, help_text="Listed first, under danger to life.")
    checked_on = models.DateField(null=True, blank=True, help_text="When someone of the clinic last checked this.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.name

    @property
    def how_html(self) -> SafeString:
        """The sentence with its number as a link; the number alone is never cut over two lines."""
        before, number, after = self.how.partition(self.number) if self.number else (self.how, "", "")
        if not number:
            return format_html("{}", self.how)
        scheme = "sms" if self.is_text else "tel"
        return format_html('{}<a href="{}:{}">{}</a>{}', before, scheme, number.replace(" ", ""), number, after)
