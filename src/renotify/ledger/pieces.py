"""Pieces and waves: one envelope to one owner, and every change of its state, set by set.

A state changes only along ``MAY_BECOME``, and a change that finds another state changes nothing: it
is Inconsistent, and its transaction is undone. The release of a wave is an intent that is written
once (``intend``); rendering may be repeated until it is recorded once (``record_printed``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import AlreadyDone, Inconsistent, Refused, UnknownName
from renotify.ledger import sources, tables
from renotify.ledger.kinds import PieceState
from renotify.ledger.piece_numbers import NOTICE
from renotify.ledger.session import Session, Value
from renotify.values.english import counted
from renotify.values.notice_number import AGAIN, LENGTH, MOST_ATTEMPTS

UNDECIDED = frozenset({PieceState.LISTED, PieceState.PLANNED})
PRINTED_ONCE = frozenset({PieceState.PRINTED, PieceState.ACCEPTED, PieceState.SPOILED})
RELEASED_ONCE = PRINTED_ONCE | {PieceState.RELEASED, PieceState.EXCEPTION}
OUT = frozenset({PieceState.RELEASED, PieceState.PRINTED, PieceState.ACCEPTED})
GONE = f"({', '.join(repr(str(one)) for one in sorted(OUT))})"  # SQL: states of a piece that is on its way or mailed
# SQL of a piece: the day it went out, by the mail house's evidence, until then that of its release; null for one that is not on its way.
OUT_ON = f"case when state in {GONE} then coalesce(mailed_on, checked_on) end"
# SQL of a piece: it is to be sent again, and has not gone yet; it goes in the week of its wave.
TO_GO_AGAIN = f"(state = '{PieceState.PLANNED}' and piece_id like '%{AGAIN}%')"


MAY_BECOME: Mapping[PieceState, frozenset[PieceState]] = {
    PieceState.LISTED: frozenset({PieceState.PLANNED, PieceState.RELEASED, PieceState.WITHDRAWN}),
    PieceState.PLANNED: frozenset({PieceState.LISTED, PieceState.RELEASED, PieceState.WITHDRAWN}),
    # planned: the release was called back
    PieceState.RELEASED: frozenset({PieceState.PRINTED, PieceState.EXCEPTION, PieceState.PLANNED}),
    PieceState.PRINTED: frozenset({PieceState.ACCEPTED, PieceState.SPOILED, PieceState.PLANNED}),
    PieceState.WITHDRAWN: frozenset(
        {PieceState.RELEASED, PieceState.PLANNED}
    ),  # released: while its wave is not printed
    PieceState.EXCEPTION: frozenset(
        {PieceState.RELEASED, PieceState.WITHDRAWN, PieceState.PLANNED}
    ),
    PieceState.ACCEPTED: frozenset({PieceState.SPOILED}),  # accepted by mistake, told later
    PieceState.SPOILED: frozenset(  # the mail house remade it, and the copy was mailed; or it is printed again here
        {PieceState.ACCEPTED, PieceState.RELEASED, PieceState.WITHDRAWN}
    ),
}


KEY = (("vin", pa.string()), ("piece_id", pa.string()))
INTENT = pa.schema(
    [
        *KEY,
        ("follow_up", pa.string()),
        ("family", pa.string()),
        ("role", pa.string()),
        ("bundle", pa.string()),
        ("dealer_code", pa.string()),
        ("language", pa.string()),
        ("owner_as_of", pa.date32()),
        ("wave", pa.int64()),
        ("state", pa.string()),
        ("reason", pa.string()),
        ("checked_on", pa.date32()),
        ("form_digest", pa.string()),
        ("imb", pa.string()),
    ]
)
PLACED = pa.schema(
    [*KEY, ("file", pa.string()), ("first_page", pa.int64()), ("sequence", pa.int64()),
     ("form_digest", pa.string())]
)  # fmt: skip
EXCEPTIONS = pa.schema([*KEY, ("reason", pa.string())])
EVIDENCE = pa.schema([*KEY, ("mailed_on", pa.date32()), ("reason", pa.string())])
RETURNED = pa.schema([*KEY, ("returned_on", pa.date32()), ("return_code", pa.string())])
COUNTS = pa.schema(
    [("wave", pa.int64()), ("family", pa.string()), ("state", pa.string()),
     ("reason", pa.string()), ("pieces", pa.int64())]
)  # fmt: skip


class WaveRow(NamedTuple):
    """One wave as it stands: ``week`` is its Monday, ``planned`` what the plan counted for it.

    ``folder`` is where its print job belongs, blank before its release.
    """

    follow_up: str
    number: int
    week: date
    planned: int
    folder: str
    released: bool
    rendered: bool
    accepted: bool


def waves(session: Session, name: str) -> list[WaveRow]:
    """Return the waves of a follow-up in order; empty while it has no plan."""
    flags = ", ".join(
        f"case when {column}_at is null then 0 else 1 end as {column}"
        for column in ("released", "rendered", "accepted")
    )
    return session.rows(
        WaveRow,
        f"select follow_up, number, week, planned, folder, {flags} from wave"
        " where follow_up = :name order by number",
        name=name,
    )


def wave(session: Session, name: str, number: int) -> WaveRow:
    """Return one wave; UnknownName when the follow-up's plan does not have it."""
    known = waves(session, name)
    for row in known:
        if row.number == number:
            return row
    if not known:
        raise UnknownName(
            f"Follow-up {name!r} has no waves.", f"Plan it first: renotify plan {name}."
        )
    raise UnknownName(
        f"Follow-up {name!r} has no wave {number}.", f"Its waves are 1 to {known[-1].number}."
    )


def released_at(session: Session, name: str, number: int) -> datetime:
    """Return the instant at which a wave's release was begun (UTC)."""
    at = "released_at" if session.sqlite else "released_at at time zone 'utc'"
    said = session.scalar(
        f"select cast({at} as text) from wave where follow_up = :name and number = :number",
        name=name,
        number=number,
    )
    return datetime.fromisoformat(str(said)).replace(tzinfo=UTC)


def of_wave(session: Session, name: str, number: int) -> pa.Table:
    """Return the pieces of a wave, all columns, in the order of their piece ids."""
    return _read(session, "follow_up = :name and wave = :number", name=name, number=number)


def of_follow_up(session: Session, name: str) -> pa.Table:
    """Return every piece of a follow-up, all columns."""
    return _read(session, "follow_up = :name", name=name)


def by_id(session: Session, piece_ids: pa.Table) -> pa.Table:
    """Return the pieces whose ``piece_id`` is in the given table, all columns."""
    session.stage("wanted_piece", piece_ids.select(["piece_id"]))
    return _read(session, "piece_id in (select piece_id from wanted_piece)")


def vehicle_of(session: Session, piece_id: str) -> str | None:
    """Return the VIN of a piece; None for one that nobody has."""
    found = session.scalar("select max(vin) from piece where piece_id = :piece", piece=piece_id)
    return None if found is None else str(found)


def of_vehicles(session: Session, vins: pa.Array) -> pa.Table:
    """Return the pieces of some vehicles, all columns."""
    session.stage("wanted_vehicle", pa.table({"vin": vins}))
    return _read(session, "vin in (select vin from wanted_vehicle)")


def with_attempts(session: Session, piece_ids: pa.Table) -> pa.Table:
    """Return the pieces whose ``piece_id`` is in the given table, and the later attempts of the same notices, all columns."""
    asked = piece_ids["piece_id"].unique()
    again = [
        pc.binary_join_element_wise(asked, f"{AGAIN}{number}", "")
        for number in range(2, MOST_ATTEMPTS + 1)
    ]
    return by_id(session, pa.table({"piece_id": pa.concat_arrays([asked, *again])}))


def without_spent(session: Session, piece_ids: pa.Table) -> pa.Table:
    """Return those of the given pieces (``piece_id``) whose notice may be sent again: no attempt of it has the last number."""
    session.stage("wanted_piece", piece_ids.select(["piece_id"]))
    spent = session.read(
        "select p.piece_id from piece p where p.piece_id in (select piece_id from wanted_piece) and exists ("
        f"select 1 from piece q where q.vin = p.vin and q.piece_id = {NOTICE} || '{AGAIN}{MOST_ATTEMPTS}')",
        pa.schema([("piece_id", pa.string())]),
    )["piece_id"].combine_chunks()
    return piece_ids.filter(pc.invert(pc.is_in(piece_ids["piece_id"], value_set=spent)))


def send_again(session: Session, name: str, piece_ids: pa.Table, week: date) -> int:
    """Give each piece (``piece_id``) another attempt in a wave of its own, in the open transaction; return the wave's number.

    The wave is of the week of the Monday ``week``. An attempt keeps the notice's number, its role, bundle and dealer; its release
    decides anew who is written to, and where.
    """
    session.stage("wanted_piece", piece_ids.select(["piece_id"]))
    number = 1 + int(
        session.scalar(
            "select coalesce(max(number), 0) from wave where follow_up = :name", name=name
        )
    )
    latest = f"(select max(q.piece_id) from piece q where q.vin = p.vin and {NOTICE.replace('p.', 'q.')} = {NOTICE})"
    attempt = f"coalesce(nullif(substr({latest}, {LENGTH + 2}), ''), '1')"
    session.execute(
        "insert into piece (vin, piece_id, follow_up, family, role, bundle, dealer_code, language, owner_as_of, wave,"
        " state, reason, form_digest, imb, file, return_code)"
        f" select p.vin, {NOTICE} || '{AGAIN}' || cast(cast({attempt} as integer) + 1 as text), p.follow_up, p.family,"
        " p.role, l.bundle, p.dealer_code, p.language, p.owner_as_of, cast(:number as integer),"
        f" '{PieceState.PLANNED}', '', '', '', '', '' from piece p"
        " join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family"
        " where p.follow_up = :name and p.piece_id in (select piece_id from wanted_piece)",
        name=name, number=number,
    )  # fmt: skip
    session.execute(
        "insert into wave (follow_up, number, week, planned) values (:name, :number, :week, :planned)",
        name=name, number=number, week=week, planned=piece_ids.num_rows,
    )  # fmt: skip
    return number


def _read(session: Session, where: str, **values: Value) -> pa.Table:
    return tables.read(session, "piece", where=where, order="piece_id", **values)


def hold_still(session: Session) -> None:
    """Keep states and owners as they are until the open transaction ends, so that a check holds."""
    if not session.sqlite:  # there the transaction itself keeps every other writer out
        session.execute("lock table state, owner, piece in share row exclusive mode")


def intend(session: Session, name: str, number: int, rows: pa.Table, folder: str) -> None:
    """Write the release of a wave, its pieces (``INTENT``) and the folder of its print job into the open transaction, once.

    Raises AlreadyDone when the wave was released, Inconsistent when a piece is in a state that may
    not become released or withdrawn. Nothing may be rendered before this is durable.
    """
    if not _marked(session, name, number, "released_at", "released_at is null"):
        raise AlreadyDone(f"Wave {number} of {name!r} was released before.")
    session.execute(
        "update wave set folder = :folder where follow_up = :name and number = :number",
        folder=folder,
        name=name,
        number=number,
    )
    _put_intent(session, rows, UNDECIDED, "released before")


def intend_again(session: Session, rows: pa.Table, before: PieceState) -> None:
    """Write into the open transaction that pieces of one state, set aside or spoiled, are released again, or withdrawn (``INTENT``).

    Raises Inconsistent where one is in that state no more. Nothing may be rendered before this is durable.
    """
    _put_intent(session, rows, frozenset({before}), "printed before")


def call_back(session: Session, name: str, number: int) -> int:
    """Make every piece of a released wave planned again, in the open transaction, as if nobody had released it; return how many.

    A piece keeps its number and, where it had one, its barcode: whoever gets a letter later gets it under them. It names again what the
    list has. Raises Inconsistent when a piece may not become planned: the mail house answered for it.
    """
    of_wave = "follow_up = :name and wave = :number"
    total = session.scalar(f"select count(*) from piece where {of_wave}", name=name, number=number)
    before = frozenset(state for state, after in MAY_BECOME.items() if PieceState.PLANNED in after)
    moved = session.execute(
        f"update piece set state = '{PieceState.PLANNED}', reason = '', checked_on = null, form_digest = '', file = '',"
        " first_page = null, sequence = null, bundle = coalesce((select l.bundle from listed l where l.vin = piece.vin"
        " and l.follow_up = piece.follow_up and l.family = piece.family), piece.bundle)"
        f" where {of_wave} and state in ({_quoted(before)})",
        name=name, number=number,
    )  # fmt: skip
    if moved != total:
        raise Inconsistent(
            f"{total - moved:,} of {counted(total, 'piece')} may not become planned again."
        )
    session.execute(
        "update wave set released_at = null, rendered_at = null, accepted_at = null, folder = ''"
        " where follow_up = :name and number = :number",
        name=name,
        number=number,
    )
    return moved


def _put_intent(
    session: Session, rows: pa.Table, before: frozenset[PieceState], otherwise: str
) -> None:
    """Give pieces what an intent says of them, and make those that are new; all of them, or Inconsistent."""
    staged = session.stage("intent", rows.select(INTENT.names).cast(INTENT))
    columns = [column for column in INTENT.names if column not in ("vin", "piece_id")]
    taken = ", ".join(f"{column} = excluded.{column}" for column in columns)
    written = session.execute(
        f"insert into piece ({', '.join(INTENT.names)}, file, return_code)"
        f" select {', '.join(INTENT.names)}, '', '' from intent where true"
        f" on conflict (vin, piece_id) do update set {taken}"
        f" where piece.state in ({_quoted(before)})"
    )
    if written != staged:
        raise Inconsistent(
            f"{staged - written:,} of {counted(staged, 'piece')} of the wave {'was' if staged - written == 1 else 'were'} {otherwise}.",
            "Check the ledger: renotify verify; then plan the follow-up again.",
        )


def intend_anew(session: Session, rows: pa.Table) -> None:
    """Write into the open transaction what a resumed release found (``INTENT``): its pieces are released or withdrawn now.

    Nothing of the wave is printed for good yet, so a role that was withdrawn and holds the vehicle after all is released. Raises
    Inconsistent when one of them was printed in between.
    """
    before = frozenset({PieceState.RELEASED, PieceState.WITHDRAWN})
    _put_intent(session, rows, before, "printed before")


def record_printed(
    session: Session, name: str, number: int, placed: pa.Table, exceptions: pa.Table
) -> None:
    """Write into the open transaction what was printed (``PLACED``) and what could not be.

    Raises AlreadyDone when the wave's printing was recorded before, Inconsistent when
    released = printed + exceptions would not close.
    """
    unmarked = "released_at is not null and rendered_at is null"
    if not _marked(session, name, number, "rendered_at", unmarked):
        raise AlreadyDone(f"The printing of wave {number} of {name!r} was recorded before.")
    _settle_printed(session, name, number, placed, exceptions)


def record_printed_again(
    session: Session, name: str, number: int, placed: pa.Table, exceptions: pa.Table
) -> None:
    """Write into the open transaction what was printed of pieces that were corrected (``PLACED``); their wave awaits evidence again.

    Raises Inconsistent when released = printed + exceptions would not close.
    """
    _settle_printed(session, name, number, placed, exceptions)
    session.execute(
        "update wave set accepted_at = null where follow_up = :name and number = :number",
        name=name,
        number=number,
    )


def _settle_printed(
    session: Session, name: str, number: int, placed: pa.Table, exceptions: pa.Table
) -> None:
    _move(session, PieceState.PRINTED, placed.select(PLACED.names).cast(PLACED))
    _move(session, PieceState.EXCEPTION, exceptions.select(EXCEPTIONS.names).cast(EXCEPTIONS))
    left = session.scalar(
        "select count(*) from piece where follow_up = :name and wave = :number"
        f" and state = '{PieceState.RELEASED}'",
        name=name,
        number=number,
    )
    if left:
        raise Inconsistent(
            f"{counted(left, 'released piece')} {'was' if left == 1 else 'were'} neither printed nor set aside."
        )


def record_evidence(session: Session, state: PieceState, rows: pa.Table) -> int:
    """Move pieces to accepted or spoiled by the mail house's evidence (``EVIDENCE``): printed ones, and those that it corrects."""
    return _move(session, state, rows.select(EVIDENCE.names).cast(EVIDENCE))


def record_wave_accepted(session: Session, name: str, number: int) -> bool:
    """Mark a wave whose printed pieces are all answered for; return whether it is marked now."""
    answered = (
        "rendered_at is not null and accepted_at is null and not exists (select 1 from piece"
        " where piece.follow_up = wave.follow_up and piece.wave = wave.number"
        f" and piece.state = '{PieceState.PRINTED}')"
    )
    return _marked(session, name, number, "accepted_at", answered)


def _marked(session: Session, name: str, number: int, column: str, unmarked: str) -> bool:
    """Set an instant of a wave to now where ``unmarked`` holds; return whether it was set."""
    at, instant = sources.now(session)
    changed = session.execute(
        f"update wave set {column} = {at} where follow_up = :name and number = :number and {unmarked}",
        at=instant, name=name, number=number,
    )  # fmt: skip
    return changed == 1


def record_returned(session: Session, rows: pa.Table) -> int:
    """Write the day and code of returned mail (``RETURNED``) on its pieces; return how many."""
    session.stage("change", rows.select(RETURNED.names).cast(RETURNED))
    return session.execute(
        "update piece set returned_on = change.returned_on, return_code = change.return_code"
        " from change where piece.vin = change.vin and piece.piece_id = change.piece_id"
    )


def counts(session: Session, name: str) -> pa.Table:
    """Return how many pieces each wave, family, state and reason has (``COUNTS``)."""
    reason = f"case when state in ({_quoted(RELEASED_ONCE)}) then '' else reason end"
    reason = f"case when state in ('exception', 'spoiled') then reason else {reason} end"
    return session.read(
        f"select coalesce(wave, 0) as wave, family, state, {reason} as reason, count(*) as pieces"
        f" from piece where follow_up = :name group by 1, 2, 3, 4 order by 1, 2, 3, 4",
        COUNTS,
        name=name,
    )


def next_serial(session: Session) -> int:
    """Return how many pieces got a barcode so far; within a transaction nobody else gets the same: writers take turns.

    Pieces are never deleted, so the count only grows and serials taken from it never repeat.
    """
    return int(session.scalar("select count(*) from piece where imb <> ''"))


def barcodes_since(session: Session, since: date) -> int:
    """Return how many pieces got a barcode in waves of the weeks from ``since`` on."""
    monday = since - timedelta(days=since.weekday())
    return int(
        session.scalar(
            "select count(*) from piece join wave on wave.follow_up = piece.follow_up"
            " and wave.number = piece.wave where piece.imb <> '' and wave.week >= :monday",
            monday=monday,
        )
    )


@contextmanager
def claim(session: Session, name: str, number: int) -> Iterator[None]:
    """Hold the right to release a wave; it ends with the process, so a crash leaves no claim.

    Refused while another process holds it. A file lock beside SQLite (one release at a time), an
    advisory lock in PostgreSQL. Work handed to other processes must not be forked from this one.
    """
    busy = Refused(
        f"Wave {number} of {name!r} is being released by another process.",
        "Wait until it has finished, then see what became of it: renotify mail reconcile.",
    )
    with session.claim(f"{name}/{number}") as free:
        if not free:
            raise busy
        session.renew()  # what stands now, not what stood before the claim
        yield


def _move(session: Session, to: PieceState, rows: pa.Table) -> int:
    """Give the rows' pieces a new state and their other columns; all of them, or Inconsistent."""
    if not rows.num_rows:
        return 0
    staged = session.stage("change", rows)
    columns = [name for name in rows.column_names if name not in ("vin", "piece_id")]
    sets = "".join(f", {column} = change.{column}" for column in columns)
    before = frozenset(state for state, after in MAY_BECOME.items() if to in after)
    moved = session.execute(
        f"update piece set state = '{to}'{sets} from change where piece.vin = change.vin"
        f" and piece.piece_id = change.piece_id and piece.state in ({_quoted(before)})"
    )
    if moved != staged:
        raise Inconsistent(f"{staged - moved:,} of {counted(staged, 'piece')} may not become {to}.")
    return moved


def released_by(piece: str, day: str) -> str:
    """Return the SQL condition that a ``piece`` row was released by the end of a day, whatever became of it: spoiled, set aside.

    It was released with its wave. What is printed again later keeps that day: its own ``checked_on`` is that of the last attempt.
    """
    once = f"state in ({_quoted(RELEASED_ONCE)})"
    return (
        f"({piece}.{once} and ({piece}.follow_up, {piece}.wave) in (select follow_up, wave from piece"
        f" where {once} group by follow_up, wave having min(checked_on) <= {day}))"
    )


def _quoted(states: frozenset[PieceState]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


def only(rows: pa.Table, *states: PieceState) -> pa.Table:
    """Return the pieces that are in one of the states."""
    return rows.filter(pc.is_in(rows["state"], pa.array([str(state) for state in states])))
