"""What a mail server can do wrong. Every owed message is delivered or in Failed; there is a second copy, with the same Message-ID,
only where the reply to the message was lost.

Where hours pass they are simulated: the worker's own functions are given the time, and send through the real server.
"""

import socket
import ssl
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPException

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from bookings.models import Notice
from bookings.notifications import outbox
from bookings.notifications.smtp import MOST, MailConnection
from tests.mail.conftest import write_to
from tests.mail.post import GONE, LOST, eventually, running_server

pytestmark = [pytest.mark.mail, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("content")]
MINUTE = timedelta(minutes=1)
TLS = Path(__file__).parent / "tls"  # a certificate for 127.0.0.1; its key opens nothing


@pytest.fixture
def through(settings, port):
    """This process sends to the server on the port."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False


def work(begin, minutes, post):
    """A worker that looks once a minute."""
    for number in range(minutes):
        now = begin + number * MINUTE
        while claimed := outbox.claim_next(now):
            outbox.send(claimed, now, post)
        post.close()
    return begin + minutes * MINUTE


def copies(server) -> Counter:
    """How many copies of each message the server has, by Message-ID."""
    return Counter(message["Message-ID"] for _, message in server.inbox)


def status_of(address) -> str:
    return Notice.objects.get(event__enquiry__email=address).status


def test_after_an_hour_without_a_server_every_message_goes_out_once(through, port):
    addresses = [f"person{n}@example.org" for n in range(30)]
    for address in addresses:
        write_to(address)
    post = MailConnection()
    now = work(timezone.now(), 60, post)
    assert set(Notice.objects.values_list("status", "last_error")) == {("pending", "ConnectionRefusedError")}
    assert set(Notice.objects.values_list("attempts", flat=True)) <= {5, 6, 7}
    with running_server(port) as server:
        work(now, 90, post)
        assert sorted(recipient for recipients, _ in server.inbox for recipient in recipients) == sorted(addresses)
    assert set(Notice.objects.values_list("status", flat=True)) == {"sent"}


def test_over_a_day_each_message_ends_as_it_must(through, server):
    server.refuses["gone@example.org"] = "550 No such user"
    server.answers |= {
        "later@example.org": ["451 Later", "451 Later", "421 Not now", "250 Accepted"],
        "never@example.org": ["451 Later"],
        "unwanted@example.org": ["554 Not wanted"],
        "lost@example.org": [LOST, LOST, "250 Accepted"],
        "dropped@example.org": [GONE],
        "fine@example.org": ["250 Accepted"],
    }
    addresses = [*server.refuses, *server.answers]
    for address in addresses:
        write_to(address)
    work(timezone.now(), 26 * 60, MailConnection())
    assert {address.partition("@")[0]: (status_of(address), len(server.to(address))) for address in addresses} == {
        "gone": ("failed", 0),
        "unwanted": ("failed", 0),
        "never": ("failed", 0),
        "later": ("sent", 1),
        "lost": ("sent", 3),
        "dropped": ("sent", 1),
        "fine": ("sent", 1),
    }
    assert len({message["Message-ID"] for message in server.to("lost@example.org")}) == 1
    tries = {address.partition("@")[0]: Notice.objects.get(event__enquiry__email=address).attempts for address in addresses}
    assert tries == {"gone": 3, "unwanted": 3, "never": 12, "later": 4, "lost": 3, "dropped": 1, "fine": 1}


def test_many_messages_go_through_one_connection_fifty_at_a_time(through, server):
    for number in range(MOST + 10):
        write_to(f"person{number}@example.org")
    work(timezone.now(), 1, MailConnection())
    assert set(Notice.objects.values_list("status", flat=True)) == {"sent"}
    assert (len(server.inbox), server.lines) == (MOST + 10, 2)


def test_a_connection_the_server_has_ended_costs_no_attempt(through, server):
    for number in range(3):
        server.answers[f"person{number}@example.org"] = [GONE]
        write_to(f"person{number}@example.org")
    now, post = timezone.now(), MailConnection()
    while claimed := outbox.claim_next(now):
        outbox.send(claimed, now, post)
        time.sleep(0.2)  # until the server has gone
    post.close()
    assert set(Notice.objects.values_list("status", "attempts")) == {("sent", 1)}
    assert (len(server.inbox), server.lines) == (3, 3)


def test_a_server_that_hangs_over_a_message_gets_it_once_more(server, start_worker):
    server.hold()
    write_to("a@example.org")
    start_worker()
    assert server.at_data.wait(20)
    row = Notice.objects.filter(event__enquiry__email="a@example.org", lease="")
    assert eventually(lambda: row.filter(last_error__startswith="SMTPServerDisconnected").exists(), within=30)
    server.go_on.set()
    row.update(due_at=timezone.now())
    assert eventually(lambda: status_of("a@example.org") == "sent")
    assert sorted(copies(server).values()) == [2]


def test_a_slow_server_gets_everything_once(server, start_worker):
    server.slowness = 0.4
    addresses = [f"person{n}@example.org" for n in range(4)]
    for address in addresses:
        write_to(address)
    start_worker()
    assert eventually(lambda: Notice.objects.filter(status="sent").count() == 4, within=30)
    assert sorted(copies(server).values()) == [1] * 4


def test_where_the_server_wants_tls_nothing_goes_without_and_all_with_it(port, start_worker):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    with running_server(port, require_starttls=True, tls_context=context):
        write_to("a@example.org")
        row = Notice.objects.filter(event__enquiry__email="a@example.org", lease="")
        without = start_worker()
        assert eventually(lambda: row.filter(attempts=1).exists())
        assert without.finish() == 0
        assert (row.get().status, row.get().last_error) == ("pending", "SMTPSenderRefused 530")
    with running_server(port, require_starttls=True, tls_context=context) as server:
        trusted = start_worker(EMAIL_USE_TLS="1", SSL_CERT_FILE=str(TLS / "certificate.pem"))
        row.update(due_at=timezone.now())
        assert eventually(lambda: status_of("a@example.org") == "sent")
        assert len(server.inbox) == 1
        assert trusted.finish() == 0


def test_a_certificate_nobody_vouches_for_is_refused(port, start_worker):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    with running_server(port, tls_context=context) as server:
        write_to("a@example.org")
        start_worker(EMAIL_USE_TLS="1")
        assert eventually(lambda: Notice.objects.filter(last_error="SSLCertVerificationError").exists())
        assert server.inbox == []


@pytest.fixture
def dripping(port):
    """A server that sends a letter now and then and never comes to the end of a line: no time limit of a socket ever runs out."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        end = threading.Event()

        def drip():
            with suppress(OSError):
                line, _ = listening.accept()
                with line:
                    while not end.wait(0.1):
                        line.sendall(b"2")

        thread = threading.Thread(target=drip)
        thread.start()
        yield
        end.set()
        thread.join()


def test_a_server_that_never_ends_its_sentence_does_not_hold_the_worker(through, dripping):
    began = time.monotonic()
    with pytest.raises((OSError, SMTPException)):
        MailConnection().send(EmailMultiAlternatives("Subject", "Text", to=["a@example.org"]), by=began + 1)
    assert time.monotonic() - began < 5


def test_whatever_is_killed_whenever_nothing_is_lost(server, start_worker):
    """Two workers, and both killed again and again at any moment; the minutes that a lease lasts are taken off the dead ones' rows."""
    server.slowness = 0.02
    addresses = [f"person{n}@example.org" for n in range(60)]
    for address in addresses:
        write_to(address)
    kills = 0
    for _ in range(4):
        before = len(server.inbox)
        workers = [start_worker("work"), start_worker()]
        eventually(lambda before=before: len(server.inbox) > before + 6, within=10)
        for worker in workers:
            worker.kill()
        kills += len(workers)
        Notice.objects.exclude(lease="").update(due_at=timezone.now())
    start_worker("work")
    start_worker()
    assert eventually(lambda: not Notice.objects.filter(status="pending").exists(), within=40)
    assert set(Notice.objects.filter(event__enquiry__email__in=addresses).values_list("status", flat=True)) == {"sent"}
    assert {recipient for recipients, _ in server.inbox for recipient in recipients} >= set(addresses)
    extra = {key: count - 1 for key, count in copies(server).items() if count > 1}
    assert len(copies(server)) >= len(addresses)
    assert sum(extra.values()) <= kills
