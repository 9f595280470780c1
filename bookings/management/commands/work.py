"""All that happens beside the web server, in one process: the emails and the timetable. Two at once do no harm."""

from django.core.management.base import BaseCommand

from bookings.worker import Worker, stop_signals


class Command(BaseCommand):
    help = "Sends the emails that are owed and does each job of the timetable in its time, until SIGTERM or SIGINT."

    def handle(self, **options: object) -> None:
        worker = Worker(stop_signals(), timetable=True)
        worker.run(for_ever=True)
        self.stdout.write(worker.summary)
