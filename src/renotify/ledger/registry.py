"""The registry of campaigns: by code, as values; fed by campaigns.toml and by NHTSA's file.

The two are kept as layers beside each other, so that either may come first or again: what
campaigns.toml states stands, and NHTSA's record fills the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.catalogue import Facts, from_facts, to_facts
from renotify.campaigns.nhtsa import belongs, fill
from renotify.errors import UnknownName
from renotify.ledger.session import Session

if TYPE_CHECKING:
    import pyarrow as pa

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


def campaigns(session: Session, codes: Iterable[str] | None = None) -> dict[str, Campaign]:
    """Return campaigns by code, in order of code; all without ``codes``. Raises UnknownName."""
    wanted = None if codes is None else sorted(set(codes))
    known = {code: from_facts(facts) for code, facts in facts_by_code(session, wanted).items()}
    for code in wanted or ():
        if code not in known:
            hint = _hint(code, list(facts_by_code(session)))
            raise UnknownName(f"There is no campaign {code!r}.", hint)
    return known


def campaign(session: Session, code: str) -> Campaign:
    """Return one campaign. Raises UnknownName, with the codes that are near or known."""
    return campaigns(session, [code])[code]


def _hint(code: str, known: list[str]) -> str:
    if not known:
        return "No campaign is registered; load campaigns.toml first."
    near = get_close_matches(code.upper(), known, 3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    more = f" and {len(known) - LISTED_IN_HINT} more" if len(known) > LISTED_IN_HINT else ""
    return f"Known are {', '.join(known[:LISTED_IN_HINT])}{more}."


class Stored(NamedTuple):
    """A campaign's row: its code, and its facts as JSON."""

    campaign_code: str
    facts: str


def facts_by_code(session: Session, codes: Sequence[str] | None = None) -> dict[str, Facts]:
    """Return the stored facts of campaigns by code, layers included; of every campaign without ``codes``."""
    one_of = "true" if codes is None else f"campaign_code in {session.list_values('codes')}"
    rows = session.rows(
        Stored,
        "select campaign_code, cast(facts as text) as facts from campaign"
        f" where {one_of} order by campaign_code",
        **({} if codes is None else {"codes": json.dumps(codes)}),
    )
    return {row.campaign_code: json.loads(row.facts) for row in rows}


def save(
    session: Session, read: Sequence[Campaign], source_id: int, *, layer: str = CATALOGUE
) -> Counts:
    """Register campaigns as one layer says them, in the open transaction; the same again changes nothing."""
    known = facts_by_code(session)
    changed = []
    for row, one in enumerate(read, 1):
        for alone in _kept_apart(one, layer, known):
            known[alone["campaign_code"]] = alone
            changed.append((row, alone))
        facts = merged(one, layer, known)
        if facts != known.get(one.campaign_code):
            known[one.campaign_code] = facts
            changed.append((row, facts))
    if changed:
        _write(session, changed, source_id)
        _drop_adopted(session, [from_facts(facts) for _, facts in changed], known)
    return Counts(accepted=len(changed), unchanged=len(read) - len(changed))


def merged(one: Campaign, layer: str, known: dict[str, Facts]) -> Facts:
    """Return the facts to store: this layer as given now, the other as stored, and the two filled into one.

    NHTSA's record that is not of the campaign as the maker states it (``nhtsa.belongs``) is let go.
    """
    layers: dict[str, Any] = dict(known.get(one.campaign_code, {}).get("layers", {}))
    layers[layer] = to_facts(one)
    whole = from_facts(layers.get(CATALOGUE, layers[layer]))
    if {CATALOGUE, NHTSA} <= set(layers) and not belongs(whole, from_facts(layers[NHTSA])):
        del layers[NHTSA]
    if layer == CATALOGUE and NHTSA not in layers and one.nhtsa_campaign_number:
        layers |= _adopted(one, known)
    if NHTSA in layers:
        whole = fill(whole, from_facts(layers[NHTSA]))
    return {**to_facts(whole), "layers": layers}


def layers_of(facts: Facts) -> tuple[Campaign | None, Campaign | None]:
    """Return a stored campaign as campaigns.toml states it and as NHTSA records it; None where that one has not spoken."""
    layers = facts.get("layers", {})
    stated, filed = (
        from_facts(layers[name]) if name in layers else None for name in (CATALOGUE, NHTSA)
    )
    return stated, filed


def _kept_apart(one: Campaign, layer: str, known: dict[str, Facts]) -> list[Facts]:
    """Return, under its own number, the recall that alone had a code which another make's campaign now takes."""
    stated, filed = layers_of(known.get(one.campaign_code, {}))
    if layer != CATALOGUE or stated or filed is None or belongs(one, filed):
        return []
    moved = {**to_facts(filed), "campaign_code": filed.nhtsa_campaign_number}
    return [] if filed.nhtsa_campaign_number in known else [{**moved, "layers": {NHTSA: moved}}]


def _adopted(one: Campaign, known: dict[str, Facts]) -> dict[str, Facts]:
    """Return the NHTSA layer kept under another code for this campaign's number, if any."""
    for facts in known.values():
        if facts.get("nhtsa_campaign_number") == one.nhtsa_campaign_number:
            filed = facts.get("layers", {}).get(NHTSA)
            if filed:
                return {NHTSA: filed | {"campaign_code": one.campaign_code}}
    return {}


def _write(session: Session, changed: Sequence[tuple[int, Facts]], source_id: int) -> None:
    from renotify.ledger import tables

    plain = tables.schema("campaign")
    session.stage(_STAGED, _arrow(changed, source_id, plain))
    names = [*plain.names, "facts"]
    facts = "facts" if session.sqlite else "cast(facts as jsonb)"
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "campaign_code")
    session.execute(
        f"insert into campaign ({', '.join(names)}) select {', '.join(plain.names)}, {facts}"
        f" from {_STAGED} where true on conflict (campaign_code) do update set {updates}"
    )
    session.execute(f"drop table {_STAGED}")


def _arrow(changed: Sequence[tuple[int, Facts]], source_id: int, plain: pa.Schema) -> pa.Table:
    import pyarrow as pa

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


def _drop_adopted(session: Session, saved: Iterable[Campaign], known: dict[str, Facts]) -> None:
    """Drop a campaign known by its NHTSA number alone, once its own code has come.

    One that already has vehicles is kept.
    """
    for one in saved:
        stand_in = known.get(one.nhtsa_campaign_number, {}).get("layers", {})
        if one.campaign_code != one.nhtsa_campaign_number and list(stand_in) == [NHTSA]:
            session.execute(
                "delete from campaign where campaign_code = :code"
                " and not exists (select 1 from event where campaign_code = :code)",
                code=one.nhtsa_campaign_number,
            )
