"""The letters of a follow-up as they stand on a day: which are free to plan, and which went out, or go again, when."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.campaigns.follow_up_settings import SECOND_NOTICE as SECOND_KIND
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups, tables
from renotify.ledger.holders import IN_STOCK, RECORD, beside, holders
from renotify.ledger.piece_numbers import IS_FIRST
from renotify.ledger.pieces import OUT_ON, TO_GO_AGAIN
from renotify.ledger.session import Session
from renotify.values.calendar import monday_of

# The list as it stands: is the vehicle still open for a campaign of its bundle, is its letter still free, when did it go out, or goes again
# (null: it is free, or was withdrawn, spoiled or set aside), is it an interim one, and is its second notice in a list already.
_STANDING = f"""
    select l.vin as vin, l.family as family, l.bundle as bundle,
        case when p.free = 1 then {follow_ups.LISTED_AT} else {follow_ups.PLANNED_AT} end as dealer_code, l.rank as rank, l.week as week,
        coalesce(v.model, '') as model, v.model_year as model_year, v.build_date as build_date, p.out_on as out_on, p.again as again,
        p.free as free,
        p.pieces as pieces,
        case when l.interim then 1 else 0 end as interim,
        case when l.interim and exists (
            select 1 from piece q join follow_up f on f.name = q.follow_up
            where q.vin = l.vin and q.family = l.family and f.kind = '{SECOND_KIND}' and q.state not in ('withdrawn', 'spoiled'))
            then 1 else 0 end as listed_again,
        case when exists (
            select 1 from state s where s.vin = l.vin and s.current and s.status = 'open'
                and replace('+' || l.bundle || '+', '+' || s.campaign_code || '+', '') <> '+' || l.bundle || '+')
            then 1 else 0 end as open
    from (
        select vin, family, max({OUT_ON}) as out_on,
            max(case when {TO_GO_AGAIN} then (
                select w.week from wave w where w.follow_up = piece.follow_up and w.number = piece.wave) end) as again,
            sum(case when {IS_FIRST} then 1 else 0 end) as pieces,
            min(case when state in ('listed', 'planned') then 1 else 0 end) as free
        from piece where follow_up = :name group by vin, family
    ) p join listed l on l.vin = p.vin and l.family = p.family and l.follow_up = :name
    left join vehicle v on v.vin = l.vin
    where l.left_out = ''"""
_STANDS = pa.schema(
    [("vin", pa.string()), ("family", pa.string()), ("bundle", pa.string()), ("dealer_code", pa.string()), ("rank", pa.int64()),
     ("week", pa.int64()), ("model", pa.string()), ("model_year", pa.int64()),
     ("build_date", pa.date32()), ("out_on", pa.date32()), ("again", pa.date32()), ("free", pa.bool_()), ("open", pa.bool_()),
     ("pieces", pa.int64()), ("interim", pa.bool_()), ("listed_again", pa.bool_())]
)  # fmt: skip


_STOCKED = "vin in (select k.vin from dealer_stock k join piece p on p.vin = k.vin where p.follow_up = :name)"


def standing_letters(session: Session, name: str, on: date) -> pa.Table:
    """Return a follow-up's letters as they stand on a day, a row a vehicle and family: the columns of ``_STANDS`` but ``again``,
    and ``nobodys``.

    A vehicle that came into a dealer's stock is open for nobody whose letter is free: its release would withdraw it. ``nobodys`` says
    that this alone keeps it from its letter.
    """
    read = session.read(_STANDING, _STANDS, name=name)
    return _open_for_somebody(session, _with_those_sent_again(read, monday_of(on)), name, on)


def _open_for_somebody(session: Session, standing: pa.Table, name: str, on: date) -> pa.Table:
    known = beside(session, on, _STOCKED, name=name)
    if not known.stock.num_rows:
        return standing.append_column("nobodys", pa.repeat(False, standing.num_rows))
    records = tables.read(session, "owner", *RECORD, where=_STOCKED, name=name)
    judged = holders(records, on, known)
    held = judged["vin"].filter(judged["holds"])
    gone = judged["vin"].filter(pa.compute.equal(judged["otherwise"], IN_STOCK))
    nobodys = pa.compute.and_(
        pa.compute.is_in(standing["vin"], gone),
        pa.compute.invert(pa.compute.is_in(standing["vin"], held)),
    )
    kept = pa.compute.and_(pa.compute.and_(nobodys, standing["free"]), standing["open"])
    still = pa.compute.and_(standing["open"], pa.compute.invert(kept))
    at = standing.column_names.index("open")
    return standing.set_column(at, "open", still).append_column("nobodys", kept)


def _with_those_sent_again(standing: pa.Table, monday: date) -> pa.Table:
    """Letters that are to be sent again count as out from the Monday of their wave, from this one where they were due before."""
    again = standing["again"]
    goes = pa.compute.max_element_wise(again, pa.scalar(monday), skip_nulls=False)
    out_on = pa.compute.coalesce(goes, standing["out_on"])
    at = standing.column_names.index("out_on")
    return standing.set_column(at, "out_on", out_on).drop_columns(["again"])


def left_to_plan(standing: pa.Table, name: str) -> pa.Table:
    """Return the letters that are free, of vehicles still open. Raises NothingToDo where none is and none is out either."""
    free = standing.filter(pa.compute.and_(standing["free"], standing["open"]))
    if not free.num_rows and not pa.compute.any(pa.compute.is_valid(standing["out_on"])).as_py():
        raise NothingToDo(
            f"No letter of {name} is left to plan, and none is out: each owner came in, or the letter was withdrawn.",
            f"See who is listed: renotify followup show {name}",
        )
    return free
