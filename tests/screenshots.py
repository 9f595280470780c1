"""`make screenshots`: the README's pictures, of the site as it runs with a month of requests in it, and those of docs/for-staff.md,
which a test of the browser takes on its way."""

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.browser.person import EMAIL, Person
from tests.servers import ROOT, install, manage, running_site, start_worker, stop

IMAGES = ROOT / "docs" / "images"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LARGEST = 300_000  # bytes; the README loads them all
STAFF, PASSWORD = "staff", "harbour-lantern-walnut"
DIT = "/therapies/dynamic-interpersonal-therapy/"


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="harley-pictures-") as folder, prepared(Path(folder)) as site, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        dit(browser, site)
        booking(browser, site)
        admin(browser, site)
        browser.close()
    day = [sys.executable, "-m", "pytest", "tests/browser/test_for_staff.py"]
    subprocess.run(day, check=True, cwd=ROOT, env={**os.environ, "CHROMIUM": chromium.find_or_get(), "PICTURES": str(IMAGES)})


@contextmanager
def prepared(folder: Path):
    """A site with the clinic's content, a month of requests and somebody at reception; gives its address."""
    variables = {
        "DATABASE_URL": f"sqlite:///{quote(str(folder / 'db.sqlite3'))}",
        "DJANGO_SETTINGS_MODULE": "harley.settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "SECRET_KEY": "only-for-pictures-" + "0123456789" * 4,
        "STATIC_ROOT": str(folder / "static"),
        "VAR_DIR": str(folder),
    }
    install(**variables)
    manage("createsuperuser", "--no-input", "--username", STAFF, "--email", "", **variables)
    manage("make_sample_month", "--anyway", "--verbosity", "0", **variables)
    worker = start_worker(folder / "worker.log", "work", **variables)  # without one, staff are warned on every page
    try:
        with running_site(**variables) as site:
            yield site
    finally:
        stop(worker)


def opened(browser: Browser, site: str, viewport: dict[str, int]) -> Page:
    return browser.new_context(base_url=site, viewport=viewport, locale="en-GB", reduced_motion="reduce").new_page()


def dit(browser: Browser, site: str) -> None:
    for name, viewport in (("dit-desktop", DESKTOP), ("dit-phone", PHONE)):
        page = opened(browser, site, viewport)
        page.goto(DIT)
        take(page, name)


def booking(browser: Browser, site: str) -> None:
    """Goes all the way, so that reception has something to answer."""
    person = Person(opened(browser, site, PHONE))
    person.start().choose_place()
    person.a_later_day().get_by_role("radio").nth(1).check()
    person.page.mouse.move(0, 0)
    person.page.evaluate("() => { document.activeElement.blur(); document.querySelector('h1').scrollIntoView(); }")
    take(person.page, "booking-when-phone")
    person.choose_time()
    person.fill_in().press("Continue")
    person.heading("Check your answers")
    person.send()
    person.heading("We have your request")


def admin(browser: Browser, site: str) -> None:
    page = opened(browser, site, DESKTOP)
    page.goto(f"/admin/bookings/enquiry/?q={EMAIL}")
    page.get_by_label("Username").fill(STAFF)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.locator("#result_list tbody a").first.click()
    page.locator(".request-state").wait_for()
    take(page, "admin-request")


def take(page: Page, name: str) -> None:
    page.evaluate("() => document.fonts.ready")
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{path} has {size} bytes, more than {LARGEST}.")
    print(f"{path.relative_to(ROOT)}: {size // 1000} kB")


if __name__ == "__main__":
    main()
