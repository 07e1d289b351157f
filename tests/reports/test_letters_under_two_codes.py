"""One recall under two codes: a first notice about either is one about the recall (577.7(a)(1))."""

from __future__ import annotations

from datetime import date

import pytest

from small_world import Desk, World, vin

FILED, DUE = date(2013, 1, 15), date(2013, 3, 16)
BEGUN = date(2013, 2, 11)
TOLD, OF_FIRST, OF_SECOND = (
    (vin(1), vin(2), vin(3)),
    vin(4),
    vin(5),
)  # in both; in either alone, and never told


@pytest.fixture
def desk(ledger, tmp_path):
    """Three vehicles are in both codes and had their letters under the first; each code has one more, without a letter."""
    world = World(tmp_path / "in").dealer("D1")
    for code in ("AA", "BB"):
        world.campaign(
            code, nhtsa_campaign_number="13V001000", filed_date=FILED, first_notice_date=BEGUN, remedy_available_date=BEGUN,
        )  # fmt: skip
    for one in TOLD:
        world.vehicle(one, "AA", dealer="D1")
        world.add("population", campaign_code="BB", vin=one)
        world.add("mail_events", vin=one, campaign_code="AA", kind="mailed", mailed_date=BEGUN)
    world.vehicle(OF_FIRST, "AA", dealer="D1").vehicle(OF_SECOND, "BB", dealer="D1")
    found = Desk(ledger, tmp_path / "desk")
    found.do("load", world.write(), on=date(2013, 9, 2))
    return found


def test_the_clock_takes_a_letter_under_either_code_and_names_the_vehicles_that_had_none(desk):
    on = date(2013, 3, 1)
    (letters,) = (one for one in desk.do("deadlines", on=on) if one["what"] == "owner letters")
    assert letters["vehicles"] == 2
    (claims,) = (
        one for one in desk.do("deadlines", on=on) if one["what"] == "reimbursement period"
    )
    assert "2 open vehicles had no first notice yet" in claims["sentence"]
    listed = str(desk.do("deadlines", "--list", letters["id"], on=on))
    assert [one in listed for one in (OF_FIRST, OF_SECOND, *TOLD)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_quarterly_report_says_so_too(desk):
    found = str(desk.do("report", "quarterly", "13V001000", "2013Q1", on=date(2013, 4, 10)))
    assert "2 open vehicles had no first notice yet" in found
