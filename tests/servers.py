"""The site as it really runs: gunicorn's own workers, over the database of the test at hand or another."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN = 30  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_database_url() -> str:
    """The DATABASE_URL by which another process reaches the database this test uses. The test must commit: transaction=True."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    return f"postgresql://{facts['USER']}@{quote(facts['HOST'], safe='')}/{facts['NAME']}"


test_database_url.__test__ = False


def install(**variables: str) -> None:
    """What a first install does, with these environment variables over the caller's: tables, static files, the clinic's content."""
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--no-input", "--verbosity", "0"], ["load_content"], ["load_rota"]):
        manage(*command, **variables)


def manage(*command: str, **variables: str) -> None:
    """manage.py with these environment variables over the caller's; says nothing unless it fails, and then raises CalledProcessError."""
    run("manage.py", *command, **variables)


def run(*command: str, loud: bool = False, **variables: str) -> None:
    """Python with these arguments, in the same way; `loud` lets it speak."""
    output = None if loud else subprocess.DEVNULL
    subprocess.run([sys.executable, *command], check=True, cwd=ROOT, env=os.environ | variables, stdout=output)


@contextmanager
def running_site(*, port: int | None = None, **variables: str) -> Iterator[str]:
    """Starts gunicorn on this port or a free one, with these environment variables over the caller's; gives the site's address."""
    port = port or free_port()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "harley.settings", "LOG_LEVEL": "warning", **variables}
    environment["BIND"] = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "-c", "python:harley.server.gunicorn_conf"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, process_group=0) as gunicorn:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/healthz", gunicorn, name=urlsplit(environment.get("SITE_URL", address)).netloc)
            yield address
        finally:
            stop(gunicorn)


def start_worker(log: Path, *command: str, **variables: str) -> subprocess.Popen:
    """Starts the process that sends the emails, or another command; what it prints goes into the log. The caller ends it with `stop`."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "harley.settings", **variables}
    line = [sys.executable, "manage.py", *(command or ("send_notices", "--loop"))]
    with log.open("ab") as output:
        return subprocess.Popen(line, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, process_group=0)


def wait_for(address: str, process: subprocess.Popen, *, name: str = "127.0.0.1", within: float = START_WITHIN) -> None:
    """Returns once the address, asked by that name of the site, answers 200; raises if the process ends or the time is up."""
    request = urllib.request.Request(address, headers={"Host": name})
    give_up_at = time.monotonic() + within
    while time.monotonic() < give_up_at:
        with suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
            if answer.status == 200:
                return
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with exit code {process.returncode}.")
        time.sleep(0.1)
    raise RuntimeError(f"{address} did not answer within {within:.0f} seconds.")


def stop(process: subprocess.Popen, within: float = 15) -> None:
    """Asks it to finish, and ends whatever is left of its group."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(within)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
