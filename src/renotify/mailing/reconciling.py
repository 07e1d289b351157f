"""The three-way count of a follow-up: planned, printed, accepted, and what lies between them.

planned = released + withdrawn; released = printed + exceptions; printed = accepted + spoiled +
awaiting. The states in the ledger are compared with the plan and with the manifests on disk.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import UnknownName
from renotify.ledger import artifacts, follow_ups, pieces
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import PRINTED_ONCE, RELEASED_ONCE, UNDECIDED, WaveRow
from renotify.ledger.session import Session
from renotify.mailing.job_folder import MANIFEST, later_manifests
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted

GROUPS = {
    "undecided": UNDECIDED,
    "released": RELEASED_ONCE,
    "withdrawn": frozenset({PieceState.WITHDRAWN}),
    "printed": PRINTED_ONCE,
    "exceptions": frozenset({PieceState.EXCEPTION}),
    "accepted": frozenset({PieceState.ACCEPTED}),
    "spoiled": frozenset({PieceState.SPOILED}),
    "awaiting": frozenset({PieceState.PRINTED}),
}
_OF_WAVE = pa.schema(
    [("wave", pa.int64()), ("state", pa.string()), ("pieces", pa.int64()), ("returned", pa.int64())]
)
WITH_REASONS = {
    "withdrawn": PieceState.WITHDRAWN,
    "exceptions": PieceState.EXCEPTION,
    "spoiled": PieceState.SPOILED,
}


def reconcile(session: Session, name: str) -> dict[str, Any]:
    """Return the counts of every wave and in total, whether they close, and what is missing.

    ``planned`` counts pieces; a wave not released yet has them all ``undecided``. In the total are also pieces that were
    withdrawn while they stood in no wave; those that still wait for one are ``held``. ``closes`` is
    true when nothing contradicts; letters the mail house has not answered for are awaited, not
    missing. Raises UnknownName.
    """
    follow_ups.settings(session, name)
    waves = pieces.waves(session, name)
    if not waves:
        raise UnknownName(
            f"Follow-up {name!r} has no waves.", f"Plan it first: renotify plan {name}."
        )
    counts = pieces.counts(session, name)
    back = _came_back(session, name)
    rows, wrong, open_ends = [], [], []
    for wave in waves:
        row = _row(wave, counts)
        rows.append(row)
        wrong += _contradictions(session, wave, row)
        open_ends += _open_ends(wave, row, back.get(wave.number, 0))
    total = {key: sum(row[key] for row in rows) for key in ("planned", *GROUPS)}
    in_no_wave = counts.filter(pc.equal(counts["wave"], 0))
    gone = _sum(pieces.only(in_no_wave, PieceState.WITHDRAWN))
    total = {**total, "planned": total["planned"] + gone, "withdrawn": total["withdrawn"] + gone}
    if gone:
        open_ends.append(
            f"{counted(gone, 'held letter was', 'held letters were')} withdrawn: in the total, in no wave."
        )
    return {
        "follow_up": name,
        "closes": not wrong,
        "total": {**total, "held": _sum(in_no_wave) - gone},
        "reasons": {key: _reasons(counts, state) for key, state in WITH_REASONS.items()},
        "waves": rows,
        "sentences": [*wrong, *open_ends] or ["Every piece is accounted for."],
    }


def of_wave(session: Session, name: str, number: int) -> dict[str, int]:
    """Return the counts of one wave as ``reconcile`` has them, with how many letters came back (``returned``). Raises UnknownName."""
    wave = pieces.wave(session, name, number)
    counts = session.read(
        "select wave, state, count(*) as pieces, sum(case when returned_on is null then 0 else 1 end) as returned from piece"
        " where follow_up = :name and wave = :number group by wave, state",
        _OF_WAVE, name=name, number=number,
    )  # fmt: skip
    row = _row(wave, counts)
    return {key: row[key] for key in ("planned", *GROUPS)} | {
        "returned": pc.sum(counts["returned"]).as_py() or 0
    }


def _row(wave: WaveRow, counts: pa.Table) -> dict[str, Any]:
    own = counts.filter(pc.equal(counts["wave"], wave.number))
    groups = {key: _sum(pieces.only(own, *states)) for key, states in GROUPS.items()}
    return {
        "wave": wave.number,
        "week": wave.week.isoformat(),
        "counted_by_the_plan": wave.planned,
        "planned": _sum(own),
        **groups,
    }


def _contradictions(session: Session, wave: WaveRow, row: dict[str, Any]) -> list[str]:
    found = []
    if row["planned"] < wave.planned:
        found.append(
            f"Wave {wave.number}: the plan counted {counted(wave.planned, 'piece')},"
            f" {row['planned']:,} {'is' if row['planned'] == 1 else 'are'} on file."
        )
    if wave.released and row["undecided"]:
        found.append(
            f"Wave {wave.number}: {counted(row['undecided'], 'piece was', 'pieces were')} passed over by its release."
        )
    if wave.rendered and row["released"] != row["printed"] + row["exceptions"]:
        rest = row["released"] - row["printed"] - row["exceptions"]
        found.append(
            f"Wave {wave.number}: {counted(rest, 'released piece is', 'released pieces are')} neither printed nor set aside."
        )
    if wave.rendered:
        found += _against_manifest(session, wave)
    without = _without_reason(session, wave)
    if without:
        found.append(
            f"Wave {wave.number}: {counted(without, 'piece has no reason for its', 'pieces have no reason for their')} state."
        )
    return found


def _came_back(session: Session, name: str) -> dict[int, int]:
    """Return by wave how many letters came back that the mail house has not answered for."""
    found = session.rows(
        _CameBack,
        "select wave, count(*) as letters from piece"
        f" where follow_up = :name and state = '{PieceState.PRINTED}' and returned_on is not null group by wave",
        name=name,
    )
    return {one.wave: one.letters for one in found}


class _CameBack(NamedTuple):
    wave: int
    letters: int


def _open_ends(wave: WaveRow, row: dict[str, Any], back: int) -> list[str]:
    if not wave.released:
        return [
            f"Wave {wave.number} (week of {wave.week}) is not released: {counted(row['planned'], 'piece')}."
        ]
    if not wave.rendered:
        state = "was released and its printing has not finished: release it again and it goes on."
        return [f"Wave {wave.number} {state}"]
    if row["awaiting"]:
        share = f"for {row['awaiting']:,} of {counted(row['printed'], 'printed piece')}"
        share += f", {back:,} of which came back." if back else "."
        return [f"Wave {wave.number}: the mail house has not answered {share}"]
    return []


def _against_manifest(session: Session, wave: WaveRow) -> list[str]:
    """Compare the manifest on disk, if it is still there, with the pieces on file."""
    paths = _manifests(session, wave)
    if not paths or not all(path.is_file() for path in paths):
        return []
    known = artifacts.of_follow_up(session, wave.follow_up, "manifest")
    digests = dict(zip(known["path"].to_pylist(), known["sha256"].to_pylist(), strict=True))
    if any(artifacts.digest(path) != digests.get(str(path)) for path in paths):
        return [f"Wave {wave.number}: {MANIFEST} was changed after it was written."]
    rows = pieces.of_wave(session, wave.follow_up, wave.number)
    # one that was spoiled and is withdrawn, or to be printed again, stands in a manifest too
    printed = rows.filter(
        pc.or_(
            pc.is_in(rows["state"], pa.array(sorted(PRINTED_ONCE))), pc.not_equal(rows["file"], "")
        )
    )
    with arrow_sql() as arrow:
        arrow.register("printed", printed.select(["piece_id"]))
        files = ", ".join(f"'{str(path).replace(chr(39), chr(39) * 2)}'" for path in paths)
        listed = f"read_csv([{files}], all_varchar = true)"
        found = arrow.sql(
            f"select count(*) from (select piece_id from {listed}) m full join printed p"
            " using (piece_id) where m.piece_id is null or p.piece_id is null"
        ).fetchall()[0][0]
    if found:
        return [
            f"Wave {wave.number}: {counted(found, 'piece differs', 'pieces differ')} between the manifest and the ledger."
        ]
    return []


def _manifests(session: Session, wave: WaveRow) -> list[Path]:
    """Return the manifests of a wave: its release's, and those of what was corrected since."""
    if not wave.folder:
        return []
    return [Path(wave.folder) / MANIFEST, *later_manifests(session, wave)]


def _without_reason(session: Session, wave: WaveRow) -> int:
    rows = pieces.of_wave(session, wave.follow_up, wave.number)
    decided = rows.filter(pc.invert(pc.is_in(rows["state"], pa.array(sorted(UNDECIDED)))))
    return int(pc.sum(pc.equal(decided["reason"], ""), min_count=0).as_py())


def _sum(counts: pa.Table) -> int:
    return int(pc.sum(counts["pieces"], min_count=0).as_py())


def _reasons(counts: pa.Table, state: PieceState) -> dict[str, int]:
    own = pieces.only(counts, state).group_by("reason").aggregate([("pieces", "sum")]).to_pylist()
    return {row["reason"]: row["pieces_sum"] for row in sorted(own, key=lambda r: r["reason"])}
