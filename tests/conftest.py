"""Fixtures every test may ask for."""

import pytest
from django.conf import settings
from django.core.management import call_command


@pytest.fixture(scope="session", autouse=True)
def _collected_static_files():
    """Hashed and compressed as in a deployment; `make test` has done it once for all its runs."""
    if not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        call_command("collectstatic", interactive=False, verbosity=0)
