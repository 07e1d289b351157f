"""The owner rows that a load refuses, as far as they say whose vehicle changed hands: VIN, role, day and the fields that were
refused, nothing of the person.

A row that cannot be read may name the newest owner. While it might hold the vehicle if it could be read, nobody is written to
about it (``ledger.holders``): the letter would go to whoever had it before. What other rows say decides that, never the order in
which they were loaded. A row without a usable day was written on the day of its load at the latest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake.refused_owner_rows import SAID
from renotify.ledger.intake.staging import ROWS, numbers
from renotify.ledger.refused_owners import refold_searched
from renotify.ledger.session import Session

OTHERWISE = "another row of its role and day, which says otherwise"  # what is wrong with a row of which no field is
STAGED = "intake_refused_owner"
OVERTAKEN = "intake_overtaken_owner"
OF_REFUSED = re.compile(
    r"(.+)-refused-[0-9a-f]{12}\b"
)  # the name of a file of refused rows (``rejects``)

_SAME_BYTES = (
    "exists (select 1 from source one join source other on other.sha256 = one.sha256 and one.sha256 <> ''"
    " where one.id = {0} and other.id = {1})"
)

# What the ledger keeps of them, unless it was said before: of a day by any file, without a day by the same bytes. The same key said
# well is no question, nor is a role that cannot be read beside a row of that day in another file: the same row, mended. A row of the
# same key that says otherwise than its neighbour in one load (contrary) is held against that neighbour too: nobody knows which is right.
_KEEP = f"""
insert into refused_owner (vin, role, as_of, at_latest, field, source_id, source_row, settled)
select r.vin, r.role, r.as_of, r.at_latest, r.field, r.source_id, r.source_row, false from (
    select x.*, row_number() over (
        partition by x.vin, x.role, x.as_of order by x.contrary desc, x.source_id, x.source_row) as place
    from {STAGED} x) r
where r.place = 1
and not exists (select 1 from owner o where o.vin = r.vin and o.as_of = r.at_latest and not r.contrary
    and (o.role = r.role or r.role = '' and o.source_id <> r.source_id
        and not {_SAME_BYTES.format("r.source_id", "o.source_id")}))
and not exists (select 1 from refused_owner k where k.vin = r.vin and k.role = r.role
    and (k.as_of = r.as_of or k.as_of is null and r.as_of is null and {_SAME_BYTES.format("r.source_id", "k.source_id")}))
"""
# Of rows without a day the last one speaks for those before it.
_LAST_UNDATED = """
update refused_owner set settled = true where not settled and as_of is null and exists (select 1 from refused_owner n
    where n.vin = refused_owner.vin and n.role = refused_owner.role and n.as_of is null and not n.settled
        and n.at_latest >= refused_owner.at_latest and n.source_id > refused_owner.source_id)
"""
# Said again, and well: the same day, or a row without a day in the file of refused rows that its load wrote. The very file in which it
# was refused says nothing new when it is loaded again.
_SETTLE = f"""
update refused_owner set settled = true where not settled and exists (select 1 from {ROWS} s
    where s.vin = refused_owner.vin and (s.role = refused_owner.role or refused_owner.role = '')
        and (s.as_of = refused_owner.at_latest or refused_owner.as_of is null and {{mended}})
        and not {_SAME_BYTES.format("s.source_id", "refused_owner.source_id")})
"""
_MENDED = """s.source_id = {source} and exists (select 1 from source w where w.id = refused_owner.source_id
            and (w.name = :stem{source} or w.name like :stem{source} || '.%'))"""

# A row without a day is remembered: its file, loaded on a later day, would seem to be of that day.
_FORGET = f"""
delete from refused_owner where as_of is not null and exists (select 1 from {OVERTAKEN} t where t.vin = refused_owner.vin
    and t.source_id = refused_owner.source_id and t.source_row = refused_owner.source_row)
"""
_REMEMBER = f"""
update refused_owner set settled = true where not settled and exists (select 1 from {OVERTAKEN} t
    where t.vin = refused_owner.vin and t.source_id = refused_owner.source_id and t.source_row = refused_owner.source_row)
"""


def contradicting(session: Session, rows: pa.Table) -> pa.Table:
    """Return what good rows say (``SAID`` and source_id) that were refused because another row says otherwise, before they go."""
    session.stage("intake_contrary", rows.select(["source_id", "source_row"]))
    return session.read(
        f"select s.source_row, s.vin, s.role, s.as_of, '{OTHERWISE}' as field, s.source_id from {ROWS} s join intake_contrary c"
        " on c.source_id = s.source_id and c.source_row = s.source_row",
        SAID.append(pa.field("source_id", pa.int64())),
    )


def settle_and_keep(
    session: Session,
    told: Collection[pa.Table],
    contrary: Collection[pa.Table],
    files: Mapping[int, str],
    on: date,
) -> int:
    """Lift what the good rows of the ledger settle, and keep what refused rows say where it may matter; return how many.

    ``told`` and ``contrary`` (``contradicting``) have tables of ``SAID`` and source_id; ``files`` names the file of each source of the
    load, ``on`` is its day. In the open transaction, after the good rows are in the ledger and while they are staged; the kept state
    of vehicles whose letters came back follows.
    """
    stems = {
        source: match[1] for source, name in files.items() if (match := OF_REFUSED.match(name))
    }
    mended = " or ".join(_MENDED.format(source=source) for source in stems) or "false"
    named = {f"stem{source}": stem for source, stem in stems.items()}
    session.execute(_SETTLE.format(mended=f"({mended})"), **named)
    rows = [*_marked(told, contrary=False), *_marked(contrary, contrary=True)]
    if rows:
        table = pa.concat_tables(rows)
        latest = pc.fill_null(table["as_of"], pa.scalar(on, pa.date32()))
        session.stage(STAGED, table.append_column("at_latest", latest))
        session.execute(_KEEP)
        session.execute(_LAST_UNDATED)
    _lift(session, on)
    refold_searched(session)
    return int(
        session.scalar(
            f"select count(*) from refused_owner where not settled and source_id in ({numbers(files)})"
        )
        or 0
    )


def _lift(session: Session, on: date) -> None:
    """Let go the rows that would hold no vehicle if they could be read."""
    if not session.scalar("select count(*) from refused_owner where not settled"):
        return
    from renotify.ledger.overtaken_owner_rows import overtaken

    found = overtaken(session, on)
    if found.num_rows:
        session.stage(OVERTAKEN, found)
        session.execute(_FORGET)
        session.execute(_REMEMBER)


def _marked(tables: Collection[pa.Table], *, contrary: bool) -> list[pa.Table]:
    return [
        table.append_column("contrary", pa.array([contrary] * table.num_rows, pa.bool_()))
        for table in tables
        if table.num_rows
    ]
