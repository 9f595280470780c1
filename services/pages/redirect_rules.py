"""PURE: which rule of the former addresses an address meets, and where it leads. Addresses are compared in one normal form.

A rule is a pair of texts: the old address in its normal form, perhaps with a query, and the new one as staff wrote it; empty: gone.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

Rule = tuple[str, str]
NO_UTF8 = re.compile("[\udc80-\udcff]")  # how Python writes a byte that is none
WHOLE = re.compile(r"https?://", re.IGNORECASE)  # an address with the name of its site


def normal(address: str) -> str:
    """Return path and query of an address as a rule holds them: /Caf%c3%a9?b=2&a=1#top becomes /caf%C3%A9/?a=1&b=2."""
    parts = _split(address)
    path = unquote_to_bytes(parts.path).decode(errors="surrogateescape")
    path = NO_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", path)  # as Django reads the address of a request
    return _joined(normal_path(path), _parameters(parts.query))


def normal_path(path: str) -> str:
    """Return a path whose percents are decoded (`request.path_info`) in its normal form: in small letters, and with one slash at the end
    unless it ends with the name of a file."""
    path = unicodedata.normalize("NFC", path).lower()
    path = "/" + re.sub("/+", "/", path).strip("/")
    is_file = "." in path.rpartition("/")[2]
    return quote(path if is_file or path == "/" else f"{path}/", safe="/:@&+$,-_.!~*'()")


def on_this_site(address: str, hosts: Collection[str]) -> str | None:
    """Return path, query and fragment of an address of this site, which answers to `hosts`; None for one of another site."""
    try:
        parts = _split(address)
    except ValueError:  # no address at all: https://[
        return None
    if parts.netloc and parts.hostname not in hosts:
        return None
    return parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()


def matching_rule(rules: Iterable[Rule], path: str, query: str) -> tuple[Rule, str] | None:
    """Return the rule for a path in normal form and the query it is asked with, and what of the query goes along.

    A rule meets every query that has all of its own parameters, and of several that with the most of them. What is its own stays behind.
    """
    asked = Counter(_parameters(query))
    met = [(own, rule) for rule in rules if rule[0].partition("?")[0] == path and (own := _own(rule)) <= asked]
    if not met:
        return None
    own, rule = max(met, key=lambda each: each[0].total())
    return rule, urlencode(_without(_parameters(query), own)) if own else query


def with_query(address: str, query: str) -> str:
    """Return the address with one more query, before its fragment."""
    parts = _split(address)
    return parts._replace(query="&".join(each for each in (parts.query, query) if each)).geturl()


def leads_in_a_circle(rule: Rule, others: Collection[Rule], hosts: Collection[str]) -> bool:
    """Tell whether somebody who asks for the old address of any rule would come to this one twice. A rule that is met twice counts,
    also where each turn makes the query longer."""
    by_path = defaultdict(list)
    for each in [rule, *others]:
        by_path[each[0].partition("?")[0]].append(each)
    walks = (_met(start, by_path, hosts) for start in [rule, *others])
    return any(rule in met[met.index(met[-1]) : -1] for met in walks)


def _met(start: Rule, by_path: dict[str, list[Rule]], hosts: Collection[str]) -> list[Rule]:
    """Return the rules that are met one after the other, up to the first that is met again."""
    met: list[Rule] = []
    address: str | None = start[0]
    while address:
        path, _, query = normal(address).partition("?")
        found = matching_rule(by_path.get(path, []), path, query)
        if not found:
            break
        met.append(found[0])
        if found[0] in met[:-1]:
            break
        new = on_this_site(found[0][1], hosts) if found[0][1] else None
        address = new and with_query(new, found[1])
    return met


def _split(address: str) -> SplitResult:
    """Not urlsplit alone: to that, the beginning of a path with two slashes is a host, and may be one it raises ValueError for."""
    if not WHOLE.match(address):
        path, _, fragment = address.partition("#")
        path, _, query = path.partition("?")
        return SplitResult("", "", path, query, fragment)
    return urlsplit(address)


def _parameters(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _own(rule: Rule) -> Counter[tuple[str, str]]:
    return Counter(_parameters(rule[0].partition("?")[2]))


def _without(parameters: list[tuple[str, str]], own: Counter[tuple[str, str]]) -> list[tuple[str, str]]:
    left, kept = Counter(own), []
    for each in parameters:
        if left[each]:
            left[each] -= 1
        else:
            kept.append(each)
    return kept


def _joined(path: str, parameters: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(sorted(parameters))}" if parameters else path
