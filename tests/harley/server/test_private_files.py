"""Other accounts of the machine read nothing that the site writes, but for the static files, which everybody may have."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from harley.server import private_files
from tests.harley.server.test_serve import start
from tests.servers import ROOT, free_port, running_site, start_worker, stop, wait_for


@pytest.fixture(autouse=True)
def usual_mask():
    """What a file of an older version was made under; this process may be private already."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """Return {path below the folder: its mode in octal} of everything in it, the folder itself as "."."""
    return {str(path.relative_to(folder)): f"{stat.S_IMODE(path.stat().st_mode):o}" for path in [folder, *folder.rglob("*")]}


def open_to_others(folder: Path) -> dict[str, str]:
    """Return what other accounts could read if they got into the folder, static files aside."""
    return {name: mode for name, mode in modes(folder).items() if not mode.endswith("00") and name.partition("/")[0] != "static"}


def run_once(var: Path) -> None:
    port = free_port()
    process = start(var, port)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def test_a_first_start_leaves_nothing_open_and_a_second_takes_back_what_was(tmp_path):
    before = os.umask(0o022)  # as most systems have it
    try:
        var = tmp_path / "var"
        run_once(var)
        made = modes(var)
        assert (made["."], made["db.sqlite3"], made["secret_key"]) == ("700", "600", "600")
        assert open_to_others(var) == {}
        assert {mode for name, mode in made.items() if name.startswith("static/")} == {"644", "755"}

        (var / "mail").mkdir()
        (var / "mail" / "one.eml").write_text("Dear Sam")
        for name in (".", "db.sqlite3", "secret_key"):
            (var / name).chmod(0o755)
        assert {".", "db.sqlite3", "secret_key", "mail", "mail/one.eml"} <= set(open_to_others(var))
        run_once(var)
        assert open_to_others(var) == {}
    finally:
        os.umask(before)


def test_web_server_worker_and_commands_write_for_their_own_account(tmp_path):
    """Each started by itself, the worker with an email to write; the database lies outside VAR_DIR."""
    before = os.umask(0o022)
    try:
        var, data = tmp_path / "var", tmp_path / "data"
        var.mkdir()
        data.mkdir()
        variables = {"VAR_DIR": str(var), "DATABASE_URL": f"sqlite:///{data / 'site.sqlite3'}", "STAFF_EMAIL": "staff@clinic.test"}
        for command in ("migrate --verbosity 0", "load_content", "load_rota"):
            subprocess.run([sys.executable, "manage.py", *command.split()], cwd=ROOT, env=os.environ | variables, check=True)
        assert modes(data)["site.sqlite3"] == "600"
        assert modes(var)["."] == "700"
        with running_site(**variables):
            inside = [sys.executable, "-m", "tests.drill_inside", "write", "1"]
            subprocess.run(inside, cwd=ROOT, env=os.environ | variables | {"DJANGO_SETTINGS_MODULE": "harley.settings"}, check=True)
            worker = start_worker(tmp_path / "log", "send_notices", **variables)
            assert worker.wait(60) == 0
            assert {name: mode for name, mode in modes(data).items() if name != "."} == dict.fromkeys(
                ["site.sqlite3", "site.sqlite3-wal", "site.sqlite3-shm"], "600"
            )
        stop(worker)
        assert len(list((var / "mail").glob("*.eml"))) == 2
        assert open_to_others(var) == {}
    finally:
        os.umask(before)


def test_an_older_database_elsewhere_is_taken_back(tmp_path, monkeypatch):
    file = tmp_path / "elsewhere" / "site.sqlite3"
    file.parent.mkdir()
    file.touch()
    file.chmod(0o644)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    tighten()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) & 0o055  # others' folders are not ours to change


def tighten() -> None:
    before = os.umask(0)
    try:
        private_files.keep_private()
    finally:
        os.umask(before)


@pytest.mark.parametrize("folder", ["/", "/tmp", "/var", str(ROOT), str(ROOT.parent), sys.prefix])
def test_a_folder_that_holds_more_than_the_site_keeps_its_mode(folder):
    assert private_files._holds_more_than_the_site(Path(folder))


def test_a_folder_of_another_account_and_a_link_keep_their_mode(tmp_path, monkeypatch):
    var, target = tmp_path / "var", tmp_path / "target"
    var.mkdir(mode=0o755)
    target.write_text("")
    target.chmod(0o644)
    (var / "secret_key").symlink_to(target)
    monkeypatch.setenv("VAR_DIR", str(var))
    monkeypatch.setattr(private_files.os, "geteuid", lambda: 12345)
    tighten()
    assert stat.S_IMODE(var.stat().st_mode) == 0o755
    monkeypatch.undo()
    monkeypatch.setenv("VAR_DIR", str(var))
    tighten()
    assert (stat.S_IMODE(var.stat().st_mode), stat.S_IMODE(target.stat().st_mode)) == (0o700, 0o644)


def test_a_wrong_address_of_the_database_is_left_to_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    for url in ("nonsense", "sqlite://:memory:", "postgresql://a@b/c", "mysql://x"):
        monkeypatch.setenv("DATABASE_URL", url)
        tighten()
