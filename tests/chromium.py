"""A real Chromium: the one CHROMIUM names, or on PATH, or fetched."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")  # Debian's; the first, which has no windows, costs a test half of the other's time
DRIVER_NEEDS = "libatomic1"
ARGUMENTS = [
    "--no-sandbox",  # root cannot have one, and the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give it too little
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def find() -> str | None:
    """The path of a Chromium that CHROMIUM names or that is on PATH, or None."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next((path for path in map(shutil.which, NAMES) if path), None)


def find_or_get() -> str:
    """As `find`, fetching one if need be. Ends the program with a sentence if there is none to be had."""
    if os.environ.get("CHROMIUM") and not find():
        sys.exit(f"CHROMIUM names {os.environ['CHROMIUM']!r}, which is no program here.")
    if not _driver_runs():
        apt_install(DRIVER_NEEDS)
    if not _driver_runs():
        sys.exit(f"Playwright, which drives the browser, does not run. On Debian and Ubuntu it needs: apt install {DRIVER_NEEDS}")
    path = find() or _fetched_by_playwright() or _by_apt() or _by_playwright()
    if not path:
        sys.exit("The browser tests need Chromium. Install it (Debian: apt install chromium) or name one: CHROMIUM=/path/to/chromium")
    return path


def launch(playwright: Playwright) -> Browser:
    """Starts what `make test` found; without it, what is on PATH, else Playwright's own. With libfaketime in it, it would not start."""
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    return playwright.chromium.launch(executable_path=find(), args=ARGUMENTS, env=environment)


def is_at_another_time() -> bool:
    """Whether faketime gives this process its clock."""
    return "libfaketime" in os.environ.get("LD_PRELOAD", "")


def set_clock(context: BrowserContext) -> None:
    """Under faketime, sets the clock of the context's pages to the time of this process; from there it goes on by itself."""
    if is_at_another_time():
        context.clock.install(time=datetime.now(UTC))


def _driver_runs() -> bool:
    """Its own Node.js needs a library that the smallest systems lack."""
    return subprocess.run([sys.executable, "-m", "playwright", "--version"], check=False, capture_output=True).returncode == 0


def apt_install(package: str) -> None:
    """Tries to, as root on a system that has apt; elsewhere does nothing."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing {package} with apt (once) ...", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False, **quiet)


def _by_apt() -> str | None:
    for package in PACKAGES:
        apt_install(package)
        if path := find():
            return path
    return None


def _by_playwright() -> str | None:
    print("Fetching Chromium with Playwright (once) ...", flush=True)
    with_libraries = ["--with-deps"] if os.geteuid() == 0 else []
    subprocess.run([sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"], check=False)
    return _fetched_by_playwright()


def _fetched_by_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None
