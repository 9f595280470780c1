"""The page that nginx shows while the web server does not answer, and what docs/nginx.conf says of it."""

import base64
import hashlib
import os
import re
import stat
import threading
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string

from bookings.jobs.worker import Worker
from harley.server import gunicorn_conf
from services.clinic.clinic import Clinic
from services.models import ClinicDetails, PhoneNumber
from services.pages.written_pages import FOR_ALL, WrittenPage
from tests import markup
from tests.servers import ROOT

NOW = datetime(2026, 6, 1, 11, tzinfo=UTC)
NGINX = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "unavailable.html"


def unavailable(path) -> WrittenPage:
    return WrittenPage("errors/unavailable.html", path, FOR_ALL)


def said(path) -> str:
    return " ".join(BeautifulSoup(path.read_text(), "html.parser").main.get_text().split())


def test_it_says_how_to_go_on_with_the_numbers_of_the_rows(content, path):
    unavailable(path).keep(Clinic(NOW))
    words = said(path)
    assert "Please try again in a few minutes, or call 0345 474 1724." in words
    assert "no request is booked twice" in words
    assert all(f"{contact.name}: {contact.how}" in words for contact in Clinic(NOW).crisis_contacts)
    assert markup.faults(path.read_bytes()) == []


def test_it_asks_the_site_for_nothing(content, path):
    unavailable(path).keep(Clinic(NOW))
    assert not re.search(r"<(img|script|link|iframe)|src=|url\(|href=\"(/|http)", path.read_text())


def test_it_follows_what_staff_save_and_comes_back_when_it_is_deleted(content, path):
    page = unavailable(path)
    page.keep(Clinic(NOW))
    before = path.stat().st_ino
    page.keep(Clinic(NOW))
    assert path.stat().st_ino == before
    path.unlink()
    page.keep(Clinic(NOW))
    details = ClinicDetails.objects.get()
    details.crisis_statement = "Changed by staff."
    details.save()
    page.keep(Clinic(NOW))
    assert "Changed by staff." in said(path)


def test_it_states_no_number_that_nobody_entered(content, path):
    for row in PhoneNumber.objects.all():
        row.delete()
    unavailable(path).keep(Clinic(NOW))
    assert "Please try again in a few minutes." in said(path)


def test_every_account_may_read_it_whatever_the_process_makes_of_other_files(content, path):
    before = os.umask(0o077)
    try:
        unavailable(path).keep(Clinic(NOW))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_is_said_once_and_stops_nothing(content, tmp_path, caplog):
    page = unavailable(tmp_path / "missing" / "unavailable.html")
    page.keep(Clinic(NOW))
    page.keep(Clinic(NOW))
    assert [record.message for record in caplog.records] == [f"{page.path} cannot be written: FileNotFoundError."]
    page.path.parent.mkdir()
    page.keep(Clinic(NOW))
    assert page.path.exists()


def test_the_worker_keeps_it(content, path):
    Worker(threading.Event(), pages=[unavailable(path)]).run(for_ever=False)
    assert path.exists()


def test_nginx_lets_its_style_through(content):
    [style] = re.findall(r"<style>(.*?)</style>", render_to_string("errors/unavailable.html", {"clinic": Clinic(NOW)}), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in NGINX


def test_nginx_gives_up_a_connection_before_gunicorn_does_and_a_request_after():
    assert int(re.findall(r"keepalive_timeout (\d+)s;", NGINX)[0]) < gunicorn_conf.keepalive
    assert int(re.findall(r"proxy_read_timeout +(\d+)s;", NGINX)[0]) > gunicorn_conf.timeout


def test_nginx_leads_nobody_to_a_host_that_they_named():
    assert not re.search(r"return .*\$host", NGINX)
    assert "default_server" not in NGINX
