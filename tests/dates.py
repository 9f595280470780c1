"""`make test-dates`: run the tests as if today were another day, on SQLite; the browser's at four instants."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from services.clinic.uk_time import LONDON
from tests.chromium import find_or_get

# UK wall time. The clock moves on from there: a run begun at 23:55 goes on into the next day.
INSTANTS = [
    "2026-12-24T07:01",  # Thursday, Christmas Eve
    "2026-12-25T12:00",  # Friday
    "2026-12-26T00:05",  # Saturday, Boxing Day; its holiday is given on Monday
    "2026-12-31T23:55",  # Thursday
    "2027-01-01T00:05",  # Friday
    "2027-01-31T21:59",  # Sunday: a month hence has no such day
    "2027-02-28T23:55",  # Sunday
    "2027-03-26T21:59",  # Good Friday; within the next days the clocks change
    "2027-03-27T12:00",  # Saturday
    "2027-03-28T00:05",  # Sunday, an hour before the clocks go forward
    "2027-03-29T07:01",  # Easter Monday
    "2027-06-07T23:55",  # Monday, and so on through a week without anything special
    "2027-06-08T07:01",
    "2027-06-09T12:00",
    "2027-06-10T21:59",
    "2027-06-11T23:55",
    "2027-06-12T07:01",
    "2027-06-13T12:00",
    "2027-10-30T21:59",  # Saturday
    "2027-10-31T00:05",  # Sunday, two hours before the clocks go back
    "2027-10-31T12:00",
    "2027-12-24T23:55",  # Friday
    "2027-12-25T07:01",  # Saturday
    "2027-12-31T12:00",  # Friday
    "2028-01-01T21:59",  # Saturday
    "2028-02-29T00:05",  # Tuesday
    "2028-02-29T12:00",
]
IN_THE_BROWSER = ["2026-12-31T23:55", "2027-03-27T12:00", "2027-10-31T00:05", "2028-02-29T12:00"]
FAKETIME = str(Path(__file__).parent / "faketime")
PARALLEL = ["-n", "2", "--dist", "worksteal"]


def main() -> int:
    """Run the tests at every instant, whatever fails; return 1 if anything did."""
    options = parsed()
    if not shutil.which("faketime"):
        sys.exit("make test-dates needs faketime. On Debian and Ubuntu: apt install faketime")
    failures = {}
    environment = os.environ | {"CHROMIUM": find_or_get(), "PYTHONPATH": FAKETIME}
    environment.pop("DATABASE_URL", None)
    environment["DONT_FAKE_MONOTONIC"] = "1"  # timeouts go on by the real clock
    environment["NO_FAKE_STAT"] = "1"  # else every file looks new, and the static ones are collected at each instant
    for instant in [options.only] if options.only else INSTANTS:
        tests = options.tests or ([] if instant in IN_THE_BROWSER else ["--ignore=tests/browser"])
        failures[instant] = failed_at(instant, [*PARALLEL, *tests], environment, loud=bool(options.only))
    for instant, names in failures.items():
        for name in names:
            print(f"{instant} {name}")
    return 1 if any(failures.values()) else 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.dates", description=__doc__)
    parser.add_argument("--only", metavar="INSTANT", help="UK time, such as 2028-02-29T00:05; shows all that pytest says")
    parser.add_argument("tests", nargs="*", help="files or folders instead of all tests")
    return parser.parse_args()


def failed_at(instant: str, arguments: list[str], environment: dict[str, str], *, loud: bool) -> list[str]:
    """Run pytest with a clock that begins at the instant; print one line and return the names of what failed."""
    began, moment, names = time.monotonic(), datetime.fromisoformat(instant).replace(tzinfo=LONDON), []
    command = ["faketime", moment.isoformat(), sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pytest:
        for line in pytest.stdout:
            if loud:
                print(line, end="", flush=True)
            if line.startswith(("FAILED ", "ERROR ")):
                names.append(line.partition(" ")[2].partition(" - ")[0].strip())
    if pytest.returncode and not names:
        names = [f"pytest ended with exit code {pytest.returncode}"]  # it could not even collect the tests
    said = f"FAILED: {', '.join(names)}" if names else "passed"
    print(f"{moment:%a} {instant} {said} in {time.monotonic() - began:.0f} s", flush=True)
    return names


if __name__ == "__main__":
    sys.exit(main())
