"""Below the middlewares: what gunicorn hands over."""

import io

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from harley.wsgi import application


@pytest.fixture(autouse=True)
def _one_connection(db):
    """The test's transaction lives in this connection: a request must not close it, as it may in a server."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def answer(content_type, method="GET", query="a=b", body=b"", path="/healthz", **environ):
    """The status, the headers and the body of a request as a server would pass it in."""
    environ = environ | {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    found = []
    parts = application(environ, lambda status, headers, exc_info=None: found.extend((int(status.split()[0]), dict(headers))))
    return *found, b"".join(parts)


@pytest.mark.parametrize("charset", ["rot13", "hex", "base64", "zlib", "undefined", "punycode", "unicode_escape", '"utf-16"'])
def test_a_strange_character_set_is_no_server_error(charset):
    assert answer(f"text/html; charset={charset}")[0] == 200
    part = b'--x\r\nContent-Disposition: form-data; name="where"\r\n\r\nonline\r\n--x--\r\n'
    assert answer(f"multipart/form-data; boundary=x; charset={charset}", "POST", body=part)[0] == 403  # no CSRF token


@pytest.mark.parametrize("named", ["/evil", "/admin", "//elsewhere.example"])
def test_a_path_in_front_of_the_site_is_nobodys(content, named):
    """gunicorn would take it from a header."""
    usual = answer("", path="/book/")
    status, _, body = answer("", path="/book/", SCRIPT_NAME=named)
    assert (status, body) == (200, usual[2])
    assert answer("", path="/book", SCRIPT_NAME=named)[1]["Location"] == "/book/?a=b"
