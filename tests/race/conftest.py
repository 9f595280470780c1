"""One site for all races: several processes of several threads, behind what counts as one proxy of our own."""

from itertools import pairwise

import pytest

from tests.race.visitor import Visitor
from tests.servers import running_site, test_database_url

PLACE = "harley-street"
CROWD = 50


@pytest.fixture(scope="package")
def site(django_db_setup):
    with running_site(DATABASE_URL=test_database_url(), TRUSTED_PROXIES="1", WEB_WORKERS="4") as address:
        yield address


@pytest.fixture
def crowd(site, rota):
    return [Visitor(site, number) for number in range(1, CROWD + 1)]


@pytest.fixture
def slot(site, rota):
    """A free time well inside what is shown now and will be a minute later, and not the last of its day."""
    slots = Visitor(site, 0).free_times(PLACE)
    return next(slot for slot, following in pairwise(slots[len(slots) // 2 :]) if slot[:-4] == following[:-4])
