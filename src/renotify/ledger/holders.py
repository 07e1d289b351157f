"""Who holds a vehicle on a day: the one rule, for the list, the release and whoever gives owners' names out.

What counts is what records say, never the order in which they were loaded. Of each role the newest
record known on the day speaks:

1. One with an ``end_date`` on or before the day holds nothing. At the end of the lessee's lease the vehicle
   goes back to the lessor, who holds it alone until the lessor's own record ends. That end is the lessee's too,
   unless the lessee's record is newer.
2. Lessee and lessor hold it together, by the newer of their two records, which speaks for the lessor after the
   lessee's end too. Whoever became owner after that has closed the lease. An owner becomes one with the first of
   the records of that name on end: a registration renewed is no purchase.
3. A lease with a lessor, newer than the owner's newest record, has taken the owner's place, and its
   end does not bring that owner back. Without a lessor the lessee leases from the owner, and both hold it.
4. An owner of the lessor's own name is the lessor: the title of a leased vehicle. It closes no lease,
   and gets no letter of its own beside the lessor's; when the lessor's record has ended it is an owner as any other.
   Of a name that the lessee has too it is the lessee who bought the vehicle.
5. On one day neither is newer: all of them hold it.
6. A vehicle that came into a dealer's stock has left everyone who had it before that day: a record of the same name renewed
   since then brings nobody back, sold again or not. Who appears after it holds it as above. While it stands there the dealer
   holds it; sold again (``sold_date``), nobody knows who has it.
7. Nobody holds a vehicle of which a row was refused at load that might hold it (``refused_owners``): it may name somebody else.
8. Where nobody is left, and a person has stated since then that a search found nobody (``unknown_owners``), the newest record of a
   purchaser is written to (49 CFR 577.7(a)(2)(i), second sentence); never that of whoever brought the vehicle to a dealer.

Names are the same whatever their case, marks and words of legal form (Inc., LLC, Trust).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.session import Session, Value
from renotify.values.arrow_sql import arrow_sql

RECORD = ("vin", "role", "as_of", "end_date", "name1")  # what the rule reads of an owner record

REFUSED = "owner_row_refused"
IN_STOCK = "in_dealer_stock"
GIVEN_UP = "no_current_owner"  # all who are known have given the vehicle up
LAST_PURCHASER = "LAST_PURCHASER"  # in the rule pack: who is written to where no owner can be found

LEGAL_FORMS = "THE|AND|INC|INCORPORATED|CORP|CORPORATION|CO|COMPANY|LTD|LIMITED|LLC|LLP|LP|PLC|NA|TRUST|TRUSTEE|TR"
_PLAIN = (
    r"regexp_replace(regexp_replace(upper(r.name1), '[.''’]', '', 'g'), '[^\pL\pN]+', ' ', 'g')"
)
# A name that is nothing else stays as it is.
PERSON = (
    rf"coalesce(nullif(trim(regexp_replace(regexp_replace({_PLAIN}, '\b({LEGAL_FORMS})\b', ' ', 'g'),"
    rf" ' +', ' ', 'g')), ''), trim({_PLAIN}))"
)

_HOLDERS = f"""
with newest as materialized (
    select vin, role, max(as_of) as as_of from owner_record where as_of <= $on group by vin, role
), ended as materialized (
    select vin, role, end_date from owner_record semi join newest using (vin, role, as_of)
    where end_date <= $on
), kept as materialized (
    select n.* from newest n anti join ended e on e.vin = n.vin and (e.role = n.role
        or (e.role = 'lessor' and n.role = 'lessee' and e.end_date >= n.as_of))
), stocked as materialized (
    select r.vin, r.role, r.as_of, s.in_date, {PERSON} as person
    from owner_record r join stock s using (vin) where r.as_of <= $on and s.in_date <= $on
), traded as materialized (  -- theirs since before the vehicle came into stock: the last run of records of one name
    select x.vin, x.role
    from stocked x join newest n using (vin, role)
    join stocked l on l.vin = n.vin and l.role = n.role and l.as_of = n.as_of and l.person = x.person
    anti join stocked o on o.vin = x.vin and o.role = x.role and o.person <> x.person and o.as_of > x.as_of
    group by x.vin, x.role having min(x.as_of) < min(x.in_date)
), standing as materialized (
    select n.* from kept n anti join traded using (vin, role)
), given_back as materialized (  -- by lessees whose lease has ended
    select n.* from newest n anti join kept using (vin, role) anti join traded using (vin, role) where n.role = 'lessee'
), lease as materialized (
    select vin, max(as_of) as newest, bool_or(role = 'lessor') as has_lessor
    from (select * from standing where role <> 'owner' union all
        select * from given_back semi join (select vin from standing where role = 'lessor') using (vin)) group by vin
), over as (  -- leases of which the lessor's record has ended
    select r.vin, greatest(r.as_of, coalesce(e.as_of, r.as_of)) as newest
    from (select * from newest anti join kept using (vin, role) where role = 'lessor') r
    join ended x on x.vin = r.vin and x.role = 'lessor'
    left join (select * from newest anti join kept using (vin, role) where role = 'lessee') e
        on e.vin = r.vin and x.end_date > e.as_of
), named as materialized (  -- of vehicles that an owner and a lease may both hold
    select r.vin, r.role, r.as_of, {PERSON} as person from owner_record r
    semi join (select vin from newest where role <> 'owner') using (vin)
    where r.as_of <= $on
), latest as materialized (
    select * from named semi join newest using (vin, role, as_of)
), titled as materialized (
    select o.vin from latest o
    semi join (select * from latest where role = 'lessor') l using (vin, person)
    anti join (select * from latest where role = 'lessee') e using (vin, person)
    where o.role = 'owner'
), owners as (
    select vin, as_of, person from named semi join lease using (vin) where role = 'owner'
), owned as (  -- since the record after the last one of somebody else
    select n.vin, min(o.as_of) as since
    from (select s.vin, o.person from standing s join owners o using (vin, as_of)
        where s.role = 'owner') n
    join owners o on o.vin = n.vin and o.person = n.person
    anti join owners x on x.vin = o.vin and x.person <> o.person and x.as_of > o.as_of
    anti join titled t on t.vin = n.vin
    group by n.vin
), judged as materialized (
    select n.vin, n.role, n.as_of, s.vin is not null and f.vin is null and case
        when n.role <> 'owner' then o.vin is null or not (o.since > l.newest)
        when t.vin is not null then not coalesce(l.has_lessor, false)
        else not coalesce(l.has_lessor and l.newest > n.as_of, false)
            and not coalesce(p.newest > n.as_of, false) end as holds,
        case when f.vin is not null then '{REFUSED}' when d.vin is not null then '{IN_STOCK}' else '{GIVEN_UP}' end as otherwise,
        f.vin is not null as barred
    from newest n left join standing s on s.vin = n.vin and s.role = n.role
    left join lease l on l.vin = n.vin left join owned o on o.vin = n.vin
    left join titled t on t.vin = n.vin left join over p on p.vin = n.vin
    left join refused f on f.vin = n.vin left join (
    select distinct vin from traded semi join (
            select vin from stock where in_date <= $on and (sold_date is null or sold_date > $on)) using (vin)) d on d.vin = n.vin
), given_up as (  -- since when nothing more is known
    select j.vin, greatest(max(j.as_of), coalesce(max(e.end_date), max(j.as_of))) as since from judged j left join ended e using (vin)
    group by j.vin having not bool_or(j.holds or j.barred)
), purchaser as (
    select n.* from newest n join given_up g using (vin) join searched s on s.vin = n.vin and s.ended_on between g.since and $on
    left join titled t on t.vin = n.vin where list_contains($purchasers, n.role)
    qualify rank() over (partition by n.vin order by n.as_of desc, t.vin is not null and n.role = 'owner') = 1
)
select j.vin, j.role, j.as_of, j.holds or p.vin is not null as holds, j.otherwise
from judged j left join (select * from purchaser anti join traded using (vin, role)) p on p.vin = j.vin and p.role = j.role
"""


STOCK = pa.schema([("vin", pa.string()), ("in_date", pa.date32()), ("sold_date", pa.date32())])
REFUSED_VIN = pa.schema([("vin", pa.string())])
SEARCHED = pa.schema([("vin", pa.string()), ("ended_on", pa.date32())])


@dataclass(frozen=True, eq=False)
class Beside:
    """What is known of vehicles beside their owner records: ``stock`` (vin, in_date, sold_date) has those that are or were in a
    dealer's stock, ``refused`` (vin) those whose newest owner row was refused, ``searched`` (vin, ended_on) those whose owner was looked
    for and not found. ``purchasers`` are the roles of those who bought a vehicle.
    """

    stock: pa.Table
    refused: pa.Table
    searched: pa.Table = field(default_factory=SEARCHED.empty_table)
    purchasers: tuple[str, ...] = ()


HOLDER = pa.schema(
    [
        ("vin", pa.string()), ("role", pa.string()), ("as_of", pa.date32()), ("holds", pa.bool_()),
        ("otherwise", pa.string()),
    ]
)  # fmt: skip
NOTHING_BESIDE = Beside(STOCK.empty_table(), REFUSED_VIN.empty_table())


def beside(session: Session, on: date, where: str = "true", **values: Value) -> Beside:
    """Read what is known beside the owner records on a day; ``where`` is SQL on the column vin, with its ``:name`` values."""
    searched = session.read(
        "select vin, ended_on from owner_search s where not withdrawn and ended_on <= :on"
        f" and not exists (select 1 from owner_search n where n.vin = s.vin and n.id > s.id and n.ended_on <= :on)"
        f" and {where}",
        SEARCHED,
        on=on,
        **values,
    )
    return Beside(
        session.read(
            f"select vin, in_date, sold_date from dealer_stock where in_date <= :on and {where}",
            STOCK,
            on=on,
            **values,
        ),
        session.read(
            "select distinct vin from refused_owner where not settled and (as_of is null or as_of <= :on)"
            f" and {where}",
            REFUSED_VIN,
            on=on,
            **values,
        ),
        searched,
        _purchasers(on) if searched.num_rows else (),
    )


def _purchasers(on: date) -> tuple[str, ...]:
    """Return the roles of records that count as a purchaser's under the rules of a day."""
    from renotify.rules import load  # the law is not read where no search has ended

    return load(on).addressee(LAST_PURCHASER).roles


def nobody_holds(records: pa.Table, on: date, known: Beside) -> bool:
    """Tell whether nobody holds the vehicles of some records on a day, whatever searches have ended."""
    held = holders(records, on, replace(known, searched=SEARCHED.empty_table()))["holds"]
    return not pc.any(held).as_py()


def holders(records: pa.Table, on: date, known: Beside) -> pa.Table:
    """Return the newest record of each vehicle and role on a day (vin, role, as_of), and whether it ``holds``.

    ``records`` has the columns ``RECORD`` of every record of these vehicles; those of later days are
    passed over (49 CFR 577.7(a)(2)(i): the registered owner, and the lessee of a leased vehicle). ``otherwise`` says why nobody
    holds the vehicle where that is so: ``REFUSED``, ``IN_STOCK`` or ``GIVEN_UP``.
    """
    dated = records.select(RECORD).filter(pc.less_equal(records["as_of"], pa.scalar(on)))
    leased = dated["vin"].filter(pc.not_equal(dated["role"], "owner"))
    beyond = [*leased.chunks, *known.stock["vin"].chunks, *known.searched["vin"].chunks]
    several = pc.is_in(dated["vin"], value_set=pa.chunked_array(beyond, pa.string()))
    alone = _owners_alone(dated.filter(pc.invert(several)), on, known.refused["vin"])
    if not pc.any(several).as_py():
        return alone
    return pa.concat_tables([alone, _by_every_rule(dated.filter(several), on, known)])


def _owners_alone(records: pa.Table, on: date, refused: pa.ChunkedArray) -> pa.Table:
    """Judge vehicles that have owners only and never were in stock, most of any population: rules 1, 5 and 7 are all there is."""
    over = pc.less_equal(records["end_date"], pa.scalar(on))
    ended = pc.if_else(over, records["as_of"], pa.scalar(None, pa.date32()))
    newest = (
        records.append_column("ended", ended)
        .group_by(["vin", "role"])
        .aggregate([("as_of", "max"), ("ended", "max")])
    )
    given_up = pc.fill_null(pc.equal(newest["ended_max"], newest["as_of_max"]), False)
    barred = pc.is_in(newest["vin"], value_set=refused)
    return pa.table(
        [
            newest["vin"], newest["role"], newest["as_of_max"],
            pc.invert(pc.or_(given_up, barred)),
            pc.if_else(barred, REFUSED, GIVEN_UP),
        ],
        HOLDER,
    )  # fmt: skip


def _by_every_rule(records: pa.Table, on: date, known: Beside) -> pa.Table:
    with arrow_sql() as arrow:
        arrow.register("owner_record", records)
        arrow.register("stock", known.stock)
        arrow.register("refused", known.refused)
        arrow.register("searched", known.searched)
        return arrow.sql(
            _HOLDERS, params={"on": on, "purchasers": list(known.purchasers)}
        ).to_arrow_table()
