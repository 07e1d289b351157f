"""Whether a wave is ready to be released, by the ledger: dealers told in time, kits and hours at hand, addresses fresh, letters signed.

What is not ready is told with its dealers. Whether the wave waits for it is the follow-up's rule (``[readiness]``): it is told, held until
somebody says why it goes, or refused. A letter that the law asks for now is never held: there all is told (decision 0058).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as arrow_csv

from renotify.campaigns import readiness_settings as checks
from renotify.campaigns.follow_up_settings import FIRST_KINDS, JOINED, VOLUNTARY, FollowUpSettings
from renotify.errors import AlreadyDone, NothingToDo, Refused
from renotify.ledger import artifacts, follow_ups, pieces, registry, wave_decisions
from renotify.ledger.accepted_wordings import accepted
from renotify.ledger.kinds import WaveDecisionKind
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.ledger.wave_decisions import Decision, Kept
from renotify.mailing import accepted_words, printing, versions, wave_tables
from renotify.mailing.readiness_checks import CHECKS, LIST, Asked, Unready
from renotify.mailing.unread_sentences import Wanted
from renotify.planner.joined_days import joined_days
from renotify.planner.lawful_weeks import last_day, last_full_week
from renotify.values.calendar import monday_of

SPOKEN = ("en", "es")  # of letters

_LETTERS = """
select d.dealer_code, d.name, count(*) as letters from piece p
join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family
join dealer d on d.dealer_code = l.dealer_code
where p.follow_up = :name and p.wave = :wave and p.state in ('listed', 'planned') group by d.dealer_code, d.name
"""
_LETTER = pa.schema([("dealer_code", pa.string()), ("name", pa.string()), ("letters", pa.int64())])


@dataclass(frozen=True, eq=False)
class Readiness:
    """A wave's readiness for its mailing on a day; ``owed`` says why it may not be put off, blank where it may.

    ``accepted`` says which wordings go out that a rule refuses and a person accepted; ``signature`` what no rule decides and nobody
    signed: the release is refused until somebody does, whatever may be put off (decision 0128).
    """

    row: WaveRow
    mailed_on: date
    owed: str
    unready: tuple[Unready, ...]
    accepted: tuple[str, ...] = ()
    signature: Wanted | None = None

    def by_rule(self, rule: str) -> list[Unready]:
        """Return what is found under one rule."""
        return [one for one in self.unready if one.rule == rule]

    @property
    def is_ready(self) -> bool:
        """Whether nothing lacks: no check found anything, and no sentence waits for a signature."""
        return not self.unready and self.signature is None

    @property
    def released_by(self) -> str:
        """Who may release the wave as it stands: ``anybody``, ``a person who says why``, or ``nobody``."""
        if self.by_rule(checks.REFUSE) or self.signature is not None:
            return "nobody"
        return "a person who says why" if self.by_rule(checks.ASK) else "anybody"

    @property
    def dealers(self) -> pa.Table:
        """Every dealer under every check (``LIST``)."""
        return pa.concat_tables([LIST.empty_table(), *(one.dealers for one in self.unready)])

    def document(self) -> dict[str, Any]:
        """Return it as ``mail ready --json`` prints it."""
        return {
            "follow_up": self.row.follow_up,
            "wave": self.row.number,
            "week": self.row.week.isoformat(),
            "mailed_on": self.mailed_on.isoformat(),
            "ready": self.is_ready,
            "released_by": self.released_by,
            "signature": self.signature.document() if self.signature else None,
            "owed": self.owed,
            "accepted": list(self.accepted),
            "checks": [
                {
                    "check": one.check, "rule": one.rule, "dealers": one.dealers.num_rows,
                    "first": one.first, "sentence": one.sentence,
                }
                for one in self.unready
            ],
        }  # fmt: skip


def ready(session: Session, name: str, wave: int, on: date) -> Readiness:
    """Return what of a wave is not ready for its mailing, which is ``on`` or its first lawful day.

    Raises UnknownName, AlreadyDone for a wave that was released, NothingToDo for one without pieces.
    """
    settings = follow_ups.settings(session, name, on)
    row = pieces.wave(session, name, wave)
    if row.released:
        raise AlreadyDone(
            f"Wave {wave} of {name!r} was released before.",
            f"See what became of it with: renotify mail reconcile {name}.",
        )
    given = _asked(session, settings, row, on)
    words = tuple(_accepted(session, settings, row, given.mailed_on))
    return replace(_found(given, tuple(CHECKS)), accepted=words, signature=given.signature)


def _accepted(
    session: Session, settings: FollowUpSettings, row: WaveRow, mailed_on: date
) -> list[str]:
    """Return which wordings of the wave's campaigns a person accepted, in words."""
    if not accepted(session, settings.campaigns, settings.name):
        return []
    made = versions.of_follow_up(session, settings, mail_date=mailed_on)
    bundles = wave_tables.planned(session, row.follow_up, row.number)["bundle"].unique().to_pylist()
    codes = {code for bundle in bundles for code in bundle.split(JOINED)}
    campaigns = [made.campaigns[code] for code in sorted(codes)]
    return accepted_words.told(made, made.accepted_in(campaigns, SPOKEN))


def _asked(session: Session, settings: FollowUpSettings, row: WaveRow, on: date) -> Asked:
    mailed_on = max(on, row.week, settings.first_letter)
    dealers = session.read(_LETTERS, _LETTER, name=row.follow_up, wave=row.number)
    return Asked(session, settings, row, on, mailed_on, dealers)


def _found(given: Asked, asked: tuple[str, ...]) -> Readiness:
    owed = _owed(given)
    found = [
        replace(one, rule=checks.TELL) if owed and not _is_signature(given, one) else one
        for check in asked
        for one in CHECKS[check](given)
    ]
    return Readiness(given.row, given.mailed_on, owed, tuple(found))


def _is_signature(given: Asked, one: Unready) -> bool:
    """Tell whether a check is of letters that nobody signed and that all have to be: nothing puts that off, and it holds owed ones too."""
    return one.check == checks.VERSIONS and given.settings.ready.all_signed


def _owed(given: Asked) -> str:
    """Say why a wave may not be put off: a first notice in its last lawful week; a second or ordered one, which is owed at once."""
    settings, row = given.settings, given.row
    if settings.kind == VOLUNTARY:
        return ""
    if settings.kind not in FIRST_KINDS:
        return f"Letters of kind {settings.kind} are owed: nothing holds them, all is told."
    planned = wave_tables.planned(given.session, row.follow_up, row.number)
    known = registry.campaigns(given.session, settings.campaigns)
    week = monday_of(given.mailed_on)
    joined = joined_days(given.session, settings, known, week, row.number)
    days = [
        last_day([known[code] for code in one.split(JOINED)], settings, joined.get(one))
        for one in planned["bundle"].unique().to_pylist()
    ]
    due = min((day for day in days if day is not None), default=None)
    if due is None or last_full_week(due, week) >= 1:
        return ""
    return f"First notices are due by {due}, and no later week ends by it: nothing holds them, all is told."


# What a release asks


class Passed(NamedTuple):
    """What a release tells of readiness, and the decision to keep with what it goes against; None where nothing held the wave."""

    told: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    decision: Decision | None = None


class Gate(NamedTuple):
    """The question of readiness before a release; ``anyway`` is who lets a wave go that is held, and why."""

    anyway: Decision | None = None

    def passed(
        self, session: Session, settings: FollowUpSettings, row: WaveRow, on: date
    ) -> Passed:
        """Return what is told of a wave that may go. Raises Refused where it may not.

        Letter versions are asked for only where a rule holds the wave for them: a release itself tells of them, or refuses them.
        """
        asked = tuple(
            check
            for check in CHECKS
            if check != checks.VERSIONS or settings.ready.of(check) == checks.ASK
        )
        found = _found(_asked(session, settings, row, on), asked)
        see = f"All dealers: renotify mail ready {row.follow_up} {row.number}."
        if refused := found.by_rule(checks.REFUSE):
            said = " ".join(one.sentence for one in refused)
            raise Refused(f"Wave {row.number} is not ready. {said}", see)
        held = found.by_rule(checks.ASK)
        if held and self.anyway is None:
            said = " ".join(one.sentence for one in held)
            raise Refused(
                f"Wave {row.number} is held. {said}",
                f"{see} To release it all the same: --anyway REASON, which is kept.",
            )
        told = [one.sentence for one in found.unready]
        return Passed(
            tuple([found.owed, *told] if found.owed and told else told),
            tuple(one.sentence for one in held),
            self.anyway if held else None,
        )


def keep(session: Session, row: WaveRow, passed: Passed, on: date) -> None:
    """Keep in the open transaction of a release who let it go though it was held, and what they were told."""
    if passed.decision is not None:
        kind = WaveDecisionKind.RELEASED_ANYWAY
        wave_decisions.record(session, row, kind, passed.decision, on, passed.told)


def decided(session: Session, row: WaveRow) -> list[Kept]:
    """Return what was decided about the waves of this one's week before."""
    known = wave_decisions.decisions(session, row.follow_up)
    return [one for one in known if one.week == row.week]


def write(session: Session, found: Readiness, out: Path) -> Path:
    """Write every dealer under every check as CSV (``LIST``) below ``out``, record the file, and return it."""
    if not found.unready:
        raise NothingToDo("The wave is ready: there is nothing to list.")
    folder = printing.folder_of(out, found.row.follow_up, found.row.number)
    path = folder.with_name(f"{folder.name}-readiness.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    arrow_csv.write_csv(found.dealers, path)
    with session.transaction():
        artifacts.record(session, path, "readiness", found.row.follow_up)
    return path
