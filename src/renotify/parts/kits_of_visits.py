"""Which visit finds its kits, and from when: on its dealer's shelf, promised for a week, on order without a day, or short.

The dealer's own kits serve the visits in the order of their days and hours, then of when they were booked, as its orders count them
(``national_pool``): a visit finds its kits where the shelf holds, in whole kits, what all visits up to it are expected to take. What the
shelf does not hold comes with the kits that the dealer was promised, in the order of the weeks in which supply has them now
(``promises``).
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.parts.dealer_orders import bookings, counted_stock
from renotify.parts.kit_state import BEHIND_ALL, KitState, OneMore
from renotify.parts.promises import promises
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.needs import needs

KITS = pa.schema(
    [("dealer_code", pa.string()), ("vin", pa.string()), ("part_no", pa.string()), ("kits", pa.float64()), ("booked_on", pa.date32()),
     ("state", pa.string()), ("kits_from", pa.date32())]
)  # fmt: skip
_VISITS = pa.schema(
    [*(KITS.field(name) for name in ("dealer_code", "vin", "part_no", "kits", "booked_on")), pa.field("turn", pa.string())]
)  # fmt: skip
_COMING = pa.schema(
    [("dealer_code", pa.string()), ("part_no", pa.string()), ("comes", pa.date32()), ("kits", pa.float64())]
)  # fmt: skip
_STATES = f"""
    with need as (
        select *, ceil(round(sum(kits) over (
            partition by dealer_code, part_no order by booked_on, turn, vin rows unbounded preceding), 6)) as through from visits),
    arrivals as (
        select dealer_code, part_no, date '0001-01-01' as comes, on_hand as kits from counted
        union all by name select * from coming where comes is not null),
    held as (
        select dealer_code, part_no, comes, sum(sum(kits)) over (partition by dealer_code, part_no order by comes) as kits
        from arrivals group by dealer_code, part_no, comes),
    found as (
        select n.dealer_code, n.vin, n.part_no, n.kits, n.booked_on, n.through, min(h.comes) as comes
        from need n left join held h on h.dealer_code = n.dealer_code and h.part_no = n.part_no and h.kits >= n.through - 1e-6
        group by all)
    select f.dealer_code, f.vin, f.part_no, f.kits, f.booked_on,
        case when f.comes = date '0001-01-01' then '{KitState.ON_SHELF}' when f.comes is not null then '{KitState.PROMISED}'
            when coalesce(c.on_hand + c.on_order, 0) >= f.through - 1e-6 then '{KitState.ON_ORDER}' else '{KitState.SHORT}' end as state,
        nullif(f.comes, date '0001-01-01') as kits_from
    from found f left join counted c using (dealer_code, part_no) order by f.dealer_code, f.booked_on, f.vin, f.part_no"""
_BY_VISIT = f"""
    with placed as (
        select *, list_position([{", ".join(repr(str(one)) for one in KitState)}], state) - 1 as place,
            state = '{KitState.ON_SHELF}' or vin <> '' and state = '{KitState.PROMISED}' and kits_from <= booked_on as there
        from kits),
    judged as (select *, bool_and(there) over (partition by dealer_code, vin) as all_there from placed)
    select dealer_code, vin, arg_max(state, place) as state, if(max(place) > 1, null, max(kits_from)) as kits_from,
        coalesce(string_agg(part_no, ', ' order by part_no)
            filter (state <> '{KitState.ON_SHELF}' and (all_there or not there)), '') as lacking
    from judged group by dealer_code, vin order by dealer_code, vin"""


def coming_kits(session: Session, on: date, scope: Scope = ALL) -> pa.Table:
    """Return the kits that a scope's dealers were promised and that have not come: dealer_code, part_no, comes (a Monday), kits.

    ``comes`` is null where no confirmed supply has them.
    """
    rows = [
        {"dealer_code": one.dealer_code, "part_no": one.part_no, "comes": one.comes, "kits": one.kits - one.shipped}
        for one in promises(session, on, scope)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, _COMING)


def kits_of_visits(
    session: Session,
    on: date,
    scope: Scope = ALL,
    one_more: OneMore | None = None,
    *,
    coming: pa.Table | None = None,
) -> pa.Table:
    """Return the kits of each booked visit of a scope's dealers, a row a part (``KITS``), and of ``one_more`` visit behind them.

    ``coming`` are the scope's ``coming_kits``, for who has them already.
    ``kits`` are those the visit is expected to take; ``kits_from`` is the Monday from which those that are promised are there, null in
    the other states. A part that no visit takes is no row.
    """
    visits = bookings(session, scope, on=on).select(_VISITS.names).cast(_VISITS)
    if one_more is not None:
        visits = pa.concat_tables([visits, _rows_of(session, one_more)])
    if not visits.num_rows:
        return KITS.empty_table()
    if coming is None:
        coming = coming_kits(session, on, scope)
    with arrow_sql() as arrow:
        arrow.register("visits", visits)
        arrow.register("counted", counted_stock(session, scope))
        arrow.register("coming", coming)
        return arrow.sql(_STATES).to_arrow_table().select(KITS.names).cast(KITS)


def _rows_of(session: Session, one: OneMore) -> pa.Table:
    """Return the parts that a visit takes, as rows of visits."""
    taken = needs(session, [(one.bundle, one.model)]).taken[one.bundle, one.model]
    rows = [
        {"dealer_code": one.dealer_code, "vin": "", "part_no": part, "kits": row.kits, "booked_on": BEHIND_ALL, "turn": ""}
        for part, row in taken.items()
        if row.kits > 0
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, _VISITS)


def by_visit(kits: pa.Table) -> pa.Table:
    """Return one row a visit that takes kits: dealer_code, vin, the worst ``state`` of its parts, ``kits_from``, and what is ``lacking``.

    ``lacking`` are the parts that are not on the shelf, joined; where some do not come by the day of the visit, these alone.
    ``kits_from`` is the last week of those promised, null where some are not.
    """
    with arrow_sql() as arrow:
        arrow.register("kits", kits)
        return arrow.sql(_BY_VISIT).to_arrow_table()
