"""What a first view moves over the wire: a real Chromium on a phone's screen, with nothing of the site in its cache."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from tests import chromium
from tests.bench.figures import table, verdict
from tests.bench.site import DIT, measured_site

KB = 1024  # bytes
IN_ALL, WITHOUT_FONTS = 50 * KB, 16 * KB
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}
PAGES = [DIT, "/", "/book/where/"]


@dataclass(frozen=True)
class Response:
    """One answer the page needed; its size in bytes on the wire, headers included."""

    path: str
    kind: str
    encoding: str
    size: int


def main() -> bool:
    """Prints what each page moves; True if the DIT page stays within its limits."""
    with (
        tempfile.TemporaryDirectory(prefix="harley-bench-") as folder,
        measured_site(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = chromium.launch(playwright)
        views = {path: first_view(browser, site, path) for path in PAGES}
        browser.close()
    print(f"\n=== Bytes of a first view, {PHONE['viewport']['width']} px wide, headers included; 1 KB is {KB} bytes ===\n")
    print(table(("DIT page", "kind", "encoding", "bytes"), [(one.path, one.kind, one.encoding, f"{one.size:,}") for one in views[DIT]]))
    sums = {path: (total(view), total(view, fonts=False)) for path, view in views.items()}
    print(
        f"\n{table(('', 'in all', 'without fonts'), [(path, f'{all_of_it:,}', f'{rest:,}') for path, (all_of_it, rest) in sums.items()])}\n"
    )
    within = [size <= limit for size, limit in zip(sums[DIT], (IN_ALL, WITHOUT_FONTS), strict=True)]
    for name, size, limit, fine in zip(("in all", "without fonts"), sums[DIT], (IN_ALL, WITHOUT_FONTS), within, strict=True):
        print(f"The DIT page {name}: {size / KB:.1f} KB. Wanted: at most {limit // KB} KB. {verdict(fine)}.")
    return all(within)


def total(view: list[Response], *, fonts: bool = True) -> int:
    return sum(one.size for one in view if fonts or one.kind != "Font")


def first_view(browser: Browser, site: str, path: str) -> list[Response]:
    context = browser.new_context(base_url=site, locale="en-GB", **PHONE)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    answered, sizes = {}, {}
    wire.on("Network.responseReceived", lambda event: answered.update({event["requestId"]: event}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}))
    wire.send("Network.enable")
    page.goto(path, wait_until="networkidle")
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(500)  # milliseconds in which a script might still fetch something
    context.close()
    return [response(event, sizes[key]) for key, event in answered.items() if not event["response"]["url"].startswith("data:")]


def response(event: dict, size: int) -> Response:
    answer = event["response"]
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    return Response(urlsplit(answer["url"]).path, event["type"], headers.get("content-encoding", "none"), size)
