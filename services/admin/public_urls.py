"""The link from a row's form to where everyone sees it."""

from django.db.models import Model

from services.admin.uk_time import UKTimeFields
from services.models import Edition
from services.pages.public_urls import on_site


class OnSite(UKTimeFields):
    """For a ModelAdmin or an inline: its link is there only while it leads somewhere."""

    def get_view_on_site_url(self, row: Model | None = None) -> str | None:
        """Browsers keep a page for up to a minute: the mark, new with each save, makes it another address to them. Pages ignore it."""
        if row is None:
            return None
        path, hash_sign, anchor = on_site(row).partition("#")
        return f"{path}?seen={Edition.current()[:8]}{hash_sign}{anchor}" if path else None
