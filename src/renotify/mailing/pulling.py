"""Letters that are printed and must not be mailed any more: pulled by number before the mail house hands them in (decisions 0028, 0143)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.errors import NothingToDo
from renotify.ledger import artifacts, follow_ups, pieces
from renotify.ledger.kinds import PieceState
from renotify.ledger.session import Session
from renotify.mailing import asking_again, changed_since
from renotify.mailing.eligibility import PIECE_COLUMNS
from renotify.values.arrow_sql import arrow_sql

NEWER_ADDRESS = "newer_address"
_LISTED = f"""
select p.piece_id, p.vin, p.imb, p.file, p.first_page, p.sequence, a.against as reason
from printed p join (select piece_id, case when state = '{PieceState.WITHDRAWN}' then reason when new_owner then 'new_owner'
    when rebundled then 'names_closed_campaign' when m.piece_id is not null then '{NEWER_ADDRESS}' end as against
    from asked left join moved m using (piece_id)) a using (piece_id)
where a.against is not null order by p.file, p.sequence
"""


def pull(session: Session, name: str, wave: int, *, on: date) -> dict[str, Any]:
    """List the letters of a printed wave that nobody should get any more, and return how many by reason, and the file.

    They are those whose vehicle needs none, whose addressee sold it since (``new_owner``: the rule's other words where another role
    holds it), those that name a campaign that is not open any more (``names_closed_campaign``), and those to an address that the
    addressee has left since (``newer_address``). Asked are the pieces that the mail house has not answered for, by the rule of the
    release. The list lies beside the job's folder and is recorded; no state changes, for the mail house alone knows what it pulled.
    Raises UnknownName, NothingToDo while nothing waits for the mail house.
    """
    follow_ups.settings(session, name)
    row = pieces.wave(session, name, wave)
    with session.transaction():
        waiting = pieces.only(pieces.of_wave(session, name, wave), PieceState.PRINTED)
        printed = waiting.filter(
            pc.is_null(waiting["returned_on"])
        )  # what came back has been in the mail
        if not printed.num_rows:
            raise NothingToDo(
                f"No printed letter of wave {wave} of {name!r} waits for the mail house's answer.",
                f"See what became of it with: renotify mail reconcile {name}.",
            )
        asked = asking_again.decide(session, name, wave, printed.select(PIECE_COLUMNS), on)
        moved = changed_since.with_newer_address(session, asked, printed)
        found = _listed(printed, asked, moved)
        folder = Path(row.folder)
        target = folder.with_name(f"{folder.name}-pull-{on.isoformat()}.csv")
        arrow_csv.write_csv(found, target)
        artifacts.record(session, target, "pull_list", name)
    reasons = found["reason"].value_counts().to_pylist()
    return {
        "follow_up": name,
        "wave": wave,
        "waiting": printed.num_rows,
        "pull": found.num_rows,
        "reasons": {one["values"]: one["counts"] for one in sorted(reasons, key=lambda o: o["values"])},
        "file": str(target),
    }  # fmt: skip


def _listed(printed: pa.Table, asked: pa.Table, moved: pa.Table) -> pa.Table:
    """Return the printed pieces that are wrong now, in the order of the files, each with its reason of now."""
    with arrow_sql() as arrow:
        arrow.register("printed", printed)
        arrow.register("asked", asked)
        arrow.register("moved", moved)
        return arrow.sql(_LISTED).to_arrow_table()
