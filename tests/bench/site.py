"""The site that is measured: gunicorn as it really runs, over a database of its own."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import free_port, install, running_site

DIT = "/therapies/dynamic-interpersonal-therapy/"
BARE, AHEAD, SAVE, QUERIES, INSERT = (
    f"/bench/{name}/" for name in ("bare", "ahead", "save", "queries", "insert")
)  # of tests.bench.settings
QUERIES_MADE = "X-Queries-Made"
WORKERS = 2


@contextmanager
def measured_site(folder: Path, **variables: str) -> Iterator[str]:
    """Installs the site into the folder, on SQLite unless DATABASE_URL is among the variables, and starts it; gives its address."""
    port = free_port()
    variables = {
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "harley.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "STATIC_ROOT": str(folder / "static"),
        "VAR_DIR": str(folder),
        "WEB_WORKERS": str(WORKERS),
        # A worker is renewed after some 2,000 requests. Here that would be every few seconds, which no clinic's site ever sees.
        "GUNICORN_CMD_ARGS": "--max-requests 0",
        **variables,
    }
    install(**variables)
    with running_site(port=port, **variables) as site:
        yield site


@dataclass(frozen=True)
class Answer:
    """One answer as it came over the wire, the body still compressed."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes with the status line and the headers."""
        lines = [f"HTTP/1.1 {self.status} OK", *(f"{name}: {value}" for name, value in self.headers.items()), "", ""]
        return len("\r\n".join(lines)) + len(self.body)


class Asking:
    """One connection to the site, kept open."""

    def __init__(self, site: str):
        self.connection = HTTPConnection(urlsplit(site).netloc, timeout=30)

    def __call__(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """An underscore in a header's name stands for a hyphen."""
        self.connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())


def machine() -> str:
    """What figures depend on: how many cores there are, and how busy they are."""
    return f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
