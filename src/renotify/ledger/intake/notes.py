"""Remarks on what was loaded: nothing is wrong enough to refuse, and people should know."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign, stated_total
from renotify.campaigns.catalogue import from_facts
from renotify.campaigns.missing_fact import Missing
from renotify.campaigns.missing_facts import missing
from renotify.ledger import registry
from renotify.ledger.accepted_wordings import handles_accepted
from renotify.ledger.campaign_history import KEPT
from renotify.ledger.intake.contract import CAMPAIGNS_TABLE, FLAT_RCL_TABLE, Contract
from renotify.ledger.intake.good_rows import GoodRows
from renotify.ledger.intake.loaded import Loaded
from renotify.ledger.outside_scopes import outside_scopes
from renotify.ledger.registry import CATALOGUE
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import at_two_dealers
from renotify.ledger.status import in_campaigns
from renotify.rules import RulePack, load
from renotify.values.address_as_meant import (
    ACROSS_LINE,
    AT_HOME,
    CITY_ALONE,
    JOINED_ZIPS,
    MILITARY_READ,
    NO_COUNTRY,
    NO_PLUS4,
    OTHER_PLUS4,
    OWN_ZEROS,
    POSTAL_READ,
    STATES_READ,
    STREET_MOVED,
    ZEROS,
    ZIP_READ,
)
from renotify.values.english import counted, series
from renotify.values.placeholders import NAMES

_CELLS = {
    "made_plain": "had characters that nobody sees, or of full width, mathematics or ligatures; the plain ones were taken.",
    "made_latin": "had letters of another alphabet that look like Latin ones within a word; the word was read as Latin.",
    "nameless": "blank: such a letter goes to the REGISTERED OWNER of the address.",
    ZEROS: "had lost leading zeros, which the state settles; they were given back.",
    OWN_ZEROS: "had lost leading zeros, which its number of digits settles; they were given back.",
    POSTAL_READ: "a postal code of Canada with letters for its digits (O, I, L); they were read as 0 and 1.",
    JOINED_ZIPS: "held ZIP+4; it was taken apart.",
    STATES_READ: "held a name, another spelling or nothing; the code was taken, by the ZIP Code where it was blank.",
    NO_PLUS4: "held no such digits (0000 is none), taken as blank.",
    ACROSS_LINE: "of a ZIP Code that a neighbouring state's post office serves: it is written to, and worth a look.",
    NO_COUNTRY: "held a word that is no country, taken as the United States; a country is named in English or by its code.",
    AT_HOME: "named a country over a state of ours and a ZIP Code of that state, taken as the United States.",
    CITY_ALONE: "ended with the state (or ZIP Code), too; it was left off.",
    MILITARY_READ: "of military mail (APO, FPO, DPO) read as the ZIP Code says: APO, FPO or DPO, and AE, AP or AA.",
    OTHER_PLUS4: "held another +4 than zip4, which was taken.",
    ZIP_READ: "blank and the ZIP Code in the city's cell, from where it was taken.",
    STREET_MOVED: "blank and the street in addr2, from where it was taken.",
    "blanked": "held a word for nothing (such as NULL or N/A), taken as blank.",
    "decoded": "had HTML entities or backslash escapes, which were decoded.",
    "asked": (
        "held a word that may stand for nothing (such as UNKNOWN): nobody is written to there before a person has looked;"
        " followup show NAME --unwritten lists the records."
    ),
}
_ASKED_NAME = (
    "held a word that may stand for nothing (such as UNKNOWN): the letter goes to the REGISTERED OWNER of the address until a person"
    " has looked; followup show NAME --unwritten lists the records."
)
ABOUT_POPULATIONS = ("population", CAMPAIGNS_TABLE, FLAT_RCL_TABLE)
OWNERS = "owners"
APPOINTMENTS = "appointments"
SHOWN = 5  # vehicles named in a note
ABOUT_REMEDIES = (*ABOUT_POPULATIONS, "vehicles")
_MODELS = pa.schema([("campaign_code", pa.string()), ("model", pa.string())])
_VINS = pa.schema([("vin", pa.string())])
_CODES = pa.schema([("campaign_code", pa.string())])
_OWNERS = pa.schema([("campaign_code", pa.string()), ("owners", pa.int64())])
_VERSIONS = pa.schema(
    [("campaign_code", pa.string()), ("involved", pa.int64()), ("last_version", pa.int64())]
)


def on_rows(contract: Contract, good: GoodRows) -> Iterator[str]:
    """Say what was made right on the way, and which files had no rows."""
    if good.repaired_vins:
        yield (
            f"{contract.table}: {counted(good.repaired_vins, 'VIN')} {'was' if good.repaired_vins == 1 else 'were'}"
            f" written in small letters or with spaces around {'it; it was' if good.repaired_vins == 1 else 'them; they were'}"
            " taken as meant."
        )
    for (what, column), cells in sorted(good.changed.items()):
        said = _ASKED_NAME if what == "asked" and column in NAMES else _CELLS[what]
        yield f"{contract.table}: {column}: {counted(cells, 'cell')} {said}"
    yield from good.line_remarks
    yield from (f"{name} has a header and no rows." for name in good.empty)


def on_refused_owners(count: int) -> str:
    """Say that vehicles are held because the newest word on their owner was refused."""
    were = (
        "row of owners was refused that names"
        if count == 1
        else "rows of owners were refused that name"
    )
    return (
        f"owners: {count:,} {were} the newest owner of a vehicle: nobody is written to about it before the row is corrected and"
        " loaded, or a person decides. See: renotify owners refused."
    )


def on_exceptions(count: int) -> str:
    """Say how many of the maker's exceptions population files brought."""
    return f"population: {counted(count, 'exception')} of the maker's from 49 CFR 565 recorded (vin_exception)."


def on_populations(session: Session, loaded: Loaded) -> Iterator[str]:
    """Say where a campaign's population is not what the campaign states of it, all codes of one NHTSA number together."""
    changed = [t for t in ABOUT_POPULATIONS if t in loaded.tables and loaded.tables[t].accepted]
    if not changed:
        return
    counted = session.read(
        "select campaign_code, sum(case when current then 1 else 0 end) as involved,"
        " max(remedy_version) as last_version from state group by campaign_code",
        _VERSIONS,
    )
    found = {row["campaign_code"]: row for row in counted.to_pylist()}
    known = registry.campaigns(session)
    involved = {code: row["involved"] for code, row in found.items()}
    yield from _other_than_stated(session, known.values(), involved)
    for code, campaign in known.items():
        if code not in found:
            continue
        last = found[code]["last_version"]
        if campaign.remedy_version > last:
            yield (
                f"{code}: the remedy has version {campaign.remedy_version}, the population ends "
                f"with version {last}; vehicles that need it again have no row yet."
            )


def _other_than_stated(
    session: Session, known: Iterable[Campaign], found: Mapping[str, int]
) -> Iterator[str]:
    groups: dict[str, list[Campaign]] = {}
    for one in known:
        groups.setdefault(one.nhtsa_campaign_number or one.campaign_code, []).append(one)
    for group in groups.values():
        codes = [one.campaign_code for one in group if one.campaign_code in found]
        involved = found[codes[0]] if len(codes) == 1 else _vehicles(session, codes)
        stated = stated_total([one.involved for one in group], involved)
        if codes and stated is not None and stated != involved:
            verb = "the campaign states" if len(group) == 1 else "the recall states"
            yield f"{series(codes)}: the population has {counted(involved, 'vehicle')}, {verb} {stated:,}."


def on_remedies(session: Session, loaded: Loaded) -> Iterator[str]:
    """Say which remedy names a model that no vehicle of its campaign is, and which models of it no remedy names."""
    if not any(t in loaded.tables and loaded.tables[t].accepted for t in ABOUT_REMEDIES):
        return
    apart = {code: one for code, one in registry.campaigns(session).items() if one.remedies}
    if not apart:
        return
    counted = session.read(
        "select distinct s.campaign_code, v.model from state s join vehicle v on v.vin = s.vin where s.current"
        f" and s.campaign_code in {session.list_values('codes')} order by s.campaign_code, v.model",
        _MODELS,
        codes=json.dumps(list(apart)),
    )
    for code, campaign in apart.items():
        models = counted.filter(pc.equal(counted["campaign_code"], code))["model"].to_pylist()
        for number, remedy in enumerate(campaign.remedies, 1):
            if models and not any(remedy.is_of(model) for model in models):
                yield (
                    f"{code}: remedy_date {number} is for the {remedy.model}, and no vehicle of the population is one;"
                    f" its models are {', '.join(models)}."
                )
        yield from _unnamed(campaign, models)


def on_scopes(session: Session, loaded: Loaded) -> Iterator[str]:
    """Say which vehicles of a population the campaign's own decision does not name (49 CFR 577.5(c))."""
    if any(t in loaded.tables and loaded.tables[t].accepted for t in ABOUT_REMEDIES):
        yield from outside_scopes(session, registry.campaigns(session))


def on_letters(session: Session, loaded: Loaded, on: date) -> Iterator[str]:
    """Say what the letters of a campaign cannot be printed without, contradict or leave out (49 CFR 577.5, 577.6).

    A campaign of campaigns.toml, or one of NHTSA's file that has vehicles here: a make's other recalls get no letter.
    """
    taken = {table for table, counts in loaded.tables.items() if counts.accepted}
    if not taken & {*ABOUT_POPULATIONS, OWNERS}:
        return
    pack = load(on)
    known = registry.facts_by_code(session)
    filed = [code for code, facts in known.items() if CATALOGUE not in facts["layers"]]
    passed = set(filed) - _with_vehicles(session, filed)
    spanish = _in_spanish(session, [code for code in known if code not in passed], pack)
    accepted = handles_accepted(session, on)
    for code, facts in known.items():
        if code not in passed:
            campaign = from_facts(facts)
            whole = bool(taken & {*ABOUT_POPULATIONS})  # owners alone change the languages only
            asked = _Letters(whole, code in spanish, accepted)
            yield from _of_letters(campaign, json.dumps(facts), pack, asked)
            if code in spanish and not campaign.spanish:
                yield (
                    f"Campaign {code} has no [campaign.es], and {counted(spanish[code], 'owner')} of its vehicles"
                    f" {'is' if spanish[code] == 1 else 'are'} written to in Spanish too (49 CFR 577.5(a)): state its texts there"
                    " in campaigns.toml."
                )
            if whole and _without_a_last_day(campaign):
                yield (
                    f"Campaign {campaign.campaign_code} has no `filed_date`, so the days for its owner letters cannot be counted (49 CFR"
                    " 577.7(a)(1)): add it to campaigns.toml."
                )


def on_visits(session: Session, loaded: Loaded, on: date) -> Iterator[str]:
    """Say which vehicles have visits to come at several dealers: each of them holds a bay and kits, and the owner goes to one."""
    rows = loaded.tables.get(APPOINTMENTS)
    if rows is None or not rows.accepted:
        return
    found = session.read(f"{at_two_dealers(':day')} order by a.vin", _VINS, day=on)["vin"]
    if len(found):
        named = ", ".join(found.slice(0, SHOWN).to_pylist())
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        has = "has" if len(found) == 1 else "have"
        yield (
            f"appointments: {counted(len(found), 'vehicle')} {has} visits to come at more than one dealer ({named}{more}): each holds a"
            " bay and kits. Ask the owner which one stands and have the other cancelled; the list: renotify vehicles --two-dealers."
        )


class _Letters(NamedTuple):
    """What is asked of a campaign's letters. ``whole``: in English too; ``spanish``: an owner of its vehicles gets both; ``accepted``: the
    handles of wordings that a person accepted.
    """

    whole: bool
    spanish: bool
    accepted: frozenset[str]


def _of_letters(
    campaign: Campaign, stated: str, pack: RulePack, asked_of: _Letters
) -> Iterator[str]:
    """Say what is missing or wrong of a campaign's letters; ``stated`` are its facts as text.

    A Spanish text that is not there is asked for only then; one that is there and wrong is told in any case.
    """
    whole, spanish, accepted = asked_of
    languages = ("en", "es") if campaign.spanish else ("en",)
    if not whole and not (spanish and campaign.spanish):
        return
    for one in _missing(stated, pack.on, pack.digest, languages, accepted):
        asked = one.wrong or one.language == "en" or spanish
        if (one.must or one.wrong) and asked and (whole or one.language != "en"):
            yield one.sentence


@lru_cache(maxsize=KEPT)
def _missing(
    stated: str, on: date, rules: str, languages: tuple[str, ...], accepted: frozenset[str]
) -> tuple[Missing, ...]:
    """Return what is missing of the campaign of these facts by the rules of a day and digest: looked for once a process."""
    pack = load(on)
    assert pack.digest == rules  # noqa: S101 - other rules are another question
    campaign = from_facts(json.loads(stated))
    return tuple(missing(campaign, pack, "initial", languages, accepted=accepted))


def _in_spanish(session: Session, codes: list[str], pack: RulePack) -> dict[str, int]:
    """Count the owners on record of open vehicles, by campaign, who are written to in Spanish by their address or their wish."""
    rows = [row for row in pack.languages() if not row.always] if codes else []
    places = [f"o.state = '{state}'" for row in rows for state in row.states]
    wishes = [f"lower(o.language) like '{wish}%'" for row in rows for wish in row.asked_as]
    if not (places or wishes):
        return {}
    found = session.read(
        "select s.campaign_code, count(*) as owners from owner o join state s on s.vin = o.vin"
        f" where ({' or '.join([*places, *wishes])}) and s.status = 'open' and s.current"
        f" and s.campaign_code in {session.list_values('codes')} and not exists (select 1 from owner n"
        " where n.vin = o.vin and n.role = o.role and n.as_of > o.as_of) group by s.campaign_code",
        _OWNERS,
        codes=json.dumps(codes),
    )
    return {row["campaign_code"]: row["owners"] for row in found.to_pylist()}


def _with_vehicles(session: Session, codes: list[str]) -> set[str]:
    """Return those of some campaigns that have vehicles here."""
    if not codes:
        return set()
    found = session.read(
        f"select campaign_code from campaign c where campaign_code in {session.list_values('codes')}"
        " and exists (select 1 from state s where s.campaign_code = c.campaign_code)",
        _CODES,
        codes=json.dumps(codes),
    )
    return set(found["campaign_code"].to_pylist())


def _without_a_last_day(campaign: Campaign) -> bool:
    ordered = campaign.letter.get("ordered_date")
    return campaign.family == "safety" and campaign.filed_date is None and ordered is None


def _unnamed(campaign: Campaign, models: Iterable[str]) -> Iterator[str]:
    """Say which models of a campaign none of its remedies is for: their day is the campaign's own."""
    unnamed = [m for m in models if not any(remedy.is_of(m) for remedy in campaign.remedies)]
    if unnamed:
        day = campaign.remedy_available_date
        yield (
            f"{campaign.campaign_code}: no remedy_date is for {series([name or '(blank)' for name in unnamed])}, and the campaign's"
            f" own remedy_available_date holds for them: {day or 'not yet known'}. A remedy_date is for the model"
            " that it names in full, and for no other that begins like it."
        )


def _vehicles(session: Session, codes: Sequence[str]) -> int:
    """Count the vehicles of several campaigns, each once."""
    where, values = in_campaigns(codes)
    return int(
        session.scalar(f"select count(distinct vin) from state where current and {where}", **values)
    )
