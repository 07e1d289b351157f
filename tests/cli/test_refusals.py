"""What is refused: one sentence and a hint on stderr, exit 1 (2 for wrong use), and nothing half-written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cli_support import DAY, follow_up_file
from folder import Folder, make_vin


def test_an_unknown_campaign_is_refused_in_one_sentence(sqlite_ledger, run) -> None:
    said = run("status", "--campaign", "XXX")
    assert said.code == 1
    assert said.out == ""
    assert said.err.splitlines()[0].startswith("Refused: ")
    assert "XXX" in said.err


def test_a_follow_up_on_an_empty_list_is_refused_and_leaves_no_follow_up(
    sqlite_ledger, folder: Folder, run, tmp_path: Path
) -> None:
    vin = make_vin(1)
    folder.campaign("9LA").dealer().vehicle(vin, "9LA").repair(vin, "9LA", date(2012, 5, 1))
    assert run("load", folder.write(), "--on", DAY).code == 0
    said = run("followup", "new", follow_up_file(tmp_path, ["9LA"]), "--on", DAY)
    assert said.code == 1
    assert run("followup", "list", "--json").json == []


def test_a_follow_up_of_an_unknown_campaign_is_refused(
    sqlite_ledger, folder: Folder, run, tmp_path: Path
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    run("load", folder.write(), "--on", DAY)
    said = run("followup", "new", follow_up_file(tmp_path, ["9LA", "ZZZ"]), "--on", DAY)
    assert said.code == 1
    assert "ZZZ" in said.err


def test_a_second_follow_up_of_one_name_is_refused(
    sqlite_ledger, folder: Folder, run, tmp_path: Path
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    run("load", folder.write(), "--on", DAY)
    settings = follow_up_file(tmp_path, ["9LA"])
    assert run("followup", "new", settings, "--on", DAY).code == 0
    assert run("followup", "new", settings, "--on", DAY).code == 1


def test_a_follow_up_nobody_froze_cannot_be_planned(sqlite_ledger, run) -> None:
    said = run("plan", "nobody")
    assert said.code == 1
    assert "nobody" in said.err


def test_a_wave_cannot_be_released_before_the_first_lawful_day(
    sqlite_ledger, folder: Folder, run, tmp_path: Path
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    run("load", folder.write(), "--on", DAY)
    run("followup", "new", follow_up_file(tmp_path, ["9LA"]), "--on", DAY)
    assert run("plan", "small").code == 0
    said = run("mail", "release", "small", 1, "--on", "2013-03-04", "--out", tmp_path / "out")
    assert said.code == 1
    assert "2013-03-05" in said.err
    assert not list((tmp_path / "out").rglob("*.pdf"))


def test_a_malformed_problem_is_refused_by_the_name_of_its_key(run, tmp_path: Path) -> None:
    problem = tmp_path / "problem.json"
    problem.write_text('{"weeks": "many", "bundles": [], "dealers": [], "owners": []}')
    said = run("plan", "--problem", problem)
    assert said.code == 1
    assert "weeks" in said.err


@pytest.mark.parametrize("workers", [0, -1, "two"])
def test_a_plan_by_no_worker_is_refused(run, tmp_path: Path, workers: object) -> None:
    problem = tmp_path / "problem.json"
    problem.write_text('{"weeks": 1, "bundles": [], "dealers": [], "owners": []}')
    assert run("plan", "--problem", problem, "--workers", 1).code == 0
    assert run("plan", "--problem", problem, "--workers", workers).code == 2


@pytest.mark.parametrize("text", ["", "not json", "[1, 2]", "\x00\x01"])
def test_a_problem_that_is_no_document_is_refused(run, tmp_path: Path, text: str) -> None:
    problem = tmp_path / "problem.json"
    problem.write_text(text)
    said = run("plan", "--problem", problem)
    assert said.code == 1
    assert said.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("plan", "a", "--problem", "/dev/null"),
        ("status", "--on", "yesterday"),
        ("load",),
        ("lookup",),
        ("nonsense",),
    ],
)
def test_wrong_use_exits_with_two(sqlite_ledger, run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2


def test_planning_a_document_touches_no_ledger(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RENOTIFY_DATABASE_URL", "sqlite:///none.sqlite3")
    problem = tmp_path / "problem.json"
    problem.write_text(
        '{"weeks": 4, "bundles": [{"id": "A", "risk": 1, "hours": 1, "kits": {}, "first_week": 0,'
        ' "mail_by_week": null, "response": [0.5]}],'
        ' "dealers": [{"id": "D", "hours": null, "stock": {}}], "owners": [{"bundle": "A", "dealer": "D", "count": 10}],'
        ' "supply": {}, "mail_capacity": null, "wait_bound": 2}'
    )
    said = run("plan", "--problem", problem, "--json")
    assert said.code == 0
    assert said.json["letters"] == [{"bundle": "A", "dealer": "D", "week": 0, "count": 10}]
    assert said.json["objective"] == said.json["bound"] == 20
    assert not (tmp_path / "none.sqlite3").exists()


def test_holds_of_a_dealer_nobody_loaded_are_refused_not_none(sqlite_ledger, run) -> None:
    said = run("stock", "holds", "--dealer", "D9999", "--on", DAY)
    assert (said.code, said.out) == (1, "")
    assert "D9999" in said.err


def test_a_list_of_vins_that_is_no_parquet_file_is_refused(
    sqlite_ledger, run, tmp_path: Path
) -> None:
    file = tmp_path / "vins.parquet"
    file.write_bytes(b"PAR1\0\0PAR1")
    said = run("lookup", "--file", file)
    assert (said.code, said.out) == (1, "")
    assert "vins.parquet" in said.err


@pytest.mark.parametrize("path", ["nowhere/ledger.sqlite3", "notes.txt"])
def test_a_database_that_does_not_open_is_one_sentence(
    sqlite_ledger, run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (tmp_path / "notes.txt").write_text("no database\n" * 100, encoding="utf-8")
    monkeypatch.setenv("RENOTIFY_DATABASE_URL", f"sqlite:///{tmp_path}/{path}")
    said = run("status")
    assert (said.code, said.out) == (1, "")
    told = {"notes.txt": "The database cannot be opened: "}.get(path, "There is no ledger ")
    assert said.err.startswith(f"Refused: {told}")


def test_a_reason_nobody_is_left_out_for_is_refused_with_the_known_ones(
    sqlite_ledger, folder: Folder, run, tmp_path: Path
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA").vehicle(
        make_vin(2), "9LA", owner=None
    )
    run("load", folder.write(), "--on", DAY)
    run("followup", "new", follow_up_file(tmp_path, ["9LA"]), "--on", DAY)
    said = run("followup", "show", "small", "--left-out", "typo")
    assert said.code == 1
    assert "no_owner" in said.err


def test_a_replan_after_the_horizon_is_refused_and_changes_nothing(
    sqlite_ledger, folder: Folder, run, tmp_path: Path
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    run("load", folder.write(), "--on", DAY)
    run("followup", "new", follow_up_file(tmp_path, ["9LA"]), "--on", DAY)
    before = run("plan", "small", "--json").json
    said = run("replan", "small", "--on", "2015-01-05")
    assert said.code == 1
    assert "--on" in said.err
    shown = run("followup", "show", "small", "--json").json
    assert sum(wave["planned"] for wave in shown["waves"]) == sum(
        r["count"] for r in before["letters"]
    )
