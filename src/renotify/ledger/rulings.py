"""What stands of what was said: the words in which events correct each other, for all who read events without the fold.

Of one subject the event recorded last rules: within one instant the later file, within one file the later row. One of kind
``withdrawn`` takes the subject back; its content says why: ``withdrawn``, ``blank`` or ``moved to VIN``, and by which source.
"""

from __future__ import annotations

from renotify.ledger import kinds

WITHDRAWN = f"e.kind = '{kinds.EventKind.WITHDRAWN}'"  # the condition of the index event_withdrawn
# The condition of the index event_by_order: SQLite takes a partial index only where its very words are asked for.
IS_OUTCOME = "({})".format(" or ".join(f"e.kind = '{kind}'" for kind in kinds.OUTCOMES))
MOVED = "moved to "


def ruling(subjects: str) -> str:
    """Return SQL of the event that rules each subject (vin, subject) of a temporary table."""
    return f"""select * from (
        select e.*, row_number() over (partition by e.vin, e.subject
            order by o.recorded_at desc, e.source_id desc, e.source_row desc, e.content desc) as place
        from (select distinct vin, subject from {subjects}) w cross join event e cross join source o
        where e.vin = w.vin and e.subject = w.subject and o.id = e.source_id) ranked where place = 1"""


def stands(event: str, among: str = "true") -> str:
    """Return the SQL condition that an event (its name in the query) rules its subject: nothing recorded later corrects it.

    ``among`` limits what is looked at, of the events ``later``.
    """
    return f"""not exists (select 1 from event later join source ls on ls.id = later.source_id
        join source own on own.id = {event}.source_id
        where later.vin = {event}.vin and later.subject = {event}.subject and later.content <> {event}.content and {among}
        and (ls.recorded_at, later.source_id, later.source_row, later.content)
            > (own.recorded_at, {event}.source_id, {event}.source_row, {event}.content))"""


def why(content: str) -> str:
    """Return why an event of kind withdrawn takes its subject back: ``withdrawn``, ``blank`` or ``moved to VIN``."""
    return content.partition("|")[0]
