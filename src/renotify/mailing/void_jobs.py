"""Print jobs of releases that were called back: marked void, and out of the way of the wave's next job.

The ledger says first that a job is void, the folder follows: whoever finds one that does not yet say so finishes it (``finish``).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from renotify.ledger import pieces, wave_decisions
from renotify.ledger.kinds import WaveDecisionKind
from renotify.ledger.session import Session
from renotify.mailing.job_folder import VOID
from renotify.mailing.printing import part_of

_MARK = "-void-"
_WORDS = """This print job was called back on {day}. Nothing of it may be mailed.
Its letters go out anew, under the same piece numbers. What was decided: renotify followup show {name}
"""


def void_folder(session: Session, name: str, folder: str) -> str:
    """Return where a wave's print job lies once it is void: beside its place, under a number of its own."""
    called_back = wave_decisions.decisions(session, name, WaveDecisionKind.CALLED_BACK)
    number = 1 + sum(_place(Path(one.folder)) == Path(folder) for one in called_back)
    return f"{folder}{_MARK}{number}"


def finish(session: Session, name: str) -> list[Path]:
    """Mark and move every job of a follow-up that was called back and still lies in its place; return where they are now.

    The caller holds the claim of a wave. Run again it changes nothing; a job that never came to a folder has none.
    """
    in_use = {Path(row.folder) for row in pieces.waves(session, name) if row.folder}
    called_back = wave_decisions.decisions(session, name, WaveDecisionKind.CALLED_BACK)
    latest = {_place(Path(one.folder)): one for one in called_back}
    done = []
    for place, one in latest.items():
        void = Path(one.folder)
        if place in in_use:
            continue
        shutil.rmtree(part_of(place), ignore_errors=True)
        if place.is_dir() and not void.exists():
            words = _WORDS.format(day=one.decided_on, name=name)
            (place / VOID).write_text(words, encoding="utf-8")
            place.rename(void)
            done.append(void)
    return done


def _place(void: Path) -> Path:
    """Return where a void job lay before."""
    return void.with_name(void.name.rpartition(_MARK)[0])
