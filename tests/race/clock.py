"""One of several processes that do every job of the timetable at once: `python -m tests.race.clock NOW FLAG`. Prints what it did."""

import json
import sys
import time
from datetime import datetime
from pathlib import Path

import django

django.setup()

from bookings.jobs import jobs  # noqa: E402 (Django first)


def main(now: datetime, flag: Path) -> None:
    print("ready", flush=True)
    while not flag.exists():
        time.sleep(0.001)
    claimed = [name for name in jobs.JOBS if jobs.claim_job(name, now)]
    done = {name: jobs.run(name, now) for name in jobs.JOBS}
    print(json.dumps({"claimed": claimed, "done": {name: [outcome.counts, outcome.errors] for name, outcome in done.items()}}))


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]), Path(sys.argv[2]))
