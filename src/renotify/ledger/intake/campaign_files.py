"""Loads campaigns: from campaigns.toml, and from NHTSA's FLAT_RCL beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import pyarrow as pa

from renotify.campaigns import catalogue, nhtsa
from renotify.campaigns.campaign import Campaign
from renotify.errors import BadInput
from renotify.ledger import registry
from renotify.ledger.campaign_history import histories
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.loaded import Loaded
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.intake.row_checks import REJECTS
from renotify.ledger.registry import CATALOGUE, Counts
from renotify.ledger.session import Session
from renotify.values.english import series


def load_catalogue(
    session: Session, file: Found, source_id: int, loaded: Loaded, on: date
) -> Counts:
    """Register the campaigns of campaigns.toml; each campaign counts as one row.

    Raises BadInput for a day of effect that lies ahead.
    """
    read = catalogue.read(file.path)
    _refuse_ahead(read, file.name, on)
    known = registry.facts_by_code(session)
    counts = registry.save(session, read, source_id, on=on)
    loaded.notes += _said_otherwise(session, read, known)
    for one in read:
        filed = known.get(one.campaign_code, {}).get("layers", {}).get(registry.NHTSA)
        if filed:
            loaded.notes += nhtsa.fill(one, catalogue.from_facts(filed))[1]
    loaded.add(file.table, counts, len(read))
    return counts


def _refuse_ahead(read: Iterable[Campaign], file: str, on: date) -> None:
    for one in read:
        if one.effective_date and one.effective_date > on:
            raise BadInput(
                f"{file}, campaign {one.campaign_code}: effective_date {one.effective_date} is after the day of the load, {on}.",
                "Load it on that day; a remedy to come is stated by remedy_available_date.",
            )


def _said_otherwise(
    session: Session, read: Iterable[Campaign], known: Mapping[str, catalogue.Facts]
) -> Iterator[str]:
    """Say for each campaign that was known what is said otherwise now, and for which days it holds."""
    before = {code: facts["layers"].get(CATALOGUE) for code, facts in known.items()}
    changed = {
        one.campaign_code: keys
        for one in read
        if before.get(one.campaign_code)
        and (keys := _other_keys(one, before[one.campaign_code] or {}))
    }
    for code, history in histories(session, list(changed)).items():
        start = history.held_from(CATALOGUE)
        since = f"from {start} on; before, it is as it was said" if start else "from the beginning"
        yield f"{code}: {series(changed[code])} said otherwise than before: this holds {since}."


def _other_keys(one: Campaign, before: catalogue.Facts) -> list[str]:
    now, then = catalogue.to_facts(one), catalogue.to_facts(catalogue.from_facts(before))
    return sorted(
        key
        for key in now
        if now[key] != then[key] and not (key == "effective_date" and now[key] is None)
    )


def load_flat_rcl(
    session: Session,
    file: Found,
    source_id: int,
    loaded: Loaded,
    rejects: Rejects,
    on: date,
) -> Counts:
    """Merge NHTSA's recalls into the campaigns they belong to, or register them; rows are counted.

    A recall goes to the campaigns with its number, else to the one campaign of its maker's code
    that has no number, else it is registered anew.
    """
    read = nhtsa.read_flat_rcl(file.path)
    loaded.notes += read.notes
    known = registry.campaigns(session)
    recalls = [recall for recall in read.recalls.values() if recall.kind == nhtsa.VEHICLES]
    passed = len(read.recalls) - len(recalls)
    if passed:
        loaded.notes.append(
            f"{file.name}: {passed} recalls of equipment, seats or tires were passed over."
        )
    targets = _targets(recalls, known)
    loaded.notes += [
        f"{file.name}: {code} names no code of the maker's and is registered under its NHTSA number;"
        f' state nhtsa_campaign_number = "{code}" in campaigns.toml to join it to a campaign of yours.'
        for recall, code in targets
        if code == recall.number and code not in known
    ]
    campaigns = [nhtsa.as_campaign(recall, code) for recall, code in targets]
    loaded.notes += _differences(campaigns, known)
    changed = _save(session, campaigns, source_id, on)
    accepted = sum(r.rows for r in recalls if {code for one, code in targets if one is r} & changed)
    counts = Counts(accepted, len(read.bad), read.rows - accepted - len(read.bad))
    rejects.add(file.name, _lines(read.bad))
    loaded.add(file.table, counts, read.rows)
    return counts


def _targets(
    recalls: Iterable[nhtsa.Recall], known: Mapping[str, Campaign]
) -> list[tuple[nhtsa.Recall, str]]:
    """Pair each recall with the codes of its campaigns."""
    recalls = sorted(recalls, key=lambda recall: recall.number)
    claims = Counter(code for recall in recalls for code in _single_code(recall))
    by_number: dict[str, list[str]] = {}
    for code, campaign in known.items():
        by_number.setdefault(campaign.nhtsa_campaign_number, []).append(code)
    pairs = []
    for recall in recalls:
        codes = by_number.get(recall.number) or [_code(recall, known, claims)]
        pairs += [(recall, code) for code in codes]
    return pairs


def _single_code(recall: nhtsa.Recall) -> list[str]:
    """Return the maker's code when the recall has one; ``6LD 60F`` is two."""
    codes = {code for text in recall.codes for code in text.replace(",", " ").split()}
    return list(codes) if len(codes) == 1 else []


def _code(recall: nhtsa.Recall, known: Mapping[str, Campaign], claims: Counter[str]) -> str:
    for code in _single_code(recall):
        free = code not in known or not known[code].nhtsa_campaign_number
        if free and claims[code] == 1 and catalogue.is_code(code):
            return code
    return recall.number


def _differences(campaigns: Iterable[Campaign], known: Mapping[str, Campaign]) -> list[str]:
    notes = []
    for recall in campaigns:
        if recall.campaign_code in known:
            notes += nhtsa.fill(known[recall.campaign_code], recall)[1]
    return notes


def _save(session: Session, campaigns: list[Campaign], source_id: int, on: date) -> set[str]:
    before = registry.facts_by_code(session)
    registry.save(session, campaigns, source_id, on=on, layer=registry.NHTSA)
    after = registry.facts_by_code(session)
    return {code for code, facts in after.items() if facts != before.get(code)}


def _lines(bad: Iterable[nhtsa.BadRow]) -> pa.Table:
    rows = [(line.row, line.column, line.value, line.reason) for line in bad]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return pa.table([pa.array(column) for column in columns] if rows else columns, schema=REJECTS)
