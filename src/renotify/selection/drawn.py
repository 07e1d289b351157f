"""What is drawn by lot when a list is frozen: the order of the letters, and the arm of each vehicle.

A draw is the SHA-256 of the follow-up's name, its seed, what is drawn and the vehicle: the same on every machine and in every run, and
nobody can choose it vehicle by vehicle. The order and the arms are drawn apart, so that no arm goes earlier than another.
"""

from __future__ import annotations

from itertools import accumulate

import pyarrow as pa
from duckdb import DuckDBPyConnection

from renotify.campaigns.outreach_settings import Arm, Outreach

# A plan gives the weeks of a bundle and dealer out in order of ``rank``: of vehicles that it holds for equal any may go first.
_ORDER = """
    select * replace (row_number() over (order by sha256($key || '|' || vin || '|' || family)) as rank)
    from listed order by rank"""
# Of the n vehicles of a stratum, in an order drawn by lot, the i-th stands at (i + u) / n of the way, u drawn once a stratum: an arm
# that takes a share s of the way gets s n of them, rounded up or down.
_ARMS = """
    with vehicle as (
        select l.vin, string_agg(l.bundle, ' ' order by l.family) as bundles, coalesce(min(d.area_code), '') as area,
            coalesce(min(o.language), '') as language
        from listed l left join dealers d using (dealer_code)
        left join (select vin, min(language) as language from newest_owners where mailable group by vin) o using (vin)
        where l.left_out = '' group by l.vin),
    placed as (
        select vin, count(*) over stratum as n, row_number() over (stratum order by sha256($key || '|' || vin)) - 1 as i,
            ('0x' || left(sha256(concat_ws('|', $key, bundles, area, language)), 13))::bigint / 16 ** 13 as u
        from vehicle window stratum as (partition by bundles, area, language)),
    drawn as (
        select p.vin, a.name from placed p join arm a on (p.i + p.u) / p.n >= a.low and (p.i + p.u) / p.n < a.high)
    select l.*, case when l.left_out = '' then coalesce(d.name, '') else '' end as arm
    from listed l left join drawn d using (vin) order by l.rank"""


def drawn(arrow: DuckDBPyConnection, listed: pa.Table, outreach: Outreach, name: str) -> pa.Table:
    """Return a list with the ranks and arms (blank where none are stated) that its follow-up draws.

    ``listed``: vin, family, bundle, dealer_code, left_out, rank. The connection has ``newest_owners`` (vin, language, mailable) and
    ``dealers`` (dealer_code, area_code). A vehicle is in one arm, with all its letters; each arm has its share of every stratum (the
    bundles of the vehicle, area, language of the letter), within one vehicle.
    """
    if outreach.randomise:
        arrow.register("listed", listed)
        listed = arrow.sql(_ORDER, params={"key": _key(name, outreach, "order")}).to_arrow_table()
    if not outreach.arms:
        return listed.append_column("arm", pa.repeat("", listed.num_rows))
    arrow.register("listed", listed)
    arrow.register("arm", _ranges(outreach.arms))
    return arrow.sql(_ARMS, params={"key": _key(name, outreach, "arm")}).to_arrow_table()


def _key(name: str, outreach: Outreach, what: str) -> str:
    return f"{name}|{outreach.seed}|{what}"


def _ranges(arms: tuple[Arm, ...]) -> pa.Table:
    """Return which part of the way from 0 to 1 each arm takes."""
    ends = [*list(accumulate(arm.share for arm in arms))[:-1], float("inf")]
    return pa.table({
        "name": [arm.name for arm in arms],
        "low": pa.array([0.0, *ends[:-1]], pa.float64()),
        "high": pa.array(ends, pa.float64()),
    })  # fmt: skip
