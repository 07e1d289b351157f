"""Loads campaigns: from campaigns.toml, and from NHTSA's FLAT_RCL beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches

import pyarrow as pa

from renotify.campaigns import catalogue, flat_rcl, nhtsa, tab_lines
from renotify.campaigns.campaign import Campaign
from renotify.campaigns.catalogue import Facts
from renotify.campaigns.flat_rcl import FlatRcl, Wanted
from renotify.campaigns.makes import make_key, make_keys
from renotify.campaigns.nhtsa_files import BadRow
from renotify.errors import BadInput
from renotify.ledger import recall_makes, registry
from renotify.ledger.campaign_history import histories
from renotify.ledger.intake import recall_joins
from renotify.ledger.intake.contract import FILED_REPORTS_TABLE, FLAT_RCL_TABLE
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.loaded import Loaded
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.intake.row_checks import REJECTS
from renotify.ledger.recall_makes import Makes, MakesInFiles
from renotify.ledger.registry import CATALOGUE, Counts
from renotify.ledger.session import Session
from renotify.values.english import counted, series


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
        _, filed = registry.layers_of(known.get(one.campaign_code, {}))
        if filed is not None:
            loaded.notes += _of_both(one, filed)
    loaded.notes += _on_stand_ins(known, registry.facts_by_code(session))
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
        told = ["[campaign.es]" if key == "spanish" else key for key in changed[code]]
        yield f"{code}: {series(told)} said otherwise than before: this holds {since}."


def _other_keys(one: Campaign, before: catalogue.Facts) -> list[str]:
    now, then = catalogue.to_facts(one), catalogue.to_facts(catalogue.from_facts(before))
    return sorted(
        key
        for key in {*now, *then}
        if now.get(key) != then.get(key) and not (key == "effective_date" and now.get(key) is None)
    )


def _on_stand_ins(before: Mapping[str, Facts], after: Mapping[str, Facts]) -> Iterator[str]:
    """Say which campaign that NHTSA's file alone had registered has given way to the maker's own, and which could not."""
    own: dict[str, list[str]] = {}
    for code, facts in after.items():
        if CATALOGUE in facts["layers"]:
            own.setdefault(facts["nhtsa_campaign_number"], []).append(code)
    then, now = registry.stand_ins(before), registry.stand_ins(after)
    for number in sorted(({*then, *now} & {*own}) - {""}):
        alone = {*then.get(number, ()), *now.get(number, ())}
        for code in sorted(alone - {*own[number]}):
            record = f"{code}: NHTSA's record of {number}, registered by itself, is that of {series(own[number])}"
            if code in after:
                yield f"{record}; {code} has vehicles, parts or labor times and stays: reports list both codes."
            else:
                yield f"{record} now; {code} is taken back, and its history stays."


def _of_both(stated: Campaign, filed: Campaign) -> Iterator[str]:
    """Say where a campaign stands against NHTSA's record, or that the record is not its own any more."""
    if nhtsa.belongs(stated, filed):
        yield from nhtsa.overruled(stated, filed)
    else:
        yield (
            f"{stated.campaign_code}: NHTSA's record of {filed.nhtsa_campaign_number} was taken from it;"
            " load FLAT_RCL again to register that recall by itself."
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

    Read are the recalls of the makes of ``recall_makes``, and those with a number of ours. What belongs to
    what is the business of ``recall_joins``.
    """
    known = registry.campaigns(session)
    makes = recall_makes.of_ledger(session, known.values())
    numbers = frozenset(one.nhtsa_campaign_number for one in known.values()) - {""}
    read = flat_rcl.read_flat_rcl(file.path, Wanted(makes.keys, numbers))
    joined, by = recall_joins.joins(read.recalls.values(), known, makes.keys)
    campaigns = [by.campaign(join) for join in joined]
    before = registry.facts_by_code(session)
    registry.save(session, campaigns, source_id, on=on, layer=registry.NHTSA)
    after = registry.facts_by_code(session)
    changed = {code for code in {*before, *after} if after.get(code) != before.get(code)}
    loaded.notes += [
        *read.notes,
        *_passed_over(file.name, read, makes),
        *(f"{file.name}: {note}" for note in recall_joins.notes(joined, by)),
        *_changes(campaigns, before),
        *_on_stand_ins(before, after),
    ]
    accepted = sum({j.recall.number: j.recall.rows for j in joined if j.code in changed}.values())
    counts = Counts(accepted, len(read.bad), read.rows - accepted - len(read.bad))
    rejects.add(file.name, reject_lines(read.bad))
    loaded.add(file.table, counts, read.rows)
    return counts


def makes_in(files: Iterable[Found]) -> MakesInFiles:
    """Return the makes of NHTSA's recall files among some files, and the manufacturers of its reports."""
    makes: set[str] = set()
    makers: set[str] = set()
    for file in files:
        if file.table == FLAT_RCL_TABLE:
            makes.update(tab_lines.index(file.path, {"make": 2}).fields["make"].texts)
        elif file.table == FILED_REPORTS_TABLE:
            makers.update(tab_lines.index(file.path, {"maker": 0}).fields["maker"].texts)
    return MakesInFiles(frozenset(makes), frozenset(makers))


def _passed_over(file: str, read: FlatRcl, makes: Makes) -> Iterator[str]:
    """Say in one sentence how many rows were of other makes, and in one which wanted make the file does not have."""
    if read.others:
        others = len(make_keys(read.makes) - makes.keys)
        taken = f"taken are recalls of {series(makes.makes)}, {makes.because}"
        nothing = "this ledger has no vehicle or campaign yet that says whose recalls to take"
        yield (
            f"{file}: {counted(read.others, 'row')} of {counted(others, 'other make')} passed over;"
            f" {taken if makes.makes else nothing}. Take those of a make in: `renotify load {file} --make MAKE`."
        )
    there = {make_key(make): make for make in read.makes}
    for make in makes.makes if makes.stated else ():
        if make_key(make) not in there:
            near = get_close_matches(make_key(make), there, 1)
            meant = f"; did you mean {there[near[0]]}?" if near else "."
            yield f"{file}: no row is of the make {make}{meant}"


def _changes(campaigns: Iterable[Campaign], before: Mapping[str, Facts]) -> Iterator[str]:
    """Say what NHTSA's record says otherwise than before, and where it says otherwise than campaigns.toml."""
    for recall in campaigns:
        stated, filed = registry.layers_of(before.get(recall.campaign_code, {}))
        if stated is not None:
            yield from _of_both(stated, recall)
        if filed is not None and (stated is None or nhtsa.belongs(stated, recall)):
            yield from nhtsa.amended(filed, recall, stated)
        elif stated is not None and filed is None:
            yield from nhtsa.warned(stated, recall)


def reject_lines(bad: Iterable[BadRow]) -> pa.Table:
    """Return bad lines of NHTSA's files as lines of the rejects file."""
    rows = [(line.row, line.column, line.value, line.reason) for line in bad]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return pa.table([pa.array(column) for column in columns] if rows else columns, schema=REJECTS)
