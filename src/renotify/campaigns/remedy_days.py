"""The days on which the remedies of a population's vehicles are there, set-wise: one rule, ``Campaign.remedy_date_of``.

A vehicle's days are one text beside its bundle, in the bundle's order: ``2013-03-06+-`` says that the first campaign's
remedy is there on that day and the second's day is not known. A blank means that each campaign has one day for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import JOINED
from renotify.values.different_rows import of_each

NOT_KNOWN = "-"
A_DAY = timedelta(days=1)


def with_remedy_days(rows: pa.Table, campaigns: Mapping[str, Campaign]) -> pa.Table:
    """Return rows (bundle, model, model_year, build_date; a null is not known) with ``remedy_days``, in their order."""
    if not any(campaign.remedies for campaign in campaigns.values()):
        return rows.append_column("remedy_days", pa.repeat(pa.scalar(""), rows.num_rows))
    turns = _turns(campaigns.values())
    columns = [
        rows["bundle"], rows["model"], rows["model_year"], _spans(rows["build_date"], turns),
    ]  # fmt: skip

    def days(bundle: str, model: str, year: str, span: str) -> str:
        own = [campaigns[code] for code in bundle.split(JOINED)]
        return _days_of(own, model, int(year) if year else None, _day_of(span, turns))

    return rows.append_column("remedy_days", of_each(columns, days, pa.string()))


def with_remedied(rows: pa.Table, campaigns: Mapping[str, Campaign]) -> pa.Table:
    """Return rows with ``remedy_days`` and ``remedied``, the day on which all remedies are there; null while one is not known."""
    days = with_remedy_days(rows, campaigns)

    def last(bundle: str, remedy_days: str) -> date | None:
        return all_there([campaigns[code] for code in bundle.split(JOINED)], remedy_days)

    there = of_each([days["bundle"], days["remedy_days"]], last, pa.date32())
    return days.append_column("remedied", there)


def remedy_dates(campaigns: Sequence[Campaign], remedy_days: str) -> dict[str, date | None]:
    """Return the day of each remedy of a bundle's campaigns by code, from the text of a vehicle."""
    if not remedy_days:
        return {one.campaign_code: one.remedy_available_date for one in campaigns}
    return {
        one.campaign_code: None if day == NOT_KNOWN else date.fromisoformat(day)
        for one, day in zip(campaigns, remedy_days.split(JOINED), strict=True)
    }


def all_there(campaigns: Sequence[Campaign], remedy_days: str) -> date | None:
    """Return the first day on which every remedy of a vehicle is there; None while one of them is not known."""
    days = list(remedy_dates(campaigns, remedy_days).values())
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def _turns(campaigns: Iterable[Campaign]) -> list[date]:
    """Return the days of production on which a remedy's range begins or is over, in order."""
    remedies = [remedy for campaign in campaigns for remedy in campaign.remedies]
    begins = {one.built_from for one in remedies if one.built_from}
    return sorted(begins | {one.built_to + A_DAY for one in remedies if one.built_to})


def _spans(built: pa.ChunkedArray, turns: Sequence[date]) -> pa.ChunkedArray:
    """Return how many turns lie at or before each day of production; null where it is not known."""
    passed = pc.if_else(pc.is_null(built), pa.scalar(None, pa.int64()), 0)
    for turn in turns:
        passed = pc.add(passed, pc.cast(pc.greater_equal(built, pa.scalar(turn)), pa.int64()))
    return passed


def _days_of(
    own: Sequence[Campaign], model: str, model_year: int | None, built: date | None
) -> str:
    if not any(campaign.remedies for campaign in own):
        return ""
    days = [campaign.remedy_date_of(model, model_year, built) for campaign in own]
    return JOINED.join(day.isoformat() if day else NOT_KNOWN for day in days)


def _day_of(span: str, turns: Sequence[date]) -> date | None:
    """Return one day of a span between turns: for every other day of it the rule gives the same."""
    if not span or not turns:
        return None
    passed = int(span)
    return turns[passed - 1] if passed else turns[0] - A_DAY
