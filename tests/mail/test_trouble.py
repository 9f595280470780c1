"""The mail server is away, says no, or hangs; the worker dies: nothing is lost, and what can be sent is sent.

Waiting for the next try is done by moving `due_at`, as if the minutes had passed.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Notice
from bookings.notifications.outbox import LEASE, MOST_TRIES
from tests.mail.conftest import write_to
from tests.mail.post import eventually, running_server

pytestmark = [pytest.mark.mail, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("content")]


def notice_to(address: str) -> Notice:
    return Notice.objects.get(event__enquiry__email=address)


def tried(address: str, times: int) -> bool:
    """Waits until it was tried so often, and the outcome of the last try is written down."""
    return eventually(lambda: Notice.objects.filter(event__enquiry__email=address, attempts=times, lease="").exists())


def time_passes() -> None:
    Notice.objects.filter(due_at__isnull=False).update(due_at=timezone.now())


def test_a_server_that_was_away_gets_the_message_when_it_is_back(port, start_worker):
    write_to("a@example.org")
    began = timezone.now()
    start_worker()
    assert tried("a@example.org", 1)
    notice = notice_to("a@example.org")
    assert notice.status == "pending"
    assert timedelta(seconds=48) <= notice.due_at - began <= timedelta(seconds=72) + timezone.now() - began
    assert notice.last_error == "ConnectionRefusedError"

    with running_server(port) as server:
        time_passes()
        assert eventually(lambda: server.to("a@example.org"))
        assert eventually(lambda: notice_to("a@example.org").status == "sent")
        assert len(server.inbox) == 1


def test_not_now_is_tried_again_until_it_works(server, start_worker):
    server.answers["a@example.org"] = ["451 Try later", "451 Try later", "250 Accepted"]
    write_to("a@example.org")
    start_worker()
    for times in (1, 2):
        assert tried("a@example.org", times)
        assert (notice_to("a@example.org").status, notice_to("a@example.org").last_error) == ("pending", "SMTPDataError 451")
        time_passes()
    assert eventually(lambda: notice_to("a@example.org").status == "sent")
    assert len(server.to("a@example.org")) == 1
    assert notice_to("a@example.org").last_error == ""


def test_not_now_has_an_end(server, start_worker):
    server.answers["a@example.org"] = ["451 Try later"]
    write_to("a@example.org")
    Notice.objects.update(attempts=MOST_TRIES - 1)
    start_worker()
    assert eventually(lambda: notice_to("a@example.org").status == "failed")


@pytest.mark.parametrize("at", ["the address", "the message"])
def test_never_is_believed_the_third_time_and_holds_up_nobody(at, server, start_worker):
    if at == "the address":
        server.refuses["gone@example.org"], error = "550 No such user", "SMTPRecipientsRefused 550"
    else:
        server.answers["gone@example.org"], error = ["554 Not wanted"], "SMTPDataError 554"
    write_to("gone@example.org")  # the first in the queue
    others = [f"other{n}@example.org" for n in range(4)]
    for address in others:
        write_to(address)
    start_worker()
    assert eventually(lambda: len(server.inbox) == 4)
    for times in (1, 2):
        assert tried("gone@example.org", times)
        assert notice_to("gone@example.org").status == "pending"
        time_passes()
    assert eventually(lambda: notice_to("gone@example.org").status == "failed")
    assert notice_to("gone@example.org").attempts == 3
    assert notice_to("gone@example.org").last_error == error
    assert [len(server.to(address)) for address in others] == [1, 1, 1, 1]


def test_a_message_that_kills_every_worker_is_given_up(server, start_worker):
    write_to("killer@example.org")
    Notice.objects.update(attempts=MOST_TRIES, lease="a worker that died", due_at=timezone.now())
    write_to("a@example.org")
    start_worker()
    assert eventually(lambda: server.to("a@example.org"))
    assert eventually(lambda: notice_to("killer@example.org").status == "failed")  # whichever of the two it looks at first
    assert notice_to("killer@example.org").last_error == "worker died"
    assert server.to("killer@example.org") == []


def test_a_worker_killed_while_the_server_hangs_costs_one_more_copy_at_most(server, start_worker):
    """The worst moment: the server has the message, and the worker never hears so."""
    server.hold()
    write_to("a@example.org")
    worker = start_worker()
    assert server.at_data.wait(20)
    worker.kill()
    server.go_on.set()

    notice = notice_to("a@example.org")
    assert (notice.status, notice.attempts) == ("pending", 1)
    assert timedelta() < notice.due_at - timezone.now() <= LEASE  # nobody else may try before the lease is over
    start_worker()
    write_to("b@example.org")
    assert eventually(lambda: server.to("b@example.org"))  # the new worker is at work, and leaves the other alone
    assert len(server.to("a@example.org")) == 1

    time_passes()
    assert eventually(lambda: notice_to("a@example.org").status == "sent")
    first, second = server.to("a@example.org")
    assert first["Message-ID"] == second["Message-ID"]


def test_two_workers_send_sixty_messages_once_each(server, start_worker):
    addresses = [f"person{n}@example.org" for n in range(60)]
    for address in addresses:
        write_to(address)
    start_worker()
    start_worker()
    assert eventually(lambda: Notice.objects.filter(status="sent").count() == 60, within=60)
    assert sorted(recipient for recipients, _ in server.inbox for recipient in recipients) == sorted(addresses)
    assert len({message["Message-ID"] for _, message in server.inbox}) == 60
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}


def test_a_worker_asked_to_stop_finishes_the_message_it_is_at(server, start_worker):
    server.hold()
    write_to("first@example.org")
    write_to("second@example.org")
    worker = start_worker()
    assert server.at_data.wait(20)
    worker.process.terminate()
    server.go_on.set()
    assert worker.process.wait(20) == 0
    assert sorted(Notice.objects.values_list("status", "attempts")) == [("pending", 0), ("sent", 1)]
    assert len(server.inbox) == 1
