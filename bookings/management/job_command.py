"""What all commands of the timetable share: --dry-run, progress on a terminal, one line at the end."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings.jobs import jobs
from bookings.jobs.worker import stop_signals
from services.database_clock import database_now


class JobCommand(BaseCommand):
    """A job of bookings/jobs/jobs.py, under the name of its module. Safe to run again, and twice at once."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and change nothing.")

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def handle(self, *, dry_run: bool, **options: object) -> None:
        now = database_now()
        if dry_run:
            due = list(jobs.JOBS[self.name](now))
            for one in due:
                self.stdout.write(f"  {one.which}")
            self.stdout.write(f"{self.name}: {len(due)} to do. Nothing was changed.")
            return
        outcome = jobs.run(self.name, now, stop=stop_signals(), progress=self._progress if self.stdout.isatty() else None)
        if outcome.errors:
            raise CommandError(f"{self.name}: {outcome}.")
        self.stdout.write(f"{self.name}: {outcome}.")

    def _progress(self, number: int, of: int) -> None:
        """Overwrites itself; the line at the end stands below."""
        self.stdout.write(f"\r{self.name}: {number} of {of}", ending="\n" if number == of else "")
        self.stdout.flush()
