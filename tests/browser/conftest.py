"""One site and one Chromium for all browser tests; each test gets its own phone, which notices everything that goes wrong."""

import os

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.browser.auditor import Auditor
from tests.browser.watch import Watch
from tests.servers import running_site, test_database_url

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STAFF, PASSWORD = "reception", "harbour-lantern-walnut"
SLOWEST = 15_000  # milliseconds a step may take on a busy machine


@pytest.fixture(scope="package")
def browser():
    """Playwright runs an event loop in this thread, at whose sight Django would refuse every query of ours."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def site(django_db_setup):
    with running_site(DATABASE_URL=test_database_url(), STATIC_ROOT=str(settings.STATIC_ROOT)) as address:
        yield address


@pytest.fixture(scope="session")
def hashed() -> str:
    """PASSWORD as the running site stores it: the tests' own way is too quick to be its."""
    return make_password(PASSWORD, hasher=PBKDF2PasswordHasher())


@pytest.fixture
def staff(transactional_db, hashed):
    """Somebody at reception."""
    return get_user_model().objects.create(username=STAFF, password=hashed, is_staff=True, is_superuser=True)


def sign_in(page: Page, name: str = STAFF) -> None:
    """Open the board with a session of this account; what typing a password does is tested in test_signin.py."""
    visitor = Client()
    visitor.force_login(get_user_model().objects.get(username=name), settings.AUTHENTICATION_BACKENDS[-1])
    cookie = visitor.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": page.request.get("/healthz").url}])
    page.goto("/admin/")


@pytest.fixture
def open_page(browser: Browser, site: str, rota):
    """Opens a page in a browser of its own. At the end nothing may have gone wrong that the test did not expect."""
    opened = []

    def open_one(**options) -> tuple[Page, Watch]:
        context = browser.new_context(base_url=site, locale="en-GB", **(PHONE | options))
        context.set_default_timeout(SLOWEST)
        chromium.set_clock(context)
        watch = Watch(context, site)
        opened.append((context, watch))
        return context.new_page(), watch

    yield open_one
    for context, watch in opened:
        context.close()
        assert watch.problems() == []


@pytest.fixture
def audit(open_page):
    page, watch = open_page(has_touch=False, is_mobile=False, reduced_motion="reduce")
    return Auditor(page, watch)
