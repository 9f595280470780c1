"""Looks at where things lie on a page, at every width a desk has: what overlaps, is cut, sticks out, or breaks in the middle of a word."""

from playwright.sync_api import Page

WIDTHS = (390, 768, 1024, 1280, 1440, 1920)
HEIGHT = 900
# Everything that is open and shut is looked at open, but for menus, which then lie over what is below them: those one by one.
OPEN = "() => { for (const one of document.querySelectorAll('details:not(.filter)')) one.open = true; }"
FAULTS = r"""
() => {
    const WIDE = 1280, found = new Set(), styles = new Map(), frames = new Map();
    const style = (one) => { if (!styles.has(one)) styles.set(one, getComputedStyle(one)); return styles.get(one); };
    const say = (text) => `“${text.trim().replace(/\s+/g, ' ').slice(0, 60)}”`;
    scrollTo(0, 0);
    if (document.documentElement.scrollWidth > innerWidth)
        found.add(`scrolls sideways by ${document.documentElement.scrollWidth - innerWidth} px`);
    // On a wide screen a table has room for all of its columns.
    if (innerWidth >= WIDE) for (const one of document.querySelectorAll('#content *, .breadcrumbs')) {
        const isTooWide = one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(style(one).overflowX);
        if (isTooWide && !one.matches('textarea, select, pre')) found.add(`${one.className || one.id} scrolls inside`);
    }

    // What of an element can be seen at once: what scrolls inside a box of its own is clipped to it, what a box hides is cut.
    const boxes = (one) => {
        if (!frames.has(one)) {
            const own = [];
            if (one !== document.body && one !== document.documentElement) {
                const { overflowX, overflowY } = style(one);
                if (overflowX !== 'visible' || overflowY !== 'visible') own.push([one, overflowX, overflowY]);
            }
            frames.set(one, one.parentElement ? [...own, ...boxes(one.parentElement)] : own);
        }
        return frames.get(one);
    };
    // Words for those who hear the page, in a box of a pixel or beside the window.
    const ears = new Map();
    const isForEars = (one) => {
        if (!one || one === document.body) return false;
        if (!ears.has(one)) {
            const { clipPath, position, textIndent } = style(one), hidden = position === 'absolute' && one.offsetWidth <= 1;
            const nothing = one.matches('.skip-to-content-link, script, style, noscript, option') || parseFloat(textIndent) < -999;
            ears.set(one, nothing || hidden || clipPath === 'inset(50%)' || isForEars(one.parentElement));
        }
        return ears.get(one);
    };
    const layers = new Map();
    const layer = (one) => {
        if (!one || one === document.body) return document.body;
        const isAbove = /fixed|sticky/.test(style(one).position) || one.matches('.filter > ul');
        if (!layers.has(one)) layers.set(one, isAbove ? one : layer(one.parentElement));
        return layers.get(one);
    };
    const seen = (one, rect, words) => {
        let { left, right, top, bottom } = rect;
        for (const [box, x, y] of boxes(one)) {
            const edge = box.getBoundingClientRect();
            const outX = left < edge.left - 1 || right > edge.right + 1, outY = top < edge.top - 1 || bottom > edge.bottom + 1;
            if ((outX && /hidden|clip/.test(x)) || (outY && /hidden|clip/.test(y))) found.add(`cut: ${say(words)}`);
            left = Math.max(left, edge.left), right = Math.min(right, edge.right);
            top = Math.max(top, edge.top), bottom = Math.min(bottom, edge.bottom);
            if (left >= right || top >= bottom) return null;
        }
        if (left < -1 || right > innerWidth + 1) found.add(`outside the window: ${say(words)}`);
        return { left, right, top, bottom };
    };

    const things = [];  // lines of text, and controls
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    const unspaced = /[\p{Script=Han}\p{Script=Thai}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const one = node.parentElement;
        if (!node.data.trim() || one.closest('svg, textarea')) continue;
        if (!one.checkVisibility({ visibilityProperty: true }) || isForEars(one)) continue;
        range.selectNodeContents(node);
        const lines = [...range.getClientRects()].filter((line) => line.width > 1);
        for (const line of lines) {
            const rect = seen(one, line, node.data);
            if (rect) things.push({ node, one, words: node.data, layer: layer(one), ...rect });
        }
        if (lines.length < 2) continue;
        for (const word of node.data.matchAll(/https?:\S+|[^\s\/?&=\u2010-\u2014-]{2,}/gu)) {
            if (unspaced.test(word[0])) continue;
            range.setStart(node, word.index), range.setEnd(node, word.index + word[0].length);
            const rows = new Set([...range.getClientRects()].filter((line) => line.width > 1).map((line) => Math.round(line.top))).size;
            if (rows > 1 && (word[0].length <= 16 || word[0].length / rows < 8)) found.add(`${say(word[0])} is broken into ${rows} lines`);
        }
    }
    for (const one of document.querySelectorAll('a.button, button, input:not([type=hidden]), select, textarea, summary')) {
        if (!one.checkVisibility({ visibilityProperty: true }) || isForEars(one) || style(one).opacity === '0') continue;
        const words = one.innerText || one.value || one.name || one.id;
        const rect = seen(one, one.getBoundingClientRect(), words);
        if (rect) things.push({ node: one, one, words, layer: layer(one), isControl: true, ...rect });
        if (one.matches('a.button, button') && one.scrollWidth > one.clientWidth + 1 && style(one).display !== 'inline')
            found.add(`cut: ${say(words)}`);
    }
    things.sort((a, b) => a.top - b.top);
    for (const [i, a] of things.entries()) for (let j = i + 1; j < things.length && things[j].top < a.bottom - 1; j += 1) {
        const b = things[j];
        if (a.node === b.node || a.layer !== b.layer) continue;
        if ((a.isControl && a.one.contains(b.one)) || (b.isControl && b.one.contains(a.one))) continue;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        const least = a.isControl || b.isControl ? 3 : 0.4 * Math.min(a.bottom - a.top, b.bottom - b.top);
        if (wide > 2 && high > least) found.add(`${say(a.words)} and ${say(b.words)} lie over one another`);
    }
    return [...found];
}
"""
MENUS = r"""
() => [...document.querySelectorAll('details.filter')].flatMap((one) => {
    one.open = true;
    const { left, right } = one.querySelector('ul').getBoundingClientRect(), isWide = document.documentElement.scrollWidth > innerWidth;
    one.open = false;
    return left < 0 || right > innerWidth || isWide ? [`outside the window: the menu ${one.querySelector('summary').innerText}`] : [];
})
"""


def faults(page: Page) -> list[str]:
    """Return what is wrong with the layout of the page that is open, at each width, without loading it anew."""
    page.evaluate(OPEN)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"at {width}: {each}" for each in page.evaluate(FAULTS) + page.evaluate(MENUS)]
    return found
