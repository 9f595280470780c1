"""`make bench`, or a part of it: python -m tests.bench [load] [booking] [desk] [bytes] [lighthouse] [options]."""

import argparse
import signal
import sys

from tests.bench import booking, desk, lighthouse, load, weight

PARTS = ["load", "booking", "desk", "bytes", "lighthouse"]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is cleared away
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="part", help=f"{', '.join(PARTS)}; without any, all")
    parser.add_argument("--rounds", type=int, default=7, help="load: rounds that count (7)")
    parser.add_argument("--seconds", type=int, default=3, help="load: how long each way is asked in a round (3)")
    parser.add_argument("--database", choices=load.DATABASES, action="append", help="load, booking, desk: only this one")
    parser.add_argument(
        "--stored", type=int, action="append", help=f"booking, desk: requests stored; may be given again {booking.SIZES}, {desk.SIZES}"
    )
    parser.add_argument("--sends", type=int, default=60, help="booking: requests sent at each size (60)")
    parser.add_argument("--looks", type=int, default=30, help="desk: how often each page is asked for at each size (30)")
    parser.add_argument("--runs", type=int, default=5, help="lighthouse: runs of each page and device (5)")
    parser.add_argument("--page", action="append", help="lighthouse: only this path; may be given again")
    parser.add_argument("--device", choices=lighthouse.DEVICES, action="append", help="lighthouse: only this one")
    asked = parser.parse_args()
    parts = asked.parts or PARTS
    met = {}
    if "bytes" in parts:
        met["the bytes of a first view"] = weight.main()
    if "load" in parts:
        met["requests a second"] = load.main(asked.database or list(load.DATABASES), asked.rounds, asked.seconds)
    if "booking" in parts:
        met["booking"] = booking.main(asked.database or list(load.DATABASES), asked.stored or list(booking.SIZES), asked.sends)
    if "desk" in parts:
        met["reception"] = desk.main(asked.database or list(load.DATABASES), asked.stored or list(desk.SIZES), asked.looks)
    if "lighthouse" in parts:
        met["Lighthouse"] = lighthouse.main(asked.page, asked.device or list(lighthouse.DEVICES), asked.runs)
    missed = [name for name, fine in met.items() if not fine]
    print(f"\nTargets missed: {', '.join(missed)}." if missed else "\nEvery target is met.")


if __name__ == "__main__":
    main()
