"""What the toll-free number tells of money already paid for a remedy: 49 CFR 577.11(d)(1)-(7), by the rule pack's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import (
    facts_of,
    reimbursement_begins,
    reimbursement_ends,
    text_of,
)
from renotify.contact.spoken import listed, say
from renotify.letters.identified import vehicles
from renotify.letters.letter_text import long_date
from renotify.rules import RulePack, Statement, load

# the key of campaigns.toml whose lack leaves a slot blank, where it has another name
KEYS = {"period": "filed_date", "vehicles": "scope"}


def information(campaign: Campaign, on: date, language: str = "en") -> str:
    """Return what staff say of a recall's reimbursement; blank where nobody is to be reimbursed or campaigns.toml leaves a fact out.

    ``followup new`` names such a fact. The restrictions are the maker's own within 573.13(d); left out, there are none.
    """
    row, values = _values(campaign, on, language)
    return row.render(language, values) if values and not _blank(row, values, language) else ""


def lacking(campaign: Campaign, on: date, language: str = "en") -> str:
    """Return which facts campaigns.toml leaves out, so that staff can say nothing of a recall's reimbursement; blank where none."""
    row, values = _values(campaign, on, language)
    blank = [KEYS.get(slot, slot) for slot in _blank(row, values, language)] if values else []
    if not blank:
        return ""
    return say(
        language,
        "lacks_reimbursement",
        campaign=campaign.campaign_code,
        keys=listed(language, blank),
    )


def _blank(row: Statement, values: Mapping[str, str], language: str) -> list[str]:
    return [slot for slot in row.slots(language) if not values[slot]]


def _values(campaign: Campaign, on: date, language: str) -> tuple[Statement, dict[str, str]]:
    """Return what the statement is filled with; nothing where nobody is to be reimbursed."""
    pack = load(on)
    row = pack.statement("reimbursement_information")
    if campaign.family == "service" or campaign.letter.get("nobody_to_reimburse"):
        return row, {}
    values = {
        "campaign": campaign.campaign_code,
        "vehicles": vehicles(campaign, language),
        "manufacturer": campaign.make,
        "defect": text_of(campaign, "defect", language).rstrip(" ."),
        "remedy_kind": say(language, str(campaign.letter.get("remedy_by", "repair"))),
        "period": _period(campaign, pack, language),
        "reimbursement_limits": _limits(campaign, language),
        "claims_address": str(campaign.letter.get("claims_address", "")),
    }
    return row, values


def _limits(campaign: Campaign, language: str) -> str:
    """Return the restrictions; none where campaigns.toml states none, blank where it states them in English alone."""
    if not text_of(campaign, "reimbursement_limits", "en"):
        return say(language, "no_limits")
    return text_of(campaign, "reimbursement_limits", language).rstrip(" .")


def _period(campaign: Campaign, pack: RulePack, language: str) -> str:
    """Return the period of 573.13(c) as the letters of a day state it; blank where its beginning is not known."""
    begins, ends = reimbursement_begins(campaign), reimbursement_ends(campaign, pack.on)
    if "reimbursement_begins" not in facts_of(campaign) or begins is None:
        return ""
    values = {
        "campaign": campaign.campaign_code,
        "reimbursement_begins": long_date(begins, language),
    }
    if ends is None:
        return pack.statement("R3").render(language, values)
    until = {"reimbursement_ends": long_date(ends, language)}
    return pack.statement("R2").render(language, values | until)
