"""The hours of a vehicle's own repairs as a part of its letter's version, set-wise; what a visit takes is counted in ``visits.needs``.

A vehicle's hours are one text beside its bundle, in the bundle's order: ``2+7`` says that the first campaign takes two hours and
the second seven, ``2+7~22`` that nothing is loaded for its model and that others take seven to 22, ``2+-`` that no labour time of
the second is loaded. Hours stated for some of them together follow, ``2+7|9LA+ALE=8``. A blank means that nothing differs by model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import JOINED
from renotify.campaigns.letter_facts import facts_of
from renotify.values.different_rows import of_each
from renotify.values.english import figure
from renotify.visits.needs import LabourRow, combined, hours_by_campaign
from renotify.visits.work_there import NO_WORK

NOT_LOADED = "-"
TO = "~"
TOGETHER, IS = "|", "="  # before each combination, and between its codes and its hours


def labour_by_model(codes: Iterable[str], labour: Sequence[LabourRow]) -> bool:
    """Tell whether some campaign, or several together, take other hours for one model than for another."""
    wanted = set(codes)
    models = {row.model for row in labour if set(row.campaign_code.split(JOINED)) <= wanted}
    first, *others = (hours_by_campaign(wanted, model, labour) for model in models | {""})
    return any(other != first for other in others)


def with_labour(rows: pa.Table, codes: Collection[str], labour: Sequence[LabourRow]) -> pa.Table:
    """Return rows (bundle, model; a null is not known) with ``labour``, the hours of each vehicle's own repairs."""
    if not labour_by_model(codes, labour):
        return rows.append_column("labour", pa.repeat(pa.scalar(""), rows.num_rows))

    def of_model(bundle: str, model: str) -> str:
        codes = bundle.split(JOINED)
        hours = hours_by_campaign(codes, model, labour)
        alone = JOINED.join(_text(hours.pop(code, None)) for code in codes)
        return alone + "".join(f"{TOGETHER}{one}{IS}{_text(hours[one])}" for one in hours)

    return rows.append_column(
        "labour", of_each([rows["bundle"], rows["model"]], of_model, pa.string())
    )


def hours_of(bundle: str, text: str, labour: Sequence[LabourRow]) -> dict[str, tuple[float, float]]:
    """Return ``hours_by_campaign`` of a bundle, from the text of a vehicle."""
    codes = bundle.split(JOINED)
    if not text:
        return hours_by_campaign(codes, "", labour)
    alone, *together = text.split(TOGETHER)
    found = dict(zip(codes, alone.split(JOINED), strict=True))
    found |= {code: hours for code, _, hours in (one.rpartition(IS) for one in together)}
    return {
        code: (float(part.split(TO)[0]), float(part.split(TO)[-1]))
        for code, part in found.items()
        if part != NOT_LOADED
    }


def one_visit(
    campaigns: Sequence[Campaign], hours: Collection[str], apart: Collection[str]
) -> tuple[str, ...]:
    """Return the campaigns that a letter says are done in one visit: two or more whose work is there, and their hours are loaded.

    ``apart`` are those that are not repaired free now: they wait for their remedy, or need not be free.
    """
    together = tuple(
        one.campaign_code
        for one in campaigns
        if one.campaign_code not in apart and not NO_WORK & facts_of(one)
    )
    timed = combined(together) in hours or set(together) <= set(hours)
    return together if len(together) > 1 and timed else ()


def _text(hours: tuple[float, float] | None) -> str:
    if hours is None:
        return NOT_LOADED
    least, most = map(figure, hours)
    return least if least == most else f"{least}{TO}{most}"
