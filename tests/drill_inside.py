"""What the restore drill does inside the site, each in a process of its own, on the database that DATABASE_URL names.

`write` makes requests one after another until it is stopped (`write N`: N of them) and prints each reference once it is accepted;
`read` prints what the database holds.
"""

import json
import os
import sys
import uuid
from datetime import timedelta
from itertools import count as count_up

import django
from django.apps import apps
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harley.settings")
django.setup()

from bookings.actions import BookingData, request_consultation  # noqa: E402 (the apps had to be ready)
from bookings.models import Enquiry, Event, Notice  # noqa: E402
from bookings.queries.slots import SlotFinder  # noqa: E402
from services.models import Location  # noqa: E402


def write(count: int | None) -> None:
    """Each with a time while there are free ones, then without."""
    now = timezone.now()
    today = timezone.localdate(now)
    offers = SlotFinder(Location.objects.all(), today, today + timedelta(weeks=8), now).free()
    for n in count_up() if count is None else range(count):
        offer = offers[n] if n < len(offers) else None
        asked = BookingData(
            name=f"Drill {n}", contact_by="email", email=f"drill-{uuid.uuid4()}@clinic.test", message="As it was.", offer=offer
        )
        enquiry = request_consultation(asked, submission=uuid.uuid4(), fingerprint="drill", now=now)
        print(enquiry.reference, flush=True)


def read() -> None:
    """The rows of every table, every request in full but for its key, and the requests that lack what is written with them."""
    counts = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    requests = {row["reference"]: row for row in Enquiry.objects.values("reference", "status", "name", "email", "message", "starts_at")}
    whole = set(Event.objects.values_list("enquiry__reference", flat=True)) & set(
        Notice.objects.filter(kind=Notice.Kind.RECEIVED).values_list("event__enquiry__reference", flat=True)
    )
    print(json.dumps({"counts": counts, "requests": requests, "torn": sorted(set(requests) - whole)}, default=str))


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    else:
        read()
