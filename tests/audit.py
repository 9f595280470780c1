"""`make audit`: is a fault known of any package that is pinned? Asks OSV, the open database of such faults (https://osv.dev).

Exit code 0: none is known; 1: at least one is; 2: the database could not be asked, so nothing is known.
"""

import json
import os
import re
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = ("requirements.txt", "requirements-dev.txt")
DATABASE = "https://api.osv.dev"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def pins(text: str) -> list[tuple[str, str]]:
    """Return (package, version) of each line of a requirements file that pins one."""
    return PIN.findall(text)


def known_faults(packages: list[tuple[str, str]], database: str) -> dict[tuple[str, str], list[str]]:
    """Return {(package, version): names of the faults known of it}, without those of which none is. Raise OSError or ValueError."""
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in packages]
    request = urllib.request.Request(
        f"{database}/v1/querybatch", json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        results = json.load(answer)["results"]
    if len(results) != len(packages):
        raise ValueError("The database did not answer for each package.")
    found = ((package, [fault["id"] for fault in result.get("vulns", [])]) for package, result in zip(packages, results, strict=True))
    return {package: faults for package, faults in found if faults}


def main() -> int:
    packages = sorted({pin for name in FILES for pin in pins((ROOT / name).read_text(encoding="utf-8"))})
    try:
        faults = known_faults(packages, os.environ.get("OSV", DATABASE))
    except (OSError, ValueError, KeyError) as error:
        print(f"The database could not be asked ({type(error).__name__}): nothing is known of {len(packages)} packages.")
        return 2
    for (name, version), ids in faults.items():
        print(f"{name} {version}: {', '.join(ids)} (https://osv.dev/vulnerability/{ids[0]})")
    print(f"{len(packages)} packages, {len(faults)} with a known fault.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
