"""Which facts the letters of a campaign need and campaigns.toml does not state: told at the load and when a list is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import (
    OWNERS_TEXTS,
    TEXTS,
    facts_of,
    found_by_test,
    is_provisional,
    reimbursement_begins,
    text_of,
)
from renotify.rules import RulePack, Statement

# slots whose value does not come from campaigns.toml
ELSEWHERE = frozenset(["vin", "phone", "tty", "labor_time", "sender_address"])
# slots that are made of another key
KEY_OF_SLOT: Mapping[str, str] = {
    "vehicles": "scope", "manufacturer": "make", "campaign": "campaign_code", "remedy_expected": "remedy_expected_date",
}  # fmt: skip
SHOULD: Mapping[str, str] = {
    "conditions": "49 CFR 577.5(e)(3)", "filed_date": "49 CFR 573.13(c)(1)", "claims_address": "49 CFR 577.11(d)(7)",
}  # fmt: skip


class Missing(NamedTuple):
    """A key that a letter about a campaign needs and that it does not have; ``must``: without it the letter is refused."""

    campaign_code: str
    key: str
    language: str
    citation: str
    must: bool = True

    @property
    def sentence(self) -> str:
        """Return what is missing and where it belongs, as a note and an error say it."""
        table = "" if self.language == "en" else f" under [campaign.{self.language}]"
        verb = "add it" if self.must else "it should have one: add it"
        lacks = f"has no `{self.key}`"
        if self.key == "standard":
            lacks = f"is a noncompliance recall and {lacks} with number and title"
        return f"Campaign {self.campaign_code} {lacks}{table} ({self.citation}): {verb} to campaigns.toml."


def missing(
    campaign: Campaign, pack: RulePack, kind: str, languages: Iterable[str]
) -> list[Missing]:
    """Return the keys without which a letter of a kind (of the rule pack's) about a campaign cannot be printed, each once.

    A letter about a campaign whose remedy has no known day is an interim one. What should stand and need not is last.
    """
    found: dict[tuple[str, str], Missing] = {}
    for wanted in _kinds(campaign, kind):
        for language in languages:
            for one in _missing_in(campaign, pack, wanted, language):
                found.setdefault((one.key, one.language), one)
    for one in _should_state(campaign):
        found.setdefault((one.key, one.language), one)
    return sorted(found.values(), key=lambda one: not one.must)


def _kinds(campaign: Campaign, kind: str) -> tuple[str, ...]:
    if is_provisional(campaign):
        return ("provisional",)
    return ("interim",) if campaign.first_remedy_date is None else (kind,)


def _missing_in(campaign: Campaign, pack: RulePack, kind: str, language: str) -> Iterator[Missing]:
    """Yield the keys that the slots of a letter's statements need and the campaign does not state."""
    for row in _statements(campaign, pack, kind, language):
        for slot in row.slots(language):
            key = KEY_OF_SLOT.get(slot, slot)
            if slot not in ELSEWHERE and not _stated(campaign, key, language):
                where = language if key in TEXTS or key in OWNERS_TEXTS else "en"
                yield Missing(campaign.campaign_code, _asked(campaign, key), where, row.citation)


def _statements(
    campaign: Campaign, pack: RulePack, kind: str, language: str
) -> Iterator[Statement]:
    """Yield the statements of an owner's letter, of one whose remedy is not free too where the campaign provides for it."""
    terms = (False, True) if campaign.letter.get("voluntary_extent") else (False,)
    for not_free in terms:
        yield from pack.statements_for(
            campaign_type=campaign.campaign_type.value, kind=kind, recipient="owner", language=language,
            facts=facts_of(campaign, not_free=not_free),
        )  # fmt: skip


def _should_state(campaign: Campaign) -> Iterator[Missing]:
    """Yield the keys without which a recall's letter can be printed, and that a person should state all the same."""
    if campaign.family != "safety":
        return
    held = facts_of(campaign)
    lacking = {
        "conditions": "conditions" not in held and not campaign.letter.get("conditions_in_defect"),
        "filed_date": "reimbursement_begins" not in held,
        "claims_address": not campaign.letter.get("claims_address"),
    }
    for key, lacks in lacking.items():
        if lacks and (key == "conditions" or "nobody_to_reimburse" not in held):
            yield Missing(campaign.campaign_code, key, "en", SHOULD[key], must=False)


def _asked(campaign: Campaign, key: str) -> str:
    """Return the key by which a person states what a slot needs."""
    return "first_test_date" if key == "reimbursement_begins" and found_by_test(campaign) else key


def _stated(campaign: Campaign, key: str, language: str) -> bool:
    if key == "remedy_available_date":  # a vehicle whose remedy has no day gets an interim letter
        return True
    if key == "scope":
        return bool(campaign.scopes or campaign.letter.get("equipment"))
    if key == "reimbursement_begins":
        return reimbursement_begins(campaign) is not None
    if key in TEXTS or key in OWNERS_TEXTS:
        return bool(text_of(campaign, key, language))
    return bool(campaign.letter.get(key) or getattr(campaign, key, None))
