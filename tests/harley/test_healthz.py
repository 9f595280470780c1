"""The health check, and the little program that asks it inside a container."""

import subprocess
import sys
from unittest.mock import patch

import pytest
from django.db.utils import OperationalError

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


def test_takes_no_post(client):
    assert client.post("/healthz").status_code == 405


def ask(address: str, **variables: str) -> int:
    command = [sys.executable, "-m", "harley.healthcheck"]
    environment = {"BIND": address.removeprefix("http://"), **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True).returncode


def test_the_container_asks_by_the_sites_own_name(tmp_path):
    deployed = {"SITE_URL": "https://www.clinic.test", "ALLOWED_HOSTS": "www.clinic.test", "BEHIND_HTTPS": "1", "TRUSTED_PROXIES": "1"}
    with running_site(DATABASE_URL=f"sqlite:///{tmp_path / 'db.sqlite3'}", **deployed) as address:
        assert ask(address, **deployed) == 0
        assert ask(address) == 1  # by another name the site does not answer


def test_the_container_notices_when_nobody_answers():
    assert ask(f"http://127.0.0.1:{free_port()}") == 1
