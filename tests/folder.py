"""A small input folder, made row by row: only what a test is about is said, the rest has plain defaults. All people are made up."""

from __future__ import annotations

from datetime import date
from typing import Self

from small_world import World, vin

ON = date(2013, 2, 26)  # the memo's day

CAMPAIGNS = {
    "9LA": ("safety_recall", "09V020000", date(2009, 1, 16)),
    "ALE": ("safety_recall", "10V309000", date(2010, 7, 6)),
    "BLB": ("safety_recall", "11V115000", date(2011, 2, 24)),
    "CLB": ("service_campaign", "", date(2012, 4, 2)),
}


def make_vin(number: int, descriptor: str = "JTHBK262", year: str = "6", plant: str = "5") -> str:
    """A well-formed, made-up VIN: the serial block 9xxxxx is kept for synthetic vehicles."""
    return vin(number, descriptor, year + plant)


class Folder(World):
    """A small world of the memo's campaigns and one dealer, where nothing else is said."""

    def campaign(self, code: str, **facts: object) -> Self:
        """Add a campaign of the memo by its code, or any other with its own facts."""
        kind, number, filed = CAMPAIGNS.get(code, ("safety_recall", "", date(2010, 1, 4)))
        memo: dict[str, object] = {
            "campaign_type": kind, "nhtsa_campaign_number": number, "filed_date": filed, "first_notice_date": filed,
            "remedy_available_date": filed,
        }  # fmt: skip
        return super().campaign(code, **(memo | facts))

    def dealer(self, code: str = "D0001", area: str = "E", **extra: object) -> Self:
        return super().dealer(code, area, **extra)

    def vehicle(
        self,
        vin: str,
        *campaigns: str,
        dealer: str = "D0001",
        model: str = "IS 250",
        owner: str | None = "ANA EXAMPLE",
        **extra: object,
    ) -> Self:
        return super().vehicle(vin, *campaigns, dealer=dealer, model=model, owner=owner, **extra)

    def repair(
        self,
        vin: str,
        campaign: str,
        day: date,
        outcome: str = "remedied",
        *,
        dealer: str = "D0001",
        **extra: object,
    ) -> Self:
        super().repair(vin, campaign, day, outcome, dealer=dealer)
        rows = self.rows["repair_orders"]
        rows[-1].update({"ro_id": f"R{len(rows):04d}", **extra})
        return self
