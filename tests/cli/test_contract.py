"""The JSON documents of design section 6: their keys are a contract."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cli_support import DAY, follow_up_file
from folder import Folder, make_vin

OPEN, DONE, GONE = make_vin(1), make_vin(2), make_vin(3)


def three_vehicles(folder: Folder) -> Path:
    folder.campaign("9LA", remedy_available_date=date(2009, 2, 2)).dealer()
    folder.vehicle(OPEN, "9LA").vehicle(DONE, "9LA").vehicle(GONE, "9LA")
    folder.repair(DONE, "9LA", date(2012, 5, 1))
    folder.add(
        "labor_times", campaign_code="9LA", model="", op_code="A1", hours=2.0, source="estimate"
    )
    folder.add(
        "vehicle_status",
        vin=GONE,
        effective_date=date(2012, 6, 1),
        status="exported",
        source="state",
    )
    return folder.write()


def test_load_says_what_it_did_with_every_row_and_a_second_load_does_nothing(
    ledger, folder: Folder, run
) -> None:
    path = three_vehicles(folder)
    first = run("load", path, "--on", DAY, "--json").json
    assert first["tables"]["population"] == {"accepted": 3, "rejected": 0, "unchanged": 0}
    assert first["rejects"] is None
    again = run("load", path, "--on", DAY, "--json").json
    assert again["tables"]["population"] == {"accepted": 0, "rejected": 0, "unchanged": 3}


def test_status_counts_by_the_identity(ledger, folder: Folder, run) -> None:
    run("load", three_vehicles(folder), "--on", DAY)
    (row,) = run("status", "--json").json
    assert {key: row[key] for key in ("campaign", "involved", "repaired", "inspected_ok", "removed", "open")} == {
        "campaign": "9LA", "involved": 3, "repaired": 1, "inspected_ok": 0, "removed": 0, "open": 1,
    }  # fmt: skip
    assert row["unreachable"] == {
        "export": 1,
        "theft": 0,
        "scrapping": 0,
        "failure_to_receive": 0,
        "other": 0,
    }
    (before,) = run("status", "--json", "--as-of", "2012-05-15").json
    assert (before["repaired"], before["open"], before["unreachable"]["export"]) == (1, 2, 0)


def test_lookup_answers_in_the_order_asked_and_says_why_a_vin_is_invalid(
    ledger, folder: Folder, run
) -> None:
    run("load", three_vehicles(folder), "--on", DAY)
    wrong = OPEN[:8] + ("0" if OPEN[8] != "0" else "1") + OPEN[9:]
    stranger = make_vin(77)
    found = run("lookup", wrong, DONE, OPEN, stranger, "--json", "--on", DAY).json
    assert [answer["vin"] for answer in found] == [wrong, DONE, OPEN, stranger]
    assert found[0]["valid"] is False
    assert found[0]["reason"]
    assert found[1]["campaigns"] == [
        {
            "campaign": "9LA",
            "nhtsa_campaign_number": "09V020000",
            "status": "repaired",
            "remedy_available": True,
            "unreachable": None,
            "done": True,
            "may_be_delivered": True,
            "gets_letters": False,
            "remedy_available_date": "2009-02-02",
        }
    ]
    assert (found[2]["valid"], found[2]["reason"], found[2]["campaigns"][0]["status"]) == (
        True,
        None,
        "open",
    )
    assert found[3]["campaigns"] == []


def test_a_follow_up_walks_from_the_list_to_a_closed_count(
    ledger, folder: Folder, run, tmp_path: Path
) -> None:
    run("load", three_vehicles(folder), "--on", DAY)
    frozen = run("followup", "new", follow_up_file(tmp_path, ["9LA"]), "--on", DAY, "--json").json
    assert (frozen["listed"], frozen["pieces"]) == (1, 1)
    planned = run("plan", "small", "--json").json
    assert [(row["bundle"], row["week"], row["count"]) for row in planned["letters"]] == [
        ("9LA", 0, 1)
    ]
    released = run(
        "mail", "release", "small", 1, "--on", "2013-03-05", "--out", tmp_path / "out", "--json",
        "--anyway", "no dealer is told here",
    ).json  # fmt: skip
    assert (released["printed"], released["withdrawn"], released["exceptions"]) == (1, 0, 0)
    again = run("mail", "release", "small", 1, "--on", "2013-03-05", "--out", tmp_path / "out")
    assert again.code == 1
    (manifest,) = (tmp_path / "out").rglob("manifest*.csv")
    piece = manifest.read_text(encoding="utf-8").splitlines()[1].split(",")[0].strip('"')
    evidence = tmp_path / "evidence.csv"
    evidence.write_text(f"piece_id,status,mailed_date\n{piece},accepted,2013-03-06\n")
    assert run("mail", "accept", "small", 1, evidence, "--on", "2013-03-07").code == 0
    total = run("mail", "reconcile", "small", "--json").json["total"]
    in_words = run("mail", "reconcile", "small").out
    assert "closes: yes" in in_words
    assert "{" not in in_words
    assert total["planned"] == total["released"] == total["printed"] == total["accepted"] == 1
    proven = run("mail", "proof", piece, "--accessible", "--out", tmp_path / "out", "--json").json
    assert b"/StructTreeRoot" in Path(proven["accessible"]).read_bytes()
    assert run("mail", "proof", "nobody", "--accessible", "--out", tmp_path / "out").code == 1
    behind = tmp_path / "behind.csv"
    filed = run(
        "report", "quarterly", "9LA", "2012Q4", "--vehicles", behind, "--on", DAY, "--json"
    ).json
    assert behind.read_text(encoding="utf-8").count("TTLREMEDIED") == filed["TTLREMEDIED"] == 1
    assert run("verify").code == 0
    told = run("explain", OPEN, "--on", DAY, "--json").json
    assert told["follow_ups"][0]["follow_up"] == "small"


def test_lookup_finds_the_column_named_vin_in_any_encoding(
    sqlite_ledger, folder: Folder, run, tmp_path: Path
) -> None:
    run("load", three_vehicles(folder), "--on", DAY)
    file = tmp_path / "list.csv"
    file.write_bytes(f'name,VIN\r\n"MU\u00d1OZ, A",{OPEN}\r\n,\r\n,{DONE}\r\n'.encode("latin-1"))
    found = run("lookup", "--file", file, "--json", "--on", DAY).json
    assert [row["vin"] for row in found] == [OPEN, DONE]
    file.write_text(f"{OPEN}\n\n{DONE}\n", encoding="utf-8")
    assert len(run("lookup", "--file", file, "--json", "--on", DAY).json) == 2


def test_explain_says_when_no_campaign_names_the_vehicle(sqlite_ledger, run) -> None:
    assert "No campaign that was loaded names this vehicle." in run("explain", make_vin(77)).out
