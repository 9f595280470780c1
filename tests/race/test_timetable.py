"""Several processes do every job at the same moment: each thing that is due is done once."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bookings import actions
from bookings.jobs.jobs import JOBS
from bookings.models import Enquiry, Notice
from services.models import BankHoliday, Location
from tests.bookings.stages import confirmed, offered, waiting
from tests.servers import ROOT, test_database_url

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PROCESSES = 3
NOW = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)  # half past nine in London on the first Monday of a month
DAY = timedelta(days=1)


@pytest.fixture
def much_to_do(rota, settings, django_user_model):
    """Four of each."""
    settings.STAFF_EMAIL = settings.MANAGER_EMAIL = "clinic@example.org"
    staff = django_user_model.objects.create_superuser("reception", "", "a long password")
    place = Location.objects.get(slug="online")
    hour = timedelta(hours=1)
    for number in range(4):
        before = NOW - 5 * DAY
        waiting(NOW, 48, email=f"chase{number}@example.org")
        late = waiting(NOW, 48, email=f"late{number}@example.org")
        Enquiry.objects.filter(pk=late.pk).update(location=place, starts_at=NOW - hour)
        confirmed(place, NOW.replace(hour=8 + number, minute=0) + 3 * DAY, staff, before, email=f"soon{number}@example.org")
        offered(place, NOW.replace(hour=13 + number, minute=0) + DAY, staff, NOW - 4 * DAY, email=f"offer{number}@example.org")
        gone = waiting(NOW, 100 * 24, email=f"gone{number}@example.org")
        actions.decline(gone, reason="no_capacity", user=staff, now=NOW - 91 * DAY)
    Notice.objects.exclude(event__enquiry__status="declined").update(status="sent", sent_at=NOW)


def all_at_once(tmp_path) -> list[dict]:
    flag = tmp_path / "go"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "harley.settings",
        "DATABASE_URL": test_database_url(),
        "STAFF_EMAIL": "clinic@example.org",
    }
    command = [sys.executable, "-m", "tests.race.clock", NOW.isoformat(), str(flag)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) for _ in range(PROCESSES)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    flag.touch()
    said = [process.communicate(timeout=60) for process in processes]
    assert [err for _, err in said] == [""] * PROCESSES
    return [json.loads(out) for out, _ in said]


def test_what_is_due_is_done_once_whoever_does_it(much_to_do, tmp_path):
    said = all_at_once(tmp_path)

    assert sorted(name for one in said for name in one["claimed"]) == sorted(JOBS)
    assert [errors for one in said for _, errors in one["done"].values() if errors] == []
    total = Counter()
    for one in said:
        for counts, _ in one["done"].values():
            total.update(counts)
    assert total["requests ended"] == 8
    assert total["reminders owed"] == 4
    assert total["messages to staff or manager owed"] == 16
    assert total["messages to staff owed"] == 2  # the digest, and what comes round
    assert total["requests anonymised"] == 4
    assert total["bank holidays written"] == BankHoliday.objects.count() > 7
    for kind, count in {
        "reminder_3": 4,
        "expired": 8,
        "manager_expired": 8,
        "staff_unanswered": 8,
        "manager_unanswered": 8,
        "staff_digest": 1,
        "staff_review": 1,
    }.items():
        assert (kind, Notice.objects.filter(kind=kind).count()) == (kind, count)
    assert Enquiry.objects.filter(erased_at__isnull=False).count() == 4
