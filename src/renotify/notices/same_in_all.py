"""What every notice of an occasion states of its campaigns: the statements of 49 CFR 577.13 for recalls, plain words for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renotify.campaigns.campaign import Campaign, Scope
from renotify.campaigns.letter_facts import by_repair, without_visit
from renotify.errors import LetterRefused
from renotify.notices.counted_words import remedy_words
from renotify.notices.facts import Occasion
from renotify.rules import KIND_OF_FOLLOWUP, RulePack, Statement
from renotify.values.english import long_day, series

LANGUAGE = "en"
NO_DELIVERY = "577.13(b)"


class Stated(NamedTuple):
    """What is stated of an occasion's campaigns, whoever reads it: values for ``typst/notice.typ``."""

    banner: str | None
    warnings: Sequence[tuple[str, str]]
    campaigns: Sequence[Mapping[str, Any]]
    law: Mapping[str, str] | None


def what_is_stated(occasion: Occasion, pack: RulePack) -> Stated:
    """Return what the notices of an occasion state.

    LetterRefused when a recall lacks a fact that 49 CFR 577.13(a) makes the notice state.
    """
    recalls = [c for c in occasion.campaigns if c.family == "safety"]
    campaigns = [
        {
            "code": campaign.campaign_code,
            "nhtsa": campaign.nhtsa_campaign_number or "–",
            "kind": campaign.campaign_type.words.capitalize(),
            "description": campaign.subject,
            "models": capital(models(campaign)),
            "facts": _explained(campaign, occasion, pack),
        }
        for campaign in occasion.campaigns
    ]
    banner = _banner(recalls, occasion, pack)
    return Stated(banner, _warnings(occasion.campaigns), campaigns, _law(occasion, pack))


def models(campaign: Campaign) -> str:
    """Return models and model years in the memo's manner, ``Certain 2006 - 2007 GS 300``."""
    ranges = [scope.text or _years(scope) for scope in campaign.scopes]
    return "; ".join(ranges) or f"certain {campaign.make} vehicles, listed by VIN"


def _years(scope: Scope) -> str:
    years = (
        str(scope.year_from)
        if scope.year_from == scope.year_to
        else f"{scope.year_from} - {scope.year_to}"
    )
    return f"certain {years} {scope.model}"


def statements(occasion: Occasion, pack: RulePack, campaign: Campaign) -> list[Statement]:
    """Return what 577.13 makes a dealer notice say of a campaign: nothing of a service campaign."""
    return pack.statements_for(
        campaign_type=campaign.campaign_type.value,
        kind=KIND_OF_FOLLOWUP.get(occasion.kind, "follow_up"),
        recipient="dealer",
        language=LANGUAGE,
    )


def _stated(statement: Statement, campaign: Campaign, on: date) -> str:
    facts = {
        "campaign": campaign.campaign_code,
        "manufacturer": campaign.make,
        "vehicles": models(campaign),
        "defect": campaign.defect.rstrip("."),
        "consequence": campaign.consequence.rstrip("."),
        "remedy": remedy_words(campaign),
        "remedy_available_date": _available(campaign, on),
    }
    try:
        return statement.render(LANGUAGE, facts)
    except LetterRefused as refused:
        raise LetterRefused(
            f"The notice on campaign {campaign.campaign_code} cannot be written: {refused.message}",
            refused.hint,
        ) from refused


def _available(campaign: Campaign, on: date) -> str:
    """Return the day of the remedy; where vehicles have days of their own, each of them, and that of all others."""
    if not campaign.remedies:
        return _day_of_remedy(campaign.remedy_available_date, on)
    own = [
        f"{one.words}: {_day_of_remedy(one.remedy_available_date, on)}" for one in campaign.remedies
    ]
    return "; ".join([*own, f"all others: {_day_of_remedy(campaign.remedy_available_date, on)}"])


def _day_of_remedy(known: date | None, on: date) -> str:
    if known is None:
        return "not yet known, and it follows when it is"
    return f"{long_day(known)} (available now)" if known <= on else long_day(known)


def _banner(recalls: Sequence[Campaign], occasion: Occasion, pack: RulePack) -> str | None:
    """Identify the notice as a safety recall notice (577.13(a)); None without a recall."""
    if not recalls:
        return None
    first = statements(occasion, pack, recalls[0])[0]
    codes = series([c.campaign_code for c in recalls])
    words = first.render(LANGUAGE, {"campaign": codes})
    return words if len(recalls) == 1 else words.replace(f"Campaign {codes}", f"Campaigns {codes}")


def _warnings(campaigns: Sequence[Campaign]) -> list[tuple[str, str]]:
    warnings = [
        (c.campaign_code, "Do not drive until repaired.") for c in campaigns if c.do_not_drive
    ]
    return warnings + [
        (c.campaign_code, "Park outside and away from structures until repaired.")
        for c in campaigns
        if c.park_outside
    ]


def _explained(campaign: Campaign, occasion: Occasion, pack: RulePack) -> list[tuple[str, str]]:
    """Return (label, text): 577.13(a)'s statements for a recall, else our plain words."""
    required = statements(occasion, pack, campaign)[1:]
    if required:
        lines = [
            _stated(statement, campaign, occasion.on)
            for statement in required
            if statement.section != NO_DELIVERY
        ]
    else:
        texts = (("What is wrong", campaign.defect), ("The remedy", campaign.remedy))
        lines = [f"{label}: {text}" for label, text in texts if text]
        lines.append(f"Available: {_available(campaign, occasion.on)}.")
    code_hours = occasion.hours.get(campaign.campaign_code)
    if code_hours and by_repair(campaign) and not without_visit(campaign):
        lines.append(f"Time for the work: {code_hours}.")
    return [(label + ":", rest.strip()) for label, _, rest in (s.partition(":") for s in lines)]


def _law(occasion: Occasion, pack: RulePack) -> dict[str, str] | None:
    """Return the statement of 577.13(b) for recalls; None where all are service campaigns."""
    for campaign in occasion.campaigns:
        for statement in statements(occasion, pack, campaign):
            if statement.section == NO_DELIVERY:
                recalls = [c.campaign_code for c in occasion.campaigns if c.family == "safety"]
                return {
                    "title": f"Federal law on {series(recalls)}",
                    "text": statement.wording(LANGUAGE),
                    "citation": statement.citation,
                }
    return None


def capital(text: str) -> str:
    """Return a text with its first letter in capitals."""
    return text[:1].upper() + text[1:]
