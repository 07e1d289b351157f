"""A piece that came back was mailed: that it was found spoiled takes its mailing back no more, whichever file was read first."""

from __future__ import annotations

import pyarrow as pa

from renotify.ledger import pieces, tables
from renotify.ledger.kinds import PieceState
from renotify.ledger.rulings import ruling
from renotify.ledger.session import Session

_LETTERS = "letter_back"
_OF_SPOILED = f"""
create temporary table {_LETTERS} as
select e.vin, e.subject, p.piece_id, p.reason, max(e.occurred_on) as mailed_on,
    min(r.source_id) as source_id, min(r.source_row) as source_row
from {{returned}} r join piece p on p.vin = r.vin and p.piece_id = r.piece_id and p.state = '{PieceState.SPOILED}'
join event e on e.vin = r.vin and e.kind = 'withdrawn' and e.subject like 'mail|' || r.piece_id || '|%' and e.occurred_on <= r.day
group by e.vin, e.subject, p.piece_id, p.reason
"""
_STANDS_AGAIN = f"""
insert into {{event}} ({{names}})
select r.vin, r.subject, cast(l.mailed_on as text) || '|again|' || l.source_id, r.campaign_code, 'mailed', l.mailed_on, r.remedy_version,
    r.dealer_code, r.hours, r.return_code, l.source_id, l.source_row
from ({ruling(_LETTERS)}) r join {_LETTERS} l on l.vin = r.vin and l.subject = r.subject where r.kind = 'withdrawn'
"""
_ACCEPTED = f"""
select vin, piece_id, max(mailed_on) as mailed_on, substr('came back after: ' || reason, 1, 255) as reason
from {_LETTERS} group by vin, piece_id, reason
"""
_COLUMNS = (
    "vin", "subject", "content", "campaign_code", "kind", "occurred_on", "remedy_version", "dealer_code", "hours", "return_code",
    "source_id", "source_row",
)  # fmt: skip


def mailed_after_all(session: Session, returned: str) -> pa.Table:
    """Have those of some pieces that were found spoiled after their mailing stand as mailed again, in the open transaction; return them.

    ``returned`` names a temporary table of what came back: vin, piece_id, day, source_id, source_row. The kept state of
    their vehicles is the caller's to fold.
    """
    session.execute(_OF_SPOILED.format(returned=returned))
    columns = [
        tables.schema("piece").field(name) for name in ("vin", "piece_id", "mailed_on", "reason")
    ]
    found = session.read(_ACCEPTED, pa.schema(columns))
    if found.num_rows:
        session.execute(
            _STANDS_AGAIN.format(event=session.kept("event"), names=", ".join(_COLUMNS))
        )
        pieces.record_evidence(session, PieceState.ACCEPTED, found)
    session.execute(f"drop table {_LETTERS}")
    return found
