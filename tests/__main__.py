"""`make test`, `make check` and `make test-deep`: the tests in parts, each with its database, and how long each part took.

Arguments that this program does not know go to pytest, for every part.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chromium import find_or_get
from tests.postgres import running_postgres

NO_TESTS = 5  # pytest's exit code where it has found none: a fault, unless the caller has chosen among the tests
SLOWEST = 15
PLAIN = "not browser and not race and not mail"


@dataclass(frozen=True)
class Part:
    """Tests chosen by their marks, in one run of pytest on one database."""

    name: str
    marks: str
    database: str = "SQLite"


@dataclass(frozen=True)
class Result:
    """What became of a part: exit code, seconds, (seconds, name) of each test, and whether that will do."""

    part: Part
    code: int
    seconds: float
    tests: list[tuple[float, str]]
    is_good: bool


CHECK = [Part("pages and rules", PLAIN)]
EVERYTHING = [
    *CHECK,
    Part("what reads or writes rows", f"database and not same_everywhere and {PLAIN}", "PostgreSQL"),
    Part("races and mail", "(race or mail) and not row_locks"),
    Part("races and mail", "race or mail", "PostgreSQL"),
    Part("browser", "browser"),
    Part("a booking in the browser", "browser and booking", "PostgreSQL"),
]
DEEP = [Part("all", "", "SQLite"), Part("all", "", "PostgreSQL")]
SETS = {"check": CHECK, "all": EVERYTHING, "deep": DEEP}


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is cleared away
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=SETS, default="all", help="which parts (default: all)")
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], help="only the parts on this database")
    parser.add_argument("--only", metavar="MARKS", help="only the tests with these marks: browser, 'not browser' ...")
    options, arguments = parser.parse_known_args()
    parts = [part for part in SETS[options.set] if options.database in {None, part.database}]
    opens_pages = options.set != "check" and options.only != "not browser"
    common = {"CHROMIUM": find_or_get() if opens_pages else "", "DEEP": "1" if options.set == "deep" else ""}
    with tempfile.TemporaryDirectory(prefix="harley-test-") as folder, urls(Path(folder), parts) as url:
        results = [run(part, options.only, url[part.database], Path(folder), common, arguments) for part in parts]
    report(results)
    return 0 if all(result.is_good for result in results) and any(result.code == 0 for result in results) else 1


@contextmanager
def urls(folder: Path, parts: list[Part]) -> Iterator[dict[str, str]]:
    """Give {database: its DATABASE_URL}; a PostgreSQL of our own runs meanwhile if a part needs one."""
    found = {"SQLite": f"sqlite:///{folder / 'db.sqlite3'}"}
    if all(part.database == "SQLite" for part in parts):
        yield found
        return
    with running_postgres(folder / "server", durable=False) as (url, _):
        yield found | {"PostgreSQL": url}


def run(part: Part, only: str | None, url: str, folder: Path, common: dict[str, str], arguments: list[str]) -> Result:
    """Run a part in as many processes as there are processors; one that has nothing left takes tests from another."""
    print(f"\n=== {part.name}, on {part.database} ===\n", flush=True)
    var = Path(tempfile.mkdtemp(dir=folder))
    marks = " and ".join(f"({each})" for each in (part.marks, only) if each)
    command = [sys.executable, "-m", "pytest", "-n", str(os.cpu_count()), "--dist", "worksteal"]
    command += ["-m", marks, f"--junit-xml={var / 'report.xml'}", *arguments]
    environment = {**os.environ, **common, "DATABASE_URL": url, "VAR_DIR": str(var)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process of every part compiles every test anew
    began = time.monotonic()
    code = subprocess.run(command, env=environment, check=False).returncode
    is_good = code == 0 or (code == NO_TESTS and bool(only or arguments))
    return Result(part, code, time.monotonic() - began, list(tests_of(var / "report.xml", part)), is_good)


def tests_of(report_file: Path, part: Part) -> Iterator[tuple[float, str]]:
    """Read the report that pytest has written: seconds, and file and name of each test."""
    if not report_file.is_file():
        return
    for case in ET.parse(report_file).iter("testcase"):  # noqa: S314 (written by pytest a moment ago)
        yield float(case.get("time", 0)), f"{case.get('classname')}::{case.get('name')} ({part.database})"


def report(results: list[Result]) -> None:
    print(f"\nThe {SLOWEST} slowest tests, in seconds:")
    for seconds, name in sorted((test for result in results for test in result.tests), reverse=True)[:SLOWEST]:
        print(f"  {seconds:6.1f}  {name[:150]}")
    print("\nHow long each part took, in seconds:")
    for result in results:
        state = "passed" if result.is_good else "FAILED"
        print(f"  {result.seconds:6.0f}  {result.part.name}, on {result.part.database}: {len(result.tests)} tests, {state}")
    print(f"  {sum(result.seconds for result in results):6.0f}  in all", flush=True)


if __name__ == "__main__":
    sys.exit(main())
