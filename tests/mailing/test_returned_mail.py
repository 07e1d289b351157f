"""What becomes of letters that came back, week by week, until each is settled."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from mailing.follow_up import (
    DEALER, NAME, PERSON, STREET, WEEK, load, moved, plan, small_follow_up, vehicle,
)  # fmt: skip
from mailing.releases import manifest, release, rows_of
from renotify.campaigns import follow_up_settings
from renotify.errors import NothingToDo
from renotify.ledger import (
    artifacts,
    fold,
    follow_ups,
    intake,
    pieces,
    refused_owners,
    tables,
)
from renotify.ledger.returned_mail import came_back
from renotify.mailing import (
    evidence,
    reconciling,
    releasing,
    resending,
    return_work,
    returns,
    tracing,
    wave_tables,
)
from renotify.planner import from_ledger
from renotify.selection.freeze import freeze_follow_up
from renotify.values.address import NO_STATE
from small_world import SENDER, World, follow_up_file

WEEKS = pa.schema([("vin", pa.string()), ("family", pa.string()), ("week", pa.int64())])
MAY, JUNE, JULY = date(2013, 5, 1), date(2013, 6, 3), date(2013, 7, 1)


def sheet(folder, header, *lines):
    path = folder / f"sheet-{len(list(folder.iterdir()))}.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def mailed(session, folder, days, wave=1):
    lines = [f"{piece},accepted,{day}" for piece, day in days.items()]
    file = sheet(folder, "piece_id,status,mailed_date", *lines)
    done = evidence.accept(session, NAME, wave, file, on=JULY, rejects_dir=folder / "rejects")
    assert done["accepted"] == len(days), done


def back(session, folder, day, **codes):
    lines = [f"{piece.replace('_', '-')},{day},{code}" for piece, code in codes.items()]
    file = sheet(folder, "piece_id,returned_date,return_code", *lines)
    done = returns.returned(session, file, on=JULY, rejects_dir=folder / "rejects")
    assert done["returned"] == len(codes), done
    return done


def traced(session, folder, *lines, header="piece_id,result,result_date,addr1,city,state,zip"):
    file = sheet(folder, header, *lines)
    return tracing.traced(session, file, on=JULY, rejects_dir=folder / "rejects")


def lists(session, on=MAY):
    rows = return_work.work(session, NAME, on).to_pylist()
    return {row["piece_id"]: row["list"] for row in rows}


def status(session, vin, **limits):
    part = fold.AsOf(**limits)
    fold.prepare(session, part)
    rows = session.read(fold.folded(part), tables.schema("state"), **part.values).to_pylist()
    (found,) = {(row["status"], row["reason"]) for row in rows if row["vin"] == vin}
    return found


def kept(session, vin):
    rows = tables.read(
        session, "state", "status", "reason", where="vin = :vin", vin=vin
    ).to_pylist()
    return rows[0]["status"], rows[0]["reason"]


def refused_row(session, folder, vin, day):
    """Load an owner row that is refused: its end lies before its day."""
    world = World(folder / "unread").owner(vin, as_of=day, end_date=date(2000, 1, 1))
    loaded = intake.load(session, [world.write()], on=JULY, rejects_dir=folder / "rejects")
    assert loaded.rejected == 1


@pytest.fixture
def released(sqlite_session, tmp_path):
    return printed(sqlite_session, tmp_path)


@pytest.fixture
def released_on_both(session, tmp_path):
    return printed(session, tmp_path)


def printed(session, tmp_path):
    """An owned vehicle and a leased one with recall ALE, their letters printed: pieces by role, and the VINs."""
    world = small_follow_up(tmp_path / "input")
    owned = vehicle(world, 1, "ALE")
    leased = vehicle(world, 2, "ALE", roles=("lessor", "lessee"))
    plan(session, world)
    release(session, tmp_path)
    by_role = {row["role"]: row["piece_id"] for row in rows_of(session)}
    return by_role, owned, leased


def test_an_address_that_was_found_where_mail_came_back_from_is_asked_about(
    released, sqlite_session, tmp_path
):
    """The vendor says the same place again, however spelt: no letter goes there before somebody else says so, or for somebody else."""
    session = sqlite_session
    piece, owned, _ = released
    mailed(session, tmp_path, {piece["owner"]: "2013-03-07"})
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "ANK"})
    assert (
        traced(
            session, tmp_path, f"{piece['owner']},found,2013-04-20,{STREET.upper()},Boston,MA,02108"
        )["found"]
        == 1
    )
    assert lists(session) == {piece["owner"]: "ask"}
    with pytest.raises(NothingToDo):
        resending.resend(session, NAME, MAY)
    assert came_back(session, MAY)["as_of"].to_pylist() == [date(2012, 12, 1), date(2013, 4, 20)]
    moved(session, tmp_path, owned, date(2013, 4, 25))  # the State says it again, later
    assert lists(session) == {piece["owner"]: "re_send"}
    assert resending.resend(session, NAME, MAY)["pieces"] == 1


def test_a_search_that_names_somebody_else_at_the_same_address_has_found_an_owner(
    released, sqlite_session, tmp_path
):
    session, (piece, _, _) = sqlite_session, released
    mailed(session, tmp_path, {piece["owner"]: "2013-03-07"})
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "ANK"})
    header = "piece_id,result,result_date,name1,addr1,city,state,zip"
    row = f"{piece['owner']},found,2013-04-20,Made-up Sister,{STREET},Boston,MA,02108"
    assert traced(session, tmp_path, row, header=header)["found"] == 1
    assert lists(session) == {piece["owner"]: "re_send"}
    assert came_back(session, MAY)["as_of"].to_pylist() == [date(2012, 12, 1)]
    assert resending.resend(session, NAME, MAY)["pieces"] == 1


def test_an_address_in_another_spelling_does_not_reopen_a_search_that_ended(
    released, sqlite_session, tmp_path
):
    """A registration of a day before the search ended says the same street in capitals, and then another street."""
    session, (piece, owned, _) = sqlite_session, released
    mailed(session, tmp_path, {piece["owner"]: "2013-03-07"})
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "ANK"})
    traced(session, tmp_path, f"{piece['owner']},exhausted,2013-04-28,,,,")
    assert kept(session, owned) == ("unreachable", "failure_to_receive")
    respelt = {"addr1": STREET.upper().replace(" ST", " STREET,"), "city": "BOSTON."}
    moved(session, tmp_path, owned, date(2013, 4, 20), **respelt)
    assert (kept(session, owned), lists(session)) == (("unreachable", "failure_to_receive"), {})
    moved(session, tmp_path, owned, date(2013, 4, 21), addr1="9 Oak Ave")
    assert kept(session, owned) == ("open", "")
    assert lists(session) == {piece["owner"]: "re_send"}


def test_a_search_that_ends_settles_the_address_that_it_found_again(
    released, sqlite_session, tmp_path
):
    piece, _, _ = released
    mailed(sqlite_session, tmp_path, {piece["owner"]: "2013-03-07"})
    back(sqlite_session, tmp_path, "2013-04-12", **{piece["owner"]: "ANK"})
    traced(sqlite_session, tmp_path, f"{piece['owner']},found,2013-04-20,{STREET},Boston,MA,02108")
    traced(sqlite_session, tmp_path, f"{piece['owner']},exhausted,2013-04-28,,,,")
    assert lists(sqlite_session) == {}


def test_letters_are_searched_given_up_found_and_sent_again(session, released_on_both, tmp_path):
    piece, owned, leased = released_on_both
    days = {piece["owner"]: "2013-03-07", piece["lessor"]: "2013-03-07", piece["lessee"]: "2013-03-08"}  # fmt: skip
    mailed(session, tmp_path, days)
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "Attempted—Not Known", piece["lessee"]: "vac*"})  # fmt: skip
    assert lists(session) == {piece["owner"]: "skip_trace", piece["lessee"]: "skip_trace"}
    assert {status(session, vin) for vin in (owned, leased)} == {("open", "")}

    out = tracing.write(session, NAME, "Tracers Inc.", MAY, tmp_path / "out")
    file = Path(out["file"])
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert {(row["piece_id"], row["name1"], row["addr1"], row["return_code"]) for row in rows} == {
        (piece["owner"], PERSON, STREET, "Attempted—Not Known"), (piece["lessee"], PERSON, STREET, "vac*"),
    }  # fmt: skip
    told = artifacts.disclosures(session).to_pylist()[-1]
    assert (told["recipient"], told["purpose"], told["vehicles"]) == ("Tracers Inc.", "recall", 2)

    given_up = [f"{piece['owner']},exhausted,2013-05-20,,,,", f"{piece['lessee']},exhausted,2013-05-21,,,,"]  # fmt: skip
    assert traced(session, tmp_path, *given_up)["exhausted"] == 2
    assert traced(session, tmp_path, *given_up)["exhausted"] == 0
    assert status(session, owned) == ("unreachable", "failure_to_receive")
    assert status(session, owned, as_of=date(2013, 5, 19)) == ("open", "")
    refused_row(session, tmp_path, owned, date(2013, 5, 1))
    assert status(session, owned) == kept(session, owned) == ("open", "")
    assert status(session, owned, as_of=date(2013, 4, 30)) == ("open", "")
    assert lists(session, JUNE) == {
        piece["owner"]: "ask"
    }  # somebody newer may be named in the row that nobody could read
    with session.transaction():
        refused_owners.settle(session, owned)
    assert status(session, owned) == kept(session, owned) == ("unreachable", "failure_to_receive")
    assert status(session, leased) == ("open", "")  # the lessor's letter did not come back
    assert lists(session, JUNE) == {}

    found = f"{piece['owner']},found,2013-06-10,7 New Home Rd,Salem,MA,01970"
    assert traced(session, tmp_path, found)["found"] == 1
    assert (traced(session, tmp_path, found)["found"], traced(session, tmp_path, found)["unchanged"]) == (0, 1)  # fmt: skip
    assert status(session, owned) == ("open", "")
    assert lists(session, JULY) == {piece["owner"]: "re_send"}
    assert lists(session, date(2013, 6, 9)) == {}  # the address is not known before its day


def test_a_letter_sent_again_keeps_its_number_and_is_counted_as_a_piece_of_its_own(
    sqlite_session, released, tmp_path
):
    session, (piece, owned, _) = sqlite_session, released
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "K"})
    moved(session, tmp_path, owned, date(2013, 6, 10), zip="01970")
    done = resending.resend(session, NAME, JULY)
    assert (done["wave"], done["pieces"]) == (2, 1)
    with pytest.raises(NothingToDo, match="can be sent again"):
        resending.resend(session, NAME, JULY)
    assert lists(session, JULY) == {}
    done = release(session, tmp_path, wave=2, on=JULY)
    said = "Wave 2, of the week of 2013-07-01, is of letters sent again: 1 piece."
    assert said in done["warnings"]
    (row,) = manifest(done)
    again = f"{piece['owner']}-2"
    assert (row["piece_id"], row["imb"][20:]) == (again, "01970")
    assert wave_tables.letter(session, again)["reference"].to_pylist() == [piece["owner"]]
    mailed(session, tmp_path, {again: "2013-07-01"}, wave=2)
    total = reconciling.reconcile(session, NAME)
    assert total["closes"]
    assert total["total"]["printed"] == total["total"]["accepted"] == 4


def test_evidence_returns_and_searches_under_the_notices_number_are_of_the_newest_attempt(
    sqlite_session, released, tmp_path
):
    session, (piece, owned, _) = sqlite_session, released
    mailed(session, tmp_path, {piece["owner"]: "2013-03-07"})
    back(session, tmp_path, "2013-04-02", **{piece["owner"]: "ILL"})
    assert lists(session) == {piece["owner"]: "re_send"}
    resending.resend(session, NAME, MAY)
    nothing_moves = WEEKS.empty_table()
    with session.transaction():  # a wave of letters sent again is no plan's
        again = follow_ups.NewPlan("uniform:1", WEEK, "{}", "[]", nothing_moves)
        follow_ups.save_plan(session, NAME, again, keep_released=True)
    assert [wave.number for wave in pieces.waves(session, NAME)] == [1, 2]
    release(session, tmp_path, wave=2, on=MAY)
    mailed(session, tmp_path, {piece["owner"]: "2013-05-02"}, wave=2)
    back(session, tmp_path, "2013-05-20", **{piece["owner"]: "Box Closed—No Order*"})
    rows = {row["piece_id"]: row["returned_on"] for row in pieces.of_follow_up(session, NAME).to_pylist()}  # fmt: skip
    assert rows[piece["owner"]] == date(2013, 4, 2)
    assert rows[f"{piece['owner']}-2"] == date(2013, 5, 20)
    assert lists(session, JUNE) == {f"{piece['owner']}-2": "skip_trace"}
    assert traced(session, tmp_path, f"{piece['owner']},exhausted,2013-05-30,,,,")["exhausted"] == 1
    assert status(session, owned) == ("unreachable", "failure_to_receive")
    assert lists(session, JUNE) == {}


def test_a_wave_of_letters_sent_again_stands_right_behind_the_released_ones_after_the_next_plan(
    sqlite_session, released, tmp_path
):
    """It was made while fifteen waves were planned; of these the new plan needs none."""
    session, (piece, _, _) = sqlite_session, released
    mailed(session, tmp_path, {piece["owner"]: "2013-03-07"})
    back(session, tmp_path, "2013-04-02", **{piece["owner"]: "ILL"})
    far = "insert into wave (follow_up, number, week, planned) values (:name, 16, :week, 0)"
    with session.transaction():
        session.execute(far, name=NAME, week=date(2013, 6, 3))
    assert resending.resend(session, NAME, MAY)["wave"] == 17
    with session.transaction():
        again = follow_ups.NewPlan("uniform:1", WEEK, "{}", "[]", WEEKS.empty_table())
        follow_ups.save_plan(session, NAME, again, keep_released=True)
    assert [wave.number for wave in pieces.waves(session, NAME)] == [1, 2]
    (row,) = manifest(release(session, tmp_path, wave=2, on=MAY))
    assert row["piece_id"] == f"{piece['owner']}-2"


def test_each_code_leads_to_its_list_and_an_unknown_one_is_settled_once(
    sqlite_session, released, tmp_path
):
    session, (piece, _, _) = sqlite_session, released
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    codes = {piece["owner"]: "REF", piece["lessor"]: "COA", piece["lessee"]: "Left the moon"}
    assert back(session, tmp_path, "2013-04-12", **codes)["queue"] == [piece["lessee"]]
    wanted = {
        piece["owner"]: "change_channel",
        piece["lessor"]: "new_address",
        piece["lessee"]: "ask",
    }
    assert lists(session) == wanted
    settled = World(tmp_path / "codes").add(
        "return_codes", code="LEFT, THE MOON", action="skip_trace"
    )
    load(session, settled, MAY)
    assert lists(session) == {**wanted, piece["lessee"]: "skip_trace"}
    assert traced(session, tmp_path, f"{piece['owner']},reached,2013-04-20,,,,")["reached"] == 1
    del wanted[piece["owner"]]
    assert lists(session) == {**wanted, piece["lessee"]: "skip_trace"}
    written = return_work.write(session, NAME, return_work.work(session, NAME, MAY), tmp_path / "o")
    assert [path.name for path in written] == ["new_address.csv", "skip_trace.csv"]
    text = "".join(path.read_text("utf-8") for path in written)
    assert piece["lessee"] in text
    assert PERSON not in text
    assert STREET not in text


def test_a_return_is_read_as_people_write_it_and_never_lost_for_its_code(
    sqlite_session, released, tmp_path
):
    session, (piece, _, _) = sqlite_session, released
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    long = "Vom Umzugswagen gefallen und am Strassenrand gefunden"
    file = sheet(
        tmp_path, "Piece Number,Date Returned,Reason",
        f"{piece['owner'].lower()},04/12/2013,",
        f"{piece['lessor'].lower()},04/30/2013,{long}",
        f"{piece['lessee']},4/13/2013,NIXIE 606 DE 1 00 04/11/13 RETURN TO SENDER REFUSED UNABLE TO FORWARD",
    )  # fmt: skip
    done = returns.returned(session, file, on=JULY, rejects_dir=tmp_path / "rejects")
    assert (done["returned"], done["rejected"]) == (3, 0), done
    assert set(done["queue"]) == {piece["owner"], piece["lessor"]}
    kept = {row["piece_id"]: (row["returned_on"], row["return_code"]) for row in rows_of(session)}
    assert kept == {
        piece["owner"]: (date(2013, 4, 12), ""), piece["lessor"]: (date(2013, 4, 30), long[:31]),
        piece["lessee"]: (date(2013, 4, 13), "REFUSED"),
    }  # fmt: skip
    assert lists(session) == {
        piece["owner"]: "ask", piece["lessor"]: "ask", piece["lessee"]: "change_channel"
    }  # fmt: skip
    settled = World(tmp_path / "codes").add("return_codes", code=long[:31], action="skip_trace")
    load(session, settled, MAY)
    assert lists(session)[piece["lessor"]] == "skip_trace"
    assert back(session, tmp_path, "2013-04-12", **{piece["owner"]: "RTS UTF"})["queue"] == []
    assert lists(session)[piece["owner"]] == "skip_trace"
    line = f"{piece['owner'].lower()},Exhausted,05/20/2013"
    ended = sheet(tmp_path, "Piece No,Outcome,Trace Date", line)
    done = tracing.traced(session, ended, on=JULY, rejects_dir=tmp_path)
    assert done["exhausted"] == 1, done["reasons"]


def test_rows_of_an_exchange_that_make_no_sense_are_refused_with_reasons(
    sqlite_session, released, tmp_path
):
    session, (piece, _, _) = sqlite_session, released
    mailed(session, tmp_path, {piece["owner"]: "2013-03-07", piece["lessee"]: "2013-03-08"})
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "K"})
    done = traced(
        session, tmp_path,
        "NOBODY,found,2013-05-01,1 A St,Salem,MA,01970",
        f"{piece['lessee']},exhausted,2013-05-01,,,,",
        f"{piece['owner']},perhaps,2013-05-01,,,,",
        f"{piece['owner']},exhausted,2013-04-11,,,,",
        f"{piece['owner']},found,2013-05-01,,,,",
        f"{piece['owner']},exhausted,2013-07-02,,,,",
        f"{piece['owner']},found,2013-05-01,No new address,Salem,MA,01970",
        f"{piece['owner']},found,2013-05-01,9 Oak Ave,Salem,,",
        f"{piece['owner']},,2013-05-01,,,,",
    )  # fmt: skip
    assert done["rejected"] == 9
    assert set(done["reasons"]) == {
        "no such piece", "the piece did not come back", "result is neither found, reached nor exhausted",
        "result_date lies before the day on which the piece came back", "result_date lies in the future",
        "found, and no address: addr1 and city are needed", "no result: write found, reached or exhausted",
        f"found, and no address that a letter can reach: A word in addr1, addr2 or city stands for nothing.{tracing.TO_DO}",
        f"found, and no address that a letter can reach: {NO_STATE}{tracing.TO_DO}",
    }  # fmt: skip
    assert lists(session) == {piece["owner"]: "skip_trace"}
    done = traced(session, tmp_path, f"{piece['owner']},,2013-05-01,NO NEW ADDRESS,,,")
    assert (done["exhausted"], lists(session)) == (1, {})


def test_an_attempt_that_did_not_go_leaves_the_letter_that_came_back_on_its_list(
    sqlite_session, released, tmp_path
):
    session, (piece, owned, _) = sqlite_session, released
    first = piece["owner"]
    mailed(session, tmp_path, {first: "2013-03-07"})
    back(session, tmp_path, "2013-04-12", **{first: "ANK"})
    moved(session, tmp_path, owned, date(2013, 4, 20), addr1="9 Oak Ave")
    assert resending.resend(session, NAME, MAY)["wave"] == 2
    assert lists(session) == {}
    moved(session, tmp_path, owned, date(2013, 4, 25), addr1="NO ADDRESS ON FILE")
    done = release(session, tmp_path, wave=2, on=MAY)
    assert done["withdrawn_reasons"] == {"owner_to_confirm": 1}
    assert lists(session) == {
        first: "ask"
    }  # not re_send: no letter gets to a newer address like this
    found = f"{first},found,2013-05-10,7 New Home Rd,Salem,MA,01970"
    assert traced(session, tmp_path, found)["found"] == 1
    assert lists(session, JUNE) == {first: "re_send"}
    assert resending.resend(session, NAME, JUNE)["wave"] == 3
    (row,) = manifest(release(session, tmp_path, wave=3, on=JUNE))
    assert row["piece_id"] == f"{first}-3"
    assert lists(session, JUNE) == {}


def next_list(session, folder, name, on):
    file = follow_up_file(
        folder / f"{name}.toml", {}, SENDER, name=name, kind="follow_up_voluntary", campaigns=["ALE"],
        notice_date=on, days_after_notice=7, horizon_weeks=26, rest_weeks=0,  # addresses alone decide
    )  # fmt: skip
    searched = freeze_follow_up(session, follow_up_settings.read(file), on)["searched_in"]
    rows = follow_ups.listed(session, name)
    left_out = dict(zip(rows["vin"].to_pylist(), rows["left_out"].to_pylist(), strict=True))
    assert searched == ([NAME] if "mail_returned" in left_out.values() else [])  # whose work it is
    return left_out


def test_nobody_writes_again_to_an_address_from_which_mail_came_back_before_it_is_newer(
    sqlite_session, released, tmp_path
):
    session, (piece, owned, leased) = sqlite_session, released
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "NSN", piece["lessee"]: "UTF"})
    assert next_list(session, tmp_path, "second", MAY) == {owned: "mail_returned", leased: ""}
    written = pieces.of_follow_up(session, "second")
    assert written["role"].to_pylist() == ["lessor"]
    # the State says the same address again on a day before the return: it is the address from which the letter came
    moved(session, tmp_path, owned, date(2013, 4, 1))
    assert next_list(session, tmp_path, "third", JUNE)[owned] == "mail_returned"
    # and so it is in another spelling
    again = {
        "name1": f"{' '.join(reversed(PERSON.split())).upper()},",
        "addr1": f"{STREET.upper()}.",
    }
    moved(session, tmp_path, owned, date(2013, 4, 2), **again)
    assert lists(session, JULY)[piece["owner"]] == "skip_trace"
    moved(session, tmp_path, owned, date(2013, 4, 3), addr1="9 Oak Ave")
    assert next_list(session, tmp_path, "fourth", JULY)[owned] == ""
    assert lists(session, JULY)[piece["owner"]] == "re_send"


def test_a_letter_is_not_sent_again_to_whom_another_follow_up_wrote_meanwhile(
    sqlite_session, released, tmp_path
):
    session, (piece, owned, _) = sqlite_session, released
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "ANK", piece["lessee"]: "ILL"})
    moved(session, tmp_path, owned, date(2013, 4, 20), addr1="9 Oak Ave")
    assert resending.resend(session, NAME, MAY)["pieces"] == 2
    next_list(session, tmp_path, "second", MAY)
    from_ledger.plan_follow_up(session, "second", "uniform:1")
    done = releasing.release(session, "second", 1, on=date(2013, 6, 10), out=tmp_path)
    assert done["released"] == 3
    done = release(session, tmp_path, wave=2, on=date(2013, 6, 11))
    assert (done["released"], done["withdrawn_reasons"]) == (0, {"written_anew": 2})
    assert lists(session, JULY) == {}
    with pytest.raises(NothingToDo):
        resending.resend(session, NAME, JULY)


def test_an_address_corrected_in_its_place_is_written_to(sqlite_session, released, tmp_path):
    session, (piece, owned, _) = sqlite_session, released
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "IA"})
    as_of = pc.max(tables.read(session, "owner", "as_of")["as_of"]).as_py()
    moved(session, tmp_path, owned, as_of, addr1="12 Fictitious St Apt 4")
    assert lists(session) == {piece["owner"]: "re_send"}
    assert next_list(session, tmp_path, "second", MAY)[owned] == ""


def test_a_vehicle_traded_in_or_repaired_leaves_the_lists(sqlite_session, released, tmp_path):
    session, (piece, owned, leased) = sqlite_session, released
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    back(session, tmp_path, "2013-04-12", **{piece["owner"]: "A", piece["lessee"]: "A"})
    news = World(tmp_path / "news").repair(leased, "ALE", date(2013, 4, 15), dealer=DEALER)
    news.add("dealer_stock", vin=owned, dealer_code=DEALER, stock_type="used", in_date="2013-04-20")
    load(session, news, MAY)
    assert lists(session, date(2013, 4, 19)) == {piece["owner"]: "skip_trace"}
    assert lists(session) == {}
