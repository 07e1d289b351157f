"""The open set in priority order: the ledger beside DuckDB's own SQL on the same rows, in one run.

    python benchmarks/open_set.py                     # a million vehicles, SQLite
    python benchmarks/open_set.py --vehicles 100000
    python benchmarks/open_set.py --url postgresql://...  # an empty database

CPU seconds of this process (PostgreSQL's own are not in it; look at the wall clock there). DuckDB
reads the events and owners from Parquet and folds them in its own words: last status of a vehicle,
first accepted repair, newest owner. The rows must be the same as the ledger's. The made-up
population has one remedy version and no corrections: the ledger looks for both, DuckDB need not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from renotify.campaigns.campaign import Campaign, CampaignType  # noqa: E402
from renotify.ledger import fold, registry, sources, status, tables  # noqa: E402
from renotify.ledger.kinds import SourceKind  # noqa: E402
from renotify.ledger.lookup import lookup  # noqa: E402
from renotify.ledger.scope import Scope  # noqa: E402
from renotify.ledger.session import open_session  # noqa: E402
from renotify.values.placeholders import packaged  # noqa: E402

ON = date(2013, 2, 26)
CODES = ("9LA", "ALE", "BLB", "BLG", "CLB")
# A third of the vehicles is in two campaigns; three in five are repaired, one in twenty lost.
POPULATION = """
    create table vehicle as select printf('JTHBK2620%08d', i) as vin, i, cast(hash(i) >> 2 as bigint) as h
        from range($n) r(i) order by vin;
    create table campaign_of as
        select vin, i, h, ['9LA','ALE','BLB','BLG','CLB'][1 + h % 5] as campaign_code from vehicle
        union all select vin, i, h, ['9LA','ALE','BLB','BLG','CLB'][1 + (h + 1) % 5]
        from vehicle where h % 3 = 0;
    create table event as
    select vin, 'pop|' || campaign_code || '|1' as subject, '' as content, campaign_code,
        'added' as kind, date '2009-01-16' as occurred_on, 1 as remedy_version, '' as dealer_code,
        '' as return_code from campaign_of
    union all select vin, 'ro|D|R' || i || '|' || campaign_code, 'x', campaign_code,
        case when h % 17 = 0 then 'inspected_ok' when h % 19 = 0 then 'declined'
            else 'remedied' end, date '2009-02-01' + cast(h % 1300 as int), 0,
        'D' || h % 231, '' from campaign_of where h % 10 < 6
    union all select vin, 'status|' || i || '|state', 'x', null,
        ['scrapped', 'exported', 'stolen', 'registered'][1 + (h // 7) % 4],
        date '2010-01-01' + cast(h % 900 as int), 0, '', '' from vehicle where h % 20 = 7
    union all select vin, 'mail|P' || i || '|' || campaign_code, 'x', campaign_code, 'mailed',
        date '2012-05-01', 0, '', '' from campaign_of where h % 4 = 1
    union all select vin, 'return|P' || i || '|' || campaign_code, 'x', campaign_code, 'returned',
        date '2012-05-15', 0, '', 'K' from campaign_of where h % 60 = 1;
    create table owner as
    select vin, 'owner' as role, date '2011-01-01' + cast(h % 700 as int) as as_of,
        'ANA EXAMPLE' as name1, '' as name2, h % 9999 || ' Elm St' as addr1, '' as addr2,
        'Boston' as city, 'MA' as state, '02108' as zip, '' as zip4, '' as delivery_point,
        'state' as source, '' as language, '' as email, '' as phone from vehicle
    union all
    select vin, 'owner', date '2009-01-01' + cast(h % 700 as int), 'JON EXAMPLE', '', '1 Oak St',
        '', 'Boston', 'MA', '02108', '', '', 'state', '', '', '' from vehicle where h % 2 = 0;
    create table car as select vin, 'Lexus' as make, 'IS 250' as model, 2006 as model_year,
        'D' || h % 231 as dealer_code from vehicle;
"""
PEER = """
    with told as (
        select vin, campaign_code,
            bool_or(kind in ('remedied', 'inspected_ok')) as done,
            max(occurred_on) filter (kind = 'mailed') as mailed_on,
            max(occurred_on) filter (kind = 'returned') as back_on
        from 'event.parquet' where campaign_code is not null group by all),
    lost as (
        select vin from 'event.parquet' where campaign_code is null group by vin
        having arg_max(kind, occurred_on) <> 'registered'),
    newest as (select vin, max(as_of) as as_of from 'owner.parquet' group by vin)
    select t.vin, t.campaign_code, n.as_of from told t join newest n using (vin)
    where not done and vin not in (from lost) and (back_on is null or n.as_of > back_on)
    order by n.as_of desc, t.vin, t.campaign_code"""
PRIORITY = """
    select s.vin, s.campaign_code, n.as_of from standing s join (
        select vin, max(as_of) as as_of from owners where as_of <= $on group by vin) n using (vin)
    order by n.as_of desc, s.vin, s.campaign_code"""


def measured(label, work):
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{label:58} {cpu:7.2f} s CPU {wall:7.2f} s wall", flush=True)
    return result


def make_up(arrow, vehicles, folder):
    for statement in POPULATION.split(";\n"):
        if statement.strip():
            arrow.execute(statement, {"n": vehicles} if "$n" in statement else None)
    for table in ("event", "owner"):
        arrow.execute(f"copy {table} to '{folder}/{table}.parquet'")


def fill(session, arrow):
    """Bring the made-up rows into the ledger; return how many events there are."""
    kind = CampaignType.SAFETY_RECALL
    with session.transaction():
        source = sources.record(session, SourceKind.FILE, "made_up.parquet")
        registry.save(
            session, [Campaign(code, kind, "Lexus", "Made up") for code in CODES], source, on=ON
        )
        for table, target in (("event", "event"), ("owner", "owner"), ("car", "vehicle")):
            rows = arrow.sql(
                f"select *, {source} as source_id, 1 as source_row from {table} order by vin"
            ).to_arrow_table()
            session.stage("made_up", rows)
            columns = ", ".join(rows.column_names)
            session.execute(f"insert into {target} ({columns}) select {columns} from made_up")
    return arrow.sql("select count(*) from event").fetchall()[0][0]


def keep_state(session):
    with session.transaction():
        session.execute(f"drop table if exists {session.temporary('touched')}")
        session.execute("create temporary table touched as select vin from vehicle")
        fold.refold(session, "touched")


def in_priority_order(session):
    with duckdb.connect() as arrow:
        arrow.register("standing", status.open_vehicles(session))
        arrow.register("owners", tables.read(session, "owner", "vin", "as_of"))
        return arrow.sql(PRIORITY, params={"on": ON}).to_arrow_table()


def frozen(session):
    from renotify.campaigns.follow_up_settings import FollowUpSettings
    from renotify.selection.freeze import DEALERS, OWNERS, STANDING, Records, freeze

    settings = FollowUpSettings("bench", "follow_up_voluntary", CODES, ON)
    return freeze(
        Records(
            tables.read(session, "state", *STANDING, where="current"),
            tables.read(session, "owner", *OWNERS),
            tables.read(session, "vehicle", "vin", "dealer_code"),
            tables.read(session, "dealer", *DEALERS),
        ),
        registry.campaigns(session),
        settings,
        ON,
        packaged(),
    )


def run(vehicles, url, folder, session):
    with duckdb.connect() as arrow:
        make_up(arrow, vehicles, folder)
        events = fill(session, arrow)
        some = [vin for (vin,) in arrow.sql("select vin from vehicle limit 10000").fetchall()]
    print(f"{vehicles:,} vehicles, {events:,} events, {url.split(':')[0]}")
    measured("first fold of all events into the kept state", lambda: keep_state(session))
    measured("fold again, nothing changes", lambda: keep_state(session))
    ours = measured(
        "open set in priority order, from the kept state", lambda: in_priority_order(session)
    )
    with duckdb.connect() as arrow:
        sql = PEER.replace("'event.", f"'{folder}/event.").replace("'owner.", f"'{folder}/owner.")
        theirs = measured("DuckDB: the same from Parquet", lambda: arrow.sql(sql).to_arrow_table())
    assert ours.equals(theirs.cast(ours.schema)), "the two open sets differ"
    print(f"{ours.num_rows:,} open rows, the same on both sides, in the same order")
    measured("the whole freeze, addresses, bundles, pieces", lambda: frozen(session))
    measured("counts from the kept state", lambda: status.counts(session))
    measured("counts by dealer", lambda: status.counts(session, by="dealer"))
    one = Scope(dealer="D7")
    measured("counts of one dealer", lambda: status.counts(session, by="dealer", scope=one))
    measured("open vehicles of one dealer", lambda: status.open_vehicles(session, scope=one))
    past = date(2012, 1, 1)
    measured("counts folded at a past day", lambda: status.counts(session, as_of=past))
    measured("the same of one dealer", lambda: status.counts(session, as_of=past, scope=one))
    measured("look-up of 10,000 VINs", lambda: lookup(session, some, on=ON))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vehicles", type=int, default=1_000_000)
    parser.add_argument("--url", help="an empty PostgreSQL database; SQLite in a new folder if not")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or f"sqlite:///{folder}/bench.sqlite3"
        with open_session(url) as session:
            run(chosen.vehicles, url, folder, session)


if __name__ == "__main__":
    main()
