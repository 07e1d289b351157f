"""Two follow-ups have some vehicles in common: a walk-in is counted once, and each workload and notice says what the other one brings.

Ten owners of recall A at one dealer; one in twenty comes in a week without a letter: half a visit of an hour. Fall begins in spring's
third week, and takes them all.
"""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

OWNERS, WALK_INS, LATE = 10, 0.05, 2
RESPONSE = {"share": 0.5, "scale_weeks": w.HALF_LIFE, "shape": 1.0, "background_per_week": WALK_INS}


def planned(desk: Desk, name: str, week: int) -> None:
    notice = w.NOTICE + (w.MONDAYS[week] - w.MONDAYS[0])
    stated = w.SETTINGS | {
        "name": name, "campaigns": (w.A,), "rest_weeks": 0, "notice_date": notice
    }  # fmt: skip
    stated.pop("mail_house_letters_per_week")
    desk.do(
        "followup",
        "new",
        follow_up_file(desk.folder / f"{name}.toml", RESPONSE, **stated),
        on=w.NOTICE,
    )
    desk.do("plan", name, on=w.NOTICE)


@pytest.fixture
def spring(desk: Desk) -> Desk:
    return with_spring(desk)


def with_spring(desk: Desk) -> Desk:
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A).labour(w.A, 1.0)
    for number in range(OWNERS):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    planned(desk, "spring", 0)
    return desk


def load(desk: Desk, name: str) -> tuple[list[float], list[Any]]:
    found = desk.do("workload", name, on=w.NOTICE)
    return [row["appointments"] for row in found["rows"]], found["others"]


def test_a_walk_in_of_a_vehicle_on_two_lists_is_counted_in_the_later_ones_weeks(
    desk_on_both: Desk,
) -> None:
    spring = with_spring(desk_on_both)
    alone, others = load(spring, "spring")
    assert others == []
    planned(spring, "fall", LATE)
    beside, _ = load(spring, "spring")
    half = OWNERS * WALK_INS
    assert [a - b for a, b in zip(alone, beside, strict=True)] == pytest.approx(
        [0, 0, half, half, half, half], abs=0.011
    )
    fall, _ = load(spring, "fall")
    assert fall == pytest.approx(alone, abs=0.011)  # two weeks later, and no fewer
    spring.do("followup", "end", "fall", "--because", "another way", on=w.NOTICE)
    assert load(spring, "spring")[0] == alone


def test_each_says_what_the_other_brings_in_the_same_weeks(spring: Desk) -> None:
    planned(spring, "fall", LATE)
    mine, (fall,) = load(spring, "spring")
    others, (back,) = load(spring, "fall")
    in_common = sum(others[: w.WEEKS - LATE])
    assert (fall["follow_up"], fall["visits"], fall["hours"]) == (
        "fall",
        pytest.approx(in_common, abs=0.05),
        fall["visits"],
    )
    assert back["visits"] == pytest.approx(sum(mine[LATE:]), abs=0.05)
    assert [row["dealer"] for row in fall["dealers"]] == [w.EAST]
    assert f"Beside them fall brings {round(fall['visits'])} visits" in " ".join(
        spring.run("workload", "spring", "--on", w.NOTICE).out.split()
    )
    spring.do("notices", "spring", on=w.NOTICE)
    for audience, code in (("dealer", w.EAST), ("area", w.AREA[w.EAST])):
        document = pypdfium2.PdfDocument(
            spring.folder / "out" / "notices" / f"{audience}-{code}.pdf"
        )
        text = " ".join(
            " ".join(page.get_textpage().get_text_bounded() for page in document).split()
        )
        document.close()
        assert (
            f"fall, which goes on beside it, is expected to bring {round(fall['visits'])} visits"
            in text
        )
