"""The commands of an analyst's week on a large ledger, each beside the limit that it is to keep.

    python benchmarks/weekly_commands.py                    # 510,000 vehicles
    python benchmarks/weekly_commands.py 25000              # another maker; the week's files shrink with it
    python benchmarks/weekly_commands.py 510000 FOLDER      # the demo is made in FOLDER once and kept there

On a copy of the demo's ledger after wave 1: the files of one week (repair orders, mail events, appointments and owners' changes: 20,000
rows at 510,000 vehicles), then a re-plan, every notice, the reports of the quarter that ended last of every recall that owes one, and
``verify``. CPU seconds (user and system, child processes included) of the commands as a user starts them; the load average is
printed beside them, because a busy machine inflates them. The limits are those of 510,000 vehicles.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.csv as arrow_csv  # noqa: E402

from renotify.campaigns.follow_up_settings import read  # noqa: E402
from renotify.ledger import registry, tables  # noqa: E402
from renotify.ledger.session import Session, open_session  # noqa: E402

LARGE = 510_000  # vehicles of the ledger for which the limits are
ROWS = {"repair_orders": 6_000, "mail_events": 6_000, "appointments": 4_000, "owners": 4_000}
RETURNED = 0.2  # share of the week's mail events that are returns
WEEK, MAILED, MONDAY = date(2013, 3, 8), date(2013, 3, 5), date(2013, 3, 11)
QUARTER = "2012Q4"


class Command(NamedTuple):
    """What is measured: command lines that are run one after the other, and the limit in CPU seconds of them together."""

    title: str
    limit: float
    lines: Sequence[Sequence[str]]


def made(folder: Path, vehicles: int) -> Path:
    """Return the folder of the demo of so many vehicles, made unless it is there."""
    own = folder / f"demo-{vehicles}"
    if not (own / "summary.html").exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        run(["demo", str(own), "--vehicles", str(vehicles)], own.parent, "")
    return own


def write_week(session: Session, folder: Path, vehicles: int) -> int:
    """Write the files of one week from what the ledger holds; return how many rows they have."""
    folder.mkdir()
    share = min(1.0, vehicles / LARGE)
    rows = {name: max(10, round(count * share)) for name, count in ROWS.items()}
    work = _spread(_open(session), rows["repair_orders"] + rows["appointments"])
    repaired, booked = (
        work.slice(0, rows["repair_orders"]),
        work.slice(rows["repair_orders"], rows["appointments"]),
    )
    pieces = tables.read(
        session, "piece", "piece_id", where="state in ('released', 'printed')", order="piece_id"
    )
    files = {
        "repair_orders": _repairs(repaired),
        "mail_events": _mail_events(_spread(pieces, rows["mail_events"])),
        "appointments": _appointments(booked),
        "owners": _owners(session, rows["owners"]),
    }
    for name, table in files.items():
        arrow_csv.write_csv(table, folder / f"{name}.csv")
    return sum(table.num_rows for table in files.values())


def _open(session: Session) -> pa.Table:
    """A vehicle each that has a dealer, one campaign in which it is open, and no appointment; in an order of no meaning."""
    columns = ("vin", "dealer_code", "campaign_code")
    return session.read(
        "select v.vin, v.dealer_code, min(s.campaign_code) as campaign_code from state s join vehicle v on v.vin = s.vin"
        " join dealer d on d.dealer_code = v.dealer_code where s.current and s.status = 'open' and not exists"
        " (select 1 from appointment a where a.vin = v.vin)"
        " group by v.vin, v.dealer_code order by substr(v.vin, 9), v.vin",
        pa.schema([(name, pa.string()) for name in columns]),
    )


def _spread(table: pa.Table, count: int) -> pa.Table:
    """Return so many rows of a table, or all where it has fewer, at even distances."""
    count = min(count, table.num_rows)
    return table.take(pa.array(np.linspace(0, table.num_rows - 1, count).astype(np.int64)))


def _numbered(letter: str, count: int) -> pa.Array:
    return pa.array([f"{letter}{number:07d}" for number in range(count)])


def _same(value: object, count: int) -> pa.Array:
    return pa.array([value] * count)


def _repairs(work: pa.Table) -> pa.Table:
    count = work.num_rows
    return pa.table({
        "ro_id": _numbered("W", count),
        **{name: work[name] for name in ("dealer_code", "vin", "campaign_code")},
        "close_date": _same(WEEK, count), "outcome": _same("remedied", count), "hours": _same(2.0, count),
    })  # fmt: skip


def _mail_events(pieces: pa.Table) -> pa.Table:
    """Every piece was mailed, and those of the last share of the rows came back as well."""
    again = round(pieces.num_rows * RETURNED)
    mailed = pieces.slice(0, pieces.num_rows - again)
    returned = mailed.slice(0, again)
    return pa.table({
        "piece_id": pa.concat_arrays([*mailed["piece_id"].chunks, *returned["piece_id"].chunks]),
        "kind": ["mailed"] * mailed.num_rows + ["returned"] * again,
        "mailed_date": pa.array([MAILED] * mailed.num_rows + [None] * again),
        "returned_date": pa.array([None] * mailed.num_rows + [WEEK] * again, pa.date32()),
        "return_code": [""] * mailed.num_rows + ["ANK"] * again,
    })  # fmt: skip


def _appointments(work: pa.Table) -> pa.Table:
    count = work.num_rows
    return pa.table({
        "appointment_id": _numbered("W", count),
        "dealer_code": work["dealer_code"], "vin": work["vin"], "campaign_codes": work["campaign_code"],
        "start": _same("2013-03-20T09:00", count), "status": _same("booked", count), "booked_on": _same(WEEK, count),
    })  # fmt: skip


def _owners(session: Session, count: int) -> pa.Table:
    """Owners who moved to another house of their street."""
    columns = (
        "vin",
        "role",
        "name1",
        "name2",
        "city",
        "state",
        "zip",
        "source",
        "language",
        "phone",
    )
    known = tables.read(session, "owner", *columns, where="role = 'owner'", order="vin, as_of")
    moved = _spread(known, count)
    addresses = pa.array([f"{number + 1} Example Road" for number in range(moved.num_rows)])
    return moved.append_column("addr1", addresses).append_column(
        "as_of", _same(WEEK, moved.num_rows)
    )


def commands(session: Session, name: str, week: Path, out: Path) -> list[Command]:
    """Return the five commands of a week of one follow-up, those that change the ledger first."""
    on = ("--on", MONDAY.isoformat())
    recalls = [code for code, one in registry.campaigns(session).items() if one.family == "safety"]
    return [
        Command("load of one week's files", 5, [["load", str(week), *on, "--rejects", str(out)]]),
        Command("replan", 20, [["replan", name, *on]]),
        Command("notices", 20, [["notices", name, *on, "--out", str(out)]]),
        Command(
            f"{len(recalls)} quarterly reports", 4,
            [["report", "quarterly", *recalls, QUARTER, *on]],
        ),
        Command("verify", 60, [["verify"]]),
    ]  # fmt: skip


def run(line: Sequence[str], folder: Path, url: str) -> float:
    """Run a command of the product in a folder and return its CPU seconds; what it prints is shown where it fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "RENOTIFY_DATABASE_URL": url}
    environment.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # as installed: a user's modules are compiled once
    before = _children()
    done = subprocess.run(
        [sys.executable, "-m", "renotify", *line],
        cwd=folder, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(line)}: {done.stdout}{done.stderr}")
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    vehicles = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    with tempfile.TemporaryDirectory() as made_here:
        kept = Path(sys.argv[2] if len(sys.argv) > 2 else made_here).absolute()
        demo = made(kept, vehicles)
        work = Path(made_here) / "work"
        work.mkdir()
        url = f"sqlite:///{shutil.copy(demo / 'renotify.sqlite3', work / 'ledger.sqlite3')}"
        name = read(demo / "input" / "followup.toml").name
        with open_session(url) as session:
            rows = write_week(session, work / "week", vehicles)
            asked = commands(session, name, work / "week", work / "out")
        print(
            f"{vehicles:,} vehicles, {rows:,} rows of the week; load average {os.getloadavg()[0]:.1f}"
        )
        print(f"{'':<26} {'s CPU':>7} {'s wall':>7} {'limit':>6}  load")
        for command in asked:
            began = time.perf_counter()
            cpu = sum(run(line, work, url) for line in command.lines)
            wall = time.perf_counter() - began
            over = "" if cpu <= command.limit else "  over"
            print(
                f"{command.title:<26} {cpu:7.1f} {wall:7.1f} {command.limit:6.0f}  {os.getloadavg()[0]:.1f}{over}",
                flush=True,
            )


if __name__ == "__main__":
    main()
