"""`make restore-drill`: proves the backup described in docs/operations.md, on SQLite and on PostgreSQL.

A database is filled through the site's own code and backed up while requests keep coming in. The backup is restored into a
fresh database, compared row by row, and the site is started on it. Any difference ends the drill with exit code 1.
"""

import json
import os
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.postgres import running_postgres
from tests.servers import ROOT, running_site

ROUNDS = 5  # backups taken while requests come in
BETWEEN = 50  # requests accepted before each
PAGE = "/therapies/dynamic-interpersonal-therapy/"


class Difference(Exception):
    """What was restored is not what was backed up."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="harley-drill-") as name:
        folder = Path(name)
        os.environ |= {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VAR_DIR": name,
            "STATIC_ROOT": str(folder / "static"),
            "DJANGO_SETTINGS_MODULE": "harley.settings",
        }
        run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        try:
            drill("SQLite", sqlite_url(folder / "live.sqlite3"), sqlite_url(folder / "restored.sqlite3"), SqliteBackup(folder))
            with running_postgres(folder / "server") as (live, programs):
                restored = live.removesuffix("/postgres") + "/restored"
                drill("PostgreSQL", live, restored, PostgresBackup(folder, programs, live, restored))
        except Difference as difference:
            print(f"\nFAILED: {difference}", file=sys.stderr)
            return 1
    print("\nBoth restored whole.")
    return 0


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


class SqliteBackup:
    """SQLite's own backup: a copy of the file alone would miss what still lies in its log."""

    def __init__(self, folder: Path):
        self.live, self.copy, self.restored = folder / "live.sqlite3", folder / "backup.sqlite3", folder / "restored.sqlite3"

    def back_up(self) -> None:
        with closing(sqlite3.connect(self.live)) as live, closing(sqlite3.connect(self.copy)) as copy:
            live.backup(copy)

    def restore(self) -> None:
        self.restored.unlink(missing_ok=True)
        self.copy.rename(self.restored)
        with closing(sqlite3.connect(self.restored)) as database:
            [[verdict]] = database.execute("PRAGMA integrity_check").fetchall()
        if verdict != "ok":
            raise Difference(f"integrity_check says {verdict}")


class PostgresBackup:
    """pg_dump takes one moment of the whole database, however long it runs."""

    def __init__(self, folder: Path, programs: Path, live: str, restored: str):
        self.file, self.programs, self.live, self.restored = folder / "backup.dump", programs, live, restored

    def _run(self, program: str, *arguments: str) -> None:
        quiet = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
        subprocess.run([self.programs / program, *arguments], check=True, env=quiet)

    def back_up(self) -> None:
        self._run("pg_dump", "--format=custom", f"--file={self.file}", self.live)

    def restore(self) -> None:
        self._run("psql", "--quiet", self.live, "--command=DROP DATABASE IF EXISTS restored", "--command=CREATE DATABASE restored")
        self._run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={self.restored}", str(self.file))


def drill(database: str, live: str, restored: str, backup: SqliteBackup | PostgresBackup) -> None:
    print(f"\n=== {database} ===", flush=True)
    for command in ("migrate --verbosity 0", "load_content", "load_rota"):
        run("manage.py", *command.split(), url=live)
    under_load(live, restored, backup)
    timed("backed up again, at rest,", backup.back_up)
    timed("  restored", backup.restore)
    compare_at_rest(read(live), read(restored))
    check(restored)
    start_on(restored)


def under_load(live: str, restored: str, backup: SqliteBackup | PostgresBackup) -> None:
    """Backs up, restores and compares, again and again, while another process makes requests as fast as it can."""
    copies = []
    said = Path(os.environ["VAR_DIR"]) / "accepted"
    command = [sys.executable, "-m", "tests.drill_inside", "write"]
    with said.open("w") as output, subprocess.Popen(command, cwd=ROOT, env=environment(live), stdout=output) as writer:
        try:
            for _ in range(ROUNDS):
                accepted = wait_for(said, len(copies[-1]) + BETWEEN if copies else BETWEEN)
                timed("backed up under load", backup.back_up)
                if writer.poll() is not None:
                    raise Difference(f"the writer ended by itself, with exit code {writer.returncode}")
                backup.restore()
                copies.append(compare_under_load(accepted, read(restored)))
                check(restored)
        finally:
            writer.kill()
    at_the_end = read(live)["requests"]
    if changed := [key for copy in copies for key, row in copy.items() if at_the_end.get(key) != row]:
        raise Difference(f"{len(changed)} requests read differently")
    print(f"{len(at_the_end)} requests at the end; every one in a backup reads as it does there")


def wait_for(said: Path, count: int) -> list[str]:
    """The references printed so far, once there are as many as that."""
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        references = said.read_text().split("\n")[:-1]
        if len(references) >= count:
            return references
        time.sleep(0.05)
    raise Difference("the writer accepted too few requests in a minute")


def compare_under_load(accepted: list[str], restored: dict) -> dict[str, dict]:
    """Everything accepted before the backup is there, and nothing is half there. Gives the requests restored."""
    if missing := set(accepted) - set(restored["requests"]):
        raise Difference(f"{len(missing)} requests accepted before the backup are not in it")
    if restored["torn"]:
        raise Difference(f"{len(restored['torn'])} requests lack their event or their email")
    print(f"  {len(accepted)} accepted before it began, {len(restored['requests'])} restored, none torn")
    return restored["requests"]


def compare_at_rest(live: dict, restored: dict) -> None:
    if live != restored:
        raise Difference(f"live {live['counts']}, restored {restored['counts']}")
    rows = restored["counts"]
    named = ", ".join(f"{rows[f'bookings.{name}']} {name}" for name in ("Enquiry", "Event", "Hold", "HoldCell", "Notice"))
    print(f"  every table equal: {sum(rows.values())} rows in {len(rows)} tables, among them {named}")


def check(url: str) -> None:
    run("manage.py", "migrate", "--check", url=url)
    print(f"  {run('manage.py', 'check_holds', url=url).strip()}")


def start_on(url: str) -> None:
    """The site serves from what was restored, and takes a request."""
    with running_site(DATABASE_URL=url) as address:
        for path, expected in (("/healthz", "ok"), (PAGE, "Dynamic Interpersonal Therapy"), ("/book/where/", "City of London")):
            with urllib.request.urlopen(address + path) as answer:
                if answer.status != 200 or expected not in answer.read().decode():
                    raise Difference(f"{path} does not answer as it should")
    [reference] = run("-m", "tests.drill_inside", "write", "1", url=url).split()
    print(f"the site runs on it: /healthz, {PAGE} and /book/where/ answer 200, and it took the request {reference}")


def read(url: str) -> dict:
    return json.loads(run("-m", "tests.drill_inside", "read", url=url))


def run(*arguments: str, url: str = "") -> str:
    result = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment(url), capture_output=True, text=True, check=False)
    if result.returncode:
        raise Difference(f"{' '.join(arguments)} ended with exit code {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url}


def timed(what: str, action: Callable[[], None]) -> None:
    began = time.monotonic()
    action()
    print(f"{what} in {(time.monotonic() - began) * 1000:.0f} ms", flush=True)


if __name__ == "__main__":
    sys.exit(main())
