"""Workers on two hosts, one of them ten minutes ahead: what one is sending the other leaves alone."""

import pytest

from bookings.models import Notice
from tests.mail.conftest import write_to
from tests.mail.post import eventually

AHEAD = "tests.mail.ahead_settings"
pytestmark = [pytest.mark.mail, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("content"), pytest.mark.row_locks]


def test_forty_messages_are_sent_once_each_by_two_hosts_whose_clocks_differ(server, start_worker):
    server.slowness = 0.1  # a message is under way long enough to be taken by another
    addresses = [f"person{number}@example.org" for number in range(40)]
    for address in addresses:
        write_to(address)
    for settings in (AHEAD, "harley.settings", AHEAD, "harley.settings"):
        start_worker(DJANGO_SETTINGS_MODULE=settings)
    assert eventually(lambda: not Notice.objects.filter(status="pending").exists(), within=60)
    assert {address: len(server.to(address)) for address in addresses} == dict.fromkeys(addresses, 1)


def test_a_host_that_is_ahead_does_not_take_the_worker_for_dead(server, start_worker, client, settings):
    start_worker(DJANGO_SETTINGS_MODULE=AHEAD)
    write_to("robin@example.org")
    assert eventually(lambda: server.to("robin@example.org"))
    answer = client.get("/healthz/deep").content.decode()
    assert "mail worker away" not in answer
