"""Freezes the list of a follow-up (49 CFR 577.10(c), (d)).

Listed are open vehicles with a mailable owner of record, the newest registration first. Everyone
else in the campaigns' populations is in the list too, left out under one named reason:

    repaired, inspected_ok, removed    nothing is open on the vehicle in this family
    unreachable_<cause>                likewise
    no_vehicle_record                  no vehicle row, so no dealer to send the owner to
    no_owner                           no owner, lessee or lessor is known
    owner_to_confirm                   no owner can be written to, and a name, street or city holds a word
                                       that may stand for nothing (values.placeholders): a person must look
    address_incomplete                 the newest record of every owner cannot be mailed
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import BadInput, NothingToDo
from renotify.ledger import follow_ups, registry, tables
from renotify.ledger.fold import REASONS
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.session import Session
from renotify.ledger.status import in_campaigns
from renotify.values.address import address_problems
from renotify.values.arrow_sql import arrow_sql
from renotify.values.piece import piece_ids
from renotify.values.placeholders import Placeholders

LISTED = ("vin", "family", "bundle", "dealer_code", "left_out", "rank")
PIECES = ("vin", "piece_id", "family", "role", "bundle", "dealer_code", "language", "owner_as_of")
STANDING = ("vin", "campaign_code", "status", "reason")
OWNERS = ("vin", "role", "as_of", "name1", "addr1", "city", "state", "zip", "language")
TO_CONFIRM, INCOMPLETE = "owner_to_confirm", "address_incomplete"
MOST_CAMPAIGNS = 62  # a bit each
CLOSED = [
    "repaired", "inspected_ok", "removed", *(f"unreachable_{reason}" for reason in REASONS),
]  # fmt: skip

# Of each role the newest record as of the day, where something is open.
_NEWEST = """
    select owners.* from owners semi join (
        select vin from standing semi join campaigns using (campaign_code) where status = 'open'
    ) open_vehicles using (vin) where as_of <= $on
    qualify row_number() over (partition by vin, role order by as_of desc) = 1"""
# Spanish by wish, both languages in Puerto Rico (577.5(a)).
_REACHED = """
    select vin, role, as_of, to_confirm,
        name1 <> '' and problem is null and not to_confirm as mailable,
        case when state = 'PR' then 'en+es' when lower(language) like 'es%' then 'es'
            else 'en' end as language
    from newest"""
# One row a vehicle and family: its open campaigns as the bundle, else why nothing is open. Numbers
# while rows are many (a bit a campaign, a place in CLOSED), names for the few different ones.
_LISTED = f"""
    with numbered as (
        select vin, family, bit, status = 'open' as is_open, list_position($closed,
            case status when 'unreachable' then 'unreachable_' || reason else status end) as closed
        from standing join campaigns using (campaign_code)),
    families as (
        select vin, family, bit_or(bit) filter (is_open) as open_bits, bit_or(bit) as all_bits,
            min(closed) as closed
        from numbered group by vin, family),
    bundles as (
        select bits, string_agg(campaign_code, '+' order by bit) as bundle
        from (select distinct coalesce(open_bits, all_bits) as bits from families)
        join campaigns on bits & bit <> 0 group by bits),
    reached as (
        select vin, max(as_of) as newest, bool_or(mailable) as mailable,
            bool_or(to_confirm) as to_confirm
        from newest_owners group by vin)
    select f.vin, f.family, b.bundle,
        coalesce(v.dealer_code, '') as dealer_code,
        case when f.open_bits is null then $closed[f.closed]
            when v.vin is null then 'no_vehicle_record'
            when r.vin is null then 'no_owner'
            when r.mailable then '' when r.to_confirm then '{TO_CONFIRM}'
            else '{INCOMPLETE}' end as left_out,
        row_number() over (order by r.newest desc nulls last, f.vin, f.family) as rank
    from families f join bundles b on b.bits = coalesce(f.open_bits, f.all_bits)
    left join vehicles v using (vin) left join reached r using (vin)
    order by rank"""
_OF_LISTED = "from listed l join newest_owners o using (vin) where l.left_out = ''"
_PIECES = f"""
    select l.vin, l.family, o.role, l.bundle, l.dealer_code, o.language, o.as_of as owner_as_of
    {_OF_LISTED} and o.mailable order by l.rank, o.role"""
_UNWRITTEN = f"select l.vin, l.family, o.role {_OF_LISTED} and not o.mailable order by all"


@dataclass(frozen=True)
class Frozen:
    """The list, those left out included, and a piece for each owner who is to be written to.

    ``unwritten`` (vin, family, role): of a listed vehicle, an owner beside the one written to whose
    own address is incomplete or to be confirmed, such as the lessor of a leased vehicle.
    """

    listed: pa.Table
    pieces: pa.Table
    unwritten: pa.Table


def freeze(
    standing: pa.Table,
    owners: pa.Table,
    vehicles: pa.Table,
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    on: date,
    words: Placeholders,
) -> Frozen:
    """Freeze a list from what stands on a day.

    ``standing`` (STANDING) has the current remedy version of each vehicle and campaign, ``owners``
    (OWNERS) every record, ``vehicles`` vin and dealer_code. Owner, lessee and lessor each get a
    piece. A vehicle with a safety recall and a service campaign open is listed twice, once a
    family: they never share a piece (577.14); a bundle names its campaigns in the settings' order.
    ``words`` are those of a name or address that a person must confirm.
    Raises BadInput for more than 62 campaigns.
    """
    with arrow_sql() as arrow:
        arrow.register("standing", standing)
        arrow.register("vehicles", vehicles)
        arrow.register("campaigns", _families(campaigns, settings))
        arrow.register("owners", owners)
        newest = arrow.sql(_NEWEST, params={"on": on}).to_arrow_table()
        newest = newest.append_column("problem", address_problems(newest))
        newest = newest.append_column("to_confirm", words.asked(newest))
        arrow.register("newest", newest)
        arrow.register("newest_owners", arrow.sql(_REACHED).to_arrow_table())
        listed = arrow.sql(_LISTED, params={"closed": CLOSED}).to_arrow_table()
        arrow.register("listed", listed)
        pieces = arrow.sql(_PIECES).to_arrow_table()
        unwritten = arrow.sql(_UNWRITTEN).to_arrow_table()
    ids = piece_ids(settings.name, pieces["vin"], pieces["family"], pieces["role"])
    pieces = pieces.append_column("piece_id", ids).select(PIECES)
    return Frozen(listed.select(LISTED), pieces, unwritten)


def _families(campaigns: Mapping[str, Campaign], settings: FollowUpSettings) -> pa.Table:
    order = [code for code in settings.campaigns if code in campaigns]
    if len(order) > MOST_CAMPAIGNS:
        raise BadInput(
            f"A follow-up takes at most {MOST_CAMPAIGNS} campaigns, not {len(order)}.",
            "Make one follow-up for each group of campaigns.",
        )
    return pa.table({
        "campaign_code": pa.array(order, pa.string()),
        "family": pa.array([campaigns[code].family for code in order], pa.string()),
        "bit": pa.array([1 << place for place in range(len(order))], pa.int64()),
    })  # fmt: skip


def freeze_follow_up(session: Session, settings: FollowUpSettings, on: date) -> dict[str, Any]:
    """Freeze a follow-up's list from the ledger as of one instant, keep it, and return its counts.

    Raises UnknownName for a campaign nobody has registered, NothingToDo for an empty list, and
    AlreadyDone for a second list of one name; then nothing is written.
    """
    with session.transaction():  # what is read in it is what stands while the list is kept
        campaigns = registry.campaigns(session, settings.campaigns)
        where, values = in_campaigns(settings.campaigns)
        standing = tables.read(session, "state", *STANDING, where=f"current and {where}", **values)
        vehicles = tables.read(session, "vehicle", "vin", "dealer_code")
        owners = tables.read(session, "owner", *OWNERS)
        words = placeholders(session)
        frozen = freeze(standing, owners, vehicles, campaigns, settings, on, words)
        summary = _summary(settings.name, frozen)
        if not summary["listed"]:
            raise NothingToDo(
                f"No vehicle of {', '.join(settings.campaigns)} is open and can be written to;"
                f" the follow-up {settings.name} was not made.",
                f"See why with `renotify status`, and load population and owners first.{_whom(summary)}",
            )
        follow_ups.save(session, settings, on, frozen.listed, frozen.pieces)
    return summary


def _whom(summary: dict[str, Any]) -> str:
    counts = [f"{count} {reason}" for reason, count in summary["left_out"].items()]
    return f" Left out: {', '.join(counts)}." if counts else ""


def _summary(name: str, frozen: Frozen) -> dict[str, Any]:
    bundles: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for row in _counted(frozen.listed, "bundle", "left_out"):
        if row["left_out"]:
            left_out[row["left_out"]] += row["vin_count"]
        else:
            bundles[row["bundle"]] += row["vin_count"]
    unwritten = {row["role"]: row["vin_count"] for row in _counted(frozen.unwritten, "role")}
    return {
        "follow_up": name,
        "listed": bundles.total(),
        "pieces": frozen.pieces.num_rows,
        "bundles": dict(sorted(bundles.items())),
        "left_out": dict(sorted(left_out.items())),
        "unwritten_owners": dict(sorted(unwritten.items())),
    }


def _counted(rows: pa.Table, *by: str) -> list[dict[str, Any]]:
    counted: list[dict[str, Any]] = rows.group_by(by).aggregate([("vin", "count")]).to_pylist()
    return counted
