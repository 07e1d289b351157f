"""What a recall's words for the work say of a dealer and of its time, beside what its letter says: each contradiction is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import by_repair, text_of, without_visit
from renotify.campaigns.missing_fact import Missing
from renotify.campaigns.stated_times import states_time
from renotify.rules import RulePack

# what of the maker's own words contradicts its letter: the rows of the pack that read it, the key that is told, and what to do
BESIDE_A_VISIT = (
    "no_visit",
    "remedy_delivery",
    (
        "says that no dealer is visited, and letters ask owners to call one: state `remedy_delivery`"
        ' ("over_the_air" or "mail") and `owner_steps`, or say in it what the dealer does'
    ),
)
BESIDE_NO_VISIT = (
    "dealer_there",
    "",
    (
        "names a dealer, and `remedy_delivery` has letters say that none need be visited: say in it what comes to the owner and what the"
        " owner does, or take `remedy_delivery` out"
    ),
)


def of_visits(campaign: Campaign, pack: RulePack, languages: Iterable[str]) -> Iterator[Missing]:
    """Yield words for the work that say that no dealer is visited, of a campaign whose letters ask their owners to call one; and those
    that name a dealer, of one whose letters say that none need be visited. Which texts are read, the rows say.
    """
    if not by_repair(campaign) and not without_visit(campaign):
        return
    prefix, told, what = BESIDE_NO_VISIT if without_visit(campaign) else BESIDE_A_VISIT
    for language in languages:
        for row in pack.forbidden(language, "own_terms"):
            if not row.id.startswith(f"{prefix}."):
                continue
            for key in row.only_in:
                printed = key != "remedy" or by_repair(campaign)
                if printed and row.find(text_of(campaign, key, language)):
                    wrong = f"its `{key}` ({language}) {what}"
                    yield Missing(
                        campaign.campaign_code, told or key, language, "49 CFR 577.5(g)(1)(iii)(A)", must=False, wrong=wrong
                    )  # fmt: skip


def of_two_times(campaign: Campaign, languages: Iterable[str]) -> Iterator[Missing]:
    """Yield words for the work that state its time, beside which a letter of a repair at a dealer's states that of labor_times."""
    if without_visit(campaign) or not by_repair(campaign):
        return
    for language in languages:
        if states_time(text_of(campaign, "remedy", language), language):
            wrong = (
                f"its `remedy` ({language}) states a time of the work, and a letter states that of labor_times beside it: leave it out"
                " of `remedy`"
            )
            yield Missing(
                campaign.campaign_code, "remedy", language, "49 CFR 577.5(g)(1)(iii)(B)", must=False, wrong=wrong
            )  # fmt: skip
