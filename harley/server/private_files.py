"""What the site writes is for its own account: other accounts of the machine read none of it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import dj_database_url

from harley import env

BASE_DIR = Path(__file__).resolve().parents[2]
OTHERS = 0o077  # what nobody but the owner gets: files are made 0600, folders 0700
DATABASE_FILES = ("", "-wal", "-shm", "-journal")  # SQLite's file, and what it keeps beside it


def var() -> Path:
    """Return the folder that settings.VAR will be, before the settings can be read."""
    return Path(env.text("VAR_DIR", "") or BASE_DIR / "var")


def keep_private() -> None:
    """Make every new file of this process 0600 and every folder 0700, and take what older versions left open from other accounts.

    Called first by whatever starts a process; those it starts inherit it.
    """
    os.umask(OTHERS)
    for path in _left_open():
        with suppress(OSError):  # a disk that knows no modes, or a file that has gone since
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)


def _left_open() -> Iterator[Path]:
    """Yield what other accounts can reach of VAR_DIR, the database, the key and the emails, as far as it belongs to this account."""
    folder = var()
    if not _holds_more_than_the_site(folder):
        yield from _loose(folder)
    mail = folder / "mail"
    yield from _loose(mail, *mail.glob("*.eml"), folder / "media", folder / "secret_key")
    if database := _sqlite_file(folder):
        yield from _loose(*(database.with_name(database.name + ending) for ending in DATABASE_FILES))


def _loose(*paths: Path) -> Iterator[Path]:
    for path in paths:
        with suppress(OSError):
            facts = path.lstat()
            if facts.st_uid == os.geteuid() and facts.st_mode & OTHERS and not stat.S_ISLNK(facts.st_mode):
                yield path


def _holds_more_than_the_site(folder: Path) -> bool:
    """Answer whether a folder is one of the system's, which nobody could use any more: /tmp, / or what the code itself lies in."""
    folder = folder.resolve()
    inside = [BASE_DIR, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]
    system = len(folder.parts) <= 2 or folder in Path.home().resolve().parents or any(path.is_relative_to(folder) for path in inside)
    return system or (folder.is_dir() and bool(folder.stat().st_mode & stat.S_ISVTX))


def _sqlite_file(folder: Path) -> Path | None:
    """Return the file of the database, None where it is PostgreSQL, in memory or wrong: of that the settings complain."""
    url = env.text("DATABASE_URL", "")
    if not url:
        return folder / "db.sqlite3"
    with suppress(ValueError, KeyError):
        found = dj_database_url.parse(url)
        if found.get("ENGINE") == "django.db.backends.sqlite3" and found.get("NAME") not in {"", ":memory:"}:
            return Path(found["NAME"])
    return None
