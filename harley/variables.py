"""Every variable the site reads: its name, what reads it, its default and what it means. `python -m harley.variables` writes them into
docs/operations.md and .env.example."""

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from harley import env

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
KEY_LENGTH = 50  # characters; what Django's check of a deployment asks for
IMPLICIT_TLS = 465  # the port on which a mail server speaks TLS from the first byte
# What stands first in the paths of this site's own pages, and the pages of the first install: an admin there would hide them
TAKEN = {"book", "diary", "request", "healthz", "static", "media", "favicon.ico", "robots.txt", "sitemap.xml", "therapies", "locations"}
TAKEN |= {"articles", "home", "first-consultation", "practitioners", "evidence", "contact", "help-now", "questions", "privacy", "cookies"}
TAKEN |= {"accessibility", "terms"}


@dataclass(frozen=True)
class Variable:
    """A variable of the environment."""

    name: str
    parser: Callable[[str, str], Any]  # of name and default
    default: str  # as it would be written; empty: none, or it is worked out
    meaning: str  # Markdown
    shown: str = ""  # the default in Markdown, where it is worked out

    def read(self) -> Any:
        return self.parser(self.name, self.default)


VARIABLES = [
    Variable(
        "SECRET_KEY",
        env.text,
        "",
        f"needed: long and random, from `openssl rand -hex 32`: at least {KEY_LENGTH} characters where others can reach the site. It "
        "encrypts sessions and signs forms. `make run` makes one in `var/secret_key`",
    ),
    Variable("SECRET_KEY_FILE", env.file, "", "where the key is read from when `SECRET_KEY` is not set", "`$VAR_DIR/secret_key`"),
    Variable(
        "SECRET_KEY_FALLBACKS",
        env.names,
        "",
        "former keys, comma-separated, while sessions encrypted with them run out (a day). They must be as long as `SECRET_KEY`",
    ),
    Variable(
        "DEBUG",
        env.switch,
        "0",
        "`1` shows errors in full, settings and data included, in the browser and in the log. `make dev` sets it. Refused where "
        "others can reach the site",
    ),
    Variable(
        "SITE_URL",
        env.site,
        "http://127.0.0.1:8000",
        "the address people use, without a path; links in emails begin with it",
    ),
    Variable(
        "ALLOWED_HOSTS",
        env.hosts,
        "",
        "names the site answers to, comma-separated, without scheme, port or slash; any other gets 400. That of `SITE_URL` must be among "
        "them",
        "`127.0.0.1,localhost,[::1]` and the host of `SITE_URL`",
    ),
    Variable(
        "BEHIND_HTTPS",
        env.switch,
        "0",
        "`1`: cookies go over https only, http is redirected, HSTS is sent. Needs an https `SITE_URL` and `TRUSTED_PROXIES`",
    ),
    Variable(
        "TRUSTED_PROXIES",
        env.whole_number,
        "0",
        "how many proxies of your own stand in front. That many are believed about the visitor's address and https, no more",
    ),
    Variable(
        "REQUIRE_SECOND_FACTOR",
        env.maybe,
        "",
        "who may see a request or the diary must have a [second factor](#signing-in). `0` is refused where it is `1` by itself",
        "`1` with `BEHIND_HTTPS` or with another machine's name in `ALLOWED_HOSTS`, else `0`",
    ),
    Variable("HSTS_SECONDS", env.whole_number, "3600", "how many seconds browsers insist on https; see [HSTS](#hsts)"),
    Variable("HSTS_PRELOAD", env.switch, "0", "`1`: on every subdomain, too, and for the browsers' own lists; see [HSTS](#hsts)"),
    Variable(
        "HEALTH_TOKEN",
        env.token,
        "",
        "who asks `/healthz/deep` from another machine sends it: `Authorization: Bearer …`. From `openssl rand -hex 32`",
    ),
    Variable(
        "DATABASE_URL",
        env.database,
        "",
        "`postgresql://user:password@host/name`, or `sqlite:////path/to/file`",
        "SQLite at `$VAR_DIR/db.sqlite3`",
    ),
    Variable(
        "VAR_DIR",
        env.folder,
        "",
        "everything the running site writes: the SQLite file, the key, pictures, emails as files, static files",
        "`var` in the clone",
    ),
    Variable(
        "STATIC_ROOT",
        env.folder,
        "",
        "where `collectstatic` puts the static files and the site serves them from; the image has its own",
        "`$VAR_DIR/static`",
    ),
    Variable("EMAIL_HOST", env.mail_server, "", "the mail server. Not set: each email becomes a file in `$VAR_DIR/mail`"),
    Variable("EMAIL_PORT", env.port, "", "its port", "`587`; `465` with `EMAIL_USE_SSL`"),
    Variable("EMAIL_HOST_USER", env.text, "", "its account, if it asks for one"),
    Variable("EMAIL_HOST_PASSWORD", env.text, "", "the password of that account"),
    Variable(
        "EMAIL_USE_TLS",
        env.maybe,
        "",
        "STARTTLS. Turn off only for a mail server on the same machine",
        "`1`; `0` with `EMAIL_USE_SSL`",
    ),
    Variable("EMAIL_USE_SSL", env.switch, "0", "`1`: TLS from the first byte, as on port 465, instead of STARTTLS"),
    Variable(
        "FROM_EMAIL",
        env.mailbox,
        "Bookings <clinic@localhost>",
        "sender of every email, **and where bounces come back**: a mailbox somebody reads. Phones show the name on a locked screen: let it "
        "say nothing of therapy",
    ),
    Variable(
        "REFERENCE_PREFIXES",
        env.prefixes,
        "HT",
        "how references of requests begin: one to four capitals. Keep former ones behind it, comma-separated, so that they are found",
    ),
    Variable(
        "CONTENT_DIR",
        env.content_folder,
        "",
        "a folder with the words, facts and rota that a first install loads: [another clinic](#another-clinic)",
        "this clinic's own",
    ),
    Variable("STAFF_EMAIL", env.mailboxes, "", "who is told of a new request, comma-separated. Not set: nobody; staff look at the admin"),
    Variable(
        "MANAGER_EMAIL",
        env.mailboxes,
        "",
        "who hears when a request waits too long, or a time passed unanswered, comma-separated",
        "`STAFF_EMAIL`",
    ),
    Variable("ADMIN_PATH", env.admin_path, "admin", "path of the admin, which no page may have; change it in nginx, too"),
    Variable("LOG_LEVEL", env.level, "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`"),
    Variable("BIND", env.address_to_listen_on, "", "address and port gunicorn listens on", "`127.0.0.1:$PORT`"),
    Variable("PORT", env.port, "8000", "port on 127.0.0.1, where `BIND` is not set"),
    Variable("WEB_WORKERS", env.positive, "2", "gunicorn processes, of 8 threads each"),
    Variable("POSTGRES_PASSWORD", env.in_an_address, "", "used by `compose.yaml` only: from `openssl rand -hex 32`"),
]
BY_NAME = {variable.name: variable for variable in VARIABLES}


def read_variable(name: str) -> Any:
    """Return the value of a variable, or its default; raise ImproperlyConfigured for a wrong one."""
    return BY_NAME[name].read()


def read_all() -> dict[str, Any]:
    """Return {name: value}. Raise ImproperlyConfigured for the first that is wrong, also for those that contradict one another."""
    values = {variable.name: variable.read() for variable in VARIABLES}
    values["ALLOWED_HOSTS"] = values["ALLOWED_HOSTS"] or list(dict.fromkeys([*LOOPBACK, _host(values["SITE_URL"])]))
    for refusal in (_of_https, _of_a_site_others_reach, _of_hosts, _of_keys, _of_emails, _of_the_admin):
        if sentence := refusal(values):
            raise ImproperlyConfigured(sentence)
    return values


def is_reached_from_elsewhere(values: dict[str, Any]) -> bool:
    """Tell whether others than who sits at this machine can reach the site."""
    return values["BEHIND_HTTPS"] or not set(values["ALLOWED_HOSTS"]) <= set(LOOPBACK)


def _of_https(values: dict[str, Any]) -> str:
    if values["BEHIND_HTTPS"] and not values["SITE_URL"].startswith("https://"):
        return f"SITE_URL must start with https:// when BEHIND_HTTPS is on, not {values['SITE_URL']!r}."
    if values["BEHIND_HTTPS"] and not values["TRUSTED_PROXIES"]:
        return "TRUSTED_PROXIES must be 1 or more when BEHIND_HTTPS is on: without a proxy that is believed, https is redirected to itself."
    return ""


def _of_a_site_others_reach(values: dict[str, Any]) -> str:
    if not is_reached_from_elsewhere(values):
        return ""
    if values["REQUIRE_SECOND_FACTOR"] is False:
        return "REQUIRE_SECOND_FACTOR may be 0 only without BEHIND_HTTPS, and while ALLOWED_HOSTS names this machine alone."
    if values["DEBUG"]:
        return "DEBUG may be 1 only without BEHIND_HTTPS, and while ALLOWED_HOSTS names this machine alone: it shows settings and data."
    return ""


def _of_hosts(values: dict[str, Any]) -> str:
    name = _host(values["SITE_URL"])
    if not validate_host(name, values["ALLOWED_HOSTS"]):
        return f"ALLOWED_HOSTS must name {name!r}, the host of SITE_URL, too, not only {', '.join(values['ALLOWED_HOSTS'])!r}."
    return ""


def _host(site: str) -> str:
    return re.sub(r":\d+$", "", urlsplit(site).netloc).lower()


def _of_keys(values: dict[str, Any]) -> str:
    """SECRET_KEY itself is looked at when it has been read, perhaps from its file."""
    if values["SECRET_KEY"] and values["SECRET_KEY"] in values["SECRET_KEY_FALLBACKS"]:
        return "SECRET_KEY_FALLBACKS must hold former keys alone, not SECRET_KEY."
    if is_reached_from_elsewhere(values) and any(len(key) < KEY_LENGTH for key in values["SECRET_KEY_FALLBACKS"]):
        return f"SECRET_KEY_FALLBACKS must hold keys of at least {KEY_LENGTH} characters, where others can reach the site."
    return ""


def _of_emails(values: dict[str, Any]) -> str:
    if values["EMAIL_USE_SSL"] and values["EMAIL_USE_TLS"]:
        return "EMAIL_USE_SSL and EMAIL_USE_TLS may not both be 1: the first is TLS from the first byte, the second STARTTLS."
    if values["EMAIL_PORT"] == IMPLICIT_TLS and not values["EMAIL_USE_SSL"]:
        return f"EMAIL_PORT {IMPLICIT_TLS} needs EMAIL_USE_SSL=1: servers speak TLS from the first byte there."
    for given, missing in (("EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"), ("EMAIL_HOST_PASSWORD", "EMAIL_HOST_USER")):
        if values[given] and not values[missing]:
            return f"{given} is set without {missing}: set both, or neither."
    return ""


def _of_the_admin(values: dict[str, Any]) -> str:
    first = values["ADMIN_PATH"].partition("/")[0]
    return f"ADMIN_PATH must not begin with {first!r}: a page of the site has that address." if first.lower() in TAKEN else ""


def table() -> str:
    """Return the table of docs/operations.md."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for each in VARIABLES:
        default = each.shown or (f"`{each.default}`" if each.default else "none")
        rows.append(f"| `{each.name}` | {default} | {each.meaning} |")
    return "\n".join(rows)


def example() -> str:
    """Return .env.example."""
    intro = """\
# Every variable the site reads, with its default: a copy of this file changes nothing until a line is uncommented. Written by
# `python -m harley.variables`. Containers read a file `.env`, systemd /etc/harley.env; `make run` and `make dev` need none.
# A wrong value stops the start and is named; an empty one counts as not set.
"""
    parts = [intro]
    for each in VARIABLES:
        words = each.meaning[0].upper() + each.meaning[1:] + (f". Not set: {each.shown}" if each.shown else "") + "."
        words = re.sub(r"\[([^]]+)\]\(#[^)]*\)", r"\1", words).replace("`", "").replace("**", "")
        parts.append(
            "\n".join([*textwrap.wrap(words, 120, initial_indent="# ", subsequent_indent="# "), f"# {each.name}={each.default}\n"])
        )
    return "\n".join(parts)


def with_table(page: str) -> str:
    """Return docs/operations.md with the table as it is now."""
    return re.sub(r"^\| variable \|.*?\n(?=\n)", lambda _: f"{table()}\n", page, count=1, flags=re.MULTILINE | re.DOTALL)


if __name__ == "__main__":
    operations = ROOT / "docs" / "operations.md"
    operations.write_text(with_table(operations.read_text(encoding="utf-8")), encoding="utf-8")
    (ROOT / ".env.example").write_text(example(), encoding="utf-8")
