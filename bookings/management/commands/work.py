"""All that happens beside the web server, in one process: the emails and the timetable. Two at once do no harm."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from bookings.jobs.worker import Worker, stop_signals
from services.pages import written_pages


class Command(BaseCommand):
    help = "Sends the emails that are owed and does each job of the timetable in its time, until SIGTERM or SIGINT."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--nginx-pages", type=Path, metavar="FOLDER", help="Keep there the pages that nginx shows while the site does not answer."
        )

    def handle(self, *, nginx_pages: Path | None, **options: object) -> None:
        pages = written_pages.for_nginx(nginx_pages) if nginx_pages else []
        worker = Worker(stop_signals(), timetable=True, pages=pages)
        worker.run(for_ever=True)
        self.stdout.write(worker.summary)
