"""A play begins with what the ledger holds of the two dealers' follow-up: vehicles, work, kits, hours and visits, counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import two_dealers as w
from renotify.answering.planted import Start
from renotify.answering.start_of_plan import start_of_plan
from renotify.errors import NothingToDo
from renotify.ledger import intake
from renotify.ledger.session import Session
from small_world import World

WEEKS = 4


def start(session: Session, on: date = w.NOTICE, answers: float = 1.0) -> Start:
    return start_of_plan(session, "spring", on, WEEKS, answers)[0]


def test_each_open_vehicle_of_the_list_is_there_once_with_all_its_campaigns(
    planned_session: Session,
) -> None:
    """Those without an owner, exported, removed or done are none; the one with two letters has one visit."""
    there = start(planned_session)
    bundles = {
        vin: there.kinds[kind].bundle
        for vin, kind in zip(there.vins.to_pylist(), there.kind.tolist(), strict=True)
    }
    assert bundles == dict.fromkeys((*w.EAST_OPEN, w.WEST_BOOKED, w.WEST_OPEN), w.PMP) | {
        w.EAST_BOTH: f"{w.PMP}+{w.STP}",
        w.WEST_SERVICE: w.SVC,
        w.WEST_TWO_LETTERS: f"{w.PMP}+{w.SVC}",
    }
    assert (there.dealers, there.areas) == ((w.EAST, w.WEST), ("E", "W"))
    east = {
        vin
        for vin, dealer in zip(there.vins.to_pylist(), there.dealer.tolist(), strict=True)
        if there.dealers[dealer] == w.EAST
    }
    assert east == {*w.EAST_OPEN, w.EAST_BOTH}


def test_a_visit_takes_the_hours_and_parts_of_its_campaigns_and_owners_answer_as_planned(
    planned_session: Session,
) -> None:
    kinds = {kind.bundle: kind for kind in start(planned_session).kinds}
    both = kinds[f"{w.PMP}+{w.STP}"]
    assert both.hours == 2.7
    assert {part.part_no: (part.campaign, part.quantity) for part in both.parts} == {
        w.PUMP: (w.PMP, 1.0), w.BOLT: (w.STP, 2.0)
    }  # fmt: skip
    assert kinds[w.SVC].parts == ()
    assert kinds[w.PMP].answers[:2] == pytest.approx((w.answered(0), w.answered(1)))
    (twice,) = [kind for kind in start(planned_session, answers=2.0).kinds if kind.bundle == w.PMP]
    assert twice.answers[0] == pytest.approx(2 * w.answered(0))


def test_hours_kits_and_visits_are_those_of_the_files(planned_session: Session) -> None:
    there = start(planned_session)
    assert there.hours.tolist() == [[4.0] * WEEKS, [np.inf] * WEEKS]
    assert (there.pool, there.supply) == ({w.BOLT: 0.0}, {1: {w.BOLT: 3.0}, 2: {w.BOLT: 3.0}})
    assert there.shelf == {}  # pumps never lack: nobody says how many there are
    booked = {there.vins[one.vehicle].as_py(): (one.dealer, one.week) for one in there.booked}
    assert booked == {w.EAST_BOTH: (w.EAST, 1), w.WEST_BOOKED: (w.WEST, 1)}
    assert (there.first_monday, there.first_letter) == (w.FIRST_WEEK, w.FIRST_LETTER)
    assert set(there.out.tolist() if there.out is not None else ()) == {-1}


def test_letters_that_are_out_are_so_many_weeks_old_and_the_play_begins_on_the_day(
    own_session: Session,
) -> None:
    with own_session.transaction():
        own_session.execute(
            "update piece set state = 'accepted', mailed_on = :day where vin = :vin",
            day=w.FIRST_LETTER,
            vin=w.WEST_OPEN,
        )
    later = w.FIRST_LETTER + timedelta(weeks=2)  # a Tuesday
    there = start(own_session, later)
    assert (there.first_monday, there.first_letter) == (later - timedelta(days=1), later)
    assert there.out is not None
    out = dict(zip(there.vins.to_pylist(), there.out.tolist(), strict=True))
    assert out.pop(w.WEST_OPEN) == 2
    assert set(out.values()) == {-1}
    assert {one.week for one in there.booked} == {0}  # visits of weeks gone by are of this one


def test_what_was_released_is_there_by_batch_and_who_read_a_letter_that_came_back_did_not(
    own_session: Session,
) -> None:
    """One letter waits for the mail house, one is in the mail, one came back; the second wave's are not out."""
    letters = (
        (w.WEST_OPEN, "printed", None, None),
        (w.EAST_OPEN[0], "accepted", 1, None),
        (w.EAST_OPEN[1], "accepted", 1, 5),
    )
    day = timedelta(days=1)
    with own_session.transaction():
        for vin, state, mailed, back in letters:
            own_session.execute(
                "update piece set state = :state, wave = 1, checked_on = :day, mailed_on = :mailed, returned_on = :back,"
                " return_code = :code where vin = :vin",
                state=state, day=w.FIRST_LETTER, vin=vin, code="ANK" if back else "",
                mailed=None if mailed is None else w.FIRST_LETTER + mailed * day,
                back=None if back is None else w.FIRST_LETTER + back * day,
            )  # fmt: skip
    there = start(own_session, w.FIRST_LETTER + timedelta(weeks=2))
    vins = there.vins.to_pylist()
    found = {
        (one.wave, one.released_on, one.mailed_on): [vins[place] for place in one.vehicles.tolist()] for one in there.sent
    }  # fmt: skip
    assert found == {
        (1, w.FIRST_LETTER, None): [w.WEST_OPEN],
        (1, w.FIRST_LETTER, w.FIRST_LETTER + day): [w.EAST_OPEN[0]],
    }
    assert there.out is not None
    read = {vin for vin, weeks in zip(vins, there.out.tolist(), strict=True) if weeks >= 0}
    assert read == {w.WEST_OPEN, w.EAST_OPEN[0]}
    (asked,) = there.searched
    assert (vins[asked.vehicle], asked.code, asked.is_known) == (w.EAST_OPEN[1], "ANK", False)
    assert len(asked.notice) == 16


def test_where_all_have_come_there_is_nothing_to_play(own_session: Session, tmp_path: Path) -> None:
    done = World(tmp_path / "done")
    for vin in (*w.EAST_OPEN, w.EAST_BOTH):
        done.repair(vin, w.PMP, w.NOTICE, dealer=w.EAST)
    done.repair(w.EAST_BOTH, w.STP, w.NOTICE, dealer=w.EAST)
    for vin in (w.WEST_BOOKED, w.WEST_OPEN, w.WEST_TWO_LETTERS):
        done.repair(vin, w.PMP, w.NOTICE, dealer=w.WEST)
    for vin in (w.WEST_SERVICE, w.WEST_TWO_LETTERS):
        done.repair(vin, w.SVC, w.NOTICE, dealer=w.WEST)
    intake.load(own_session, [done.write()], on=w.NOTICE)
    with pytest.raises(NothingToDo, match="No vehicle of spring is open"):
        start(own_session)
