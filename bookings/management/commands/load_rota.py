"""Loads the first rota after load_content, by the same rule: what staff changed is never overwritten."""

import tomllib

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from bookings.models import ConsultationHours
from services.content.loader import ContentLoader
from services.models import Location


class Command(BaseCommand):
    help = "Loads the consultation hours of rota.toml in CONTENT_DIR. Rows that staff changed or deleted stay as they are."

    @transaction.atomic
    def handle(self, **options: object) -> None:
        rota = settings.CONTENT_DIR / "rota.toml"
        if not rota.exists():
            return
        loader = ContentLoader()
        loader.start(rota.name)
        for entry in tomllib.loads(rota.read_text(encoding="utf-8"))["rota"]:
            location = Location.objects.filter(slug=entry["location"]).first()
            if location is None:
                continue
            for weekday in entry["weekdays"]:
                loader.row(
                    ConsultationHours,
                    f"{location.slug}/{weekday}/{entry['from']:%H:%M}",
                    {"location": location, "weekday": weekday, "opens": entry["from"]},
                    {"closes": entry["to"], "at_once": entry["at_once"]},
                )
        for report in loader.reports:
            self.stdout.write(str(report))
