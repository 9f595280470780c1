"""Compares states, holds and cells. They are written together; this proves it of a database that was restored or edited by hand."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from bookings.availability import cells
from bookings.models import Enquiry, Hold
from bookings.states import HOLDING, Status


class Command(BaseCommand):
    help = "Finds held times without exactly their cells, requests that hold too much, and confirmed requests without a time."

    def handle(self, **options):
        wrong = [
            problem for hold in Hold.objects.select_related("enquiry").prefetch_related("cells").iterator(1000) for problem in faults(hold)
        ]
        over = Enquiry.objects.exclude(status__in=HOLDING).filter(holds__isnull=False).distinct()
        wrong += [f"{enquiry.reference} is over and still holds a time." for enquiry in over]
        bare = Enquiry.objects.filter(status=Status.CONFIRMED, holds__isnull=True)
        wrong += [f"{enquiry.reference} is confirmed and holds no time." for enquiry in bare]
        greedy = Enquiry.objects.filter(status=Status.NEW).annotate(count=Count("holds")).filter(count__gt=1)
        wrong += [f"{enquiry.reference} is new and holds {enquiry.count} times." for enquiry in greedy]
        for line in wrong:
            self.stdout.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} things do not fit together.")
        self.stdout.write(f"{Hold.objects.count()} holds, all whole.")


def faults(hold: Hold) -> list[str]:
    """What is wrong with the cells of a hold, in words."""
    found = {(cell.cell, cell.location_id, cell.seat, cell.person_id) for cell in hold.cells.all()}
    wanted = {(cell, hold.location_id, hold.seat, hold.person_id) for cell in cells(hold.starts_at, hold.ends_at)}
    return [f"Hold {hold.pk} of {hold.enquiry.reference} does not have exactly its {len(wanted)} cells."] if found != wanted else []
