"""Two follow-ups of the same campaigns, spring and summer: what is done to one must leave the other as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import follow_ups, pieces
from renotify.ledger.follow_ups import NewPlan
from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.selection.freeze import freeze_follow_up
from small_world import SENDER, World, vin

ON = date(2013, 2, 26)
MONDAY, NEXT_MONDAY, THIRD_MONDAY = date(2013, 3, 4), date(2013, 3, 11), date(2013, 3, 18)
SAFETY, SERVICE = "safety", "service"
SPRING = FollowUpSettings(
    "spring", "follow_up_voluntary", ("9LA", "CLB"), ON, sender=SENDER, rest_weeks=0
)
SUMMER = replace(SPRING, name="summer", notice_date=date(2013, 2, 25))
BOTH, FIRST, SECOND, UNOWNED, ALSO_UNOWNED, REPAIRED = (vin(number) for number in range(1, 7))
# The weeks of the letters: two to one vehicle, in two families and two weeks.
WEEKS: Mapping[tuple[str, str], int | None] = {
    (BOTH, SAFETY): 0, (BOTH, SERVICE): 2, (FIRST, SAFETY): 0, (SECOND, SAFETY): None,
}  # fmt: skip


def freeze_both(session: Session, folder: Path) -> None:
    """Load the vehicles, and freeze the list of each follow-up."""
    world = World(folder).dealer("D1").campaign("9LA")
    world.campaign("CLB", campaign_type="service_campaign")
    world.vehicle(BOTH, "9LA", "CLB", dealer="D1")
    for number in (FIRST, SECOND, REPAIRED):
        world.vehicle(number, "9LA", dealer="D1")
    for number in (UNOWNED, ALSO_UNOWNED):
        world.vehicle(number, "9LA", dealer="D1", owner=None)
    world.repair(REPAIRED, "9LA", date(2012, 5, 1), dealer="D1")
    load(session, [world.write()], on=ON)
    for settings in (SPRING, SUMMER):
        freeze_follow_up(session, settings, ON)


def keep_plan(
    session: Session,
    name: str,
    weeks: Mapping[tuple[str, str], int | None] = WEEKS,
    *,
    policy: str = "by hand",
    keep_released: bool = False,
) -> None:
    """Keep a plan that says nothing but the weeks."""
    given = pa.table({
        "vin": [vin for vin, _ in weeks],
        "family": [family for _, family in weeks],
        "week": pa.array(weeks.values(), pa.int64()),
    })  # fmt: skip
    plan = NewPlan(policy, MONDAY, f'{{"of": "{name}"}}', "[]", given)
    with session.transaction():
        follow_ups.save_plan(session, name, plan, keep_released=keep_released)


def release(session: Session, name: str, number: int, folder: str = "out") -> None:
    """Release a wave with a barcode on each piece."""
    rows = pieces.of_wave(session, name, number)
    for column, word in (("state", "released"), ("imb", "A")):
        at = rows.column_names.index(column)
        rows = rows.set_column(at, column, pa.array([word] * rows.num_rows, pa.string()))
    with session.transaction():
        pieces.intend(session, name, number, rows, folder)


def placed(rows: pa.Table) -> pa.Table:
    """The places of pieces in one print file, in their order."""
    count = rows.num_rows
    return pa.table({
        "vin": rows["vin"], "piece_id": rows["piece_id"], "file": ["a.pdf"] * count, "first_page": list(range(count)),
        "sequence": list(range(count)), "form_digest": ["d"] * count,
    })  # fmt: skip


def print_wave(session: Session, name: str, number: int) -> None:
    """Record that every piece of a wave is printed."""
    with session.transaction():
        pieces.record_printed(
            session,
            name,
            number,
            placed(pieces.of_wave(session, name, number)),
            pieces.EXCEPTIONS.empty_table(),
        )


def waves(session: Session, name: str) -> list[tuple[int, date, int]]:
    return [(wave.number, wave.week, wave.planned) for wave in pieces.waves(session, name)]


def states(session: Session, name: str) -> dict[tuple[str, str], tuple[int | None, str]]:
    """Wave and state of each piece, by vehicle and family."""
    rows = pieces.of_follow_up(session, name).to_pylist()
    return {(row["vin"], row["family"]): (row["wave"], row["state"]) for row in rows}
