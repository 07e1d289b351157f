"""What a row of an event table says, as SQL over its staged columns: one ``Said`` an event.

``subject`` says what the event is about, ``content`` what was said of it. A letter's ``mail`` and
``return`` subjects share what follows the first word; the fold joins them by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EVENT_COLUMNS = (
    "vin", "subject", "content", "campaign_code", "kind", "occurred_on", "remedy_version",
    "dealer_code", "hours", "return_code", "source_id", "source_row",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One event of a row, column by column in SQL; ``where`` tells which rows have it."""

    kind: str
    subject: str
    content: str
    occurred_on: str
    campaign_code: str = "campaign_code"
    remedy_version: str = "0"
    dealer_code: str = "''"
    hours: str = "cast(null as real)"
    return_code: str = "''"
    where: str = "true"

    def select(self, staged: str) -> str:
        """Return SQL for the events of a staged table, in the order of EVENT_COLUMNS."""
        values = {
            **{name: name for name in ("vin", "source_id", "source_row")},
            **{name: getattr(self, name) for name in EVENT_COLUMNS if hasattr(self, name)},
        }
        named = ", ".join(f"{values[name]} as {name}" for name in EVENT_COLUMNS)
        return f"select {named} from {staged} where {self.where}"


_VERSION = "campaign_code || '|' || cast(remedy_version as text)"
_HUNDREDTHS = "coalesce(cast(cast(round(hours * 100) as integer) as text), '')"

SAID: Mapping[str, tuple[Said, ...]] = {
    "population": (
        Said(
            kind="'added'",
            subject=f"'pop|' || {_VERSION}",
            content="coalesce(cast(added_date as text), '')",
            occurred_on="occurred_on",
            remedy_version="remedy_version",
        ),
        Said(
            kind="'removed'",
            subject=f"'rem|' || {_VERSION}",
            content="cast(removed_date as text)",
            occurred_on="removed_date",
            remedy_version="remedy_version",
            where="removed_date is not null",
        ),
    ),
    "vehicle_status": (
        Said(
            kind="status",
            subject="'status|' || cast(effective_date as text) || '|' || source",
            content="status",
            occurred_on="effective_date",
            campaign_code="cast(null as text)",
        ),
    ),
    "repair_orders": (
        Said(
            kind="outcome",
            subject="'ro|' || dealer_code || '|' || ro_id || '|' || campaign_code",
            content=f"cast(close_date as text) || '|' || outcome || '|' || {_HUNDREDTHS}",
            occurred_on="close_date",
            dealer_code="dealer_code",
            hours="hours",
        ),
    ),
    "mail_events": (
        Said(
            kind="'mailed'",
            subject="'mail|' || letter",
            content="cast(mailed_date as text)",
            occurred_on="mailed_date",
            where="mailed_date is not null",
        ),
        Said(
            kind="'returned'",
            subject="'return|' || letter",
            content="cast(returned_date as text) || '|' || return_code",
            occurred_on="returned_date",
            return_code="return_code",
            where="kind = 'returned'",
        ),
    ),
}


@dataclass(frozen=True)
class Rule:
    """Rows of staged table ``s`` refused for what the ledger knows: where, at which column, why."""

    column: str
    where: str
    reason: str


_IN_POPULATION = """exists (select 1 from state t
    where t.vin = s.vin and t.campaign_code = s.campaign_code"""

RULES: Mapping[str, tuple[Rule, ...]] = {
    "repair_orders": (
        Rule(
            "vin",
            f"not {_IN_POPULATION})",
            "The vehicle is not in the population of this campaign.",
        ),
        Rule(
            "close_date",
            f"not {_IN_POPULATION} and (t.status <> 'removed' or t.since > s.close_date))",
            "The vehicle was taken out of this campaign before this work was done.",
        ),
    ),
}
