"""PURE. From counts to the shapes a template draws: numbers for an SVG, since styles inside a page would need a looser policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HEIGHT = 100  # of a column chart, in its own units
SHADES = 5  # of a heat table, 0 is none


@dataclass(frozen=True)
class Bar:
    """A count beside others: `size` is its share of the greatest, from 0 to 100; `share` its part of the whole in percent."""

    label: str
    value: int
    size: float
    share: int


def bars(counts: Mapping[str, int]) -> list[Bar]:
    most, whole = max(counts.values(), default=0), sum(counts.values())
    return [
        Bar(label, value, round(100 * value / most, 1) if most else 0, round(100 * value / whole) if whole else 0)
        for label, value in counts.items()
    ]


@dataclass(frozen=True)
class ChartColumn:
    """A bar that stands: its left edge, top, width and height in the chart's units, and whether its label is printed."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    is_labelled: bool

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def columns(counts: Mapping[str, int], *, width: int = 640, most_labels: int = 8) -> list[ChartColumn]:
    """Columns side by side over the width; where there are many, not every one is labelled."""
    most, step = max(counts.values(), default=0) or 1, width / max(len(counts), 1)
    every = -(-len(counts) // most_labels) or 1
    found = []
    for number, (label, value) in enumerate(counts.items()):
        height, thick = round(HEIGHT * value / most, 1), min(step * 0.7, 56)
        left = round(number * step + (step - thick) / 2, 1)
        found.append(ChartColumn(label, value, left, HEIGHT - height, round(thick, 1), height, number % every == 0))
    return found


def shade(value: int, most: int) -> int:
    """Which of the shades a count has: 0 for none, then 1 up to SHADES for the greatest."""
    return -(-value * SHADES // most) if most else 0


def percent(part: int, whole: int) -> str:
    """83%; a dash where there is no whole."""
    return f"{round(100 * part / whole)}%" if whole else "–"


def share(part: int, whole: int) -> float:
    """From 0 to 100; 0 where there is no whole."""
    return round(100 * part / whole, 1) if whole else 0
