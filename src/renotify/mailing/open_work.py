"""The work lists of a follow-up beside the mail that came back: what waits for the mail house, for a printer, for a mended row, for a rule.

    awaiting   printed, and the mail house has not answered for it
    spoiled    spoiled or lost, and not printed again
    set_aside  not printed: its row does not fit the letter; the reason names the field
    left_out   an owner whom no letter can reach as the record stands; the problem names the field
    codes      codes on returned mail that neither the rules nor the maker know

What is done leaves its list by itself. Nothing of an owner is in a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.ledger import artifacts, tables
from renotify.ledger.kinds import PieceState
from renotify.ledger.returned_mail import ASK, return_actions
from renotify.ledger.session import Session
from renotify.mailing import return_work
from renotify.selection.unwritten import unwritten

AWAITING, SPOILED, SET_ASIDE, LEFT_OUT, CODES = (
    "awaiting",
    "spoiled",
    "set_aside",
    "left_out",
    "codes",
)
NEXT: Mapping[str, str] = {
    AWAITING: "Ask the mail house, and load its answer: renotify mail accept NAME WAVE EVIDENCE.csv; what must not go any more: renotify"
    " mail pull NAME WAVE.",
    SPOILED: "Print each again under its own number: renotify mail reprint NAME WAVE; or load the evidence that a copy was mailed.",
    SET_ASIDE: "Correct the field that the reason names, load the row, and print it: renotify mail release NAME WAVE --exceptions.",
    LEFT_OUT: "Correct the field that the problem names in the file and row, and load it; the release, or the next list, takes it up.",
    CODES: "Settle each once: a row of return_codes says what it leads to; its letters are on the list ask.",
}
OF_WHAT: Mapping[str, str] = {
    AWAITING: "letter",
    SPOILED: "letter",
    SET_ASIDE: "letter",
    LEFT_OUT: "owner record",
    CODES: "code",
}
_STATES = {
    AWAITING: (PieceState.PRINTED, ("piece_id", "vin", "role", "bundle", "wave", "checked_on", "file")),
    SPOILED: (PieceState.SPOILED, ("piece_id", "vin", "role", "bundle", "wave", "reason")),
    SET_ASIDE: (PieceState.EXCEPTION, ("piece_id", "vin", "role", "bundle", "wave", "reason")),
}  # fmt: skip
_CODES = """
select return_code, count(*) as pieces, min(returned_on) as first_returned_on from piece
where follow_up = :name and returned_on is not null group by return_code order by return_code
"""
_CODE = pa.schema(
    [("return_code", pa.string()), ("pieces", pa.int64()), ("first_returned_on", pa.date32())]
)


def open_work(session: Session, name: str, on: date) -> dict[str, pa.Table]:
    """Return the lists of a follow-up (``NEXT`` names them), each a table of its own columns. Raises UnknownName."""
    left_out = unwritten(session, name, on)
    lists = {
        one: tables.read(
            session,
            "piece",
            *columns,
            where=f"follow_up = :name and state = '{state}'",
            order="wave, piece_id",
            name=name,
        )
        for one, (state, columns) in _STATES.items()
    }
    codes = session.read(_CODES, _CODE, name=name)
    actions = return_actions(session, on)
    unknown = pa.array(
        [actions.of(code) == ASK for code in codes["return_code"].to_pylist()], pa.bool_()
    )
    return lists | {LEFT_OUT: left_out, CODES: codes.filter(unknown)}


def write(session: Session, name: str, lists: Mapping[str, pa.Table], out: Path) -> list[Path]:
    """Write each list with rows on it as CSV below ``out``, with what to do as its last column, and return the files.

    A file of a list that is empty now is removed.
    """
    folder = return_work.folder_of(out, name).with_name("work")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one, rows in lists.items():
        path = folder / f"{one}.csv"
        path.unlink(missing_ok=True)
        if rows.num_rows:
            arrow_csv.write_csv(rows.append_column("what_to_do", _todo(one, name, rows)), path)
            written.append(path)
    with session.transaction():
        artifacts.record_all(session, [artifacts.row(path, "open_work", name) for path in written])
    return written


def _todo(one: str, name: str, rows: pa.Table) -> pa.Array | pa.ChunkedArray:
    """Return what to do about each row of a list, its wave in the commands."""
    words = NEXT[one].replace("NAME", name)
    if "wave" not in rows.column_names:
        return pa.repeat(pa.scalar(words), rows.num_rows)
    waves = rows["wave"].cast(pa.string())
    return pc.binary_join_element_wise(*_between(words.split("WAVE"), waves), "")


def _between(parts: list[str], waves: pa.ChunkedArray) -> list[pa.ChunkedArray | pa.Scalar]:
    joined: list[pa.ChunkedArray | pa.Scalar] = [pa.scalar(parts[0])]
    for part in parts[1:]:
        joined += [waves, pa.scalar(part)]
    return joined
