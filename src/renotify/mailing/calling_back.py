"""A release is called back before the mail house has accepted any of it: its pieces are planned again, its print job is void.

One durable transaction says so; the job's folder follows, and a run that was killed in between is finished by the next, or by the
wave's next release (``void_jobs``).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from renotify.errors import NothingToDo, Refused
from renotify.ledger import artifacts, follow_ups, pieces, wave_decisions
from renotify.ledger.kinds import WaveDecisionKind
from renotify.ledger.pieces import WaveRow
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.wave_decisions import Decision
from renotify.mailing import void_jobs
from renotify.values.english import counted

# The mail house's answers, a return, and a letter that a file of mail events says was mailed
_ANSWERED = f"""
select count(*) from piece p where p.follow_up = :name and p.wave = :wave and (p.state in ('accepted', 'spoiled')
    or p.returned_on is not null or exists (select 1 from event e where e.vin = p.vin and e.kind = 'mailed'
        and e.subject like 'mail|' || p.piece_id || '|%' and {stands("e")}))
"""


def call_back(
    session: Session, name: str, wave: int, decision: Decision, on: date
) -> dict[str, Any]:
    """Take back the release of a wave on a day, and return how many pieces are planned again, and where the void job lies.

    A wave whose printing was not finished is called back too. Refused once the mail house has answered for a piece, or mail of one came
    back: letters are in the mail then. Raises UnknownName, and NothingToDo for a wave that is not released; who runs a killed
    call-back again gets it finished.
    """
    follow_ups.settings(session, name)
    with pieces.claim(session, name, wave):
        finished = [str(path) for path in void_jobs.finish(session, name)]
        row = pieces.wave(session, name, wave)
        done = {"follow_up": name, "wave": wave, "called_back": 0, "because": decision.reason}
        if not row.released:
            if finished:
                return {**done, "folder": finished[-1]}
            raise NothingToDo(
                f"Wave {wave} of {name!r} is not released: there is nothing to call back.",
                f"See its waves with: renotify followup show {name}.",
            )
        with session.transaction():
            pieces.hold_still(session)
            done["called_back"] = _intend(session, row, decision, on)
        moved = [str(path) for path in void_jobs.finish(session, name)]
    return {**done, "folder": moved[-1] if moved else ""}


def answered(session: Session, row: WaveRow) -> int:
    """Return of how many pieces of a wave it is known what became of them: of none, it may be called back."""
    return int(session.scalar(_ANSWERED, name=row.follow_up, wave=row.number))


def _intend(session: Session, row: WaveRow, decision: Decision, on: date) -> int:
    """Record in the open transaction that a wave is called back; return how many pieces are planned again."""
    known = answered(session, row)
    if known:
        raise Refused(
            f"The mail house has answered for {counted(known, 'piece')} of wave {row.number}: the wave cannot be called back.",
            f"List what must not be mailed any more: renotify mail pull {row.follow_up} {row.number}.",
        )
    void = void_jobs.void_folder(session, row.follow_up, row.folder)
    count = pieces.call_back(session, row.follow_up, row.number)
    if follow_ups.ended_on(session, row.follow_up):
        follow_ups.withdraw_ended(session, row.follow_up, on)
    told = [f"{counted(count, 'piece')} planned again."]
    wave_decisions.record(session, row, WaveDecisionKind.CALLED_BACK, decision, on, told, void)
    artifacts.moved(session, row.folder, void)
    return count
