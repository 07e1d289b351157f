"""What the toll-free number tells of money already paid for a remedy: 49 CFR 577.11(d)(1)-(7), by the rule pack's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import (
    facts_of,
    reimbursement_begins,
    reimbursement_ends,
    reimbursement_open_until,
    text_of,
)
from renotify.contact.spoken import listed, say
from renotify.letters.identified import vehicles
from renotify.letters.letter_text import long_date
from renotify.rules import RulePack, Statement, load

NOT_FREE = "not_free"  # in the facts of a letter: the vehicle is too old for a free remedy
# the key of campaigns.toml whose lack leaves a slot blank, where it has another name
KEYS = {"period": "filed_date", "vehicles": "scope"}


def information(
    campaign: Campaign, on: date, language: str = "en", last_letter: date | None = None
) -> str:
    """Return what staff say of a recall's reimbursement; blank where nobody is to be reimbursed or campaigns.toml leaves a fact out.

    ``last_letter`` is the day of the recall's last letter so far (``ledger.last_letters``): ten days after it the period may end, as the
    clock of ``renotify deadlines`` has it. ``followup new`` names a fact that is lacking. The restrictions are the maker's own within
    573.13(d); left out, there are none.
    """
    row, values = _values(campaign, on, language, last_letter)
    return row.render(language, values) if values and not _blank(row, values, language) else ""


def of_vehicle(
    campaign: Campaign,
    facts: Collection[str],
    on: date,
    language: str = "en",
    last_letter: date | None = None,
) -> str:
    """Return ``information`` for a vehicle by the ``facts`` of its letter: of one too old for a free remedy no period is told.

    The duty to pay back has ended then (573.13(n)); what the maker's own program pays is told in its place.
    """
    said = information(campaign, on, language, last_letter)
    if not said or NOT_FREE not in facts:
        return said
    address = str(campaign.letter["claims_address"])
    return say(language, "own_program", campaign=campaign.campaign_code, address=address)


def lacking(campaign: Campaign, on: date, language: str = "en") -> str:
    """Return which facts campaigns.toml leaves out, so that staff can say nothing of a recall's reimbursement; blank where none."""
    row, values = _values(campaign, on, language, None)
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


def _values(
    campaign: Campaign, on: date, language: str, last_letter: date | None
) -> tuple[Statement, dict[str, str]]:
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
        "period": _period(campaign, pack, language, last_letter),
        "reimbursement_limits": _limits(campaign, language),
        "claims_address": str(campaign.letter.get("claims_address", "")),
    }
    return row, values


def _limits(campaign: Campaign, language: str) -> str:
    """Return the restrictions; none where campaigns.toml states none, blank where it states them in English alone."""
    if not text_of(campaign, "reimbursement_limits", "en"):
        return say(language, "no_limits")
    return text_of(campaign, "reimbursement_limits", language).rstrip(" .")


def _period(campaign: Campaign, pack: RulePack, language: str, last_letter: date | None) -> str:
    """Return the period of 573.13(c) as letters state it, with the day by the last one so far; blank where its beginning is not known.

    A stated last day stands where the last letter leaves it standing, and while there is none, where one of the day would.
    """
    begins = reimbursement_begins(campaign)
    ends = reimbursement_ends(campaign, last_letter or pack.on)
    if "reimbursement_begins" not in facts_of(campaign) or begins is None:
        return ""
    values = {
        "campaign": campaign.campaign_code,
        "reimbursement_begins": long_date(begins, language),
    }
    if ends is not None:
        stated = {"reimbursement_ends": long_date(ends, language)}
        return pack.statement("R2").render(language, values | stated)
    rule = pack.statement("R3").render(language, values)
    if last_letter is None:
        return rule
    until = long_date(reimbursement_open_until(last_letter), language)
    so_far = say(language, "paid_until", day=long_date(last_letter, language), until=until)
    return f"{rule} {so_far}"
