"""The charts of a follow-up's page: every message stands in words, and nothing is told by colour alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import numpy as np

from charts.test_charts import KITS
from renotify.charts import area_map as drawing
from renotify.charts.area_map import AreaPlace, DealerPlace, area_map, middle, state_lines
from renotify.charts.completion_by_week import CompletionByWeek, completion_by_week
from renotify.charts.dealer_heat_map import LEVELS, Cell, DealerWeeks, cells, headline
from renotify.charts.kits_by_week import kits_by_week
from renotify.charts.waves_against_limits import WavesAndLimits, waves_against_limits

WEEKS = tuple(date(2013, 3, 4) + timedelta(weeks=week) for week in range(3))
LATER = np.array([[0, 0, 0.005], [0, 0, 0]])
DONE = np.array([[0.7, 0.71, 0.72], [0.5, 0.5, 0.5]])
COMPLETION = CompletionByWeek(("9LA", "B<"), (date(2013, 2, 26), date(2013, 3, 5), date(2013, 3, 31)), 1,
                              DONE, DONE - LATER, DONE + LATER * 3.06)  # fmt: skip
LIMITS = WavesAndLimits(
    WEEKS, np.array([1350, 0, 20]), np.array([30.0, 20, 10]), np.array([4.0, 0, 0]), np.array([9.0, 9, 9]), np.array([0.0, 2.2, 0]),
    planned=1370, to_go=20,
)  # fmt: skip
EAST = AreaPlace(
    "E", (DealerPlace(38.8, -77.2, True), DealerPlace(40.7, -74.0, False)), 2, 1848, 0.725, 1
)
WEST = AreaPlace("W", (DealerPlace(34.1, -118.2, False),), 3, 2035, 0.717, 0)


def texts(svg: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def label(svg: str) -> str:
    (found,) = re.findall(r'^<svg role="img" aria-label="([^"]*)"', svg)
    return unescape(found)


def test_each_campaign_says_how_far_it_is_and_between_what_it_is_expected():
    drawn = completion_by_week(COMPLETION)
    for said in ("9LA: 71.0 %, then 71.5 to 73.5 %", "B<: 50.0 %, then 50.0 to 50.0 %"):
        assert said in texts(drawn)
        assert said in label(drawn)
    assert "Completion up to Mar 5, and what is expected by Mar 31" in texts(drawn)


def test_a_day_stands_at_its_place_in_every_time_zone():
    """A drawing in New York, five hours behind, lost the label of the last day: it began on the evening before."""
    draws = "import charts.test_page_charts as t; print(t.completion_by_week(t.COMPLETION) + t.kits_by_week(t.KITS))"
    of_new_york = subprocess.run(
        [sys.executable, "-c", draws],
        env=os.environ | {"TZ": "America/New_York", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Mar 31" in texts(of_new_york)
    assert of_new_york.strip() == completion_by_week(COMPLETION) + kits_by_week(KITS)


def test_letters_hours_and_kits_say_what_is_lacking_in_figures():
    drawn = waves_against_limits(LIMITS)
    assert "20 of 1,370 letters to go; short of 4 technician hours and 2 kits" in texts(drawn)
    figures = [text for text in texts(drawn) if re.fullmatch(r"[\d,]+", text)]
    assert {"1,350", "4", "2"} <= set(figures)


def test_where_nothing_is_lacking_the_chart_says_so():
    enough = replace(LIMITS, hours_lacking=np.zeros(3), kits_lacking=np.zeros(3))
    assert "20 of 1,370 letters to go; hours and kits suffice in every week" in texts(
        waves_against_limits(enough)
    )


def test_less_than_one_hour_or_kit_is_not_written_in_thousandths():
    """Kits of 0.3 a week: the axis says 0.1, 0.2, 0.3, not 100m, which is read as millions."""
    few = replace(LIMITS, kits=np.full(3, 0.3), kits_lacking=np.zeros(3))
    seen = texts(waves_against_limits(few))
    assert not [text for text in seen if re.fullmatch(r"\d+m", text)]
    assert "0.2" in seen


def test_where_no_wave_is_released_all_letters_are_to_go():
    said = "1,370 letters to go; short of 4 technician hours and 2 kits"
    assert said in texts(waves_against_limits(replace(LIMITS, to_go=1370)))


def test_an_area_stands_on_the_map_with_its_figures_in_words():
    drawn = area_map([EAST, WEST])
    assert {
        "E: 72.5 % done",
        "1,848 open",
        "1 of 2 dealers short of hours",
        "W: 71.7 % done",
    } <= set(texts(drawn))
    assert "Area W is the least complete: 71.7 % done, 2,035 open" in texts(drawn)


def test_the_map_has_the_borders_of_the_states_each_once():
    """The corner of four States is a point of a line; the lines are of the country, and each begins once."""
    points = {(one["longitude"], one["latitude"]) for one in state_lines()}
    assert (-109.04, 37.0) in points
    assert all(
        -180 <= longitude <= -66 and 18.9 <= latitude <= 72 for longitude, latitude in points
    )
    lines = [one["line"] for one in state_lines()]
    assert lines == sorted(lines)
    assert len(set(lines)) > 200
    assert area_map([EAST]).count('stroke="#cfd6de"') >= len(set(lines)) - 20  # few have no place


def test_the_points_of_a_border_are_drawn_in_their_order_beyond_the_tenth(monkeypatch):
    """Twelve points of one line from west to east: were their places read as words, the tenth would come before the second."""
    going_east = tuple({"line": 0, "place": place, "longitude": -120.0 + place, "latitude": 40.0} for place in range(12))  # fmt: skip
    monkeypatch.setattr(drawing, "state_lines", lambda: going_east)
    (path,) = re.findall(r'd="M([^"]+)" stroke="#cfd6de"', area_map([EAST]))
    across = [float(point.partition(",")[0]) for point in path.split("L")]
    assert len(across) == 12
    assert across == sorted(across)


def test_an_area_of_which_nobody_says_where_it_is_is_named():
    drawn = area_map([EAST, replace(WEST, dealers=())])
    assert ">no coordinates are known of the dealers of W<" in drawn
    assert "W: 71.7 % done" not in texts(drawn)
    assert "W: 71.7 % done, 2,035 open" in label(drawn)


def test_a_dealer_off_the_map_is_told_beside_it_and_stands_in_no_corner_of_it():
    hawaii, alaska, puerto_rico = (DealerPlace(*at, False) for at in ((21.4, -158.0), (61.2, -149.9), (18.4, -66.1)))  # fmt: skip
    far = replace(EAST, dealers=(*EAST.dealers, hawaii, alaska))
    drawn = area_map([replace(far, dealers=(*far.dealers, puerto_rico)), WEST])
    assert ">1 dealer off this map<" in drawn
    assert drawn.count("#9fb0c1") == area_map([far, WEST]).count("#9fb0c1")
    assert "off this map" not in area_map([far, WEST])


def test_the_middle_of_an_area_is_not_drawn_away_by_one_dealer_far_off():
    assert middle([40.0, 61.2, 41.0]) == 41.0
    assert middle([40.0, 61.2, 41.0, 42.0]) == 41.5


def test_cells_say_their_share_and_hours_where_nobody_knows_how_many_there_are():
    load = DealerWeeks(("A", "B"), WEEKS, np.array([[5.0, 20, 300], [0, 7, 0]]), np.array([[20.0] * 3, [np.inf] * 3]))  # fmt: skip
    unknown = len(LEVELS)
    assert cells(load) == [
        [Cell("25", 0), Cell("100", 3), Cell(">999", 4)],
        [Cell("", unknown), Cell("7 h", unknown), Cell("", unknown)],
    ]
    assert load.short_of_hours.tolist() == [True, False]
    assert headline(load) == "1 of 1 dealer has more work than hours in some week"
