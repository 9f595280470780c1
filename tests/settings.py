"""harley.settings for tests: nothing of the caller's environment shows through, but the database that DATABASE_URL names."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from harley.variables import VARIABLES

for variable in VARIABLES:
    if variable.name not in {"DATABASE_URL", "VAR_DIR", "STATIC_ROOT"}:
        os.environ.pop(variable.name, None)

os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789" * 5
if "VAR_DIR" not in os.environ:  # plain `pytest`, without `make test` around it
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="harley-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # each of several processes has its own
    os.environ["VAR_DIR"] += f"/{worker}"
    Path(os.environ["VAR_DIR"]).mkdir(exist_ok=True)
# Kept from run to run: tests/conftest.py collects the files anew when one has changed
os.environ.setdefault("STATIC_ROOT", str(Path(__file__).parent.parent / "var" / "tests" / "static"))

from harley.settings import *  # noqa: E402, F403 (the environment had to be right first)
from harley.settings import DATABASES, VAR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; what the real one does is Django's to test
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file as in real use, which threads and other processes can open; Django would take memory.
    DATABASES["default"]["TEST"] = {"NAME": VAR / "test.sqlite3"}
