"""`make test`: every test on SQLite and again on PostgreSQL, the browser's in a real Chromium. Arguments go to pytest."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.chromium import find_or_get
from tests.postgres import running_postgres

SETTINGS = "tests.settings"


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is cleared away
    with tempfile.TemporaryDirectory(prefix="harley-test-") as name:
        folder = Path(name)
        common = {"CHROMIUM": find_or_get(), "STATIC_ROOT": str(folder / "static"), "DJANGO_SETTINGS_MODULE": SETTINGS}
        collect_static(folder, common)
        passed = [run("SQLite", f"sqlite:///{folder / 'db.sqlite3'}", folder / "sqlite", common, arguments)]
        with running_postgres(folder / "server") as (url, _):
            passed.append(run("PostgreSQL", url, folder / "postgresql", common, arguments))
    return 0 if all(passed) else 1


def collect_static(folder: Path, common: dict[str, str]) -> None:
    """Once for both runs: compressing takes seconds."""
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, check=True, env={**os.environ, **common, "VAR_DIR": str(folder)})


def run(database: str, url: str, var: Path, common: dict[str, str], arguments: list[str]) -> bool:
    print(f"\n=== The tests on {database} ===\n", flush=True)
    var.mkdir()
    began = time.monotonic()
    environment = {**os.environ, **common, "DATABASE_URL": url, "VAR_DIR": str(var)}
    code = subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environment, check=False).returncode
    print(f"{database}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
