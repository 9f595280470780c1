"""A job of the timetable that changes nothing: it says what does not fit together."""

from django.core.management.base import CommandError
from django.utils import timezone

from bookings.jobs import jobs
from bookings.management.job_command import JobCommand
from bookings.models import Hold
from bookings.queries.integrity import faults


class Command(JobCommand):
    help = "Finds held times without exactly their cells, and requests that hold what their state does not allow."

    def handle(self, *, dry_run: bool, **options: object) -> None:
        """Print what is wrong, and write down that the job ran unless `dry_run`; raise CommandError if anything is."""
        wrong = faults()
        for line in wrong:
            self.stdout.write(line)
        if not dry_run:
            jobs.run(self.name, timezone.now())
        if wrong:
            raise CommandError(f"{len(wrong)} things do not fit together.")
        self.stdout.write(f"{Hold.objects.count()} holds, all whole.")
