"""Changes of a follow-up's settings, each from a day on: recorded with who, when and why, never deleted, and taken back by number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from renotify.campaigns.changed_settings import Stated
from renotify.ledger import sources
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session


class Change(NamedTuple):
    """One change; ``before`` and ``after`` are JSON, null where the key is left out."""

    number: int
    setting: str
    before: str | None
    after: str | None
    from_day: date
    changed_on: date
    changed_by: str
    reason: str
    undone_on: date | None
    undone_by: str
    undone_reason: str

    @property
    def stated(self) -> Stated:
        """The setting and its new value."""
        return Stated(self.setting, None if self.after is None else json.loads(self.after))

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.from_day <= on and (self.undone_on is None or on < self.undone_on)

    def document(self) -> dict[str, Any]:
        """Return it as commands print it."""
        return self._asdict() | {
            "before": None if self.before is None else json.loads(self.before),
            "after": self.stated.value,
        }


def changes(session: Session, name: str) -> list[Change]:
    """Return every change of a follow-up, those that were taken back too, in order of recording."""
    return session.rows(
        Change,
        "select number, setting, cast(before as text) as before, cast(after as text) as after, from_day, changed_on, changed_by,"
        " reason, undone_on, undone_by, undone_reason from setting_change where follow_up = :name order by number",
        name=name,
    )


def up_to(session: Session, name: str, on: date | None) -> Iterator[Stated]:
    """Yield the changes in force on a day (None: all that stand), in order of their days and of recording.

    One that was taken back was in force until the day before.
    """
    for one in sorted(changes(session, name), key=lambda one: (one.from_day, one.number)):
        if one.undone_on is None if on is None else one.is_in_force(on):
            yield one.stated


def ahead(session: Session, name: str, setting: str, on: date) -> list[Change]:
    """Return the changes of one setting that stand and begin after a day, in order of their days."""
    found = (
        one
        for one in changes(session, name)
        if one.setting == setting and one.undone_on is None and one.from_day > on
    )
    return sorted(found, key=lambda one: (one.from_day, one.number))


class Decided(NamedTuple):
    """Who decides, on which day, and why."""

    by: str
    on: date
    reason: str


def record(
    session: Session, name: str, new: Stated, before: object, from_day: date, decided: Decided
) -> int:
    """Record a change in the open transaction and return its number."""
    number = 1 + int(
        session.scalar(
            "select coalesce(max(number), 0) from setting_change where follow_up = :name", name=name
        )
    )
    source = sources.record(session, SourceKind.COMMAND, f"followup set {name} {new.setting}")
    kind = "text" if session.sqlite else "jsonb"
    session.execute(
        "insert into setting_change (follow_up, number, setting, before, after, from_day, changed_on, changed_by, reason, source_id)"
        f" values (:name, :number, :setting, cast(:before as {kind}), cast(:after as {kind}), :from_day, :on, :by, :reason, :source)",
        name=name, number=number, setting=new.setting, before=_json(before), after=_json(new.value), from_day=from_day,
        on=decided.on, by=decided.by, reason=decided.reason, source=source,
    )  # fmt: skip
    return number


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def take_back(session: Session, name: str, number: int, decided: Decided) -> None:
    """Mark a change as taken back, in the open transaction."""
    sources.record(session, SourceKind.COMMAND, f"followup set {name} --undo {number}")
    session.execute(
        "update setting_change set undone_on = :on, undone_by = :by, undone_reason = :reason"
        " where follow_up = :name and number = :number",
        name=name, number=number, on=decided.on, by=decided.by, reason=decided.reason,
    )  # fmt: skip
