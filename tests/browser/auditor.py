"""Looks at pages as axe does, at three widths, by day and by night, and sees that nothing sticks out or is too small to press."""

from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH

from tests.browser.targets import too_small

WIDTHS = {320: 640, 390: 844, 1440: 900}  # and heights
AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
# Without its preload, which would put a style of its own into the page and be refused by our policy.
RUN = "(options) => axe.run({ preload: false, resultTypes: ['violations'], ...options })"
EVERYTHING = {"rules": {"target-size": {"enabled": True}}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# axe cannot judge words on a gradient: here they stand on the end of it that is not the page's. What lies under a bar can be scrolled.
FLAT = """
() => {
    const css = new CSSStyleSheet();
    css.replaceSync('.hero, .banner { background: var(--stone) !important } .submit, .callbar { position: static !important }');
    document.adoptedStyleSheets = [css];
}
"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


class Auditor:
    """Looks at the page that is open, at each width."""

    def __init__(self, page, watch):
        self.page, self.watch, self.found = page, watch, []

    def look(self, path: str = "", status: int = 200) -> None:
        if path:
            self.watch.expected.add(status)
            assert self.page.goto(path).status == status
        where = urlsplit(self.page.url).path
        self.page.wait_for_load_state()
        self.page.evaluate(AXE)
        self.page.evaluate(FLAT)
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            found = self.axe(EVERYTHING)
            if self.page.evaluate(TOO_WIDE):
                found.append("can be scrolled sideways")
            if not where.startswith("/admin/"):
                found += [f"too small: {each}" for each in too_small(self.page)]
                self.page.emulate_media(color_scheme="dark")
                found += [f"by night: {each}" for each in self.axe(CONTRAST)]
                self.page.emulate_media(color_scheme="light")
            self.found += [f"{where} at {width}: {each}" for each in found]

    def axe(self, options: dict) -> list[str]:
        violations = self.page.evaluate(RUN, options)["violations"]
        return [f"{one['id']}: {[' '.join(map(str, node['target'])) for node in one['nodes']]}" for one in violations]
