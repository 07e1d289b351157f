"""Each chart's message and figures, worked out by hand; with one row, with none, and at the edges of its levels."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from itertools import pairwise

import numpy as np

from cases import at_once
from renotify.charts.completion_bars import PARTS, CampaignShares, completion_bars
from renotify.charts.dealer_heat_map import LEVELS, UNKNOWN, DealerWeeks, dealer_heat_map
from renotify.charts.kits_by_week import KitsByWeek, kits_by_week
from renotify.charts.letters_by_week import LettersByWeek, letters_by_week
from renotify.charts.repairs_by_week import RepairsByWeek, repairs_by_week
from renotify.charts.svg import short_day

WEEKS = tuple(date(2013, 3, 4) + timedelta(weeks=week) for week in range(12))


def texts(svg: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def description(svg: str) -> str:
    return unescape(re.search(r'aria-label="([^"]*)"', svg)[1])


def fills(svg: str) -> list[str]:
    return re.findall(r'fill="(#[0-9a-f]{6})"', svg)


def load(hours, capacity, dealers="ABCDEFGH") -> DealerWeeks:
    hours = np.array(hours, float)
    limit = np.broadcast_to(np.array(capacity, float), hours.shape)
    return DealerWeeks(tuple(dealers[: len(hours)]), WEEKS[: hours.shape[1]], hours, limit)


def letters(*rows, names="XYZVW") -> LettersByWeek:
    table = np.array(rows, np.int64).reshape(len(rows), -1)
    return LettersByWeek(tuple(names[: len(rows)]), WEEKS[: table.shape[1]], table)


def kits(supply, demand, parts="PQRSTUVW") -> KitsByWeek:
    supply, demand = np.array(supply, float), np.array(demand, float)
    return KitsByWeek(tuple(parts[: len(supply)]), WEEKS[: supply.shape[1]], supply, demand)


# Completion


def test_completion_says_what_is_left_and_each_campaign_s_own_share():
    """12 and 1,300 are open; the shares are those handed in, to a whole per cent."""
    svg = completion_bars(
        (
            CampaignShares("9LA", 80, 0, 8, 0, 12, 0.8),
            CampaignShares("ALE", 600, 50, 40, 10, 1300, 0.325),
        )
    )
    assert "1,312 repairs are left to do" in texts(svg)
    assert description(svg) == (
        "Completion by campaign: 9LA 80 %, ALE 32 %. 1,312 repairs are left to do."
    )


def test_one_open_repair_is_said_in_the_singular():
    assert "1 repair is left to do" in texts(
        completion_bars((CampaignShares("X", 1, 0, 0, 0, 1, 0.5),))
    )


def test_no_campaigns_and_a_campaign_without_vehicles_are_drawn_with_nothing_left():
    assert (
        description(completion_bars(()))
        == "Completion by campaign: none. 0 repairs are left to do."
    )
    empty = completion_bars((CampaignShares("X", 0, 0, 0, 0, 0, 0.0),))
    assert description(empty) == "Completion by campaign: X 0 %. 0 repairs are left to do."
    assert [text for text in texts(empty) if text in PARTS] == list(PARTS)


def test_a_part_of_six_per_cent_has_its_figure_and_one_of_less_has_none():
    """6 and 5 of 100 besides 89; the axis has no 6 %, 5 % or 89 %."""
    seen = texts(completion_bars((CampaignShares("X", 89, 6, 5, 0, 0, 0.95),)))
    assert "6 %" in seen
    assert "89 %" in seen
    assert "5 %" not in seen


def test_bars_stand_in_the_order_in_which_campaigns_were_given():
    rows = tuple(CampaignShares(code, 1, 1, 1, 1, 1, 0.4) for code in ("BLB", "9LA", "ALE"))
    assert [text for text in texts(completion_bars(rows)) if text in ("BLB", "9LA", "ALE")] == [
        "BLB", "9LA", "ALE",
    ]  # fmt: skip


# Workload


def test_only_a_dealer_above_its_hours_counts_and_not_one_that_is_just_full():
    title = "1 of 3 dealers has more work than hours in some week"
    assert title in texts(dealer_heat_map(load([[10.0], [10.01], [0]], 10.0)))


def test_a_level_ends_at_its_own_share_and_a_cell_just_above_takes_the_next_colour():
    """Of 1,000 hours: 250, 251, 500, 501, 800, 801, 1,000 and 1,001; eight dealers, one week."""
    hours = [[250], [251], [500], [501], [800], [801], [1000], [1001]]
    svg = dealer_heat_map(load(hours, 1000.0))
    colours = ("#eef2f6", "#cbd8e4", "#96b1c9", "#4b7397", "#8f2410")
    drawn = [colour for colour in fills(svg) if colour in colours]
    # the legend shows each level once besides the cells
    assert [drawn.count(colour) - 1 for colour in colours] == [1, 2, 2, 2, 1]


def test_a_cell_says_whole_per_cents_and_one_of_a_thousand_or_more_that_it_is_more():
    seen = texts(dealer_heat_map(load([[9.99], [99.9], [0.04]], 10.0)))
    assert "100" in seen
    assert "999" in seen
    assert texts(dealer_heat_map(load([[100.0]], 10.0))).count(">999") == 1


def test_dealers_of_equal_shares_stand_by_hours_and_then_by_name():
    svg = dealer_heat_map(load([[5], [50], [5], [1]], [[10], [100], [10], [10]], "DCBA"))
    assert [text for text in texts(svg) if text in "ABCD"] == ["C", "B", "D", "A"]


def test_a_dealer_without_hours_on_hand_is_over_and_one_unknown_is_not_counted():
    svg = dealer_heat_map(load([[3.0], [90.0]], [[0.0], [np.inf]]))
    assert "1 of 1 dealer has more work than hours in some week" in texts(svg)
    assert "90 h" in texts(svg)
    assert UNKNOWN in texts(svg)


def test_no_dealers_and_no_weeks_are_drawn_with_the_legend_alone():
    for hours in (np.zeros((0, 2)), np.zeros((1, 0))):
        seen = texts(
            dealer_heat_map(
                DealerWeeks(("A",)[: len(hours)], WEEKS[: hours.shape[1]], hours, hours)
            )
        )
        assert [text for text in seen if text in LEVELS] == list(LEVELS)
        assert "Expected technician hours; no dealer's hours on hand are known" in seen


def test_the_weeks_of_the_map_are_named_by_their_mondays():
    seen = texts(dealer_heat_map(load([[1, 1, 1]], 10.0)))
    assert [text for text in seen if text.startswith("Mar")] == ["Mar 4", "Mar 11", "Mar 18"]


# Letters


def test_letters_are_added_up_by_set_week_and_wave_and_the_largest_week_is_named():
    svg = letters_by_week(letters([0, 20, 5], [0, 0, 30]))
    assert description(svg) == (
        "55 planned letters in 2 weekly waves, the largest in the week of Mar 18."
    )
    assert [text for text in texts(svg) if ": " in text] == ["all: 55", "Y: 30", "X: 25"]


def test_one_letter_is_said_in_the_singular_and_no_letter_has_no_largest_week():
    assert description(letters_by_week(letters([1]))) == (
        "1 planned letter in 1 weekly wave, the largest in the week of Mar 4."
    )
    nothing = "0 planned letters in 0 weekly waves."
    assert description(letters_by_week(letters([0, 0]))) == nothing
    assert (
        description(letters_by_week(LettersByWeek((), WEEKS[:1], np.zeros((0, 1), int)))) == nothing
    )


def test_of_two_weeks_that_are_alike_the_first_is_the_largest():
    assert "week of Mar 4." in description(letters_by_week(letters([7, 7])))


def test_a_set_is_not_taken_for_the_sum_because_its_name_begins_like_it():
    svg = letters_by_week(LettersByWeek(("allroad",), WEEKS[:1], np.array([[5]])))
    bars = [colour for colour in fills(svg) if colour in ("#1d3b5c", "#6f8fb0")]
    assert sorted(bars) == ["#1d3b5c", "#6f8fb0"]


def test_figures_from_ten_thousand_on_are_in_thousands():
    seen = texts(letters_by_week(letters([9999, 10_000, 22_400])))
    assert (
        seen.count("9,999") == seen.count("10k") == seen.count("22k") == 2
    )  # the sum and its one set


def test_nine_sets_have_rows_of_their_own_and_of_ten_two_share_one():
    nine = letters(*([n] for n in range(9, 0, -1)), names="ABCDEFGHI")
    assert len([text for text in texts(letters_by_week(nine)) if ": " in text]) == 10
    ten = letters(*([n] for n in range(10, 0, -1)), names="ABCDEFGHIJ")
    rows = [text for text in texts(letters_by_week(ten)) if ": " in text]
    assert rows[-2:] == ["H: 3", "2 other sets: 3"]  # 2 and 1


# Kits


def test_a_part_is_short_by_its_worst_week_in_whole_kits_upwards():
    """P lacks 0.2, Q 2.5 in its second week, R nothing: ratios 1.2, 1.5 and 1."""
    svg = kits_by_week(kits([[1, 4], [1, 5], [3, 3]], [[1.2, 4], [1, 7.5], [3, 3]]))
    assert "2 of 3 parts run short" in texts(svg)
    assert [text for text in texts(svg) if text[0] in "PQR" and len(text) < 12] == [
        "Q: 3 short", "P: 1 short", "R",
    ]  # fmt: skip
    assert description(svg).endswith("2 of 3 parts run short. Short: Q, P.")


def test_a_long_line_below_the_title_is_folded_and_keeps_its_words():
    svg = kits_by_week(kits([[1, 4]], [[1.2, 4]]))
    lines = re.findall(r">([^<>]+)</t(?:ext|span)>", svg)
    assert max(map(len, lines)) <= 110
    assert "beyond what their dealers have. The tightest parts first" in " ".join(lines)


def test_a_shortage_that_ends_says_from_when_supply_covers():
    svg = kits_by_week(kits([[0, 5], [9, 9]], [[0.4, 1], [1, 2]]))
    assert f"1 of 2 parts runs short, none from {short_day(WEEKS[1])} on" in texts(svg)


def test_a_part_without_supply_and_demand_is_not_short_and_one_with_demand_alone_is():
    enough = "Supply covers the expected demand for every part"
    assert enough in texts(kits_by_week(kits([[0.0]], [[0.0]])))
    assert "P: 5 short" in texts(kits_by_week(kits([[0.0]], [[5.0]])))


def test_no_parts_and_no_weeks_are_drawn_as_sufficient():
    for shape in ((0, 1), (1, 0)):
        none = np.zeros(shape)
        svg = kits_by_week(KitsByWeek(("P",)[: shape[0]], WEEKS[: shape[1]], none, none))
        assert description(svg).endswith("Supply covers the expected demand for every part.")


def test_only_the_six_tightest_parts_have_a_panel_and_all_that_are_short_are_named():
    svg = kits_by_week(kits([[10]] * 8, [[11 + n] for n in range(8)]))
    panels = [text for text in texts(svg) if text.endswith("short") and ":" in text]
    assert panels == [
        f"{part}: {lack} short" for part, lack in zip("WVUTSR", range(8, 2, -1), strict=True)
    ]
    assert description(svg).endswith("Short: W, V, U, T, S, R, Q, P.")


# Repairs


def test_each_policy_is_said_with_its_last_mean_rounded_and_grouped():
    svg = repairs_by_week(
        RepairsByWeek(("optimal", "all_at_once"), np.array([[0, 1234.6], [3, 1199.4]]), 1), "Small"
    )
    assert description(svg) == "Small. At the end: optimal 1,235, all_at_once 1,199."
    assert {"optimal, 1,235", "all_at_once, 1,199"} <= set(texts(svg))


@at_once("line", [[[5.0]], [[0.0, 0.0]]])
def test_one_week_and_no_repairs_are_drawn(line):
    svg = repairs_by_week(RepairsByWeek(("optimal",), np.array(line), 1), "Small")
    assert f"optimal, {line[0][-1]:.0f}" in texts(svg)
    assert "last week of letters" in texts(svg)


def test_names_beside_lines_that_end_close_together_keep_the_order_of_their_lines():
    ends = {"low": 90.0, "middle": 91.0, "high": 100.0}
    replay = RepairsByWeek(tuple(ends), np.array([[0, end] for end in ends.values()]), 1)
    svg = repairs_by_week(replay, "Small")
    heights = {
        name: float(y)
        for y, name in re.findall(r'translate\([\d.]+,([\d.]+)\)"[^>]*>(low|middle|high), ', svg)
    }
    assert sorted(heights, key=heights.__getitem__) == ["high", "middle", "low"]
    assert all(lower - upper > 10 for upper, lower in pairwise(sorted(heights.values())))


def test_a_title_from_a_name_cannot_become_markup():
    svg = repairs_by_week(RepairsByWeek(("a&b",), np.array([[1.0]]), 1), 'x" onload="y <i>')
    assert "<i>" not in svg
    assert not re.search('<[^>]*onload="', svg)
    assert description(svg) == 'x" onload="y <i>. At the end: a&b 1.'
