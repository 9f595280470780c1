"""`make audit` against a database of our own: what it says of faults, of none, and of a database that does not answer."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.audit import pins
from tests.servers import ROOT, free_port


@contextmanager
def database(answer):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            body = json.dumps(answer(queries)).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def audit(address: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.audit"], cwd=ROOT, env={"OSV": address}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_each_pin_is_read():
    assert pins("django==5.2.19 \\\n    --hash=sha256:0\n# via x==1\ntzdata==2026.1 ; sys_platform == 'win32'\n") == [
        ("django", "5.2.19"),
        ("tzdata", "2026.1"),
    ]


def test_a_known_fault_fails():
    def answer(queries):
        return {
            "results": [{"vulns": [{"id": "GHSA-1"}, {"id": "CVE-2"}]} if query["package"]["name"] == "django" else {} for query in queries]
        }

    with database(answer) as address:
        code, said = audit(address)
    assert code == 1
    assert "django " in said
    assert "GHSA-1, CVE-2" in said
    assert said.endswith("packages, 1 with a known fault.\n")


def test_every_package_is_asked_about_and_none_known_is_well():
    asked = []

    def answer(queries):
        asked.extend(query["package"]["name"] for query in queries)
        return {"results": [{}] * len(queries)}

    with database(answer) as address:
        assert audit(address) == (0, f"{len(asked)} packages, 0 with a known fault.\n")
    assert {"django", "gunicorn", "pytest"} <= set(asked)


@pytest.mark.parametrize("results", [[], [{}]])
def test_an_answer_that_is_not_whole_is_no_answer(results):
    with database(lambda queries: {"results": results}) as address:
        assert audit(address)[0] == 2


def test_a_database_that_is_away_says_nothing_of_the_packages():
    code, said = audit(f"http://127.0.0.1:{free_port()}")
    assert code == 2
    assert "could not be asked (URLError): nothing is known" in said
