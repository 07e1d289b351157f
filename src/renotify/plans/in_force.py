"""The plan in force of a follow-up as values: its weeks, and what each planning bundle's visit takes and how its owners answer.

JSON stands at the edge of this file only: the plan's bundles are kept beside the planner's own document, so that one dealer's
question reads neither the document nor another dealer's rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from renotify.errors import NothingToDo
from renotify.ledger import drafts, follow_ups
from renotify.ledger.session import Session
from renotify.plans.forecast_record import NO_RECORD, ForecastRecord, from_json, together
from renotify.values.calendar import monday_of

UNTOLD = 0.7  # what a stated response is doubted by, about, where a plan does not say its doubt


@dataclass(frozen=True)
class PlannedBundle:
    """A planning bundle: vehicles with the same open campaigns whose models take the same hours and kits.

    ``models`` empty: every model of these campaigns. ``from_week`` is the Monday of the week of their remedies, where a follow-up
    waits for them beyond its own first week. ``response`` is the share of owners who ask in week 0, 1, .. after the letter,
    ``walk_ins`` the share of its vehicles that come in a week without a letter. ``pieces`` are the letters printed for one vehicle:
    two where lessee and lessor each get one.

    ``doubt`` is the standard deviation of the share of each week as a part of that share, as far as nobody knows how owners answer, and
    ``walk_ins_doubt`` that of the share without a letter; ``learned_from`` are the letters whose answers told it: 0 where it is stated.

    ``booked``: the owners have a visit that stands. They have asked: a letter to them brings no visit, and they are no walk-ins. What they
    would do had they not asked stays, for those of them whose visit is called off.
    """

    name: str
    campaigns: str  # codes joined by +
    models: tuple[str, ...]
    hours: float
    kits: Mapping[str, float]
    response: tuple[float, ...]
    walk_ins: float
    from_week: date | None = None
    pieces: int = 1
    doubt: tuple[float, ...] = ()
    walk_ins_doubt: float = UNTOLD
    learned_from: int = 0
    booked: bool = False

    @property
    def still_asking(self) -> tuple[float, ...]:
        """The response of those who have not asked yet: none of owners whose visit stands."""
        return () if self.booked else self.response

    @property
    def still_coming(self) -> float:
        """The share that comes in a week without a letter, of those who have not asked yet."""
        return 0.0 if self.booked else self.walk_ins

    def doubt_of(self, week: int) -> float:
        """Return the doubt about the share of a week since the letter; of a plan that was kept without it, ``UNTOLD``."""
        return self.doubt[min(week, len(self.doubt) - 1)] if self.doubt else UNTOLD


@dataclass(frozen=True)
class PlanInForce:
    """A follow-up's plan: ``first_week`` is the Monday of week 0, ``weeks`` the horizon."""

    follow_up: str
    policy: str
    first_week: date
    weeks: int
    bundles: tuple[PlannedBundle, ...]
    draft: str = ""  # its name, where it is not in force
    record: ForecastRecord = NO_RECORD  # what past weeks were expected to bring, and what came

    def monday(self, week: int) -> date:
        """Return the Monday of a week of the plan."""
        return self.first_week + timedelta(weeks=week)

    def week_of(self, day: date) -> int:
        """Return the week of a day; one before the first is negative."""
        return (monday_of(day) - self.first_week).days // 7

    @property
    def mondays(self) -> tuple[date, ...]:
        """The Mondays of its weeks."""
        return tuple(self.monday(week) for week in range(self.weeks))

    def place_of(
        self, campaigns: str, model: str, from_week: date | None = None, pieces: int = 1
    ) -> int | None:
        """Return the place of the planning bundle of a vehicle with these open campaigns; None: the plan has none for it.

        ``from_week`` and ``pieces`` tell bundles apart that differ in nothing but the week of their remedies or their letters, so in
        no figure of a visit.
        """
        own = (campaigns, model, from_week)
        asked = ((*own, pieces), own, (campaigns, model), (campaigns, None))
        return next((self._places[key] for key in asked if key in self._places), None)

    @cached_property
    def _places(self) -> dict[tuple[object, ...], int]:
        places: dict[tuple[object, ...], int] = {}
        unbooked_first = sorted(enumerate(self.bundles), key=lambda one: one[1].booked)
        for place, bundle in unbooked_first:
            for model in bundle.models or (None,):
                places.setdefault((bundle.campaigns, model), place)
                places.setdefault((bundle.campaigns, model, bundle.from_week), place)
                own = (bundle.campaigns, model, bundle.from_week, bundle.pieces)
                places.setdefault(own, place)
        return places


class Kept(NamedTuple):
    """A plan's row."""

    policy: str
    first_week: date
    weeks: int | None  # null: of a plan that was made while the horizon could not change
    bundles: str
    past_forecasts: str


class Planned(NamedTuple):
    """A follow-up that has a plan."""

    follow_up: str


def planned(session: Session) -> list[str]:
    """Return the names of follow-ups that have a plan, oldest notice first."""
    found = session.rows(
        Planned,
        "select p.follow_up from plan p join follow_up f on f.name = p.follow_up order by f.notice_date, f.name",
    )
    return [one.follow_up for one in found]


def plan_in_force(session: Session, name: str) -> PlanInForce:
    """Return the plan in force. Raises UnknownName for the follow-up, NothingToDo when it is not planned yet."""
    frozen = follow_ups.settings_as_frozen(session, name)
    found = session.rows(
        Kept,
        "select policy, first_week, weeks, cast(bundles as text) as bundles, cast(past_forecasts as text) as past_forecasts"
        " from plan where follow_up = :name",
        name=name,
    )
    if not found:
        raise NothingToDo(
            f"The follow-up {name} has no plan yet.", f"Plan it with `renotify plan {name}`."
        )
    (kept,) = found
    weeks = kept.weeks or frozen.horizon_weeks
    record = from_json(kept.past_forecasts)
    bundles = _bundles(kept.bundles)
    return PlanInForce(name, kept.policy, kept.first_week, weeks, bundles, record=record)


def record_of(session: Session, names: Iterable[str], on: date) -> ForecastRecord:
    """Return the record of some planned follow-ups together, of the weeks that were over by a day."""
    return together(plan_in_force(session, name).record.before(on) for name in names)


def draft_plan(session: Session, name: str, called: str) -> PlanInForce:
    """Return a draft as a plan that could be in force. Raises UnknownName."""
    kept = drafts.draft(session, name, called)
    bundles = _bundles(kept.bundles)
    return PlanInForce(name, kept.policy, kept.first_week, kept.weeks, bundles, draft=called)


def _bundles(document: str) -> tuple[PlannedBundle, ...]:
    return tuple(_from_json(row) for row in json.loads(document))


def bundles_as_json(bundles: Sequence[PlannedBundle]) -> str:
    """Return planning bundles as the text that the ledger keeps."""
    return json.dumps([asdict(bundle) for bundle in bundles], sort_keys=True, default=str)


def _from_json(row: Mapping[str, object]) -> PlannedBundle:
    models, response, kits = row["models"], row["response"], row["kits"]
    week, doubt = row.get("from_week"), row.get("doubt", [])
    assert isinstance(models, list) and isinstance(response, list) and isinstance(kits, dict)  # noqa: PT018, S101 - as kept
    assert isinstance(doubt, list)  # noqa: S101 - as kept
    return PlannedBundle(
        name=str(row["name"]),
        campaigns=str(row["campaigns"]),
        models=tuple(models),
        hours=float(str(row["hours"])),
        kits=kits,
        response=tuple(response),
        walk_ins=float(str(row["walk_ins"])),
        from_week=date.fromisoformat(str(week)) if week else None,
        pieces=int(str(row.get("pieces", 1))),
        doubt=tuple(doubt),
        walk_ins_doubt=float(str(row.get("walk_ins_doubt", UNTOLD))),
        learned_from=int(str(row.get("learned_from", 0))),
        booked=bool(row.get("booked", False)),
    )
