"""What is recorded of a piece's mail: one event for each campaign that its letter names.

A piece answers for all campaigns of its bundle at once; each gets its own event, because a vehicle
is reached or not reached campaign by campaign (49 CFR 573.7(b)(5)).
"""

from __future__ import annotations

import pyarrow as pa

from renotify.ledger import fold, tables
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

COLUMNS = ("vin", "piece_id", "bundle", "day", "return_code", "row")
SUBJECTS = {"mailed": "mail", "returned": "return"}

# The same subject and content as a file of mail_events gives, so that either way is one event; the
# fold pairs a letter with its return by what follows the subject's first word.
_EVENTS = """
select vin, $subject || '|' || piece_id || '|' || code as subject,
       day || case when return_code = '' then '' else '|' || return_code end as content,
       code as campaign_code, $kind as kind, day as occurred_on, 0 as remedy_version,
       '' as dealer_code, null as hours, return_code, $source as source_id, row as source_row
from (select *, unnest(string_split(bundle, '+')) as code from pieces)
"""


def record(session: Session, kind: str, pieces: pa.Table, source: int) -> int:
    """Write ``mailed`` or ``returned`` events of pieces (``COLUMNS``) in the open transaction.

    Return how many are new. The kept state of their vehicles follows in the same transaction.
    """
    if not pieces.num_rows:
        return 0
    schema = tables.schema("event")
    named = {"kind": kind, "subject": SUBJECTS[kind], "source": source}
    with arrow_sql() as arrow:
        arrow.register("pieces", pieces.select(COLUMNS))
        rows = arrow.sql(_EVENTS, params=named).to_arrow_table()
    session.stage("mail_event", rows.select(schema.names).cast(schema))
    names = ", ".join(schema.names)
    written = session.execute(
        f"insert into event ({names}) select {names} from mail_event where true"
        " on conflict (vin, subject, content) do nothing"
    )
    session.stage("mail_vehicle", pieces.select(["vin"]))
    fold.refold(session, "mail_vehicle")
    return written
