"""Sends the emails that are owed. Run one or several, on any number of machines."""

from django.core.management.base import BaseCommand, CommandParser

from bookings.jobs.worker import Worker, stop_signals


class Command(BaseCommand):
    help = "Sends the emails that are owed. With --loop it goes on until it is stopped, and finishes the message it is at."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Go on until SIGTERM or SIGINT.")

    def handle(self, *, loop: bool, **options: object) -> None:
        worker = Worker(stop_signals())
        worker.run(for_ever=loop)
        self.stdout.write(worker.summary)
