"""Typed reads of the environment. A wrong value stops the start and is named; an empty one counts as not set.

Each function takes a variable's name and its default, as it would be written, and raises ImproperlyConfigured for a wrong value.
"""

import os
import re
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import EmailValidator

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
HOST = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\]"
MAILBOX = re.compile(r'(?:"(?P<quoted>[^"\\<>]*)"\s*|(?P<name>[^"\\<>@]*?)\s*)<(?P<in_brackets>[^<>\s]+)>|(?P<bare>[^<>\s"]+)')
NEEDS_QUOTES = re.compile(r"[^\w\s!#$%&'*+/=?^`{|}~-]")  # in the name beside an email address
PORTS = range(1, 65_536)


def wrong(name: str, must: str) -> ImproperlyConfigured:
    """Return the refusal: of a value, what the variable must be."""
    return ImproperlyConfigured(f"{name} must {must}, not {text(name)!r}.")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """Return True for 1/true/yes/on, False for 0/false/no/off."""
    value = text(name)
    if not value:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise wrong(name, "be 1 or 0")


def switch(name: str, default: str) -> bool:
    """Return a flag whose default is written as 1 or 0."""
    return flag(name, default=default == "1")


def maybe(name: str, default: str) -> bool | None:
    """Return a flag; None where it is not set, and something else decides."""
    return flag(name) if text(name, default) else None


def number(name: str, default: int) -> int:
    """Return a whole number, zero or more."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal()):
        raise wrong(name, "be a whole number")
    return int(value)


def whole_number(name: str, default: str) -> int:
    return number(name, int(default))


def positive(name: str, default: str) -> int:
    """Return a whole number, one or more."""
    value = whole_number(name, default)
    if not value:
        raise wrong(name, "be 1 or more")
    return value


def port(name: str, default: str) -> int | None:
    """Return the number of a port; None where it is not set and has no default."""
    if not text(name, default):
        return None
    value = number(name, int(default or 0))
    if value not in PORTS:
        raise ImproperlyConfigured(f"{name} must be between 1 and {PORTS[-1]}, not {value}.")
    return value


def one_of(name: str, choices: list[str], default: str) -> str:
    """Return one of the choices, in capitals."""
    value = text(name, default).upper()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def level(name: str, default: str) -> str:
    """Return from which level on lines are logged."""
    return one_of(name, ["DEBUG", "INFO", "WARNING", "ERROR"], default)


def names(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list, blanks dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def hosts(name: str, default: str) -> list[str]:
    """Return names of sites: no scheme, port or path. A dot in front stands for all names that end so."""
    found = names(name, default)
    for host in found:
        if not re.fullmatch(rf"\.?({HOST})", host, re.IGNORECASE):
            example = "be names like www.example.org, with commas between them and neither https:// nor port nor slash"
            raise ImproperlyConfigured(f"{name} must {example}, not {host!r}.")
    return found


def mail_server(name: str, default: str) -> str:
    value = text(name, default)
    if value and not re.fullmatch(rf"{HOST}|[0-9a-f:]+", value, re.IGNORECASE):
        raise wrong(name, "be the name of a mail server, like mail.example.org")
    return value


def address_to_listen_on(name: str, default: str) -> str:
    value = text(name, default)
    found = re.fullmatch(rf"(?:{HOST}|\*)?:(?P<port>\d+)|unix:/\S+", value, re.IGNORECASE)
    if value and (not found or (found["port"] and int(found["port"]) not in PORTS)):
        raise wrong(name, "look like 127.0.0.1:8000 or unix:/run/harley.sock")
    return value


def site(name: str, default: str) -> str:
    """Return scheme, host and perhaps port of a site, without a slash at the end."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_good = parts.scheme in {"http", "https"} and re.fullmatch(HOST, parts.netloc.removesuffix(f":{parts.port}"), re.IGNORECASE)
    except ValueError:
        is_good = None
    if not is_good:
        raise ImproperlyConfigured(f"{name} must look like https://www.example.org, not {value!r}.")
    if f"{parts.scheme}://{parts.netloc}" != value:
        raise ImproperlyConfigured(f"{name} must end with the name of the site, like https://www.example.org, not {value!r}.")
    return value


def admin_path(name: str, default: str) -> str:
    """Return a path of letters, digits, hyphens and underscores, perhaps with slashes inside."""
    value = text(name, default).strip("/")
    if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", value):
        raise wrong(name, "be of letters, digits, hyphens and underscores")
    return value


def mailbox(name: str, default: str) -> str:
    """Return one email address, perhaps after a name, which is quoted where an email needs that: "Clinic, Bookings" <b@example.org>."""
    value = text(name, default)
    found = MAILBOX.fullmatch(value)
    if not found or not _is_address(address := found["in_brackets"] or found["bare"]):
        raise wrong(name, "be one email address, like bookings@example.org or HT Bookings <bookings@example.org>")
    called = found["quoted"] or found["name"] or ""
    if not called:
        return address
    return f'"{called}" <{address}>' if NEEDS_QUOTES.search(called) else f"{called} <{address}>"


def mailboxes(name: str, default: str) -> str:
    """Return email addresses with commas between them; an empty text for none."""
    value = text(name, default)
    addresses = list(dict.fromkeys(address for _, address in getaddresses([value])))
    if value and not all(map(_is_address, addresses)):
        raise wrong(name, "be email addresses with commas between them, like reception@example.org, manager@example.org")
    return ", ".join(addresses)


def _is_address(address: str) -> bool:
    try:
        EmailValidator()(address)
    except ValidationError:
        return False
    return True


def folder(name: str, default: str) -> Path | None:
    """Return a folder, which need not be there yet; None where it is not set."""
    value = text(name, default)
    if value and Path(value).exists() and not Path(value).is_dir():
        raise wrong(name, "be a folder")
    return Path(value) if value else None


def file(name: str, default: str) -> Path | None:
    """Return a file, which need not be there yet; None where it is not set."""
    value = text(name, default)
    if value and Path(value).is_dir():
        raise wrong(name, "be a file")
    return Path(value) if value else None


def prefixes(name: str, default: str) -> list[str]:
    """Return at least one text of one to four capital letters."""
    found = names(name, default)
    if not found or not all(re.fullmatch(r"[A-Z]{1,4}", each) for each in found):
        raise wrong(name, "be one to four capital letters, or several such with commas between them")
    return found


def content_folder(name: str, default: str) -> Path | None:
    """Return a folder that holds at least `clinic.toml`, the clinic's own facts; None where it is not set."""
    value = folder(name, default)
    if value and not (value / "clinic.toml").is_file():
        raise wrong(name, "be a folder with a file clinic.toml")
    return value


def token(name: str, default: str) -> str:
    """Return a secret that stands in a header: at least 20 visible ASCII characters, or none."""
    value = text(name, default)
    if value and not re.fullmatch(r"[!-~]{20,}", value):
        raise wrong(name, "have at least 20 letters, digits or signs, without spaces")
    return value


def in_an_address(name: str, default: str) -> str:
    """Return a password that stands in DATABASE_URL as it is."""
    value = text(name, default)
    if not re.fullmatch(r"[A-Za-z0-9._~-]*", value):  # not quoted: nobody wants it in a log
        raise ImproperlyConfigured(f"{name} must be of letters, digits and - . _ ~ alone: it becomes part of an address.")
    return value


def database(name: str, default: str) -> Any:
    """Return a database as Django's settings name it; None where it is not set. No message quotes the value: it may hold a password."""
    value = text(name, default)
    if not value:
        return None
    try:
        found = dj_database_url.parse(value, conn_max_age=60)
    except ValueError:
        found = None
    if not found or not found["NAME"]:
        must_look = "must look like postgresql://user:password@host/name or sqlite:////path/to/file."
        raise ImproperlyConfigured(f"{name} {must_look}") from None
    if found["ENGINE"] not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(f"{name} must name SQLite or PostgreSQL.")
    return found
