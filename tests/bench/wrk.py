"""wrk, which asks for one address again and again, over connections it keeps open. A package of Debian and of Homebrew."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figures import Speed
from tests.chromium import apt_install

CONNECTIONS = 32  # more than one worker has threads; how they fall on the workers is chance
TURN = 250  # milliseconds: short beside what else the machine does, long beside one answer
REPORT, TURNS = (Path(__file__).with_name(name) for name in ("report.lua", "turns.lua"))


def find_or_get() -> None:
    """Ends the program with a sentence if there is none to be had."""
    if not shutil.which("wrk"):
        apt_install("wrk")
    if not shutil.which("wrk"):
        sys.exit("The load is made by wrk. Install it: apt install wrk (Debian, Ubuntu) or brew install wrk (macOS).")


def ask(address: str, seconds: int, **headers: str) -> Speed:
    """Asks as fast as answers come. Ends the program if any answer is an error: its speed says nothing.

    An underscore in a header's name stands for a hyphen.
    """
    named = [part for name, value in headers.items() for part in ("--header", f"{name.replace('_', '-')}: {value}")]
    said = _run(address, seconds, REPORT, *named)
    return Speed(said["requests"] / said["microseconds"] * 1e6, *(said[name] / 1000 for name in ("p50", "p95", "p99")))


def in_turns(site: str, ways: list[tuple[str, str]], seconds: int) -> list[float]:
    """Requests a second of each way (a path, and the ETag it sends or ""), all over the same connections."""
    return _run(site, seconds, TURNS, after=["--", str(TURN), *(part for way in ways for part in way)])["rates"]


def _run(address: str, seconds: int, script: Path, *options: str, after: Sequence[str] = ()) -> dict:
    size = ["--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s", "--timeout", "20s"]
    command = ["wrk", *size, *options, "--script", script, address, *after]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    if said["failed"]:
        sys.exit(f"{said['failed']} of {said['requests']} answers from {address} failed; nothing can be said about its speed.")
    return said
