"""Compares states, holds and cells. They are written together; this proves it of a database that was restored or edited by hand."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from bookings.availability import cells
from bookings.models import Enquiry, Hold
from bookings.states import HOLDING, Status


class Command(BaseCommand):
    help = "Finds held times without all their cells, times held by a request that is over, and confirmed requests without a time."

    def handle(self, **options):
        wrong = [
            f"Hold {hold.pk} of {hold.enquiry.reference} has {hold.count} cells instead of {len(cells(hold.starts_at, hold.ends_at))}."
            for hold in Hold.objects.select_related("enquiry").annotate(count=Count("cells")).iterator(2000)
            if hold.count != len(cells(hold.starts_at, hold.ends_at))
        ]
        over = Enquiry.objects.exclude(status__in=HOLDING).filter(holds__isnull=False).distinct()
        wrong += [f"{enquiry.reference} is over and still holds a time." for enquiry in over]
        bare = Enquiry.objects.filter(status=Status.CONFIRMED, holds__isnull=True)
        wrong += [f"{enquiry.reference} is confirmed and holds no time." for enquiry in bare]
        for line in wrong:
            self.stdout.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} things do not fit together.")
        self.stdout.write(f"{Hold.objects.count()} holds, all whole.")
