"""Lists of vehicles on a large ledger, each beside the limit that it is to keep: two seconds of CPU, the start of the command included.

    python benchmarks/vehicle_lists.py                    # 510,000 vehicles
    python benchmarks/vehicle_lists.py 25000              # another maker
    python benchmarks/vehicle_lists.py 510000 FOLDER      # the demo is made in FOLDER once and kept there

Every filter of ``renotify vehicles`` alone over the whole ledger, several together, counts and orders. CPU seconds (user and system) of
the command as a user starts it; the load average is printed beside them, because a busy machine inflates them.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
from pathlib import Path

from weekly_commands import LARGE, made, run

LIMIT = 2.0
LISTS = (
    "", "--campaign ALE", "--status open", "--reason export", "--reason no_answer", "--model 'IS 350'", "--year 2006-2007",
    "--owner-state FL", "--owner-zip 90", "--dealer-state FL", "--dealer-zip 9", "--language es", "--follow-up {name}",
    "--follow-up {name} --wave 2", "--follow-up {name} --piece accepted", "--follow-up {name} --piece any",
    "--follow-up {name} --left-out any", "--contacted-before 2012-06-01", "--contacted-since 2013-03-01", "--never-contacted",
    "--address-older-than 400", "--booked", "--not-booked", "--visit-since 2013-03-11", "--as-of 2012-12-31", "--area W",
    "--dealer 01001", "--campaign ALE --status open --model 'IS 350' --owner-state FL", "--by model,state", "--by reason",
    "--by area,status", "--sort -year,vin", "--sort -last_contact", "--by since,built", "--by language,owner_state,dealer_state",
    "--sort owner_zip", "--by last_contact", "--address-older-than 95", "--as-of 2012-06-30 --by status", "--model 'IS 350' --json",
)  # fmt: skip


def main() -> None:
    vehicles = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    with tempfile.TemporaryDirectory() as made_here:
        kept = Path(sys.argv[2] if len(sys.argv) > 2 else made_here).absolute()
        demo = made(kept, vehicles)
        url = f"sqlite:///{demo / 'renotify.sqlite3'}"
        print(
            f"{vehicles:,} vehicles; limit {LIMIT:g} s CPU; load average {os.getloadavg()[0]:.1f}"
        )
        print(f"{'s CPU':>6} {'s wall':>7}  list")
        for words in LISTS:
            line = shlex.split(words.format(name="follow-up-2013-02"))
            began = time.perf_counter()
            cpu = run(["vehicles", *line, "--on", "2013-03-11"], demo, url)
            over = "" if cpu <= LIMIT else "  over"
            wall = time.perf_counter() - began
            print(f"{cpu:6.2f} {wall:7.2f}  {words or '(all)'}{over}", flush=True)


if __name__ == "__main__":
    main()
