"""A follow-up's figures from the ledger, each counted by hand, and the page that shows them section by section."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import two_dealers as w
from cases import at_once
from renotify.charts.completion_bars import CampaignShares
from renotify.charts.dealer_heat_map import DealerWeeks
from renotify.charts.kits_by_week import KitsByWeek
from renotify.charts.letters_by_week import LettersByWeek
from renotify.errors import NothingToDo, UnknownName
from renotify.ledger.session import Session, open_session
from renotify.planner.plan_worth import PLAN, RISKIEST, Worth
from renotify.reports import summary
from renotify.reports.follow_up_figures import (
    FollowUpFigures,
    PartOrder,
    PlannedWave,
    SentCounts,
    TightWeek,
    dealers_by_tightness,
    figures,
)
from renotify.reports.summary_page import SYNTHETIC, page
from renotify.workload.of_plan import DealerWeek
from reports import made_up_figures
from small_world import Desk

MONDAYS = tuple(w.FIRST_WEEK + timedelta(weeks=week) for week in range(w.WEEKS))


@pytest.fixture
def found(planned_session: Session) -> FollowUpFigures:
    return figures(planned_session, "spring", w.FIRST_LETTER)


# ---- figures


def test_each_campaign_s_vehicles_add_up(found: FollowUpFigures) -> None:
    assert found.campaigns == (
        CampaignShares(w.PMP, repaired=1, inspected=0, unreachable=1, removed=1, open=8, completion=0.1),
        CampaignShares(w.STP, repaired=0, inspected=1, unreachable=0, removed=0, open=2, completion=1 / 3),
        CampaignShares(w.SVC, repaired=0, inspected=0, unreachable=0, removed=0, open=2, completion=0.0),
    )  # fmt: skip


def test_the_one_wave_begins_on_the_first_lawful_day(found: FollowUpFigures) -> None:
    assert found.waves == (PlannedWave(1, w.FIRST_LETTER, 9),)


def test_letters_are_summed_by_set_of_campaigns_to_the_last_week_that_has_some(
    found: FollowUpFigures,
) -> None:
    assert found.letters.bundles == (w.PMP, f"{w.PMP}+{w.STP}", w.SVC)
    assert found.letters.weeks == MONDAYS[:1]
    assert found.letters.letters.tolist() == [[6], [1], [2]]


def test_the_tightest_dealer_is_the_one_where_visits_wait(found: FollowUpFigures) -> None:
    east, west = found.tightest
    assert (east.dealer, east.area, east.week, east.capacity) == (w.EAST, "E", w.FIRST_WEEK, 4.0)
    assert east.hours == pytest.approx(6.0 * w.answered(0), abs=0.0051)
    assert (west.dealer, west.capacity, west.late_visits, west.days) == (w.WEST, None, 0.0, 0)


def test_orders_are_told_by_part_the_largest_first(found: FollowUpFigures) -> None:
    assert found.orders == (
        PartOrder(w.BOLT, "Made-up bolt", 1, 5),
        PartOrder(w.PUMP, "Made-up pump", 1, 1),
    )


def test_the_heat_map_has_the_tightest_dealers_in_the_order_of_their_table(
    found: FollowUpFigures,
) -> None:
    assert found.load.tightest == tuple(one.dealer for one in found.tightest) == (w.EAST, w.WEST)


def test_hours_of_each_dealer_and_week_are_the_mean_ones(found: FollowUpFigures) -> None:
    assert (found.load.dealers, found.load.weeks) == ((w.EAST, w.WEST), MONDAYS)
    share = np.array([w.answered(week) for week in range(w.WEEKS)])
    booked = np.array([[0, 2.7, 0, 0], [0, 2.0, 0, 0]])  # and their owners ask no more
    assert found.load.hours == pytest.approx(np.array([6.0 * share, 5.0 * share]) + booked)
    assert found.load.capacity.tolist() == [[4.0] * w.WEEKS, [np.inf] * w.WEEKS]


def test_kits_are_shown_for_supplied_parts_as_running_totals(found: FollowUpFigures) -> None:
    assert found.kits.parts == (w.BOLT,)
    # 3 and 6 arrive, in packs of five: one pack in the third week; the visit booked in the second takes two, and nobody else takes bolts
    assert found.kits.supply.tolist() == [[0.0, 0.0, 5.0, 5.0]]
    assert found.kits.demand.tolist() == [[0.0, 2.0, 2.0, 2.0]]


def test_kits_are_those_of_the_visits_whose_hours_are_shown(found: FollowUpFigures) -> None:
    # letters: three pumps at East and two at West; booked in the second week: a pump and two bolts at East, a pump at West
    share = np.array([w.answered(week) for week in range(w.WEEKS)])
    assert found.kits.taken == pytest.approx(5.0 * share + np.array([0, 4, 0, 0]))


def test_what_the_planner_and_the_workload_say_stands_below(found: FollowUpFigures) -> None:
    assert found.messages[0].startswith(f"No supply is loaded for {w.PUMP}, which ")
    assert "This plan breaks limits, so what it reaches is on paper only." in found.messages
    assert found.messages[-1].startswith(
        "5 visits expected from the week of 2013-03-04 on (3 to 8 in nine of ten cases,"
        " not yet proven by past weeks): 2 booked, by letters 3, without one 0;"
        " 10.1 technician hours. No dealer needs to book extra days ahead."
    )


def test_before_anything_went_out_nothing_is_sent(found: FollowUpFigures) -> None:
    assert found.sent == SentCounts()


def test_what_went_out_is_counted_by_what_became_of_it(own_session: Session) -> None:
    states = {
        "withdrawn": 1,
        "exception": 2,
        "printed": 1,
        "accepted": 1,
        "spoiled": 1,
        "released": 1,
    }
    ids = [
        vin
        for vin, count in zip(
            [*w.EAST_OPEN, w.EAST_BOTH, w.WEST_BOOKED, w.WEST_OPEN], range(6), strict=True
        )
    ]
    with own_session.transaction():
        for vin, state in zip(
            ids,
            ["withdrawn", "exception", "exception", "printed", "accepted", "spoiled"],
            strict=True,
        ):
            own_session.execute(
                "update piece set state = :state, reason = 'stated' where vin = :vin",
                state=state,
                vin=vin,
            )
        own_session.execute(
            "update piece set state = 'released' where vin = :vin", vin=w.WEST_SERVICE
        )
        own_session.execute("update wave set released_at = current_timestamp")
        for audience, code in (("dealer", w.EAST), ("dealer", w.WEST), ("area", "E")):
            own_session.execute(
                "insert into notice (follow_up, audience, code, file, sha256, written_on, acknowledged_at, receipt)"
                " values ('spring', :audience, :code, '', '', :day, '', '')",
                audience=audience, code=code, day=w.NOTICE,
            )  # fmt: skip
    sent = figures(own_session, "spring", w.FIRST_LETTER).sent
    assert (sent.waves, sent.withdrawn, sent.exceptions) == (1, 1, 2)
    # released: exceptions, printed, accepted, spoiled and the one not printed yet; printed: three of them
    assert (sent.released, sent.printed) == (sum(states.values()) - 1, 3)
    assert (sent.dealers, sent.areas) == (2, 1)


def test_a_follow_up_s_page_is_of_its_own_campaigns(office: Desk) -> None:
    settings = w.settings_file(office.folder, name="pumps", campaigns=[w.PMP])
    office.do("followup", "new", settings, on=w.NOTICE)
    office.do("plan", "pumps", on=w.NOTICE)
    with open_session(office.ledger) as session:
        assert [one.campaign for one in figures(session, "pumps", w.FIRST_LETTER).campaigns] == [
            w.PMP
        ]


def test_an_unplanned_follow_up_has_no_figures(office: Desk) -> None:
    office.do("followup", "new", w.settings_file(office.folder, name="summer"), on=w.NOTICE)
    with open_session(office.ledger) as session:
        with pytest.raises(NothingToDo, match="The follow-up summer has no plan yet"):
            figures(session, "summer", w.FIRST_LETTER)
        with pytest.raises(UnknownName, match="winter"):
            figures(session, "winter", w.FIRST_LETTER)


def test_a_dealer_that_is_short_for_months_does_not_hide_the_next_one() -> None:
    rows = [
        DealerWeek(dealer, "E", w.FIRST_WEEK + timedelta(weeks=week), 2.0, hours, hours, 1, 4.0, 0.0, days, 0.0, 0.25, 0, 2.0, 2.0, 0.0)
        for dealer, hours, days in (("D1", 60.0, 1), ("D2", 20.0, 0), ("D3", 18.0, 2), ("D4", 17.0, 0)) for week in range(12)
    ]  # fmt: skip
    found = dealers_by_tightness(rows)
    assert [(one.dealer, one.days, one.late_visits) for one in found] == [
        ("D3", 24, 6.0), ("D1", 12, 6.0), ("D2", 0, 6.0), ("D4", 0, 6.0),
    ]  # fmt: skip


def test_the_figures_look_past_the_weeks_that_the_workload_prints(
    planned_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("renotify.workload.of_plan.TIGHTEST", 1)
    assert [one.dealer for one in figures(planned_session, "spring", w.FIRST_LETTER).tightest] == [
        w.EAST,
        w.WEST,
    ]


# ---- the page


def nothing(**known: object) -> FollowUpFigures:
    """Figures of a follow-up of which only so much is known."""
    empty = {
        "name": "spring", "campaigns": (), "waves": (), "tightest": (), "orders": (), "messages": (), "sent": SentCounts(),
        "letters": LettersByWeek((), (), np.zeros((0, 0), np.int64)),
        "load": DealerWeeks((), MONDAYS, np.zeros((0, w.WEEKS)), np.zeros((0, w.WEEKS))),
        "kits": KitsByWeek((), MONDAYS, np.zeros((0, w.WEEKS)), np.zeros((0, w.WEEKS))),
    }  # fmt: skip
    return FollowUpFigures(**(empty | known))


def tiles(html: str) -> dict[str, tuple[str, str]]:
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd><dd class=note>(.*?)</dd>", html)
    return {label: (value, note) for label, value, note in found}


def headings(html: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", html)


def cells(html: str) -> list[list[str]]:
    return [
        re.findall(r"<td[^>]*>(.*?)</td>", line) for line in re.findall(r"<tr>(<td.*?)</tr>", html)
    ]


def test_of_nothing_known_the_page_has_its_tiles_and_no_section() -> None:
    html = page(nothing(), {})
    assert headings(html) == []
    assert tiles(html) == {
        "repairs to do": ("0", "in 0 campaigns"),
        "letters planned": ("0", "0 waves, none planned"),
        "letters printed": ("0", "no wave is released"),
        "dealers told": ("0", "and 0 area managers"),
        "parts to order": ("0", "by their dealers, now"),
    }


def test_the_plan_stands_beside_rules_of_thumb_with_what_each_costs() -> None:
    known = nothing(
        worth=(Worth(PLAN, 15924.4, 0.72, 2.2, 6, 138.4), Worth(RISKIEST, 11943.3, 0.54, None, 1023, 164.4))
    )  # fmt: skip
    html = page(known, {})
    assert headings(html) == ["What the plan is worth"]
    assert cells(html) == [
        ["This plan", "15,924", "72.0 %", "–", "2.2", "6", "138"],
        ["The riskiest first", "11,943", "54.0 %", "25.0 %", "–", "1,023", "164"],
    ]


def test_what_a_plan_in_force_is_worth_comes_from_its_own_letters_and_limits(
    found: FollowUpFigures,
) -> None:
    """All nine letters of the small world go in its first week: no rule of thumb can do more."""
    assert [one.rule for one in found.worth][:2] == [PLAN, RISKIEST]
    ours, riskiest, *_ = found.worth
    assert ours.risk_removed >= riskiest.risk_removed > 0
    assert ours.without_letter == 0


def test_the_tiles_add_up_what_the_tables_show() -> None:
    known = nothing(
        campaigns=(CampaignShares("A", 700, 30, 40, 10, 520, 0.57), CampaignShares("B", 1, 0, 0, 0, 1480, 0.0)),
        waves=(PlannedWave(1, w.FIRST_LETTER, 900), PlannedWave(2, date(2013, 3, 11), 350)),
        orders=(PartOrder("P", "pump", 3, 1200), PartOrder("Q", "bolt", 1, 5)),
        sent=SentCounts(waves=1, released=895, printed=892, withdrawn=5, exceptions=3, dealers=20, areas=1),
    )  # fmt: skip
    assert tiles(page(known, {})) == {
        "repairs to do": ("2,000", "in 2 campaigns"),
        "letters planned": ("1,250", "2 waves, from March 5, 2013"),
        "letters printed": ("892", "in 1 released wave; 5 withdrawn, 3 set aside"),
        "dealers told": ("20", "and 1 area manager"),
        "parts to order": ("1,205", "by their dealers, now"),
    }


def test_one_campaign_and_one_wave_are_said_in_the_singular() -> None:
    known = nothing(
        campaigns=(CampaignShares("A", 1, 0, 0, 0, 1, 0.5),), waves=(PlannedWave(1, w.FIRST_LETTER, 1),)
    )  # fmt: skip
    found = tiles(page(known, {}))
    assert found["repairs to do"] == ("1", "in 1 campaign")
    assert found["letters planned"] == ("1", "1 wave, from March 5, 2013")


def test_a_campaign_s_row_adds_up_to_those_involved() -> None:
    html = page(nothing(campaigns=(CampaignShares("A", 700, 30, 40, 10, 1220, 0.3668),)), {})
    assert cells(html) == [["A", "2,000", "700", "30", "40", "10", "1,220", "36.7 %"]]
    assert headings(html) == ["Campaigns"]


def test_a_wave_s_row_has_its_first_day() -> None:
    html = page(nothing(waves=(PlannedWave(12, date(2013, 5, 20), 1234),)), {})
    assert cells(html) == [["12", "May 20, 2013", "1,234"]]
    assert headings(html) == ["Waves of letters"]


@at_once(
    ("week", "row"),
    [
        (TightWeek("D1", "E", w.FIRST_WEEK, 28.64, 24.0, 4.6, 2), ["D1", "E", "March 4, 2013", "28.6", "24.0", "4.6", "2"]),
        (TightWeek("D1", "E", w.FIRST_WEEK, 28.64, None, 0.0, 0), ["D1", "E", "March 4, 2013", "28.6", "–", "–", "–"]),
        (TightWeek("D1", "E", w.FIRST_WEEK, 3.4, 0.0, 1.4, 1), ["D1", "E", "March 4, 2013", "3.4", "0.0", "1.4", "1"]),
    ],
)  # fmt: skip
def test_a_dealer_s_hours_are_told_in_tenths_and_a_dash_where_none_are_known(
    week: TightWeek, row: list[str]
) -> None:
    html = page(nothing(tightest=(week,)), {})
    assert cells(html) == [row]
    assert headings(html) == ["Dealers"]


@at_once(("count", "shown"), [(1, 1), (8, 8), (9, 8)])
def test_eight_orders_are_shown_and_all_are_counted(count: int, shown: int) -> None:
    orders = tuple(PartOrder(f"P{number}", "pump", 1, 2) for number in range(count))
    html = page(nothing(orders=orders), {})
    assert len(cells(html)) == shown
    assert tiles(html)["parts to order"][0] == str(2 * count)


def test_sections_stand_in_one_order_with_their_drawings() -> None:
    known = nothing(
        campaigns=(CampaignShares("A", 1, 0, 0, 0, 1, 0.5),), waves=(PlannedWave(1, w.FIRST_LETTER, 1),),
        tightest=(TightWeek("D1", "E", w.FIRST_WEEK, 1.0, 4.0, 0.0, 0),), orders=(PartOrder("P", "pump", 1, 2),), messages=("Look.",),
    )  # fmt: skip
    drawings = {
        name: f"<svg id={name}></svg>" for name in ("completion", "waves", "workload", "parts")
    }
    html = page(known, drawings)
    assert headings(html) == ["Campaigns", "Waves of letters", "Dealers", "Parts", "Look at this"]
    at = [html.index(f"<figure tabindex=0><svg id={name}>") for name in drawings]
    assert at == sorted(at)


def test_a_drawing_alone_is_a_section() -> None:
    assert headings(page(nothing(), {"parts": "<svg></svg>"})) == ["Parts"]


def test_nothing_is_drawn_where_there_is_nothing_to_draw() -> None:
    assert summary.draw(nothing()) == {}


def test_what_is_known_is_drawn(found: FollowUpFigures) -> None:
    assert set(summary.draw(found)) == {"completion", "waves", "workload", "parts"}
    assert set(summary.draw(replace(found, campaigns=(), kits=nothing().kits))) == {
        "waves",
        "workload",
    }


@at_once(
    "known",
    [
        {"name": "<b>&"},
        {"messages": ("<b>&",)},
        {"orders": (PartOrder("<b>&", "", 1, 1),)},
        {"orders": (PartOrder("P", "<b>&", 1, 1),)},
        {"tightest": (TightWeek("<b>&", "E", w.FIRST_WEEK, 1.0, None, 0.0, 0),)},
        {"tightest": (TightWeek("D1", "<b>&", w.FIRST_WEEK, 1.0, None, 0.0, 0),)},
        {"campaigns": (CampaignShares("<b>&", 1, 0, 0, 0, 1, 0.5),)},
    ],
)
def test_no_text_of_a_file_becomes_markup(known: dict[str, object]) -> None:
    html = page(nothing(**known), {})
    assert "<b>" not in html
    assert "&lt;b&gt;&amp;" in html


def test_messages_are_listed_in_their_order() -> None:
    html = page(nothing(messages=("First.", "Second.")), {})
    assert re.findall(r"<li>(.*?)</li>", html) == ["First.", "Second."]


def test_the_files_beside_the_page_are_linked_with_what_they_are(tmp_path: Path) -> None:
    for name in ("letters", "report"):
        (tmp_path / name).mkdir()
    (tmp_path / "plan.json").touch()
    (tmp_path / "secret.txt").touch()
    html = page(nothing(), {}, folder=tmp_path)
    assert re.findall(r'<a href="(.*?)">(.*?)</a>', html) == [
        ("letters/", "letters"), ("report/", "report"), ("plan.json", "plan.json"),
    ]  # fmt: skip
    assert headings(html) == ["Files"]
    assert "Files" not in headings(page(nothing(), {}, folder=tmp_path / "plan.json"))


@at_once("synthetic", [True, False])
def test_made_up_data_is_said_to_be_made_up(*, synthetic: bool) -> None:
    html = page(nothing(day=replace(made_up_figures.DAY, made_up=synthetic)), {})
    assert (SYNTHETIC in html) is synthetic
