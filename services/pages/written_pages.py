"""Pages for when nothing can be asked: drawn from the clinic's rows whenever staff have saved what pages show, and kept as files.

The site shows its own when it fails or its database is away; nginx shows others while the site does not answer or is asked too often.
"""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from services.clinic.clinic import Clinic
from services.database_faults import AWAY
from services.whole_files import write_whole

logger = logging.getLogger(__name__)
FOR_ALL = 0o644  # nginx runs under another account


class WrittenPage:
    """A page that needs no database to be shown: in memory, in a file for the next process, or without any fact of the clinic."""

    def __init__(self, template: str, path: Path, mode: int = 0o600):
        self.template, self.path, self.mode = template, path, mode
        self._edition: str | None = None
        self._content: bytes | None = None

    def is_due(self, edition: str) -> bool:
        """Whether staff have saved something since this process drew the page."""
        return edition != self._edition

    def keep(self, clinic: Clinic) -> None:
        """Draw the page if it is due or its file is gone. What cannot be written is logged, once an edition."""
        is_due = self.is_due(clinic.edition)
        if not is_due and self.path.exists():
            return
        content = render_to_string(self.template, {"clinic": clinic}).encode()
        self._edition, self._content = clinic.edition, content
        try:
            if not self.path.exists() or self.path.read_bytes() != content:
                write_whole(self.path, content, self.mode)
        except OSError as error:
            if is_due:
                logger.error("%s cannot be written: %s.", self.path, type(error).__name__)

    def read(self) -> bytes:
        """Return the page as it was last drawn, by this process or another; without facts if it never was."""
        if self._content is None:
            try:
                self._content = self.path.read_bytes()
            except OSError:
                return render_to_string(self.template).encode()
        return self._content


server_error = WrittenPage("errors/500.html", settings.ERROR_PAGES / "500.html")
database_away = WrittenPage("errors/503.html", settings.ERROR_PAGES / "503.html")


def keep_error_pages(get_response):
    """The middleware that has the site's own error pages drawn anew once a request has met a new edition."""

    def middleware(request):
        response = get_response(request)
        asked = getattr(request, "clinic", None)
        if asked and "edition" in vars(asked) and asked.edition and server_error.is_due(asked.edition):
            try:
                for page in (server_error, database_away):
                    page.keep(asked)
            except AWAY:
                logger.warning("The database went away while the error pages were drawn.")
        return response

    return middleware


def for_nginx(folder: Path) -> list[WrittenPage]:
    """Return the pages that nginx shows by itself, as files of that folder."""
    return [WrittenPage(f"errors/{name}.html", folder / f"{name}.html", FOR_ALL) for name in ("unavailable", "too_many")]
