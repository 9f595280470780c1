"""A job of the timetable that changes nothing: it says what does not fit together."""

from django.core.management.base import BaseCommand, CommandError

from bookings.holding import faults
from bookings.models import Hold


class Command(BaseCommand):
    help = "Finds held times without exactly their cells, and requests that hold what their state does not allow."

    def handle(self, **options: object) -> None:
        wrong = faults()
        for line in wrong:
            self.stdout.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} things do not fit together.")
        self.stdout.write(f"{Hold.objects.count()} holds, all whole.")
