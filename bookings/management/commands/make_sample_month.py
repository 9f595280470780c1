"""Fills an empty development site with a month of invented requests."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from bookings import sample_month
from bookings.models import Enquiry

STEP = 20  # requests from one line of progress to the next


class Command(BaseCommand):
    help = "Makes a month of invented requests, in every state, at every place. Sends no email. Only for development, on an empty desk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--now", type=moment, help="The end of the month, ISO 8601 with its offset: 2026-03-02T11:00+00:00. Default: now."
        )
        parser.add_argument("--seed", type=int, default=0, help="Another number makes another month of the same kind. Default: 0.")
        parser.add_argument("--anyway", action="store_true", help="Also on a deployed site, and beside requests that are there already.")

    def handle(self, *, now: datetime | None, seed: int, anyway: bool, verbosity: int, **options: object) -> None:
        if not anyway:
            refuse_what_is_real()
        user = answering()
        if verbosity:
            self.stdout.write("Making a month of invented requests ...")
            self.stdout.flush()
        try:
            made = sample_month.make_month(user, now or timezone.now(), seed, self._tell if verbosity else lambda number: None)
        except sample_month.NoTimes:
            raise CommandError("There are too few free times. Load the rota first: manage.py load_content, then load_rota.") from None
        self.stdout.write(f"{made} invented requests, answered by {user.get_username()}. No email was sent.")

    def _tell(self, number: int) -> None:
        if number % STEP == 0:
            self.stdout.write(f"  {number} requests ...")
            self.stdout.flush()


def moment(text: str) -> datetime:
    """Return the aware moment that the text names; raise ValueError."""
    found = parse_datetime(text)
    if found is None or timezone.is_naive(found):
        raise ValueError(text)
    return found


def refuse_what_is_real() -> None:
    """Raise CommandError where real people's requests may be, or where the worker would send email to the invented ones later."""
    if not settings.DEBUG:
        raise CommandError(
            "This is not a development site (DEBUG is off): invented requests would stand among real ones. --anyway makes them."
        )
    if settings.EMAIL_HOST:
        raise CommandError("EMAIL_HOST is set: reminders to the invented people would be sent. Unset it, or use --anyway.")
    if Enquiry.objects.exists():
        raise CommandError("There are requests already; nothing was changed. Begin with an empty database, or use --anyway.")


def answering() -> User:
    """Return the member of staff who answers: the first who may do everything, or else the first; raise CommandError without any."""
    staff = get_user_model().objects.filter(is_active=True, is_staff=True)
    user = staff.order_by("-is_superuser", "pk").first()
    if user is None:
        raise CommandError("Nobody is there to answer. Make an account first: manage.py createsuperuser.")
    return user
