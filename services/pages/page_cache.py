"""Public pages are made once and kept in this process's memory until anything they show changes.

What it costs to answer with a kept page: one query for the mark of the current edition (services/models/site_version.py).
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial, wraps

import brotli
from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from services.clinic import clinic, opening_hours

KEEP = timedelta(minutes=5)  # the free times on the page of a place may be that old
FRESH = timedelta(minutes=1)  # how long browsers and proxies may use a page without asking: nobody can tell them that staff saved
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, mode=brotli.MODE_TEXT),
    "gzip": partial(gzip.compress, mtime=0),
    "identity": bytes,
}
REFUSED = re.compile(r"\s*q=0(\.0*)?\s*")

_pages: dict[str, CachedPage] = {}  # by path: as many as there are published pages


@dataclass(frozen=True)
class CachedPage:
    """One public page, compressed once for each encoding that somebody asks for."""

    mark: str
    until: datetime  # aware UTC; from then on the line's status or the free times may differ
    since: int  # seconds since 1970, when this process first had these very bytes
    tag: str
    headers: dict[str, str]
    body: bytes
    encoded: dict[str, bytes] = field(default_factory=dict)  # by encoding

    def response(self, request, now: datetime) -> HttpResponse:
        """The page, or 304 to a browser that has it."""
        encoding = preferred(request.headers.get("Accept-Encoding", ""))
        if encoding not in self.encoded:
            self.encoded[encoding] = ENCODINGS[encoding](self.body)
        response = HttpResponse(self.encoded[encoding], headers=self.headers)
        if encoding != "identity":
            response["Content-Encoding"] = encoding
        response["Content-Length"] = len(response.content)
        response["Cache-Control"] = f"public, max-age={int(min(self.until - now, FRESH).total_seconds())}"
        return get_conditional_response(request, self.tag, self.since, response) or response


def preferred(accepted: str) -> str:
    """The best of our encodings that the header Accept-Encoding takes: br, gzip or identity."""
    parts = (part.partition(";") for part in accepted.lower().split(","))
    taken = {name.strip() for name, _, weight in parts if not REFUSED.fullmatch(weight)}
    return next((name for name in ("br", "gzip") if name in taken), "identity")


def made(response: HttpResponse, *, mark: str, now: datetime, until: datetime, before: CachedPage | None) -> CachedPage:
    """Keeps what a view answered. Nothing on a public page is secret, so that compressing it tells nobody anything."""
    body = response.content
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'  # weak: the same for each encoding
    since = before.since if before and before.tag == tag else int(now.timestamp())
    patch_vary_headers(response, ["Accept-Encoding"])
    response["ETag"], response["Last-Modified"] = tag, http_date(since)
    return CachedPage(mark, until, since, tag, dict(response.headers), body)


def cached_page(view: Callable) -> Callable:
    """For a view whose answer depends on its address, on what staff saved and on the time alone: never on the visitor or the query."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        edition = clinic.of(request).edition  # before anything of the page is read: what is saved meanwhile makes it old at once
        response = view(request, *args, **kwargs)
        response.edition = edition if response.status_code == 200 else None
        return response

    return answer


def keep_pages(get_response: Callable) -> Callable:
    """The middleware that answers with a kept page, or keeps the answer of a view marked with `kept`, its headers included."""

    def middleware(request):
        page = _pages.get(request.path) if request.method in {"GET", "HEAD"} else None
        asked = clinic.of(request)
        if page and page.mark == asked.edition and asked.now < page.until:
            request.get_host()  # refuses a wrong name, as the middleware further in would
            return page.response(request, asked.now)
        response = get_response(request)
        if getattr(response, "edition", None) is None or settings.DEBUG:  # who edits templates wants to see them
            return response
        until = min(asked.now + KEEP, opening_hours.next_change(asked.hours, asked.now))
        page = made(response, mark=response.edition, now=asked.now, until=until, before=page)
        if page.mark:
            _pages[request.path] = page
        return page.response(request, asked.now)

    return middleware


def clear_pages() -> None:
    """Forgets every page this process keeps."""
    _pages.clear()
