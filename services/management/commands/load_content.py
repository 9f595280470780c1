"""Loads the words and facts of CONTENT_DIR. Safe to run again: what staff changed or deleted stays so."""

from django.core.management.base import BaseCommand
from django.db import transaction

from services.content import loader


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options):
        with transaction.atomic():
            reports = loader.load_content()
        for report in reports:
            self.stdout.write(str(report))
