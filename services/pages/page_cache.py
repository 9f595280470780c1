"""Public pages are made once and kept in the cache `pages` until anything they show changes.

What it costs to answer with a kept page: one query for the mark of the current edition (services/models/site_version.py). While the
database is away a page is shown as it was, for at most an hour and until the phone line opens or closes.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, wraps

import brotli
from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from services.clinic import clinic, opening_hours
from services.database_faults import AWAY

KEEP = timedelta(minutes=5)  # the free times on the page of a place may be that old
FRESH = timedelta(minutes=1)  # how long browsers and proxies may use a page without asking: nobody can tell them that staff saved
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, mode=brotli.MODE_TEXT),
    "gzip": partial(gzip.compress, mtime=0),
}
REFUSED = re.compile(r"\s*q=0(\.0*)?\s*")


@dataclass(frozen=True)
class CachedPage:
    """One public page; how it is compressed stands beside it in the cache, by its tag, once a browser has asked for it so."""

    mark: str
    until: datetime  # aware UTC; from then on the line's status or the free times may differ
    line_changes: datetime  # aware UTC; from then on the line's status does differ
    since: int  # seconds since 1970, when these very bytes were first made
    tag: str
    headers: dict[str, str]
    body: bytes

    def response(self, request, now: datetime, *, may_be_old: bool = False) -> HttpResponse:
        """The page, or 304 to a browser that has it."""
        encoding = preferred(request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(self._encoded(encoding), headers=self.headers)
        if encoding != "identity":
            response["Content-Encoding"] = encoding
        response["Content-Length"] = len(response.content)
        fresh = int(min(self.until - now, FRESH).total_seconds())
        response["Cache-Control"] = "no-cache" if may_be_old else f"public, max-age={fresh}"
        return get_conditional_response(request, self.tag, self.since, response) or response

    def _encoded(self, encoding: str) -> bytes:
        if encoding == "identity":
            return self.body
        key = f"{self.tag[3:-1]}.{encoding}"
        encoded = caches["pages"].get(key)
        if encoded is None:
            encoded = ENCODINGS[encoding](self.body)
            caches["pages"].set(key, encoded)
        return encoded


def preferred(accepted: str) -> str:
    """The best of our encodings that the header Accept-Encoding takes: br, gzip or identity."""
    parts = (part.partition(";") for part in accepted.lower().split(","))
    taken = {name.strip() for name, _, weight in parts if not REFUSED.fullmatch(weight)}
    return next((name for name in ("br", "gzip") if name in taken), "identity")


def made(response: HttpResponse, *, mark: str, asked: clinic.Clinic, before: CachedPage | None) -> CachedPage:
    """Return what a view answered as a page. Nothing on a public page is secret, so that compressing it tells nobody anything."""
    body = response.content
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'  # weak: the same for each encoding
    since = before.since if before and before.tag == tag else int(asked.now.timestamp())
    line_changes = opening_hours.next_change(asked.hours, asked.now)
    patch_vary_headers(response, ["Accept-Encoding"])
    response["ETag"], response["Last-Modified"] = tag, http_date(since)
    return CachedPage(mark, min(asked.now + KEEP, line_changes), line_changes, since, tag, dict(response.headers), body)


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
    """The middleware that answers with a kept page, or keeps the answer of a `cached_page`, its headers included."""

    def middleware(request):
        key = key_of(request.path_info)
        page = caches["pages"].get(key) if request.method in {"GET", "HEAD"} else None
        asked = clinic.of(request)
        if page:
            try:
                is_current = page.mark == asked.edition and asked.now < page.until
                may_be_old = False
            except AWAY:
                is_current = may_be_old = asked.now < page.line_changes  # beyond, what it says of the phone line is no longer so
            if is_current:
                request.get_host()  # refuses a wrong name, as the middleware further in would
                return page.response(request, asked.now, may_be_old=may_be_old)
        response = get_response(request)
        if getattr(response, "edition", None) is None or settings.DEBUG:  # who edits templates wants to see them
            return response
        page = made(response, mark=response.edition, asked=asked, before=page)
        if page.mark:
            caches["pages"].set(key, page)
        return page.response(request, asked.now)

    return middleware


def key_of(path: str) -> str:
    """Return the key of a path in the cache: any visitor may ask for any path, and keys are short and plain."""
    return hashlib.sha256(path.encode(errors="replace")).hexdigest()
