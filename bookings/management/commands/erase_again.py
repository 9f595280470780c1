"""After a backup was restored: the people it brought back are erased anew."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bookings import actions
from bookings.actions import erasure_list
from bookings.models import Enquiry


class Command(BaseCommand):
    help = "Erases the details of every request that a list of erasures names and a restored backup brought back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="The list: `erased` in VAR_DIR, or a copy of it.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and change nothing.")

    def handle(self, *, file: Path, dry_run: bool, **options: object) -> None:
        """Erase, and print the references; raise CommandError for a file that cannot be read or is no such list."""
        now = timezone.now()
        try:
            days = erasure_list.listed(file)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {type(error).__name__}.") from None
        except ValueError as error:
            raise CommandError(f"{file} is no list of erasures: {error}. Nothing was changed.") from None
        back = [
            enquiry for enquiry in Enquiry.objects.filter(reference__in=days, erased_at=None).order_by("reference") if _is_it(enquiry, days)
        ]
        for enquiry in back:
            self.stdout.write(f"  {enquiry.reference}")
            if not dry_run:
                actions.erase_again(enquiry, now=now)
        end = "to erase. Nothing was changed." if dry_run else "erased."
        self.stdout.write(f"erase_again: {len(days)} in the list, {len(back)} {end}")


def _is_it(enquiry: Enquiry, days: dict) -> bool:
    """Answer whether it is the request that was erased: one made later may have been given the same reference."""
    return timezone.localdate(enquiry.created_at) <= days[enquiry.reference]
