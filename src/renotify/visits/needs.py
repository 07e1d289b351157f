"""What one visit takes, by the campaigns done in it and the model: the one place for hours and kits of a visit.

A bundle is campaign codes joined by ``+``. The different pairs of bundle and model are few whatever the population is, so the
rule is a plain function of each pair; tables of the pairs are joined to vehicles set-wise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from renotify.ledger.session import Session
from renotify.ledger.without_dealers import without_visits
from renotify.visits.kits import KitRow, Kits, kits_of_repairs, refunds

if TYPE_CHECKING:
    import pyarrow as pa

JOINED = "+"
DEFAULT_HOURS = 1.0  # where no labour time is loaded; the plan says so


class LabourRow(NamedTuple):
    """Hours of one operation of a campaign, or of several done together (``combined``); a blank model is every model."""

    campaign_code: str
    model: str
    hours: float


R = TypeVar("R", LabourRow, KitRow)


class Guess(NamedTuple):
    """A campaign without a labour time for a model: the least and the most ``hours`` of its other models; None where none has any."""

    campaign_code: str
    hours: tuple[float, float] | None


@dataclass(frozen=True)
class Visit:
    """Technician hours and kits by part of one visit; ``estimated`` has the campaigns without a labour time for the model."""

    hours: float
    kits: Mapping[str, float] = field(default_factory=dict)
    estimated: tuple[Guess, ...] = ()


@dataclass(frozen=True)
class Needs:
    """The visit of each pair of bundle and model that was asked for, the rows of the parts that it takes, and what is to be said of
    take rates, by campaign. ``without_parts`` has of each pair what the function of that name returns.
    """

    visits: Mapping[tuple[str, str], Visit]
    messages: Mapping[str, str]
    taken: Mapping[tuple[str, str], Mapping[str, KitRow]] = field(default_factory=dict)
    without_parts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def kits_table(self) -> pa.Table:
        """Return one row a pair and part: bundle, model, part_no, the kits expected, qty and take_rate that make them."""
        import pyarrow as pa

        rows = [
            (bundle, model, part, row.kits, row.qty, row.take_rate)
            for (bundle, model), parts in self.taken.items()
            for part, row in parts.items()
        ]
        columns = list(zip(*rows, strict=True)) if rows else [()] * 6
        kinds = (*(pa.string(),) * 3, *(pa.float64(),) * 3)
        names = ("bundle", "model", "part_no", "kits", "qty", "take_rate")
        return pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})


def needs(
    session: Session,
    pairs: Iterable[tuple[str, str]],
    waiting: Mapping[tuple[str, str], Collection[str]] | None = None,
) -> Needs:
    """Return what the visits of some pairs of bundle and model take.

    Campaigns ``waiting`` for their remedy are not done in this visit: the others take its hours and kits. Where all of a bundle wait,
    the visit is that of the whole bundle, whenever it comes.
    """
    labour, kits = dealers_labour(session), kits_of_repairs(session)
    visits, taken, bare = {}, {}, {}
    for bundle, model in sorted(set(pairs)):
        late = (waiting or {}).get((bundle, model), ())
        done = JOINED.join(code for code in bundle.split(JOINED) if code not in late) or bundle
        visits[bundle, model] = visit(done, model, labour, kits)
        taken[bundle, model] = parts_taken(done, model, kits)
        bare[bundle, model] = without_parts(bundle, model, kits)
    return Needs(visits, kits.messages, taken, bare)


def labour_rows(session: Session) -> list[LabourRow]:
    """Return the labour times that are loaded, read once a snapshot."""
    return session.remembered(_labour_rows)


def dealers_labour(session: Session) -> list[LabourRow]:
    """Return the labour times that dealers need: no hours of a campaign that is remedied without a visit, nor of a refund without some."""
    nowhere, rows = without_visits(session), labour_rows(session)
    own = [row for row in rows if not nowhere & {*row.campaign_code.split(JOINED)}]
    idle = nowhere | (refunds(session) - {row.campaign_code for row in rows})
    return [*own, *(LabourRow(code, "", 0.0) for code in sorted(idle))]


def _labour_rows(session: Session) -> list[LabourRow]:
    return session.rows(LabourRow, "select campaign_code, model, hours from labor_time")


def visit(bundle: str, model: str, labour: Sequence[LabourRow], kits: Kits) -> Visit:
    """Return what one visit of a model for a bundle's campaigns takes.

    Hours are ``visit_hours``; where the letter tells a range, because a campaign has no hours for this model, the middle of it.
    Nothing is guessed where labour times state the hours of the combination. Kits are ``parts_taken``.
    """
    codes = bundle.split(JOINED)
    stated = hours_by_campaign(codes, model, labour)
    assumed = dict.fromkeys(codes, (DEFAULT_HOURS, DEFAULT_HOURS))
    least, most = visit_hours(codes, assumed | stated) or (0.0, 0.0)
    taken = {part: row.kits for part, row in parts_taken(bundle, model, kits).items()}
    guessed = [
        Guess(code, stated.get(code))
        for code in codes
        if {campaign_hours(one, model, labour) for one in (code, combined(codes))} == {None}
    ]
    return Visit(round((least + most) / 2, 4), taken, tuple(guessed))


def parts_taken(bundle: str, model: str, kits: Kits) -> dict[str, KitRow]:
    """Return the row of each part that one visit of a model takes: of a part that two campaigns share the one with more kits, once."""
    taken: dict[str, KitRow] = {}
    for code in bundle.split(JOINED):
        for row in _parts_of_model(kits.rows, code, model):
            if row.part_no not in taken or row.kits > taken[row.part_no].kits:
                taken[row.part_no] = row
    return taken


def without_parts(bundle: str, model: str, kits: Kits) -> str:
    """Return the campaigns of a bundle, joined, whose repair of a model takes no part while that of another of them does; else blank."""
    codes = bundle.split(JOINED)
    bare = [
        code
        for code in codes
        if not any(row.kits for row in _parts_of_model(kits.rows, code, model))
    ]
    return JOINED.join(bare) if len(bare) < len(codes) else ""


def combined(codes: Iterable[str]) -> str:
    """Return the name of some campaigns done together, whatever their order: codes joined by ``+``, sorted, each once."""
    return JOINED.join(sorted(set(codes)))


def visit_hours(
    codes: Collection[str], hours: Mapping[str, tuple[float, float]]
) -> tuple[float, float] | None:
    """Return the least and the most hours of one visit for campaigns: those stated for all of them together, else each added up.

    The maker's estimate of 49 CFR 577.5(g)(1)(iii)(B) is what the maker states: nothing is taken off a sum. ``hours`` are those of
    ``hours_by_campaign``; None where they have neither,
    or of no campaign.
    """
    stated = hours.get(combined(codes))
    if stated is not None:
        return stated
    if not codes or not set(codes) <= set(hours):
        return None
    least, most = zip(*(hours[code] for code in codes), strict=True)
    return round(sum(least), 4), round(sum(most), 4)


def combinations(codes: Collection[str], labour: Sequence[LabourRow]) -> list[str]:
    """Return those of some campaigns that labour times state together."""
    joined = {row.campaign_code for row in labour if JOINED in row.campaign_code}
    return sorted(one for one in joined if set(one.split(JOINED)) <= set(codes))


def hours_by_campaign(
    codes: Collection[str], model: str, labour: Sequence[LabourRow]
) -> dict[str, tuple[float, float]]:
    """Return the least and the most hours of each campaign for a model (``stated_hours``), and those stated for some of them together.

    A combination counts for a model by its own rows, else by those for every model. What is not loaded is left out.
    """
    found = {code: stated_hours(code, model, labour) for code in codes}
    together = {one: campaign_hours(one, model, labour) for one in combinations(codes, labour)}
    found |= {one: None if hours is None else (hours, hours) for one, hours in together.items()}
    return {code: hours for code, hours in found.items() if hours is not None}


def said_hours(hours: float) -> float:
    """Return hours as people are told them: half hours from one hour on, quarters below it, five minutes below a quarter, and whole
    minutes, never none, below five: less than twice what it takes.
    """
    if hours < 5 / 60:
        return max(ceil(hours * 60 - 1e-9), 1) / 60
    if hours < 0.25:
        return floor(hours * 12 + 0.5) / 12
    if hours < 1.0:
        return floor(hours * 4 + 0.5) / 4
    return floor(hours * 2 + 0.5) / 2


def stated_hours(code: str, model: str, labour: Sequence[LabourRow]) -> tuple[float, float] | None:
    """Return the least and the most hours of a campaign for a model: its own, once each, else those of all models; None: not loaded."""
    own = campaign_hours(code, model, labour)
    if own is not None:
        return own, own
    models = {row.model for row in labour if row.campaign_code == code}
    known = [campaign_hours(code, one, labour) or 0.0 for one in models]
    return (min(known), max(known)) if known else None


def campaign_hours(code: str, model: str, labour: Sequence[LabourRow]) -> float | None:
    """Return the hours of a campaign's longest operation for a model: its own rows, else those of every model; None: not loaded."""
    return max((row.hours for row in _of_model(labour, code, model)), default=None)


def _of_model(rows: Sequence[R], code: str, model: str) -> list[R]:
    """Return the rows of a campaign for a model, or those for every model where it has none of its own.

    Files of several desks write a model in capitals and not: ``is 250`` is the IS 250.
    """
    of_campaign = [row for row in rows if row.campaign_code == code]
    own = [row for row in of_campaign if _plain(row.model) == _plain(model)]
    return own or [row for row in of_campaign if not row.model]


def _parts_of_model(rows: Sequence[KitRow], code: str, model: str) -> list[KitRow]:
    """Return a campaign's rows of parts for a model: its own, and of every other part those for every model.

    A row is known by campaign, model and part: a row of the model stands in for that part's row for every model, and for no other part's;
    one of no quantity says that this model takes none.
    """
    of_campaign = [row for row in rows if row.campaign_code == code]
    own = [row for row in of_campaign if row.model and _plain(row.model) == _plain(model)]
    of_own = {row.part_no for row in own}
    general = [row for row in of_campaign if not row.model and row.part_no not in of_own]
    return [row for row in own + general if row.qty]


def _plain(model: str) -> str:
    return " ".join(model.split()).casefold()
