"""Log lines hold nothing about a person, whoever wrote them."""

import logging
import re
import sys
from pathlib import Path

import pytest
from django.urls import get_resolver

from harley.logs import SECRET, PrivateFormatter, without_personal_data


def test_masks_addresses_numbers_and_keys():
    line = "To ada.lovelace+clinic@example.org on +44 20 7946 0123, see /request/3f9Kq_aB-xyz/cancel/"
    assert without_personal_data(line) == "To [email] on [number], see /request/[key]/cancel/"


KEY = "3f9Kq_aB-xyz0123456789abcdefghijklmnop"


def secret_routes(patterns=None, before=""):
    """Each route of the site with a secret in its address, as a pattern with {} for it."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{before}{one.pattern}"
        if hasattr(one, "url_patterns"):
            yield from secret_routes(one.url_patterns, route)
        elif "<str:key>" in route:
            yield "/" + route.replace("<str:key>", "{}")


def ways(route):
    """How it may stand in a line: asked with another method, in capitals, not found, in an address of another page."""
    path = route.format(KEY)
    yield from (path, path.upper(), f"/{path}", path.rstrip("/"), f"{path}?x=1", path.replace("/", "//"), f"https://www.example.org{path}")
    yield from (
        f"Not Found: {path}",
        f"Method Not Allowed (POST): {path}",
        f'"GET {path} HTTP/1.1" 404',
        f"{path}unknown/",
        path.replace(KEY, KEY + "%20x"),
    )
    yield f"/again/?next={path.replace('/', '%2F')}"


def test_there_are_secret_addresses():
    assert {route.split("/")[1] for route in secret_routes()} == set(SECRET)


@pytest.mark.parametrize("line", [way for route in secret_routes() for way in ways(route)])
def test_no_secret_of_an_address_stays_in_a_line(line):
    masked = without_personal_data(line)
    assert KEY.lower() not in masked.lower()
    assert "[key]" in masked


def test_nginx_masks_the_same_addresses():
    """With its own pattern, read here as it reads it: $uri is decoded and without a query."""
    conf = (Path(__file__).parents[2] / "docs" / "nginx.conf").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"^\s+~\*(\S+) /\$secret/\[key\];", conf, re.MULTILINE)
    pattern = re.compile(pattern.replace("(?<", "(?P<"), re.IGNORECASE)
    for route in secret_routes():
        for path in (route.format(KEY), route.format(KEY).upper(), "/" + route.format(KEY)):
            assert pattern.match(path)["secret"].lower() in SECRET
    for path in ("/", "/book/when/", "/about/", "/requests/", "/my/request/"):
        assert not pattern.match(path)


def test_leaves_times_counts_and_references_alone():
    line = "2026-11-24 10:15:00,123 INFO Notice 4711 of HT-7K3M sent in 250 ms at 127.0.0.1:8000"
    assert without_personal_data(line) == line


def test_a_traceback_keeps_places_and_loses_what_was_said():
    secret = "DETAIL: Key (email)=(ada@example.org) already exists, name Ada"
    try:
        raise ValueError(secret)
    except ValueError:
        record = logging.LogRecord("bookings", logging.ERROR, __file__, 1, "Notice %s was not sent", (7,), sys.exc_info())
    written = PrivateFormatter("%(levelname)s %(message)s").format(record)
    assert written.startswith("ERROR Notice 7 was not sent\n")
    assert f"{__file__}:" in written
    assert written.endswith("\nValueError")
    assert "Ada" not in written
    assert "ada@" not in written
