"""The page that nginx shows while the web server does not answer: a file of its own, with the numbers of the clinic's rows."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from django.template.loader import render_to_string

from services.clinic.clinic import Clinic

logger = logging.getLogger(__name__)
READABLE = 0o644  # nginx runs under another account


class UnavailablePage:
    """The file, written anew whenever staff have saved what public pages show."""

    def __init__(self, path: Path):
        self.path = path
        self._edition: str | None = None

    def keep(self, now: datetime) -> None:
        """Write the file if it is missing or of an earlier edition. What cannot be written is logged, once an edition."""
        clinic = Clinic(now)
        if clinic.edition == self._edition and self.path.exists():
            return
        failed_before, self._edition = clinic.edition == self._edition, clinic.edition
        try:
            self._write(render_to_string("errors/unavailable.html", {"clinic": clinic}))
        except OSError as error:
            if not failed_before:
                logger.error("%s cannot be written: %s.", self.path, type(error).__name__)

    def _write(self, text: str) -> None:
        unfinished = self.path.with_suffix(".part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.chmod(READABLE)
        unfinished.replace(self.path)
