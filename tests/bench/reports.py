"""PURE: what is taken from Lighthouse's reports, and what in them falls short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("largest-contentful-paint", "cumulative-layout-shift", "total-blocking-time")
FULL = 100
LCP_WITHIN = 1.3  # seconds, on the simulated slow 4G, which is the phone's


@dataclass(frozen=True)
class Report:
    scores: tuple[int, ...]  # 0 to 100, in the order of CATEGORIES
    lcp: float  # seconds until the largest thing of the first screen is drawn
    cls: float  # how much moved while it loaded: a sum of shares of the screen
    tbt: float  # milliseconds in which the page could not have answered a tap
    costing: frozenset[str]  # the audits that cost points, as "category: audit"

    @classmethod
    def read(cls, report: dict) -> Report:
        audits, categories = report["audits"], report["categories"]
        costing = {
            f"{name}: {part['id']}"
            for name in CATEGORIES
            for part in categories[name]["auditRefs"]
            if part["weight"] and (score := audits[part["id"]]["score"]) is not None and score < 1
        }
        scores = tuple(round(categories[name]["score"] * 100) for name in CATEGORIES)
        lcp, shift, blocked = (audits[name]["numericValue"] for name in TIMES)
        return cls(scores, lcp / 1000, shift, blocked, frozenset(costing))


def middle(reports: Sequence[Report]) -> Report:
    """The median of each figure by itself, and every audit that cost points in any run."""
    scores = tuple(int(median(column)) for column in zip(*(report.scores for report in reports), strict=True))
    lcp, shift, blocked = (median(getattr(report, name) for report in reports) for name in ("lcp", "cls", "tbt"))
    return Report(scores, lcp, shift, blocked, frozenset().union(*(report.costing for report in reports)))


def short_of(report: Report, device: str) -> list[str]:
    """What is under the targets, each with what there is; where points are missing, with the audits that took them."""
    faults = []
    for name, score in zip(CATEGORIES, report.scores, strict=True):
        if score < FULL:
            audits = sorted(each.partition(": ")[2] for each in report.costing if each.startswith(f"{name}: "))
            faults.append(f"{name} {score}: {', '.join(audits)}")
    if device == "mobile" and round(report.lcp, 2) > LCP_WITHIN:
        faults.append(f"LCP {report.lcp:.2f} s")
    if round(report.cls, 3):
        faults.append(f"CLS {report.cls:.3f}")
    if round(report.tbt):
        faults.append(f"TBT {report.tbt:.0f} ms")
    return faults


def summary(report: Report) -> str:
    return f"{'/'.join(map(str, report.scores))} LCP {report.lcp:.2f} s CLS {report.cls:.3f} TBT {report.tbt:.0f} ms"
