"""Loads the first rota after load_content, by the same rule: what staff changed is never overwritten."""

import tomllib
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from bookings.models import ConsultationHours
from services.content.loader import ContentLoader
from services.models import Location

ROTA = Path(__file__).parents[2] / "content" / "rota.toml"


class Command(BaseCommand):
    help = "Loads the consultation hours of bookings/content/rota.toml. Rows that staff changed or deleted stay as they are."

    @transaction.atomic
    def handle(self, **options: object) -> None:
        loader = ContentLoader()
        loader.start(ROTA.name)
        for entry in tomllib.loads(ROTA.read_text(encoding="utf-8"))["rota"]:
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
