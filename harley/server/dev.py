"""`make dev`: serves a clone on loopback while one works on it, as `make run` does, but with DEBUG on.

A change of a Python file restarts the web server and the worker; templates, styles and scripts show at once. Errors are shown in full.
A database without requests gets a month of invented ones.
"""

import os
import sys
import threading

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import autoreload

from harley.server import serve
from harley.variables import read_variable


def main() -> int:
    """Run Django's own web server and the worker, both reloading, until Ctrl-C; return the exit code."""
    os.environ["DEBUG"] = "1"
    address = f"{serve.HOST}:{read_variable('PORT')}"
    return serve.main(
        {
            "the web server": ["manage.py", "runserver", "--nostatic", address],  # WhiteNoise serves static files, as in a deployment
            "the worker": ["-m", "harley.server.dev", "worker"],
        },
        make_sample_month,
    )


def make_sample_month() -> None:
    """Make the month of invented requests, once: not where there are requests, nor where email is really sent."""
    from bookings.models import Enquiry  # noqa: PLC0415 (Django is set up by now)

    if not Enquiry.objects.exists() and not settings.EMAIL_HOST:
        call_command("make_sample_month")


def work() -> None:
    """Run the worker. The reloader calls it in a thread, where no signal can be handled, and ends the process by itself."""
    django.setup()
    from bookings.jobs.worker import Worker  # noqa: PLC0415 (the reloader waits for a change where an import fails)

    Worker(threading.Event(), timetable=True).run(for_ever=True)


if __name__ == "__main__":
    if "worker" in sys.argv:
        autoreload.run_with_reloader(work)
    else:
        sys.exit(main())
