"""The owner rows that a load refuses, as far as they say whose vehicle changed hands: VIN, role and day, nothing of the person.

A row that cannot be read may name the newest owner. Until a newer good row comes, or a person decides, nobody is written to about
its vehicle (``ledger.holders``): the letter would go to whoever had it before.
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa

from renotify.ledger.intake.refused_owner_rows import SAID
from renotify.ledger.intake.staging import ROWS
from renotify.ledger.refused_owners import refold_searched
from renotify.ledger.session import Session

STAGED = "intake_refused_owner"

# What the ledger keeps of them: no good row of the vehicle is as new, whichever came first; and it was not said before. A row of the
# same key that says otherwise than its neighbour in one load (contrary) is held against that neighbour too: nobody knows which is right.
_KEEP = f"""
insert into refused_owner (vin, role, as_of, source_id, source_row, settled)
select r.vin, r.role, r.as_of, r.source_id, r.source_row, false from (
    select x.*, row_number() over (
        partition by x.vin, x.role, x.as_of order by x.contrary desc, x.source_id, x.source_row) as place
    from {STAGED} x) r
where r.place = 1
and not exists (select 1 from owner o where o.vin = r.vin
    and (o.as_of > r.as_of or o.as_of = r.as_of and not (r.contrary and o.role = r.role)))
and not exists (select 1 from refused_owner k where k.vin = r.vin and k.role = r.role
    and k.as_of is not distinct from r.as_of)
"""
# The very file in which it was refused says nothing new when it is loaded again.
_SETTLE = f"""
update refused_owner set settled = true where not settled and exists (select 1 from {ROWS} s
    where s.vin = refused_owner.vin and (refused_owner.as_of is null or s.as_of >= refused_owner.as_of)
        and not exists (select 1 from source f join source o on o.sha256 = f.sha256 and f.sha256 <> ''
            where f.id = s.source_id and o.id = refused_owner.source_id))
"""


def contradicting(session: Session, rows: pa.Table) -> pa.Table:
    """Return what good rows say (``SAID`` and source_id) that were refused because another row says otherwise, before they go."""
    session.stage("intake_contrary", rows.select(["source_id", "source_row"]))
    return session.read(
        f"select s.source_row, s.vin, s.role, s.as_of, s.source_id from {ROWS} s join intake_contrary c"
        " on c.source_id = s.source_id and c.source_row = s.source_row",
        SAID.append(pa.field("source_id", pa.int64())),
    )


def settle_and_keep(
    session: Session, told: Collection[pa.Table], contrary: Collection[pa.Table]
) -> int:
    """Lift what the staged good rows settle, and keep what refused rows say where nothing as new is known; return how many.

    ``told`` and ``contrary`` (``contradicting``) have tables of ``SAID`` and source_id. In the open transaction, after the good rows
    are in the ledger; the kept state of vehicles whose letters came back follows.
    """
    session.execute(_SETTLE)
    kept = 0
    rows = [*_marked(told, contrary=False), *_marked(contrary, contrary=True)]
    if rows:
        session.stage(STAGED, pa.concat_tables(rows))
        kept = session.execute(_KEEP)
    refold_searched(session)
    return kept


def _marked(tables: Collection[pa.Table], *, contrary: bool) -> list[pa.Table]:
    return [
        table.append_column("contrary", pa.array([contrary] * table.num_rows, pa.bool_()))
        for table in tables
        if table.num_rows
    ]
