"""Which approved answers are stale: the campaign's facts changed after a person had found the answer true.

An answer is found true on the day on which its text was stated first, or on the day that it states itself (``approved_on``). What
owners are told of a campaign may not change after it: a repair that was postponed, a warning, another description of the risk. What is
loaded again as it was changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from renotify.campaigns.campaign import Answer, Campaign
from renotify.campaigns.catalogue import Facts, from_facts
from renotify.ledger.campaign_history import CampaignHistory, histories, joined
from renotify.ledger.session import Session

TOLD = (
    "campaign_type", "subject", "component", "defect", "consequence", "warning", "precaution", "remedy", "standard", "conditions",
    "remedy_available_date", "remedy_version", "do_not_drive", "park_outside", "inspect_first", "scopes", "remedies", "letter", "spanish",
)  # fmt: skip
Key = tuple[str, str, str]


def changed_since_approval(session: Session, codes: Sequence[str]) -> dict[Key, date]:
    """Return the stale answers of campaigns by code, language and question, with the day on which the facts changed last."""
    return {
        (code, *answer): day
        for code, history in histories(session, codes).items()
        for answer, day in stale(history).items()
    }


def stale(history: CampaignHistory) -> dict[tuple[str, str], date]:
    """Return the stale answers of one campaign by language and question, with the day on which its facts changed last."""
    states = _states(history)
    if not states:
        return {}
    changes = [
        (number, day)
        for number, ((_, before), (day, after)) in enumerate(pairwise(states), start=1)
        if _told(before) != _told(after)
    ]
    found = {}
    for answer in states[-1][1].answers:
        first, approved = _first_stated(answer, states), answer.approved_on or date.min
        later = [day for number, day in changes if number > first and day > approved]
        if later:
            found[answer.language, answer.question] = later[-1]
    return found


def _states(history: CampaignHistory) -> list[tuple[date, Campaign]]:
    """Return the campaign after each statement, with the day of the statement, in the order in which they were recorded."""
    layers: dict[str, Facts] = {}
    states = []
    for one in history.statements:
        layers = {**layers, one.layer: one.said}
        facts = joined({layer: said for layer, said in layers.items() if said})
        if facts:
            states.append((one.stated_on, from_facts(facts)))
    return states


def _told(campaign: Campaign) -> tuple[object, ...]:
    return tuple(_value(getattr(campaign, name)) for name in TOLD)


def _value(value: object) -> object:
    return sorted(value.items(), key=str) if isinstance(value, Mapping) else value


def _first_stated(answer: Answer, states: Sequence[tuple[date, Campaign]]) -> int:
    """Return the number of the statement from which on the text stands as it does now: two of one day are told apart."""
    said = (answer.language, answer.question, answer.answer)
    first = len(states) - 1
    for number, (_, campaign) in reversed(list(enumerate(states))):
        if said not in {(one.language, one.question, one.answer) for one in campaign.answers}:
            break
        first = number
    return first
