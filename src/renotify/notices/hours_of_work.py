"""The hours of the work in words for dealers: of each campaign by model, and of one visit for several (``visits.needs`` counts them)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from renotify.ledger.session import Session
from renotify.letters.letter_text import duration
from renotify.values.english import series
from renotify.visits.needs import JOINED, campaign_hours, labour_rows, needs, said_hours

LANGUAGE = "en"


class Pair(NamedTuple):
    """A bundle of several campaigns and a model of its listed vehicles."""

    bundle: str
    model: str


def by_model(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Return by campaign ``IS 250 about 7 hours; GS 350 about 22 hours``; models of the same hours together."""
    labour = labour_rows(session)
    told = {}
    for code in codes:
        models = sorted({row.model for row in labour if row.campaign_code == code and row.model})
        found: dict[float, list[str]] = defaultdict(list)
        for model in models:
            found[said_hours(campaign_hours(code, model, labour) or 0.0)].append(model)
        words = [f"{series(same)} {_about(hours)}" for hours, same in sorted(found.items())]
        others = campaign_hours(code, "", labour)
        if others is not None:
            words.append(f"{'every other model' if models else 'every model'} {_about(others)}")
        if words:
            told[code] = "; ".join(words)
    return told


def of_bundles(session: Session, name: str) -> str:
    """Return ``9LA+ALE about 9 hours`` of a follow-up's listed bundles of several campaigns, from the least to the most over its models."""
    pairs = session.rows(
        Pair,
        "select distinct l.bundle, coalesce(v.model, '') as model from listed l left join vehicle v on v.vin = l.vin"
        f" where l.follow_up = :name and l.left_out = '' and l.bundle <> replace(l.bundle, '{JOINED}', '')",
        name=name,
    )
    found: dict[str, list[float]] = defaultdict(list)
    for (bundle, _), one in needs(session, pairs).visits.items():
        if not one.estimated:
            found[bundle].append(one.hours)
    return "; ".join(f"{bundle} {_range(hours)}" for bundle, hours in sorted(found.items()))


def _about(hours: float) -> str:
    return _range([hours])


def _range(hours: Sequence[float]) -> str:
    return f"about {duration((said_hours(min(hours)), said_hours(max(hours))), LANGUAGE)}"
