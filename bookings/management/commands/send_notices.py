"""Sends the emails that are owed. Run one or several, on any number of machines."""

import signal
import threading

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.db.utils import Error
from django.utils import timezone

from bookings import actions, outbox

POLL = 2  # seconds between looks when nothing is owed


class Command(BaseCommand):
    help = "Sends the emails that are owed. With --loop it goes on until it is stopped, and finishes the message it is at."

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="Go on until SIGTERM or SIGINT.")

    def handle(self, *, loop, **options):
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        counts = {"sent": 0, "failed": 0, "pending": 0, "dropped": 0}
        while not stop.is_set():
            try:
                outcome = self.send_one()
            except Error as error:  # the database is away: so is the work; both come back
                self.stderr.write(f"Database: {type(error).__name__}. Trying again.")
                connection.close()
                outcome = None
            if outcome:
                counts[outcome] += 1
            elif not loop:
                break
            else:
                close_old_connections()
                stop.wait(POLL)
        self.stdout.write("Emails: {sent} sent, {pending} to be tried again, {failed} failed, {dropped} no longer true.".format(**counts))

    def send_one(self) -> str | None:
        now = timezone.now()
        outbox.give_up_on_killers(now)
        notice = outbox.claim_next(now)
        outcome = outbox.send(notice, now) if notice else None
        actions.erase_due(now)  # whoever asked to be forgotten waits for that email alone
        return outcome
