"""Looks at pages as axe does, at three widths, by day and by night, and sees that nothing sticks out or is too small to press."""

from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH

from tests.browser.targets import too_small

WIDTHS = {320: 640, 1440: 900, 390: 844}  # and heights; no style sheet tells the first from the last (test_axe.py)
AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
# Without its preload, which would put a style of its own into the page and be refused by our policy.
RUN = "(options) => axe.run({ preload: false, resultTypes: ['violations'], ...options })"
EVERYTHING = {"rules": {"target-size": {"enabled": True}}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# The rules that judge where things lie. Every other judges what is shown: one verdict holds at each width that shows the same.
LAYOUT = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
PLACED = {"runOnly": {"type": "rule", "values": LAYOUT}}
SIZES = {"runOnly": {"type": "rule", "values": ["scrollable-region-focusable", "target-size"]}}
# axe cannot judge words on a gradient: here they stand on the end of it that is not the page's. What lies under a bar can be scrolled.
FLAT = """
() => {
    const css = new CSSStyleSheet();
    css.replaceSync(`* { transition: none !important } .submit, .callbar { position: static !important }
        .hero, .banner { background: var(--stone) !important }`);
    document.adoptedStyleSheets = [css];
}
"""
SHOWN = "() => [[...document.querySelectorAll('*')].map((each) => Number(each.checkVisibility({ visibilityProperty: true }))).join('')]"
# What contrast is judged by, for each element with words of its own, but for what lies over what: that is so by day and by night.
COLOURS = """
() => [...new Set([...document.querySelectorAll('body *')].filter((each) => {
    const words = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    return (words || each.matches('input, textarea, select')) && each.checkVisibility({ visibilityProperty: true });
}).map((each) => {
    const { color, fontSize, fontWeight } = getComputedStyle(each), behind = [];
    for (let one = each; one; one = one.parentElement) {
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(one);
        behind.push(backgroundColor, backgroundImage, opacity);
    }
    const isLarge = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);
    return [color, isLarge, ...behind.filter((fact) => !['rgba(0, 0, 0, 0)', 'none', '1'].includes(fact))].join(' ');
}))]
"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


class Auditor:
    """Looks at the page that is open, at each width."""

    def __init__(self, page, watch):
        self.page, self.watch, self.found = page, watch, []
        self.by_night: set[str] = set()  # the colours that have been judged

    def look(self, path: str = "", status: int = 200) -> None:
        if path:
            self.watch.expected.add(status)
            assert self.page.goto(path).status == status
        where = urlsplit(self.page.url).path
        self.page.wait_for_load_state()
        self.page.evaluate(AXE)
        self.page.evaluate(FLAT)
        shown, colours = set(), set()  # what has been judged
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            new_shown = self.new(SHOWN, shown)
            is_known = not self.new(COLOURS, colours) and width == 390
            found = self.axe(EVERYTHING if new_shown else SIZES if is_known else PLACED)
            if self.page.evaluate(TOO_WIDE):
                found.append("can be scrolled sideways")
            if not where.startswith("/admin/"):
                found += [f"too small: {each}" for each in too_small(self.page)]
            self.found += [f"{where} at {width}: {each}" for each in found]
        self.page.emulate_media(color_scheme="dark")
        for width, height in WIDTHS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            if self.new(COLOURS, self.by_night):
                self.found += [f"{where} at {width} by night: {each}" for each in self.axe(CONTRAST)]
        self.page.emulate_media(color_scheme="light")

    def new(self, question: str, known: set[str]) -> set[str]:
        """Ask the page; return what is new in its answer, and add it to what is known."""
        new = set(self.page.evaluate(question)) - known
        known |= new
        return new

    def axe(self, options: dict) -> list[str]:
        violations = self.page.evaluate(RUN, options)["violations"]
        return [f"{one['id']}: {[' '.join(map(str, node['target'])) for node in one['nodes']]}" for one in violations]
