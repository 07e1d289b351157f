"""Each key that campaigns.toml takes for letters changes a letter or a clock, and the reference names it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from cases import at_once
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.letter_facts import (
    CHOICES,
    KINDS,
    facts_of,
    found_by_test,
    latest_beginning,
    noticed_or_ordered,
    old_vehicles,
)
from renotify.campaigns.missing_facts import missing
from renotify.rules import load
from renotify.rules.pack import all_rows
from renotify.values.stated_tables import DAY, NUMBER, YES_NO

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "files.md"
EARLY = date(2011, 5, 2)
DEFECT = Campaign(
    "X1", CampaignType.SAFETY_RECALL, "Lexus", "Pipe", consequence="It can burn people", filed_date=date(2013, 1, 10),
    first_notice_date=date(2013, 2, 11), letter={"voluntary_extent": "We pay half"},
)  # fmt: skip
NONCOMPLIANCE = replace(DEFECT, campaign_type=CampaignType.NONCOMPLIANCE_RECALL)
# what a key says something beside, where that is no statement's own slot
BESIDE = {
    "tires_until_date": {"tires": True},
    "owner_pays_first": {"acceleration_parts": "pipe 12"},
    "nobody_to_reimburse": {},
    "provisional_ordered_date": {"court": "upheld"},
}
VALUES: dict[str, Any] = {YES_NO: True, DAY: EARLY, NUMBER: 12.5, "remedy_by": "refund", "repairable": False}  # fmt: skip
SLOTS = {
    slot for row in all_rows()["statements"] for text in row.text.values() for slot in re.findall(r"\{(\w+)\}", text)
}  # fmt: skip


def outcome(campaign: Campaign) -> tuple[Any, ...]:
    """What decides a letter's statements, the period of reimbursement, and who keeps the free remedy."""
    on = date(2013, 3, 5)
    begins = None if found_by_test(campaign) and not campaign.letter else latest_beginning(campaign)
    return facts_of(campaign), begins, noticed_or_ordered(campaign, on), old_vehicles(campaign, on)


def told(campaign: Campaign, **stated: Any) -> Campaign:
    fields = {key: stated.pop(key) for key in ("standard", "conditions") if key in stated}
    return replace(campaign, **fields, letter={**campaign.letter, **stated})


@at_once("key", sorted(KINDS))
def test_a_key_of_letters_is_printed_or_decides_what_is(key: str) -> None:
    """A key that fills a slot of a statement is printed; any other changes what holds for the campaign, or the days that follow."""
    if key in SLOTS:
        return
    chosen = CHOICES.get(key, (None,))[-1]
    value = VALUES.get(key, VALUES.get(KINDS[key], chosen or "a text"))
    beside = BESIDE.get(key, {})
    changed = [
        outcome(told(one, **beside, **{key: value})) != outcome(told(one, **beside))
        for one in (DEFECT, NONCOMPLIANCE)
    ]
    assert any(changed), key


@at_once("key", sorted(KINDS))
def test_the_reference_names_every_key_of_letters(key: str) -> None:
    letters = PAGE.read_text("utf-8").split("### What letters need")[1].split("## ")[0]
    assert f"`{key}`" in letters or f"`{key} = " in letters, key


def test_an_opinion_beside_no_repair_is_told_with_what_the_letter_prints() -> None:
    """577.5(g)(2)(iii), 577.6(b)(10): only a provisional notification says itself that no repair is possible."""
    stated = {"repairable": False, "repair_opinion": "No."}

    def said(**other: Any) -> str:
        found = missing(told(DEFECT, **stated, **other), load(date(2013, 3, 5)), "initial", ["en"])
        (one,) = [one.sentence for one in found if one.key == "repair_opinion"]
        return one

    assert "a letter prints the opinion alone, and leaves out parts, steps and prices" in said()
    pending = said(decided_by="administrator", court="pending")
    assert "a letter says that no repair is possible and prints the opinion beside it" in pending
