"""Reads a page by the HTML standard, as a browser does, and names what a browser would silently mend."""

from collections import Counter

from tinyhtml5.parser import HTMLParser

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
INLINE = {"p", "span", "label", "button", "small", "strong", "em", "output", "time", "legend", "summary", *HEADINGS}  # holds words only
BLOCKS = {"address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "footer", "form", "header", "hr", "main"}
BLOCKS |= {"nav", "ol", "p", "pre", "section", "table", "ul", *HEADINGS}
INTERACTIVE = {"a", "button", "details", "input", "label", "select", "textarea"}
CHILDREN = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}}


def faults(html: bytes) -> list[str]:
    """Every error of the parser, with the line it stands in, and what stands where the standard does not allow it."""
    text = html.decode()
    parser = HTMLParser(namespace_html_elements=False)
    root = parser.parse(text)
    lines = text.splitlines()
    found = [f"line {line}: {code} {data or ''} in {lines[line - 1].strip()[:160]!r}" for (line, _), code, data in parser.errors]
    found += [
        f"id {name} stands {count} times"
        for name, count in Counter(each.get("id") for each in root.iter() if each.get("id")).items()
        if count > 1
    ]
    return found + _misplaced(root, ())


def _misplaced(element, above: tuple[str, ...]) -> list[str]:
    found = []
    for child in element:
        if not isinstance(child.tag, str):  # a comment
            continue
        inside = [
            outer
            for outer in (*above, element.tag)
            if (outer in INLINE and child.tag in BLOCKS and not (outer in {"legend", "summary"} and child.tag in HEADINGS))
            or (outer in {"a", "button"} and child.tag in INTERACTIVE)
        ]
        if element.tag in CHILDREN and child.tag not in CHILDREN[element.tag]:
            inside.append(element.tag)
        found += [f"<{child.tag}> may not stand in <{outer}>" for outer in inside]
        found += _misplaced(child, (*above, element.tag))
    return found
