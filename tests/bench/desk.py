"""The pages reception works with, with few and with very many stored requests: the board, the list, the search and one request."""

import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import OK
from pathlib import Path

from tests.bench.figures import percentile, table, verdict
from tests.bench.load import DATABASES
from tests.bench.site import QUERIES_MADE, Asking, machine, measured_site
from tests.servers import run

SIZES = (2_000, 200_000)
FLAT = 1.5  # a page with the most stored requests may take so many times as long as with the fewest
QUERIES = 30  # of a page, the session's included
LIST = "/admin/bookings/enquiry/"
PAGES = {  # what is found once is found once at every size
    "board": "/admin/",
    "list, open": LIST,
    "list, of everything": f"{LIST}?state=all",
    "list, confirmed, next 7 days": f"{LIST}?state=confirmed&time=week",
    "list, needs an outcome": f"{LIST}?state=outcome",
    "list, everything by email at one place": f"{LIST}?state=all&contact=email&place=harley-street",
    "list, everything by phone, which is rare": f"{LIST}?state=all&contact=call",
    "list, everything asked for today": f"{LIST}?state=all&asked=today",
    "search, a common name": f"{LIST}?q=grace",
    "search, one name and surname": f"{LIST}?q=zu+quill",
    "search, one email": f"{LIST}?q=quill@exam",
    "search, the last six digits of a number": f"{LIST}?q=345678",
    "search, a reference": f"{LIST}?q={{reference}}",
    "one request": f"{LIST}{{request}}/change/",
    "diary, a day": f"{LIST}diary/",
    "diary, a week": f"{LIST}diary/?view=week",
}


@dataclass
class Desk:
    """One running site, somebody signed in there, and what was measured: seconds and queries by page."""

    ask: Asking
    stored: int
    cookie: str
    request: str
    reference: str
    took: dict[str, list[float]] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)

    def measure(self, what: str) -> None:
        path = PAGES[what].format(request=self.request, reference=self.reference)
        began = time.perf_counter()
        answer = self.ask(path, Cookie=self.cookie)
        self.took.setdefault(what, []).append(time.perf_counter() - began)
        if answer.status != OK:
            sys.exit(f"{path} answered {answer.status} with {self.stored:,} stored requests.")
        self.queries[what] = max(self.queries.get(what, 0), int(answer.headers[QUERIES_MADE]))

    def median(self, what: str) -> float:
        return percentile(self.took[what], 50) * 1000


def main(databases: list[str], sizes: list[int], rounds: int) -> bool:
    """Prints the figures on each database; True if every target is met on all."""
    met = [on(name, sorted(sizes), rounds) for name in databases]
    return all(met)


def on(name: str, sizes: list[int], rounds: int) -> bool:
    """All sizes at the same time, asked in turn: what else the machine does meets them all."""
    print(f"\n=== Reception with {sizes[0]:,} to {sizes[-1]:,} stored requests, {name} ===\n", flush=True)
    with ExitStack() as stack:
        desks = []
        for stored in sizes:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="harley-bench-")))
            database = stack.enter_context(DATABASES[name](folder))
            own = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.bench.settings", "WEB_WORKERS": "1"}
            secret = {"SECRET_KEY": "only-for-the-bench-" + "0123456789" * 4, "VAR_DIR": str(folder)}
            site = stack.enter_context(measured_site(folder, **own, **secret))
            run("-m", "tests.bench.stored", str(stored), **own, **secret, loud=True)
            run("-m", "tests.bench.somebody", str(folder / "somebody"), **own, **secret)
            desks.append(Desk(Asking(site), stored, *(folder / "somebody").read_text().split()))
        for number in range(rounds + 1):
            for what in PAGES:
                for desk in desks:
                    desk.measure(what)
            if not number:  # the first round loads templates and plans
                for desk in desks:
                    desk.took.clear()
    return told(desks, rounds)


def told(desks: list[Desk], rounds: int) -> bool:
    few, many = desks[0], desks[-1]
    ratios = {what: many.median(what) / few.median(what) for what in PAGES}
    rows = [
        (what, *(f"{desk.median(what):.1f}" for desk in desks), f"{ratios[what]:.2f}", max(desk.queries[what] for desk in desks))
        for what in PAGES
    ]
    print(table(("", *(f"ms, {desk.stored:,}" for desk in desks), "ratio", "queries"), rows))
    print(f"\nMedians of {rounds} rounds, all sizes in turn, each site one process; {machine()}. Queries without BEGIN and COMMIT.")
    slow = [what for what, ratio in ratios.items() if ratio > FLAT]
    asking = [what for what in PAGES if max(desk.queries[what] for desk in desks) >= QUERIES]
    for sentence, missed in {
        f"With {many.stored:,} no page takes more than {FLAT} times as long as with {few.stored:,}": slow,
        f"Every page asks under {QUERIES} queries": asking,
    }.items():
        print(f"{sentence}: {verdict(not missed)}{': ' + ', '.join(missed) if missed else ''}.")
    return not (slow or asking)
