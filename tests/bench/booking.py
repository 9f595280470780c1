"""The page of times and Send, with few and with very many stored requests, beside a view that does nothing but insert one row."""

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import NO_CONTENT, OK, SEE_OTHER
from pathlib import Path

from tests.bench.figures import percentile, table, verdict
from tests.bench.load import DATABASES
from tests.bench.site import INSERT, QUERIES_MADE, machine, measured_site
from tests.race.visitor import Answer, Visitor
from tests.servers import run

SIZES = (1_000, 100_000, 1_000_000)
PLACE = "harley-street"
FLAT = 1.2  # the page with the most stored requests may take so many times as long as with the fewest
QUERIES = 4  # of the page, beside the session's two
SESSION = 2
PAGES_A_ROUND = 5  # looking costs little, and the more often the surer
PAGE, SEND, BARE = "page of times", "Send", "bare insert"


@dataclass
class Site:
    """One running site, how much is stored in it, and what was measured there: seconds and queries by what was asked."""

    address: str
    stored: int
    people: list[Visitor] = field(default_factory=list)
    took: dict[str, list[float]] = field(default_factory=dict)
    queries: dict[str, set[int]] = field(default_factory=dict)

    def measure(self, what: str, ask: Callable[[], Answer], expected: int) -> None:
        began = time.perf_counter()
        answer = ask()
        self.took.setdefault(what, []).append(time.perf_counter() - began)
        if answer.status != expected:
            sys.exit(f"{what} answered {answer.status} with {self.stored:,} stored requests.")
        self.queries.setdefault(what, set()).add(int(answer.headers[QUERIES_MADE]))

    def percent(self, what: str, percent: float) -> float:
        return percentile(self.took[what], percent) * 1000


def main(databases: list[str], sizes: list[int], rounds: int) -> bool:
    """Prints the figures on each database; True if every target is met on all."""
    met = [on(name, sorted(sizes), rounds) for name in databases]
    return all(met)


def on(name: str, sizes: list[int], rounds: int) -> bool:
    """All sizes at the same time, asked in turn: what else the machine does meets them all."""
    print(f"\n=== Booking with {sizes[0]:,} to {sizes[-1]:,} stored requests, {name} ===\n", flush=True)
    with ExitStack() as stack:
        sites = []
        for stored in sizes:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="harley-bench-")))
            database = stack.enter_context(DATABASES[name](folder))
            own = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.bench.settings", "TRUSTED_PROXIES": "1", "WEB_WORKERS": "1"}
            address = stack.enter_context(measured_site(folder, **own))
            run("-m", "tests.bench.stored", str(stored), **own, SECRET_KEY="only-for-the-bench", VAR_DIR=str(folder), loud=True)
            sites.append(Site(address, stored))
        for site in sites:
            arrive(site, rounds)
        for number in range(rounds):
            if sys.stderr.isatty():
                print(f"\rround {number + 1} of {rounds}", end="\n" if number + 1 == rounds else "", file=sys.stderr, flush=True)
            for site in sites * PAGES_A_ROUND:
                site.measure(PAGE, lambda visitor=site.people[number]: visitor.ask("/book/when/"), OK)
            for site in sites:
                visitor = site.people[number]
                site.measure(BARE, lambda visitor=visitor: visitor.ask(INSERT, insert="1"), NO_CONTENT)
                site.measure(SEND, visitor.send, SEE_OTHER)
    return told(sites, rounds)


def arrive(site: Site, number: int) -> None:
    """So many people go to the last page, each with a time of their own, and wait there as long as a person needs."""
    slots = Visitor(site.address, 0).free_times(PLACE)[-number:]
    if len(slots) < number:
        sys.exit(f"There are only {len(slots)} free times for {number} rounds.")
    site.people = [Visitor(site.address, n).walk(PLACE, slot) for n, slot in enumerate(slots, start=1)]
    site.people[-1].wait_like_a_person()


def told(sites: list[Site], rounds: int) -> bool:
    first, last = sites[0], sites[-1]
    rows = [
        (
            f"{what}, {site.stored:,} stored",
            *(f"{site.percent(what, percent):.1f}" for percent in (50, 95)),
            f"{site.percent(what, 50) / first.percent(what, 50):.2f}",
            " or ".join(map(str, sorted(site.queries[what]))),
        )
        for what in (PAGE, SEND, BARE)
        for site in sites
    ]
    print(table(("", "median ms", "p95 ms", "of the fewest", "queries"), rows))
    print(f"\n{rounds} rounds, all sizes in turn, each site one process; {machine()}. Queries without BEGIN and COMMIT.")
    flat, most = last.percent(PAGE, 50) / first.percent(PAGE, 50), max(set.union(*(site.queries[PAGE] for site in sites)))
    sent = set.union(*(site.queries[SEND] for site in sites))
    met = {
        f"The page of times with {last.stored:,} takes {flat:.2f} times as long as with {first.stored:,}. Wanted: at most {FLAT}.": flat
        <= FLAT,
        f"It asks {most - SESSION} queries beside the session's. Wanted: at most {QUERIES}.": most - SESSION <= QUERIES,
        f"Send asks {' or '.join(map(str, sorted(sent)))} queries, whatever is stored. Wanted: one number.": len(sent) == 1,
    }
    for sentence, fine in met.items():
        print(f"{sentence} {verdict(fine)}.")
    ratio = last.percent(SEND, 50) / last.percent(BARE, 50)
    print(f"Send takes {ratio:.1f} times as long as inserting one row.", flush=True)
    return all(met.values())
