"""Reads ``campaigns.toml`` into campaigns, and carries a campaign to JSON facts and back.

A catalogue is written by hand, so every fault names the campaign and the key, and suggests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from renotify.campaigns import letter_facts, nhtsa
from renotify.campaigns.campaign import Answer, Campaign, CampaignType, Document, Remedy, Scope
from renotify.errors import BadInput
from renotify.values import vin
from renotify.values.stated_tables import (
    DAY,
    NUMBER,
    TEXT,
    WHOLE,
    YES_NO,
    check_keys,
    check_kinds,
    check_present,
    read_toml,
    toml_value,
)

Facts = dict[str, Any]

SPANISH = (
    *("subject", "component", "defect", "consequence", "warning", "precaution", "remedy"),
    *letter_facts.TEXTS,
)
SPANISH_KEY = "es"
TABLES = ("campaign",)
PARTS = {
    "scope": "scopes",
    "remedy_date": "remedies",
    "document": "documents",
    "answer": "answers",
}
WHICH_VEHICLES = ("model", "year_from", "year_to", "built_from", "built_to")
LONGEST_CODE = 32
CODE_MARKS = frozenset("-_.")
NHTSA_LAYER = "nhtsa"  # of a campaign's facts, as the ledger names it
NAMES = ("make", "scopes")  # of vehicles, which NHTSA's file has in capitals
NHTSA_LISTS = ("nhtsa_codes", "nhtsa_makes")
SELDOM = (
    *NHTSA_LISTS,
    "manufacturer",
    "no_nhtsa_number",
    "remedies",
    *letter_facts.FIELDS,
)  # left out of the facts of a campaign without them

# One row a key, with its kind.
_TEXTS = (
    "campaign_code", "nhtsa_campaign_number", "campaign_type", "make", "manufacturer", "subject",
    "component", "defect", "consequence", "warning", "precaution", "remedy",
)  # fmt: skip
CAMPAIGN_KEYS: Mapping[str, str] = {
    **dict.fromkeys(_TEXTS, TEXT),
    **dict.fromkeys(("filed_date", "first_notice_date", "remedy_available_date"), DAY),
    "effective_date": DAY,
    **dict.fromkeys(("remedy_version", "involved"), WHOLE),
    **dict.fromkeys(("do_not_drive", "park_outside", "inspect_first"), YES_NO),
    "risk_weight": NUMBER,
    **letter_facts.KINDS,
}
PART_KEYS: Mapping[str, Mapping[str, str]] = {
    "scope": {
        "model": TEXT,
        "year_from": WHOLE,
        "year_to": WHOLE,
        "built_from": DAY,
        "built_to": DAY,
        "text": TEXT,
        "plant": TEXT,
    },
    "remedy_date": {
        "model": TEXT,
        "year_from": WHOLE,
        "year_to": WHOLE,
        "built_from": DAY,
        "built_to": DAY,
        "remedy_available_date": DAY,
    },
    "document": {"kind": TEXT, "revision": TEXT, "effective_date": DAY, "url": TEXT, "file": TEXT},
    "answer": {"question": TEXT, "answer": TEXT, "language": TEXT, "approved_on": DAY},
}
_DAY_KEYS = frozenset(
    key
    for known in (CAMPAIGN_KEYS, *PART_KEYS.values())
    for key, kind in known.items()
    if kind == DAY
)
LANGUAGES = ("en", SPANISH_KEY)  # of answers
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "campaign": ("campaign_code", "campaign_type", "make", "subject"),
    "scope": ("model", "year_from", "year_to"),
    "remedy_date": (),
    "document": ("kind", "revision", "effective_date"),
    "answer": ("question", "answer"),
}


def read(path: Path) -> list[Campaign]:
    """Return the campaigns of a catalogue in its order (memo, section 1).

    Raises BadInput, naming file, campaign and key, for a key, type or date that cannot stand.
    """
    tables = _tables(path)
    found = [_campaign(table, number, path.name) for number, table in enumerate(tables, 1)]
    codes = [campaign.campaign_code for campaign in found]
    for code in codes:
        if codes.count(code) > 1:
            raise BadInput(
                f"{path.name} has campaign {code} twice.", "Keep one [[campaign]] of each code."
            )
    return found


def _tables(path: Path) -> list[Facts]:
    content = read_toml(path, TABLES)
    check_keys(content, TABLES, path.name)
    tables = content.get("campaign", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadInput(
            f"{path.name} has a [campaign] where [[campaign]] is needed.",
            "Write [[campaign]] for each.",
        )
    return tables


def _campaign(table: Facts, number: int, file: str) -> Campaign:
    where = f"{file}, campaign {table.get('campaign_code', f'number {number}')}"
    check_keys(table, [*CAMPAIGN_KEYS, *PARTS, SPANISH_KEY], where)
    plain = {key: value for key, value in table.items() if key in CAMPAIGN_KEYS}
    check_kinds(plain, CAMPAIGN_KEYS, where)
    check_present(plain, REQUIRED["campaign"], where)
    for part in PARTS:
        _check_parts(table, part, where)
    _check_remedies(table.get("remedy_date", []), where)
    _check_spanish(table.get(SPANISH_KEY, {}), where)
    _check_values(plain, where)
    _check_spanish_beside(table, where)
    campaign = from_facts(
        {
            **plain,
            **{many: table.get(one, []) for one, many in PARTS.items()},
            "spanish": table.get(SPANISH_KEY, {}),
        }
    )
    _check_reimbursement(campaign, where)
    return campaign


def _check_parts(table: Facts, part: str, where: str) -> None:
    rows = table.get(part, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(
            f"{where}: {part} is one table.", f"Write [[campaign.{part}]], as there may be several."
        )
    for number, row in enumerate(rows, 1):
        here = f"{where}, {part} {number}"
        check_keys(row, PART_KEYS[part], here)
        check_kinds(row, PART_KEYS[part], here)
        check_present(row, REQUIRED[part], here)
        if part == "document" and ("url" in row) == ("file" in row):
            raise BadInput(f"{here}: a document has one place.", "Give either url or file.")
        if part == "answer" and row.get("language", LANGUAGES[0]) not in LANGUAGES:
            raise BadInput(
                f"{here}: language is {row['language']!r}.",
                f"It is one of {', '.join(LANGUAGES)}; left out, {LANGUAGES[0]}.",
            )
        if part in {"scope", "remedy_date"}:
            _in_order(row, "year_from", "year_to", here)
            _in_order(row, "built_from", "built_to", here)
        _check_plant(row.get("plant", ""), here)


def _check_plant(plant: str, where: str) -> None:
    if plant and (len(plant) != 1 or plant not in vin.ALPHABET):
        raise BadInput(
            f"{where}: plant is {plant!r}.",
            "It is what the 11th place of the VIN holds, a digit or capital letter (49 CFR 565.15(d)(2)); of two plants write two scopes.",
        )


def _check_remedies(rows: list[Facts], where: str) -> None:
    """Refuse a remedy of nobody in particular, and one whose vehicles an earlier one covers: the first counts."""
    earlier: list[Remedy] = []
    for number, row in enumerate(rows, 1):
        here = f"{where}, remedy_date {number}"
        if not any(row.get(key) for key in WHICH_VEHICLES):
            raise BadInput(
                f"{here}: it does not say which vehicles.",
                f"Name {', '.join(WHICH_VEHICLES)}; the date of all others is the campaign's remedy_available_date.",
            )
        remedy = Remedy(**row)
        for place, one in enumerate(earlier, 1):
            if one.covers_all_of(remedy):
                raise BadInput(
                    f"{here}: remedy_date {place} covers all of its vehicles, and the first that covers a vehicle counts.",
                    f"Put it before remedy_date {place}, or leave it out.",
                )
        earlier.append(remedy)


def _check_spanish(texts: object, where: str) -> None:
    if not isinstance(texts, dict):
        raise BadInput(
            f"{where}: {SPANISH_KEY} is not a table.",
            f"Write [campaign.{SPANISH_KEY}] with the Spanish texts.",
        )
    check_keys(texts, SPANISH, f"{where}, {SPANISH_KEY}")
    check_kinds(texts, dict.fromkeys(SPANISH, TEXT), f"{where}, {SPANISH_KEY}")


def _check_values(table: Facts, where: str) -> None:
    _check_code(table["campaign_code"], where)
    types = [str(kind) for kind in CampaignType]
    if table["campaign_type"] not in types:
        raise BadInput(
            f"{where}: campaign_type is {table['campaign_type']!r}.",
            f"It is one of {', '.join(types)}.",
        )
    number = table.get("nhtsa_campaign_number", "")
    if _says_none(number):
        number = ""
    if number and nhtsa.campaign_number(number) is None:
        raise BadInput(
            f"{where}: nhtsa_campaign_number {number!r} is none.",
            f'NHTSA\'s numbers look like 09V020000; "{nhtsa.NO_NUMBER}" says that there is none.',
        )
    if number and table["campaign_type"] == CampaignType.SERVICE_CAMPAIGN:
        raise BadInput(
            f"{where}: a service campaign has no NHTSA number.",
            "Make it a recall or drop the number.",
        )
    for key, least in (("remedy_version", 1), ("involved", 0), ("risk_weight", 0)):
        if table.get(key, least) < least:
            raise BadInput(f"{where}: {key} is {table[key]}.", f"It is at least {least}.")
    for first, last in letter_facts.IN_ORDER:
        _in_order(table, first, last, where)
    _check_letter(table, where)


def _check_letter(table: Facts, where: str) -> None:
    """Refuse what no letter can say: a word that is no choice, a key that nothing reads, a share above all."""
    for key, words in letter_facts.CHOICES.items():
        if table.get(key, words[0]) not in words:
            raise BadInput(
                f"{where}: {key} is {table[key]!r}.",
                f"It is one of {', '.join(words)}, or left out.",
            )
    idle = next(_idle_keys(table), None)
    if idle is not None:
        key, beside = idle
        raise BadInput(
            f"{where}: {key} says something only beside {beside}.", f"Add {beside}, or drop {key}."
        )
    percent = table.get("affected_percent", letter_facts.ALL)
    if not 0 < percent <= letter_facts.ALL:
        raise BadInput(
            f"{where}: affected_percent is {percent}.", "It is above 0, and 100 at most."
        )


def _check_spanish_beside(table: Facts, where: str) -> None:
    """Refuse a Spanish text of letters without the English one, which decides whether a letter says it; NHTSA's file names standards."""
    for key in table.get(SPANISH_KEY, {}):
        if key in letter_facts.TEXTS and key != "standard" and not table.get(key):
            raise BadInput(
                f"{where}, {SPANISH_KEY}: {key} says something only beside {key} in English.",
                f"Add {key} to [[campaign]], or drop it here.",
            )


def _idle_keys(table: Facts) -> Iterator[tuple[str, str]]:
    """Yield the keys of letters that nothing reads, with what they need beside them."""
    if table["campaign_type"] == CampaignType.SERVICE_CAMPAIGN:
        recall = f'campaign_type = "{CampaignType.SAFETY_RECALL}"'
        yield from ((key, recall) for key in letter_facts.KINDS if _says(table, key))
    for key, beside in letter_facts.BESIDE.items():
        if _says(table, key) and not any(_stands(table, *one) for one in beside):
            others = (
                other if value is None else f"{other} = {toml_value(value)}"
                for other, value in beside
            )
            yield key, " or ".join(others)


def _says(table: Facts, key: str) -> bool:
    """Tell whether a stated key says something: a false switch does where leaving it out means true."""
    value = table.get(key)
    return bool(value) or (value is False and key in letter_facts.TRUE_LEFT_OUT)


def _stands(table: Facts, key: str, value: object) -> bool:
    """Tell whether a campaign states a key, or with this value, None for any."""
    return bool(table.get(key)) if value is None else table.get(key) == value


def _check_reimbursement(campaign: Campaign, where: str) -> None:
    stated, latest = (
        campaign.letter.get("reimbursement_begins"),
        letter_facts.latest_beginning(campaign),
    )
    if stated and latest and stated > latest:
        raise BadInput(
            f"{where}: reimbursement_begins {stated} is too late: work from {latest} on is reimbursed (49 CFR 573.13(c)(1)).",
            f"Leave it out, or state {latest} or a day before.",
        )


def _says_none(number: str) -> bool:
    return number.strip().casefold() == nhtsa.NO_NUMBER


def is_code(text: str) -> bool:
    """Return whether a text can be a campaign code: it stands in file names and in bundles."""
    plain = all(letter.isascii() and (letter.isalnum() or letter in CODE_MARKS) for letter in text)
    return plain and 0 < len(text) <= LONGEST_CODE


def _check_code(code: str, where: str) -> None:
    if not is_code(code):
        raise BadInput(
            f"{where}: {code!r} cannot be a campaign code.",
            f"It has up to {LONGEST_CODE} letters, digits and {' '.join(sorted(CODE_MARKS))}.",
        )


def _in_order(table: Facts, first: str, last: str, where: str) -> None:
    if table.get(first) and table.get(last) and table[first] > table[last]:
        raise BadInput(
            f"{where}: {first} {table[first]} is later than {last} {table[last]}.",
            "Exchange or correct them.",
        )


# A campaign as JSON, and back


def to_facts(campaign: Campaign) -> Facts:
    """Return a campaign as plain JSON values; ``from_facts`` gives the same campaign back."""
    facts = _plain(campaign)
    for many in PARTS.values():
        facts[many] = [_plain(part) for part in getattr(campaign, many)]
    for scope in facts[
        "scopes"
    ]:  # most name none: their statement is what it was before plants could be named
        if not scope["plant"]:
            del scope["plant"]
    facts["answers"] = [_told(answer) for answer in facts["answers"]]
    facts |= {key: list(facts[key]) for key in NHTSA_LISTS}
    kept = {key: value for key, value in facts.items() if value or key not in SELDOM}
    told = {key: _as_json(value) for key, value in campaign.letter.items()}
    return {**kept, **told, "spanish": dict(campaign.spanish)}


def from_facts(facts: Mapping[str, Any]) -> Campaign:
    """Return the campaign of ``to_facts``; keys that no campaign has are passed over."""
    plain = {
        key: _day(key, facts[key])
        for key in CAMPAIGN_KEYS
        if facts.get(key) is not None and key not in letter_facts.LETTER_KEYS
    }
    plain["campaign_type"] = CampaignType(plain["campaign_type"])
    plain["nhtsa_campaign_number"] = (
        nhtsa.campaign_number(plain.get("nhtsa_campaign_number", "")) or ""
    )
    plain["risk_weight"] = float(plain.get("risk_weight", 1.0))
    says_none = _says_none(str(facts.get("nhtsa_campaign_number", "")))
    return Campaign(
        **plain,
        no_nhtsa_number=says_none or bool(facts.get("no_nhtsa_number")),
        nhtsa_codes=tuple(facts.get("nhtsa_codes", ())),
        nhtsa_makes=tuple(facts.get("nhtsa_makes", ())),
        names_of_nhtsa=_names_of_nhtsa(facts.get("layers", {})),
        scopes=tuple(Scope(**_days(row)) for row in facts.get("scopes", ())),
        remedies=tuple(Remedy(**_days(row)) for row in facts.get("remedies", ())),
        documents=tuple(Document(**_located(_days(row))) for row in facts.get("documents", ())),
        answers=tuple(Answer(**_days(row)) for row in facts.get("answers", ())),
        spanish=MappingProxyType(dict(facts.get("spanish", {}))),
        letter=MappingProxyType(_days(letter_facts.of_letter(facts))),
    )


def _names_of_nhtsa(layers: Mapping[str, Facts]) -> frozenset[str]:
    """Return which names of vehicles NHTSA's record says and no other layer of the facts that the ledger keeps."""
    stated = [facts for layer, facts in layers.items() if layer != NHTSA_LAYER]
    names = NAMES if NHTSA_LAYER in layers else ()
    return frozenset(name for name in names if not any(facts.get(name) for facts in stated))


def _told(answer: Facts) -> Facts:
    """Return an answer without what is left out of most: its language where that is English, a day that nobody stated."""
    usual = {"language": LANGUAGES[0], "approved_on": None}
    return {key: value for key, value in answer.items() if usual.get(key, "") != value}


def _plain(record: Campaign | Scope | Remedy | Document | Answer) -> Facts:
    skipped = {*PARTS.values(), "spanish", "letter", "names_of_nhtsa"}
    values = {
        field.name: getattr(record, field.name)
        for field in fields(record)
        if field.name not in skipped
    }
    return {key: _as_json(value) for key, value in values.items()}


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _days(row: Mapping[str, Any]) -> Facts:
    return {key: _day(key, value) for key, value in row.items()}


def _day(key: str, value: object) -> Any:  # noqa: ANN401 - the key decides the type
    return date.fromisoformat(value) if key in _DAY_KEYS and isinstance(value, str) else value


def _located(row: Facts) -> Facts:
    places = {"url", "file", "location"}
    kept = {key: value for key, value in row.items() if key not in places}
    return {
        **kept,
        "location": next(row[place] for place in ("location", "url", "file") if place in row),
    }
