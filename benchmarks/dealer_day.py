"""One dealer's questions: what the dealer with the most vehicles asks, beside the same question for the whole country.

    python benchmarks/dealer_day.py [VEHICLES]

Makes the demo's ledger of so many vehicles (25,000 unless said) in a folder that goes afterwards. CPU milliseconds, the least of
five, on a desk session; the ratio is the whole country's question over the dealer's.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from renotify.campaigns.follow_up_settings import read
from renotify.demo.oem import write_input
from renotify.ledger import intake, status
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session, open_session
from renotify.notices import vehicles
from renotify.parts.dealer_orders import orders
from renotify.planner.from_ledger import plan_follow_up
from renotify.selection.freeze import freeze_follow_up
from renotify.stock.delivery_hold import holds_of
from renotify.workload.of_plan import workload_of_scope

ON = date(2013, 2, 26)
REACH = {25_000: 50.0, 510_000: 200.0}


class Largest(NamedTuple):
    """The dealer with the most vehicles."""

    dealer_code: str
    vehicles: int


def made(folder: Path, count: int) -> tuple[str, str, tuple[str, ...], date]:
    """Make a planned follow-up and return the ledger's URL, the follow-up's name, campaigns and first lawful day."""
    write_input(folder / "input", vehicles=count, seed=20130226)
    url = f"sqlite:///{folder / 'ledger.sqlite3'}"
    settings = read(folder / "input" / "followup.toml")
    with open_session(url) as session:
        intake.load(session, [folder / "input"], on=ON, rejects_dir=folder / "rejects")
        freeze_follow_up(session, settings, ON)
        plan_follow_up(session, settings.name, "greedy")
    return url, settings.name, settings.campaigns, settings.first_letter


def questions(
    session: Session, name: str, codes: tuple[str, ...], first: date
) -> dict[str, Callable[[Scope], object]]:
    return {
        "orders": lambda scope: orders(session, scope),
        "workload": lambda scope: workload_of_scope(session, name, scope).rows,
        "holds": lambda scope: holds_of(session, scope, on=ON),
        "vehicle list": lambda scope: list(
            vehicles.by_dealer(session, name, codes, first, scope=scope)
        ),
        "counts": lambda scope: status.counts(session, by="dealer", scope=scope),
    }


def cpu_milliseconds(ask: Callable[[], object], times: int) -> float:
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        ask()
        least = min(least, time.process_time() - began)
    return 1000 * least


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 25_000
    with tempfile.TemporaryDirectory() as folder:
        url, name, codes, first = made(Path(folder), count)
        with open_session(url, bulk=False) as session:
            (largest,) = session.rows(
                Largest,
                "select dealer_code as dealer_code, count(*) as vehicles from vehicle"
                " group by dealer_code order by 2 desc, 1 limit 1",
            )
            print(
                f"{count:,} vehicles; dealer {largest.dealer_code} has {largest.vehicles:,} of them"
            )
            reach = REACH.get(count)
            for what, ask in questions(session, name, codes, first).items():
                ask(ALL)
                own = cpu_milliseconds(lambda ask=ask: ask(Scope(dealer=largest.dealer_code)), 5)
                whole = cpu_milliseconds(lambda ask=ask: ask(ALL), 1)
                told = f"  (to reach: {reach:.0f})" if reach and what != "counts" else ""
                print(
                    f"{what:<14} {own:8.1f} ms  whole country {whole:10.1f} ms  ratio {whole / own:7.1f}{told}"
                )


if __name__ == "__main__":
    main()
