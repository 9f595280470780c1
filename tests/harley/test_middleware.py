"""What every request meets before a view, and every answer carries."""

import re

import pytest
from django.http import HttpResponse
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from harley.middleware import MAX_BODY, MAX_FIELDS, client_address, ip_address
from tests.depth import rounds
from tests.servers import ROOT

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(settings):
    """One that meets the forgery check as browsers do, and with a cookie, so that the check goes on to read the body."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * CSRF_SECRET_LENGTH
    return client


def post(client, body: str | bytes, content_type: str = FORM):
    return client.generic("POST", "/book/you/", body, content_type)


@pytest.mark.parametrize("address", ["/%00", "/therapies/a%00b/", "/?q=%00", "/admin/?status__exact=%00"])
def test_refuses_a_null_byte_in_the_address(client, address):
    assert client.get(address).status_code == 400


def test_refuses_a_large_body(client):
    assert post(client, "a=" + "x" * MAX_BODY).status_code == 400


def test_takes_a_body_within_the_limit_as_far_as_the_forgery_check(client):
    assert post(client, "a=" + "x" * (MAX_BODY - 2)).status_code == 403


def test_refuses_many_fields(client):
    assert post(client, "&".join(f"f{n}=1" for n in range(MAX_FIELDS + 1))).status_code == 400
    assert post(client, "&".join(f"f{n}=1" for n in range(MAX_FIELDS))).status_code == 403


def test_refuses_many_fields_of_a_multipart_form(client):
    assert client.post("/book/you/", data={f"f{n}": "1" for n in range(MAX_FIELDS)}).status_code == 400


@pytest.mark.parametrize("size", [10, MAX_BODY // 2, 5 * 1024 * 1024])
def test_refuses_a_file_and_writes_nothing(client, settings, tmp_path, size):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    file = tmp_path.parent / f"{tmp_path.name}.pdf"
    file.write_bytes(b"x" * size)
    with file.open("rb") as open_file:
        assert client.post("/book/you/", {"name": "Ada", "letter": open_file}).status_code == 400
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content_type",
    [f"{FORM}; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=\xff"],
)
def test_answers_an_unreadable_form_with_400(client, content_type):
    assert post(client, b"a=\xff\xfe", content_type).status_code == 400


def test_answers_a_wrong_length_with_400(client):
    assert client.post("/book/you/", data="a=1", content_type=FORM, CONTENT_LENGTH="-1").status_code == 400


def test_the_admin_takes_longer_forms(client):
    answer = client.post("/admin/login/", data="a=" + "x" * MAX_BODY, content_type=FORM)
    assert answer.status_code == 403  # the forgery check's answer: the body was read


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.7", "10.0.0.1"),  # nobody of ours said so
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),  # the left one was written by the visitor
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.1"),  # did not come through both
        (1, "", "10.0.0.1"),
        (1, "203.0.113.9, ", "203.0.113.9"),
        (1, "203.0.113.9:41000", "203.0.113.9"),  # another port with each connection
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "[2001:DB8:0::1]", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "[fe80::1%eth0]:443", "fe80::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "[::ffff:203.0.113.9]:41000", "203.0.113.9"),
        (2, "203.0.113.9:41000, 10.0.0.2:80", "203.0.113.9"),
        (1, "unknown", "10.0.0.1"),
        (1, "_hidden, unknown:41000", "10.0.0.1"),
        (1, "203.0.113.9:41000:1", "10.0.0.1"),
        (1, "203.0.113.999", "10.0.0.1"),
        (1, "203.0.113.009", "10.0.0.1"),
        (1, "[203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9; drop", "10.0.0.1"),
        (1, "," * 5000, "10.0.0.1"),
        (1, "1" * 5000, "10.0.0.1"),
    ],
)
def test_counts_the_visitors_address_from_the_right(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory(REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": forwarded}).get("/")
    client_address(lambda request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == address


@given_settings(max_examples=rounds(deep=1000, quick=100))
@given(st.ip_addresses(), st.integers(0, 65_535))
def test_however_a_proxy_writes_an_address_it_is_one_visitor(address, port):
    ways = {str(address), f"[{address}]", f"[{address}]:{port}"} if address.version == 6 else {str(address), f"{address}:{port}"}
    assert {ip_address(way) for way in ways} == {str(getattr(address, "ipv4_mapped", None) or address)}


@given_settings(max_examples=rounds(deep=1000, quick=100))
@given(st.text(max_size=30))
def test_whatever_a_proxy_writes_is_an_address_or_none(hop):
    found = ip_address(hop)
    assert found in {"", ip_address(found)}


def test_every_answer_carries_the_headers(client):
    for path in ("/", "/nowhere/", "/healthz"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/book/", "/book/you/", "/request/no-such-key/", "/admin/login/"])
def test_pages_about_a_person_are_never_stored_nor_indexed(client, path):
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"


def test_a_refused_request_is_not_stored_either(client):
    answer = post(client, "a=" + "x" * MAX_BODY)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_cookie_with_a_null_byte_is_answered_400():
    assert Client(headers={"cookie": "sessionid=aaaa\0aaaa"}).get("/book/where/").status_code == 400


def test_nginx_gives_its_own_answers_the_headers_of_the_sites(content, client):
    """What it adds is taken only where an answer has none; each value is the one that Django sends."""
    conf = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    added = re.findall(r'^map \$upstream_http_(\w+) +\$own_\w+ +\{ ""\s+"([^"]+)";', conf, re.MULTILINE)
    assert len(added) == 4
    answer = client.get("/")
    assert {name: answer[name.replace("_", "-")] for name, _ in added} == dict(added)
    own = re.search(r"map \$upstream_http_content_security_policy \$own_policy \{\s+\"\"\s+\"([^\"]+)\";", conf)[1]
    assert "default-src 'none'" in own
    assert "frame-ancestors 'none'" in own
