"""Who holds a vehicle on a day: the one rule, for the list, the release and whoever gives owners' names out.

What counts is what records say, never the order in which they were loaded. Of each role the newest
record known on the day speaks:

1. One with an ``end_date`` on or before the day holds nothing. A lease ends for both its parties:
   the lessee's end is the lessor's too (and the other way about), unless the other's record is newer.
2. Lessee and lessor hold it together, by the newer of their two records. Whoever became owner after
   that has closed the lease. An owner becomes one with the first of the records of that name on end:
   a registration renewed is no purchase.
3. A lease with a lessor, newer than the owner's newest record, has taken the owner's place. Without a
   lessor the lessee leases from the owner, and both hold it.
4. On one day neither is newer: all of them hold it.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.values.arrow_sql import arrow_sql

RECORD = ("vin", "role", "as_of", "end_date", "name1")  # what the rule reads of an owner record

_HOLDERS = """
with record as materialized (
    select vin, role, as_of, end_date, upper(trim(name1)) as person
    from owner_record where as_of <= $on
), newest as materialized (
    select * from record
    qualify row_number() over (partition by vin, role order by as_of desc) = 1
), ended as (
    select * from newest where end_date <= $on
), standing as (
    select n.* from newest n anti join ended e on e.vin = n.vin and (e.role = n.role
        or (e.role <> 'owner' and n.role <> 'owner' and e.end_date >= n.as_of))
), lease as (
    select vin, max(as_of) as newest, bool_or(role = 'lessor') as has_lessor
    from standing where role <> 'owner' group by vin
), before_owner as (  -- the last other person among the owners of a vehicle with a lease
    select o.vin, max(r.as_of) as last_other
    from standing o join lease using (vin) join record r on r.vin = o.vin and r.role = 'owner'
    where o.role = 'owner' and r.person <> o.person group by o.vin
), owned as (
    select o.vin, o.as_of, min(r.as_of) as since
    from standing o join lease using (vin) join record r on r.vin = o.vin and r.role = 'owner'
    left join before_owner b on b.vin = o.vin
    where o.role = 'owner' and (b.last_other is null or r.as_of > b.last_other)
    group by o.vin, o.as_of
)
select n.vin, n.role, n.as_of, s.vin is not null and case when n.role = 'owner'
        then l.vin is null or not (l.has_lessor and l.newest > n.as_of)
        else o.vin is null or not (o.since > l.newest) end as holds
from newest n left join standing s on s.vin = n.vin and s.role = n.role
left join lease l on l.vin = n.vin left join owned o on o.vin = n.vin
"""


def holders(records: pa.Table, on: date) -> pa.Table:
    """Return the newest record of each vehicle and role on a day (vin, role, as_of), and whether it ``holds``.

    ``records`` has the columns ``RECORD`` of every record of these vehicles; those of later days are
    passed over (49 CFR 577.7(a)(2)(i): the registered owner, and the lessee of a leased vehicle).
    """
    with arrow_sql() as arrow:
        arrow.register("owner_record", records.select(RECORD))
        return arrow.sql(_HOLDERS, params={"on": on}).to_arrow_table()
