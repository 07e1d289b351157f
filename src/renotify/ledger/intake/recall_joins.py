"""Which campaign of ours is which recall of NHTSA's: by number, else by make and code, never by code alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from renotify.campaigns import catalogue
from renotify.campaigns.campaign import Campaign
from renotify.campaigns.makes import make_key
from renotify.campaigns.nhtsa import NO_NUMBER, Recall, as_campaign, readings
from renotify.values.english import counted, series

SHOWN = 12  # recalls that one note names
BY_NUMBER, BY_CODE, NEW = "by number", "by make and code", "new"


@dataclass(frozen=True)
class Join:
    """A recall and the code of the campaign that it is or becomes, and how that was found."""

    recall: Recall
    code: str
    how: str


@dataclass(frozen=True)
class Joins:
    """By what recalls are joined: our campaigns by number and by code in capitals, the makes wanted, and how many recalls claim a code."""

    by_number: Mapping[str, Sequence[Campaign]]
    by_code: Mapping[str, Sequence[Campaign]]
    makes: frozenset[str]
    claims: Counter[str]

    def of(self, recall: Recall) -> list[Join]:
        """Return the campaigns of a recall: with its number; else of its make and code; else a new one."""
        numbered = self.by_number.get(recall.number, ())
        if numbered:
            return [Join(recall, one.campaign_code, BY_NUMBER) for one in numbered]
        same = [one for one in self.same_make_and_code(recall) if self._open(one)]
        if same:
            return [Join(recall, one.campaign_code, BY_CODE) for one in same]
        return [Join(recall, self._new_code(recall), NEW)]

    def same_make_and_code(self, recall: Recall) -> list[Campaign]:
        """Return our campaigns without a number that have a code and a make of one row of the recall, in order of code."""
        codes = {make: readings(stated) for make, stated in recall.codes_of.items()}
        return [
            campaign
            for code in sorted(readings(recall.codes))
            for campaign in self.by_code.get(code, ())
            if code in codes.get(make_key(campaign.make), ()) and not campaign.nhtsa_campaign_number
        ]

    def _open(self, campaign: Campaign) -> bool:
        alone = self.claims[campaign.campaign_code.upper()] == 1
        return alone and campaign.family == "safety" and not campaign.no_nhtsa_number

    def _new_code(self, recall: Recall) -> str:
        everywhere = all(codes == recall.codes for codes in recall.codes_of.values())
        for code in recall.codes if len(recall.codes) == 1 and everywhere else ():
            if code not in self.by_code and self.claims[code] == 1 and catalogue.is_code(code):
                return code
        return recall.number

    def campaign(self, join: Join) -> Campaign:
        """Return NHTSA's record as a campaign under the code of the join, of a make that is wanted."""
        makes = join.recall.makes_with(join.code)
        make = next((make for make in makes if make_key(make) in self.makes), "")
        return as_campaign(join.recall, join.code, make)


def joins(
    recalls: Iterable[Recall], known: Mapping[str, Campaign], makes: frozenset[str]
) -> tuple[list[Join], Joins]:
    """Join recalls, in the order of their numbers, with campaigns; and return by what they were joined."""
    ordered = sorted(recalls, key=lambda recall: recall.number)
    by_number, by_code = defaultdict(list), defaultdict(list)
    for campaign in known.values():
        by_number[campaign.nhtsa_campaign_number].append(campaign)
        by_code[campaign.campaign_code.upper()].append(campaign)
    by = Joins(
        by_number,
        by_code,
        makes,
        Counter(code for recall in ordered for code in readings(recall.codes)),
    )
    return [join for recall in ordered for join in by.of(recall)], by


def notes(joined: Sequence[Join], by: Joins) -> Iterator[str]:
    """Say what was joined by code, what was not joined, and what is registered under a number."""
    for join in joined:
        if join.how == BY_CODE:
            yield (
                f"{join.code}: NHTSA's {join.recall.number} has its make and code and was joined to it; if it is"
                f' another recall, state nhtsa_campaign_number = "{NO_NUMBER}", or its own, in campaigns.toml.'
            )
        elif join.how == NEW:
            for campaign in by.same_make_and_code(join.recall):
                yield (
                    f"{campaign.campaign_code}: NHTSA's {join.recall.number} has its make and code and was not joined:"
                    f" {_why_not(campaign)}."
                )
    yield from _under_numbers([join.recall for join in joined if _stands_alone(join, by)])


def _stands_alone(join: Join, by: Joins) -> bool:
    return join.how == NEW and join.code == join.recall.number and join.code not in by.by_code


def _why_not(campaign: Campaign) -> str:
    if campaign.no_nhtsa_number:
        return "campaigns.toml says that it has no number"
    if campaign.family == "service":
        return "it is a service campaign, of which NHTSA has no record"
    return "more than one recall has this code; state nhtsa_campaign_number in campaigns.toml"


def _under_numbers(recalls: Sequence[Recall]) -> Iterator[str]:
    """Say, in one sentence for those without a code and in one for the others, which recalls have no code here but their number."""
    coded = [recall for recall in recalls if recall.codes]
    blank = [recall.number for recall in recalls if not recall.codes]
    names = [f"{recall.number} ({', '.join(recall.codes)})" for recall in coded]
    yield from _registered("without a code of the maker's", blank)
    yield from _registered(
        "with several codes, one that cannot stand here or that not all of its makes have, or one of another's",
        names,
    )


def _registered(kind: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = [f"{len(names) - SHOWN:,} more"] if len(names) > SHOWN else []
        yield (
            f"{counted(len(names), 'recall')} {kind} {'is' if len(names) == 1 else 'are'} registered under the NHTSA"
            f" number: {series([*names[:SHOWN], *more])}. State nhtsa_campaign_number in campaigns.toml to join one to a"
            " campaign of yours."
        )
