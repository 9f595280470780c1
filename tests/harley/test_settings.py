"""The settings as a fresh process reads them. A deployment that is set up wrongly does not start, and says why."""

import json
import os
import subprocess
import sys

import pytest

from tests.servers import ROOT

GOOD = {"SECRET_KEY": "x" * 60, "PATH": os.environ["PATH"]}
DEPLOYED = {"BEHIND_HTTPS": "1", "SITE_URL": "https://www.clinic.test", "ALLOWED_HOSTS": "www.clinic.test", "TRUSTED_PROXIES": "1"}


def start(code: str, **variables: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", f"import json; from harley import settings; {code}"]
    return subprocess.run(command, cwd=ROOT, env={**GOOD, **variables}, capture_output=True, text=True, check=False)


def settings(*names: str, **variables: str) -> list:
    result = start(f"print(json.dumps([getattr(settings, name, None) for name in {names}], default=str))", **variables)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def refusal(**variables: str) -> str:
    result = start("", **variables)
    assert result.returncode == 1
    return result.stderr.splitlines()[-1].removeprefix("django.core.exceptions.ImproperlyConfigured: ")


def test_debug_is_off_and_the_database_is_a_file(tmp_path):
    assert settings("DEBUG", "BEHIND_HTTPS", VAR_DIR=str(tmp_path)) == [False, False]
    [databases] = settings("DATABASES", VAR_DIR=str(tmp_path))
    assert databases["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert databases["default"]["NAME"] == str(tmp_path / "db.sqlite3")
    assert databases["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_folder_with_odd_letters_is_fine():
    [databases] = settings("DATABASES", VAR_DIR="/tmp/a b#c?d%e")
    assert databases["default"]["NAME"] == "/tmp/a b#c?d%e/db.sqlite3"


def test_does_not_start_without_a_secret_key(tmp_path):
    assert refusal(SECRET_KEY="", VAR_DIR=str(tmp_path)).startswith("Set SECRET_KEY, or put a long random text into ")


@pytest.mark.parametrize("where", [DEPLOYED, {"ALLOWED_HOSTS": "localhost,clinic.test", "SITE_URL": "http://clinic.test"}])
def test_a_key_that_can_be_guessed_stops_the_start_where_others_can_reach_the_site(tmp_path, where):
    (tmp_path / "key").write_text("k" * 49)
    said = "SECRET_KEY must have at least 50 characters where others can reach the site."
    assert refusal(**where, SECRET_KEY="abc") == said
    assert refusal(**where, SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key")) == said
    assert settings("SECRET_KEY", SECRET_KEY="abc") == ["abc"]


def test_a_file_of_the_key_that_is_not_there_is_named(tmp_path):
    assert refusal(SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key")).endswith("into the file SECRET_KEY_FILE names.")


def test_reads_the_secret_key_from_its_file(tmp_path):
    (tmp_path / "secret_key").write_text("from the file\n")
    assert settings("SECRET_KEY", SECRET_KEY="", VAR_DIR=str(tmp_path)) == ["from the file"]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "perhaps", "DEBUG must be 1 or 0, not 'perhaps'."),
        ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES must be a whole number, not 'one'."),
        ("SITE_URL", "www.clinic.test", "SITE_URL must look like https://www.example.org, not 'www.clinic.test'."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not 'LOUD'."),
        ("DATABASE_URL", "mysql://u:p@host/name", "DATABASE_URL must name SQLite or PostgreSQL."),
    ],
)
def test_names_what_is_wrong(name, value, sentence):
    assert refusal(**{name: value}) == sentence


def test_a_wrong_database_address_is_named_without_its_password():
    result = start("", DATABASE_URL="postgres//harley:hunter2@host/name")
    assert "DATABASE_URL must look like" in result.stderr.splitlines()[-1]
    assert "hunter2" not in result.stderr


def test_https_asks_for_an_https_address():
    said = refusal(**DEPLOYED | {"SITE_URL": "http://www.clinic.test"})
    assert said == "SITE_URL must start with https:// when BEHIND_HTTPS is on, not 'http://www.clinic.test'."


def test_https_makes_cookies_secure_and_redirects():
    names = ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "SECURE_HSTS_SECONDS")
    assert settings(*names, **DEPLOYED) == [True, True, True, "__Host-session", 3600]
    assert settings(*names) == [None, None, None, None, None]


def test_believes_the_proxys_word_for_https_only_behind_https():
    assert settings("SECURE_PROXY_SSL_HEADER", **DEPLOYED) == [["HTTP_X_FORWARDED_PROTO", "https"]]
    assert settings("SECURE_PROXY_SSL_HEADER", TRUSTED_PROXIES="1") == [None]


def test_postgresql_has_its_timeouts():
    [databases] = settings("DATABASES", DATABASE_URL="postgresql://harley:secret@db.test/harley")
    assert databases["default"]["HOST"] == "db.test"
    assert databases["default"]["CONN_HEALTH_CHECKS"] is True
    assert "lock_timeout=5s" in databases["default"]["OPTIONS"]["options"]


def test_emails_become_files_until_a_mail_server_is_named():
    assert settings("EMAIL_BACKEND") == ["harley.server.eml_backend.EmlBackend"]
    assert settings("EMAIL_BACKEND", EMAIL_HOST="mail.test") == ["django.core.mail.backends.smtp.EmailBackend"]


def test_a_mail_server_is_spoken_to_by_starttls_unless_it_speaks_tls_at_once():
    names = ("EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL")
    assert settings(*names) == [587, True, False]
    assert settings(*names, EMAIL_USE_SSL="1") == [465, False, True]
    assert settings(*names, EMAIL_PORT="2465", EMAIL_USE_SSL="1", EMAIL_USE_TLS="0") == [2465, False, True]
    assert settings(*names, EMAIL_PORT="25", EMAIL_USE_TLS="0") == [25, False, False]


def test_managers_need_a_second_factor_wherever_others_can_reach_the_site():
    assert settings("REQUIRE_SECOND_FACTOR") == [False]
    assert settings("REQUIRE_SECOND_FACTOR", REQUIRE_SECOND_FACTOR="1") == [True]
    assert settings("REQUIRE_SECOND_FACTOR", SITE_URL="http://clinic.test") == [True]
    assert settings("REQUIRE_SECOND_FACTOR", **DEPLOYED) == [True]


@pytest.mark.parametrize("where", [DEPLOYED, {"ALLOWED_HOSTS": "clinic.test"}, {"SITE_URL": "http://clinic.test"}])
def test_that_cannot_be_switched_off_there(where):
    said = refusal(**where, REQUIRE_SECOND_FACTOR="0")
    assert said == "REQUIRE_SECOND_FACTOR may be 0 only without BEHIND_HTTPS, and while ALLOWED_HOSTS names this machine alone."
