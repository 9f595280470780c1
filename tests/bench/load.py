"""Requests a second: the DIT page warm, cold and as 304, beside a bare view that sends the same bytes from the same workers."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import NO_CONTENT, NOT_MODIFIED, OK
from pathlib import Path
from statistics import median

from tests.bench import wrk
from tests.bench.figures import Speed, middle, one_at_a_time, ratios, spread, table, verdict
from tests.bench.site import AHEAD, BARE, DIT, QUERIES, SAVE, WORKERS, Answer, Asking, machine, measured_site
from tests.postgres import running_postgres

AT_LEAST = 0.75  # of the bare view's requests a second
SINGLE = 100  # requests one after another
PAGE, UNCHANGED, SAME_MIDDLEWARE, NO_MIDDLEWARE = "DIT page, warm", "DIT page, 304", "bare view", "bare view, no middleware"
HEAD = ("", "requests/s", "lowest to highest", "p50 ms", "p95 ms", "p99 ms")


def main(databases: list[str], rounds: int, seconds: int) -> bool:
    """Prints the figures on each database; True if the page is quick enough on all."""
    wrk.find_or_get()
    quick = []
    for name in databases:
        with tempfile.TemporaryDirectory(prefix="harley-bench-") as folder, DATABASES[name](Path(folder)) as address:
            body = Path(folder) / "page.br"
            own = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "BENCH_BODY": str(body)}
            with measured_site(Path(folder), DATABASE_URL=address, **own) as site:
                print(f"\n=== Requests a second, {name} ===\n", flush=True)
                quick.append(measure(site, body, rounds, seconds))
    return all(quick)


@contextmanager
def on_sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'db.sqlite3'}"


@contextmanager
def on_postgresql(folder: Path) -> Iterator[str]:
    with running_postgres(folder / "server") as (url, _):
        yield url


DATABASES = {"SQLite": on_sqlite, "PostgreSQL": on_postgresql}


def measure(site: str, body: Path, rounds: int, seconds: int) -> bool:
    ask = Asking(site)
    page = ask(DIT, Accept_Encoding="br")
    body.write_bytes(page.body)
    has_it = {"If_None_Match": page.headers.get("ETag", "")}
    ways = {PAGE: (DIT, {}), SAME_MIDDLEWARE: (BARE, {}), UNCHANGED: (DIT, has_it), NO_MIDDLEWARE: (AHEAD, {})}
    for path, headers in ways.values():
        expect(ask, path, headers, page)
    found = in_turns(site, ways, rounds, seconds)
    ask = Asking(site)  # anew: nobody spoke on that connection for a while, so the site has closed it
    for path, headers in ways.values():
        expect(ask, path, headers, page)
    warm, cold = (one_at_a_time([single(ask, save=save) for _ in range(SINGLE)]) for save in (False, True))
    queries = json.loads(ask(QUERIES).body)
    rows = [row(name, middle(speeds), spread([speed.rate for speed in speeds], ",.0f")) for name, speeds in found.items()]
    print(table(HEAD, [*rows, row("DIT page, warm, one at a time", warm), row("DIT page, cold, one at a time", cold)]))
    print(f"\nMedian of {rounds} rounds of {seconds} s each, in turns of {wrk.TURN} ms over the same {wrk.CONNECTIONS} connections.")
    print(f"{WORKERS} workers; {machine()}.")
    print(f"An answer has {len(page.body):,} bytes of {page.headers['Content-Encoding']}, {page.size:,} with its headers.")
    print(f"Cold: made anew after a save, in a process that is warm: {queries['made']} queries. Kept: {queries['kept']}.")
    return told_ratio(found)


def expect(ask: Asking, path: str, headers: dict[str, str], page: Answer) -> None:
    """What is measured is the same page, the same bytes or nothing but 304; anything else ends the program."""
    answer = ask(path, Accept_Encoding="br", **headers)
    wanted = (NOT_MODIFIED, b"") if headers else (OK, page.body)
    if (answer.status, answer.body) != wanted or page.headers.get("Content-Encoding") != "br":
        sys.exit(
            f"{path} answered {answer.status} with {len(answer.body)} bytes. If the phone line opened or closed just now, run it again."
        )


def in_turns(site: str, ways: dict[str, tuple[str, dict[str, str]]], rounds: int, seconds: int) -> dict[str, list[Speed]]:
    """How many answers a second: all ways in turn over the same connections, which therefore fall on the workers in the same way for all.
    How long an answer takes: each way by itself, for a second. The first round does not count."""
    found = {name: [] for name in ways}
    asked = [(path, headers.get("If_None_Match", "")) for path, headers in ways.values()]
    for number in range(rounds + 1):
        print(f"round {number} of {rounds}" if number else "warming up", file=sys.stderr, flush=True)
        rates = wrk.in_turns(site, asked, seconds * len(ways))
        for (name, (path, headers)), rate in zip(ways.items(), rates, strict=True):
            speed = replace(wrk.ask(site + path, 1, Accept_Encoding="br", **headers), rate=rate)
            if number:
                found[name].append(speed)
    return found


def single(ask: Asking, *, save: bool) -> float:
    """Seconds until the page is there; with `save`, for the first to ask after a save."""
    if save and ask(SAVE, "POST", Content_Length="0").status != NO_CONTENT:
        sys.exit("The save before a cold page failed.")
    began = time.perf_counter()
    answer = ask(DIT, Accept_Encoding="br")
    took = time.perf_counter() - began
    if answer.status != OK:
        sys.exit(f"{DIT} answered {answer.status}.")
    return took


def row(name: str, speed: Speed, rates: str = "") -> tuple[str, ...]:
    return name, f"{speed.rate:,.0f}", rates, *(f"{value:.1f}" for value in (speed.p50, speed.p95, speed.p99))


def told_ratio(found: dict[str, list[Speed]]) -> bool:
    each, least = (ratios(found[PAGE], found[name]) for name in (SAME_MIDDLEWARE, NO_MIDDLEWARE))
    met = median(each) >= AT_LEAST
    print(f"\nThe warm page reaches {median(each):.2f} of the bare view ({spread(each, '.2f')}). Wanted: {AT_LEAST}. {verdict(met)}.")
    print(f"It reaches {median(least):.2f} of a bare view without any middleware ({spread(least, '.2f')}).", flush=True)
    return met
