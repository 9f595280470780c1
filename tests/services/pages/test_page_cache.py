"""Public pages are kept in memory: dropped everywhere at the next save, right about the phone line, and fit for browsers and proxies."""

import gzip
import urllib.request
from datetime import datetime, timedelta

import brotli
import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils.http import http_date, parse_http_date

from bookings.models import ConsultationHours
from services import models
from services.clinic import clinic, opening_hours
from services.clinic.uk_time import LONDON
from services.models import Closure, Edition, Location, OpeningHours, Section
from services.pages import page_cache
from services.views import home
from tests.servers import running_site, test_database_url
from tests.services.pages.test_render import DIT, PAGES

SHOWN = [model for model in apps.get_app_config("services").get_models() if model not in {Edition, models.LoadedRow}]


def uk(*parts) -> datetime:
    return datetime(*parts, tzinfo=LONDON)


def asked_at(now: datetime, **headers):
    """A request for the front page at that moment, and the answer."""
    request = RequestFactory().get("/", headers=headers)
    request.clinic = clinic.Clinic(now)
    return page_cache.keep_pages(page_cache.cached_page(home))(request)


# Dropped at once


@pytest.mark.parametrize("model", [*SHOWN, ConsultationHours], ids=lambda model: model.__name__)
def test_saving_and_deleting_a_row_begins_a_new_edition(content, model):
    if model is ConsultationHours:
        place = Location.objects.first()
        row = ConsultationHours(location=place, weekday=0, opens="09:00", closes="17:00", at_once=1, every=60)
    else:
        row = model.objects.first() or {
            models.BankHoliday: models.BankHoliday(day="2027-01-01", name="New Year’s Day"),
            models.Image: models.Image(name="Room", slug="room", alt="A room", digest="0", width=1, height=1),
            Closure: Closure(reason="Works", first_day="2099-01-01", last_day="2099-01-02"),
        }.get(model, model())
    marks = [Edition.current()]
    row.save()
    marks.append(Edition.current())
    if model is models.Evidence:
        row.issues.all().delete()
    row.delete()
    marks.append(Edition.current())
    assert len(set(marks)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_connection_the_database_has_ended_is_opened_anew():
    """PostgreSQL restarts under the site; SQLite has nobody who could end one."""
    Edition.renew()
    mark = Edition.current()
    if connection.vendor == "postgresql":
        other = connection.copy()
        with connection.cursor() as ours, other.cursor() as theirs:
            ours.execute("SELECT pg_backend_pid()")
            theirs.execute("SELECT pg_terminate_backend(%s)", ours.fetchone())
        other.close()
    assert [Edition.current() for _ in range(2)] == [mark, mark]


def test_a_change_that_is_taken_back_keeps_the_edition(content):
    before = Edition.current()
    with transaction.atomic():
        Section.objects.first().save()
        assert Edition.current() != before
        transaction.set_rollback(True)
    assert Edition.current() == before


def test_what_staff_save_shows_in_the_next_answer(content, client, admin_client, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(1):
        client.get("/")
    details = models.ClinicDetails.objects.get()
    form = admin_client.get(reverse("admin:services_clinicdetails_change", args=[1])).context["adminform"].form
    answer = admin_client.post(
        reverse("admin:services_clinicdetails_change", args=[1]), form.initial | {"email": "", "tagline": "A quiet line"}
    )
    assert answer.status_code == 302
    assert b"A quiet line" in client.get("/").content
    assert details.tagline != "A quiet line"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_processes_drop_their_pages_when_a_third_saves(content, settings):
    """Three processes share one database, as on two machines: each save shows in the very next answer of both sites, from every worker."""
    variables = {"DATABASE_URL": test_database_url(), "STATIC_ROOT": str(settings.STATIC_ROOT)}
    with running_site(**variables) as one, running_site(**variables) as other:
        for n in range(5):
            section = Section.objects.get(anchor="sessions")
            section.heading = f"How long does it take, {n}?"
            section.save()
            for site in [one, other] * 6:  # enough to meet both workers of each
                with urllib.request.urlopen(f"{site}{DIT}") as answer:
                    assert section.heading in answer.read().decode()


# Right about the line


def test_a_page_is_fresh_until_the_line_changes_and_at_most_a_minute(content):
    def seconds(now):
        return asked_at(now)["Cache-Control"]

    assert seconds(uk(2026, 3, 28, 23, 59, 30)) == "public, max-age=30"
    assert seconds(uk(2026, 10, 25, 0, 59, 30)) == "public, max-age=60"  # an hour is repeated in this night
    assert seconds(uk(2026, 11, 25, 12, 0)) == "public, max-age=60"
    assert seconds(uk(2026, 11, 25, 21, 59, 20)) == "public, max-age=40"  # closes at 10pm
    assert seconds(uk(2026, 11, 25, 23, 59, 59)) == "public, max-age=1"  # midnight: "tomorrow" becomes "today"
    assert seconds(uk(2026, 11, 26, 6, 59, 59)) == "public, max-age=1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (uk(2026, 11, 25, 21, 59, 59), uk(2026, 11, 25, 22, 0)),
        (uk(2026, 11, 25, 23, 59, 59), uk(2026, 11, 26, 0, 0)),
        (uk(2026, 11, 26, 6, 59, 59), uk(2026, 11, 26, 7, 0)),
        (uk(2026, 3, 28, 23, 59, 59), uk(2026, 3, 29, 0, 0)),
    ],
)
def test_a_kept_page_never_outlives_its_sentence(content, before, after):
    first, second = asked_at(before), asked_at(after)
    words = [opening_hours.line(clinic.Clinic(now).hours, now).words for now in (before, after)]
    assert words[0] != words[1]
    assert words[0] in first.content.decode()
    assert words[1] in second.content.decode()
    assert first["ETag"] != second["ETag"]


def test_the_same_page_made_again_has_the_same_bytes_tag_and_date(content):
    noon = uk(2026, 11, 25, 12, 0)
    first, later = asked_at(noon), asked_at(noon + timedelta(minutes=30))
    assert (first.content, first["ETag"], first["Last-Modified"]) == (later.content, later["ETag"], later["Last-Modified"])
    assert parse_http_date(first["Last-Modified"]) == int(noon.timestamp())
    row = OpeningHours.objects.get(weekday=2)
    row.closes = "21:00"
    row.save()
    changed = asked_at(noon + timedelta(minutes=31))
    assert changed["ETag"] != first["ETag"]
    assert parse_http_date(changed["Last-Modified"]) == int((noon + timedelta(minutes=31)).timestamp())


# Fit for browsers and proxies


@pytest.mark.parametrize("url", [*PAGES, "/help-now/", "/sitemap.xml"])
def test_nothing_of_a_public_page_depends_on_who_asks(content, client, admin_client, url):
    for answer in (client.get(url), admin_client.get(f"{url}?seen=1")):
        assert answer["Vary"] == "Accept-Encoding"
        assert not answer.cookies
        assert answer["Cache-Control"].startswith("public, max-age=")
    assert client.get(url).content == admin_client.get(url).content


def test_a_browser_that_has_the_page_is_told_so(content, client):
    full = client.get(DIT)
    for header in ({"If-None-Match": full["ETag"]}, {"If-Modified-Since": full["Last-Modified"]}):
        answer = client.get(DIT, headers=header)
        assert (answer.status_code, answer.content) == (304, b"")
        assert {name: answer[name] for name in ("ETag", "Last-Modified", "Vary")} == {
            name: full[name] for name in ("ETag", "Last-Modified", "Vary")
        }
        assert answer["Cache-Control"].startswith("public")
    Section.objects.first().save()
    assert client.get(DIT, headers={"If-None-Match": full["ETag"]}).status_code == 304  # saved, but nothing changed
    section = Section.objects.get(anchor="sessions")
    section.heading = "How long?"
    section.save()
    assert client.get(DIT, headers={"If-None-Match": full["ETag"]}).status_code == 200
    earlier = http_date(parse_http_date(full["Last-Modified"]) - 60)
    assert client.get(DIT, headers={"If-Modified-Since": earlier}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0,gzip;q=0", "identity"),
        ("", "identity"),
        ("*", "identity"),
    ],
)
def test_a_page_comes_in_the_best_encoding_the_browser_takes(content, client, accepted, encoding):
    assert page_cache.preferred(accepted) == encoding
    plain = client.get(DIT).content
    answer = client.get(DIT, headers={"Accept-Encoding": accepted})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}[encoding]
    assert unpack(answer.content) == plain
    assert answer.headers.get("Content-Encoding", "identity") == encoding
    assert int(answer["Content-Length"]) == len(answer.content)


def test_what_is_no_page_is_never_kept(content, client):
    assert client.get("/no-such-page/").status_code == 404
    models.Page.objects.create(title="There now", slug="no-such-page", strapline="x", status="published")
    assert client.get("/no-such-page/").status_code == 200
    assert client.post("/").status_code == 405
    assert client.head(DIT)["ETag"] == client.get(DIT)["ETag"]


def test_a_kept_page_refuses_a_wrong_name_of_the_site(content, client):
    for _ in range(2):
        assert client.get(DIT).status_code == 200
        assert client.get(DIT, headers={"host": "elsewhere.example"}).status_code == 400


def test_a_kept_page_carries_the_headers_of_a_new_one(content, client):
    first, second = client.get(DIT), client.get(DIT)
    assert first.headers.keys() == second.headers.keys() >= {"Content-Security-Policy", "X-Frame-Options", "Permissions-Policy"}


def test_nothing_is_kept_while_no_edition_began(db, client):
    assert Edition.current() == ""
    assert client.get("/").status_code == 200
    assert caches["pages"].get(page_cache.key_of("/")) is None


def test_the_free_times_of_a_place_are_at_most_five_minutes_old(content):
    noon = uk(2026, 11, 25, 12, 0)
    asked_at(noon)
    assert caches["pages"].get(page_cache.key_of("/")).until == noon + timedelta(minutes=5)
