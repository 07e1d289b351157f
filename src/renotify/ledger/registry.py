"""The registry of campaigns: by code, as values; fed by campaigns.toml and by NHTSA's file.

The two are kept as layers beside each other, so that either may come first or again: what
campaigns.toml states stands, and NHTSA's record fills the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.catalogue import Facts, from_facts, to_facts
from renotify.campaigns.nhtsa import fill
from renotify.errors import UnknownName
from renotify.ledger import tables
from renotify.ledger.bulk import Bulk, bulk

CATALOGUE, NHTSA = "catalogue", "nhtsa"
LISTED_IN_HINT = 12
_STAGED = "campaigns_read"


@dataclass(frozen=True)
class Counts:
    """Rows of one load: new or changed, refused, already known; together the rows of the files."""

    accepted: int = 0
    rejected: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.unchanged + other.unchanged,
        )


def campaigns(codes: Iterable[str] | None = None, using: Bulk | None = None) -> dict[str, Campaign]:
    """Return campaigns by code, in order of code; all without ``codes``. Raises UnknownName."""
    known = {code: from_facts(facts) for code, facts in facts_by_code(using).items()}
    if codes is None:
        return known
    wanted = sorted(set(codes))
    for code in wanted:
        if code not in known:
            raise UnknownName(f"There is no campaign {code!r}.", _hint(code, list(known)))
    return {code: known[code] for code in wanted}


def campaign(code: str) -> Campaign:
    """Return one campaign. Raises UnknownName, with the codes that are near or known."""
    return campaigns([code])[code]


def _hint(code: str, known: list[str]) -> str:
    if not known:
        return "No campaign is registered; load campaigns.toml first."
    near = get_close_matches(code.upper(), known, 3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    more = f" and {len(known) - LISTED_IN_HINT} more" if len(known) > LISTED_IN_HINT else ""
    return f"Known are {', '.join(known[:LISTED_IN_HINT])}{more}."


def facts_by_code(using: Bulk | None = None) -> dict[str, Facts]:
    """Return the stored facts of every campaign by code, its layers included."""
    wanted = pa.schema([("campaign_code", pa.string()), ("facts", pa.string())])
    sql = "select campaign_code, cast(facts as text) as facts from campaign order by campaign_code"
    with _opened(using) as opened:
        rows = opened.read(sql, wanted)
    pairs = zip(*(rows[name].to_pylist() for name in wanted.names), strict=True)
    return {code: json.loads(facts) for code, facts in pairs}


@contextmanager
def _opened(using: Bulk | None) -> Iterator[Bulk]:
    if using is not None:
        yield using
        return
    with bulk() as opened:
        yield opened


def save(
    read: Sequence[Campaign], source_id: int, *, layer: str = CATALOGUE, using: Bulk | None = None
) -> Counts:
    """Register campaigns as one layer says them; the same again changes nothing.

    ``using`` is a connection in a transaction of the caller; without it the save is its own.
    """
    if using is None:
        with bulk() as opened, opened.transaction():
            return save(read, source_id, layer=layer, using=opened)
    known = facts_by_code(using)
    changed = []
    for row, one in enumerate(read, 1):
        facts = merged(one, layer, known)
        if facts != known.get(one.campaign_code):
            known[one.campaign_code] = facts
            changed.append((row, facts))
    if changed:
        _write(changed, source_id, using)
        _drop_adopted([from_facts(facts) for _, facts in changed], known, using)
    return Counts(accepted=len(changed), unchanged=len(read) - len(changed))


def merged(one: Campaign, layer: str, known: dict[str, Facts]) -> Facts:
    """Return the facts to store: this layer as said now, the other as stored, and both as one."""
    layers: dict[str, Any] = dict(known.get(one.campaign_code, {}).get("layers", {}))
    layers[layer] = to_facts(one)
    if layer == CATALOGUE and NHTSA not in layers and one.nhtsa_campaign_number:
        layers |= _adopted(one, known)
    whole = from_facts(layers.get(CATALOGUE, layers[layer]))
    if NHTSA in layers:
        whole = fill(whole, from_facts(layers[NHTSA]))[0]
    return {**to_facts(whole), "layers": layers}


def _adopted(one: Campaign, known: dict[str, Facts]) -> dict[str, Facts]:
    """Return the NHTSA layer kept under another code for this campaign's number, if any."""
    for facts in known.values():
        if facts.get("nhtsa_campaign_number") == one.nhtsa_campaign_number:
            filed = facts.get("layers", {}).get(NHTSA)
            if filed:
                return {NHTSA: filed | {"campaign_code": one.campaign_code}}
    return {}


def _write(changed: Sequence[tuple[int, Facts]], source_id: int, using: Bulk) -> None:
    plain = tables.schema("campaign")
    using.stage(_STAGED, _arrow(changed, source_id, plain))
    names = [*plain.names, "facts"]
    facts = "facts" if using.sqlite else "cast(facts as jsonb)"
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "campaign_code")
    using.execute(
        f"insert into campaign ({', '.join(names)}) select {', '.join(plain.names)}, {facts}"
        f" from {_STAGED} where true on conflict (campaign_code) do update set {updates}"
    )
    using.execute(f"drop table {_STAGED}")


def _arrow(changed: Sequence[tuple[int, Facts]], source_id: int, plain: pa.Schema) -> pa.Table:
    columns: dict[str, list[object]] = {name: [] for name in [*plain.names, "facts"]}
    for row, facts in sorted(changed, key=lambda pair: str(pair[1]["campaign_code"])):
        one = from_facts(facts)
        apart = {
            "source_id": source_id,
            "source_row": row,
            "family": one.family,
            "campaign_type": str(one.campaign_type),
            "stated_involved": one.involved,
            "facts": json.dumps(facts, sort_keys=True),
        }
        for name, values in columns.items():
            values.append(apart[name] if name in apart else getattr(one, name))
    return pa.table(columns, schema=plain.append(pa.field("facts", pa.string())))


def _drop_adopted(saved: Iterable[Campaign], known: dict[str, Facts], using: Bulk) -> None:
    """Drop a campaign known by its NHTSA number alone, once its own code has come.

    One that already has vehicles is kept.
    """
    for one in saved:
        stand_in = known.get(one.nhtsa_campaign_number, {}).get("layers", {})
        if one.campaign_code != one.nhtsa_campaign_number and list(stand_in) == [NHTSA]:
            using.execute(
                "delete from campaign where campaign_code = :code"
                " and not exists (select 1 from event where campaign_code = :code)",
                code=one.nhtsa_campaign_number,
            )
