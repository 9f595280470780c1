"""The process beside the web server: sends the emails, and keeps the timetable if it is asked to. Any number may run at once."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import close_old_connections, connection
from django.db.utils import Error

from bookings import actions
from bookings.domain.schedule import TIMETABLE
from bookings.jobs import jobs
from bookings.models import Notice
from bookings.notifications import outbox
from bookings.notifications.smtp import MailConnection
from services.clinic.clinic import Clinic
from services.database_clock import database_now
from services.pages.written_pages import WrittenPage

logger = logging.getLogger(__name__)
POLL = 2  # seconds between looks when nothing is owed
LOOK = 10  # seconds between looks at the timetable
SHOW = 30  # seconds between signs of life


def stop_signals() -> threading.Event:
    """Set by SIGTERM and SIGINT: then the message, or the row, that is being worked on is finished, and no more."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


class Worker:
    """One process, one thread: a message, a look at the timetable, the next message."""

    def __init__(self, stop: threading.Event, *, timetable: bool = False, pages: Sequence[WrittenPage] = ()):
        self.stop, self.timetable, self.pages = stop, timetable, pages
        self.counts: Counter[str] = Counter()
        self.post = MailConnection()
        self._seen = self._looked = float("-inf")

    def run(self, *, for_ever: bool) -> None:
        """Until it is stopped, or else until nothing is owed; then raises what the database says if it is away."""
        while not self.stop.is_set():
            try:
                busy = self._one()
            except Error as error:  # the database is away: so is the work; both come back
                if not for_ever:
                    raise
                logger.warning("Database: %s. Trying again.", type(error).__name__)
                connection.close()
                busy = False
            if busy:
                continue
            self.post.close()
            if not for_ever:
                break
            close_old_connections()
            self.stop.wait(POLL)
        self.post.close()

    @property
    def summary(self) -> str:
        named = [("sent", "sent"), ("pending", "to be tried again"), ("failed", "failed"), ("dropped", "no longer true")]
        return f"Emails: {', '.join(f'{self.counts[outcome]} {words}' for outcome, words in named)}."

    def _one(self) -> bool:
        """Send one message, if one is due by the database's clock: two workers whose hosts differ must not send it both."""
        now, clock = database_now(), time.monotonic()
        if clock - self._seen >= SHOW:
            jobs.seen(now)
            self._seen = clock
            clinic = Clinic(now)
            for page in self.pages:
                page.keep(clinic)
        if self.timetable and clock - self._looked >= LOOK:
            self._looked = clock
            self._keep_time()
            now = database_now()
        claimed = outbox.claim_next(now)
        if claimed:
            self.counts[outbox.send(claimed, now, self.post)] += 1
        if not claimed or claimed.kind == Notice.Kind.CANCELLED:
            self._forget_whoever_asked(now)
        return claimed is not None

    def _keep_time(self) -> None:
        for name in TIMETABLE:
            now = database_now()
            if self.stop.is_set() or not jobs.claim_job(name, now):
                continue
            jobs.seen(now)
            outcome = jobs.run(name, now, stop=self.stop)
            if any(outcome.counts.values()) or outcome.errors:
                logger.info("%s: %s.", name, outcome)

    def _forget_whoever_asked(self, now: datetime) -> None:
        """Who asked to be forgotten waits for one email alone. Trouble with a row must not keep the emails of others."""
        try:
            actions.erase_due(now)
        except Exception as error:
            logger.error("erase_due failed.", exc_info=error)
