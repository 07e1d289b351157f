"""A plan written by hand: two dealers in two areas, four weeks, and figures for pencil and paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import follow_ups
from renotify.ledger.follow_ups import NewPlan
from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.plans.in_force import PlannedBundle, bundles_as_json
from renotify.selection.freeze import freeze_follow_up
from small_world import SENDER, World, vin

ON = date(2013, 2, 26)
FIRST_WEEK, WEEKS = date(2013, 3, 4), 4
EAST, WEST = "D0001", "D0002"
A, B, BOTH = "9LA", "ALE", "9LA+ALE"
SMALL, LARGE = "IS 250", "GS 350"
PIPE, VALVE = "PIPE", "VALVE"
SMALL_A = PlannedBundle(f"{A}:{SMALL}", A, (SMALL,), 2.0, {PIPE: 1.0}, (0.5, 0.25), 0.1)
LARGE_A = PlannedBundle(f"{A}:{LARGE}", A, (LARGE,), 3.0, {PIPE: 2.0}, (0.5, 0.25), 0.1)
ALL_BOTH = PlannedBundle(BOTH, BOTH, (), 4.5, {PIPE: 1.0, VALVE: 1.5}, (0.4,), 0.0)
BUNDLES = (SMALL_A, LARGE_A, ALL_BOTH)
# Vehicles by number: dealer, model, campaigns, and the week of the letter (None: held)
VEHICLES: Mapping[int, tuple[str, str, tuple[str, ...], int | None]] = {
    1: (EAST, SMALL, (A,), 0),
    2: (EAST, SMALL, (A,), 0),
    3: (EAST, LARGE, (A,), 2),
    4: (WEST, SMALL, (A,), 1),
    5: (WEST, LARGE, (A, B), 1),
    6: (WEST, SMALL, (A,), None),
}
SETTINGS = FollowUpSettings(
    "small", "follow_up_voluntary", (A, B), ON, horizon_weeks=WEEKS, sender=SENDER
)


def freeze(session: Session, folder: Path) -> None:
    """Load the vehicles and freeze the list."""
    world = World(folder).dealer(EAST, "E").dealer(WEST, "W").campaign(A).campaign(B)
    for number, (dealer, model, codes, _) in VEHICLES.items():
        world.vehicle(vin(number), *codes, dealer=dealer, model=model)
    load(session, [world.write()], on=ON)
    freeze_follow_up(session, SETTINGS, ON)


def weeks_table(changed: Mapping[int, int | None] | None = None) -> pa.Table:
    weeks = {number: row[3] for number, row in VEHICLES.items()} | dict(changed or {})
    return pa.table({
        "vin": [vin(number) for number in weeks],
        "family": ["safety"] * len(weeks),
        "week": pa.array(weeks.values(), pa.int64()),
    })  # fmt: skip


def keep_plan(
    session: Session,
    bundles: tuple[PlannedBundle, ...] = BUNDLES,
    changed: Mapping[int, int | None] | None = None,
) -> None:
    """Keep the plan, with another week for some vehicles."""
    plan = NewPlan("by hand", FIRST_WEEK, "{}", bundles_as_json(bundles), weeks_table(changed))
    with session.transaction():
        follow_ups.save_plan(session, "small", plan)
