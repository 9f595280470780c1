"""Fixtures every test may ask for."""

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase
from whitenoise.base import WhiteNoise

from harley.server.serve import collect_static
from services.clinic import site_data
from services.pages import written_pages
from tests import depth  # noqa: F401 (sets how many values hypothesis tries)
from tests.installed import Installed, Table

SHOWN = ('UPDATE "services_', 'UPDATE "bookings_consultationhours')  # the tables of what pages show


def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect the static files, hashed and compressed as in a deployment; the process that starts the others does it for all."""
    if not hasattr(session.config, "workerinput"):
        collect_static()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that speak to the database."""
    for item in items:
        if item.get_closest_marker("django_db") or "django_db_setup" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once():
    """Let WhiteNoise read the folder once: every test client builds the middlewares anew, and that was a sixth of a run."""
    read, found = WhiteNoise.update_files_dictionary, {}

    def once(self, root, prefix):
        if (root, prefix) not in found:
            read(self, root, prefix)
            found[root, prefix] = dict(self.files)
        self.files.update(found[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", once)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Empty the tables after a test that commits, but put back what migrations made: Django would make it anew, with other keys.

    So a running site, which remembers the keys of content types, serves one test after another.
    """
    with django_db_blocker.unblock():
        made = [table for table in Table.all() if table.rows]

    def empty(_test):
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True)
        with transaction.atomic():
            for table in made:
                table.insert()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


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
def _error_pages_are_not_drawn(monkeypatch):
    """A site draws them once an edition, which each test begins anew. test_database_faults.py has them drawn."""
    monkeypatch.setattr(written_pages.server_error, "is_due", lambda edition: False)


@pytest.fixture(autouse=True)
def _nothing_is_kept_over_an_update():
    """Tests arrange rows with `update()`, which begins no new edition: it sends no signal. test_page_cache.py saves as staff do."""

    def drop():
        for cache in caches.settings:
            caches[cache].clear()
        site_data.clear_kept()

    drop()

    def dropping(execute, sql, params, many, context):
        if sql.startswith(SHOWN) and "edition" not in sql:
            drop()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(dropping):
        yield
    drop()
