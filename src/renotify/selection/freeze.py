"""Freezes the list of a follow-up: open vehicles with a mailable owner of record, newest registration first (49 CFR 577.10(c), (d)).

Everyone of the campaigns' populations who is left out is listed too, under one named reason:

    repaired, inspected_ok, removed, unreachable_<cause>   nothing is open on the vehicle in this family
    no_vehicle_record                                      no vehicle row, so no dealer to send the owner to
    no_owner                                               no owner, lessee or lessor is known
    address_incomplete                                     the newest record of every owner cannot be mailed
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up import FollowUpSettings
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups, registry, tables
from renotify.values.address import address_problems
from renotify.values.piece import piece_ids

LISTED = ("vin", "family", "bundle", "dealer_code", "left_out", "rank")
PIECES = ("vin", "piece_id", "family", "role", "bundle", "dealer_code", "language", "owner_as_of")

# Of each owner role the newest record as of the day; Spanish by wish, both languages in Puerto Rico (577.5(a)).
_OWNERS = """
    select vin, role, as_of, (name1 <> '' and problem is null) as mailable,
           case when state = 'PR' then 'en+es' when lower(language) like 'es%' then 'es' else 'en' end as language
    from owners where as_of <= $on qualify row_number() over (partition by vin, role order by as_of desc) = 1
"""
# One row a vehicle and family: the open campaigns as its bundle, else the reason why nothing is open.
_VEHICLES = """
    with units as (select s.*, c.family, c.place from standing s join campaigns c using (campaign_code)),
    families as (
        select vin, family,
               string_agg(campaign_code, '+' order by place) filter (status = 'open') as open_bundle,
               string_agg(campaign_code, '+' order by place) as whole_bundle,
               min_by(status || case when status = 'unreachable' then '_' || reason else '' end,
                      list_position(['repaired', 'inspected_ok', 'removed', 'unreachable'], status))
                   filter (status <> 'open') as closed
        from units group by vin, family),
    reached as (select vin, max(as_of) as newest, bool_or(mailable) as mailable from newest_owners group by vin)
    select f.vin, f.family, coalesce(f.open_bundle, f.whole_bundle) as bundle, coalesce(v.dealer_code, '') as dealer_code,
           case when f.open_bundle is null then f.closed
                when v.vin is null then 'no_vehicle_record'
                when r.vin is null then 'no_owner'
                when not r.mailable then 'address_incomplete' else '' end as left_out,
           row_number() over (order by r.newest desc nulls last, f.vin, f.family) as rank
    from families f left join vehicles v using (vin) left join reached r using (vin)
    order by rank
"""
_PIECES = """
    select l.vin, l.family, o.role, l.bundle, l.dealer_code, o.language, o.as_of as owner_as_of
    from listed l join newest_owners o using (vin) where l.left_out = '' and o.mailable
    order by l.rank, o.role
"""


@dataclass(frozen=True)
class Frozen:
    """The list, those left out included, and a piece for each owner who is to be written to."""

    listed: pa.Table
    pieces: pa.Table


def freeze(
    standing: pa.Table,
    owners: pa.Table,
    vehicles: pa.Table,
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    on: date,
) -> Frozen:
    """Freeze a list from what stands on a day.

    ``standing``: vin, campaign_code, status, reason of the current remedy version;
    ``owners`` as the table owner; ``vehicles``: vin, dealer_code.
    A vehicle with a safety recall and a service campaign open is listed twice, once a family: they never share a piece.
    """
    order = [code for code in settings.campaigns if code in campaigns]
    kinds = pa.table(
        {
            "campaign_code": order,
            "family": [campaigns[code].family for code in order],
            "place": list(range(len(order))),
        }
    )
    with duckdb.connect() as arrow:
        for name, rows in (("standing", standing), ("vehicles", vehicles), ("campaigns", kinds)):
            arrow.register(name, rows)
        arrow.register("owners", owners.append_column("problem", address_problems(owners)))
        arrow.register("newest_owners", arrow.execute(_OWNERS, {"on": on}).to_arrow_table())
        listed = arrow.sql(_VEHICLES).to_arrow_table()
        arrow.register("listed", listed)
        pieces = arrow.sql(_PIECES).to_arrow_table()
    ids = piece_ids(settings.name, pieces["vin"], pieces["family"], pieces["role"])
    return Frozen(listed.select(LISTED), pieces.append_column("piece_id", ids).select(PIECES))


def freeze_follow_up(settings: FollowUpSettings, on: date) -> dict[str, Any]:
    """Freeze a follow-up's list from the ledger, keep it, and return its counts.

    Raises UnknownName for a campaign nobody has registered and NothingToDo for an empty list; then nothing is written.
    """
    campaigns = registry.campaigns(settings.campaigns)
    codes = pa.table({"campaign_code": list(campaigns)})
    with duckdb.connect() as arrow:
        arrow.register(
            "state",
            tables.read("state", "vin", "campaign_code", "status", "reason", where="current"),
        )
        arrow.register("codes", codes)
        standing = arrow.sql(
            "select state.* from state semi join codes using (campaign_code)"
        ).to_arrow_table()
    owners = tables.read(
        "owner", "vin", "role", "as_of", "name1", "addr1", "city", "state", "zip", "language"
    )
    frozen = freeze(
        standing, owners, tables.read("vehicle", "vin", "dealer_code"), campaigns, settings, on
    )
    summary = _summary(settings.name, frozen)
    if not summary["listed"]:
        raise NothingToDo(
            f"No vehicle of {', '.join(settings.campaigns)} is open and can be written to; the follow-up {settings.name} was not made.",
            "See why with `renotify status`, and load population and owners first.",
        )
    follow_ups.save(settings, on, frozen.listed, frozen.pieces)
    return summary


def _summary(name: str, frozen: Frozen) -> dict[str, Any]:
    counts = (
        frozen.listed.group_by(["bundle", "left_out"]).aggregate([("vin", "count")]).to_pylist()
    )
    outs: dict[str, int] = {}
    for row in counts:
        if row["left_out"]:
            outs[row["left_out"]] = outs.get(row["left_out"], 0) + row["vin_count"]
    bundles = {row["bundle"]: row["vin_count"] for row in counts if not row["left_out"]}
    return {
        "follow_up": name,
        "listed": sum(bundles.values()),
        "pieces": frozen.pieces.num_rows,
        "bundles": dict(sorted(bundles.items())),
        "left_out": dict(sorted(outs.items())),
    }
