"""Every kind of answer, scored by the rules of the HTTP Observatory (MDN: "HTTP Observatory tests and scoring"): 120 points at least.

What nginx answers by itself is looked at by `make proxy-drill`.
"""

import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client

from bookings import actions
from bookings.models import Enquiry
from bookings.rate_limits import SENDS_AN_HOUR
from services.models import Image
from tests.bookings.walker import Walker

pytestmark = pytest.mark.django_db
TWO_YEARS, HALF_A_YEAR = 63072000, 15768000  # seconds
LEAST = 120


@pytest.fixture(autouse=True)
def _behind_https(settings):
    settings.SECURE_HSTS_SECONDS = TWO_YEARS
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def policy(answer) -> dict[str, list[str]]:
    parts = (part.split() for part in answer.get("Content-Security-Policy", "").split(";") if part.strip())
    return {name: values for name, *values in parts}


def score(answer) -> int:
    """Return the points of one answer: a hundred, less what is missing, and what is given for more than is asked."""
    csp, points, more = policy(answer), 100, 0
    unsafe = {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:"} & set(csp.get("script-src", csp.get("default-src", ["*"])))
    if not csp:
        points -= 25
    elif unsafe:
        points -= 20
    else:
        more += 10 if csp.get("default-src") == ["'none'"] else 5
    for cookie in answer.cookies.values():
        points -= 0 if cookie["secure"] else 40
        points -= 0 if cookie["httponly"] or ("csrf" not in cookie.key and "session" not in cookie.key) else 30
        points -= 0 if cookie["samesite"] in {"Lax", "Strict"} else 5
    points -= 50 if answer.get("Access-Control-Allow-Origin") == "*" else 0
    referrer = answer.get("Referrer-Policy", "")
    more += 5 if referrer in {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"} else 0
    points -= 5 if referrer == "unsafe-url" else 0
    seconds = int((re.findall(r"max-age=(\d+)", answer.get("Strict-Transport-Security", "")) or ["-1"])[0])
    points -= 20 if seconds < 0 else 10 if seconds < HALF_A_YEAR else 0
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    points -= 50 if re.search(r'<script[^>]+src="(https?:)?//', text) else 0
    points -= 0 if answer.get("X-Content-Type-Options") == "nosniff" else 5
    if csp.get("frame-ancestors") == ["'none'"]:
        more += 5
    elif answer.get("X-Frame-Options") not in {"DENY", "SAMEORIGIN"}:
        points -= 20
    more += 10 if answer.get("Cross-Origin-Resource-Policy") in {"same-origin", "same-site"} else 0
    return points + (more if points >= 90 else 0)


def test_the_score_counts_what_is_missing(content):
    answer = Client().get("/", secure=True)
    assert score(answer) == 130
    for header in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
        less = Client().get("/", secure=True)
        del less[header]
        assert score(less) < score(answer), header


def test_every_kind_of_answer_has_120_points(rota, admin_client, admin_user, settings, tmp_path):
    client = Client(raise_request_exception=False)
    walker = Walker(HTTP_X_FORWARDED_PROTO="https")
    own = walker.to_check().send()["Location"]
    feed = actions.make_feed(admin_user, now=Enquiry.objects.get().created_at)
    settings.MEDIA_ROOT = tmp_path
    name = f"{'a' * 32}-480.webp"
    (tmp_path / name).write_bytes(b"RIFF")
    Image.objects.create(name="Room", slug="room", alt="A room", digest="a" * 32, width=480, height=320)
    gets = {
        "a page": "/", "a page of the booking": "/book/where/", "a request": own, "a calendar file": f"{own}calendar/",
        "a diary": f"/diary/{feed.key}.ics", "the sign-in": "/admin/login/", "the way to the sign-in": "/admin/", "a redirect": "/book",
        "not found": "/no-such-page/", "a style sheet": staticfiles_storage.url("css/site.css"),
        "a font": "/static/fonts/figtree-var-latin.woff2",
        "a picture": f"/media/{name}", "an icon": "/favicon.ico", "robots": "/robots.txt", "the map": "/sitemap.xml",
        "whom to tell": "/.well-known/security.txt", "health": "/healthz", "health in full": "/healthz/deep", "a null byte": "/a%00b",
    }  # fmt: skip
    answers = {what: client.get(path, secure=True) for what, path in gets.items()}
    answers["the board"] = admin_client.get("/admin/", secure=True)
    answers["the wrong method"] = client.put("/book/where/", secure=True)
    answers["a form without its token"] = Client(enforce_csrf_checks=True).post("/book/where/", secure=True)
    answers["a large body"] = client.post("/book/where/", {"where": "x" * 70_000}, secure=True)
    answers["another name"] = client.get("/", secure=True, headers={"host": "elsewhere.example"})
    for _ in range(SENDS_AN_HOUR + 1):
        many = Walker().to_check()
        answers["too many"] = many.client.post("/book/check/", {"token": many.token}, secure=True)
    caches["pages"].clear()
    with connection.execute_wrapper(_away):
        answers["without a database"] = client.get("/terms/", secure=True)
    statuses = {answer.status_code for answer in answers.values()}
    assert statuses >= {200, 301, 302, 400, 403, 404, 405, 429, 503}
    assert {what: score(answer) for what, answer in answers.items() if score(answer) < LEAST} == {}
    for answer in answers.values():
        answer.close()  # files of which nobody has read the end


def _away(execute, sql, params, many, context):
    raise OperationalError("away")
