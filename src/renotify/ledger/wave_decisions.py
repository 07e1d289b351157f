"""What persons decided about waves: to release one though it was not ready, to call a release back. Kept, and never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from renotify.errors import WrongUse
from renotify.ledger import sources
from renotify.ledger.kinds import SourceKind, WaveDecisionKind
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.values.characters import stated_words

LONGEST = 255  # characters of a reason, and of a name


class Decision(NamedTuple):
    """Who decides something about a wave, and why."""

    by: str
    reason: str

    def checked(self, what: str) -> Decision:
        """Return it in plain characters. Raises WrongUse where nobody can read one, or it is too long; ``what`` names the decision."""
        stated = Decision(stated_words(self.by), stated_words(self.reason))
        for name, words in (("a reason", stated.reason), ("the name of who decides", stated.by)):
            if not words:
                raise WrongUse(f"{what} needs {name}.", "It is kept with the ledger.")
            if len(words) > LONGEST:
                raise WrongUse(
                    f"{what}: {name} has more than {LONGEST} characters.", "State it shorter."
                )
        return stated


class Kept(NamedTuple):
    """A decision as the ledger has it; ``told`` is JSON: what the person was told, a sentence each."""

    wave: int
    week: date
    kind: str
    decided_on: date
    decided_by: str
    reason: str
    folder: str
    told: str

    def document(self) -> dict[str, Any]:
        """Return it as commands print it."""
        return {
            **self._asdict(),
            "week": self.week.isoformat(),
            "decided_on": self.decided_on.isoformat(),
            "told": json.loads(self.told),
        }

    @property
    def sentence(self) -> str:
        """It in words."""
        what = {
            WaveDecisionKind.RELEASED_ANYWAY: "released though it was not ready",
            WaveDecisionKind.CALLED_BACK: "called back",
        }[WaveDecisionKind(self.kind)]
        return f"The wave of {self.week} was {what} on {self.decided_on} by {self.decided_by}: {self.reason}"


def record(
    session: Session,
    row: WaveRow,
    kind: WaveDecisionKind,
    decision: Decision,
    on: date,
    told: Sequence[str],
    folder: str = "",
) -> None:
    """Keep a decision about a wave in the open transaction."""
    command = f"mail {kind} {row.follow_up} {row.number}"
    source = sources.record(session, SourceKind.COMMAND, command)
    session.execute(
        "insert into wave_decision (source_id, follow_up, wave, week, kind, decided_on, decided_by, reason, folder, told)"
        " values (:source, :name, :wave, :week, :kind, :on, :by, :reason, :folder,"
        f" cast(:told as {'text' if session.sqlite else 'jsonb'}))",
        source=source, name=row.follow_up, wave=row.number, week=row.week, kind=str(kind), on=on, by=decision.by,
        reason=decision.reason, folder=folder, told=json.dumps(list(told), ensure_ascii=False),
    )  # fmt: skip


def decisions(session: Session, name: str, kind: WaveDecisionKind | None = None) -> list[Kept]:
    """Return what was decided about the waves of a follow-up, of one kind or of all, in order of time."""
    return session.rows(
        Kept,
        "select wave, week, kind, decided_on, decided_by, reason, folder, cast(told as text) as told"
        " from wave_decision where follow_up = :name and (:of_kind = '' or kind = :of_kind) order by id",
        name=name,
        of_kind=str(kind or ""),
    )
