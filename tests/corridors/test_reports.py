"""From events to the regulator's figures at the end of the walk."""

from __future__ import annotations

import pytest

from corridors import world as w
from corridors.walk import Walk

KEYS = ("involved", "repaired", "inspected_ok", "removed", "open")


def test_the_counts_follow_the_repairs_and_inspections_of_the_second_week(walk: Walk) -> None:
    found = {row["campaign"]: [row[key] for key in KEYS] for row in walk.counted_at_the_end}
    assert found == {
        w.A: [15, 1, 0, 1, 13],
        w.B: [12, 0 + 1, 0, 0, 11 - 1],  # CAME_IN
        w.C: [5, 0, 1 + 1, 0, 4 - 1],  # INSPECTED_LATE
        w.S: [2, 0, 0, 0, 2],
    }


def test_what_stood_before_can_still_be_counted(walk: Walk) -> None:
    assert walk.counted_at_the_end
    then = walk.desk.do("status", "--as-of", w.FIRST_LETTER)
    assert then == walk.counted["campaign"]


QUARTERLY = (
    "INVOLVED",
    "TTLREMEDIED",
    "TTLUNREACH",
    "TTLREMOVED",
    "repaired",
    "inspected_ok",
    "open",
)


@pytest.mark.parametrize(
    ("code", "figures"),
    [
        (w.A, [15, 1, 0, 1, 1, 0, 13]),
        (w.B, [12, 1, 1, 0, 1, 0, 10]),
        (w.C, [5, 0 + 2, 0, 0, 0, 2, 3]),
    ],
)
def test_a_quarterly_report_counts_what_is_done_and_out_of_reach(
    walk: Walk, code: str, figures: list[int]
) -> None:
    report = walk.quarters[code]
    assert [report[key] for key in QUARTERLY] == figures
    # the follow-up's letters are no first notices, and of these the ledger holds none
    assert report["ODATEEND"] is None
    assert any("the ledger holds no first notice" in message for message in report["messages"])
    assert report["as_of"] == w.RETURNED.isoformat()  # the quarter has not ended


def test_a_report_shows_each_figure_beside_the_quarter_before(walk: Walk) -> None:
    figures = {row["figure"]: (row["before"], row["now"]) for row in walk.quarters[w.C]["restated"]}
    assert figures == {
        "INVOLVED": (5, 5), "TTLREMEDIED": (1, 2), "TTLUNREACH": (0, 0), "TTLREMOVED": (0, 0),
    }  # fmt: skip


def test_progress_counts_what_is_done_by_campaign_and_dealer(walk: Walk) -> None:
    found = {
        (row["campaign"], row["dealer"]): (row["involved"], row["open"], row["completion"])
        for row in walk.progress
    }
    expected = {
        (w.A, w.EAST): (11, 9, 1 / (11 - 1)),  # one of the eleven was taken out of the campaign
        (w.A, w.WEST): (4, 4, 0.0),
        (w.B, w.EAST): (5, 4, 1 / 5),
        (w.B, w.WEST): (7, 6, 0.0),
        (w.C, w.EAST): (4, 3, 1 / 4),
        (w.C, w.WEST): (1, 0, 1 / 1),
        (w.S, w.EAST): (1, 1, 0.0),
        (w.S, w.WEST): (1, 1, 0.0),
    }
    assert found.keys() == expected.keys()
    for place, line in expected.items():
        assert found[place] == pytest.approx(line), place


def test_the_kept_state_is_the_fold_of_all_events(walk: Walk) -> None:
    assert walk.quarters
    assert walk.desk.do("verify")["ok"] is True
