"""What was last on a request when a page was drawn, so that nobody takes a step on what they have not seen.

New on a request is what people do, what the site does to the request, and what keeps a message from arriving:

- every event: another state or time, an assignment, a practitioner, details put right, a call ticked off, a message sent again, an answer,
  change or cancellation of the person, times on offer that lapsed, details or text deleted;
- every note, and every call that was written down;
- an email to the person that could not be sent.

Not new is what follows by itself from what the page has shown: that the worker tried or sent an email, that a reminder or a message to
staff fell due, that a call is no longer owed since the state changed. Whoever answers a request in the minute in which it came in would
otherwise be asked twice, for nothing they could act on. Neither is what stands elsewhere: another request of the same person, the rota, a
closure. Whether a time is still free the action asks under its own lock.

Whose hand it was makes no difference: a second tab of one's own is a page that has not seen what was done in the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Enquiry, Event, Note, Notice

FORM = re.compile(r"[0-9]{1,18}(-[0-9]{1,18}){0,2}")
FORM_OF_ROW = re.compile(rf"(?P<pk>[0-9]{{1,18}})\.(?P<version>{FORM.pattern})")


@dataclass(frozen=True)
class Version:
    """The keys of the newest event and note of a request, and how many emails to its person have failed; 0 for none."""

    event: int = 0
    note: int = 0
    failed: int = 0

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """Return the version that a page carried, as `str` wrote it; None for what no page of ours writes.

        A key of an event alone is what pages carried before notes and failed emails counted.
        """
        return cls(*map(int, text.split("-"))) if FORM.fullmatch(text) else None

    @classmethod
    def of(cls, row: Model) -> Version:
        """Return the version that `with_version` read along with the row."""
        return cls(*(getattr(row, name) or 0 for name in NAMES))

    def __str__(self) -> str:
        return f"{self.event}-{self.note}-{self.failed}"

    def has_more_than(self, seen: Version) -> bool:
        """Say whether anything new has come since `seen`."""
        return self.event > seen.event or self.note > seen.note or self.failed > seen.failed


def pairs_of(values: list[str]) -> list[tuple[int, Version]]:
    """Return the keys of enquiries, each with its version, as a page of many carried them: “7.12-3-0”. Anything else is left out."""
    found = (FORM_OF_ROW.fullmatch(value) for value in values)
    return [(int(row["pk"]), Version(*map(int, row["version"].split("-")))) for row in found if row]


NAMES = ("newest_event", "newest_note", "failed_emails")


def with_version(rows: QuerySet[Any], enquiry: str = "pk") -> QuerySet[Any]:
    """Return the rows, each with the version of its enquiry: in one statement, so that a row is never older than its version says.

    `enquiry` is the path from a row to its enquiry's key.
    """
    newest = {"newest_event": Event, "newest_note": Note}
    columns: dict[str, Any] = {
        name: Subquery(model._default_manager.filter(enquiry=OuterRef(enquiry)).order_by("-pk").values("pk")[:1])
        for name, model in newest.items()
    }
    failed = Notice.objects.to_client().filter(event__enquiry=OuterRef(enquiry), status=Notice.Status.FAILED)
    counted = failed.order_by().values("event__enquiry").annotate(number=Count("pk")).values("number")
    return rows.annotate(**columns, failed_emails=Coalesce(Subquery(counted), 0, output_field=IntegerField()))


def version_of(enquiry: Enquiry) -> Version:
    """Return what is last on the enquiry now: one query. Whoever is to be sure that it stays so holds its lock."""
    return Version.of(with_version(Enquiry.objects.all()).get(pk=enquiry.pk))
