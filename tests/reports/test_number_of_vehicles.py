"""The number of vehicles is amended within 5 working days once some joined or were taken out (573.6(b), (c)(3))."""

from __future__ import annotations

from datetime import date

from small_world import Desk, World, vin

FILED, CHANGED, DUE = date(2026, 3, 2), date(2026, 4, 3), "2026-04-10"  # a Friday; 6 to 10 April
BEFORE = date(2026, 2, 27)  # what was taken out before the report is in its number


def amendment(desk: Desk, on: date) -> list[dict]:
    return [one for one in desk.do("deadlines", on=on) if ":report_573_amendment" in one["id"]]


def test_vehicles_that_are_taken_out_correct_the_number_as_those_that_join_do(ledger, tmp_path):
    desk = Desk(ledger, tmp_path / "desk")
    world = World(tmp_path / "in").campaign("NUM", filed_date=FILED, first_notice_date=None)
    for number in range(5):
        world.dealer("D1") if number == 0 else None
        world.vehicle(vin(number), "NUM", dealer="D1")
    desk.do("load", world.write(), on=date(2026, 1, 5))

    def taken_out(number: int, day: date) -> None:
        gone = World(tmp_path / f"out{number}")
        gone.add("population", campaign_code="NUM", vin=vin(number), removed_date=day)
        desk.do("load", gone.write(), on=day)

    taken_out(0, BEFORE)
    assert amendment(desk, FILED) == []
    taken_out(1, CHANGED)
    taken_out(2, CHANGED)
    (one,) = amendment(desk, CHANGED)
    assert (one["due"], one["vehicles"]) == (DUE, 2)
    assert one["sentence"].startswith("2 vehicles of NUM were taken out on 2026-04-03. ")

    late = World(tmp_path / "late").vehicle(vin(9), dealer="D1")
    late.add("population", campaign_code="NUM", vin=vin(9), added_date=CHANGED)
    desk.do("load", late.write(), on=CHANGED)
    (one,) = amendment(desk, CHANGED)
    assert (one["due"], one["vehicles"]) == (DUE, 3)
    assert one["sentence"].startswith(
        "1 vehicle of NUM joined and 2 were taken out on 2026-04-03. "
    )
    listed = desk.do("deadlines", "--list", one["id"], on=CHANGED)
    assert {row["vin"] for row in listed["rows"]} == {vin(1), vin(2), vin(9)}

    desk.do("deadlines", "--filed", "NUM:report_573_amendment", on=date(2026, 4, 8))
    assert [one["state"] for one in amendment(desk, date(2026, 4, 9))] == ["ok"]


def test_another_number_or_scope_in_campaigns_toml_asks_for_an_amendment_as_vehicles_do(
    ledger, tmp_path
):
    """573.6(b), (c)(2), (c)(3): the report said 5 vehicles; before it, and where nothing was stated, nothing is corrected."""
    desk = Desk(ledger, tmp_path / "desk")

    def loaded(day: date, **facts: object) -> None:
        world = World(tmp_path / f"{day}").campaign("NUM", **({"filed_date": FILED, "first_notice_date": None} | facts))  # fmt: skip
        desk.do("load", world.write(), on=day)

    loaded(date(2026, 2, 25), filed_date=None)
    loaded(date(2026, 2, 26), involved=4)
    loaded(BEFORE, involved=5)
    assert amendment(desk, CHANGED) == []
    loaded(CHANGED, involved=7)
    (one,) = amendment(desk, CHANGED)
    assert (one["what"], one["due"]) == ("amendment, facts of 2026-04-03", DUE)
    assert one["sentence"].startswith(
        "campaigns.toml states involved of NUM otherwise since 2026-04-03. "
    )
    desk.do("deadlines", "--filed", "NUM:report_573_amendment", on=date(2026, 4, 8))
    assert [one["state"] for one in amendment(desk, date(2026, 4, 9))] == ["ok"]

    other = tmp_path / f"{CHANGED}" / "campaigns.toml"
    other.write_text(other.read_text().replace("year_to = 2008", "year_to = 2009"))
    desk.do("load", other, on=date(2026, 5, 1))
    (one,) = (row for row in amendment(desk, date(2026, 5, 1)) if row["state"] != "ok")
    assert (one["what"], one["due"]) == ("amendment, facts of 2026-05-01", "2026-05-08")
    assert "states scope of NUM otherwise" in one["sentence"]
