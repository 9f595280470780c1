"""How large what one presses is, in CSS pixels: as large as `docs/decisions.md` promises, not the 24 px that axe is content with."""

from playwright.sync_api import Page

# A link in running text is as tall as its line (WCAG 2.5.8 lets it). A card, a place and a time are pressed anywhere in their box.
TOO_SMALL = """
() => {
    const found = [], kinds = [['.days a', 37, 44], ['.btn:not(.btn--small)', 44, 52], ['.slot', 44, 52], ['*', 44, 44]];
    const pressed = 'a[href], button, summary, input:not([type=hidden]), textarea, select';
    for (const each of document.querySelectorAll(pressed)) {
        const words = [...each.parentElement.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && /\\w/.test(node.data));
        if (!each.checkVisibility({ visibilityProperty: true }) || each.closest('.skip-link, #div_id_website')) continue;
        if (each.matches('a:not(.btn)') && words) continue;
        const box = each.closest('.card, .choice, .slot') ?? each;
        const { width, height } = box.getBoundingClientRect();
        const [, wide, high] = kinds.find(([kind]) => box.matches(kind));
        if (width < wide - 0.05 || height < high - 0.05)
            found.push(`${width.toFixed(1)} x ${height.toFixed(1)}: ${(each.textContent.trim() || each.outerHTML).slice(0, 80)}`);
    }
    return found;
}
"""


def too_small(page: Page) -> list[str]:
    """What is smaller than a thumb wants it, with its size."""
    return page.evaluate(TOO_SMALL)
