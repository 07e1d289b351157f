"""What the toll-free number tells of money already paid for a remedy: 49 CFR 577.11(d)(1)-(7), by the rule pack's words."""

from __future__ import annotations

from datetime import date

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import (
    facts_of,
    reimbursement_begins,
    reimbursement_ends,
    text_of,
)
from renotify.letters.letter_text import vehicles
from renotify.rules import RulePack, load
from renotify.values.english import long_day


def information(campaign: Campaign, on: date) -> str:
    """Return what staff say of a recall's reimbursement; blank where nobody is to be reimbursed or campaigns.toml leaves a fact out.

    ``followup new`` names such a fact. The restrictions are the maker's own within 573.13(d); left out, there are none.
    """
    pack = load(on)
    if campaign.family == "service" or campaign.letter.get("nobody_to_reimburse"):
        return ""
    row = pack.statement("reimbursement_information")
    values = {
        "campaign": campaign.campaign_code,
        "vehicles": vehicles(campaign, "en"),
        "manufacturer": campaign.make,
        "defect": text_of(campaign, "defect", "en").rstrip(" ."),
        "remedy_kind": campaign.letter.get("remedy_by", "repair"),
        "period": _period(campaign, pack),
        "reimbursement_limits": text_of(campaign, "reimbursement_limits", "en").rstrip(" .")
        or "none",
        "claims_address": str(campaign.letter.get("claims_address", "")),
    }
    return row.render("en", values) if all(values[slot] for slot in row.slots("en")) else ""


def _period(campaign: Campaign, pack: RulePack) -> str:
    """Return the period of 573.13(c) as the letters of a day state it; blank where its beginning is not known."""
    begins, ends = reimbursement_begins(campaign), reimbursement_ends(campaign, pack.on)
    if "reimbursement_begins" not in facts_of(campaign) or begins is None:
        return ""
    values = {"campaign": campaign.campaign_code, "reimbursement_begins": long_day(begins)}
    if ends is None:
        return pack.statement("R3").render("en", values)
    return pack.statement("R2").render("en", values | {"reimbursement_ends": long_day(ends)})
