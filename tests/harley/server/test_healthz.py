"""The health check, and the little program that asks it inside a container."""

import subprocess
import sys
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone

from bookings.domain.schedule import MAIL, TIMETABLE
from bookings.jobs.jobs import HEALTH_CHECK
from bookings.models import Job, Notice
from tests.servers import ROOT, free_port, running_site


@pytest.mark.django_db
def test_says_ok_while_the_database_answers(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer.headers["Cache-Control"]


def test_says_503_when_the_database_is_away(client):
    with patch("harley.views.connection.cursor", side_effect=OperationalError("password authentication failed for harley")):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"database away\n")


@pytest.mark.parametrize("address", ["/healthz", "/healthz/deep"])
def test_takes_no_post(client, address):
    assert client.post(address).status_code == 405


@pytest.fixture
def all_is_well(db):
    """The worker was here just now and has done every job."""
    now = timezone.now()
    for name in [MAIL, *TIMETABLE]:
        Job.objects.create(name=name, started_at=now, finished_at=now)


def deep(client) -> tuple[int, str]:
    answer = client.get("/healthz/deep")
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.status_code, answer.content.decode()


def test_deep_down_all_is_well(client, all_is_well):
    assert deep(client) == (200, "ok\n")


@pytest.mark.django_db
def test_deep_down_a_site_whose_worker_never_ran_is_not_well(client):
    assert deep(client) == (503, f"mail worker away\nlate: {', '.join(TIMETABLE)}\n")


def test_deep_down_a_worker_unseen_for_minutes_is_away(client, all_is_well):
    for minutes, answer in [(4, (200, "ok\n")), (6, (503, "mail worker away\n"))]:
        Job.objects.filter(name=MAIL).update(started_at=timezone.now() - timedelta(minutes=minutes))
        assert deep(client) == answer


def test_deep_down_a_job_that_does_not_come_to_its_end_is_late(client, all_is_well):
    Job.objects.filter(name="chase_staff").update(finished_at=timezone.now() - timedelta(minutes=40), error="1 failed (OperationalError)")
    assert deep(client) == (503, "late: chase_staff\n")


def test_deep_down_emails_that_fail_or_wait_are_told(client, all_is_well):
    """But not of one about a day once that of a later day is owed: nobody can send it any more."""
    for day, (status, attempts) in enumerate([("failed", 12), ("sent", 3), ("pending", 1), ("pending", 2), ("failed", 12)], start=1):
        now = timezone.now()
        Notice.objects.create(day=date(2026, 6, day), kind="staff_digest", created_at=now, sent_at=now, status=status, attempts=attempts)
    assert deep(client) == (503, "emails failed: 1\nemails held up: 1\n")


@pytest.mark.parametrize("verb", ["SELECT", "INSERT", "UPDATE"])
def test_deep_down_it_says_503_when_the_database_is_away_full_or_read_only(client, all_is_well, verb):
    assert deep(client) == (200, "ok\n")  # the row it writes is there from now on

    def fail(execute, sql, params, many, context):
        if sql.startswith(verb):
            raise OperationalError("password authentication failed for harley")
        return execute(sql, params, many, context)

    if verb == "INSERT":
        Job.objects.filter(name=HEALTH_CHECK).delete()
    with connection.execute_wrapper(fail):
        assert deep(client) == (503, "database read-only, full or away\n")


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.7", "2001:db8::1", "unix:"])
def test_deep_down_is_nobodys_business_elsewhere_but_with_the_token(client, all_is_well, content, settings, address):
    for token, given in [("", ""), ("", "Bearer "), ("a-token-of-the-watch", ""), ("a-token-of-the-watch", "Bearer another")]:
        settings.HEALTH_TOKEN = token
        answer = client.get("/healthz/deep", REMOTE_ADDR=address, headers={"Authorization": given} if given else {})
        assert answer.status_code == 404
        assert b"worker" not in answer.content
    settings.HEALTH_TOKEN = "a-token-of-the-watch"
    answer = client.get("/healthz/deep", REMOTE_ADDR=address, headers={"Authorization": "Bearer a-token-of-the-watch"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def ask(address: str, **variables: str) -> int:
    command = [sys.executable, "-m", "harley.server.healthcheck"]
    environment = {"BIND": address.removeprefix("http://"), **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True).returncode


def test_the_container_asks_by_the_sites_own_name(tmp_path):
    deployed = {"SITE_URL": "https://www.clinic.test", "ALLOWED_HOSTS": "www.clinic.test", "BEHIND_HTTPS": "1", "TRUSTED_PROXIES": "1"}
    with running_site(DATABASE_URL=f"sqlite:///{tmp_path / 'db.sqlite3'}", **deployed) as address:
        assert ask(address, **deployed) == 0
        assert ask(address) == 1  # by another name the site does not answer


@pytest.mark.parametrize(
    "given",
    [
        {"BIND": "0.0.0.0:{port}"},
        {"BIND": "[::]:{port}"},
        {"BIND": "", "PORT": "{port}"},
        {"BIND": "127.0.0.1:{port}"},
    ],
)
def test_the_container_asks_where_gunicorn_listens(given, tmp_path):
    with running_site(DATABASE_URL=f"sqlite:///{tmp_path / 'db.sqlite3'}") as address:
        port = address.rpartition(":")[2]
        assert ask("http://", **{name: value.format(port=port) for name, value in given.items()}) == 0


def test_the_container_notices_when_nobody_answers():
    assert ask(f"http://127.0.0.1:{free_port()}") == 1
