"""What the decision of 577.5(c) identifies: the vehicles of a campaign's scope, or its equipment."""

from __future__ import annotations

import re

from renotify.campaigns.campaign import Campaign, Scope
from renotify.campaigns.letter_facts import text_of
from renotify.letters.letter_labels import joined

# what a name begins with that can stand behind *exists in*; another one is put in brackets
NAMED = {
    "en": re.compile(
        r"(?:the|a|an|all|any|some|certain|these|those|each|every|\d+)\b", re.IGNORECASE
    ),
    "es": re.compile(
        r"(?:el|la|los|las|un|una|unos|unas|todos?|todas?|ciert[oa]s?|algun[oa]s?|est[eao]s?|cada|\d+)\b",
        re.IGNORECASE,
    ),
}
EQUIPMENT = {"en": "certain replacement equipment", "es": "cierto equipo de reemplazo"}


def _scope(scope: Scope, make: str, language: str) -> str:
    years = f"{scope.year_from}" if scope.year_from == scope.year_to else ""
    if language == "es":
        years = years or f"{scope.year_from} a {scope.year_to}"
        return f"{make} {scope.model} de {years}"
    return f"{years or f'{scope.year_from}-{scope.year_to}'} {make} {scope.model}"


def vehicles(campaign: Campaign, language: str) -> str:
    """Return what 577.5(c) identifies: the equipment as the campaign states it, else the motor vehicles of its scope.

    A bare name, without an article, stands in brackets behind the rule's own word: ``certain replacement equipment (Roof rack, part 12)``.
    """
    if campaign.letter.get("equipment"):
        stated = text_of(campaign, "equipment", language)
        named = not stated or NAMED[language].match(stated.strip())
        return stated if named else f"{EQUIPMENT[language]} ({stated.strip().rstrip(' .')})"
    lines = [_scope(scope, campaign.make, language) for scope in campaign.scopes]
    if not lines:
        return ""
    start = "ciertos vehículos " if language == "es" else "certain "
    return start + joined(lines, language) + ("" if language == "es" else " vehicles")
