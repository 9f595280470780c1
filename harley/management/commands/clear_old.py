"""Daily, by hand or by the site's own timetable."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from harley.housekeeping import clear_old


class Command(BaseCommand):
    help = "Deletes sessions that have ended, counts of wrong passwords older than their lock, and records older than two years."

    def handle(self, **options):
        counts = clear_old(timezone.now())
        self.stdout.write("Cleared: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + ".")
