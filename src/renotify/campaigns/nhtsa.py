"""NHTSA's record of a recall: its number, what the rows of FLAT_RCL say of it together, and how it fills a campaign of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.campaigns.makes import make_key, make_keys

_NUMBER = re.compile(r"(\d\d)[- ]?([A-Z])[- ]?(\d\d[0-9A-Z]|[0-9A-Z]{6})", re.ASCII)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # what a copied cell may bring with it
MOST_LETTERS = 2  # among the six figures: ten recalls of December 2021 have one, as 21V00D000
NO_NUMBER = "none"  # stated in place of a number: the campaign has none, whatever NHTSA's file says


@dataclass
class Recall:
    """One recall of the file: what all its rows of vehicles say together."""

    number: str
    facts: dict[str, str] = field(default_factory=dict)
    makes: list[str] = field(default_factory=list)  # in the order of their rows
    codes: tuple[str, ...] = ()  # the maker's own, as stated
    codes_of: dict[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # by key of the make in their rows
    lines: set[tuple[str, int, date | None, date | None]] = field(default_factory=set)
    rows: int = 0
    involved: int | None = None
    filed_date: date | None = None
    first_notice_date: date | None = None
    do_not_drive: bool = False
    park_outside: bool = False

    def makes_with(self, code: str) -> list[str]:
        """Return the makes that have a code in a row of theirs; all makes where none has it."""
        having = [
            make
            for make in self.makes
            if code.upper() in readings(self.codes_of.get(make_key(make), ()))
        ]
        return having or self.makes


def readings(codes: Iterable[str]) -> set[str]:
    """Return what stated codes may mean: each as it stands, and the parts of one with a slash."""
    return {part for code in codes for part in (code, *code.split("/"))}


def campaign_number(text: str) -> str | None:
    """Return NHTSA's number in its full form (09V020, 09V-020 -> 09V020000), or None.

    Two figures of the year, the letter of the type, six figures, or three that stand for the first of six.
    A letter or two may stand among the six, and a letter as the last of three (21V00D): 24TA07 is a code of Toyota's.
    Characters of no width are passed over.
    """
    found = _NUMBER.fullmatch(_UNSEEN.sub("", text).strip().upper())
    if found is None:
        return None
    figures = found[3].ljust(6, "0")
    letters = sum(figure.isalpha() for figure in figures)
    return f"{found[1]}{found[2]}{figures}" if letters <= MOST_LETTERS else None


# A recall as a campaign


def as_campaign(recall: Recall, code: str, make: str = "") -> Campaign:
    """Return a recall as a campaign under a code, of its first make or of ``make``; a recall under a standard is a noncompliance.

    Its makes are those that have the code, where any has.
    """
    facts, makes = recall.facts, recall.makes_with(code)
    standard = "fmvss" in facts
    return Campaign(
        campaign_code=code,
        campaign_type=(
            CampaignType.NONCOMPLIANCE_RECALL if standard else CampaignType.SAFETY_RECALL
        ),
        make=make or next(iter(makes), "") or facts.get("maker") or "UNKNOWN",
        subject=facts.get("component") or recall.number,
        nhtsa_campaign_number=recall.number,
        manufacturer=facts.get("maker", ""),
        component=facts.get("component", ""),
        defect=facts.get("defect", ""),
        consequence=facts.get("consequence", ""),
        remedy=facts.get("remedy", ""),
        standard=facts.get("fmvss", ""),
        filed_date=recall.filed_date,
        first_notice_date=recall.first_notice_date,
        involved=recall.involved,
        do_not_drive=recall.do_not_drive,
        park_outside=recall.park_outside,
        scopes=tuple(_scopes(recall)),
        nhtsa_codes=recall.codes,
        nhtsa_makes=tuple(makes),
    )


def _scopes(recall: Recall) -> Iterator[Scope]:
    """Join the years of one model that follow each other and share a production range."""

    def order(line: tuple[str, int, date | None, date | None]) -> tuple[str, str, str, int]:
        return line[0], str(line[2]), str(line[3]), line[1]

    run: Scope | None = None
    for model, year, start, end in sorted(recall.lines, key=order):
        if run and (run.model, run.built_from, run.built_to, run.year_to) == (
            model,
            start,
            end,
            year - 1,
        ):
            run = Scope(model, run.year_from, year, start, end)
            continue
        if run:
            yield run
        run = Scope(model, year, year, start, end)
    if run:
        yield run


# A recall beside a campaign of ours

_ADVISORIES: tuple[str, ...] = ("do_not_drive", "park_outside")
_TEXTS: tuple[str, ...] = ("component", "defect", "consequence", "remedy")
_VALUES: tuple[str, ...] = (
    "nhtsa_campaign_number", "filed_date", "first_notice_date", "involved"
)  # fmt: skip
_RECORDED = {"nhtsa_codes": "the maker's code", "nhtsa_makes": "the make"}
_SELF_NAMED = {name: name for name in (*_VALUES, *_ADVISORIES)}
_FILLED: tuple[str, ...] = (*_VALUES, *_TEXTS, "standard", "manufacturer", "scopes", *_RECORDED)


def belongs(campaign: Campaign, recall: Campaign) -> bool:
    """Tell whether NHTSA's record of a recall is that of a campaign as the maker states it.

    The stated number decides. A campaign without one has the record of its own make (and code: the caller's
    business) unless it states that it has no number, or is a service campaign, of which NHTSA has no record.
    """
    if campaign.nhtsa_campaign_number:
        return campaign.nhtsa_campaign_number == recall.nhtsa_campaign_number
    if campaign.no_nhtsa_number or campaign.family == "service":
        return False
    return make_key(campaign.make) in make_keys([recall.make, *recall.nhtsa_makes])


def fill(campaign: Campaign, recall: Campaign) -> Campaign:
    """Fill what a campaign leaves open from NHTSA's record; what it states stands.

    An advisory (do not drive, park outside) is raised by either side and lowered by none. A standard that is stated by its
    title alone gets NHTSA's number before it.
    """
    blank = [name for name in _FILLED if not getattr(campaign, name)]
    changes = {name: getattr(recall, name) for name in blank if getattr(recall, name)}
    for name in _ADVISORIES:
        changes[name] = getattr(campaign, name) or getattr(recall, name)
    if campaign.standard and recall.standard and not re.search(r"\d", campaign.standard):
        changes["standard"] = f"{_figures(recall.standard)}, {campaign.standard.strip()}"
    return replace(campaign, **changes)


def overruled(stated: Campaign, recall: Campaign) -> Iterator[str]:
    """Say where what campaigns.toml states stands against NHTSA's record."""
    code = stated.campaign_code
    for name in _VALUES:
        ours, theirs = getattr(stated, name), getattr(recall, name)
        if ours and theirs and ours != theirs:
            yield f"{code}: your campaigns.toml says {name} {ours}, NHTSA says {theirs}; yours stands."
    if (
        stated.standard
        and recall.standard
        and re.search(r"\d", stated.standard)
        and _figures(stated.standard) != _figures(recall.standard)
    ):
        yield f"{code}: your campaigns.toml says standard {stated.standard}, NHTSA says {recall.standard}; yours stands."
    if stated.campaign_type is CampaignType.SAFETY_RECALL and recall.standard:
        yield (
            f"{code}: your campaigns.toml says safety_recall, NHTSA has {recall.nhtsa_campaign_number} under standard"
            f" {recall.standard}, which makes a noncompliance_recall; yours stands."
        )
    if make_key(stated.make) not in make_keys([recall.make, *recall.nhtsa_makes]):
        makes = ", ".join(recall.nhtsa_makes or (recall.make,))
        yield (
            f"{code}: your campaigns.toml says make {stated.make}, NHTSA has {recall.nhtsa_campaign_number}"
            f" for {makes}: is it the right number?"
        )


def _figures(standard: str) -> str:
    """Return the number of a standard without what stands before and after it: 124 of ``571.124, Accelerator Control Systems``."""
    found = re.search(r"(?:571\.)?(\d+[A-Za-z]?)", standard)
    return found[1].upper() if found else standard.strip().upper()


def warned(stated: Campaign, recall: Campaign) -> Iterator[str]:
    """Say which advisory of NHTSA's record a campaign has from now on that it does not state itself."""
    for name in _ADVISORIES:
        if getattr(recall, name) and not getattr(stated, name):
            yield f"{stated.campaign_code}: NHTSA's {recall.nhtsa_campaign_number} says {name}; it holds here too."


def amended(before: Campaign, now: Campaign, stated: Campaign | None) -> Iterator[str]:
    """Say what NHTSA's record says otherwise than before, where campaigns.toml does not state it."""
    recorded = _RECORDED if before.nhtsa_makes else {}  # a record of an earlier release has neither
    for name, called in {**_SELF_NAMED, **recorded}.items():
        old, new = getattr(before, name), getattr(now, name)
        if old != new and not (stated and getattr(stated, name)):
            yield f"{now.campaign_code}: {called} was {_words(old)}, is now {_words(new)}."
    for name in _TEXTS:
        if getattr(before, name) != getattr(now, name):
            stands = "; your campaigns.toml's stands" if stated and getattr(stated, name) else ""
            yield f"{now.campaign_code}: NHTSA has changed its text of the {name}{stands}."
    if before.scopes != now.scopes and not (stated and stated.scopes):
        yield f"{now.campaign_code}: NHTSA has changed the models or years in scope."


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        value = ", ".join(value)
    return str(value) if value else "blank"
