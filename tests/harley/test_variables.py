"""Every wrong value of every variable stops the start, by the variable's name, and so do values that contradict one another."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from harley import variables

KEY = "k" * 64
PUBLIC = {"SITE_URL": "https://www.example.org", "BEHIND_HTTPS": "1", "TRUSTED_PROXIES": "1", "SECRET_KEY": KEY}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in variables.BY_NAME:
        monkeypatch.delenv(name, raising=False)


def values(monkeypatch, **environment: str) -> dict:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return variables.read_all()


def each(wrong: list[str], others: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    return [(value, others) for value in wrong]


WRONG = {  # each with what else is set
    "SECRET_KEY": [],  # looked at once it is read, perhaps from its file: tests/harley/test_settings.py
    "SECRET_KEY_FILE": [("/tmp", {})],
    "SECRET_KEY_FALLBACKS": [(KEY, PUBLIC), ("short", PUBLIC), (f"{KEY}1, short", PUBLIC)],
    "DEBUG": [("perhaps", {}), ("1", PUBLIC), ("1", {"ALLOWED_HOSTS": "clinic.example.org"}), ("1", {"SITE_URL": "http://192.168.1.4"})],
    "SITE_URL": [
        ("http://www.example.org", {"BEHIND_HTTPS": "1", "TRUSTED_PROXIES": "1"}),
        *each(
            [
                "www.example.org",
                "https://www.example.org/clinic",
                "https://www.example.org/?x",
                "https://www.example.org/#x",
                "https://",
                "ftp://www.example.org",
                "https://u:p@www.example.org",
                "https://www.example.org:x",
                "https://www.example.org:99999",
                "https://www example.org",
                "https://[",
                "https://www..example.org",
                "https://-a.example.org",
                "https://www.example.org:",
            ],
            {},
        ),
    ],
    "ALLOWED_HOSTS": [
        ("clinic.example.org", {}),
        *each(
            [
                "https://www.example.org",
                "www.example.org:443",
                "www.example.org/",
                "www.example.org other.example.org",
                "other.example.org",
                "*",
                "www.example.org,*",
                "müller.example",
                "www.example.org,http://a.example",
                "example.org",
            ],
            PUBLIC,
        ),
    ],
    "BEHIND_HTTPS": [("https", {})],
    "TRUSTED_PROXIES": [("one", {}), ("-1", {}), ("0", PUBLIC), ("", PUBLIC), ("²", {})],
    "REQUIRE_SECOND_FACTOR": [("sometimes", {}), ("0", PUBLIC), ("0", {"ALLOWED_HOSTS": "clinic.test"})],
    "HSTS_SECONDS": [("1 year", {}), ("-1", {})],
    "HSTS_PRELOAD": [("perhaps", {})],
    "REFERENCE_PREFIXES": [("ht", {}), ("HARLEY", {}), ("HT-", {}), ("HT,n", {})],
    "CONTENT_DIR": [(__file__, {}), ("/tmp", {})],
    "HEALTH_TOKEN": [("short", {}), ("a token with spaces in it", {})],
    "DATABASE_URL": [("mysql://u:p@host/name", {}), ("postgresql://u:p@host", {}), ("postgres//u:p@host/name", {}), ("harley", {})],
    "VAR_DIR": [(__file__, {})],
    "STATIC_ROOT": [(__file__, {})],
    "EMAIL_HOST": [("smtp://mail.example.org", {}), ("mail.example.org:587", {}), ("mail example.org", {})],
    "EMAIL_PORT": [("smtp", {}), ("0", {}), ("65536", {}), ("465", {}), ("465", {"EMAIL_USE_TLS": "1"})],
    "EMAIL_HOST_USER": [("clinic", {})],
    "EMAIL_HOST_PASSWORD": [("secret", {})],
    "EMAIL_USE_TLS": [("starttls", {}), ("1", {"EMAIL_USE_SSL": "1"})],
    "EMAIL_USE_SSL": [("ssl", {}), ("1", {"EMAIL_USE_TLS": "1"})],
    "FROM_EMAIL": each(
        [
            "HT Bookings bookings@example.org",
            "bookings",
            "HT Bookings <bookings>",
            "HT <b@example.org",
            "b@example.org>",
            "<>",
            "a@example.org, b@example.org",
            "HT <a@example.org>, HT <b@example.org>",
            "HT\n<b@example.org>\nBcc: x@example.org",
            "a b@example.org",
        ],
        {},
    ),
    "STAFF_EMAIL": each(
        [
            "reception",
            "reception@example.org; manager@example.org",
            "reception@example.org manager@example.org",
            ",",
            "reception@example.org, manager",
            "Reception <reception@>",
        ],
        {},
    ),
    "MANAGER_EMAIL": [("manager", {}), ("manager@example.org, reception", {})],
    "ADMIN_PATH": [
        (each, {}) for each in ["book", "/book/", "Contact", "a b", "request/desk", "é", "a//b", "../a", "/", "static", "a?b", "a.b"]
    ],
    "LOG_LEVEL": [("loud", {})],
    "BIND": [("8000", {}), ("http://127.0.0.1:8000", {}), ("127.0.0.1:99999", {}), ("127.0.0.1", {}), ("unix:", {})],
    "PORT": [("0", {}), ("65536", {}), ("http", {})],
    "WEB_WORKERS": [("0", {}), ("many", {})],
    "POSTGRES_PASSWORD": [("p@ss", {}), ("a/b", {}), ("a b", {}), ("a:b#c", {})],
}


def test_every_variable_has_a_wrong_value_here():
    assert set(WRONG) == set(variables.BY_NAME)
    assert [name for name, wrong in WRONG.items() if not wrong] == ["SECRET_KEY"]


@pytest.mark.parametrize(("name", "value", "others"), [(name, *each) for name, wrong in WRONG.items() for each in wrong])
def test_a_wrong_value_stops_the_start_by_its_name(monkeypatch, name, value, others):
    with pytest.raises(ImproperlyConfigured) as refused:
        values(monkeypatch, **others | {name: value})
    assert name in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("name", ["DATABASE_URL", "POSTGRES_PASSWORD", "EMAIL_HOST_PASSWORD", "SECRET_KEY_FALLBACKS"])
def test_no_secret_is_quoted(monkeypatch, name):
    secret = {"DATABASE_URL": "postgres//harley:hunter2@host/name"}.get(name, "hunter2/@")
    with pytest.raises(ImproperlyConfigured) as refused:
        values(monkeypatch, **PUBLIC | {name: secret})
    assert "hunter2" not in str(refused.value)


RIGHT = [
    ({"STAFF_EMAIL": "reception@example.org, manager@example.org"}, {"STAFF_EMAIL": "reception@example.org, manager@example.org"}),
    ({"STAFF_EMAIL": "Reception <r@example.org>,m@example.org,r@example.org"}, {"STAFF_EMAIL": "r@example.org, m@example.org"}),
    ({"STAFF_EMAIL": "r@example.org,"}, {"STAFF_EMAIL": "r@example.org"}),
    ({"STAFF_EMAIL": '"Desk, front" <r@example.org>'}, {"STAFF_EMAIL": "r@example.org"}),
    ({"FROM_EMAIL": "Clinic, Bookings <b@example.org>"}, {"FROM_EMAIL": '"Clinic, Bookings" <b@example.org>'}),
    ({"FROM_EMAIL": '"Clinic, Bookings" <b@example.org>'}, {"FROM_EMAIL": '"Clinic, Bookings" <b@example.org>'}),
    ({"FROM_EMAIL": "b@example.org"}, {"FROM_EMAIL": "b@example.org"}),
    ({"FROM_EMAIL": "<b@example.org>"}, {"FROM_EMAIL": "b@example.org"}),
    ({"FROM_EMAIL": "HT Bookings<b@example.org>"}, {"FROM_EMAIL": "HT Bookings <b@example.org>"}),
    ({}, {"FROM_EMAIL": "Bookings <clinic@localhost>", "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"]}),
    (PUBLIC, {"ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]", "www.example.org"]}),
    (PUBLIC | {"ALLOWED_HOSTS": ".example.org"}, {"ALLOWED_HOSTS": [".example.org"]}),
    (
        PUBLIC | {"SITE_URL": "https://WWW.example.org:8443/", "ALLOWED_HOSTS": "www.example.org,"},
        {"SITE_URL": "https://WWW.example.org:8443"},
    ),
    ({"SITE_URL": "http://[::1]:8000"}, {"SITE_URL": "http://[::1]:8000"}),
    ({"EMAIL_PORT": "465", "EMAIL_USE_SSL": "1"}, {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True}),
    ({"EMAIL_HOST": "2001:db8::25"}, {"EMAIL_HOST": "2001:db8::25"}),
    ({"ADMIN_PATH": "/back-office/desk/"}, {"ADMIN_PATH": "back-office/desk"}),
    ({"BIND": "unix:/run/harley.sock"}, {"BIND": "unix:/run/harley.sock"}),
    ({"BIND": "0.0.0.0:8000"}, {"BIND": "0.0.0.0:8000"}),
    ({"DEBUG": "1"}, {"DEBUG": True}),
    (dict.fromkeys(variables.BY_NAME, " "), {"PORT": 8000, "STAFF_EMAIL": "", "TRUSTED_PROXIES": 0}),  # an empty one counts as not set
]


@pytest.mark.parametrize(("environment", "expected"), RIGHT)
def test_a_right_value_is_read(monkeypatch, environment, expected):
    found = values(monkeypatch, **environment)
    assert {name: found[name] for name in expected} == expected
