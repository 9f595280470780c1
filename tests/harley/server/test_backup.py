"""docs/backup.sh: what it makes can be restored, and what it could not make costs no older backup."""

import base64
import io
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.postgres import running_postgres
from tests.servers import ROOT

SCRIPT = ROOT / "docs" / "backup.sh"
DAY = 24 * 60 * 60
# In place of the program that encrypts: `age -r KEY -o TO FROM`, readable for the test
AGE = '#!/bin/sh\n[ "$1 $2 $3" = "-r age1public -o" ] || exit 2\nbase64 "$5" > "$4"\n'


class Machine:
    """Folders of a server with a backup of yesterday and one that is too old, and its variables."""

    def __init__(self, folder: Path):
        self.folder, self.var, self.backups = folder, folder / "var", folder / "backups"
        for each in (self.var, self.backups, folder / "bin"):
            each.mkdir()
        self.program("age", AGE)
        for name, age in (("yesterday", 1), ("almost", 28.9), ("old", 29.5)):
            file = self.backups / f"{name}.sqlite3.age"
            file.write_text("kept")
            os.utime(file, (time.time() - age * DAY,) * 2)
        self.path = f"{folder / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"

    def program(self, name: str, text: str) -> None:
        file = self.folder / "bin" / name
        file.write_text(text)
        file.chmod(0o755)

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        known = {"PATH": self.path, "VAR_DIR": str(self.var), "BACKUP_DIR": str(self.backups), "BACKUP_TO": "age1public"}
        return subprocess.run([SCRIPT, *arguments], env=known | variables, capture_output=True, text=True, check=False)

    def refuses(self, sentence: str, **variables: str) -> None:
        """It fails with that sentence, and every older backup is still there, without anything beside it."""
        before = sorted(self.backups.iterdir())
        result = self.run(**variables)
        assert result.returncode != 0
        assert sentence in result.stderr
        assert sorted(self.backups.iterdir()) == before

    def made(self, ending: str) -> bytes:
        [file] = [file for file in self.backups.iterdir() if file.name.endswith(ending) and file.name[0].isdigit()]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        return base64.b64decode(file.read_bytes())


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.fixture
def stored(machine):
    with closing(sqlite3.connect(machine.var / "db.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE bookings_enquiry (reference)")
        database.execute("INSERT INTO bookings_enquiry VALUES ('HT-7K3P2')")
        database.commit()
    return machine


def test_what_it_makes_is_the_database_and_the_files_and_old_ones_go(stored, tmp_path):
    (stored.var / "media").mkdir()
    (stored.var / "media" / "one.webp").write_bytes(b"picture")
    (stored.var / "erased").write_text("HT-4F6M7 2026-11-30\n")
    result = stored.run()
    assert (result.returncode, result.stderr) == (0, "")
    copy = tmp_path / "restored.sqlite3"
    copy.write_bytes(stored.made(".sqlite3.age"))
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT reference FROM bookings_enquiry").fetchall() == [("HT-7K3P2",)]
    with tarfile.open(fileobj=io.BytesIO(stored.made(".files.tar.gz.age"))) as archive:
        assert {"media/one.webp", "erased"} <= set(archive.getnames())
    names = {file.name for file in stored.backups.iterdir()}
    assert {"yesterday.sqlite3.age", "almost.sqlite3.age"} <= names
    assert "old.sqlite3.age" not in names
    assert len(names) == 4


def test_it_makes_its_folder_which_is_nobody_elses(stored, tmp_path):
    folder = tmp_path / "new" / "folder"
    assert stored.run(BACKUP_DIR=str(folder)).returncode == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"BACKUP_TO": ""}, "BACKUP_TO, the public key to encrypt for, is not set"),
        ({"BACKUP_TO": "age1other"}, ""),
        ({"VAR_DIR": ""}, "VAR_DIR is not set"),
        ({"VAR_DIR": "/nowhere"}, "there is no folder /nowhere"),
        ({"DATABASE_URL": "sqlite:////nowhere/db.sqlite3"}, "/nowhere/db.sqlite3: unable to open database file"),
        ({"DATABASE_URL": "mysql://x"}, "names neither SQLite nor PostgreSQL"),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/harley"}, "connection"),
    ],
)
def test_with_a_wrong_variable_it_fails_and_deletes_nothing(stored, variables, sentence):
    stored.program("pg_dump", "#!/bin/sh\necho 'connection refused' >&2\nexit 1\n")
    stored.refuses(sentence, **variables)


def test_without_a_database_or_with_another_it_fails_and_deletes_nothing(machine):
    machine.refuses("db.sqlite3: unable to open database file")
    assert not (machine.var / "db.sqlite3").exists()
    (machine.var / "db.sqlite3").touch()
    machine.refuses("no such table: bookings_enquiry")
    (machine.var / "db.sqlite3").write_bytes(b"nonsense" * 1000)
    machine.refuses("file is not a database")


def test_without_pg_dump_it_fails_and_deletes_nothing(stored):
    for name in ("bash", "age", "mktemp", "mkdir", "rm", "date"):
        if not (stored.folder / "bin" / name).exists():
            (stored.folder / "bin" / name).symlink_to(f"/bin/{name}")
    stored.path = str(stored.folder / "bin")
    stored.refuses("pg_dump is needed", DATABASE_URL="postgresql://u@h/harley")


def test_postgresql_is_backed_up_without_its_password_on_a_command_line(machine, tmp_path):
    with running_postgres(tmp_path / "server", durable=False) as (url, programs):
        for name in ("pg_dump", "pg_restore"):
            real = programs / name
            machine.program(name, f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/called\nexec {real} "$@"\n')
        secret = url.replace("postgres@", "postgres:a%2Fsecret@")
        machine.refuses("holds no requests", DATABASE_URL=secret)
        machine.refuses("does not exist", DATABASE_URL=secret.removesuffix("/postgres") + "/mistyped")
        subprocess.run([programs / "psql", "--quiet", url, "--command=CREATE TABLE bookings_enquiry (reference text)"], check=True)
        result = machine.run(DATABASE_URL=secret)
        assert (result.returncode, result.stderr) == (0, "")
        assert machine.made(".dump.age").startswith(b"PGDMP")
    assert "secret" not in (tmp_path / "called").read_text()


def test_the_check_fails_once_the_newest_backup_is_a_day_old(machine):
    machine.run("check")
    newest = machine.backups / "yesterday.sqlite3.age"
    for hours, code in ((25, 0), (27, 1)):
        os.utime(newest, (time.time() - hours * 3600,) * 2)
        assert machine.run("check").returncode == code
    os.utime(newest)
    newest.write_text("")
    assert machine.run("check").stderr == f"backup: no backup of the last 26 hours in {machine.backups}\n"
    assert machine.run("check", BACKUP_DIR="/nowhere").returncode == 1


def test_a_word_it_does_not_know_is_no_backup(stored):
    assert stored.run("chekc").stderr == "backup: unknown argument: chekc (only 'check' is one)\n"
