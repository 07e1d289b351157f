"""What has no work of a dealer's is said once by the facts of a letter and once, without the other facts, where visits are counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notices import sample
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.letter_facts import facts_of, no_work
from renotify.visits.work_there import NO_WORK

TOLD = (
    {}, {"remedy_by": "refund"}, {"remedy_by": "replacement"}, {"remedy_delivery": "over_the_air"}, {"tires": True},
    {"remedy_by": "repair", "equipment": True}, {"not_free": True}, {"not_free": True, "equipment": True},
)  # fmt: skip


@pytest.mark.parametrize("not_free", [False, True])
@pytest.mark.parametrize("told", TOLD, ids=str)
@pytest.mark.parametrize("kind", list(CampaignType))
def test_no_work_is_what_the_facts_of_the_letter_say(
    kind: CampaignType, told: dict[str, object], not_free: bool
) -> None:
    campaign: Campaign = replace(sample.RECALL, campaign_type=kind, letter=told)
    said = bool(NO_WORK & facts_of(campaign, not_free=not_free))
    assert no_work(campaign, not_free=not_free) is said
    if kind is not CampaignType.SERVICE_CAMPAIGN:
        none = (
            not_free
            or told.keys() & {"remedy_delivery"}
            or told.get("remedy_by") in {"refund", "replacement"}
        )
        assert said or not none
