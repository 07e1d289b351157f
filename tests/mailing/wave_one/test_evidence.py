"""What the mail house says: taken, or refused with a reason, never lost."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from mailing.follow_up import NAME, planned, repaired
from mailing.releases import release, rows_of
from mailing.wave_files import (
    MAILED,
    TODAY,
    accept,
    in_order,
    job,
    returned,
    states,
)
from renotify.errors import BadInput, UnknownName
from renotify.ledger import pieces, tables
from renotify.ledger.rulings import stands
from renotify.mailing import evidence, reconciling


def test_only_the_evidence_sets_the_day_of_mailing(session, released, tmp_path):
    one, two, three = released
    assert {row["mailed_on"] for row in rows_of(session)} == {None}
    done = accept(
        session, tmp_path, f"{one},accepted,{MAILED},", f"{two},spoiled,,torn at insertion"
    )
    assert (done["accepted"], done["spoiled"], done["awaiting"], done["complete"]) == (
        1,
        1,
        1,
        False,
    )
    assert states(session) == ["accepted", "spoiled", "printed"]
    rows = {row["piece_id"]: row for row in rows_of(session)}
    assert rows[one]["mailed_on"] == MAILED
    assert rows[one]["reason"] == "open on 2013-03-06"
    assert rows[two]["reason"] == "torn at insertion"
    assert rows[three]["mailed_on"] is None


def test_each_campaign_of_the_bundle_has_its_event(session, released, tmp_path):
    one = released[0]
    accept(session, tmp_path, f"{one},accepted,{MAILED},")
    events = tables.read(
        session, "event", where="kind = 'mailed'", order="campaign_code"
    ).to_pylist()
    assert [row["subject"] for row in events] == [f"mail|{one}|9LA", f"mail|{one}|ALE"]
    assert {row["occurred_on"] for row in events} == {MAILED}


def test_the_same_evidence_again_changes_nothing(session, released, tmp_path):
    one, two, three = released
    lines = [f"{one},accepted,{MAILED},", f"{two},accepted,{MAILED},", f"{three},spoiled,,"]
    assert accept(session, tmp_path, *lines)["complete"]
    before = rows_of(session), tables.read(session, "event").num_rows
    again = accept(session, tmp_path, *lines)
    assert (again["accepted"], again["spoiled"], again["unchanged"]) == (0, 0, 3)
    assert again["rejected"] == 0
    assert (rows_of(session), tables.read(session, "event").num_rows) == before
    assert pieces.wave(session, NAME, 1).accepted


def test_every_other_row_is_refused_with_its_reason(sqlite_session, on_sqlite, tmp_path):
    one, two, three = on_sqlite
    elsewhere = rows_of(sqlite_session, 2)[0]["piece_id"]
    done = accept(
        sqlite_session,
        tmp_path,
        "0000000000000000,accepted,2013-03-08,",
        f"{elsewhere},accepted,2013-03-08,",
        f"{two},posted,2013-03-08,",
        f"{two},accepted,8 March,",
        f"{two},accepted,2013-02-30,",
        f"{two},accepted,2013-03-05,",
        f"{two},accepted,2013-03-21,",
        ",accepted,2013-03-08,",
        f"{two},accepted",
        f"{one},accepted,2013-03-08,",
        f"{one},spoiled,,",
        f'  {three} , Accepted ,"2013-03-08",',
    )
    assert (done["accepted"], done["rejected"], done["remade"]) == (2, 9, 1)
    with Path(done["rejects"]).open(newline="", encoding="utf-8") as file:
        refused = [(row["row"], row["reason"]) for row in csv.DictReader(file)]
    assert refused == [
        ("2", "no such piece"),
        ("3", "a piece of wave 2 of lexus-2013"),
        ("4", "status is neither accepted nor spoiled"),
        ("5", "mailed_date is not a day written as 2013-03-12"),
        ("6", "mailed_date is not a day written as 2013-03-12"),
        ("7", "mailed_date lies before the release"),
        ("8", "mailed_date lies in the future"),
        ("9", "no piece_id"),
        ("10", "The row has 2 fields, the header 4."),
    ]
    assert states(sqlite_session) == ["accepted", "printed", "accepted"]


def test_the_day_of_the_check_is_a_column_and_not_read_from_the_words(
    sqlite_session, on_sqlite, tmp_path
):
    """A letter cannot have been mailed before its vehicle was checked, whatever its reason says of the day."""
    one, two, three = on_sqlite
    with sqlite_session.transaction():
        sqlite_session.execute(
            "update piece set reason = 'open on 2013-03-01' where piece_id = :one", one=one
        )
        sqlite_session.execute(
            "update piece set checked_on = '2013-03-08' where piece_id = :two", two=two
        )
    before = accept(
        sqlite_session,
        tmp_path,
        f"{one},accepted,2013-03-05,",
        f"{two},accepted,2013-03-07,",
        f"{three},spoiled,2013-03-05,",
    )
    assert before["reasons"] == {"mailed_date lies before the release": 3}
    assert states(sqlite_session) == ["printed"] * 3
    on_the_day = accept(
        sqlite_session,
        tmp_path,
        f"{one},accepted,2013-03-06,",
        f"{two},accepted,2013-03-08,",
        f"{three},accepted,2013-03-06,",
    )
    assert (on_the_day["accepted"], on_the_day["rejected"]) == (3, 0)


def test_another_story_about_an_accepted_piece_is_refused(sqlite_session, on_sqlite, tmp_path):
    one = on_sqlite[0]
    accept(sqlite_session, tmp_path, f"{one},accepted,{MAILED},")
    done = accept(sqlite_session, tmp_path, f"{one},accepted,2013-03-09,")
    assert list(done["reasons"]) == ["accepted before as mailed on 2013-03-08"]


def test_a_spoiled_piece_whose_copy_an_earlier_file_says_is_mailed(session, released, tmp_path):
    """Without a day, or with one that is no later than the copy's: the copy was made after it."""
    one, two, _ = released
    accept(session, tmp_path, f"{one},remade,{MAILED},", f"{two},accepted,{MAILED},")
    done = accept(session, tmp_path, f"{one},spoiled,,torn", f"{two},spoiled,{MAILED},misprint")
    assert (done["remade"], done["spoiled"], done["rejected"]) == (2, 0, 0)
    assert done["notes"][0].startswith(
        "2 rows say spoiled of pieces that are mailed by earlier evidence"
    )
    assert states(session) == ["accepted", "accepted", "printed"]


def test_a_piece_accepted_by_mistake_is_taken_back_by_a_later_day(session, released, tmp_path):
    """In whatever file the mistake is told again; the copy that is mailed then has a day of its own."""
    one, two, _ = released
    first = (f"{one},accepted,{MAILED},", f"{two},accepted,{MAILED},")
    found = (f"{one},spoiled,2013-03-11,found in the waste",)
    accept(session, tmp_path, *first)
    done = accept(session, tmp_path, *found)
    assert (done["spoiled"], done["taken_back"], done["rejected"]) == (1, 1, 0)
    row = next(row for row in rows_of(session) if row["piece_id"] == one)
    assert (row["state"], row["mailed_on"]) == ("spoiled", None)
    assert row["reason"] == "accepted before as mailed on 2013-03-08; found in the waste"
    assert set(letters_mailed(session)) == {(f"mail|{two}|ALE", MAILED)}
    again = accept(session, tmp_path, *found)
    assert (again["unchanged"], again["taken_back"]) == (1, 0)
    old = accept(session, tmp_path, *first)
    assert (old["accepted"], old["unchanged"], old["rejected"]) == (0, 2, 0)
    assert old["notes"] == ["Nothing is new: 2 rows were taken before."]
    copy = date(2013, 3, 12)
    assert accept(session, tmp_path, f"{one},accepted,{copy},remade")["accepted"] == 1
    assert set(letters_mailed(session)) == {
        (f"mail|{one}|9LA", copy), (f"mail|{one}|ALE", copy), (f"mail|{two}|ALE", MAILED),
    }  # fmt: skip
    assert reconciling.reconcile(session, NAME)["closes"]


def test_a_piece_that_came_back_was_mailed(sqlite_session, on_sqlite, tmp_path):
    one = on_sqlite[0]
    accept(sqlite_session, tmp_path, f"{one},accepted,{MAILED},")
    returned(sqlite_session, tmp_path, f"{one},2013-03-12,ANK")
    done = accept(sqlite_session, tmp_path, f"{one},spoiled,2013-03-13,")
    assert done["reasons"] == {"mailed on 2013-03-08: it came back on 2013-03-12": 1}


def letters_mailed(session):
    """Return subject and day of the events of mailing that stand."""
    wanted = pa.schema([("subject", pa.string()), ("occurred_on", pa.date32())])
    sql = f"select e.subject, e.occurred_on from event e where e.kind = 'mailed' and {stands('e')}"
    return [tuple(row.values()) for row in session.read(sql, wanted).to_pylist()]


def test_a_piece_that_was_spoiled_and_remade_is_mailed_in_whatever_order_its_rows_stand(
    session, released, tmp_path
):
    one, two, three = released
    done = accept(
        session, tmp_path,
        f"{one},spoiled,,torn at insertion", f"{one},accepted,{MAILED},remade",
        f"{two},accepted,{MAILED},", f"{two},spoiled,,misprint", f"{two},spoiled,,misprint",
        f"{three},spoiled,,jam",
    )  # fmt: skip
    assert (done["accepted"], done["spoiled"], done["remade"], done["rejected"]) == (2, 1, 2, 0)
    assert states(session) == ["accepted", "accepted", "spoiled"]
    rows = {row["piece_id"]: row for row in rows_of(session)}
    assert (rows[one]["mailed_on"], rows[three]["mailed_on"]) == (MAILED, None)
    assert rows[one]["reason"] == "open on 2013-03-06; remade after: torn at insertion"


def test_a_spoiled_piece_that_is_remade_days_later_is_mailed_then(session, released, tmp_path):
    one, two, _ = released
    accept(session, tmp_path, f"{one},spoiled,,torn", f"{two},accepted,{MAILED},")
    lines = (f"{one},remade,2013-03-11,",)
    assert accept(session, tmp_path, *lines)["accepted"] == 1
    row = next(row for row in rows_of(session) if row["piece_id"] == one)
    assert (row["state"], row["mailed_on"]) == ("accepted", date(2013, 3, 11))
    assert row["reason"] == "remade after: torn"
    assert accept(session, tmp_path, *lines)["unchanged"] == 1
    events = tables.read(session, "event", where="kind = 'mailed'").num_rows
    assert events == 3  # two campaigns of the first piece, one of the second


def test_the_manifest_with_a_drop_date_is_evidence(session, released, tmp_path):
    """As a spreadsheet saves it: semicolons, UTF-16, a column behind the last; the third piece is not filled in."""
    lines = (job(session) / "manifest.csv").read_text("utf-8").splitlines()
    days = {released[0]: "3/8/2013", released[1]: "3/13/2013", released[2]: ""}
    filled = [lines[0] + ',"Drop Date"']
    filled += [f"{line},{days[line.split(',')[0].strip(chr(34))]}" for line in lines[1:]]
    path = tmp_path / "manifest filled in.csv"
    path.write_bytes("\r\n".join(filled).replace(",", ";").encode("utf-16"))
    done = evidence.accept(session, NAME, 1, path, on=TODAY, rejects_dir=tmp_path / "rejects")
    assert (done["accepted"], done["unanswered"], done["rejected"]) == (2, 1, 0)
    assert (done["awaiting"], done["complete"]) == (1, False)
    mailed = {row["piece_id"]: row["mailed_on"] for row in rows_of(session)}
    assert mailed == dict(zip(released, [MAILED, date(2013, 3, 13), None], strict=True))


def test_piece_numbers_in_groups_of_four_are_read(session, released, tmp_path):
    one, two, three = (" ".join(own[at : at + 4] for at in range(0, 16, 4)) for own in released)
    done = accept(
        session, tmp_path, f"{one},accepted,{MAILED},", f"{two.replace(' ', '-').lower()},spoiled,,torn", f"{three},,,"
    )  # fmt: skip
    assert (done["accepted"], done["spoiled"], done["rejected"]) == (1, 1, 0)
    assert returned(session, tmp_path, f"{one},2013-04-12,ANK")["returned"] == 1


def test_unanswered_are_the_pieces_of_the_file_that_wait_still(sqlite_session, on_sqlite, tmp_path):
    """A manifest that is filled in bit by bit has lines of pieces that an earlier file answered for."""
    one, two, three = on_sqlite
    accept(sqlite_session, tmp_path, f"{one},accepted,{MAILED},")
    done = accept(
        sqlite_session, tmp_path, f"{one},,,", f"{two},accepted,{MAILED},", f"{three},,,", f"{three},,,"
    )  # fmt: skip
    assert (done["unanswered"], done["awaiting"]) == (1, 1)


def test_the_manifest_as_it_was_printed_answers_for_no_piece(sqlite_session, on_sqlite, tmp_path):
    """It has neither column; with an empty one it says as little."""
    manifest = job(sqlite_session) / "manifest.csv"
    with pytest.raises(BadInput, match="neither a status nor a day of mailing"):
        evidence.accept(sqlite_session, NAME, 1, manifest, on=TODAY)
    with pytest.raises(BadInput, match="answers for none of its pieces"):
        accept(
            sqlite_session, tmp_path, *(f"{one}," for one in on_sqlite), header="piece_id,drop date"
        )
    assert states(sqlite_session) == ["printed"] * 3


def test_a_day_that_two_orders_give_is_refused_until_a_row_of_the_file_settles_it(
    sqlite_session, on_sqlite, tmp_path
):
    """3/7 is 7 March or 3 July, also while July lies ahead: nobody guesses. A row of 13 March writes the month first, so the others do."""
    one, two, three = on_sqlite
    done = accept(sqlite_session, tmp_path, f"{one},accepted,3/7/2013,", f"{two},mailed,7/3/2013,")
    assert done["accepted"] == 0
    assert done["reasons"] == {
        "mailed_date can be read as two days: write 2013-03-07 or 2013-07-03": 1,
        "mailed_date can be read as two days: write 2013-07-03 or 2013-03-07": 1,
    }
    done = accept(
        sqlite_session, tmp_path, f"{one},accepted,3/7/2013,", f"{three},mailed,3/13/2013,"
    )
    assert done["accepted"] == 2
    days = {row["piece_id"]: row["mailed_on"] for row in in_order(sqlite_session)}
    assert days == {one: date(2013, 3, 7), two: None, three: date(2013, 3, 13)}


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Piece Number,Drop Date", "{},41341"),
        ("piece_id;status;Mail Date", "{};MAILED;08-Mar-2013"),
        ("piece_id\tdate mailed\tstatus", "{}\t20130308\tInducted"),
    ],
)
def test_evidence_is_read_as_the_mail_house_writes_it(
    sqlite_session, on_sqlite, tmp_path, header, line
):
    done = accept(sqlite_session, tmp_path, line.format(on_sqlite[0]), header=header)
    assert (done["accepted"], done["rejected"]) == (1, 0)
    assert in_order(sqlite_session)[0]["mailed_on"] == MAILED


def test_the_sample_in_the_folder_is_read_as_evidence_and_speaks_of_no_real_piece(
    sqlite_session, on_sqlite, tmp_path
):
    sample = job(sqlite_session) / "evidence-sample.csv"
    assert sample.read_text("utf-8").splitlines()[:2] == [
        '"piece_id","status","mailed_date","reason"', '"SAMPLE0000000001","accepted","2013-03-06",""',
    ]  # fmt: skip
    done = evidence.accept(
        sqlite_session, NAME, 1, sample, on=TODAY, rejects_dir=tmp_path / "rejects"
    )
    assert done["reasons"] == {"no such piece": 4}
    assert states(sqlite_session) == ["printed"] * 3


def test_a_piece_that_was_withdrawn_cannot_have_been_mailed(empty, tmp_path):
    (vin,) = planned(empty, tmp_path, ["ALE"])
    repaired(empty, tmp_path, vin, "ALE")
    release(empty, tmp_path)
    (row,) = rows_of(empty)
    done = accept(empty, tmp_path, f"{row['piece_id']},accepted,{MAILED},")
    assert done["reasons"] == {"the piece was withdrawn: repaired": 1}


@pytest.mark.parametrize("header", ["piece,status,mailed_date", "piece_id,reason", "a,b,c", ""])
def test_a_file_with_another_header_is_refused_whole(sqlite_session, on_sqlite, tmp_path, header):
    with pytest.raises(BadInput, match=r"evidence\.csv"):
        accept(sqlite_session, tmp_path, f"{on_sqlite[0]},accepted,{MAILED}", header=header)
    assert states(sqlite_session) == ["printed"] * 3


def test_evidence_for_a_wave_that_is_not_there_is_refused(sqlite_session, on_sqlite, tmp_path):
    with pytest.raises(UnknownName, match="no wave 7"):
        accept(sqlite_session, tmp_path, f"{on_sqlite[0]},accepted,{MAILED},", wave=7)


def test_evidence_before_the_release_is_refused(sqlite_session, on_sqlite, tmp_path):
    row, _ = rows_of(sqlite_session, 2)
    done = accept(sqlite_session, tmp_path, f"{row['piece_id']},accepted,{MAILED},", wave=2)
    assert done["reasons"] == {"the piece was not printed yet": 1}
