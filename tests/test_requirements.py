"""What is installed is what the lists of packages name, to the last digit, and fits together."""

import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.servers import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==(\S+)")
PINNED = [
    match.groups()
    for name in ("requirements.txt", "requirements-dev.txt")
    for match in map(PIN.match, (ROOT / name).read_text(encoding="utf-8").splitlines())
    if match
]


@pytest.mark.parametrize(("name", "wanted"), PINNED)
def test_a_package_is_installed_as_pinned(name, wanted):
    assert version(name) == wanted


def test_no_package_asks_for_another_version_than_the_pinned_one():
    """Two pins that contradict each other install one after the other, but not on a machine that has neither."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "No broken requirements found.")
