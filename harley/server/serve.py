"""`make run`: prepares a clone and serves it, with the worker beside it, until Ctrl-C.

Everything it writes lies under var/. A second run keeps all of it.
"""

import hashlib
import io
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from harley.server.private_files import keep_private, var
from harley.variables import read_variable

HOST = "127.0.0.1"
START_WITHIN = 30  # seconds until the site must answer
STOP_WITHIN = 100  # seconds a process may take to finish what it is doing: the worker, to send the email it is at (90 s at most)
COMMANDS = {
    "the web server": ["-m", "gunicorn", "-c", "python:harley.server.gunicorn_conf", "--log-level", "warning"],
    "the worker": ["manage.py", "work"],
}
NOTHING_NEW = re.compile(r"\S+: \d+ unchanged")  # a file of content, all of whose rows were loaded before
PASSWORD_LETTERS = "bcdfghjkmnpqrstwxz256789"  # noqa: S105 (none that look alike, and none that spell a word)
STAFF = "staff"


def main(commands: dict[str, list[str]] = COMMANDS, prepare_more: Callable[[], None] | None = None) -> int:
    """Prepare the site, then whatever else is wanted, and run these commands, by name, until a signal; return the exit code."""
    keep_private()
    try:
        port = free_port()
        make_secret_key()
        os.environ.setdefault("SITE_URL", f"http://{HOST}:{port}")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harley.settings")
        django.setup()
    except ImproperlyConfigured as error:
        return complain(str(error))
    prepare()
    if prepare_more:
        prepare_more()
    return serve(port, commands)


def complain(sentence: str) -> int:
    print(f"\n  {sentence}\n", file=sys.stderr)
    return 1


def free_port() -> int:
    """The port to serve on; raises ImproperlyConfigured where it is no port, or another program has it."""
    port = read_variable("PORT")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise ImproperlyConfigured(f"Port {port} may be used by the system alone. Try another: make run PORT=8080") from None
        except OSError:
            another = port + 1 if port < 65535 else 8000
            raise ImproperlyConfigured(f"Port {port} is in use by another program. Try another: make run PORT={another}") from None
    return port


def make_secret_key() -> None:
    """Once, readable by its owner alone."""
    key_file = read_variable("SECRET_KEY_FILE") or var() / "secret_key"
    if read_variable("SECRET_KEY") or key_file.is_file():
        return
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key_file.touch(mode=0o600)
    key_file.write_text(secrets.token_urlsafe(50) + "\n")


def prepare() -> None:
    """Brings the database, the clinic's content and the static files up to date. Overwrites nothing that staff changed."""
    print("Preparing the site ...", flush=True)
    settings.VAR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    load("load_content")
    load("load_rota")
    if not settings.DEBUG:  # WhiteNoise then serves each file from where it is written
        collect_static()
    make_staff_account()


def load(command: str) -> None:
    """Runs a command that loads content, and prints what it changed."""
    said = io.StringIO()
    call_command(command, stdout=said)
    for line in said.getvalue().splitlines():
        if not NOTHING_NEW.fullmatch(line):
            print(f"  {line}")


def collect_static() -> None:
    """Compressing takes seconds, so it is done only when a source has changed."""
    stamp = settings.STATIC_ROOT.with_suffix(".fingerprint")
    now = fingerprint()
    if stamp.is_file() and stamp.read_text() == now and (settings.STATIC_ROOT / "staticfiles.json").is_file():
        return
    print("Compressing the static files ...", flush=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def fingerprint() -> str:
    """Return a digest that changes with the name, size or time of any static source, and with the way they are stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def make_staff_account() -> None:
    """While nobody can sign in yet: one account, whose password is shown this once and stored only as a hash."""
    users = get_user_model().objects
    if users.exists():
        return
    password = "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(5)) for _ in range(4))
    users.create_superuser(STAFF, password=password)
    print(
        f"""
  +--------------------------------------------------+
  |  The staff account. Shown once: write it down.   |
  |                                                  |
  |    Name       {STAFF:<35}|
  |    Password   {password:<35}|
  +--------------------------------------------------+
""",
        flush=True,
    )


def serve(port: int, commands: dict[str, list[str]]) -> int:
    """Runs the commands until a signal, or until one of them ends by itself; then ends whatever is left."""
    stopped_by = []
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, frame: stopped_by.append(number))
    # Groups of their own: Ctrl-C in the terminal reaches this process alone, which then ends the others in order.
    here = Path(__file__).resolve().parents[2]
    running = {name: subprocess.Popen([sys.executable, *command], cwd=here, process_group=0) for name, command in commands.items()}
    try:
        give_up_at = time.monotonic() + START_WITHIN
        announced = False
        while not stopped_by:
            ended = next((name for name, process in running.items() if process.poll() is not None), None)
            if ended:
                return complain(f"Stopping: {ended} has ended by itself (exit code {running[ended].returncode}).")
            if not announced and answers(port):
                announced = True
                announce(port)
            elif not announced and time.monotonic() > give_up_at:
                return complain(f"Stopping: the site did not answer within {START_WITHIN} seconds.")
            time.sleep(0.1)
        print("\nStopping ...", flush=True)
        return 0
    finally:
        stop(running.values())


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def announce(port: int) -> None:
    emails = f"sent through {settings.EMAIL_HOST}" if settings.EMAIL_HOST else f"one file each in {short(settings.EMAIL_FILE_PATH)}/"
    print(
        f"""
  Harley Therapy is running. Ctrl-C stops it.

    The site     http://{HOST}:{port}/
    For staff    http://{HOST}:{port}/{settings.ADMIN_PATH}/
    Emails       {emails}
""",
        flush=True,
    )


def short(path: Path) -> Path:
    """The path as seen from here, where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def stop(processes) -> None:
    """Asks each to finish, waits, and then ends every process left in their groups."""
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
    give_up_at = time.monotonic() + STOP_WITHIN
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, give_up_at - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
