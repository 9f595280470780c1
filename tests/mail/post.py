"""A real mail server that does as it is told, and the worker as a process of its own."""

import asyncio
import email
import email.policy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller

from tests.servers import start_worker, stop, test_database_url

LOST, GONE = "250 Lost", "250 Accepted, and gone"
PATIENCE = 20  # seconds until something that must happen has happened


def eventually(condition, within: float = PATIENCE) -> bool:
    """True as soon as the condition holds; False if it never did."""
    give_up_at = time.monotonic() + within
    while time.monotonic() < give_up_at:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Server:
    """Keeps what it accepted. `answers` says what to reply to whom; after `hold` it keeps the message and its reply waits.

    The reply LOST keeps the message and drops the line instead of a reply; GONE drops it after one.
    """

    def __init__(self, port: int, **options):
        self.inbox: list[tuple[list[str], EmailMessage]] = []
        self.answers: dict[str, list[str]] = {}  # recipient -> replies to a message, the last one for ever
        self.refuses: dict[str, str] = {}  # recipient -> reply to the address alone
        self.at_data = threading.Event()  # somebody has handed over a message and waits for the reply
        self.go_on = threading.Event()
        self.go_on.set()
        self.slowness = 0.0  # seconds before each reply
        self.lines = 0  # how often somebody connected and sent
        self.controller = Controller(self, hostname="127.0.0.1", port=port, **options)

    def hold(self) -> None:
        self.at_data.clear()
        self.go_on.clear()

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 (aiosmtpd's names)
        self.lines += not hasattr(session, "known")
        session.known = True
        await asyncio.sleep(self.slowness)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        await asyncio.sleep(self.slowness)
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        replies = self.answers.get(envelope.rcpt_tos[0], ["250 Accepted"])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        await asyncio.sleep(self.slowness)
        if reply.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.inbox.append((envelope.rcpt_tos, message))
        self.at_data.set()
        await server.loop.run_in_executor(None, self.go_on.wait, PATIENCE)
        if reply == LOST:
            server.transport.abort()
        if reply == GONE:
            server.loop.call_later(0.05, server.transport.close)
        return reply

    def to(self, address: str) -> list[EmailMessage]:
        return [message for recipients, message in self.inbox if address in recipients]


@contextmanager
def running_server(port: int, **options) -> Iterator[Server]:
    server = Server(port, **options)
    server.controller.start()
    try:
        yield server
    finally:
        server.go_on.set()
        server.controller.stop()


class Worker:
    """A worker that sends through the server on that port; every line it prints is kept."""

    def __init__(self, port: int, log: Path, *command: str, **variables: str):
        usual = {
            "DATABASE_URL": test_database_url(),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(port),
            "EMAIL_USE_TLS": "0",
            "FROM_EMAIL": "HT Bookings <bookings@clinic.test>",
            "SITE_URL": "https://www.clinic.test",
            "STAFF_EMAIL": "clinic@example.org",
        }
        self.process = start_worker(log, *command, **usual | variables)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def finish(self) -> int:
        """Asks it to stop; gives its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        stop(self.process)
