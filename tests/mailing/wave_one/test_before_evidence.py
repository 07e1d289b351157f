"""A letter that came back was in the mail: its return is kept before the evidence comes, and settles with it (decision 0121)."""

from __future__ import annotations

from datetime import date

import pytest

from mailing.follow_up import NAME
from mailing.releases import release, rows_of
from mailing.wave_files import (
    LATER,
    MAILED,
    accept,
    in_order,
    returned,
    sheet,
    status,
    three_released,
)
from renotify.errors import NothingToDo
from renotify.ledger import pieces, tables, verify
from renotify.mailing import pulling, reconciling, resending, return_work, returns

BACK = date(2013, 3, 15)
EVENT = ("vin", "subject", "content", "kind", "occurred_on", "return_code")
PIECE = ("piece_id", "state", "mailed_on", "returned_on", "return_code")


def known(session):
    """What the ledger has of the pieces and of their mail, whichever file said it first."""
    mail = tables.read(session, "event", *EVENT, where="kind in ('mailed', 'returned')")
    return (
        sorted(mail.to_pylist(), key=str),
        [{name: row[name] for name in PIECE} for row in in_order(session)],
    )


def lists(session):
    return {
        row["piece_id"]: row["list"] for row in return_work.work(session, NAME, LATER).to_pylist()
    }


def test_what_came_back_is_worked_at_once_and_awaits_its_evidence(session, released, tmp_path):
    one, two, _ = released
    done = returned(session, tmp_path, f"{one},{BACK},ANK", f"{two},{BACK},REFUSED")
    assert (done["returned"], done["before_evidence"], done["rejected"]) == (2, 2, 0)
    (note,) = done["notes"]
    assert note.startswith("2 letters came back that the mail house has not answered for: each is")
    assert note.endswith(
        f"until the evidence of its mailing is loaded, renotify mail accept {NAME} 1."
    )
    assert [row["state"] for row in in_order(session)] == ["printed"] * 3
    assert lists(session) == {one: "skip_trace", two: "change_channel"}
    assert status(session, one) == {"9LA": ("open", ""), "ALE": ("open", "")}
    told = reconciling.reconcile(session, NAME)
    assert told["closes"]
    assert (told["waves"][0]["awaiting"], told["waves"][0]["accepted"]) == (3, 0)
    assert told["sentences"][0] == (
        "Wave 1: the mail house has not answered for 3 of 3 printed pieces, 2 of which came back."
    )
    assert returned(session, tmp_path, f"{one},{BACK},ANK")["unchanged"] == 1
    accepted = accept(session, tmp_path, *(f"{piece},accepted,{MAILED}," for piece in released))
    assert (accepted["accepted"], accepted["awaiting"]) == (3, 0)
    assert lists(session) == {one: "skip_trace", two: "change_channel"}
    assert verify.verify(session)["ok"]


def test_either_order_of_the_files_gives_the_same_ledger(session_on, tmp_path):
    found = []
    for place, early in enumerate((True, False)):
        session = session_on("sqlite", three_released)
        one, two, three = [row["piece_id"] for row in in_order(session)]
        folder = tmp_path / str(place)
        folder.mkdir()
        steps = [
            lambda s=session, f=folder, p=(one, two): returned(s, f, f"{p[0]},{BACK},ANK", f"{p[1]},{BACK},EXHAUSTED"),
            lambda s=session, f=folder, p=(one, two, three): accept(s, f, *(f"{x},accepted,{MAILED}," for x in p)),
        ]  # fmt: skip
        for step in steps if early else steps[::-1]:
            step()
        found.append((known(session), [status(session, piece) for piece in (one, two, three)]))
    assert found[0] == found[1]
    assert found[0][1][1] == {"ALE": ("unreachable", "failure_to_receive")}


def test_evidence_that_contradicts_what_came_back_is_refused(sqlite_session, on_sqlite, tmp_path):
    one, two, three = on_sqlite
    returned(sqlite_session, tmp_path, *(f"{piece},{BACK},ANK" for piece in on_sqlite))
    done = accept(
        sqlite_session, tmp_path, f"{one},spoiled,,jam", f"{two},accepted,2013-03-16,", f"{three},accepted,{BACK},",
    )  # fmt: skip
    assert (done["accepted"], done["awaiting"]) == (1, 2)
    assert done["reasons"] == {
        f"it came back on {BACK}": 1,
        f"mailed_date lies after the day on which it came back, {BACK}": 1,
    }


def test_what_cannot_have_come_back_is_refused_and_says_why(sqlite_session, on_sqlite, tmp_path):
    one, two, _ = on_sqlite
    waiting, _ = [row["piece_id"] for row in rows_of(sqlite_session, wave=2)]
    accept(sqlite_session, tmp_path, f"{two},spoiled,,jam")
    done = returned(
        sqlite_session,
        tmp_path,
        f"{one},2013-03-03,ANK",  # released on the 4th
        f"{two},{BACK},ANK",
        f"{waiting},{BACK},ANK",
    )
    assert (done["returned"], done["before_evidence"]) == (0, 0)
    assert done["reasons"] == {
        "returned_date lies before the release": 1,
        "it was spoiled, the mail house says: load the evidence that it was mailed (mail accept), then this row again": 1,
        "the piece was not printed yet": 1,
    }


def test_a_run_that_ends_in_between_keeps_nothing_and_the_next_takes_all(
    session, released, tmp_path, monkeypatch
):
    with monkeypatch.context() as broken:
        broken.setattr(pieces, "record_returned", lambda *_: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):
            returned(session, tmp_path, f"{released[0]},{BACK},ANK")
    assert not tables.read(session, "event", "vin", where="kind = 'returned'").num_rows
    assert returned(session, tmp_path, f"{released[0]},{BACK},ANK")["returned"] == 1
    assert in_order(session)[0]["returned_on"] == BACK


def test_an_attempt_without_evidence_is_what_comes_back_after_its_release(
    session, released, tmp_path
):
    """The letter bears the number of its notice: after the second attempt went, that is the one."""
    one = released[2]
    returned(session, tmp_path, f"{one},{BACK},Temporarily Away")
    again = resending.resend(session, NAME, on=date(2013, 3, 18))["wave"]
    release(session, tmp_path, wave=again, on=date(2013, 3, 18))
    assert returned(session, tmp_path, f"{one},2013-03-27,ANK")["before_evidence"] == 1
    rows = {row["piece_id"]: row for row in rows_of(session, wave=again)}
    assert rows[f"{one}-2"]["return_code"] == "ANK"
    assert in_order(session)[2]["return_code"] == "Temporarily Away"


def test_a_vehicle_stands_for_its_letter_before_the_evidence_too(session, released, tmp_path):
    vin = in_order(session)[1]["vin"]
    file = sheet(tmp_path, f"{vin},{BACK},NSN", header="vin,returned_date,return_code", name="vins.csv")  # fmt: skip
    done = returns.returned(session, file, on=LATER, rejects_dir=tmp_path / "rejects")
    assert (done["returned"], done["before_evidence"]) == (1, 1)
    assert in_order(session)[1]["returned_on"] == BACK


def test_what_came_back_is_not_pulled_from_the_mail_house(sqlite_session, on_sqlite, tmp_path):
    returned(sqlite_session, tmp_path, *(f"{piece},{BACK},ANK" for piece in on_sqlite[:2]))
    assert pulling.pull(sqlite_session, NAME, 1, on=date(2013, 3, 18))["waiting"] == 1
    returned(sqlite_session, tmp_path, f"{on_sqlite[2]},{BACK},ANK")
    with pytest.raises(NothingToDo):
        pulling.pull(sqlite_session, NAME, 1, on=date(2013, 3, 18))
