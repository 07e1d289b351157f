"""What a campaign states for its owners' letters beyond what every campaign has: keys, facts, days that the rules compute.

The rule pack says which statement a letter must carry, by facts of its campaign, and names in its slots what the statement
needs. A slot has the name of the key of ``campaigns.toml`` that fills it, so that one word goes from the file to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.crashes import Crash, crash_in
from renotify.campaigns.injuries import names_kind, no_warning
from renotify.values.calendar import years_before
from renotify.values.stated_tables import DAY, NUMBER, TEXT, YES_NO, read_toml

if TYPE_CHECKING:
    from renotify.rules import Clock

TEXTS = (
    "standard", "conditions", "injury", "equipment", "replacement", "depreciation", "parts", "modifications",
    "parts_source", "steps", "facilities", "list_prices", "voluntary_extent", "repair_opinion", "acceleration",
    "acceleration_facilities", "acceleration_parts", "administrators_basis", "administrators_risk",
    "administrators_measures", "makers_reasons", "remedy_if_upheld", "reimbursed_extent", "reimbursement_limits",
    "reimbursement_ceiling", "repair_work", "repair_cost", "reimbursed_facility", "towing", "performance_difference",
    "owner_steps",
)  # fmt: skip
DAYS = (
    "remedy_expected_date", "next_notice_date", "first_test_date", "analysis_opened_date", "reimbursement_begins",
    "reimbursement_ends", "ordered_date", "provisional_ordered_date", "reimbursed_until_date", "tires_until_date",
    "parts_available_date", "reimbursed_after_date",
)  # fmt: skip
SWITCHES = (
    "conditions_in_defect", "performance_in_defect", "not_free", "repairable", "other_facilities", "acceleration_ordered",
    "owner_pays_first", "nobody_to_reimburse", "tires", "crash",
)  # fmt: skip
CHOICES: Mapping[str, tuple[str, ...]] = {
    "remedy_by": ("repair", "replacement", "refund"),
    "remedy_delivery": ("dealer", "over_the_air", "mail"),
    "decided_by": ("manufacturer", "administrator"),
    "court": ("pending", "upheld"),
}
KINDS: Mapping[str, str] = {
    **dict.fromkeys((*TEXTS, *CHOICES, "claims_address"), TEXT),
    **dict.fromkeys(DAYS, DAY),
    **dict.fromkeys(SWITCHES, YES_NO),
    "affected_percent": NUMBER,
}
PENDING, UPHELD, EXTENT, FASTER = (
    ("court", "pending"),
    ("court", "upheld"),
    ("voluntary_extent", None),
    ("acceleration", None),
)
OTHER_SHOPS = ("other_facilities", True)
# a key that says something only beside another: which ones, and the value that it must have (None: any)
BESIDE: Mapping[str, tuple[tuple[str, object], ...]] = {
    "standard": (("campaign_type", "noncompliance_recall"),),
    **dict.fromkeys(
        ("first_test_date", "performance_difference", "performance_in_defect"), (("campaign_type", "noncompliance_recall"),),
    ),
    "analysis_opened_date": (("campaign_type", "safety_recall"),),
    "towing": (("do_not_drive", True),),
    "remedy_delivery": (("campaign_type", "safety_recall"), ("campaign_type", "noncompliance_recall")),
    "owner_steps": (("remedy_delivery", "over_the_air"), ("remedy_delivery", "mail")),
    **dict.fromkeys(("parts", "modifications", "steps"), (OTHER_SHOPS, EXTENT)),
    **dict.fromkeys(("parts_source", "facilities"), (OTHER_SHOPS, EXTENT, PENDING)),
    "replacement": (("remedy_by", "replacement"),),
    "depreciation": (("remedy_by", "refund"),),
    "tires_until_date": (("tires", True),),
    **dict.fromkeys(("not_free", "list_prices"), (EXTENT,)),
    **dict.fromkeys(("repairable", "repair_opinion", "parts_available_date"), (EXTENT, PENDING)),
    **dict.fromkeys(("acceleration_ordered", "acceleration_facilities", "acceleration_parts", "owner_pays_first"), (FASTER,)),
    **dict.fromkeys(("court", "ordered_date"), (("decided_by", "administrator"),)),
    **dict.fromkeys(
        ("administrators_basis", "administrators_risk", "administrators_measures", "makers_reasons", "remedy_if_upheld",
         "reimbursed_after_date", "reimbursement_ceiling", "repair_work", "repair_cost", "reimbursed_facility"),
        (PENDING,),
    ),
    "provisional_ordered_date": (UPHELD, PENDING),
    **dict.fromkeys(("reimbursed_until_date", "reimbursed_extent"), (UPHELD,)),
}  # fmt: skip
OWNERS_TEXTS = ("component", "defect", "consequence", "warning", "precaution", "remedy")
FIELDS = ("standard", "conditions")  # of these keys, those that are fields of a campaign
LETTER_KEYS: Mapping[str, str] = {key: kind for key, kind in KINDS.items() if key not in FIELDS}
STANDARDS_NAME = re.compile(
    r"\s*(?:(?:federal motor vehicle safety )?standard|(?:49 CFR )?571\.|fmvss)?\s*(?:no|núm|number)?\b[.]?\s*(?=\d)",
    re.IGNORECASE,
)  # what the statement says itself, before the number
NUMBER_AND_TITLE = re.compile(r"\s*\d+[A-Za-z]?(-\d+)?\s*[,;:]?\s+\S")
STANDARDS = Path(__file__).with_name("standards.toml")
ALL = 100  # percent
TRUE_LEFT_OUT = frozenset(
    ["repairable"]
)  # switches that mean true where they are left out: their false says something
# days of which the first is no later than the second
IN_ORDER = (
    ("filed_date", "first_notice_date"), ("first_test_date", "filed_date"),  # 573.13(c)(1)(i): the test is before the report
    ("ordered_date", "provisional_ordered_date"),  # 577.6(b): the Secretary orders it while the decision is in court
    ("provisional_ordered_date", "reimbursed_until_date"), ("ordered_date", "reimbursed_until_date"),
    ("reimbursed_after_date", "provisional_ordered_date"), ("reimbursement_begins", "reimbursement_ends"),
)  # fmt: skip


def facts_of(campaign: Campaign, *, not_free: bool = False) -> frozenset[str]:
    """Return what holds for a campaign in the rule pack's words (577.5(d)-(g), 577.6, 577.11, 577.12).

    A crash that can come of the defect, as stated (``crash``) or else as the consequence says it, is one with warning where a
    warning is on file. ``not_free``: the vehicle was first sold so long ago that its remedy need not be free (30120(g)(1)). Of
    equipment no sale is known by VIN: what the campaign states of it holds for all.
    """
    if campaign.campaign_type is CampaignType.SERVICE_CAMPAIGN:
        return frozenset()
    held = {
        **_of_description(campaign),
        **_of_remedy(campaign, not_free=not_free or never_free(campaign)),
        **_of_decision(campaign),
        **_of_acceleration(campaign),
    }
    return frozenset(name for name, holds in held.items() if holds)


def _of_description(campaign: Campaign) -> dict[str, bool]:
    crash = can_crash(campaign)
    warned = bool(campaign.warning.strip())
    told = campaign.letter
    noncompliance = campaign.campaign_type is CampaignType.NONCOMPLIANCE_RECALL
    return {
        "not_every_vehicle": told.get("affected_percent", ALL) < ALL,
        # 577.5(e)(3): a noncompliance must state them, where its description does not
        "conditions": bool(campaign.conditions.strip())
        or (noncompliance and not told.get("conditions_in_defect")),
        # 577.5(e)(2): so must it the difference between its performance and the standard's
        "performance_difference": bool(told.get("performance_difference"))
        or (noncompliance and not told.get("performance_in_defect")),
        "precaution": bool(campaign.precaution.strip()),
        "do_not_drive": campaign.do_not_drive,
        "park_outside": campaign.park_outside,
        "towing": bool(told.get("towing")),
        "crash_with_warning": crash and warned,
        "crash_without_warning": crash and not warned,
        "injury_with_warning": warned and not crash,
        "injury": bool(told.get("injury")) or not (crash or names_kind(campaign.consequence)),
    }


def _of_remedy(campaign: Campaign, *, not_free: bool) -> dict[str, bool]:
    told = campaign.letter
    by = told.get("remedy_by", "repair")
    return {
        "replacement": by == "replacement",
        "refund": by == "refund",
        "not_by_repair": not by_repair(campaign),
        "no_visit": without_visit(campaign),
        "equipment": bool(told.get("equipment")),
        "tires": bool(told.get("tires")),
        "of_equipment": bool(told.get("equipment") or told.get("tires")),
        "tires_until": bool(told.get("tires") and told.get("tires_until_date")),
        "not_free": not_free,
        # 577.5(g)(2)(iii): where a repair is possible, what (g)(1)(iv) asks for stands in the letter too
        "other_facilities": bool(told.get("other_facilities"))
        or (not_free and told.get("repairable", True)),
        "remedy_expected": bool(told.get("remedy_expected_date")),
        "next_notice": bool(told.get("next_notice_date")),
        "nobody_to_reimburse": bool(told.get("nobody_to_reimburse")),
        "reimbursement_begins": reimbursement_begins(campaign) is not None
        or found_by_test(campaign),
    }


def found_by_test(campaign: Campaign) -> bool:
    """Tell whether the first test or observation begins the period of reimbursement: a noncompliance (573.13(c)(1)(i))."""
    return campaign.campaign_type is CampaignType.NONCOMPLIANCE_RECALL


def _of_decision(campaign: Campaign) -> dict[str, bool]:
    told = campaign.letter
    upheld = told.get("court") == "upheld"
    return {
        "ordered": told.get("decided_by") == "administrator",
        "upheld": upheld,
        "provisional_notice_sent": upheld and bool(told.get("provisional_ordered_date")),
        "administrators_measures": bool(told.get("administrators_measures")),
        "reimbursement_ceiling": bool(told.get("reimbursement_ceiling")),
        "repair_opinion": bool(told.get("repair_opinion")),
        "no_repair": told.get("repairable") is False,
    }


def _of_acceleration(campaign: Campaign) -> dict[str, bool]:
    told = campaign.letter
    elsewhere = bool(told.get("acceleration_facilities") or told.get("acceleration_parts"))
    first = bool(told.get("owner_pays_first"))
    return {
        "accelerated": bool(told.get("acceleration")) or bool(told.get("acceleration_ordered")),
        "accelerated_ordered": bool(told.get("acceleration_ordered")),
        "accelerated_facilities": bool(told.get("acceleration_facilities")),
        "accelerated_parts": bool(told.get("acceleration_parts")),
        "owner_pays_first": elsewhere and first,
        "owner_pays_nothing": elsewhere and not first,
    }


def by_repair(campaign: Campaign) -> bool:
    """Tell whether a campaign's remedy is a repair: else no letter, notice or answer says its ``remedy``, the words for the work."""
    return str(campaign.letter.get("remedy_by", "repair")) == "repair"


def without_visit(campaign: Campaign) -> bool:
    """Tell whether a recall is remedied without a visit to a dealer: over the air or by mail. It takes no hours or kits there."""
    return (
        campaign.family == "safety" and campaign.letter.get("remedy_delivery", "dealer") != "dealer"
    )


def brought_in(campaign: Campaign) -> bool:
    """Tell whether an owner brings the vehicle to a dealer for a repair of it: not for equipment, a replacement, a refund, or by mail."""
    return (
        by_repair(campaign) and not without_visit(campaign) and not campaign.letter.get("equipment")
    )


def no_work(campaign: Campaign, *, not_free: bool = False) -> bool:
    """Tell whether ``facts_of`` a campaign says that no dealer does its work free of charge: not by repair, not free, or no visit."""
    if campaign.campaign_type is CampaignType.SERVICE_CAMPAIGN:
        return False
    return not by_repair(campaign) or without_visit(campaign) or not_free or never_free(campaign)


def can_crash(campaign: Campaign) -> bool:
    """Tell whether a crash can come of the defect (577.5(f)(1)): as a person states it, else as the consequence says."""
    stated: bool | None = campaign.letter.get("crash")
    return crash_in(campaign.consequence) is Crash.RESULT if stated is None else stated


def denies_warning(campaign: Campaign) -> bool:
    """Tell whether a consequence says that nothing warns while the campaign states a warning: 577.5(f)(1) has either."""
    said = " ".join(campaign.consequence.lower().split())
    return bool(campaign.warning.strip()) and any(one in said for one in no_warning())


# The period of reimbursement, 573.13(c)


def _clock(name: str, on: date) -> Clock:
    from renotify.rules import load  # most who read campaigns ask for no day of the law

    return load(on).clock(name)


def reimbursement_begins(campaign: Campaign) -> date | None:
    """Return the first day of the work that is reimbursed: as stated, else by 573.13(c)(1); None where no day is known."""
    stated: date | None = campaign.letter.get("reimbursement_begins")
    return stated or latest_beginning(campaign)


def latest_beginning(campaign: Campaign) -> date | None:
    """Return the day after which the period may not begin, 573.13(c)(1); None where it is not known.

    A noncompliance: the first test or observation. A defect: one year before the report, or the opening of an engineering
    analysis where that is earlier.
    """
    told, filed = campaign.letter, campaign.filed_date
    if found_by_test(campaign):
        tested: date | None = told.get("first_test_date")
        return tested
    if filed is None:
        return None
    opened: date = told.get("analysis_opened_date", filed)
    return min(_clock("reimbursement_begins", filed).due(filed), opened)


def reimbursement_ends(campaign: Campaign, mailed: date) -> date | None:
    """Return the stated last day, where a letter of the day ``mailed`` leaves it standing (573.13(c)(2)(i)); else None.

    It is not sooner than ten days after the last letter: each letter may be that one.
    """
    stated: date | None = campaign.letter.get("reimbursement_ends")
    return stated if stated is not None and stated >= reimbursement_open_until(mailed) else None


def reimbursement_open_until(last_letter: date) -> date:
    """Return the day before which the period does not end (573.13(c)(2)(i)), by the last letter so far; each later one moves it."""
    return _clock("reimbursement_period", last_letter).due(last_letter)


class OldVehicles(NamedTuple):
    """Which vehicles were first sold too long ago for the free remedy: before ``sold_before``.

    ``unknown_too``: also those of unknown first sale, unless a build date or a model year shows that they are not so old.
    """

    sold_before: date
    unknown_too: bool

    def holds(self, first_sale: date | None, built: date | None, model_year: int | None) -> bool:
        """Tell whether a vehicle is one of them: by its first sale, else, with ``unknown_too``, by what shows that it may be so old."""
        if first_sale is not None or not self.unknown_too:
            return first_sale is not None and first_sale < self.sold_before
        if built is not None:
            return built < self.sold_before
        return model_year is not None and model_year <= self.last_model_year

    @property
    def last_model_year(self) -> int:
        """The last model year of which a vehicle may be so old: none is sold before the calendar year that precedes its own."""
        return (self.sold_before - timedelta(days=1)).year + 1


def holds_young(campaign: Campaign, old: OldVehicles) -> bool:
    """Tell whether the model years of a campaign hold vehicles that are not so old, whatever the day of their sale."""
    return any(scope.year_to > old.last_model_year for scope in campaign.scopes)


def never_free(campaign: Campaign) -> bool:
    """Tell whether a stated ``not_free`` holds whatever vehicle the letter is about: of equipment, whose own sale decides."""
    return bool(campaign.letter.get("not_free") and campaign.letter.get("equipment"))


def old_vehicles(campaign: Campaign, on: date) -> OldVehicles | None:
    """Return which vehicles were first sold too long ago for the free remedy (30120(g)(1)); None: no vehicle's sale decides.

    Fifteen years before the first notice or the order, whichever came earlier; before the day ``on`` while neither has come;
    five for tires. A campaign that does not say to what extent the maker remedies such vehicles (``voluntary_extent``)
    remedies them as all others. A stated ``not_free`` speaks for vehicles whose first sale is not known: the day of a known one
    decides, so that no letter tells the owner of a new vehicle that the law no longer gives a free remedy.
    """
    told = campaign.letter
    if not told.get("voluntary_extent") or never_free(campaign):
        return None
    notice = noticed_or_ordered(campaign, on) or on
    day = years_before(notice, free_remedy_clock(campaign, notice).amount)
    return OldVehicles(day, unknown_too=bool(told.get("not_free")))


def noticed_or_ordered(campaign: Campaign, on: date) -> date | None:
    """Return the day of the first notice or of the order, whichever had come earlier by a day (30120(g)(1)); None before both."""
    days = (campaign.first_notice_date, campaign.letter.get("ordered_date"))
    return min((day for day in days if day and day <= on), default=None)


def free_remedy_clock(campaign: Campaign, notice: date) -> Clock:
    """Return how long after its sale a vehicle, or a tire, is remedied free of charge by a notice of a day."""
    return _clock("free_remedy_tires" if campaign.letter.get("tires") else "free_remedy", notice)


# Texts


def text_of(campaign: Campaign, key: str, language: str) -> str:
    """Return a text for owners in a language, without white space around it; blank where it is not stated.

    A standard is its number and its title (577.5(c)(2)): ``FMVSS No. 301, Fuel System Integrity`` is ``301, Fuel System Integrity``, and
    a number alone, as NHTSA's file has it, is not yet one.
    """
    if language == "en":
        text = str(campaign.letter.get(key) or getattr(campaign, key, "")).strip()
        if key == "component":
            text = text or campaign.subject.strip()
    else:
        text = campaign.spanish.get(key, "").strip()
        if key == "component":
            text = text or campaign.spanish.get("subject", "").strip()
    return _standard(text) if key == "standard" else text


@cache
def standard_numbers() -> frozenset[str]:
    """Return the numbers of the Federal Motor Vehicle Safety Standards that the house knows, small letters, from memory."""
    return frozenset(read_toml(STANDARDS)["numbers"])


def _standard(text: str) -> str:
    named = STANDARDS_NAME.match(text)
    text = text[named.end() :] if named else text
    return text if NUMBER_AND_TITLE.match(text) else ""


def of_letter(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the letter's own keys among a campaign's facts, without those that say nothing."""
    return {key: facts[key] for key in LETTER_KEYS if facts.get(key) not in (None, "")}
