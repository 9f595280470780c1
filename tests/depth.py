"""How deep tests go that try many values: `make test` tries enough to notice a fault, `make test-deep` as many as we have patience for."""

import os

from hypothesis import settings

DEEP = os.environ.get("DEEP") == "1"

settings.register_profile("deep", deadline=None, max_examples=100)
settings.register_profile("quick", deadline=None, max_examples=25, derandomize=True)  # the same every time: who commits meets no surprise
settings.load_profile("deep" if DEEP else "quick")


def rounds(deep: int, quick: int) -> int:
    """Return how often to try: `deep` times in `make test-deep`, else `quick` times."""
    return deep if DEEP else quick
