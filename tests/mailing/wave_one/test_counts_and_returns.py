"""What came back, the counts that close, and the proof of a piece from its plan to its return."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from mailing.follow_up import NAME, PERSON, WEEK, moved
from mailing.releases import release, rows_of
from mailing.wave_files import LATER, MAILED, accept, in_order, returned, status, three_released
from renotify.errors import NothingToDo, UnknownName
from renotify.ledger import pieces
from renotify.ledger.intake import load
from renotify.letters.picture import printed_page
from renotify.mailing import proving, reconciling
from small_world import World


def test_mail_that_came_back_leaves_a_vehicle_open_until_its_trace_is_exhausted(
    session, released, tmp_path
):
    one, two, three = released
    accept(session, tmp_path, *(f"{piece},accepted,{MAILED}," for piece in released))
    done = returned(session, tmp_path, f"{one},2013-03-25,ANK", f"{two},2013-03-25,REFUSED")
    assert done["actions"] == {"change_channel": 1, "skip_trace": 1}
    assert status(session, one) == {"9LA": ("open", ""), "ALE": ("open", "")}
    rows = {row["piece_id"]: row for row in rows_of(session)}
    assert (rows[one]["returned_on"], rows[one]["return_code"]) == (date(2013, 3, 25), "ANK")
    returned(session, tmp_path, f"{one},2013-04-02,Skip trace exhausted")
    assert status(session, one) == {
        "9LA": ("unreachable", "failure_to_receive"), "ALE": ("unreachable", "failure_to_receive"),
    }  # fmt: skip
    assert status(session, two) == status(session, three) == {"ALE": ("open", "")}


def test_a_new_owner_makes_the_vehicle_reachable_again(session, released, tmp_path):
    two = released[1]
    accept(session, tmp_path, *(f"{piece},accepted,{MAILED}," for piece in released))
    returned(session, tmp_path, f"{two},2013-03-25,SKIP_TRACE_EXHAUSTED")
    assert status(session, two)["ALE"][0] == "unreachable"
    vin = in_order(session)[1]["vin"]
    moved(session, tmp_path, vin, date(2013, 4, 2), name1="BEN MADEUP", addr1="9 Oak Ave")
    assert status(session, two)["ALE"] == ("open", "")


def test_an_unknown_code_is_queued_for_a_person(sqlite_session, on_sqlite, tmp_path):
    accept(sqlite_session, tmp_path, *(f"{piece},accepted,{MAILED}," for piece in on_sqlite))
    done = returned(sqlite_session, tmp_path, f"{on_sqlite[2]},2013-03-25,XYZ")
    assert (done["returned"], done["queue"]) == (1, [on_sqlite[2]])
    assert status(sqlite_session, on_sqlite[2]) == {"ALE": ("open", "")}
    assert in_order(sqlite_session)[2]["return_code"] == "XYZ"


def test_a_returned_file_again_changes_nothing_and_a_later_one_corrects(
    sqlite_session, on_sqlite, tmp_path
):
    accept(sqlite_session, tmp_path, *(f"{piece},accepted,{MAILED}," for piece in on_sqlite))
    line = f"{on_sqlite[2]},2013-03-25,EXHAUSTED"
    assert returned(sqlite_session, tmp_path, line)["returned"] == 1
    assert returned(sqlite_session, tmp_path, line)["unchanged"] == 1
    assert status(sqlite_session, on_sqlite[2])["ALE"][0] == "unreachable"
    assert returned(sqlite_session, tmp_path, f"{on_sqlite[2]},2013-03-26,REFUSED")["returned"] == 1
    assert status(sqlite_session, on_sqlite[2])["ALE"] == ("open", "")
    assert returned(sqlite_session, tmp_path, line)["unchanged"] == 1  # the old file undoes nothing
    assert status(sqlite_session, on_sqlite[2])["ALE"] == ("open", "")
    assert in_order(sqlite_session)[2]["return_code"] == "REFUSED"


def test_a_return_that_was_taken_back_stays_so_until_a_new_file_says_it_again(
    sqlite_session, on_sqlite, tmp_path
):
    accept(sqlite_session, tmp_path, *(f"{piece},accepted,{MAILED}," for piece in on_sqlite))
    first, second = f"{on_sqlite[2]},2013-03-25,EXHAUSTED", f"{on_sqlite[2]},2013-03-26,REFUSED"
    returned(sqlite_session, tmp_path, first)
    returned(sqlite_session, tmp_path, second)
    row = {"piece_id": on_sqlite[2], "kind": "returned", "returned_date": "2013-03-26", "return_code": "REFUSED"}  # fmt: skip
    news = World(tmp_path / "news").add("mail_events", **row, withdrawn="yes")
    load(sqlite_session, [news.write()], on=LATER, rejects_dir=tmp_path / "rejects")
    assert returned(sqlite_session, tmp_path, first)["unchanged"] == 1
    assert status(sqlite_session, on_sqlite[2])["ALE"] == ("open", "")
    assert returned(sqlite_session, tmp_path, first, "")["returned"] == 1  # other bytes
    assert status(sqlite_session, on_sqlite[2])["ALE"][0] == "unreachable"


def test_returned_mail_without_sense_is_refused_with_reasons(sqlite_session, on_sqlite, tmp_path):
    one, two, three = on_sqlite
    accept(sqlite_session, tmp_path, f"{one},accepted,{MAILED},")
    done = returned(
        sqlite_session,
        tmp_path,
        f"{two},2013-03-03,ANK",
        f"{one},2013-03-07,ANK",
        f"{one},2014-03-07,ANK",
        f"{one},soon,ANK",
        "nobody,2013-03-25,ANK",
    )
    assert (done["returned"], done["rejected"]) == (0, 5)
    assert set(done["reasons"]) == {
        "returned_date lies before the release",
        "returned_date lies before the day of mailing",
        "returned_date lies in the future", "no such piece",
        "returned_date is not a day written as 2013-03-12",
    }  # fmt: skip
    assert three not in str(done)


def test_the_counts_close_at_every_step(sqlite_session, on_sqlite, tmp_path):
    one, two, three = on_sqlite
    told = reconciling.reconcile(sqlite_session, NAME)
    assert told["closes"]
    assert told["waves"][0]["awaiting"] == 3
    assert told["sentences"] == [
        "Wave 1: the mail house has not answered for 3 of 3 printed pieces.",
        "Wave 2 (week of 2013-03-11) is not released: 2 pieces.",
    ]
    accept(
        sqlite_session,
        tmp_path,
        f"{one},accepted,{MAILED},",
        f"{two},spoiled,,jam",
        f"{three},accepted,{MAILED},",
    )
    release(sqlite_session, tmp_path, wave=2, on=WEEK + timedelta(days=7))
    four, five = pieces.of_wave(sqlite_session, NAME, 2)["piece_id"].to_pylist()
    second = (f"{piece},accepted,2013-03-12," for piece in (four, five))
    accept(sqlite_session, tmp_path, *second, wave=2)
    told = reconciling.reconcile(sqlite_session, NAME)
    total = told["total"]
    assert total["planned"] == total["released"] + total["withdrawn"] == 5
    assert total["released"] == total["printed"] + total["exceptions"]
    assert total["printed"] == total["accepted"] + total["spoiled"] + total["awaiting"]
    assert told["reasons"]["spoiled"] == {"jam": 1}
    assert told["sentences"] == ["Every piece is accounted for."]


def test_a_manifest_that_was_changed_is_told(empty, tmp_path):
    three_released(empty, tmp_path)
    path = tmp_path / NAME / "wave-01" / "manifest.csv"
    path.write_text(path.read_text("utf-8").rpartition("\n")[0][:-20], encoding="utf-8")
    told = reconciling.reconcile(empty, NAME)
    assert not told["closes"]
    assert told["sentences"][0] == "Wave 1: manifest.csv was changed after it was written."


def test_a_piece_is_proven_from_plan_to_return(session, released, tmp_path):
    one = released[0]
    accept(session, tmp_path, f"{one},accepted,{MAILED},")
    returned(session, tmp_path, f"{one},2013-03-25,ANK")
    told = proving.proof(session, one, tmp_path)
    assert (told["campaigns"], told["role"], told["mailed_on"]) == (
        ["9LA", "ALE"],
        "owner",
        "2013-03-08",
    )
    assert [(e["kind"], e["file"], e["row"]) for e in told["evidence"]] == [
        ("mailed", "evidence.csv", 2), ("returned", "back.csv", 2),
    ]  # fmt: skip
    assert told["batch"]["intact"]
    assert told["pages"].endswith(f"{one}.pdf")
    assert PERSON not in str(told)
    assert "address" not in told


def test_no_page_is_cut_from_a_file_that_was_changed(empty, tmp_path):
    three_released(empty, tmp_path)
    one = in_order(empty)[0]["piece_id"]
    told = proving.proof(empty, one)
    with Path(told["batch"]["path"]).open("ab") as file:
        file.write(b"%")
    told = proving.proof(empty, one, tmp_path)
    assert (told["batch"]["intact"], told["pages"]) == (False, None)


def test_the_picture_of_a_piece_is_the_first_page_that_was_printed_for_it(empty, tmp_path):
    """As the proof cuts it out; another owner's is another picture, and a file that was changed has none."""
    three_released(empty, tmp_path)
    first, second = (row["piece_id"] for row in in_order(empty)[:2])
    shown = proving.picture(empty, second)
    assert shown.startswith(b"\x89PNG")
    assert shown != proving.picture(empty, first)
    proven = proving.proof(empty, second, tmp_path / "out")
    assert shown == printed_page(Path(proven["pages"]), 1)
    with Path(proven["batch"]["path"]).open("ab") as file:
        file.write(b"%")
    with pytest.raises(NothingToDo, match="no picture"):
        proving.picture(empty, second)


def test_an_unknown_piece_has_no_proof(sqlite_session, on_sqlite):
    with pytest.raises(UnknownName, match="no piece 'XXX'"):
        proving.proof(sqlite_session, "XXX")
