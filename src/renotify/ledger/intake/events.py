"""The events that a row of an event table stands for, as SQL over its staged columns, and the rules it must pass.

``subject`` says what an event is about, ``content`` what the row states of it. The subjects ``mail|X`` and ``return|X`` of
one letter share what follows the first word; the fold joins them by it. A row that says ``withdrawn`` states nothing:
``corrections`` takes back what was said of its subjects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from renotify.ledger.rulings import IS_OUTCOME, stands

EVENT_COLUMNS = (
    "vin", "subject", "content", "campaign_code", "kind", "occurred_on", "remedy_version",
    "dealer_code", "hours", "return_code", "source_id", "source_row",
)  # fmt: skip


@dataclass(frozen=True)
class RowEvent:
    """One event of a row, column by column in SQL; ``where`` tells which rows have it.

    ``withdrawn_by`` tells which rows that say ``withdrawn`` take its subject back. An event that one optional column states
    (``stated_in``) is taken back by a blank there too; ``found`` finds all of its kind in the ledger, by an index.
    """

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
    withdrawn_by: str = "true"
    stated_in: str = ""
    found: str = ""

    def select(self, staged: str) -> str:
        """Return SQL for the events of a staged table, in the order of EVENT_COLUMNS."""
        return f"{self.columns(staged)} where withdrawn = '' and {self.where}"

    def columns(self, staged: str) -> str:
        """Return SELECT and FROM of the same, for every row of the table."""
        values = {
            **{name: name for name in ("vin", "source_id", "source_row")},
            **{name: getattr(self, name) for name in EVENT_COLUMNS if hasattr(self, name)},
        }
        named = ", ".join(f"{values[name]} as {name}" for name in EVENT_COLUMNS)
        return f"select {named} from {staged}"

    def subjects(self, staged: str, where: str) -> str:
        """Return SQL of vin, subject and place of staged rows ``s``."""
        return f"select vin, {self.subject} as subject, source_id, source_row from {staged} s where {where}"


_VERSION = "campaign_code || '|' || cast(remedy_version as text)"
_HUNDREDTHS = "coalesce(cast(cast(round(hours * 100) as integer) as text), '')"

EVENTS: Mapping[str, tuple[RowEvent, ...]] = {
    "population": (
        RowEvent(
            kind="'added'",
            subject=f"'pop|' || {_VERSION}",
            content="coalesce(cast(added_date as text), '')",
            occurred_on="occurred_on",
            remedy_version="remedy_version",
            where="occurred_on is not null",  # a blank day of a vehicle that is in the version says nothing
        ),
        RowEvent(
            kind="'removed'",
            subject=f"'rem|' || {_VERSION}",
            content="cast(removed_date as text)",
            occurred_on="removed_date",
            remedy_version="remedy_version",
            where="removed_date is not null",
            stated_in="removed_date",
            found="e.kind = 'removed'",
        ),
    ),
    "vehicle_status": (
        RowEvent(
            kind="status",
            subject="'status|' || cast(effective_date as text) || '|' || source",
            content="status",
            occurred_on="effective_date",
            campaign_code="cast(null as text)",
        ),
    ),
    "repair_orders": (
        RowEvent(
            kind="outcome",
            subject="'ro|' || dealer_code || '|' || ro_id || '|' || campaign_code",
            content=f"cast(close_date as text) || '|' || outcome || '|' || {_HUNDREDTHS}",
            occurred_on="close_date",
            dealer_code="dealer_code",
            hours="hours",
        ),
        RowEvent(  # the same work, for the campaign that took this one's place; its hours are told once
            kind="outcome",
            subject="'for|' || dealer_code || '|' || ro_id || '|' || campaign_code",
            content="counts_for || '|' || cast(close_date as text) || '|' || outcome",
            occurred_on="close_date",
            campaign_code="counts_for",
            dealer_code="dealer_code",
            where="counts_for <> ''",
            stated_in="counts_for",
            found=f"{IS_OUTCOME} and e.subject between 'for' and 'fos' and e.subject like 'for|%'",
        ),
    ),
    "mail_events": (
        RowEvent(
            kind="'mailed'",
            subject="'mail|' || letter",
            content="cast(mailed_date as text)",
            occurred_on="mailed_date",
            where="mailed_date is not null",
            withdrawn_by="kind = 'mailed'",
        ),
        RowEvent(
            kind="'returned'",
            subject="'return|' || letter",
            content="cast(returned_date as text) || case when return_code = '' then '' else '|' || return_code end",
            occurred_on="returned_date",
            return_code="return_code",
            where="kind = 'returned'",
            withdrawn_by="kind = 'returned'",
        ),
    ),
}


@dataclass(frozen=True)
class Rule:
    """Which rows of the staged table ``s`` the ledger's state refuses, at which column, and the reason in words.

    ``of`` is the event of the row that is refused: a row whose event is known already changes nothing, and is let be.
    ``adding`` is SQL of what is to be added to the reason; ``s.about`` is the subject of the row's first event.
    """

    column: str
    where: str
    reason: str
    of: int = 0
    before_filing: bool = False  # asked only where a row is older than its campaign
    adding: str = "''"


_IN_POPULATION = """exists (select 1 from state t
    where t.vin = s.vin and t.campaign_code = s.{code}"""
_OWN = (
    f"s.withdrawn = '' and s.counts_for = '' and not {_IN_POPULATION.format(code='campaign_code')}"
)
# A refused row moves no order: the vehicle that has it keeps it, and whoever sent the row must hear so.
_STAYS = f"""coalesce((select ' The order is recorded under ' || min(e.vin) || ' and stays there: if that work was never done on it,'
        || ' load its row with that VIN and yes in withdrawn.' from event e
    where e.subject = s.about and e.vin <> s.vin and s.withdrawn = '' and {IS_OUTCOME} and {stands("e")}), '')"""
_YEAR_OF_WORK = "cast(substr(cast(s.close_date as text), 1, 4) as integer)"

RULES: Mapping[str, tuple[Rule, ...]] = {
    "repair_orders": (
        Rule(
            "vin",
            f"{_OWN})",
            "The vehicle is not in the population of this campaign.",
            adding=_STAYS,
        ),
        Rule(
            "close_date",
            f"{_OWN} and (t.status <> 'removed' or t.since > s.close_date))",
            "The vehicle was taken out of this campaign before this work was done. If the work completes the campaign that took"
            " its place, name that one in counts_for.",
            adding=_STAYS,
        ),
        Rule(
            "counts_for",
            "s.withdrawn = '' and s.counts_for <> '' and not"
            f" {_IN_POPULATION.format(code='counts_for')} and (t.status <> 'removed' or t.since > s.close_date))",
            "The vehicle is not in the population of the campaign in counts_for.",
            of=1,
            adding=_STAYS,
        ),
        Rule(
            "close_date",
            "exists (select 1 from vehicle v where v.vin = s.vin and s.close_date < v.build_date)",
            "The vehicle was built after this day.",
            before_filing=True,
            adding=_STAYS,
        ),
        Rule(  # a model year may be sold from the January before it on
            "close_date",
            "exists (select 1 from campaign c where c.campaign_code = s.campaign_code and s.close_date < c.filed_date) and exists ("
            f"select 1 from vehicle v where v.vin = s.vin and v.build_date is null and {_YEAR_OF_WORK} < v.model_year - 1)",
            "The vehicle is of a later model year: it was not built on this day. If it was, state its build_date in vehicles.",
            before_filing=True,
            adding=_STAYS,
        ),
    ),
}
