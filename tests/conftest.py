"""Fixtures every test may ask for."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from services import facts, kept
from tests.installed import Installed

SHOWN = ('UPDATE "services_', 'UPDATE "bookings_consultationhours')  # the tables of what pages show


@pytest.fixture(scope="session", autouse=True)
def _collected_static_files():
    """Hashed and compressed as in a deployment; `make test` has done it once for all its runs."""
    if not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def installed(django_db_setup, django_db_blocker) -> Installed:
    """What a first install loads, loaded once for all tests of this process."""
    with django_db_blocker.unblock():
        return Installed()


@pytest.fixture
def content(db, installed) -> None:
    """The clinic's content as after a first install."""
    installed.insert(installed.content)


@pytest.fixture
def rota(content, installed) -> None:
    """The clinic's content, and the hours of every place in which consultations are offered."""
    installed.insert(installed.rota)


@pytest.fixture(autouse=True)
def _nothing_is_kept_over_an_update():
    """Tests arrange rows with `update()`, which begins no new edition: it sends no signal. test_kept.py saves as staff do."""

    def drop():
        kept.drop()
        facts.drop()

    drop()

    def dropping(execute, sql, params, many, context):
        if sql.startswith(SHOWN) and "edition" not in sql:
            drop()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(dropping):
        yield
    drop()
