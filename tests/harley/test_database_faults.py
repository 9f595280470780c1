"""The database is away, full or read-only, from the first query of a request or from a later one: people are told so, and how to go on."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest
from axes.utils import reset
from bs4 import BeautifulSoup
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client

from bookings.models import Enquiry
from harley.accounts.sessions import SessionStore
from services.clinic.clinic import Clinic
from services.models import PhoneNumber
from services.pages import page_cache, written_pages
from tests.bookings.walker import Walker

pytestmark = pytest.mark.django_db


@contextmanager
def away(*, after: int = 0, only: str = ""):
    """Have each query whose SQL holds `only` fail, but for the first `after` of them; give a list of those that failed."""
    asked, failed = count(1), []

    def fail(execute, sql, params, many, context):
        if only in sql and next(asked) > after:
            failed.append(sql)
            raise OperationalError("could not extend file: No space left on device, user robin.sample@example.org")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield failed


NOW = datetime(2026, 6, 1, 11, tzinfo=UTC)


@pytest.fixture
def drawn(content, tmp_path, monkeypatch):
    """The site's own error pages, drawn from the rows."""
    for page in (written_pages.server_error, written_pages.database_away):
        monkeypatch.setattr(page, "path", tmp_path / page.path.name)
        monkeypatch.setattr(page, "_content", None)
        monkeypatch.setattr(page, "_edition", None)
        page.keep(Clinic(NOW))


def is_told(response) -> bool:
    text = " ".join(BeautifulSoup(response.content, "html.parser").main.get_text(" ").split())
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "60", "no-store")
    assert "Our site is away for a moment" in text
    assert "0345 474 1724" in text
    assert "Samaritans" in text
    assert "robin" not in response.content.decode()
    return True


@pytest.mark.parametrize("path", ["/", "/book/where/", "/admin/", "/request/abcdefgh-rest/", "/no-such-page/", "/diary/key.ics"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_every_kind_of_page_says_that_it_passes(drawn, path, after):
    client = Client(raise_request_exception=False)
    with away(after=after) as failed:
        response = client.get(path, follow=True)
    assert failed or after
    assert not failed or is_told(response)


@pytest.mark.django_db(transaction=True)
def test_signing_in_says_so_too(drawn, django_user_model):
    django_user_model.objects.create_superuser("reception", "", "a long password")
    client = Client(raise_request_exception=False)
    client.get("/admin/login/")
    for after in count():
        reset()  # what was counted of the tries before
        with away(after=after) as failed:
            response = client.post("/admin/login/", {"username": "reception", "password": "a long password"})
        if not failed:
            break
        assert is_told(response)
    assert after > 5
    assert response.status_code == 302


def test_a_request_that_was_stored_is_confirmed_although_the_session_could_not_be(drawn, rota):
    """Django would take the session for gone and answer 400; the person would send a second request."""
    walker = Walker().to_check()
    token = walker.token
    with away(only='UPDATE "django_session"'):
        response = walker.send(token)
    assert response.status_code == 303
    assert Enquiry.objects.get().get_absolute_url() == response["Location"]


def test_answers_that_could_not_be_stored_are_no_mistake_of_the_visitors(drawn, rota, client):
    client = Client(raise_request_exception=False)
    with away(only="django_session"):
        assert is_told(client.post("/book/where/", {"where": "online"}))


def test_a_session_that_is_gone_stays_a_session_that_is_gone(db):
    session = SessionStore()
    session["a"] = "b"
    session.save()
    SessionStore(session.session_key).delete()
    with pytest.raises(UpdateError):
        session.save()


# Pages in memory


@pytest.mark.parametrize("accepted", ["br", ""])
def test_kept_pages_are_shown_while_the_database_is_away(drawn, client, accepted):
    headers = {"Accept-Encoding": accepted}
    before = client.get("/", headers=headers)
    with away():
        for method in (client.get, client.head):
            response = method("/", headers=headers)
            assert (response.status_code, response["Cache-Control"], response["ETag"]) == (200, "no-cache", before["ETag"])
        assert client.get("/", headers=headers).content == before.content
        client.raise_request_exception = False
        assert is_told(client.get("/", headers={"host": "elsewhere.example"}))
        assert is_told(client.get("/terms/"))


def test_a_kept_page_is_not_shown_beyond_what_it_says_of_the_line(drawn, client):
    client.get("/")
    key = page_cache.key_of("/")
    page = caches["pages"].get(key)
    caches["pages"].set(key, replace(page, line_changes=page.until - timedelta(days=1)))
    client.raise_request_exception = False
    with away():
        assert is_told(client.get("/"))


# The pages that are drawn before


def test_the_error_pages_follow_what_staff_save(content, client, tmp_path, monkeypatch):
    for page in (written_pages.server_error, written_pages.database_away):
        monkeypatch.setattr(page, "path", tmp_path / page.path.name)
    monkeypatch.setattr(written_pages.server_error, "is_due", partial(written_pages.WrittenPage.is_due, written_pages.server_error))
    row = PhoneNumber.objects.get(role="layout")
    row.number = "020 7946 0123"
    row.save()
    client.get("/")
    for page in (written_pages.server_error, written_pages.database_away):
        assert b"020 7946 0123" in page.read() == page.path.read_bytes()
        assert page.path.stat().st_mode & 0o777 == 0o600


def test_a_process_that_starts_without_a_database_reads_what_others_have_drawn(drawn):
    another = written_pages.WrittenPage("errors/503.html", written_pages.database_away.path)
    assert b"0345 474 1724" in another.read()


def test_without_anything_drawn_no_fact_is_stated(tmp_path):
    page = written_pages.WrittenPage("errors/503.html", tmp_path / "none.html").read().decode()
    assert "Our site is away for a moment" in page
    assert "999" in page
    assert "Harley" not in page
