"""PURE: from single measurements to what is printed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MET, MISSED = "met", "MISSED"


@dataclass(frozen=True)
class Speed:
    """One round of requests. The rate is in requests a second, the rest in milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that so many percent of them do not pass. Raises ValueError if there are none."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(math.ceil(len(values) * percent / 100), 1) - 1]


def one_at_a_time(seconds: Sequence[float]) -> Speed:
    """Requests that followed one another, each taking so many seconds."""
    p50, p95, p99 = (percentile(seconds, percent) * 1000 for percent in (50, 95, 99))
    return Speed(len(seconds) / sum(seconds), p50, p95, p99)


def middle(rounds: Sequence[Speed]) -> Speed:
    """The median of each figure by itself."""
    return Speed(*(median(getattr(one, name) for one in rounds) for name in ("rate", "p50", "p95", "p99")))


def ratios(ours: Sequence[Speed], theirs: Sequence[Speed]) -> list[float]:
    """Rate against rate, round by round: what slows the machine down for a while slows both."""
    return [one.rate / other.rate for one, other in zip(ours, theirs, strict=True)]


def spread(values: Sequence[float], form: str) -> str:
    return f"{min(values):{form}} to {max(values):{form}}"


def verdict(met: bool) -> str:
    return MET if met else MISSED


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they must be: the first to the left, the others to the right."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    padded = [[line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))] for line in lines]
    return "\n".join("  ".join(line).rstrip() for line in padded)
