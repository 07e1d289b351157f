"""Letters that are no piece of a follow-up and came back: to which owner records they had gone.

A maker that loads the mail of earlier years says of a letter its vehicle, its campaign and its days. It had gone to the record of each
role that was the newest on the day of mailing: the stated one, else that of the last letter about the campaign that was mailed by the
return, else the day of the return itself. Where the roles' addresses differ nobody knows which is bad.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger import spelled_alike
from renotify.ledger.returns_without_piece import LOOSE_OF, of_vehicles
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

BACK = pa.schema(
    [(name, pa.string()) for name in ("vin", "role")]
    + [("as_of", pa.date32()), ("return_code", pa.string()), ("mailed_on", pa.date32()), ("returned_on", pa.date32())]
)  # fmt: skip
_RETURN = pa.schema(
    [(name, pa.string()) for name in ("vin", "campaign_code", "subject", "return_code", "recorded_at")]
    + [("returned_on", pa.date32())]
)  # fmt: skip
_MAILED = pa.schema(
    [
        ("vin", pa.string()),
        ("campaign_code", pa.string()),
        ("mailed_on", pa.date32()),
        ("stayed", pa.int64()),
    ]
)
_OWNER = pa.schema(
    [
        ("vin", pa.string()),
        ("role", pa.string()),
        ("as_of", pa.date32()),
        ("recorded_at", pa.string()),
    ]
)

# Of a return that may be of a piece the pieces decide (``returned_mail``).
_RETURNS = f"""
select e.vin, e.campaign_code, e.subject, e.return_code, cast(s.recorded_at as text) as recorded_at, e.occurred_on as returned_on
from event e join source s on s.id = e.source_id
where e.kind = 'returned' and e.subject like 'return|%' and e.occurred_on <= :on and {{only}} and {stands("e")}
    and not exists (select 1 from piece p where p.vin = e.vin
        and (e.subject like 'return|' || p.piece_id || '|%' or {LOOSE_OF}))
"""
_LETTERS = f"""
select e.vin, e.campaign_code, e.occurred_on as mailed_on, case when exists (
        select 1 from event r where r.vin = e.vin and r.campaign_code = e.campaign_code and r.kind = 'returned'
        and r.occurred_on >= e.occurred_on and r.occurred_on <= :on and {stands("r")}) then 0 else 1 end as stayed
from event e where e.kind = 'mailed' and e.occurred_on <= :on and e.vin in (select vin from returned_letter) and {stands("e")}
"""
_OWNERS = """
select o.vin, o.role, o.as_of, cast(s.recorded_at as text) as recorded_at
from owner o join source s on s.id = o.source_id
where o.as_of <= :on and o.vin in (select vin from returned_letter)
"""

# The same record, or a later one that says the same, is bad; not one that was stated after the return was known, or that is newer
# than the return, and not where a later letter went and stayed.
_BAD = """
with dated as (
    select r.*, coalesce(try_cast(split_part(subject, '|', 3) as date),
        (select max(mailed_on) from letter l where l.vin = r.vin and l.campaign_code = r.campaign_code and l.mailed_on <= r.returned_on),
        returned_on) as mailed_on
    from returned r
), went as (
    select d.*, o.role, o.as_of, s.place, s.person,
        min(s.place) over same <> max(s.place) over same as apart
    from dated d join owner o on o.vin = d.vin and o.as_of <= d.mailed_on
        and o.as_of = (select max(n.as_of) from owner n where n.vin = o.vin and n.role = o.role and n.as_of <= d.mailed_on)
    join said s on s.vin = o.vin and s.role = o.role and s.as_of = o.as_of
    window same as (partition by d.vin, d.subject, d.return_code, d.returned_on)
)
select distinct w.vin, o.role, o.as_of, w.return_code, w.mailed_on, w.returned_on
from went w join owner o on o.vin = w.vin and o.role = w.role and o.as_of >= w.as_of and o.as_of <= w.returned_on
join said s on s.vin = o.vin and s.role = o.role and s.as_of = o.as_of and s.person = w.person and s.place = w.place
where not w.apart and not (o.recorded_at > w.recorded_at)
    and not exists (select 1 from letter l where l.vin = w.vin and l.mailed_on > w.mailed_on and l.stayed = 1)
order by all
"""


def of_others(session: Session, on: date, vin: str = "", vehicles: str = "") -> pa.Table:
    """Return the owner records (``BACK``) to which letters had gone that came back by a day and are no pieces; of those asked for.

    A newer record, one that was corrected since the return was known, and a later letter that did not come back make the address good.
    """
    only, values = of_vehicles("e", vin, vehicles)
    returned = session.read(_RETURNS.format(only=only), _RETURN, on=on, **values)
    if not returned.num_rows:
        return BACK.empty_table()
    session.stage("returned_letter", returned.select(["vin"]))
    letters = session.read(_LETTERS, _MAILED, on=on)
    owners = session.read(_OWNERS, _OWNER, on=on)
    said = spelled_alike.said(session, "select vin from returned_letter")
    with arrow_sql() as arrow:
        for name, table in (
            ("returned", returned),
            ("letter", letters),
            ("owner", owners),
            ("said", said),
        ):
            arrow.register(name, table)
        return arrow.sql(_BAD).to_arrow_table().cast(BACK)
