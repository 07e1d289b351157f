"""Charts say their message in words and figures, can be read without colour, and may share a page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from html import unescape

import numpy as np

from cases import at_once
from renotify.charts import kept_pictures
from renotify.charts.calls_by_day import CallsByDay, DayOfCalls, calls_by_day
from renotify.charts.completion_bars import CampaignShares, completion_bars
from renotify.charts.dealer_heat_map import UNKNOWN, DealerWeeks, dealer_heat_map
from renotify.charts.kits_by_week import KitsByWeek, kits_by_week
from renotify.charts.letters_by_week import LettersByWeek, letters_by_week
from renotify.charts.rehearsed_weeks import RehearsedWeeks, rehearsed_weeks
from renotify.charts.repairs_by_week import RepairsByWeek, repairs_by_week

WEEKS = tuple(date(2013, 3, 4) + timedelta(weeks=week) for week in range(4))


def texts(svg: str) -> list[str]:
    """Every text that a reader sees, in the order of the drawing."""
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def load(hours, capacity=20.0, dealers=("A", "B<", "C")) -> DealerWeeks:
    hours = np.array(hours, float)
    limit = np.broadcast_to(np.array(capacity, float), hours.shape)
    return DealerWeeks(dealers[: len(hours)], WEEKS[: hours.shape[1]], hours, limit)


HEAT = load([[0, 5, 0, 0], [0, 0, 10, 0], [0, 40, 20, 2]])
BARS = (
    CampaignShares("9LA", 70, 0, 10, 0, 20, 0.7),
    CampaignShares("BLB", 10, 20, 0, 2, 68, 0.3),
)
LETTERS = LettersByWeek(("9LA", "ALE"), WEEKS, np.array([[5, 0, 0, 2], [0, 20, 30, 1]]))
KITS = KitsByWeek(
    ("P", "Q"), WEEKS, np.array([[5.0, 5, 9, 9], [9, 9, 9, 9]]), np.array([[2.0, 8, 9, 9], [1, 2, 3, 4]])
)  # fmt: skip
REPLAY = RepairsByWeek(("optimal", "uniform:4"), np.array([[1.0, 5, 9], [1, 4, 8.4]]), 2)
REHEARSED = RehearsedWeeks(
    WEEKS, np.array([1350, 40, 0, 0]),
    np.array([[20.0, 50, 60, 61], [10, 40, 50, 51], [30, 60, 70, 71]]),
    np.array([[5.0, 20, 40, 43], [1, 15, 30, 33], [9, 25, 50, 53]]),
    ("P", "Q"), np.array([[0.0, 0.25, 0.62, 0], [0, 0, 0, 0]]), np.array([[0.0, 0, 0.31, 0], [0, 0, 0, 0]]),
    ("A", "B"), np.array([[0.0, 0, 0, 0], [0, 0.001, 0, 0.9]]), 2,
)  # fmt: skip
CALLS = CallsByDay(
    (DayOfCalls(WEEKS[0], 20.2, 12, 31), DayOfCalls(WEEKS[1], 3.25, 0, 7)), "Busiest on Mar 4"
)


DRAWINGS = {
    "heat map": lambda: dealer_heat_map(HEAT),
    "bars": lambda: completion_bars(BARS),
    "letters": lambda: letters_by_week(LETTERS),
    "kits": lambda: kits_by_week(KITS),
    "replay": lambda: repairs_by_week(REPLAY, "Vehicles repaired by week: small"),
    "rehearsal": lambda: rehearsed_weeks(REHEARSED, "Rehearsal of small"),
    "calls": lambda: calls_by_day(CALLS),
}


@cache
def picture(name: str) -> str:
    """The drawing of the rows above, drawn once for all tests that read it."""
    return DRAWINGS[name]()


def all_of_them() -> list[str]:
    return [picture(name) for name in DRAWINGS]


def test_every_chart_has_a_title_and_the_same_words_for_a_screen_reader():
    titles = (
        "1 of 3 dealers has more work than hours in some week",
        "88 repairs are left to do",
        "58 planned letters in 4 weekly waves",
        "1 of 2 parts runs short, none from Mar 18 on",
        "Vehicles repaired by week: small",
        "Rehearsal of small",
        "Busiest on Mar 4",
    )
    for svg, title in zip(all_of_them(), titles, strict=True):
        assert svg.startswith("<svg ")
        (label,) = re.findall(r'^<svg role="img" aria-label="([^"]*)"', svg)
        assert title in unescape(label)
        assert title in texts(svg)


def test_charts_fetch_nothing_and_share_no_id():
    drawn = all_of_them()
    ids = [found for svg in drawn for found in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for svg in drawn:
        assert not re.search(r"<script|<image|@import|url\((?!#)", svg)


def test_a_chart_is_the_same_text_every_time():
    assert [draw() for draw in DRAWINGS.values()] == all_of_them()


def test_text_from_files_cannot_become_markup():
    svg = dealer_heat_map(load([[5.0]], dealers=('<b>"x"',)))
    assert '<b>"x"' in texts(svg)
    assert "<b>" not in svg


def test_the_heat_map_has_the_tightest_dealer_on_top():
    seen = texts(picture("heat map"))
    assert [text for text in seen if text in HEAT.dealers] == ["C", "B<", "A"]
    fewer = texts(dealer_heat_map(HEAT, shown=1))
    assert [text for text in fewer if text in HEAT.dealers] == ["C"]


def test_every_cell_of_the_heat_map_says_its_per_cent_and_an_idle_one_nothing():
    figures = [text for text in texts(picture("heat map")) if text.isdigit()]
    assert sorted(figures, key=int) == ["10", "25", "50", "100", "200"]


def test_a_dealer_whose_hours_nobody_knows_shows_hours_and_stands_last():
    svg = dealer_heat_map(load([[90.0, 1], [1, 2]], [[np.inf], [20.0]]))
    seen = texts(svg)
    assert [text for text in seen if text in ("A", "B<")] == ["B<", "A"]
    assert "90 h" in seen
    assert UNKNOWN in seen
    assert UNKNOWN not in texts(picture("heat map"))


def test_without_any_known_hours_the_title_says_so():
    assert "Expected technician hours; no dealer's hours on hand are known" in texts(
        dealer_heat_map(load([[5.0]], np.inf))
    )


def test_a_bar_says_the_share_of_every_part_that_has_room():
    seen = [text for text in texts(picture("bars")) if text.endswith("%")]
    # 70, 10 and 20 of 100, and 10, 20 and 68 of 100, where 2 of 100 have no room; then the axis
    assert seen.count("70 %") == 1
    assert seen.count("68 %") == 1
    assert seen.count("10 %") == 2
    assert "2 %" not in seen


def test_every_set_of_campaigns_has_a_row_with_its_total():
    seen = texts(picture("letters"))
    assert [text for text in seen if ": " in text] == ["all: 58", "ALE: 51", "9LA: 7"]
    figures = [text for text in seen if text.isdigit()]
    assert figures == ["5", "20", "30", "3", "20", "30", "1", "5", "2"]


def test_the_smallest_sets_share_a_row():
    many = LettersByWeek(
        tuple(f"S{n:02d}" for n in range(12)), WEEKS[:1], np.arange(12, 0, -1).reshape(12, 1)
    )
    rows = [text for text in texts(letters_by_week(many)) if ": " in text]
    # 8 of their own, with 12 to 5 letters; the other four have 4 + 3 + 2 + 1
    assert len(rows) == 10
    assert rows[0] == "all: 78"
    assert rows[-1] == "4 other sets: 10"


def test_a_part_that_runs_short_stands_first_and_says_by_how_much():
    seen = texts(picture("kits"))
    assert [text for text in seen if text in ("P", "Q", "P: 3 short")] == ["P: 3 short", "Q"]


def test_parts_that_suffice_are_said_to():
    enough = KitsByWeek(("Q",), WEEKS, KITS.supply[1:], KITS.demand[1:])
    assert "Supply covers the expected demand for every part" in texts(kits_by_week(enough))


def test_every_policy_has_its_name_and_last_figure_at_its_line():
    assert {"optimal, 9", "uniform:4, 8"} <= set(texts(picture("replay")))


def test_names_of_lines_that_end_together_stand_apart():
    same = RepairsByWeek(("a", "b", "c"), np.full((3, 2), 5.0), 1)
    svg = repairs_by_week(same, "x")
    places = re.findall(r'translate\([\d.]+,([\d.]+)\)"[^>]*>[abc], 5<', svg)
    heights = sorted(map(float, places))
    assert len(heights) == 3
    assert min(np.diff(heights)) > 10


def test_lines_differ_without_colour():
    dashes = set(re.findall(r'stroke-dasharray="([^"]+)"', picture("replay")))
    assert {"1,0", "7,3"} <= dashes


@at_once("capacity", [np.inf, 10.0])
def test_a_heat_map_of_no_work_is_drawn(capacity):
    assert dealer_heat_map(load([[0.0, 0.0]], capacity)).startswith("<svg ")


def test_a_rehearsal_says_its_letters_its_ends_with_their_bands_and_each_chance_in_per_cent():
    seen = texts(picture("rehearsal"))
    assert {"1.4k", "40"} <= set(seen)
    assert {"61 asked for a visit", "(51 to 71)", "43 repaired", "(33 to 53)"} <= set(seen)
    assert {"25", "62", "<1", "90"} <= set(seen)
    assert "per cent chance that a visit waits more than 2 weeks for hours" in seen


@at_once(
    ("asked", "repaired"),
    [(602, 602), (646, 602), (602, 646), (602, 530), (3, 2), (700, 20)],
)
def test_the_ends_of_who_asked_and_who_is_repaired_are_not_written_over_one_another(
    asked, repaired
):
    """Two lines of figures each, 12 pixels from one another: the nearest lines of the two ends are as far apart, whoever is ahead."""

    def line(end):
        return np.linspace(0, end, 4)[None, :] * np.array([[1], [0.9], [1.1]])

    one = replace(REHEARSED, asked=line(asked), repaired=line(repaired))
    found = re.findall(r"<text [^>]*translate\([^,]+,([^)]+)\)[^>]*>(\(?[\d,]+ [^<]*)</text>", rehearsed_weeks(one, "R"))  # fmt: skip
    ends = sorted(
        float(y) for y, words in found if "asked for" in words or "repaired" in words or " to " in words
    )  # fmt: skip
    assert len(ends) == 4
    assert min(np.diff(ends)) > 11


def test_a_rehearsal_draws_the_shortages_of_letters_apart_from_all_of_them():
    letters = (
        "of that by the letters: nobody would be turned away in that week if none had been sent"
    )
    seen = texts(picture("rehearsal"))
    assert {"62", "31"} <= set(seen)
    nobody = replace(REHEARSED, letters_lack=np.zeros((2, 4)))
    assert letters not in texts(rehearsed_weeks(nobody, "Rehearsal of small"))


def test_a_rehearsal_shows_only_parts_and_dealers_with_something_wrong():
    seen = texts(picture("rehearsal"))
    assert [text for text in seen if text in ("P", "Q", "A", "B")] == ["P", "P", "B"]
    none = np.zeros((2, 4))
    calm = replace(REHEARSED, part_lacks=none, letters_lack=none, visit_waits=none)
    drawn = rehearsed_weeks(calm, "Rehearsal of small")
    assert not {"P", "Q", "A", "B"} & set(texts(drawn))
    assert "No part runs out. No visit waits more than 2 weeks for hours." in drawn


def test_an_axis_of_few_counts_names_each_number_once():
    """Up to two calls the axis has a mark at each half: halves have no label, where they had that of a neighbour."""
    few = CallsByDay((DayOfCalls(WEEKS[0], 0.4, 0, 2), DayOfCalls(WEEKS[1], 0.2, 0, 1)), "Few")
    said = texts(calls_by_day(few))
    assert [one for one in said if one in {"0", "1", "2"}] == ["0", "1", "2"]


def test_every_day_of_calls_says_its_number_in_tenths_below_ten():
    assert {"Mar 4", "20", "Mar 11", "3.2"} <= set(texts(picture("calls")))


def test_the_same_figures_are_drawn_once_others_anew_and_the_oldest_picture_goes(monkeypatch):
    """Two are kept: the third picture takes the place of the first, which is drawn again."""
    monkeypatch.setattr(kept_pictures, "KEPT", {})
    monkeypatch.setattr(kept_pictures, "MOST", 2)
    drawn = []

    @kept_pictures.drawn_once
    def chart(hours, *, name="x"):
        drawn.append(hours)
        return f"{name}{len(drawn)}"

    one, other = np.array([1.0]), np.array([1.5])
    assert [chart(one), chart(one.copy()), chart(other), chart(one, name="y"), chart(one)] == [
        "x1", "x1", "x2", "y3", "x4",
    ]  # fmt: skip
