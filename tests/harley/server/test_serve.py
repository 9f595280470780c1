"""`make run` without make: a start in an empty folder, a second one, and the end of both."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import urllib.request

import psutil
import pytest
from django.conf import settings

from tests.servers import ROOT, free_port, wait_for

PASSWORD = re.compile(r"Password +(\S{23}) ")


def environment(var, port: int, **variables: str) -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**keep, "VAR_DIR": str(var), "PORT": str(port), **variables}


def start(var, port: int, **variables: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "harley.server.serve"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=ROOT, env=environment(var, port, **variables), process_group=0, **pipes)


def run_until_it_answers(var, end_with: signal.Signals) -> str:
    """Starts the site, reads its front page, ends it; gives what it printed. Nothing it started may outlive it."""
    port = free_port()
    process = start(var, port)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            assert page.status == 200
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 4  # gunicorn, its two workers, the worker beside them
        process.send_signal(end_with)
        printed, _ = process.communicate(timeout=30)
        assert [child for child in family if child.is_running()] == []
    finally:
        for child in psutil.Process().children(recursive=True):
            child.kill()
        process.wait()
    assert process.returncode == 0
    assert "Traceback" not in printed
    assert f"http://127.0.0.1:{port}/" in printed
    return printed


def test_the_first_start_makes_an_account_and_the_second_keeps_everything(tmp_path):
    var = tmp_path / "var"
    first = run_until_it_answers(var, signal.SIGINT)
    assert len(PASSWORD.findall(first)) == 1
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
    key = (var / "secret_key").read_text()

    with sqlite3.connect(var / "db.sqlite3") as database:
        database.execute("UPDATE services_location SET name = 'Changed by staff' WHERE id = (SELECT min(id) FROM services_location)")
        accounts = database.execute("SELECT username, password FROM auth_user").fetchall()
    database.close()
    assert [name for name, _ in accounts] == ["staff"]
    assert PASSWORD.findall(first)[0] not in accounts[0][1]

    second = run_until_it_answers(var, signal.SIGTERM)
    assert "Password" not in second
    assert "Compressing" in first
    assert "Compressing" not in second
    assert (var / "secret_key").read_text() == key
    with sqlite3.connect(var / "db.sqlite3") as database:
        assert database.execute("SELECT username, password FROM auth_user").fetchall() == accounts
        assert database.execute("SELECT count(*) FROM services_location WHERE name = 'Changed by staff'").fetchone() == (1,)
    database.close()


def complaint(tmp_path, port: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "harley.server.serve"],
        cwd=ROOT,
        env={**environment(tmp_path, 0), "PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stdout == ""
    return result.stderr.strip()


def test_says_so_when_the_port_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert complaint(tmp_path, str(port)).startswith(f"Port {port} is in use by another program. Try another: make run PORT=")


@pytest.mark.parametrize(
    ("port", "sentence"),
    [
        ("0", "PORT must be between 1 and 65535, not 0."),
        ("70000", "PORT must be between 1 and 65535, not 70000."),
        ("http", "PORT must be a whole number, not 'http'."),
    ],
)
def test_refuses_a_port_that_is_none(tmp_path, port, sentence):
    assert complaint(tmp_path, port) == sentence


def test_stops_the_site_when_the_worker_dies(tmp_path):
    port = free_port()
    process = start(tmp_path, port, STATIC_ROOT=str(settings.STATIC_ROOT))  # collected already
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        family = psutil.Process(process.pid).children(recursive=True)
        [worker] = [child for child in family if "work" in child.cmdline()]
        worker.kill()
        printed, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert "Stopping: the worker has ended by itself (exit code -9)." in printed
        assert [child for child in family if child.is_running()] == []
    finally:
        for child in psutil.Process().children(recursive=True):
            child.kill()
        process.wait()
