"""``notices``, ``parts order``, ``stock holds``: what dealers are told, what they order, and what they may not deliver."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest

import two_dealers as w
from printed import refusal, row, rows, sentences
from small_world import Desk, write_csv

# ---- notices


@pytest.fixture(scope="module")
def told(planned_on_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The office with its notices written, for tests that only look at them."""
    folder = tmp_path_factory.mktemp("told")
    kept = planned_on_sqlite.removeprefix("sqlite:///")
    shutil.copy(kept, folder / "renotify.sqlite3")
    desk = Desk(f"sqlite:///{folder}/renotify.sqlite3", folder / "desk")
    said = desk.run("notices", "spring", "--on", w.NOTICE)
    assert said.out == (
        "2 dealer notices and 2 area notices in out/notices.\n"
        "Next, when they are sent: renotify notices spring --sent --on DATE\n"
    )
    return desk


def test_every_dealer_and_every_area_has_a_file_of_its_own(told: Desk) -> None:
    written = {file.name for file in (told.folder / "out" / "notices").iterdir()}
    assert written == {
        "dealer-D0001.pdf", "dealer-D0001-vehicles.csv", "dealer-D0002.pdf", "dealer-D0002-vehicles.csv",
        "area-E.pdf", "area-W.pdf", "weeks.csv",
    }  # fmt: skip


def test_what_the_notices_tell_of_each_week_stands_in_one_file(told: Desk) -> None:
    """Of four and five letters one owner each has a visit next week and asks no more; the others by the curve; West states no hours."""
    with (told.folder / "out" / "notices" / "weeks.csv").open() as file:
        rows = list(csv.DictReader(file))
    first = {row["dealer_code"]: row for row in rows if row["week"] == str(w.FIRST_WEEK)}
    for code, letters, capacity in ((w.EAST, 4, "4"), (w.WEST, 5, "")):
        row = first[code]
        assert (row["letters"], row["capacity"]) == (str(letters), capacity)
        assert float(row["visits"]) == pytest.approx((letters - 1) * w.answered(0), abs=0.006)


def test_the_document_of_the_notices_counts_letters_and_holds(office: Desk) -> None:
    written = office.do("notices", "spring", "--out", office.folder / "mine", on=w.NOTICE)
    assert written == {
        "follow_up": "spring", "folder": str(office.folder / "mine" / "notices"), "dealers": 2, "areas": 2,
        "letters": 9, "holds": 2, "with_owners": False, "messages": [],
    }  # fmt: skip


def test_the_vehicle_file_of_a_dealer_has_its_open_vehicles_in_the_order_of_letters(
    told: Desk,
) -> None:
    with (told.folder / "out" / "notices" / "dealer-D0001-vehicles.csv").open() as file:
        listed = list(csv.DictReader(file))
    assert list(listed[0]) == ["vin", "vehicle", "campaigns", "letter"]
    # letters of the first week, from the first lawful day; the one in stock has no owner to write to
    assert [(one["vin"], one["letter"]) for one in listed] == [
        *((vin, "2013-03-05") for vin in sorted([*w.EAST_OPEN, w.EAST_BOTH])),
        (w.NEW_IN_STOCK, "no letter"),
    ]
    assert {one["vehicle"] for one in listed} == {"2006 IS 250"}
    assert {one["vin"]: one["campaigns"] for one in listed}[w.EAST_BOTH] == "PMP+STP"


def test_owners_stand_in_a_notice_only_when_asked_for_and_every_one_is_disclosed(
    office: Desk,
) -> None:
    office.do("notices", "spring", "--with-owners", on=w.NOTICE)
    given = {(one["recipient"], one["vehicles"]): one for one in office.do("report", "disclosures")}
    # of East's five open recalls one has no owner on file; of West's four one
    assert set(given) == {("dealer D0001", 4), ("dealer D0002", 3)}
    assert {one["purpose"] for one in given.values()} == {"recall"}
    with (office.folder / "out" / "notices" / "dealer-D0002-vehicles.csv").open() as file:
        owners = {one["vin"]: one["owner"] for one in csv.DictReader(file)}
    assert owners[w.WEST_OPEN] == "ANA EXAMPLE"
    assert owners[w.WEST_SERVICE] == ""  # a service campaign alone opens no owner's record
    assert owners[w.WEST_TWO_LETTERS] == "ANA EXAMPLE"
    assert owners[w.USED_IN_STOCK] == ""


def test_without_owners_nothing_is_disclosed(told: Desk) -> None:
    assert told.do("report", "disclosures") == []
    assert "EXAMPLE" not in (
        told.folder / "out" / "notices" / "dealer-D0001-vehicles.csv"
    ).read_text(encoding="utf-8")


# ---- receipts


def receipts(desk: Desk, *rows_: tuple[str, str, str]) -> Path:
    named = [dict(zip(("code", "acknowledged_at", "receipt"), one, strict=True)) for one in rows_]
    return write_csv(desk.folder / "receipts.csv", named)


@pytest.fixture
def noticed(told: Desk, tmp_path: Path) -> Desk:
    """A copy of the office with its notices, for tests that acknowledge them."""
    shutil.copy(told.ledger.removeprefix("sqlite:///"), tmp_path / "renotify.sqlite3")
    return Desk(f"sqlite:///{tmp_path}/renotify.sqlite3", tmp_path / "desk")


def test_the_receipts_show_who_has_a_notice_and_who_has_not_answered(told: Desk) -> None:
    printed = told.run("notices", "spring", "--receipts").out
    assert printed.splitlines()[0] == (
        "spring: 2 of 2 dealers have a notice, 0 have acknowledged it."
    )
    assert rows(printed, "dealer") == [
        ["dealer", w.EAST, "1", "2013-02-26"],
        ["dealer", w.WEST, "1", "2013-02-26"],
    ]
    assert rows(printed, "area") == [
        ["area", "E", "1", "2013-02-26"],
        ["area", "W", "1", "2013-02-26"],
    ]


def test_an_acknowledged_notice_leaves_the_list_of_those_who_have_not(noticed: Desk) -> None:
    file = receipts(noticed, (w.EAST, "2013-02-27", "R-1"), ("W", "2013-02-28T09:00", "R-2"))
    taken = noticed.run("notices", "spring", "--acknowledge", file)
    assert (taken.code, taken.out) == (0, "2 acknowledged, 0 known before, 0 rejected.\n")
    proof = noticed.do("notices", "spring", "--receipts")
    assert proof["acknowledged"] == 1  # of the dealers; the area manager beside them
    assert [(one["audience"], one["code"]) for one in proof["unacknowledged"]] == [
        ("dealer", w.WEST),
        ("area", "E"),
    ]
    east = proof["dealers"][0]
    assert (east["dealer_code"], east["acknowledged_at"], east["receipt"]) == (
        w.EAST, "2013-02-27", "R-1",
    )  # fmt: skip


def test_a_rejected_receipt_is_printed_with_its_line_and_reason(noticed: Desk) -> None:
    file = receipts(noticed, (w.EAST, "2013-02-27", "R-1"), ("", "2013-02-27", "R-2"))
    assert noticed.run("notices", "spring", "--acknowledge", file).out.splitlines() == [
        "1 acknowledged, 0 known before, 1 rejected.",
        "- line 3, code (blank): no notice was sent to this code",
    ]


def test_the_document_of_receipts_says_what_became_of_each_row(noticed: Desk) -> None:
    file = receipts(
        noticed,
        (w.EAST, "2013-02-27", "R-1"),
        (w.EAST, "2013-03-01", "R-2"),
        ("D0003", "2013-02-27", "R-3"),
        (w.WEST, "27 Feb", "R-4"),
        ("", "2013-02-27", "R-5"),
    )
    taken = noticed.do("notices", "spring", "--acknowledge", file)
    assert taken == {
        "acknowledged": 1, "unchanged": 1,
        "rejected": [
            {"line": 4, "code": "D0003", "reason": "no notice was sent to this code"},
            {"line": 5, "code": w.WEST, "reason": "acknowledged_at '27 Feb' is not a day or an instant (ISO 8601)"},
            {"line": 6, "code": "", "reason": "no notice was sent to this code"},
        ],
    }  # fmt: skip


def test_receipts_before_any_notice_are_refused(office: Desk) -> None:
    file = receipts(office, (w.EAST, "2013-02-27", "R-1"))
    said = office.run("notices", "spring", "--acknowledge", file)
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "No notice of a follow-up 'spring' was written.",
        "Write them: renotify notices spring.",
    )


def test_before_any_notice_every_dealer_is_without_one(office: Desk) -> None:
    printed = office.run("notices", "spring", "--receipts").out
    assert printed.splitlines()[:2] == [
        "spring: 0 of 2 dealers have a notice, 0 have acknowledged it.",
        "Without a notice: D0001, D0002. Next: renotify notices spring",
    ]
    proof = office.do("notices", "spring", "--receipts")
    assert (proof["complete"], proof["missing"]) == (False, [w.EAST, w.WEST])
    assert (proof["first_sent"], proof["last_sent"]) == (None, None)


# ---- counts that can be opened


def test_the_booked_visits_of_a_workload_are_opened_by_the_command_below_it(office: Desk) -> None:
    """Two visits are booked, one a dealer; a dealer's own workload opens its own."""
    for scope, booked in (
        ((), {w.EAST_BOTH, w.WEST_BOOKED}),
        (("--dealer", w.EAST), {w.EAST_BOTH}),
    ):
        line = ("workload", "spring", *scope, "--on", w.NOTICE)
        assert office.do(*line[:-2], on=w.NOTICE)["totals"]["booked"] == len(booked)
        (call,) = re.findall(r"^Booked, .*: renotify (.+)$", office.run(*line).out, re.MULTILINE)
        rows_listed = office.do(*shlex.split(call), on=w.NOTICE)["rows"]
        assert {row["vin"] for row in rows_listed} == booked


def test_the_list_of_holds_says_how_many_there_are_and_by_what(office: Desk) -> None:
    printed = office.run("stock", "holds", "--on", w.NOTICE).out
    assert "2 vehicles on hold: 1 by law (49 USC 30120(i)), 1 by the maker's policy." in printed


def test_orders_that_are_not_kept_promise_nothing_and_say_so(office: Desk) -> None:
    said = "Nothing of this is promised yet"
    assert said in office.run("parts", "order", "--on", w.NOTICE).out
    assert said not in office.run("parts", "order", "--keep", "--on", w.NOTICE).out


# ---- parts order


def test_orders_print_only_what_is_to_be_ordered_and_what_the_pool_lacks(office: Desk) -> None:
    printed = office.run("parts", "order", "--on", w.NOTICE).out
    # The one letter that asks for bolts is that of the owner who booked two: nobody is to ask for more. East's two come by five, and
    # none is in the pool before 11 March; its pump lies on the shelf
    assert row(printed, w.EAST, w.BOLT) == [
        w.EAST, w.BOLT, "5", "0", "2013-03-18", "0.0", "0.0", "2.0", "0.0", "2.0", "0.0", "5", "Made-up bolt",
    ]  # fmt: skip
    # Two letters of owners without a visit ask for a pump each: half of the owners answer, 0.63 of them in the week of the letter, the
    # last that the order covers. West booked one pump: no supply is stated, so the pool is not known to be short
    assert row(printed, w.WEST, w.PUMP) == [
        w.WEST, w.PUMP, "1", "1", "2013-02-25", "0.0", "0.0", "1.0", "0.6", "1.0", "0.0", "1", "Made-up pump",
    ]  # fmt: skip
    assert not rows(printed, w.EAST, w.PUMP)
    assert sentences(printed) == [
        (
            "The pool of BOLT is 5 kits short of the orders of 1 dealer:"
            " the pool has the last of them in the week of 2013-03-18; dealers are allotted whole packs of 5."
        )
    ]


def test_the_lines_of_one_dealer_are_shown_even_where_nothing_is_ordered(office: Desk) -> None:
    printed = office.run("parts", "order", "--dealer", w.EAST, "--on", w.NOTICE).out
    assert row(printed, w.EAST, w.PUMP)[2] == "0"
    assert not rows(printed, w.WEST)


def test_the_document_of_orders_has_every_line(office: Desk) -> None:
    lines = office.do("parts", "order", on=w.NOTICE)
    found = {(one["dealer_code"], one["part_no"]): one for one in lines}
    assert {key: one["order"] for key, one in found.items()} == {
        (w.EAST, w.BOLT): 5, (w.EAST, w.PUMP): 0, (w.WEST, w.BOLT): 0, (w.WEST, w.PUMP): 1,
    }  # fmt: skip
    assert {key: one["open_vehicles"] for key, one in found.items()} == {
        (w.EAST, w.BOLT): 1, (w.EAST, w.PUMP): 5, (w.WEST, w.BOLT): 1, (w.WEST, w.PUMP): 3,
    }  # fmt: skip
    assert found[w.EAST, w.BOLT]["open_kits"] == 2.0


@pytest.mark.parametrize(
    ("on", "allotted", "promised"),
    [
        (date(2013, 3, 11), 0, "2013-03-18"),  # three have come, which fill no pack
        (date(2013, 3, 17), 0, "2013-03-18"),  # the Sunday before six are there
        (date(2013, 3, 18), 5, "2013-03-18"),
    ],
)
def test_the_pool_allots_what_has_arrived_by_the_week(
    office: Desk, on: date, allotted: int, promised: str
) -> None:
    lines = office.do("parts", "order", "--dealer", w.EAST, on=on)
    (bolts,) = (one for one in lines if one["part_no"] == w.BOLT)
    assert (bolts["order"], bolts["allotted"], bolts["promise_week"]) == (5, allotted, promised)


@pytest.mark.parametrize(("cap", "allotted"), [(4, 0), (5, 5)])
def test_a_cap_below_a_pack_holds_back_what_one_dealer_may_have_first(
    office: Desk, cap: int, allotted: int
) -> None:
    lines = office.do("parts", "order", "--cap", cap, on=date(2013, 3, 18))
    bolts = next(one for one in lines if (one["dealer_code"], one["part_no"]) == (w.EAST, w.BOLT))
    assert (bolts["order"], bolts["allotted"]) == (5, allotted)


def test_a_booking_opens_a_whole_pack_where_kits_are_for_named_vehicles_only(office: Desk) -> None:
    lines = office.do("parts", "order", "--named-vehicles-only", on=date(2013, 3, 18))
    bolts = next(one for one in lines if (one["dealer_code"], one["part_no"]) == (w.EAST, w.BOLT))
    assert (bolts["order"], bolts["allotted"]) == (5, 5)  # two are booked, three fill the pack


@pytest.mark.parametrize("cap", ["-1", "some", "0.5"])
def test_a_cap_is_a_whole_number_of_kits(office: Desk, cap: str) -> None:
    said = office.run("parts", "order", "--cap", cap)
    assert (said.code, said.out) == (2, "")
    assert "--cap" in said.err


# ---- stock holds


def test_holds_print_the_law_apart_from_the_policy(office: Desk) -> None:
    printed = office.run("stock", "holds", "--on", w.NOTICE).out
    assert row(printed, w.EAST) == [w.EAST, w.NEW_IN_STOCK, "new", w.PMP, "law", "30"]
    assert row(printed, w.WEST) == [w.WEST, w.USED_IN_STOCK, "used", w.STP, "policy", "20"]


def test_the_law_holds_a_new_vehicle_whatever_the_policy(office: Desk) -> None:
    held = office.do("stock", "holds", "--release-used", on=w.NOTICE)
    assert [(one["vin"], one["basis"]) for one in held] == [(w.NEW_IN_STOCK, "law")]


@pytest.mark.parametrize(
    ("on", "held"),
    [(date(2013, 1, 26), []), (date(2013, 1, 27), [0]), (date(2013, 2, 6), [10, 0])],
)
def test_a_vehicle_is_held_from_the_day_it_came_into_stock(
    office: Desk, on: date, held: list[int]
) -> None:
    assert [one["days_in_stock"] for one in office.do("stock", "holds", on=on)] == held


def test_holds_of_one_dealer_show_no_other_dealer_s_stock(office: Desk) -> None:
    held = office.do("stock", "holds", "--dealer", w.WEST, on=w.NOTICE)
    assert [one["vin"] for one in held] == [w.USED_IN_STOCK]


@pytest.mark.parametrize("command", [("parts", "order"), ("stock", "holds")])
def test_a_dealer_code_without_its_zeros_is_refused_with_a_hint_on_zeros(
    office: Desk, command: tuple[str, ...]
) -> None:
    said = office.run(*command, "--dealer", "D1")
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "There is no dealer D1.",
        "Dealer codes are text with their leading zeros; known are D0001, D0002.",
    )
