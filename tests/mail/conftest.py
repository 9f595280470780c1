"""A clinic with its content and rota, a port for the mail server, and workers that end with the test."""

import pytest
from django.utils import timezone

from bookings.models import Enquiry
from bookings.queries.slots import next_slots
from services.clinic.clinic import Clinic
from tests.bookings import factories
from tests.mail.post import Worker, running_server
from tests.servers import free_port

NAME, PHONE = "Wilhelmina Ashdown", "07700 900982"


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def server(port):
    with running_server(port) as server:
        yield server


@pytest.fixture
def start_worker(port, tmp_path, transactional_db):
    """Starts a worker. At the end all are stopped, and what they printed is searched for what is nobody's business."""
    workers, log = [], tmp_path / "worker.log"
    log.touch()

    def start(*command: str, **variables: str) -> Worker:
        workers.append(Worker(port, log, *command, **variables))
        return workers[-1]

    yield start
    for worker in workers:
        worker.end()
    printed = log.read_text()
    private = [NAME, PHONE, "+447700900982", "@example.org", *Enquiry.objects.values_list("key_tail", flat=True)]
    assert [text for text in private if text in printed] == []
    assert "Traceback" not in printed


def write_to(address: str, **changes) -> Enquiry:
    """A request for no particular time, whose “received” is owed."""
    about = {"name": NAME, "email": address, "phone": "+447700900982", "phone_typed": PHONE, "preferred_times": ["weekends"]}
    return factories.request(now=timezone.now(), **(about | changes))


@pytest.fixture
def a_time(rota):
    """The next free time at each place, by the place's slug."""
    return {place.slug: offer for place, offer in next_slots(Clinic(timezone.now()))}
