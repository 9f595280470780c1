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


def answer(content_type, method="GET", query="a=b", body=b""):
    """The status of a request as a server would pass it in."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/healthz",
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
    for _ in application(environ, lambda status, headers, exc_info=None: found.append(status)):
        pass
    return int(found[0].split()[0])


@pytest.mark.parametrize("charset", ["rot13", "hex", "base64", "zlib", "undefined", "punycode", "unicode_escape", '"utf-16"'])
def test_a_strange_character_set_is_no_server_error(charset):
    assert answer(f"text/html; charset={charset}") == 200
    part = b'--x\r\nContent-Disposition: form-data; name="where"\r\n\r\nonline\r\n--x--\r\n'
    assert answer(f"multipart/form-data; boundary=x; charset={charset}", "POST", body=part) == 403  # no CSRF token
