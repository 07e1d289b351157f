"""``--out FILE`` of every command that prints a list: the whole list with its types, and nothing asked for a file that cannot be."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pyarrow.parquet import read_table

from cli_support import DAY, follow_up_file
from folder import Folder, make_vin

HELD = make_vin(9)


@pytest.fixture
def planned(sqlite_ledger, folder: Folder, run, tmp_path: Path) -> str:
    """Five vehicles to write to, one in stock, a dealer with 10 hours a week and a kit a visit."""
    folder.campaign("9LA").dealer()
    for number in range(5):
        folder.vehicle(make_vin(number), "9LA")
    folder.vehicle(HELD, "9LA")
    folder.add("dealer_stock", vin=HELD, dealer_code="D0001", stock_type="new", in_date="2013-02-16", sold_date="")  # fmt: skip
    folder.add("dealer_capacity", dealer_code="D0001", week="2013-02-25", hours_available=10, bays="")  # fmt: skip
    folder.add("parts", part_no="P1", description="=1+1", pack_qty=1, lead_days=7)
    folder.add("campaign_parts", campaign_code="9LA", model="", part_no="P1", qty=1, take_rate=1)
    assert run("load", folder.write(), "--on", DAY).err == ""
    assert run("followup", "new", follow_up_file(tmp_path, ["9LA"]), "--on", DAY).err == ""
    assert run("plan", "small", "--on", DAY).code == 0
    return "small"


def cells(file: Path) -> list[dict[str, object]]:
    head, *body = load_workbook(file).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def test_holds_go_to_a_csv_with_every_column(planned, run, tmp_path: Path) -> None:
    said = run("stock", "holds", "--out", tmp_path / "holds.csv", "--on", DAY)
    assert said.out == f"1 row in {tmp_path / 'holds.csv'}.\n"
    (row,) = csv.DictReader((tmp_path / "holds.csv").open(encoding="utf-8"))
    # ten days from 16 to 26 February
    assert (row["vin"], row["basis"], row["days_in_stock"]) == (HELD, "law", "10")


def test_orders_go_to_a_workbook_in_which_text_is_no_formula(planned, run, tmp_path: Path) -> None:
    said = run("parts", "order", "--out", tmp_path / "orders.xlsx", "--json", "--on", DAY)
    assert said.json == {"total": 1, "file": str(tmp_path / "orders.xlsx")}
    (row,) = cells(tmp_path / "orders.xlsx")
    assert (row["description"], row["dealer_code"], row["pack_qty"]) == ("=1+1", "D0001", 1)


def test_the_workload_has_every_week_of_every_dealer_as_the_command_prints_it(
    planned, run, tmp_path: Path
) -> None:
    run("workload", planned, "--out", tmp_path / "load.parquet", "--on", DAY)
    rows = read_table(tmp_path / "load.parquet").to_pylist()
    printed = run("workload", planned, "--json", "--on", DAY).json["rows"]
    assert [{**row, "week": row["week"].isoformat()} for row in rows] == printed
    assert (rows[0]["week"], rows[0]["capacity"]) == (date(2013, 3, 4), 10.0)


def test_deadlines_go_to_a_workbook_with_days_and_to_a_calendar_those_that_have_one(
    planned, run, tmp_path: Path
) -> None:
    listed = run("deadlines", "--json", "--on", DAY).json
    run("deadlines", "--out", tmp_path / "days.xlsx", "--on", DAY)
    rows = cells(tmp_path / "days.xlsx")
    assert [row["id"] or "" for row in rows] == [one["id"] for one in listed]
    dated = [one for one in listed if one["due"]]
    assert dated
    assert [row["due"] for row in rows if row["due"]] == [datetime.fromisoformat(one["due"]) for one in dated]  # fmt: skip
    said = run("deadlines", "--out", tmp_path / "days.ics", "--json", "--on", DAY)
    assert said.json["total"] == len(dated)
    assert (tmp_path / "days.ics").read_text().count("BEGIN:VEVENT") == len(dated)


@pytest.mark.parametrize(
    "command", [("parts", "order"), ("stock", "holds"), ("deadlines",), ("workload", "nobody")]
)
def test_a_file_that_cannot_be_is_refused_before_anything_is_asked(
    sqlite_ledger, run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    said = run(*command, "--out", tmp_path / "list.doc", "--on", DAY)
    assert (said.code, said.out) == (2, "")
    assert ".csv" in said.err
    said = run(*command, "--out", tmp_path / "nowhere" / "list.csv", "--on", DAY)
    assert said.code == 2
    assert "There is no folder" in said.err


def test_a_file_names_a_dealer_and_a_part_as_every_other_list_does_too(
    planned, run, tmp_path: Path
) -> None:
    named = {}
    for kind, command in {"orders": ("parts", "order"), "holds": ("stock", "holds"), "load": ("workload", planned)}.items():  # fmt: skip
        run(*command, "--out", tmp_path / f"{kind}.csv", "--on", DAY)
        named[kind] = next(csv.DictReader((tmp_path / f"{kind}.csv").open(encoding="utf-8")))
    assert {row["dealer"] for row in named.values()} == {"D0001"}
    assert {row["dealer_code"] for kind, row in named.items() if kind != "load"} == {"D0001"}
    assert [*named["orders"]][-2:] == ["dealer", "part"]
    assert (named["orders"]["part_no"], named["orders"]["part"]) == ("P1", "P1")
    assert [*named["holds"]][-1] == "dealer"


def test_the_lists_beside_a_summary_have_both_names_too(planned, run, tmp_path: Path) -> None:
    assert run("summary", planned, "--out", tmp_path / "page.html", "--on", DAY).code == 0
    (orders,) = tmp_path.rglob("orders.csv")
    row = next(csv.DictReader(orders.open(encoding="utf-8")))
    assert (row["dealer"], row["part"]) == (row["dealer_code"], row["part_no"]) == ("D0001", "P1")


def test_an_order_that_is_kept_and_written_is_kept(planned, run, tmp_path: Path) -> None:
    run("parts", "order", "--keep", "--out", tmp_path / "orders.csv", "--on", DAY)
    ordered = sum(int(row["allotted"]) for row in csv.DictReader((tmp_path / "orders.csv").open()))
    kept = run("parts", "promises", "--json", "--on", DAY).json
    assert sum(one["kits"] for one in kept) == ordered
