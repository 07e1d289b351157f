"""Wordings that a row of the rule pack refuses and a person accepts: recorded with who, when and why, never deleted, and taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from renotify.ledger import sources
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session
from renotify.ledger.setting_changes import Decided
from renotify.rules.read_wording import SHORT, ReadWording

_COLUMNS = (
    "handle, follow_up, campaign_code, text_key, language, sentence, row_id, title, citation, row_digest, texts_digest, rule_digest,"
    " accepted_on, accepted_by, reason, withdrawn_on, withdrawn_by, withdrawn_reason"
)


class Accepted(NamedTuple):
    """One acceptance: of which reading (``handle``), under which edition of the rule pack, by whom and why; and who took it back."""

    handle: str
    follow_up: str
    campaign_code: str
    text_key: str
    language: str
    sentence: str
    row_id: str
    title: str
    citation: str
    row_digest: str
    texts_digest: str
    rule_digest: str
    accepted_on: date
    accepted_by: str
    reason: str
    withdrawn_on: date | None
    withdrawn_by: str
    withdrawn_reason: str

    @property
    def stands(self) -> bool:
        """Whether nobody took it back."""
        return self.withdrawn_on is None

    def stands_on(self, day: date) -> bool:
        """Whether nobody took it back, and it counts on a day: from its own on, no letter of an earlier one has it."""
        return self.stands and self.accepted_on <= day

    @property
    def words(self) -> str:
        """Who accepted it, when and why."""
        return f"{self.accepted_by} on {self.accepted_on}: {self.reason}"

    def document(self) -> dict[str, Any]:
        """Return it as commands print it."""
        days = {
            name: None if day is None else day.isoformat()
            for name, day in (
                ("accepted_on", self.accepted_on),
                ("withdrawn_on", self.withdrawn_on),
            )
        }
        return {**self._asdict(), **days, "handle": self.handle[:SHORT]}


def accepted(session: Session, campaigns: Collection[str], follow_up: str = "") -> list[Accepted]:
    """Return what was ever accepted of some campaigns' texts, and of the house's own words in a follow-up's letters, in order of time."""
    known = session.rows(Accepted, f"select {_COLUMNS} from accepted_wording order by id")
    return [
        one
        for one in known
        if (one.campaign_code in campaigns if one.campaign_code else one.follow_up == follow_up)
    ]


def handles_accepted(session: Session, on: date) -> frozenset[str]:
    """Return the handles of all that a person accepted by a day and nobody took back."""
    held = session.rows(
        _Handle,
        "select handle from accepted_wording where withdrawn_on is null and accepted_on <= :on",
        on=on,
    )
    return frozenset(one.handle for one in held)


class _Handle(NamedTuple):
    handle: str


def accept(
    session: Session,
    follow_up: str,
    found: Sequence[ReadWording],
    rule_digest: str,
    decided: Decided,
) -> None:
    """Record in the open transaction that a person accepts readings, under the rule pack of a digest."""
    source = sources.record(session, SourceKind.COMMAND, f"letter accept {follow_up}")
    for one in found:
        session.execute(
            "insert into accepted_wording (handle, follow_up, campaign_code, text_key, language, sentence, row_id, title, citation,"
            " row_digest, texts_digest, rule_digest, accepted_on, accepted_by, reason, source_id) values (:handle, :follow_up, :code,"
            " :key, :language, :sentence, :row, :title, :citation, :row_digest, :texts, :rules, :on, :by, :reason, :source)",
            handle=one.handle, follow_up=follow_up, code=one.campaign_code, key=one.key, language=one.language,
            sentence=one.sentence, row=one.row_id, title=one.title, citation=one.citation, row_digest=one.row_digest,
            texts=one.texts, rules=rule_digest, on=decided.on, by=decided.by, reason=decided.reason, source=source,
        )  # fmt: skip


def take_back(session: Session, follow_up: str, handles: Collection[str], decided: Decided) -> None:
    """Mark in the open transaction what stands of readings as taken back."""
    sources.record(session, SourceKind.COMMAND, f"letter accept {follow_up} --withdrawn")
    for handle in handles:
        session.execute(
            "update accepted_wording set withdrawn_on = :on, withdrawn_by = :by, withdrawn_reason = :reason"
            " where handle = :handle and withdrawn_on is null",
            handle=handle, on=decided.on, by=decided.by, reason=decided.reason,
        )  # fmt: skip
