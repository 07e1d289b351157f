"""The hours of a vehicle's own repairs as a part of its letter's version, set-wise; what a visit takes is counted in ``visits.needs``.

A vehicle's hours are one text beside its bundle, in the bundle's order: ``2+7`` says that the first campaign takes two hours and
the second seven, ``2+7~22`` that nothing is loaded for its model and that others take seven to 22, ``2+-`` that no labour time of
the second is loaded. A blank means that no campaign has hours of its own for a model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import JOINED
from renotify.campaigns.letter_facts import facts_of
from renotify.values.different_rows import of_each
from renotify.visits.needs import LabourRow, stated_hours

NOT_LOADED = "-"
TO = "~"
NO_REPAIR = frozenset(
    {"replacement", "refund", "not_free"}
)  # facts of a remedy of which no hours are told


def labour_by_model(codes: Iterable[str], labour: Sequence[LabourRow]) -> bool:
    """Tell whether some campaign takes other hours for one model than for another."""
    wanted = set(codes)
    models = {row.model for row in labour if row.campaign_code in wanted} | {""}
    return any(len({stated_hours(code, model, labour) for model in models}) > 1 for code in wanted)


def with_labour(rows: pa.Table, codes: Collection[str], labour: Sequence[LabourRow]) -> pa.Table:
    """Return rows (bundle, model; a null is not known) with ``labour``, the hours of each vehicle's own repairs."""
    if not labour_by_model(codes, labour):
        return rows.append_column("labour", pa.repeat(pa.scalar(""), rows.num_rows))

    def of_model(bundle: str, model: str) -> str:
        return JOINED.join(
            _text(stated_hours(code, model, labour)) for code in bundle.split(JOINED)
        )

    return rows.append_column(
        "labour", of_each([rows["bundle"], rows["model"]], of_model, pa.string())
    )


def hours_of(bundle: str, text: str, labour: Sequence[LabourRow]) -> dict[str, tuple[float, float]]:
    """Return the least and the most hours of each campaign of a bundle, from the text of a vehicle; one not loaded is left out."""
    codes = bundle.split(JOINED)
    if not text:
        stated = {code: stated_hours(code, "", labour) for code in codes}
        return {code: hours for code, hours in stated.items() if hours is not None}
    return {
        code: (float(part.split(TO)[0]), float(part.split(TO)[-1]))
        for code, part in zip(codes, text.split(JOINED), strict=True)
        if part != NOT_LOADED
    }


def one_visit(
    campaigns: Sequence[Campaign], hours: Collection[str], apart: Collection[str]
) -> tuple[str, ...]:
    """Return the campaigns that a letter says are done in one visit: two or more whose work is there, and the hours of all are loaded.

    ``apart`` are those that are not repaired free now: they wait for their remedy, or need not be free.
    """
    together = tuple(
        one.campaign_code
        for one in campaigns
        if one.campaign_code not in apart and not NO_REPAIR & facts_of(one)
    )
    return together if len(together) > 1 and set(together) <= set(hours) else ()


def _text(hours: tuple[float, float] | None) -> str:
    if hours is None:
        return NOT_LOADED
    least, most = (f"{hour:g}" for hour in hours)
    return least if least == most else f"{least}{TO}{most}"
