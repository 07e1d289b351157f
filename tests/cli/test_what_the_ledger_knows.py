"""``status``, ``lookup``, ``explain``, ``verify``: their words, their documents, and what they refuse."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest

import two_dealers as w
from printed import cells, refusal, row, rows
from small_world import Desk

NOBODY_LOST = {"export": 0, "theft": 0, "scrapping": 0, "failure_to_receive": 0, "other": 0}


# ---- status


def test_status_prints_a_row_a_campaign_that_adds_up_to_those_involved(office: Desk) -> None:
    printed = office.run("status").out
    # involved 11 = 1 repaired + 0 inspected + 1 unreachable + 1 removed + 8 open; 1 of the 10 not removed is done
    assert row(printed, w.PMP) == [w.PMP, "11", "1", "0", "1", "1", "8", "10.0 %"]
    assert row(printed, w.STP) == [w.STP, "3", "0", "1", "0", "0", "2", "33.3 %"]
    assert row(printed, w.SVC) == [w.SVC, "2", "0", "0", "0", "0", "2", "0.0 %"]


def test_the_document_of_status_parts_the_unreachable_by_reason_and_keeps_the_stated_number(
    office: Desk,
) -> None:
    pumps, bolts, seals = office.do("status")
    assert pumps == {
        "campaign": w.PMP, "involved": 11, "repaired": 1, "inspected_ok": 0, "removed": 1, "open": 8,
        "unreachable": NOBODY_LOST | {"export": 1}, "completion": 0.1, "stated_involved": 12,
    }  # fmt: skip
    assert (bolts["campaign"], bolts["stated_involved"]) == (w.STP, 3)
    assert seals["stated_involved"] is None


def test_status_by_dealer_prints_area_and_dealer(office: Desk) -> None:
    printed = office.run("status", "--by", "dealer").out
    assert row(printed, w.PMP, "E") == [w.PMP, "E", w.EAST, "6", "1", "0", "0", "0", "5", "16.7 %"]
    # of the four not removed none is done
    assert row(printed, w.PMP, "W") == [w.PMP, "W", w.WEST, "5", "0", "0", "1", "1", "3", "0.0 %"]
    assert row(printed, w.STP, "W") == [w.STP, "W", w.WEST, "2", "0", "1", "0", "0", "1", "50.0 %"]
    assert not rows(printed, w.SVC, "E")


def test_status_by_area_has_no_dealer_and_no_stated_number(office: Desk) -> None:
    counted = office.do("status", "--by", "area", "--campaign", w.STP)
    assert [(one["area"], one["involved"], one["open"]) for one in counted] == [
        ("E", 1, 1),
        ("W", 2, 1),
    ]
    assert not {"dealer", "stated_involved"} & set(counted[0])


def test_status_of_one_campaign_shows_that_campaign_alone(office: Desk) -> None:
    printed = office.run("status", "--campaign", w.SVC).out
    assert rows(printed, w.SVC)
    assert not rows(printed, w.PMP)
    assert office.run("status", "--campaign", w.SVC.lower()).out == printed


@pytest.mark.parametrize(
    ("as_of", "repaired", "unreachable", "removed"),
    [
        (date(2012, 4, 30), 0, 0, 0),
        (w.REMOVAL_DAY, 0, 0, 1),  # the end of the day counts
        (date(2012, 5, 31), 0, 0, 1),
        (w.REPAIR_DAY, 1, 0, 1),
        (w.EXPORT_DAY, 1, 1, 1),
    ],
)
def test_status_as_of_a_day_counts_what_had_happened_by_its_end(
    office: Desk, as_of: date, repaired: int, unreachable: int, removed: int
) -> None:
    (found,) = office.do("status", "--campaign", w.PMP, "--as-of", as_of)
    assert found["involved"] == 11
    assert found["repaired"] == repaired
    assert found["unreachable"]["export"] == unreachable
    assert found["removed"] == removed
    assert found["open"] == 11 - repaired - unreachable - removed


def test_status_known_at_an_instant_before_the_load_counts_nothing(office: Desk) -> None:
    (found,) = office.do("status", "--campaign", w.PMP, "--known-at", "2001-01-01")
    assert (found["involved"], found["open"], found["completion"]) == (0, 0, 0.0)


def test_status_known_at_an_instant_after_the_load_counts_all(office: Desk) -> None:
    (found,) = office.do("status", "--campaign", w.PMP, "--known-at", "2200-01-01T00:00:00+00:00")
    assert (found["involved"], found["repaired"], found["open"]) == (11, 1, 8)


def test_an_unknown_campaign_is_refused_by_its_code_and_the_known_ones_are_said(
    office: Desk,
) -> None:
    said = office.run("status", "--campaign", "PMX")
    sentence, hint = refusal(said.err)
    assert (said.code, said.out) == (1, "")
    assert "PMX" in sentence
    assert hint


# ---- lookup


def test_lookup_prints_each_vin_with_its_campaigns_or_why_there_are_none(office: Desk) -> None:
    printed = office.run("lookup", w.EAST_BOTH, w.STRANGER, "123", "--on", w.NOTICE).out
    assert rows(printed, w.EAST_BOTH) == [
        [w.EAST_BOTH, w.PMP, "open", "remedy available"],
        [w.EAST_BOTH, w.STP, "open", "remedy available"],
    ]
    assert row(printed, w.STRANGER) == [w.STRANGER, "in no campaign"]
    assert row(printed, "123") == ["123", "A VIN has 17 characters; this one has 3."]


def test_lookup_takes_a_vin_as_people_type_it(office: Desk) -> None:
    (found,) = office.do("lookup", f" {w.EAST_BOTH.lower()} ", on=w.NOTICE)
    assert (found["vin"], found["valid"], len(found["campaigns"])) == (w.EAST_BOTH, True, 2)


def test_lookup_names_safety_recalls_before_service_campaigns(office: Desk) -> None:
    (found,) = office.do("lookup", w.WEST_TWO_LETTERS, on=w.NOTICE)
    assert [one["campaign"] for one in found["campaigns"]] == [w.PMP, w.SVC]
    assert [one["nhtsa_campaign_number"] for one in found["campaigns"]] == ["10V001000", ""]


@pytest.mark.parametrize(
    ("on", "available"),
    [(date(2012, 11, 14), False), (date(2012, 11, 15), True), (date(2012, 11, 16), True)],
)
def test_a_remedy_is_available_from_its_day_on(office: Desk, on: date, available: bool) -> None:
    (found,) = office.do("lookup", w.USED_IN_STOCK, on=on)
    assert found["campaigns"][0]["remedy_available"] is available
    said = "remedy available" if available else "remedy not yet available"
    assert row(office.run("lookup", w.USED_IN_STOCK, "--on", on).out, w.USED_IN_STOCK)[-1] == said


def test_lookup_joins_the_vins_of_the_line_and_of_a_file(office: Desk) -> None:
    listed = office.folder / "vins.txt"
    listed.write_text(f"{w.EAST_OPEN[0]}\n\n{w.EAST_OPEN[1]}\n", encoding="utf-8")
    found = office.do("lookup", w.STRANGER, "--file", listed, on=w.NOTICE)
    assert [one["vin"] for one in found] == [w.STRANGER, *w.EAST_OPEN[:2]]


def test_lookup_finds_the_vin_column_wherever_it_stands_in_a_list(office: Desk) -> None:
    listed = office.folder / "list.csv"
    listed.write_text(f'dealer,VIN\n"D, 1",{w.EAST_OPEN[2]}\nshort\n', encoding="utf-8")
    found = office.do("lookup", "--file", listed)
    assert [(one["line"], one["vin"], one["reason"]) for one in found] == [
        (2, w.EAST_OPEN[2], None),
        (3, "", "The row has 1 field, the header 2."),
    ]
    assert "line 3: The row has 1 field" in office.run("lookup", "--file", listed).out


def test_a_cell_with_several_vins_is_each_of_them(office: Desk) -> None:
    one, two, three = w.EAST_OPEN
    listed = office.folder / "several.csv"
    listed.write_text(f'VIN,dealer\n"{one}, {two}",D1\n{three} {one},D1\n{two} sold,D1\n', "utf-8")
    found = office.do("lookup", "--file", listed)
    assert [(row["line"], row["vin"], row["valid"]) for row in found] == [
        (2, one, True), (2, two, True), (3, three, True), (3, one, True), (4, f"{two} SOLD", False),
    ]  # fmt: skip


def test_a_letter_that_no_vin_contains_is_asked_for_and_not_repaired(office: Desk) -> None:
    zero = w.EAST_OPEN[0].rindex("0")
    written = f"{w.EAST_OPEN[0][:zero]}O{w.EAST_OPEN[0][zero + 1 :]}"
    (found,) = office.do("lookup", written)
    assert (found["vin"], found["valid"], found["campaigns"]) == (written, False, [])
    assert found["reason"].endswith(f"Did you mean {w.EAST_OPEN[0]}?")


@pytest.mark.parametrize("content", ["", "\n\n", "vin\n"])
def test_a_list_without_a_vin_is_nothing_to_look_up(office: Desk, content: str) -> None:
    listed = office.folder / "empty.csv"
    listed.write_text(content, encoding="utf-8")
    said = office.run("lookup", "--file", listed)
    assert (said.code, said.out) == (2, "")
    assert refusal(said.err) == (
        "There is no VIN to look up.",
        "Give VINs, or --file with one a line.",
    )


# ---- explain


@pytest.mark.parametrize(
    ("vin", "sentence", "listing"),
    [
        (
            w.REPAIRED,
            f"Repaired on {w.REPAIR_DAY} by repair_orders.csv row 2.",
            "Left out of PMP (safety): repaired.",
        ),
        (
            w.EXPORTED,
            f"Unreachable: reported exported on {w.EXPORT_DAY} by vehicle_status.csv row 2. The recall is not done.",
            "Left out of PMP (safety): unreachable export.",
        ),
        (
            w.INSPECTED,
            f"Inspected on {w.INSPECTION_DAY}, no repair was needed by repair_orders.csv row 3.",
            "Left out of STP (safety): inspected ok.",
        ),
        (
            w.REMOVED,
            f"Removed from the campaign on {w.REMOVAL_DAY} by population.csv row 14.",
            "Left out of PMP (safety): removed.",
        ),
        (
            w.EAST_OPEN[0],
            "Open: no accepted repair; added 2010-01-04 by population.csv row 2.",
            "Listed for PMP (safety); letter to the owner planned in wave 1.",
        ),
        (
            w.USED_IN_STOCK,
            "Open: no accepted repair; added 2012-10-01 by population.csv row 15.",
            "Left out of STP (safety): in dealer stock.",
        ),
    ],
)
def test_explain_says_why_a_vehicle_is_in_or_out_and_from_which_row(
    office: Desk, vin: str, sentence: str, listing: str
) -> None:
    explained = office.do("explain", vin, on=w.NOTICE)
    assert [one["sentence"] for one in explained["campaigns"]] == [sentence]
    assert [one["sentence"] for one in explained["follow_ups"]] == [listing]
    printed = office.run("explain", vin, "--on", w.NOTICE).out.splitlines()
    assert printed[0] == vin
    assert f"{explained['campaigns'][0]['campaign']}: {sentence}" in printed
    assert f"spring: {listing}" in printed


def test_explain_prints_each_event_with_its_day_kind_file_and_row(office: Desk) -> None:
    printed = office.run("explain", w.REPAIRED).out.splitlines()
    added, repaired = (cells(line) for line in printed if line.startswith("  "))
    assert added[:2] == ["2010-01-04", "added"]
    assert added[2].startswith("population.csv row 7, recorded ")
    assert repaired[:2] == [str(w.REPAIR_DAY), "remedied"]
    assert repaired[2].startswith("repair_orders.csv row 2, recorded ")


def test_explain_of_a_recall_and_a_service_campaign_tells_of_two_letters(office: Desk) -> None:
    explained = office.do("explain", w.WEST_TWO_LETTERS)
    assert [(one["family"], one["bundle"], one["week"]) for one in explained["follow_ups"]] == [
        ("safety", w.PMP, 0),
        ("service", w.SVC, 0),
    ]
    pieces = [piece for one in explained["follow_ups"] for piece in one["pieces"]]
    assert len({piece["piece_id"] for piece in pieces}) == 2
    assert {(piece["role"], piece["state"], piece["wave"]) for piece in pieces} == {
        ("owner", "planned", 1)
    }


def test_explain_of_a_vehicle_nobody_recalled_says_so(office: Desk) -> None:
    printed = office.run("explain", w.STRANGER).out
    assert printed == f"{w.STRANGER}  No campaign that was loaded names this vehicle.\n"


def test_explain_of_a_malformed_vin_says_what_is_wrong_with_it(office: Desk) -> None:
    assert office.run("explain", "JTH").out == "JTH  A VIN has 17 characters; this one has 3.\n"


def test_explain_names_no_owner(office: Desk) -> None:
    assert "EXAMPLE" not in office.run("explain", w.EAST_BOTH, "--json").out
    assert "Elm" not in office.run("explain", w.EAST_BOTH).out


# ---- verify


def test_verify_counts_the_states_and_the_vehicles_it_folded_again(office: Desk) -> None:
    # 11 + 3 + 2 states; vehicles 1 to 6 and 11 to 18
    assert office.run("verify").out == "16 states of 14 vehicles folded again: they agree.\n"
    assert office.do("verify") == {
        "vehicles": 14, "states": 16, "differences": [], "found": {}, "ok": True,
    }  # fmt: skip


def test_a_state_that_no_event_gives_is_printed_and_refused(office: Desk) -> None:
    office.forget("state", f"vin = '{w.REPAIRED}'")
    said = office.run("verify")
    assert said.code == 1
    assert said.out == "16 states of 14 vehicles folded again: they differ.\n"
    assert refusal(said.err) == (
        "1 or more differences between events and kept state.",
        "See them with `renotify verify --json`.",
    )
    document = office.run("verify", "--json").json
    assert document["found"] == {"missing": 1}
    (difference,) = document["differences"]
    assert (difference["what"], difference["vin"], difference["kept"]) == (
        "missing",
        w.REPAIRED,
        "",
    )
    assert difference["folded"].startswith("current repaired")


def test_a_number_that_an_earlier_build_kept_with_its_hyphens_is_named(office: Desk) -> None:
    """A load takes them out today, so that no file names such a row any more; a short one keeps them."""
    row = "1, 1, '{}', 'as stamped'"
    with closing(sqlite3.connect(office.ledger.removeprefix("sqlite:///"))) as file:
        for number in ("JZA80-1001234", "ST165-0012345", "AB-12"):
            file.execute(
                f"insert into vin_exception (source_id, source_row, vin, reason) values ({row.format(number)})"
            )
        file.commit()
    document = office.run("verify", "--json").json
    what = "number with marks that a load takes out"
    assert document["found"] == {what: 2}
    assert document["differences"][0] == {
        "what": what, "vin": "JZA80-1001234", "about": "vin_exception", "kept": "JZA80-1001234", "folded": "JZA801001234",
    }  # fmt: skip
