"""Google's Lighthouse on every page of the sitemap, as a phone and as a desktop.

It is no part of the project: Node.js has to be there, and the package is fetched once into var/bench/, where the reports stay, too.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from tests import chromium
from tests.bench.figures import table, verdict
from tests.bench.reports import LCP_WITHIN, Report, middle, short_of, summary
from tests.bench.site import Asking, machine, measured_site
from tests.servers import ROOT

VERSION = "12.8.2"  # the last that runs on Node.js 18 and 20
NODE_AT_LEAST = 18
FOLDER = ROOT / "var" / "bench"
PROGRAM = FOLDER / "node_modules" / "lighthouse"
DEVICES = {"mobile": [], "desktop": ["--preset=desktop"]}  # mobile, on a simulated slow 4G, is what it does by itself
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
LIMIT = 180  # seconds a run may take
TRIES = 3


def main(pages: list[str] | None, devices: list[str], runs: int) -> bool:
    """Prints scores and times of each page, those of the sitemap unless some are named; True if no page is short of anything."""
    node = get()
    browser = chromium.find_or_get()
    with tempfile.TemporaryDirectory(prefix="harley-bench-") as folder, measured_site(Path(folder)) as site:
        pages = pages or indexable(site)
        todo = [(page, device, run) for page in pages for device in devices for run in range(1, runs + 1)]
        found: dict[tuple[str, str], list[Report]] = {}
        print(f"\n=== Lighthouse {VERSION}: {len(pages)} pages, {len(todo)} runs ===\n", flush=True)
        began = time.monotonic()
        for number, (page, device, run) in enumerate(todo, start=1):
            report = look(node, browser, site + page, DEVICES[device], FOLDER / f"{slug(page)}.{device}.{run}.json")
            found.setdefault((page, device), []).append(report)
            minutes = (time.monotonic() - began) / number * (len(todo) - number) / 60
            print(f"{device:7} {page} {summary(report)}; {len(todo) - number} left, {minutes:.0f} min", file=sys.stderr, flush=True)
    return told({key: middle(reports) for key, reports in found.items()}, runs)


def get() -> str:
    """The path of node, with Lighthouse installed. Ends the program with a sentence if that cannot be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout if node else "v0"
    if not npm or int(version[1:].partition(".")[0]) < NODE_AT_LEAST:
        sys.exit(
            f"Lighthouse needs Node.js {NODE_AT_LEAST} or newer and npm on PATH (Debian: apt install nodejs npm; macOS: brew install node)."
        )
    manifest = PROGRAM / "package.json"
    if not manifest.is_file() or json.loads(manifest.read_text())["version"] != VERSION:
        print(f"Installing Lighthouse {VERSION} into {FOLDER.relative_to(ROOT)} (once) ...", flush=True)
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text("{}")  # else npm looks for one in the folders above
        quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([npm, "install", "--save-exact", *quiet, f"lighthouse@{VERSION}"], check=True, cwd=FOLDER)
    return node


def indexable(site: str) -> list[str]:
    tree = ElementTree.fromstring(Asking(site)("/sitemap.xml").body)  # noqa: S314 (our own)
    return [element.text.removeprefix(site) for element in tree.iter(LOCATION)]


def slug(page: str) -> str:
    return re.sub(r"\W+", "-", page).strip("-") or "home"


def look(node: str, browser: str, address: str, device: list[str], path: Path) -> Report:
    """One run. Now and then the browser loses its recording; such a run has no figures at all and is done again, a few times at most."""
    flags = ["--headless=new", *chromium.ARGUMENTS]
    command = [node, PROGRAM / "cli" / "index.js", address, "--quiet", "--output=json", f"--output-path={path}", *device]
    command += ["--no-enable-error-reporting", f"--chrome-flags={' '.join(flags)}"]
    for _ in range(TRIES):
        path.unlink(missing_ok=True)
        result = subprocess.run(
            command, env={**os.environ, "CHROME_PATH": browser}, capture_output=True, text=True, check=False, timeout=LIMIT
        )
        report = json.loads(path.read_text()) if path.is_file() else {"runtimeError": {"message": result.stderr}}
        if "runtimeError" not in report:
            return Report.read(report)
    sys.exit(f"Lighthouse failed on {address}, {TRIES} times: {report['runtimeError']['message']}")


def told(found: dict[tuple[str, str], Report], runs: int) -> bool:
    head = ("", "device", "performance", "accessibility", "best practices", "SEO", "LCP s", "CLS", "TBT ms")
    rows = [
        (page, device, *report.scores, f"{report.lcp:.2f}", f"{report.cls:.3f}", f"{report.tbt:.0f}")
        for (page, device), report in found.items()
    ]
    print(f"\n{table(head, rows)}\n")
    print(f"Median of {runs} on {machine()}; reports in {FOLDER.relative_to(ROOT)}.")
    short = [(page, device, fault) for (page, device), report in found.items() for fault in short_of(report, device)]
    for page, device, fault in short:
        print(f"{verdict(False)}: {device} {page} {fault}")
    print(f"100 in all four everywhere, LCP within {LCP_WITHIN} s on the slow 4G, CLS 0, TBT 0: {verdict(not short)}.", flush=True)
    return not short
