"""All that happens beside the web server, in one process: the emails and the timetable. Two at once do no harm."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from bookings.jobs.worker import Worker, stop_signals
from services.pages.unavailable import UnavailablePage


class Command(BaseCommand):
    help = "Sends the emails that are owed and does each job of the timetable in its time, until SIGTERM or SIGINT."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--unavailable-page", type=Path, metavar="FILE", help="Keep there the page that nginx shows while the site does not answer."
        )

    def handle(self, *, unavailable_page: Path | None, **options: object) -> None:
        page = UnavailablePage(unavailable_page) if unavailable_page else None
        worker = Worker(stop_signals(), timetable=True, page=page)
        worker.run(for_ever=True)
        self.stdout.write(worker.summary)
