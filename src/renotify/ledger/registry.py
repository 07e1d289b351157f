"""The registry of campaigns: by code, as values; fed by campaigns.toml and by NHTSA's file.

The two are kept as layers beside each other, so that either may come first or again: what
campaigns.toml states stands, and NHTSA's record fills the rest. Each time one says something new it is a statement of
``campaign_history``; the table ``campaign`` keeps their fold of today.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.catalogue import Facts, from_facts, to_facts
from renotify.campaigns.nhtsa import belongs
from renotify.errors import UnknownName
from renotify.ledger.campaign_history import KEPT, NewStatement, add, histories, joined
from renotify.ledger.kinds import Layer
from renotify.ledger.session import Session

if TYPE_CHECKING:
    import pyarrow as pa

CATALOGUE, NHTSA = Layer.CATALOGUE, Layer.NHTSA
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


def campaigns(
    session: Session,
    codes: Iterable[str] | None = None,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> dict[str, Campaign]:
    """Return campaigns by code, in order of code; all without ``codes``. Raises UnknownName.

    ``as_of`` gives them as they were on a day, ``known_at`` as they were known at an instant: one that nobody knew yet is left
    out, or is as it was said first where its code is asked for.
    """
    wanted = None if codes is None else sorted(set(codes))
    known = (
        _past(session, wanted, as_of, known_at)
        if as_of or known_at
        else {row.campaign_code: _of_text(row.facts) for row in _stored(session, wanted)}
    )
    for code in wanted or ():
        if code not in known:
            raise unknown(session, code)
    return known


def _past(
    session: Session, codes: Sequence[str] | None, as_of: date | None, known_at: datetime | None
) -> dict[str, Campaign]:
    found = histories(session, codes, known_at)
    then = {code: history.on(as_of) for code, history in found.items()}
    return {code: one for code, one in then.items() if one is not None}


def campaign(session: Session, code: str) -> Campaign:
    """Return one campaign. Raises UnknownName, with the codes that are near or known."""
    return campaigns(session, [code])[code]


def unknown(session: Session, code: str) -> UnknownName:
    """Return the error of a code that is none, with the codes that are near or known."""
    hint = _hint(code, list(facts_by_code(session)))
    return UnknownName(f"There is no campaign {code!r}.", hint)


def in_other_case(session: Session, name: str) -> str:
    """Return the one code that a name is but for large and small letters; the name where there is none, or several."""
    same = [code for code in facts_by_code(session) if code.casefold() == name.casefold()]
    return same[0] if len(same) == 1 else name


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
    return {row.campaign_code: json.loads(row.facts) for row in _stored(session, codes)}


@lru_cache(maxsize=KEPT)
def _of_text(facts: str) -> Campaign:
    """Return the campaign of stored facts: every room asks for the same ones."""
    return from_facts(json.loads(facts))


def _stored(session: Session, codes: Sequence[str] | None) -> list[Stored]:
    """Return the rows of campaigns; a plan asks for the same ones ten times in one snapshot."""
    return session.remembered(_rows, None if codes is None else tuple(codes))


def _rows(session: Session, codes: tuple[str, ...] | None) -> list[Stored]:
    one_of = "true" if codes is None else f"campaign_code in {session.list_values('codes')}"
    return session.rows(
        Stored,
        "select campaign_code, cast(facts as text) as facts from campaign"
        f" where {one_of} order by campaign_code",
        **({} if codes is None else {"codes": json.dumps(codes)}),
    )


def save(
    session: Session,
    read: Sequence[Campaign],
    source_id: int,
    *,
    on: date,
    layer: str = CATALOGUE,
) -> Counts:
    """Register campaigns as one layer says them on a day, in the open transaction; the same again changes nothing."""
    known = facts_by_code(session)
    changed: list[tuple[int, Facts]] = []
    said: list[NewStatement] = []
    for row, one in enumerate(read, 1):
        for code, new in _news(one, layer, known).items():
            layers = known.get(code, {}).get("layers", {}) | new
            facts = joined({name: told for name, told in layers.items() if told})
            if new and facts:
                known[code] = facts
                changed.append((row, facts))
                said += [NewStatement(row, code, *item) for item in new.items()]
    if changed:
        _write(session, changed, source_id)
    said += _drop_adopted(session, read, known)
    if said:
        add(session, said, source_id, on)
    accepted = len({one.source_row for one in said})
    return Counts(accepted=accepted, unchanged=len(read) - accepted)


def _news(one: Campaign, layer: str, known: dict[str, Facts]) -> dict[str, dict[str, Facts]]:
    """Return what is new by code and layer: this layer's facts, and where NHTSA's record comes or goes with them.

    A record kept under its number alone comes to the campaign of that number. One that is not of the campaign as the maker
    states it (``nhtsa.belongs``) is taken back; where it alone had the code, it is kept under its number.
    """
    before = known.get(one.campaign_code, {}).get("layers", {})
    new: dict[str, Facts] = {str(layer): to_facts(one)}
    stated, filed = layers_of({"layers": before | new})
    strange = stated is not None and filed is not None and not belongs(stated, filed)
    if strange:
        new[str(NHTSA)] = {}
    if layer == CATALOGUE and one.nhtsa_campaign_number and (strange or NHTSA not in before):
        new |= _adopted(one, known)
    told = {name: facts for name, facts in new.items() if not _same(facts, before.get(name))}
    apart = _kept_apart(before, filed, known) if strange and filed else {}
    return {**apart, one.campaign_code: told}


def _same(facts: Facts, before: Facts | None) -> bool:
    """Return whether a layer says what it said before; a day of effect that is left out is as it was."""
    if not facts or not before:
        return not facts and not before
    day = facts.get("effective_date") or before.get("effective_date")
    return from_facts(facts | {"effective_date": day}) == from_facts(before)


def layers_of(facts: Facts) -> tuple[Campaign | None, Campaign | None]:
    """Return a stored campaign as campaigns.toml states it and as NHTSA records it; None where that one has not spoken."""
    layers = facts.get("layers", {})
    stated, filed = (
        from_facts(layers[name]) if name in layers else None for name in (CATALOGUE, NHTSA)
    )
    return stated, filed


def _kept_apart(
    before: dict[str, Facts], filed: Campaign, known: dict[str, Facts]
) -> dict[str, dict[str, Facts]]:
    """Return, under its own number, the recall that alone had a code which another make's campaign now takes."""
    number = filed.nhtsa_campaign_number
    if list(before) != [NHTSA] or number in known:
        return {}
    return {number: {str(NHTSA): {**to_facts(filed), "campaign_code": number}}}


def _adopted(one: Campaign, known: dict[str, Facts]) -> dict[str, Facts]:
    """Return the NHTSA layer kept under another code for this campaign's number, if any."""
    for facts in known.values():
        if facts.get("nhtsa_campaign_number") == one.nhtsa_campaign_number:
            filed = facts.get("layers", {}).get(NHTSA)
            if filed:
                return {str(NHTSA): filed | {"campaign_code": one.campaign_code}}
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


def stand_ins(known: Mapping[str, Facts]) -> dict[str, list[str]]:
    """Return, by NHTSA number, the codes of campaigns that NHTSA's file alone has registered."""
    found: dict[str, list[str]] = {}
    for code, facts in known.items():
        if list(facts.get("layers", {})) == [NHTSA]:
            found.setdefault(facts["nhtsa_campaign_number"], []).append(code)
    return found


def _drop_adopted(
    session: Session, read: Iterable[Campaign], known: dict[str, Facts]
) -> list[NewStatement]:
    """Drop what NHTSA's file alone has registered, once a maker's campaign has its number; return the statements that take it back.

    It may stand under its number or under a code of NHTSA's file. One that has vehicles, parts or labor times is kept.
    """
    alone, said = stand_ins(known), []
    for row, one in enumerate(read, 1):
        facts = known[one.campaign_code]
        if CATALOGUE in facts["layers"]:
            said += [
                NewStatement(row, code, NHTSA, {})
                for code in alone.pop(facts["nhtsa_campaign_number"], ())
                if session.execute(f"delete from campaign where {_UNUSED}", code=code)
            ]
    return said


_UNUSED = "campaign_code = :code" + "".join(
    f" and not exists (select 1 from {table} where {of_code})"
    for table, of_code in (
        ("event", "campaign_code = :code"),
        ("campaign_part", "campaign_code = :code"),
        ("labor_time", "'+' || campaign_code || '+' like '%+' || :code || '+%'"),
    )
)
