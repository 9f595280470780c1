"""What the words of staff may be made of. Nothing here knows the database: it works on Markdown as typed, and on the HTML made of it.

Markdown is cleaned when it is saved, so that nothing harmful is ever stored; the HTML is cleaned once more when it is printed. Texts
that hold nothing to take out stay as they were typed, byte for byte.
"""

import html
import re

import nh3
from markdown_it.common.utils import normalizeReference, unescapeAll
from markdown_it.helpers import parseLinkDestination

SCHEMES = {"http", "https", "mailto", "tel", "sms"}  # where a link may lead, beside addresses of this site
TAGS = {"a", "blockquote", "br", "code", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p"}
TAGS |= {"picture", "pre", "source", "strong", "ul"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"alt", "decoding", "height", "loading", "sizes", "src", "srcset", "title", "width"},
    "ol": {"start"},
    "source": {"sizes", "srcset", "type"},
}

ROUNDS = 20
TAG = re.compile(r"<(?=[A-Za-z/!?])")  # where a browser would begin a tag; the < of "a < b" begins none
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
BEGUN = re.compile(  # what never ends: an element, <img src=x onerror=…, with all it says; of <!x, <?x and </x only the mark
    r"<[A-Za-z][^<]*\b(?:on\w+|src|srcdoc|href|style|action|formaction|data)\s*=[^<]*|<(?:script|style|iframe|svg|math|object|embed)\b[^<]*"
    r"|<(?:[!?]|/[A-Za-z][\w-]*)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"<(?=(?:https?|mailto|tel|sms):[^\s<>]*>|[\w.+-]+@[\w.-]+>)", re.IGNORECASE)  # Markdown's <https://…>
BLANK_LINE = re.compile(r"(\n[ \t\r>]*\n)")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")  # what browsers and readers pass over
LINK = re.compile(r"\]\([\s>]*")
TITLE = r"""(?:[\s>]+(?:"[^"]*"|'[^']*'|\([^)]*\)))?"""
LINK_END = re.compile(rf"{TITLE}[\s>]*\)")
DEFINITION = re.compile(r"^(?:[ \t>*+-]|\d+[.)][ \t])*\[((?:[^\[\]\\]|\\.)+)\]:[\s>]*", re.MULTILINE)
DEFINITION_END = re.compile(rf"{TITLE}[ \t]*$", re.MULTILINE)
USE = re.compile(r"!?\[([^\[\]]*)\](?:\[([^\[\]]*)\])?(?!:)")

_no_tags = nh3.Cleaner(tags=set())
_page = nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)  # nothing opens a new window: no rel is needed


def clean_markdown(text: str) -> str:
    """The text without HTML and without links that lead to anything but a page, an email or a phone; of those the words stay.

    What is taken out may bring what stood around it together, so it is looked at until nothing is left to take out. What was nested
    deeper than ROUNDS was nested on purpose: it loses the signs that tags and links begin with.
    """
    text = text.encode(errors="replace").decode()
    for _ in range(ROUNDS):
        before, text = text, _without_html(_without_links(_without_definitions(_without_comments(text))))
        if text == before:
            return text
    return re.sub(r"[<\[\]]", "", text)


def clean_html(page: str) -> str:
    """The HTML with nothing in it but what Markdown makes and our pictures."""
    return _page.clean(page)


def is_allowed(address: str) -> bool:
    """Whether a link may lead there. What browsers pass over when they read an address, we do, too."""
    bare = UNSEEN.sub("", html.unescape(re.sub(r"\{\w+:[\w-]*\}", "", address)))
    scheme = SCHEME.match(bare)
    return not scheme or scheme[0][:-1].lower() in SCHEMES


def _without_comments(text: str) -> str:
    """Of a comment that never ends the words stay: it would take the rest of the text with it."""
    closed, end, rest = text.rpartition("-->")
    return COMMENT.sub("", closed + end) + rest.replace("<!--", "")


def _without_html(text: str) -> str:
    escaped = text.replace("&", "&amp;")  # entities are the author's words
    escaped = ADDRESS.sub("&lt;", "".join(_signs_escaped(part) for part in BLANK_LINE.split(escaped)))
    return html.unescape(_no_tags.clean(escaped) if TAG.search(escaped) else escaped)


def _signs_escaped(paragraph: str) -> str:
    """A < that no > follows is a sign and takes no words with it, unless someone began an element there all the same."""
    head, sign, tail = paragraph.rpartition(">")
    return head + sign + BEGUN.sub("", tail).replace("<", "&lt;")


def _without_definitions(text: str) -> str:
    """[name]: address, on a line of its own; and the brackets of the words that lead there."""
    names, at = set(), 0
    while found := DEFINITION.search(text, at):
        at, end = found.end(), _bad_address_end(text, found.end())
        if end:
            names.add(normalizeReference(found[1]))
            end = closing.end() if (closing := DEFINITION_END.match(text, end)) else end
            at = found.start()
            text = text[:at] + text[end:]

    def words(use: re.Match) -> str:
        return use[1] if normalizeReference(use[2] or use[1]) in names else use[0]

    return USE.sub(words, text) if names else text


def _without_links(text: str) -> str:
    """[words](address) and ![words](address)."""
    at = 0
    while found := LINK.search(text, at):
        at, end = found.end(), _bad_address_end(text, found.end())
        if end:
            start = _opening(text, found.start())
            at = start - 1 if start > 0 and text[start - 1] == "!" else start
            end = closing.end() if (closing := LINK_END.match(text, end)) else end
            text = text[:at] + text[start + 1 : found.start()] + text[end:]
    return text


def _bad_address_end(text: str, start: int) -> int | None:
    """Where the address that begins there ends, if no link may lead to it."""
    address = parseLinkDestination(text, start, len(text))
    if not address.ok:  # an open <, say: no link, but what stands there is judged all the same
        found = re.compile(r"[^\s>)\]]+").match(text, start)
        end = found.end() if found else start
        return None if is_allowed(unescapeAll(text[start:end]).lstrip("<")) else end
    return None if is_allowed(unescapeAll(address.str)) else address.pos


def _opening(text: str, closing: int) -> int:
    """Where the bracket opens that closes there; where it closes if that is nowhere in the thousand characters before."""
    depth = 0
    for at in range(closing, max(closing - 1000, -1), -1):
        depth += (text[at] == "]") - (text[at] == "[")
        if depth == 0:
            return at
    return closing
