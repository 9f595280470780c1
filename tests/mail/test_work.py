"""`manage.py work`, all that a small clinic starts beside the web server."""

import time

import pytest
from django.utils import timezone

from bookings.domain.schedule import MAIL, TIMETABLE
from bookings.jobs import jobs
from bookings.models import Job, Notice
from services.models import BankHoliday
from tests.mail.conftest import write_to
from tests.mail.post import eventually

pytestmark = [pytest.mark.mail, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("content")]


def all_done() -> bool:
    return jobs.health(timezone.now()) == jobs.Health(mail_is_away=False, late=[])


def test_it_sends_and_does_every_job_once_and_stops_within_seconds(server, start_worker):
    write_to("a@example.org")
    workers = [start_worker("work"), start_worker("work")]
    assert eventually(all_done, within=40)
    assert eventually(lambda: server.to("a@example.org"))
    began = dict(Job.objects.exclude(name=MAIL).values_list("name", "started_at"))
    assert set(began) == set(TIMETABLE)
    assert BankHoliday.objects.exists()

    asked = time.monotonic()
    assert [worker.finish() for worker in workers] == [0, 0]
    assert time.monotonic() - asked < 10
    assert len(server.to("a@example.org")) == 1

    start_worker("work")  # what ran a moment ago does not run again
    write_to("b@example.org")
    assert eventually(lambda: Notice.objects.filter(event__enquiry__email="b@example.org", status="sent").exists())
    assert dict(Job.objects.exclude(name=MAIL).values_list("name", "started_at")) == began
