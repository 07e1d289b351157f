"""``report`` and ``deadlines``: what they print, their documents and files, and what they refuse."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

import two_dealers as w
from printed import refusal, row, rows, sentences
from small_world import Desk, World

FIELDS = (
    "MFGTXT", "CAMPNO", "MFGCAMPNO", "RCLSUBJ", "ODATE", "ODATEEND", "RPTNO", "RPTQTR", "INVOLVED", "TTLREMEDIED", "TTLUNREACH",
    "TTLREMOVED", "SUBMDATE",
)  # fmt: skip


# ---- quarterly


def test_a_quarterly_report_prints_its_fields_and_the_unreachable_by_category(office: Desk) -> None:
    printed = office.run("report", "quarterly", w.PMP, "2013Q1", "--on", w.NOTICE).out
    for field, value in (
        ("MFGTXT", "Lexus"), ("CAMPNO", "10V001000"), ("MFGCAMPNO", w.PMP), ("RCLSUBJ", "Fuel pump"), ("ODATE", "2010-01-04"),
        ("RPTNO", "13"),  # 2010Q1 is 1, so 2013Q1 is 12 quarters later
        ("RPTQTR", "2013-1"), ("INVOLVED", "11"), ("TTLREMEDIED", "1"), ("TTLUNREACH", "1"), ("TTLREMOVED", "1"),
        ("SUBMDATE", "2013-02-26"), ("open", "8"), ("as_of", "2013-02-26"), ("due", "2013-04-30"),
        ("unreachable: export", "1"), ("unreachable: failure to receive", "0"),
    ):  # fmt: skip
        assert row(printed, field) == [field, value]
    assert row(printed, "ODATEEND") == ["ODATEEND"]  # no letter is known to be mailed


def test_a_quarterly_report_prints_what_to_look_at_before_filing(office: Desk) -> None:
    printed = office.run("report", "quarterly", w.PMP, "2013Q1", "--on", w.NOTICE).out
    assert sentences(printed) == [
        "2013Q1 has not ended: these figures are provisional.",
        (
            "No quarterly report is owed for 2013Q1: the 6 owed cover 2010Q1 to 2011Q2"
            " (49 CFR 573.7(a), 49 USC 30118(f))."
        ),
        (
            "The campaign states 12 vehicles involved and the ledger holds 11: correct the ledger, or amend"
            " the report of 49 CFR 573.6(c)(3)."
        ),
        *not_on_file(w.PMP),
    ]


def not_on_file(code: str) -> list[str]:
    """What a report says where the ledger holds no letters, and nobody stated who files with NHTSA."""
    ended = (
        "ODATEEND is blank: the ledger holds no first notice; load mail_events, or, if it was completed, state the day: renotify"
        f" deadlines --filed {code}:letters --on DATE."
    )
    named = (
        "MFGTXT is the manufacturer's name, and none is on file: the make Lexus stands for it. State manufacturer in"
        " campaigns.toml."
    )
    return [ended, named]


def test_the_sheet_to_file_from_is_written_and_named(office: Desk) -> None:
    folder = office.folder / "to-file"
    asked = ("report", "quarterly", w.STP, "2012Q4", "--sheet", folder)
    names = [f"portal-{w.STP}-2012Q4{ending}" for ending in (".pdf", ".csv", ".json", ".xlsx")]
    assert sentences(office.run(*asked, "--on", w.NOTICE).out) == not_on_file(w.STP)
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert office.do(*asked, on=w.NOTICE)["sheet"] == [str(folder / name) for name in names]
    held = json.loads((folder / names[2]).read_text("utf-8"))
    assert (held["recall"], held["period"], held["due"]) == ("12V002000", "2012Q4", "2013-01-30")
    assert held["messages"] == not_on_file(w.STP)


def test_the_reports_that_are_owed_are_listed_with_what_was_filed(office: Desk) -> None:
    printed = office.run("report", "schedule", w.STP, "--on", w.NOTICE).out
    first = row(printed, w.STP, "1")
    assert first == [
        w.STP, "1", "quarterly", "2012Q4", "2013-01-30", "overdue", f"{w.STP}:quarterly_report:2012Q4",
    ]  # fmt: skip
    owed = office.do("report", "schedule", on=w.NOTICE)
    assert {one["campaign"] for one in owed} == {w.PMP, w.STP}
    assert len([one for one in owed if one["campaign"] == w.STP]) == 6


def test_a_year_without_an_annual_report_is_refused_with_where_to_look(office: Desk) -> None:
    said = office.run("report", "annual", w.STP, "2011Q1-2011Q4", "--on", w.NOTICE)
    assert refusal(said.err) == (
        "STP began in 2012Q4; there is nothing to report for 2011Q1-2011Q4.",
        "The first report covers the quarter in which owners heard that the remedy is there.",
    )


def test_a_quarterly_report_is_compared_with_what_nhtsa_holds(office: Desk, tmp_path: Path) -> None:
    line = office.run(
        "report", "quarterly", w.PMP, "2013Q1", "--nhtsa", "--on", w.NOTICE
    ).out.rstrip("\n")
    fields = line.split("\t")
    fields[FIELDS.index("TTLREMEDIED")] = "4"
    (tmp_path / "filed.txt").write_text("\t".join(fields) + "\n", encoding="utf-8")
    (tmp_path / "same.txt").write_text(line + "\n", encoding="utf-8")
    asked = ("report", "quarterly", w.PMP, "2013Q1", "--on", w.NOTICE, "--against")
    printed = office.run(*asked, tmp_path / "filed.txt").out
    assert "Filed otherwise" in printed
    assert row(printed[printed.index("Filed otherwise") :], "TTLREMEDIED") == [
        "TTLREMEDIED",
        "4",
        "1",
    ]
    assert "As filed: every field is the same." in office.run(*asked, tmp_path / "same.txt").out
    document = office.do(
        "report", "quarterly", w.PMP, "2013Q1", "--against", tmp_path / "filed.txt", on=w.NOTICE
    )
    assert document["against"] == [{"field": "TTLREMEDIED", "filed": 4, "now": 1}]


def test_an_annual_report_is_compared_with_what_nhtsa_holds(office: Desk, tmp_path: Path) -> None:
    asked = ("report", "annual", w.PMP, "2012Q2-2013Q1")
    line = office.run(*asked, "--nhtsa", "--on", w.NOTICE).out
    path = tmp_path / "filed.txt"
    path.write_text(line.replace("\t2012-2 to 2013-1\t", "\t2012-2 to 2013-1\t9"), "utf-8")
    now = office.do(*asked, on=w.NOTICE)["INVOLVED"]
    against = office.do(*asked, "--against", path, on=w.NOTICE)["against"]
    assert against == [{"field": "INVOLVED", "filed": int(f"9{now}"), "now": now}]


def test_a_quarterly_report_is_compared_with_the_one_that_was_loaded(
    office: Desk, tmp_path: Path
) -> None:
    asked = ("report", "quarterly", w.PMP, "2013Q1", "--on", w.NOTICE)
    assert (
        "has no filed report of 10V001000 2013-1" in office.run(*asked, "--against", "ledger").err
    )
    fields = office.run(*asked, "--nhtsa").out.rstrip("\n").split("\t")
    fields[FIELDS.index("TTLREMEDIED")] = "4"
    (tmp_path / "FLAT_RCL_Qrtly_Rpts.txt").write_text("\t".join(fields) + "\n", encoding="utf-8")
    loaded = office.do("load", tmp_path / "FLAT_RCL_Qrtly_Rpts.txt", on=w.NOTICE)
    assert loaded["tables"] == {"filed_reports": {"accepted": 1, "rejected": 0, "unchanged": 0}}
    document = office.do(*asked, "--against", "ledger")
    assert document["against"] == [{"field": "TTLREMEDIED", "filed": 4, "now": 1}]
    assert (
        "NHTSA has on file for 2013-1, submitted 2013-02-26: TTLREMEDIED 4 where the ledger has 1."
        in document["messages"]
    )


def test_the_document_of_a_quarterly_report_begins_with_nhtsa_s_thirteen_fields(
    office: Desk,
) -> None:
    filed = office.do("report", "quarterly", w.STP, "2012Q4", on=w.NOTICE)
    assert tuple(filed)[:13] == FIELDS
    # initiated when the remedy was there: 15 November 2012, so 2012Q4 is the first report
    assert (filed["RPTNO"], filed["ODATE"], filed["TTLREMEDIED"]) == (1, "2012-11-01", 1)
    assert (filed["repaired"], filed["inspected_ok"], filed["open"]) == (0, 1, 2)
    assert filed["as_of"] == "2012-12-31"
    assert filed["messages"] == not_on_file(w.STP)


def test_nhtsa_s_line_is_thirteen_fields_by_tabs_and_what_to_look_at_goes_beside_it(
    office: Desk,
) -> None:
    said = office.run("report", "quarterly", w.STP, "2012Q4", "--nhtsa", "--on", w.NOTICE)
    assert said.out == (  # the runner of the tests shows CR LF as LF
        "Lexus\t12V002000\tSTP\tSteering bolt\t20121101\t\t1\t2012-4\t3\t1\t0\t0\t20130226\n"
    )
    assert sentences(said.err) == not_on_file(w.STP)
    not_owed = office.run("report", "quarterly", w.PMP, "2013Q1", "--nhtsa", "--on", w.NOTICE)
    assert "No quarterly report is owed for 2013Q1" in not_owed.err


def test_of_several_lines_none_is_printed_where_one_has_no_number(office: Desk) -> None:
    bare = World(office.folder / "bare").campaign("BARE", involved=1).dealer(w.EAST)
    office.do("load", bare.vehicle(w.STRANGER, "BARE", dealer=w.EAST).write(), on=w.NOTICE)
    file = office.folder / "sheets"
    said = office.run(
        "report", "quarterly", w.STP, "BARE", "2012Q4", "--nhtsa", "--sheet", file, "--on", w.NOTICE
    )  # fmt: skip
    assert (said.code, said.out) == (1, "")
    assert "Refused: BARE 2012Q4: no NHTSA campaign number is on file" in said.err
    assert not file.exists()
    sheet = ("report", "quarterly", "BARE", "2012Q4", "--sheet", file, "--on", w.NOTICE)
    for line in (sheet, (*sheet, "--json")):  # a sheet is filed as a line is
        said = office.run(*line)
        assert (said.code, said.out) == (1, "")
    assert not file.exists()


def test_as_json_the_line_gives_way_to_the_document(office: Desk) -> None:
    filed = office.do("report", "quarterly", w.STP, "2012Q4", "--nhtsa", on=w.NOTICE)
    assert filed["MFGCAMPNO"] == w.STP


def test_the_vehicles_behind_each_figure_are_written_by_vin(office: Desk) -> None:
    file = office.folder / "behind.csv"
    office.do("report", "quarterly", w.PMP, "2013Q1", "--vehicles", file, on=w.NOTICE)
    with file.open(encoding="utf-8") as opened:
        behind = {one["vin"]: (one["figure"], one["reason"]) for one in csv.DictReader(opened)}
    assert len(behind) == 11
    assert behind[w.REPAIRED] == ("TTLREMEDIED", "repaired")
    assert behind[w.EXPORTED] == ("TTLUNREACH", "export")
    assert behind[w.REMOVED] == ("TTLREMOVED", "removed")
    assert behind[w.NEW_IN_STOCK] == ("", "open")


@pytest.mark.parametrize(
    ("as_of", "remedied", "removed"), [("2012-04-30", 0, 0), ("2012-05-31", 0, 1), ("2012-06-01", 1, 1)]
)  # fmt: skip
def test_a_report_as_of_a_day_counts_to_the_end_of_that_day(
    office: Desk, as_of: str, remedied: int, removed: int
) -> None:
    filed = office.do("report", "quarterly", w.PMP, "2012Q2", "--as-of", as_of, on=w.NOTICE)
    assert (filed["as_of"], filed["TTLREMEDIED"], filed["TTLREMOVED"]) == (as_of, remedied, removed)


def test_a_report_known_before_the_load_counts_nobody(office: Desk) -> None:
    filed = office.do(
        "report", "quarterly", w.PMP, "2012Q4", "--known-at", "2001-02-03T04:05:06", on=w.NOTICE
    )
    assert (filed["INVOLVED"], filed["open"]) == (0, 0)


@pytest.mark.parametrize(
    ("campaign", "quarter", "sentence", "hint"),
    [
        (
            w.SVC, "2013Q1", "SVC is a service campaign; 49 CFR Part 573 asks no quarterly report of it.",
            "See its counts: `renotify status --campaign SVC`.",
        ),
        (
            w.PMP, "2013Q2", "The quarter 2013Q2 has not begun on 2013-02-26.",
            "Ask for an earlier quarter, or --on.",
        ),
        (
            w.STP, "2012Q3", "STP began in 2012Q4; there is nothing to report for 2012Q3.",
            "The first report covers the quarter in which owners heard that the remedy is there.",
        ),
        (w.PMP, "Q1 2013", "'Q1 2013' is not a quarter.", "Quarters are written 2013Q1 to 2013Q4."),
        (w.PMP, "2013Q5", "'2013Q5' is not a quarter.", "Quarters are written 2013Q1 to 2013Q4."),
        (w.PMP, "2013", "'2013' is not a quarter.", "Quarters are written 2013Q1 to 2013Q4."),
    ],
)  # fmt: skip
def test_a_quarter_that_cannot_be_reported_is_refused_with_what_to_do(
    office: Desk, campaign: str, quarter: str, sentence: str, hint: str
) -> None:
    said = office.run("report", "quarterly", campaign, quarter, "--on", w.NOTICE)
    unread = sentence.endswith("is not a quarter.")  # whatever the ledger: wrong use
    assert (said.code, said.out) == (2 if unread else 1, "")
    assert refusal(said.err) == (sentence, hint)


def test_a_quarter_may_be_typed_small_or_with_a_dash(office: Desk) -> None:
    for typed in ("2012q4", "2012-Q4"):
        filed = office.do("report", "quarterly", w.STP, typed, on=w.NOTICE)
        assert filed["RPTQTR"] == "2012-4"


# ---- progress


@pytest.mark.parametrize(
    ("by", "places"), [("campaign", ()), ("area", ("E", "W")), ("dealer", (w.EAST, w.WEST))]
)
def test_progress_is_told_by_campaign_area_or_dealer(
    office: Desk, by: str, places: tuple[str, ...]
) -> None:
    shown = office.do("report", "progress", "--by", by, on=w.NOTICE)
    pumps = [one for one in shown if one["campaign"] == w.PMP]
    assert sorted(one.get(by) for one in pumps) == (sorted(places) or [w.PMP])
    assert sum(one["open"] for one in pumps) == 8


def test_progress_prints_the_least_complete_first_within_a_campaign(office: Desk) -> None:
    printed = office.run("report", "progress", "--on", w.NOTICE).out
    assert [one[:2] for one in rows(printed, w.PMP)] == [[w.PMP, "W"], [w.PMP, "E"]]
    assert row(printed, w.PMP, "E")[2:4] == ["6", "5"]
    assert "completion more booked_visits" in " ".join(printed.split())
    assert sentences(printed)[0].startswith(f"{w.PMP}: ")
    assert sentences(printed)[0].endswith("as stated (spring).")
    assert (
        "The intervals are not yet proven by past weeks: no forecast is past, 30 tell (spring)."
        in sentences(printed)
    )


def test_a_forecast_begins_with_what_is_done_and_never_falls(office: Desk) -> None:
    shown = office.do("report", "progress", on=w.NOTICE)
    for one in shown:
        forecast = one["forecast"]
        assert set(forecast) == {
            "weeks", "more", "done", "low", "high", "booked", "of_letters", "without_letter", "off_list", "note",
            "past_forecasts",
        }  # fmt: skip
        done = [one["repaired"] + one["inspected_ok"], *forecast["done"]]
        assert done == sorted(done)
        assert forecast["weeks"] == ["2013-02-25", "2013-03-04", "2013-03-11", "2013-03-18"]
        assert done[-1] <= one["involved"]


# ---- one vehicle, disclosures


def test_the_file_of_a_vehicle_is_written_and_named(office: Desk) -> None:
    said = office.run("report", "vehicle", w.EAST_BOTH.lower(), "--on", w.NOTICE)
    assert said.out == f"out/vehicles/{w.EAST_BOTH}.pdf\n"
    assert (office.folder / said.out.strip()).read_bytes().startswith(b"%PDF")


def test_the_document_of_a_vehicle_tells_everything_but_its_owner(office: Desk) -> None:
    said = office.run("report", "vehicle", w.EAST_BOTH, "--on", w.NOTICE, "--json")
    told = said.json
    assert [one["campaign_code"] for one in told["campaigns"]] == [w.PMP, w.STP]
    assert [one["bundle"] for one in told["letters"]] == [f"{w.PMP}+{w.STP}"]
    assert told["appointments"][0]["start"] == "2013-03-11T09:00"
    assert (told["dealer"]["dealer_code"], told["on"]) == (w.EAST, "2013-02-26")
    assert "EXAMPLE" not in said.out
    assert "Elm" not in said.out


@pytest.mark.parametrize(
    ("vin", "sentence", "hint"),
    [
        (w.STRANGER, f"Nothing is known of the vehicle {w.STRANGER}.", "Load its files first."),
        (
            "JTHBK262",
            "A VIN has 17 characters; this one has 8.",
            "Read the VIN again from the vehicle or its registration.",
        ),
    ],
)
def test_a_vehicle_nobody_knows_has_no_file(
    office: Desk, vin: str, sentence: str, hint: str
) -> None:
    said = office.run("report", "vehicle", vin)
    assert (said.code, said.out) == (1 if vin == w.STRANGER else 2, "")
    assert refusal(said.err) == (sentence, hint)
    assert not (office.folder / "out").exists()


def test_a_disclosure_is_listed_with_the_day_until_which_it_is_kept(office: Desk) -> None:
    office.do("notices", "spring", "--with-owners", on=w.NOTICE)
    given = office.do("report", "disclosures")
    assert [(one["recipient"], one["purpose"], one["vehicles"]) for one in given] == [
        (f"dealer {w.EAST}", "recall", 4),
        (f"dealer {w.WEST}", "recall", 3),
    ]
    assert {one["what"] for one in given} == {"owner contact in the dealer notice of spring"}
    for one in given:
        made = date.fromisoformat(
            one["at"][:10]
        )  # the day of the test: disclosures are of the real day
        assert one["keep_until"][:4] == str(made.year + 5)
    printed = office.run("report", "disclosures").out
    assert row(printed, "at")[1:] == ["recipient", "purpose", "what", "vehicles", "keep_until"]
    assert printed.count("owner contact in the dealer notice of spring") == 2


# ---- deadlines


def test_deadlines_print_what_is_overdue_before_what_is_soon(office: Desk) -> None:
    printed = office.run("deadlines", "--on", w.NOTICE).out
    states = [one[0] for one in rows(printed) if one[0] in {"overdue", "soon", "late", "ok"}]
    assert states == sorted(states, key=["overdue", "soon", "late", "ok"].index)
    assert row(printed, "overdue", "2013-01-30") == [
        "overdue", "2013-01-30", w.STP, "quarterly report 2012Q4", "3", "49 CFR 573.7(d)", f"{w.STP}:quarterly_report:2012Q4",
    ]  # fmt: skip
    assert printed.splitlines()[0].strip() == "Deadlines on 2013-02-26"
    told = [line for line in printed.splitlines() if line.startswith("- ")]
    asking = [
        one
        for one in office.do("deadlines", on=w.NOTICE)
        if one["state"] in {"overdue", "soon", "unknown"}
    ]
    assert len(told) == len(asking)
    assert (
        "- soon: 2 of 2 dealers have no notice of spring; letters may go out from 2013-03-05. Closed by the dealers' receipts: renotify"
        " notices spring --acknowledge FILE; or renotify deadlines --filed spring:dealer_notice --on DATE."
        in told
    )


def test_all_clocks_say_what_they_are_about_where_that_is_asked(office: Desk) -> None:
    """Without --all those in time are counted; with it each of the document's sentences stands in the text, and what closes it."""
    clocks = office.do("deadlines", on=w.NOTICE)
    in_time = [one for one in clocks if one["state"] == "ok"]
    few = office.run("deadlines", "--on", w.NOTICE).out
    assert f"{len(in_time)} more clocks in time: renotify deadlines --all says of each" in few
    every = office.run("deadlines", "--all", "--on", w.NOTICE).out
    assert [line for line in every.splitlines() if line.startswith("- ")] == [
        f"- {one['state']}: {one['sentence']}{' Closed by ' + one['closes'] + '.' if one['closes'] else ''}"
        for one in clocks
    ]
    assert "more clocks in time" not in every
    assert not any(in_time[0]["sentence"] in line for line in few.splitlines())


def test_a_campaign_prints_what_lists_the_vehicles_of_its_clocks(office: Desk) -> None:
    clocks = office.do("campaign", "show", w.STP, on=w.NOTICE)["clocks"]
    printed = office.run("campaign", "show", w.STP, "--on", w.NOTICE).out.splitlines()
    after = printed[printed.index("The vehicles of each count:") + 1 :]
    listed = {one["list"]: one["vehicles"] for one in clocks if one["list"] and one["vehicles"]}
    assert len(listed) > 1
    for command, vehicles in listed.items():
        (line,) = (one for one in after if one.endswith(f": {command}"))
        assert line.startswith(f"{vehicles} vehicle")


def test_a_clock_that_was_late_says_so_below_the_table(office: Desk) -> None:
    """The report of 2012Q4 was owed on 2013-01-30 and is filed on 2013-02-26, 27 days after it."""
    clock = f"{w.STP}:quarterly_report:2012Q4"
    printed = office.run("deadlines", "--filed", clock, "--on", w.NOTICE).out
    (late,) = (one for one in office.do("deadlines", on=w.NOTICE) if one["state"] == "late")
    assert "27 days after" in late["sentence"]
    assert f"- late: {late['sentence']}" in printed


def test_the_document_of_deadlines_says_each_in_a_sentence(office: Desk) -> None:
    clocks = {(one["campaign"], one["what"]): one for one in office.do("deadlines", on=w.NOTICE)}
    assert not [key for key in clocks if key[0] == w.SVC]
    assert clocks["spring", "dealer notices"] == {
        "state": "soon", "due": "2013-03-05", "campaign": "spring", "what": "dealer notices",
        "citation": "49 CFR 577.7(c); memo, section 2",
        "sentence": "2 of 2 dealers have no notice of spring; letters may go out from 2013-03-05.",
        "id": "spring:dealer_notice", "vehicles": 8,
        "closes": "the dealers' receipts: renotify notices spring --acknowledge FILE;"
        " or renotify deadlines --filed spring:dealer_notice --on DATE",
        "list": "renotify vehicles --follow-up spring --letters",
    }  # fmt: skip
    # eight vehicles have letters to come; their owners' records are of December
    assert clocks["spring", "addresses"]["sentence"] == (
        "All 8 addresses of spring are good until its last wave."
    )
    assert clocks[w.PMP, "lists kept"]["due"] == "2015-01-04"
    assert clocks[w.STP, "owner letters"]["sentence"] == (
        "Owner letters of STP began on 2012-11-01, 29 days before the last day. The ledger holds none of these letters:"
        " load mail_events to have the last one counted."
    )


def test_an_address_of_last_summer_is_too_old_for_its_wave(office: Desk) -> None:
    # the wave's Monday 2013-03-04 less 95 days is 2012-11-29: a record of the day before is stale
    made = World(office.folder / "second").vehicle(w.STRANGER, w.PMP, dealer=w.EAST, owner=None)
    made.owner(w.STRANGER, as_of=date(2012, 11, 28))
    office.do("load", made.write(), on=w.NOTICE)
    office.do("followup", "new", w.settings_file(office.folder, name="summer"), on=w.NOTICE)
    office.do("plan", "summer", "--policy", "all-at-once")
    (found,) = (
        one["sentence"]
        for one in office.do("deadlines", on=w.NOTICE)
        if (one["campaign"], one["what"]) == ("summer", "addresses")
    )
    # of the nine listed two have a visit booked, and their voluntary letters wait while it stands (decision 0126)
    waiting = office.sql("select vin from piece where follow_up = 'summer' and wave is null")
    assert {one for (one,) in waiting} == {w.EAST_BOTH, w.WEST_BOOKED}
    assert found.startswith("1 of 7 addresses of summer will be older than 95 days")


def test_an_empty_ledger_has_no_clock(sqlite_ledger: str, tmp_path) -> None:
    assert Desk(sqlite_ledger, tmp_path / "desk").do("deadlines", on=w.NOTICE) == []
