"""`make dev` without make, in a copy of the code, so that the code can be changed while it runs."""

import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.harley.server.test_serve import environment
from tests.servers import ROOT, free_port, wait_for

SHOWS_WITHIN = 60  # seconds on a busy machine; an idle one takes two


@dataclass(frozen=True)
class Site:
    root: Path
    port: int
    process: subprocess.Popen

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the text that the site answers with; (0, "") while it restarts."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def shows(self, path: str, status: int, text: str) -> str:
        """Return the page once it has this status and holds this text; fail if it never does.

        A reloader misses what is saved between its start and its first look at the files, so Python files are saved again.
        """
        give_up_at = time.monotonic() + SHOWS_WITHIN
        while time.monotonic() < give_up_at:
            for _ in range(25):
                answer = self.get(path)
                if answer[0] == status and text in answer[1]:
                    return answer[1]
                time.sleep(0.2)
            for name in ("harley/views.py", "bookings/jobs/worker.py"):
                (self.root / name).touch()
        raise AssertionError(f"{path} never answered {status} with {text!r}, but {answer}.")

    def replace(self, name: str, old: str, new: str) -> None:
        source = (self.root / name).read_text()
        assert old in source
        (self.root / name).write_text(source.replace(old, new))

    def worker(self) -> psutil.Process | None:
        """Return the process that does the work, which the reloader replaces at each change."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        with suppress(psutil.NoSuchProcess):
            return next((each for each in family if each.cmdline()[-1] == "worker" and each.ppid() != self.process.pid), None)


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    root, port = tmp_path / "clone", free_port()
    for name in ("harley", "services", "bookings", "templates", "static"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", root)
    command = [sys.executable, "-m", "harley.server.dev"]
    with (tmp_path / "printed").open("w") as output:
        process = subprocess.Popen(
            command, cwd=root, env=environment(tmp_path / "var", port), stdout=output, stderr=output, process_group=0
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process, within=90)
        yield Site(root, port, process)
    finally:
        for child in psutil.Process().children(recursive=True):
            child.kill()
        process.wait()


def test_a_change_shows_an_error_is_shown_in_full_and_ctrl_c_ends_everything(site):
    assert site.get("/")[0] == 200
    assert site.get("/static/css/site.css")[0] == 200
    assert not (site.root.parent / "var" / "static").exists()  # nothing was collected
    assert "120 invented requests" in (site.root.parent / "printed").read_text()

    site.replace("templates/base.html", "</body>", "<p>Changed</p></body>")
    site.shows("/", 200, "<p>Changed</p>")

    worker = site.worker()
    site.replace("harley/views.py", 'HttpResponse("ok\\n", ', 'HttpResponse("changed\\n", ')
    site.shows("/healthz", 200, "changed")

    site.replace("bookings/jobs/worker.py", "POLL = 2", "POLL = 1 + 'second'")
    site.replace("harley/views.py", 'HttpResponse("changed', 'HttpResponse({}["shown in full"] + "changed')
    page = site.shows("/healthz", 500, "KeyError at /healthz")
    assert "Traceback" in page
    assert "shown in full" in page

    site.replace("bookings/jobs/worker.py", "POLL = 1 + 'second'", "POLL = 1")
    site.replace("harley/views.py", '{}["shown in full"] + "changed', '"mended')
    site.shows("/healthz", 200, "mended")
    give_up_at = time.monotonic() + SHOWS_WITHIN
    while (running := site.worker()) is None or running == worker:
        assert time.monotonic() < give_up_at
        time.sleep(0.2)

    family = psutil.Process(site.process.pid).children(recursive=True)
    assert len(family) == 4  # web server and worker, each beside the process that restarts it
    assert {each.laddr.ip for process in family for each in process.net_connections("tcp") if each.status == "LISTEN"} == {"127.0.0.1"}
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(timeout=30) == 0
    assert [child for child in family if child.is_running()] == []
