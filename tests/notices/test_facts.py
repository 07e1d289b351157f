"""The figures of a notice: hours missing, the busiest week, and the order in which an area's dealers stand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases import at_once
from notices import sample
from renotify import rules
from renotify.notices import memo
from renotify.notices.facts import DealerLine, Facts, Week

PACK = rules.load(sample.ON)


def week(
    number: int,
    letters: int = 0,
    hours: float = 0.0,
    capacity: float | None = 24.0,
    **more: float,
) -> Week:
    monday = sample.FIRST_WEEK + timedelta(weeks=number)
    return Week(monday, letters, letters / 4, hours, capacity, **more)


def printed(facts: Facts) -> dict:
    return memo.document(facts, sample.occasion(), PACK)


# ---- an area's dealers


def line(code: str, open_: int = 10, **extra: object) -> DealerLine:
    return DealerLine(
        code, f"Dealer {code}", open_, 5, extra.get("peak"), extra.get("days", 0), 2, 1
    )


def test_dealers_stand_by_days_to_book_then_by_share_of_hours_used_then_by_open_vehicles() -> None:
    lines = [
        line("CALM", peak=week(0, 1, 6.0)),
        line("FULL", peak=week(0, 1, 23.0)),
        line("SHORT", peak=week(0, 1, 30.0), days=1),
        line("SHORTER", peak=week(0, 1, 20.0), days=2),
        line("UNKNOWN", 90, peak=week(0, 1, 99.0, None)),
        line("NOBODY", 3),
        line("ANYBODY", 3),
    ]
    told = printed(sample.area(dealers=lines))["dealers"]
    assert [one["code"] for one in told] == [
        "SHORTER", "SHORT", "FULL", "CALM", "UNKNOWN", "ANYBODY", "NOBODY",
    ]  # fmt: skip


def test_a_dealer_s_line_is_printed_with_its_busiest_week() -> None:
    busy, idle = printed(
        sample.area(dealers=[line("A", peak=week(2, 1, 30.0), days=3), line("B")])
    )["dealers"]
    assert busy == {
        "code": "A", "name": "Dealer A", "open": 10, "letters": 5, "order": 2, "holds": 1, "peak_week": "Mar 18",
        "peak_hours": 30.0, "capacity": 24.0, "days": 3,
    }  # fmt: skip
    assert (idle["peak_week"], idle["peak_hours"], idle["capacity"], idle["days"]) == (
        "",
        0,
        None,
        0,
    )


# ---- facts


@at_once(
    ("line_", "tightness"),
    [
        (line("A"), (0.0, 0.0)),
        (line("A", peak=week(0, 1, 30.0, None)), (0.0, 0.0)),
        (line("A", peak=week(0, 1, 12.0)), (0.0, -0.5)),
        (line("A", peak=week(0, 1, 36.0), days=2), (-2.0, -1.5)),
        (
            line("A", peak=week(0, 1, 3.0, 0.0), days=1),
            (-1.0, -3.0),
        ),  # no hour at all is not divided by
    ],
)
def test_tightness_is_days_to_book_and_the_share_used(
    line_: DealerLine, tightness: tuple[float, float]
) -> None:
    assert line_.tightness == pytest.approx(tightness)


def test_the_peak_is_the_week_with_most_hours_and_days_are_summed() -> None:
    assert sample.dealer(weeks=()).peak is None
    calm = (week(0, 1, 9.0), week(1, 1, 20.0), week(2, 1, 3.0))
    assert sample.dealer(weeks=calm).peak == calm[1]
    tight = (*calm, week(3, 1, 12.0, 5.0, days=1), week(4, 1, 2.0, days=2))
    assert sample.dealer(weeks=tight).peak == calm[1]
    assert (sample.dealer(weeks=calm).days, sample.dealer(weeks=tight).days) == (0, 3)


def test_a_follow_up_is_mixed_where_a_recall_and_a_service_campaign_meet() -> None:
    assert sample.occasion(sample.RECALL).family == "safety"
    assert sample.occasion(sample.SERVICE).family == "service"
    assert sample.occasion(sample.RECALL, sample.SERVICE).family == "mixed"
