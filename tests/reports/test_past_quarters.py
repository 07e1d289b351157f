"""A quarter that was reported can be reported again: as it was then, and as it is known now. Several codes of one number are one report."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime

import pytest

from folder import ON, Folder, make_vin
from small_world import Desk

VINS = [make_vin(number) for number in range(12)]
LATER = date(2012, 5, 1)


@pytest.fixture
def desk(ledger, tmp_path):
    return Desk(ledger, tmp_path / "desk")


@pytest.fixture
def small_desk(sqlite_ledger, tmp_path):
    return Desk(sqlite_ledger, tmp_path / "desk")


@pytest.fixture
def a_folder(tmp_path):
    """Make a further input folder."""
    made = iter(range(99))
    return lambda: Folder(tmp_path / f"in-{next(made)}")


def load(desk, folder, on=ON):
    return desk.do("load", folder.write(), on=on)


def quarterly(desk, quarter, *options, campaign="9LA", on=ON):
    return desk.do("report", "quarterly", campaign, quarter, *options, on=on)


def instant():
    return datetime.now(UTC).isoformat()


def first_list(folder, **facts):
    """Six vehicles of 9LA, told in 2009Q1; one was repaired in 2009Q2."""
    folder.campaign("9LA", **facts).dealer()
    for vin in VINS[:6]:
        folder.vehicle(vin, "9LA", owner=None)
    return folder.repair(VINS[0], "9LA", date(2009, 5, 4))


NEW_REMEDY = {"subject": "New remedy", "remedy_version": 2, "remedy_available_date": LATER}


def test_what_was_filed_is_the_same_bytes_after_everything_has_changed(desk, a_folder):
    load(desk, first_list(a_folder()))
    asked = ("report", "quarterly", "9LA", "2009Q2", "--on", ON)
    documents = desk.run(*asked, "--json").out, desk.run(*asked, "--nhtsa").out
    counted = desk.run("status", "--json").out
    then = instant()
    second = a_folder().campaign("9LA", involved=99, **NEW_REMEDY)
    second.add("population", campaign_code="9LA", vin=VINS[0], remedy_version=2)
    second.add("population", campaign_code="9LA", vin=VINS[7], remedy_version="")
    second.vehicle(VINS[7], owner=None)
    second.add("mail_events", vin=VINS[1], campaign_code="9LA", kind="mailed", mailed_date=date(2009, 6, 1))  # fmt: skip
    load(desk, second)
    third = a_folder().campaign(
        "9LA", subject="A third", first_notice_date=LATER, effective_date=LATER
    )
    load(desk, third.campaign("ALE"))
    known = (*asked, "--known-at", then)
    assert (desk.run(*known, "--json").out, desk.run(*known, "--nhtsa").out) == documents
    assert desk.run("status", "--known-at", then, "--json").out == counted
    assert desk.do("verify")["ok"]


def test_a_quarter_is_reported_again_as_it_is_known_now(desk, a_folder):
    load(desk, first_list(a_folder()))
    second = a_folder().campaign("9LA", **NEW_REMEDY)
    second.add("population", campaign_code="9LA", vin=VINS[0], remedy_version=2)
    notes = load(desk, second)["notes"]
    assert (
        "9LA: 1 vehicle added or removed on days before 2013-01-01. This moves 2012Q2 to 2012Q4, which had ended: restate those "
        "that were reported."
    ) in notes
    before = quarterly(desk, "2009Q2")
    assert (before["RPTNO"], before["RCLSUBJ"], before["TTLREMEDIED"]) == (
        2, "Made-up subject of 9LA", 1,
    )  # fmt: skip
    after = quarterly(desk, "2012Q4")
    # 2009Q1 is 1, so 2012Q4 is 15 quarters later; the new remedy has opened the repaired vehicle again
    assert (after["RPTNO"], after["RCLSUBJ"], after["TTLREMEDIED"], after["open"]) == (
        16, "New remedy", 0, 6,
    )  # fmt: skip
    assert [m for m in after["messages"] if "the 6 owed cover 2009Q1 to 2010Q2" in m]
    clocks = [one["what"] for one in desk.do("deadlines", on=ON)]
    assert clocks == [
        "quarterly report 2009Q1 and 5 more", "owner letters", "lists kept", "records kept",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changed", [{"remedy_available_date": LATER}, {"first_notice_date": LATER, "remedy_available_date": LATER}]
)  # fmt: skip
def test_a_date_typed_over_starts_no_quarter_anew_and_is_told(small_desk, a_folder, changed):
    load(small_desk, first_list(a_folder()))
    load(small_desk, a_folder().campaign("9LA", **changed))
    report = quarterly(small_desk, "2009Q2")
    assert (report["RPTNO"], report["ODATE"]) == (2, "2009-01-16")
    (told,) = [m for m in report["messages"] if "stated otherwise" in m]
    assert "still counted from 2009Q1" in told
    assert "effective_date = 2009-01-16" in told


def test_a_start_that_was_wrong_moves_on_purpose(small_desk, a_folder):
    load(small_desk, first_list(a_folder()))
    right = date(2009, 4, 6)
    stated = {"first_notice_date": right, "remedy_available_date": right}
    load(small_desk, a_folder().campaign("9LA", **stated, effective_date=date(2009, 1, 16)))
    report = quarterly(small_desk, "2009Q2")
    assert (report["RPTNO"], report["ODATE"]) == (1, "2009-04-06")
    assert not [m for m in report["messages"] if "stated otherwise" in m]
    refused = small_desk.run("report", "quarterly", "9LA", "2009Q1", "--on", ON)
    assert "9LA began in 2009Q2" in refused.err


def test_a_corrected_subject_is_the_subject_of_past_quarters_too(small_desk, a_folder):
    load(small_desk, first_list(a_folder()))
    notes = load(small_desk, a_folder().campaign("9LA", subject="Fuel pipe"))["notes"]
    assert notes == ["9LA: subject said otherwise than before: this holds from the beginning."]
    assert quarterly(small_desk, "2009Q2")["RCLSUBJ"] == "Fuel pipe"


def test_a_day_of_effect_that_lies_ahead_is_refused(small_desk, a_folder):
    ahead = a_folder().campaign("9LA", effective_date=date(2013, 2, 27))
    said = small_desk.run("load", ahead.write(), "--on", ON)
    assert said.code == 1
    assert "effective_date 2013-02-27 is after the day of the load, 2013-02-26" in said.err
    assert small_desk.do("status") == []


def test_where_only_a_later_remedy_is_known_the_report_says_what_it_counts_from(
    small_desk, a_folder
):
    load(small_desk, first_list(a_folder(), **NEW_REMEDY))
    report = quarterly(small_desk, "2009Q2")
    assert report["RPTNO"] == 2
    assert (
        "Only remedy version 2 of 9LA was ever stated: its reports are counted from the first owner notification, 2009-01-16."
    ) in report["messages"]


# ---- several codes of one number

NUMBER = "24V381000"


def two_codes(folder, involved=10, **facts):
    stated = {
        "nhtsa_campaign_number": NUMBER, "filed_date": date(2012, 5, 31), "first_notice_date": date(2012, 7, 15),
        "remedy_available_date": date(2012, 7, 15), "involved": involved, "subject": "Engine may stall", **facts,
    }  # fmt: skip
    folder.campaign("24TA07", **stated | {"make": "Toyota"})
    folder.campaign("24LA02", **stated | {"remedy_available_date": date(2012, 12, 1)}).dealer()
    for vin in VINS[:6]:
        folder.vehicle(vin, "24TA07", owner=None)
    for vin in VINS[6:10]:
        folder.vehicle(vin, "24LA02", owner=None)
    folder.repair(VINS[0], "24TA07", date(2012, 9, 1))
    return folder.repair(VINS[7], "24LA02", date(2012, 12, 20))


def test_two_codes_of_one_number_are_one_line_with_their_sums(desk, a_folder):
    notes = load(desk, two_codes(a_folder()))["notes"]
    assert notes == []  # each states the recall's total
    asked = [desk.run("report", "quarterly", name, "2012Q4", "--nhtsa", "--on", ON).out
             for name in ("24TA07", "24LA02", NUMBER, "24V-381")]  # fmt: skip
    # 2012Q3 is 1: the first owners were told in July
    line = f"Lexus, Toyota\t{NUMBER}\t24LA02, 24TA07\tEngine may stall\t20120715\t\t2\t2012-4\t10\t2\t0\t0\t20130226\n"
    assert asked == [line] * 4
    report = quarterly(desk, "2012Q4", campaign=NUMBER)
    assert report["campaigns"] == ["24LA02", "24TA07"]
    assert [m for m in report["messages"] if "states" in m] == []
    file = desk.folder / "behind.csv"
    quarterly(desk, "2012Q4", "--vehicles", file, campaign="24LA02")
    with file.open(encoding="utf-8") as opened:
        behind = [row["vin"] for row in csv.DictReader(opened)]
    assert behind == sorted(VINS[:10])


def test_one_number_has_one_set_of_clocks(small_desk, a_folder):
    load(small_desk, two_codes(a_folder()))
    clocks = small_desk.do("deadlines", on=ON)
    assert sorted(one["what"] for one in clocks) == [
        "days not stated", "dealer notices", "lists kept", "owner letters", "quarterly report 2012Q3",
        "quarterly report 2012Q4", "quarterly report 2013Q1",
        "records kept",
    ]  # fmt: skip
    assert {one["campaign"] for one in clocks} == {"24LA02, 24TA07"}


def test_the_letters_of_a_number_are_as_far_as_those_of_its_slowest_code(small_desk, a_folder):
    folder = two_codes(a_folder())
    folder.campaign("24LB03", nhtsa_campaign_number=NUMBER, filed_date=date(2012, 5, 31), first_notice_date=None)  # fmt: skip
    load(small_desk, folder)
    (letters,) = [one for one in small_desk.do("deadlines", on=ON) if one["what"] == "owner letters"]  # fmt: skip
    assert (letters["state"], letters["campaign"]) == ("overdue", "24LA02, 24LB03, 24TA07")
    assert letters["sentence"].startswith("Owner letters of 24LB03 were due")


def test_a_vehicle_in_both_codes_counts_once_and_is_done_if_it_is_done_under_one(
    small_desk, a_folder
):
    folder = two_codes(a_folder())
    for number in (0, 1):  # one repaired under the other code, one open under both
        folder.add("population", campaign_code="24LA02", vin=VINS[number])
    folder.add("population", campaign_code="24LA02", vin=VINS[2], removed_date=date(2012, 8, 1))
    assert load(small_desk, folder)["notes"] == []
    report = quarterly(small_desk, "2012Q4", campaign=NUMBER)
    assert (report["INVOLVED"], report["TTLREMEDIED"], report["TTLREMOVED"], report["open"]) == (
        10, 2, 0, 8,
    )  # fmt: skip


def test_shares_that_do_not_add_up_are_told_once(small_desk, a_folder):
    notes = load(small_desk, two_codes(a_folder(), involved=6))["notes"]
    # 6 each: the recall's total, or shares of 12; the ledger holds 10
    assert notes == ["24LA02 and 24TA07: the population has 10 vehicles, the recall states 12."]
    (told,) = [m for m in quarterly(small_desk, "2012Q4", campaign=NUMBER)["messages"] if "states" in m]  # fmt: skip
    assert "states 12 vehicles involved and the ledger holds 10" in told


def test_more_codes_than_nhtsa_s_field_holds_are_named_in_a_message(small_desk, a_folder):
    folder = two_codes(a_folder())
    folder.campaign(
        "24TB08", nhtsa_campaign_number=NUMBER, filed_date=date(2012, 5, 31), first_notice_date=None
    )
    load(small_desk, folder)
    report = quarterly(small_desk, "2012Q4", campaign="24TB08")
    assert report["MFGCAMPNO"] == "24LA02, 24TA07"
    assert (
        "MFGCAMPNO has room for 24LA02, 24TA07 only; the report is of 24LA02, 24TA07 and 24TB08: name the others when you file."
    ) in report["messages"]


def test_a_name_that_is_no_code_and_no_number_is_refused(small_desk, a_folder):
    load(small_desk, first_list(a_folder()))
    for name in ("9LB", "24V999000"):
        said = small_desk.run("report", "quarterly", name, "2009Q2", "--on", ON)
        assert (said.code, f"There is no campaign '{name}'" in said.err) == (1, True)


def test_one_make_in_two_spellings_is_named_once(small_desk, a_folder):
    folder = first_list(a_folder(), make="Mercedes-Benz")
    folder.campaign("9LB", make="MERCEDES BENZ", nhtsa_campaign_number="09V020000")
    load(small_desk, folder)
    assert quarterly(small_desk, "2009Q2")["MFGTXT"] == "Mercedes-Benz"


@pytest.mark.parametrize("asked", ["9LA", "09V020000", "10V020000"])
def test_a_number_that_changed_on_a_day_is_that_of_each_quarter(small_desk, a_folder, asked):
    load(small_desk, first_list(a_folder()))
    changed = {
        "nhtsa_campaign_number": "10V020000",
        "effective_date": date(2012, 1, 1),
    }
    load(small_desk, a_folder().campaign("9LA", **changed))
    numbers = [
        quarterly(small_desk, quarter, campaign=asked)["CAMPNO"] for quarter in ("2009Q2", "2012Q2")
    ]
    assert numbers == ["09V020000", "10V020000"]
    assert quarterly(small_desk, "2012Q2", campaign=asked)["RPTNO"] == 14  # 2009Q1 is 1


def test_a_number_that_was_corrected_is_nobody_s(small_desk, a_folder):
    load(small_desk, first_list(a_folder(), nhtsa_campaign_number="10V020000"))
    load(small_desk, a_folder().campaign("9LA", nhtsa_campaign_number="09V020000"))
    assert quarterly(small_desk, "2009Q2")["CAMPNO"] == "09V020000"
    asked = small_desk.run("report", "quarterly", "10V020000", "2009Q2", "--on", ON)
    assert "There is no campaign '10V020000'" in asked.err


def test_a_code_may_be_asked_for_in_small_letters_where_it_is_one(small_desk, a_folder):
    folder = first_list(a_folder())
    for code in ("24TA07", "ab1", "Ab1"):
        folder.campaign(code, nhtsa_campaign_number=None)
    load(small_desk, folder)
    assert quarterly(small_desk, "2009Q2", campaign="9la")["campaigns"] == ["9LA"]
    assert quarterly(small_desk, "2010Q2", campaign="24ta07")["campaigns"] == ["24TA07"]
    assert quarterly(small_desk, "2010Q2", campaign="ab1")["campaigns"] == ["ab1"]
    asked = small_desk.run("report", "quarterly", "AB1", "2009Q2", "--on", ON)
    assert "There is no campaign 'AB1'" in asked.err


def test_reports_of_several_recalls_are_those_of_each(desk, a_folder):
    folder = first_list(a_folder()).campaign("ALE", nhtsa_campaign_number="10V309000")
    folder.vehicle(VINS[7], "ALE", owner=None).vehicle(VINS[8], "ALE", owner=None)
    folder.repair(VINS[1], "9LA", date(2010, 8, 3)).repair(VINS[2], "9LA", date(2010, 10, 1))
    folder.repair(VINS[7], "ALE", date(2010, 9, 1)).repair(VINS[8], "ALE", date(2010, 12, 1))
    load(desk, folder)
    each = [quarterly(desk, "2010Q3", campaign=code) for code in ("ALE", "9LA")]
    assert [(one["TTLREMEDIED"], one["open"]) for one in each] == [(1, 1), (2, 4)]
    asked = ("report", "quarterly", "ALE", "9LA", "2010Q3")
    assert desk.do(*asked, on=ON) == each
    lines = desk.run(*asked, "--nhtsa", "--on", ON).out.splitlines()
    assert [line.split("\t")[2] for line in lines] == ["ALE", "9LA"]


def test_vehicles_are_written_of_one_recall(small_desk, a_folder, tmp_path):
    load(small_desk, first_list(a_folder()).campaign("ALE"))
    asked = ("report", "quarterly", "9LA", "ALE", "2010Q3", "--vehicles", tmp_path / "vins.csv")
    assert "one campaign" in small_desk.run(*asked, "--on", ON).err
    assert not (tmp_path / "vins.csv").exists()


@pytest.mark.parametrize(("word", "missing"), [("9LA", "QUARTER"), ("2010Q3", "CAMPAIGN...")])
def test_one_word_alone_is_told_what_is_missing_beside_it(small_desk, word, missing):
    refused = small_desk.run("report", "quarterly", word)
    assert (refused.code, f"Missing argument '{missing}'" in refused.err) == (2, True)
