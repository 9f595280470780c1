"""The way to the mail server: one connection for many messages, and an end to every attempt."""

from __future__ import annotations

import signal
import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

MOST = 50  # messages through one connection; servers end it themselves after a hundred or so


class Unaddressed(Exception):
    """There is nobody to send it to: the address was there when it was owed."""


class MailConnection:
    """Opened with the first message; given up as soon as anything about it is doubtful."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._sent = 0

    def send(self, message: EmailMultiAlternatives, by: float) -> None:
        """Returns once the server has accepted the message; raises whatever went wrong, TimeoutError if it is not done by then.

        `by` is a moment of time.monotonic().
        """
        accepted = False
        try:
            with _no_later_than(by):
                if not message.recipients():
                    raise Unaddressed
                self._open().send_messages([message])
                accepted = True
        except BaseException:
            self.close()
            if not accepted:  # else the time ran out in the instant after: what the server has, it has
                raise
        self._sent += 1

    def close(self) -> None:
        """Says goodbye, if there is anybody to say it to; what was accepted stays accepted, whatever happens here."""
        old, self._connection = self._connection, None
        if old:
            with suppress(Exception):
                old.close()

    def _open(self) -> BaseEmailBackend:
        if self._connection and (self._sent >= MOST or not self._answers()):
            self.close()
        if not self._connection:
            self._connection, self._sent = get_connection(), 0
            self._connection.open()
        return self._connection

    def _answers(self) -> bool:
        """Whether the server still keeps the line: asked before each further message, for a failed attempt costs a minute."""
        smtp = getattr(self._connection, "connection", None)
        try:
            return smtp is None or smtp.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False


@contextmanager
def _no_later_than(by: float) -> Iterator[None]:
    """Raises TimeoutError when the time is up, whatever is being waited for: a server that sends a byte now and then never times out.

    Signals reach the main thread alone, and there the worker sends.
    """
    left = by - time.monotonic()
    if left <= 0:
        raise TimeoutError
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> NoReturn:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, left)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
