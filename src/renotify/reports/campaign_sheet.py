"""All that is registered of one campaign: its facts and who stated them when, scopes, documents, clocks, letters, kits, hours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.catalogue import PARTS, to_facts
from renotify.ledger import registry, sources, status
from renotify.ledger.accepted_wordings import accepted
from renotify.ledger.session import Session
from renotify.reports.deadlines import deadlines
from renotify.vehicle_lists.asked import Asked, command
from renotify.visits.needs import labour_rows

_PARTS = tuple(PARTS.values())
_NEVER_TOLD = ("campaign_code", "layers")  # the sheet's own name, and what the history shows apart
_OF_THE_CAMPAIGN = "'+' || {column} || '+' like '%+' || :code || '+%'"


class Said(NamedTuple):
    """One statement of a campaign: by whom, on which day, from which file and row, with its facts as JSON (empty: taken back)."""

    layer: str
    stated_on: date
    source_id: int
    source_row: int
    facts: str


class Letters(NamedTuple):
    """The pieces of a follow-up that name the campaign, by where they are; ``planned`` waits for its release."""

    follow_up: str
    pieces: int
    planned: int
    released: int
    accepted: int
    returned: int
    withdrawn: int


class Kit(NamedTuple):
    """What a repair takes of a part; a blank model is every model without a row of its own."""

    part_no: str
    description: str
    model: str
    qty: float
    take_rate: float


class Hours(NamedTuple):
    """Hours of the work on a model, blank for every model without a row of its own; of several campaigns done together, joined by +."""

    campaigns: str
    model: str
    hours: float


class InScope(NamedTuple):
    """How many vehicles of the campaign's population are of a model and year."""

    model: str
    year: int | None
    vehicles: int


def campaign_sheet(session: Session, code: str, on: date) -> dict[str, Any]:
    """Return what is registered of a campaign as of a day, as one document. Raises UnknownName.

    ``facts`` are those that stand, without blanks; ``history`` has each statement with the keys that it changed, from what to what;
    ``documents`` all revisions, with whether each is in force; ``clocks`` the rows of ``renotify deadlines`` that name it; ``hours`` those
    of several campaigns in one visit, too; ``accepted_wordings`` what a person accepted of its letters' texts though a rule refuses it,
    with those that were taken back; ``counts`` that of ``renotify status`` and the command that lists its open vehicles.
    """
    code = registry.in_other_case(session, code)
    campaign = registry.campaign(session, code)
    (counted,) = status.counts(session, campaign=code)
    open_ones = Asked(campaigns=(code,), statuses=("open",))
    return {
        "campaign": code,
        "counts": {**counted.document(), "list": command(open_ones)},
        "facts": _stated(to_facts(campaign)),
        "scopes": _scopes(campaign),
        "models": [row._asdict() for row in _models(session, code)],
        "documents": _documents(campaign, on),
        "answers": [one._asdict() for one in _answers(campaign)],
        "accepted_wordings": [one.document() for one in accepted(session, [code])],
        "clocks": [row for row in deadlines(session, on) if code in _names(row["campaign"])],
        "letters": [row._asdict() for row in _letters(session, code)],
        "kits": [row._asdict() for row in _kits(session, code)],
        "hours": [row._asdict() for row in _hours(session, code)],
        "history": list(_history(session, code)),
    }


def _stated(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that say something, without the parts that have a place of their own."""
    kept = {key: value for key, value in facts.items() if key not in (*_PARTS, *_NEVER_TOLD)}
    return {key: value for key, value in kept.items() if value not in ("", None, [], {}, False)}


def _scopes(campaign: Campaign) -> list[dict[str, Any]]:
    return [
        {
            "model": scope.model, "year_from": scope.year_from, "year_to": scope.year_to,
            "built_from": scope.built_from, "built_to": scope.built_to, "plant": scope.plant, "text": scope.text,
        }
        for scope in campaign.scopes
    ]  # fmt: skip


def _documents(campaign: Campaign, on: date) -> list[dict[str, Any]]:
    ordered = sorted(campaign.documents, key=lambda one: (one.kind, one.effective_date))
    return [
        {
            "kind": one.kind, "revision": one.revision, "effective_date": one.effective_date,
            "in_force": campaign.current_document(one.kind, on) == one, "location": one.location,
        }
        for one in ordered
    ]  # fmt: skip


class _Answer(NamedTuple):
    question: str
    answer: str
    language: str
    approved_on: date | None


def _answers(campaign: Campaign) -> list[_Answer]:
    return [
        _Answer(one.question, one.answer, one.language, one.approved_on) for one in campaign.answers
    ]


def _names(subject: str) -> list[str]:
    """Return the codes that a clock is about: several codes of one recall stand in it joined by commas."""
    return [one.strip() for one in subject.split(",")]


def _models(session: Session, code: str) -> list[InScope]:
    return session.rows(
        InScope,
        "select coalesce(v.model, '') as model, v.model_year as year, count(*) as vehicles"
        " from state s left join vehicle v on v.vin = s.vin where s.current and s.campaign_code = :code"
        " group by coalesce(v.model, ''), v.model_year order by 1, 2",
        code=code,
    )


def _letters(session: Session, code: str) -> list[Letters]:
    states = {
        "planned": "state in ('listed', 'planned')",
        "released": "state in ('released', 'printed')",
        "accepted": "state = 'accepted'",
        "returned": "returned_on is not null",
        "withdrawn": "state not in ('listed', 'planned', 'released', 'printed', 'accepted')",
    }
    sums = ", ".join(f"sum(case when {sql} then 1 else 0 end) as {n}" for n, sql in states.items())
    return session.rows(
        Letters,
        f"select follow_up, count(*) as pieces, {sums} from piece"
        f" where {_OF_THE_CAMPAIGN.format(column='bundle')} group by follow_up order by follow_up",
        code=code,
    )


def _kits(session: Session, code: str) -> list[Kit]:
    return session.rows(
        Kit,
        "select c.part_no, p.description, c.model, c.qty, c.take_rate from campaign_part c"
        " join part p on p.part_no = c.part_no where c.campaign_code = :code order by c.part_no, c.model",
        code=code,
    )


def _hours(session: Session, code: str) -> list[Hours]:
    return sorted(
        Hours(row.campaign_code, row.model, row.hours)
        for row in labour_rows(session)
        if code in row.campaign_code.split("+")
    )


def _history(session: Session, code: str) -> Iterator[dict[str, Any]]:
    """Yield each statement in the order in which it was recorded, with what it changed in its layer."""
    rows = session.rows(
        Said,
        "select f.layer, f.stated_on, f.source_id, f.source_row, cast(f.facts as text) as facts from campaign_fact f"
        " join source s on s.id = f.source_id where f.campaign_code = :code order by s.recorded_at, f.id",
        code=code,
    )
    known = {one.id: one for one in sources.named(session, {row.source_id for row in rows})}
    held: dict[str, dict[str, Any]] = {}
    for row in rows:
        before, now = held.get(row.layer, {}), _without_blanks(json.loads(row.facts))
        held[row.layer] = now
        source = known[row.source_id]
        yield {
            "stated_on": row.stated_on,
            "recorded_at": source.recorded_at,
            "by": row.layer,
            "file": source.name,
            "row": row.source_row,
            "taken_back": not now,
            "changed": _changed(before, now),
        }


def _without_blanks(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value not in ("", None, [], {}, False)}


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the keys that differ, each with its value before and now (None: not stated)."""
    keys: Sequence[str] = [key for key in {**before, **now} if key not in _NEVER_TOLD]
    return [
        {"key": key, "before": before.get(key), "now": now.get(key)}
        for key in keys
        if before.get(key) != now.get(key)
    ]
