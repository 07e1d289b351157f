"""Vehicles that nobody on record holds any more: the work list of the people who search for owners, and how a search is ended.

49 CFR 577.7(a)(2)(i): each registered owner who is reasonably ascertainable gets the notice; where none is, the most recent purchaser
known does. Whether a search has ended is a person's word, never the ledger's guess: without it nobody is written to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import Refused, UnknownName
from renotify.ledger import tables
from renotify.ledger.holders import (
    GIVEN_UP,
    LAST_PURCHASER,
    RECORD,
    SEARCHED,
    beside,
    holders,
)
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session
from renotify.ledger.sources import record
from renotify.rules import load
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted

NO_OWNER = "no_owner"  # no owner, lessee or lessor was ever on record
SEARCH = (
    "Search the State's records and other sources for the registered owner, and load the row. Where none can be found:"
    " renotify owners settle VIN --not-found; then the last purchaser on record is written to."
)
ASK_DEALER = "The dealer reported it sold: ask the dealer who bought it, and load the row."
NO_PURCHASER = "Nobody who bought it is on record: search the State's records, ask the dealer, and load the row."
COLUMNS = ("vin", "campaigns", "reason", "role", "as_of", "dealer_code", "what_to_do")
UNKNOWN = pa.schema([(name, pa.date32() if name == "as_of" else pa.string()) for name in COLUMNS])

# ``purchaser`` is who would be written to if a search ended today.
_UNKNOWN = f"""
with stay as (
    select * from stock qualify row_number() over (partition by vin order by in_date desc, sold_date desc nulls first, dealer_code) = 1
), unheld as (
    select o.vin, o.campaigns, coalesce(h.otherwise, '{NO_OWNER}') as reason
    from open_now o left join (
        select vin, max(otherwise) as otherwise, bool_or(holds) as held from holder group by vin) h using (vin)
    left join stay s using (vin)
    where not coalesce(h.held, false) and coalesce(h.otherwise, '{GIVEN_UP}') = '{GIVEN_UP}'
        and o.vin not in (select vin from refused) and not (s.vin is not null and s.sold_date is null)
)
select u.vin, u.campaigns, u.reason, coalesce(p.role, '') as role, p.as_of,
    coalesce(s.dealer_code, v.dealer_code, '') as dealer_code,
    case when p.vin is not null then $search when s.sold_date is not null then $ask_dealer else $no_purchaser end as what_to_do
from unheld u left join purchaser p using (vin) left join stay s using (vin) left join vehicle v using (vin) order by u.vin
"""
_OPEN_NOW = """
    select vin, string_agg(campaign_code, '+' order by campaign_code) as campaigns from standing group by vin"""


def unknown(session: Session, on: date) -> pa.Table:
    """Return the open vehicles that nobody holds on a day (``UNKNOWN``), each with what to do; nothing of a person is in it.

    ``role`` and ``as_of`` name the record of the last purchaser, blank where it is not to be written to: nobody who bought the
    vehicle is on record, or a dealer had it since (``dealer_code``: that one, else the vehicle's own). What a dealer has, or a
    refused owner row holds, stands on a list of its own.
    """
    standing = tables.read(
        session, "state", "vin", "campaign_code", where="current and status = 'open'"
    )
    known = beside(session, on)
    searched_now = load(on).addressee(LAST_PURCHASER).roles
    with arrow_sql() as arrow:
        arrow.register("standing", standing)
        arrow.register("open_now", arrow.sql(_OPEN_NOW).to_arrow_table())
        arrow.register("owner", tables.read(session, "owner", *RECORD))
        records = arrow.sql("select * from owner semi join open_now using (vin)").to_arrow_table()
        found = holders(records, on, known)
        arrow.register("holder", found)
        given_up = arrow.sql(
            "select r.* from owner r semi join (select vin from holder group by vin having not bool_or(holds)) using (vin)"
        ).to_arrow_table()
        ended = pc.unique(given_up["vin"])
        days = pa.array([on] * len(ended), pa.date32())
        over = replace(known, searched=pa.table([ended, days], SEARCHED), purchasers=searched_now)
        settled = holders(given_up, on, over)
        arrow.register("purchaser", settled.filter(settled["holds"]))
        arrow.register("refused", known.refused)
        arrow.register("vehicle", tables.read(session, "vehicle", "vin", "dealer_code"))
        arrow.register("stock", _stock(session, on))
        words = {"search": SEARCH, "ask_dealer": ASK_DEALER, "no_purchaser": NO_PURCHASER}
        return arrow.sql(_UNKNOWN, params=words).to_arrow_table().select(COLUMNS).cast(UNKNOWN)


def _stock(session: Session, on: date) -> pa.Table:
    """Return the stays in dealers' stock as known on a day: a sale of a later day has not been."""
    stays = tables.read(
        session, "dealer_stock", "vin", "dealer_code", "in_date", "sold_date", where="in_date <= :on", on=on
    )  # fmt: skip
    sold = stays["sold_date"]
    past = pc.if_else(pc.less_equal(sold, pa.scalar(on)), sold, pa.scalar(None, pa.date32()))
    return stays.set_column(stays.column_names.index("sold_date"), "sold_date", past)


def settle(session: Session, vins: Sequence[str], on: date, command: str) -> int:
    """Record in the open transaction that the searches for the owners of some vehicles ended on a day without a result; return how many.

    From then on the last purchaser on record is written to, until somebody newer is known; a search that stands already is not
    recorded again. Raises Refused, and records nothing, where one of them has a holder, a refused row, no purchaser, or was a
    dealer's since.
    """
    standing = beside(session, on).searched["vin"]
    listed = unknown(session, on)
    again = pc.is_in(pa.array(vins, pa.string()), value_set=standing.combine_chunks())
    lapsed = pc.is_in(pa.array(vins, pa.string()), value_set=listed["vin"].combine_chunks())
    new = pa.array(vins, pa.string()).filter(pc.or_(pc.invert(again), lapsed)).unique()
    open_to_it = listed.filter(pc.equal(listed["what_to_do"], SEARCH))["vin"].combine_chunks()
    barred = new.filter(pc.invert(pc.is_in(new, value_set=open_to_it))).to_pylist()
    if barred:
        raise Refused(*_why(session, barred, listed, on))
    return _state(session, new, on, command, withdrawn=False)


def take_back(session: Session, vins: Sequence[str], on: date, command: str) -> int:
    """Record in the open transaction that the searches of some vehicles did not end; return how many. Raises UnknownName."""
    standing = beside(session, on).searched["vin"].combine_chunks()
    asked = pa.array(vins, pa.string()).unique()
    strange = asked.filter(pc.invert(pc.is_in(asked, value_set=standing))).to_pylist()
    if strange:
        raise UnknownName(
            f"No ended search is on record for {_first_of(strange)}.",
            "Those that wait for one: renotify owners unknown.",
        )
    return _state(session, asked, on, command, withdrawn=True)


def _state(session: Session, vins: pa.Array, on: date, command: str, *, withdrawn: bool) -> int:
    if not len(vins):
        return 0
    source = record(session, SourceKind.COMMAND, command, table="owner_search")
    rows = pa.table({"vin": vins, "place": pa.array(range(1, len(vins) + 1), pa.int64())})
    session.stage("ended_search", rows)
    return session.execute(
        "insert into owner_search (source_id, source_row, vin, ended_on, withdrawn)"
        f" select {source}, place, vin, :day, {str(withdrawn).lower()} from ended_search order by place",
        day=on,
    )


def _why(session: Session, barred: list[str], listed: pa.Table, on: date) -> tuple[str, str]:
    """Return in a sentence and a hint why the search of the first of some vehicles cannot be ended."""
    first = barred[0]
    told = listed.filter(pc.equal(listed["vin"], first))
    if told.num_rows:
        return (
            f"The last purchaser of {_first_of(barred)} cannot be written to.",
            told["what_to_do"][0].as_py(),
        )
    if first in beside(session, on, "vin = :vin", vin=first).refused["vin"].to_pylist():
        return (
            f"A newer owner row of {_first_of(barred)} was refused at load: it may name who has the vehicle.",
            "Correct and load it, or let the owner on record stand: renotify owners refused.",
        )
    return (
        f"{_first_of(barred)} is not among the open vehicles that nobody holds.",
        "See them: renotify owners unknown; who holds one: renotify explain VIN.",
    )


def _first_of(vins: list[str]) -> str:
    more = f" and {counted(len(vins) - 1, 'other')}" if len(vins) > 1 else ""
    return f"{vins[0]}{more}"
