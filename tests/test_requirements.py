"""What is installed is what the lists of packages name, to the last digit, and fits together."""

import os
import re
import subprocess
import sys
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.servers import ROOT

HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PAIRS = [("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")]


def lines(name: str) -> list[str]:
    """Return the lines of a list of packages, without comments; a requirement and its hashes are one line."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines()) if line]


def pins(name: str) -> list[Requirement]:
    return [Requirement(HASH.sub("", line).strip()) for line in lines(name) if not line.startswith("-")]


PINNED = {(pin.name, str(pin.specifier)) for _, name in PAIRS for pin in pins(name) if pin.marker is None or pin.marker.evaluate()}
if os.environ.get("DJANGO") == "latest":  # as `make test DJANGO=latest` says
    PINNED = {(name, wanted) for name, wanted in PINNED if name != "Django"}


@pytest.mark.parametrize(("name", "wanted"), sorted(PINNED))
def test_a_package_is_installed_as_pinned(name, wanted):
    assert f"=={version(name)}" == wanted


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_is_exact_and_has_hashes_and_names_no_source_of_its_own(name):
    assert [line for line in lines(name) if not re.match(r"[\w.-]+==[\w.]+ [^/]*--hash=sha256:", line)] == []


@pytest.mark.parametrize(("source", "compiled"), PAIRS)
def test_what_is_asked_for_is_in_the_list_with_hashes(source, compiled):
    """Where this fails: `make pins`."""
    asked = {(canonicalize_name(pin.name), str(pin.specifier)) for pin in pins(source)}
    assert asked - {(canonicalize_name(pin.name), str(pin.specifier)) for pin in pins(compiled)} == set()


def test_no_package_asks_for_another_version_than_the_pinned_one():
    """Two pins that contradict each other install one after the other, but not on a machine that has neither."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "No broken requirements found.")
