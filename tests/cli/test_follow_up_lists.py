"""``followup new``, ``list`` and ``show``: what they print, their documents, and which settings they refuse."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path

import pytest

import two_dealers as w
from printed import refusal, row, rows
from small_world import Desk, World


@pytest.fixture
def loaded(office: Desk) -> Desk:
    """The office before any follow-up: a second one is frozen from the same ledger by another name."""
    return office


def changed(file: Path, before: str, after: str) -> Path:
    """Put other words into a settings file."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    return file


def test_a_new_follow_up_prints_its_bundles_and_who_is_left_out(loaded: Desk) -> None:
    file = w.settings_file(loaded.folder, name="summer")
    printed = loaded.run("followup", "new", file, "--on", w.NOTICE).out
    # six with pumps alone, one with both recalls, two with the service campaign; one vehicle is listed in both families
    assert printed.splitlines()[0] == "summer: 8 vehicles listed, 9 pieces."
    assert row(printed, w.PMP) == [w.PMP, "6"]
    assert row(printed, f"{w.PMP}+{w.STP}") == [f"{w.PMP}+{w.STP}", "1"]
    assert row(printed, w.SVC) == [w.SVC, "2"]
    assert row(printed, "in_dealer_stock") == ["in_dealer_stock", "2"]
    assert row(printed, "unreachable_export") == ["unreachable_export", "1"]
    assert printed.splitlines()[-1] == "Next: renotify plan summer"


def test_a_new_follow_up_says_how_many_vehicles_each_arm_has(loaded: Desk) -> None:
    file = w.settings_file(loaded.folder, name="summer")
    arms = 'arms = [{ name = "alone", share = 0.5 }, { name = "rest", share = 0.5 }]'
    file.write_text(f"{file.read_text(encoding='utf-8')}\n[outreach]\n{arms}\n", encoding="utf-8")
    printed = loaded.run("followup", "new", file, "--on", w.NOTICE).out
    counts = [int(row(printed, arm)[1]) for arm in ("alone", "rest")]
    assert sum(counts) == 8  # nine letters; one vehicle is listed in both families


def test_the_document_of_a_new_follow_up_counts_every_vehicle_once_in_or_out(loaded: Desk) -> None:
    codes = [w.PMP.lower(), w.STP, "Svc"]  # in any case
    file = w.settings_file(loaded.folder, name="summer", campaigns=codes)
    frozen = loaded.do("followup", "new", file, on=w.NOTICE)
    assert (frozen["follow_up"], frozen["pieces"]) == ("summer", 9)
    assert frozen["bundles"] == {w.PMP: 6, f"{w.PMP}+{w.STP}": 1, w.SVC: 2}
    assert frozen["left_out"] == {
        "repaired": 1, "inspected_ok": 1, "removed": 1, "unreachable_export": 1, "in_dealer_stock": 2,
    }  # fmt: skip
    assert frozen["listed"] == 8  # one of them for its recall and for its service campaign
    assert frozen["unwritten_owners"] == {}
    assert (frozen["nearest_dealer"], frozen["no_dealer"], frozen["no_vehicle_row"]) == (0, 0, 0)
    assert set(frozen) == {
        "follow_up", "listed", "pieces", "bundles", "languages", "arms", "left_out", "unwritten_owners", "nearest_dealer",
        "no_dealer", "no_vehicle_row", "missing", "messages", "searched_in", "elsewhere",
    }  # fmt: skip


def test_a_lessor_with_an_address_is_one_piece_more_and_no_vehicle_more(loaded: Desk) -> None:
    made = World(loaded.folder / "leased").owner(w.EAST_BOTH, role="lessor", name1="MADE-UP BANK")
    loaded.do("load", made.write(), on=w.NOTICE)
    file = w.settings_file(loaded.folder, name="summer")
    printed = loaded.run("followup", "new", file, "--on", w.NOTICE).out
    assert printed.splitlines()[0] == "summer: 8 vehicles listed, 10 pieces."


def test_a_lessor_without_an_address_is_counted_as_not_written_to(loaded: Desk) -> None:
    made = World(loaded.folder / "leased").owner(
        w.EAST_BOTH, role="lessor", name1="BANK", state="CA"
    )
    loaded.do(
        "load", made.write(), on=w.NOTICE
    )  # 02108 is no code of California, nor of a neighbour
    frozen = loaded.do(
        "followup", "new", w.settings_file(loaded.folder, name="summer"), on=w.NOTICE
    )
    assert (frozen["pieces"], frozen["unwritten_owners"]) == (9, {"lessor": 1})


def test_the_follow_ups_are_listed_by_the_day_of_their_notice(loaded: Desk) -> None:
    earlier = w.settings_file(loaded.folder, name="winter", notice_date=date(2013, 2, 1))
    loaded.do("followup", "new", earlier, on=w.NOTICE)
    assert loaded.run("followup", "list").out == "winter\nspring\n"
    assert loaded.do("followup", "list") == ["winter", "spring"]


def test_without_a_follow_up_the_list_says_how_to_make_one(
    sqlite_ledger: str, tmp_path: Path
) -> None:
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    assert desk.run("followup", "list").out == (
        "There is no follow-up yet: renotify followup new FOLLOWUP.toml\n"
    )
    assert desk.do("followup", "list") == []


def test_a_follow_up_is_shown_with_its_bundles_waves_and_reasons(office: Desk) -> None:
    printed = office.run("followup", "show", "spring").out
    assert row(printed, w.PMP) == [w.PMP, "6"]
    assert row(printed, "1") == ["1", "2013-03-04", "9", "no"]
    assert row(printed, "in_dealer_stock") == ["in_dealer_stock", "2"]
    assert office.do("followup", "show", "spring")["waves"] == [
        {"wave": 1, "week": "2013-03-04", "planned": 9, "released": False, "interim": 0, "again": 0}
    ]


def test_the_bundles_and_waves_of_a_follow_up_open_to_their_vehicles_and_letters(
    office: Desk,
) -> None:
    lines = office.run("followup", "show", "spring").out.splitlines()[-2:]
    assert [line.partition(": renotify ")[0] for line in lines] == [
        "Vehicles by bundle", "Letters by wave",
    ]  # fmt: skip
    bundles, waves = (office.do(*shlex.split(line.partition(": renotify ")[2])) for line in lines)
    counts = {one["bundle"]: one["vehicles"] for one in bundles["rows"]}
    assert counts == {w.PMP: 6, f"{w.PMP}+{w.STP}": 1, w.SVC: 2}
    assert waves["rows"] == [{"wave": 1, "piece": "planned", "count": 9, "vehicles": 8}]


def test_the_vehicles_of_one_reason_are_listed_by_vin(office: Desk) -> None:
    printed = office.run("followup", "show", "spring", "--left-out", "in_dealer_stock").out
    assert [one[0] for one in rows(printed) if one[0].startswith("JTH")] == sorted(
        [w.NEW_IN_STOCK, w.USED_IN_STOCK]
    )
    assert row(printed, w.NEW_IN_STOCK) == [
        w.NEW_IN_STOCK, "safety", w.PMP, "in_dealer_stock",
    ]  # fmt: skip


def test_all_left_out_are_listed_reason_by_reason(office: Desk) -> None:
    found = office.do("followup", "show", "spring", "--left-out", "all")
    assert len(found) == 6
    reasons = [one["left_out"] for one in found]
    assert reasons == sorted(reasons)
    assert {one["vin"]: one["left_out"] for one in found}[w.EXPORTED] == "unreachable_export"
    assert {one["vin"]: one["left_out"] for one in found}[w.REPAIRED] == "repaired"


def test_an_unknown_reason_is_refused_with_the_reasons_there_are(office: Desk) -> None:
    said = office.run("followup", "show", "spring", "--left-out", "no_ownr")
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "Nobody is left out of spring under 'no_ownr'.",
        "The reasons are in_dealer_stock, inspected_ok, removed, repaired, unreachable_export.",
    )


@pytest.mark.parametrize(
    "command",
    [
        ("followup", "show", "sprnig"),
        ("plan", "sprnig"),
        ("replan", "sprnig"),
        ("simulate", "sprnig"),
        ("workload", "sprnig"),
        ("notices", "sprnig"),
        ("letter", "check", "sprnig"),
        ("mail", "release", "sprnig", 1),
        ("mail", "reconcile", "sprnig"),
    ],
)
def test_a_mistyped_follow_up_is_refused_everywhere_with_the_known_names(
    office: Desk, command: tuple[object, ...]
) -> None:
    said = office.run(*command)
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == ("There is no follow-up 'sprnig'.", "Did you mean spring?")


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ('name = "summer"', 'name = "sum mer"', "name must be up to 32 letters, digits, - and _"),
        ('"follow_up_voluntary"', '"voluntary"', "kind must be one of initial, interim,"),
        ("days_after_notice = 7", "days_after_notice = -1", "days_after_notice must be a whole number of at least 0"),
        ("horizon_weeks = 4", "horizon_weeks = 0", "horizon_weeks must be a whole number of at least 1"),
        ("horizon_weeks = 4", "parts_quantile = 1.0", "parts_quantile must be a number between 0 and 1"),
        ("horizon_weeks = 4", "parts_count_spread = -1", "parts_count_spread must be a number from 0 to 100"),
        ("share = 0.5", "share = -0.5", "response: share must be between 0 and 1, not -0.5"),
        ("scale_weeks = 1.0", "scale_weeks = 0", "response: scale_weeks must be above 0, not 0"),
        ("[sender]", '[response."PMP+XYZ"]\nshare = 0.1\n[sender]', "'PMP+XYZ' names 'XYZ', which is not among"),
        ("phone = ", "phon = ", "sender: there is no key 'phon'"),
        ('["PMP", "STP", "SVC"]', "[]", "campaigns must be a list of campaign codes"),
        ("horizon_weeks = 4", "horizon_week = 4", "horizon_week"),
        ("notice_date = 2013-02-26", 'notice_date = "2013-02-26"', "notice_date"),
        ("horizon_weeks = 4", "horizon_weeks = = 4", "followup.toml"),
    ],
)  # fmt: skip
def test_settings_that_cannot_stand_are_refused_by_file_and_key(
    loaded: Desk, before: str, after: str, wanted: str
) -> None:
    file = changed(w.settings_file(loaded.folder, name="summer"), before, after)
    said = loaded.run("followup", "new", file, "--on", w.NOTICE)
    assert (said.code, said.out) == (1, "")
    sentence, hint = refusal(said.err)
    assert "followup.toml" in sentence
    assert wanted in sentence
    assert hint
    assert loaded.do("followup", "list") == ["spring"]


def test_a_key_that_must_be_there_is_asked_for(loaded: Desk) -> None:
    file = changed(w.settings_file(loaded.folder, name="summer"), "notice_date = 2013-02-26", "")
    said = loaded.run("followup", "new", file, "--on", w.NOTICE)
    assert said.code == 1
    assert "notice_date" in refusal(said.err)[0]


def test_a_share_above_one_is_refused_before_the_list_freezes_so_that_the_name_stays_free(
    loaded: Desk,
) -> None:
    mended = w.settings_file(loaded.folder, name="summer")
    stated = mended.read_text(encoding="utf-8")
    said = loaded.run(
        "followup", "new", changed(mended, "share = 0.5", "share = 7"), "--on", w.NOTICE
    )
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "followup.toml, response: share must be between 0 and 1, not 7.",
        "See followup.toml in docs/reference/files.md.",
    )
    mended.write_text(stated, encoding="utf-8")
    loaded.do("followup", "new", mended, on=w.NOTICE)
    assert loaded.do("followup", "list") == ["spring", "summer"]


def test_a_settings_file_that_is_not_there_is_wrong_use(loaded: Desk) -> None:
    said = loaded.run("followup", "new", "folowup.toml")
    assert (said.code, said.out) == (2, "")
    assert "folowup.toml" in said.err


def test_every_reason_of_a_follow_up_opens_its_own_vehicles(office: Desk) -> None:
    shown = office.do("followup", "show", "spring")["left_out"]
    assert shown
    lines = office.run("followup", "show", "spring").out.splitlines()
    for reason, count in shown.items():
        what = "vehicle" if count == 1 else "vehicles"
        call = f"renotify vehicles --left-out {reason} --follow-up spring"
        assert f"{count} {what} {reason}: {call}" in lines
        found = office.do("vehicles", "--left-out", reason, "--follow-up", "spring")
        assert found["vehicles"] == count
