"""A wave released: who gets a letter, what is written, and how a killed release goes on."""

from __future__ import annotations

import csv
import hashlib
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest

from mailing.follow_up import (
    AS_OF,
    DEALER,
    NAME,
    NOTICE,
    ON,
    WEEK,
    load,
    moved,
    plan,
    planned,
    repaired,
    small_follow_up,
    vehicle,
)
from mailing.releases import (
    contents,
    interrupted,
    manifest,
    nothing_written,
    release,
    rows_of,
    states,
)
from renotify.errors import AlreadyDone, NothingToDo, Refused
from renotify.ledger import artifacts, pieces
from renotify.ledger.bulk_session import PostgresqlSession, SqliteBulkSession
from renotify.ledger.desk_session import SqliteDeskSession
from renotify.ledger.session import open_session
from renotify.letters.version import LetterVersion
from renotify.mailing import approving, evidence, proving, pulling, reconciling, wave_tables
from renotify.reports import ledger_clocks
from small_world import Desk, World, write_csv

NEW_AND_LATER = {
    "first_notice_date": None,
    "remedy_available_date": date(2013, 9, 1),
}  # of a recall of which nobody was told


def test_a_wave_is_printed_with_manifest_ticket_and_digests(session, tmp_path):
    planned(session, tmp_path, ["9LA", "ALE"], ["ALE"], ["ALE", "CLB"])
    done = release(session, tmp_path)
    assert (done["planned"], done["released"], done["printed"]) == (4, 4, 4)
    assert (done["withdrawn"], done["exceptions"], done["versions"]) == (0, 0, 3)
    rows = manifest(done)
    assert {row["family"] for row in rows} == {"safety", "service"}
    assert all(row["file"].startswith(f"{row['family']}/") for row in rows)
    files = artifacts.of_follow_up(session, NAME).to_pylist()
    kinds = {row["kind"] for row in files}
    assert kinds >= {"letters", "letter_version", "manifest", "exceptions", "job_ticket"}


def test_a_release_opens_one_connection(ledger, tmp_path, monkeypatch):
    """Guards: no part of a release reads or records by a connection of its own."""
    with open_session(ledger) as session:
        planned(session, tmp_path, ["ALE"], ["CLB"])
    opened = []

    def counted(kind, start):
        def begin(self, store):
            opened.append(kind.__name__)
            start(self, store)

        return begin

    for kind in (SqliteBulkSession, SqliteDeskSession, PostgresqlSession):
        monkeypatch.setattr(kind, "__init__", counted(kind, kind.__init__))
    done = Desk(ledger, tmp_path / "desk").do("mail", "release", NAME, 1, on=ON)
    assert done["printed"] == 2
    expected = SqliteBulkSession if ledger.startswith("sqlite") else PostgresqlSession
    assert opened == [expected.__name__]


def test_every_artifact_has_the_digest_of_its_file(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    release(sqlite_session, tmp_path)
    files = artifacts.of_follow_up(sqlite_session, NAME).to_pylist()
    assert files
    for row in files:
        assert artifacts.digest(Path(row["path"])) == row["sha256"]


def test_the_letter_stands_on_the_page_that_the_manifest_says(sqlite_session, tmp_path):
    vins = planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], ["ALE"])
    done = release(sqlite_session, tmp_path)
    rows = manifest(done)
    assert sorted(row["vin"] for row in rows) == sorted(vins)
    for row in rows:
        told = proving.proof(sqlite_session, row["piece_id"], tmp_path)
        with pikepdf.open(told["pages"]) as pdf:
            body = b"".join(page.Contents.read_bytes() for page in pdf.pages)
        assert row["vin"].encode("utf-16-be").hex().encode() in body.lower()


def test_a_repaired_vehicle_gets_no_letter(sqlite_session, tmp_path):
    vins = planned(sqlite_session, tmp_path, ["9LA", "ALE"], ["ALE"], ["ALE"])
    repaired(sqlite_session, tmp_path, vins[1], "ALE")
    repaired(sqlite_session, tmp_path, vins[0], "9LA")
    done = release(sqlite_session, tmp_path)
    rows = manifest(done)
    assert vins[1] not in {row["vin"] for row in rows}
    assert done["withdrawn_reasons"] == {"repaired": 1}
    assert next(row["bundle"] for row in rows if row["vin"] == vins[0]) == "ALE"
    assert done["rebundled"] == 1


def test_a_scrapped_vehicle_gets_no_letter(sqlite_session, tmp_path):
    vins = planned(sqlite_session, tmp_path, ["ALE"], ["ALE"])
    load(sqlite_session, World(tmp_path / "news").status(vins[0], "scrapped", date(2013, 3, 1)))
    assert release(sqlite_session, tmp_path)["withdrawn_reasons"] == {"unreachable_scrapping": 1}


def test_the_newest_owner_gets_the_letter(sqlite_session, tmp_path):
    (vin,) = planned(sqlite_session, tmp_path, ["ALE"])
    moved(sqlite_session, tmp_path, vin, date(2013, 3, 1), name1="BEN MADEUP", zip="02109")
    done = release(sqlite_session, tmp_path)
    assert done["readdressed"] == 1
    (row,) = rows_of(sqlite_session)
    assert row["owner_as_of"] == date(2013, 3, 1)
    assert row["imb"].endswith("02109")
    told = proving.proof(sqlite_session, row["piece_id"], with_address=True)
    assert told["address"]["name1"] == "BEN MADEUP"


def test_a_wave_of_repaired_vehicles_is_released_without_a_letter(sqlite_session, tmp_path):
    (vin,) = planned(sqlite_session, tmp_path, ["ALE"])
    repaired(sqlite_session, tmp_path, vin, "ALE")
    done = release(sqlite_session, tmp_path)
    assert (done["printed"], done["withdrawn"]) == (0, 1)
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]


def test_each_wave_has_serials_of_its_own(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], ["ALE"], ["ALE"], weeks=2)
    release(sqlite_session, tmp_path)
    release(sqlite_session, tmp_path, wave=2, on=WEEK + timedelta(days=7))
    imbs = [row["imb"] for wave in (1, 2) for row in rows_of(sqlite_session, wave)]
    assert [len(rows_of(sqlite_session, wave)) for wave in (1, 2)] == [2, 2]
    assert sorted(imb[11:20] for imb in imbs) == [f"{n:09}" for n in range(4)]
    assert all(imb.startswith("00270000000") for imb in imbs)


def test_a_letter_to_puerto_rico_is_in_both_languages(sqlite_session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE", state="PR", zip="00901", city="San Juan")
    vehicle(world, 2, "ALE")
    plan(sqlite_session, world)
    done = release(sqlite_session, tmp_path)
    assert {row["language"] for row in rows_of(sqlite_session)} == {"en", "en+es"}
    assert done["languages"] == {"en": 1, "en+es": 1}
    assert done["envelopes"] == {"safety": 2}  # of 2013: no label, and so no Spanish one


def test_a_remedy_that_is_not_there_yet_makes_an_interim_letter(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], kind="initial", ALE=NEW_AND_LATER)
    done = release(sqlite_session, tmp_path, cleared=NOTICE)
    (version,) = (tmp_path / NAME / "wave-01" / "safety").glob("*.form")
    assert done["printed"] == 1
    assert LetterVersion.load(version).summary["kind"] == "interim"


def test_a_letter_about_a_remedy_that_is_there_and_one_that_is_not_is_no_interim_one(
    sqlite_session, tmp_path
):
    new = {"first_notice_date": None}
    recalls = {"9LA": new, "ALE": NEW_AND_LATER}
    planned(sqlite_session, tmp_path, ["9LA", "ALE"], ["9LA"], kind="initial", **recalls)
    release(sqlite_session, tmp_path, cleared=NOTICE)
    kept = [LetterVersion.load(path).summary for path in (tmp_path / NAME).rglob("*.form")]
    kinds = {
        "+".join(c["code"] for c in one["campaigns"]): (
            one["kind"], [c["kind"] for c in one["campaigns"]]
        )
        for one in kept
    }  # fmt: skip
    assert kinds == {
        "9LA+ALE": ("initial", ["initial", "interim"]),
        "9LA": ("initial", ["initial"]),
    }


def test_a_street_outside_the_font_goes_to_the_exceptions(sqlite_session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE")
    vin = vehicle(world, 2, "ALE", addr1="鈴木 一郎")
    plan(sqlite_session, world)
    done = release(sqlite_session, tmp_path)
    assert (done["released"], done["printed"], done["exceptions"]) == (2, 1, 1)
    assert states(sqlite_session)[vin] == "exception"
    reasons = reconciling.reconcile(sqlite_session, NAME)["reasons"]["exceptions"]
    (reason,) = reasons
    assert reason.startswith("addr1: the letter")
    assert "鈴木" not in reason


def test_a_letter_withdrawn_while_it_was_held_is_in_the_total_as_in_the_reasons(
    sqlite_session, tmp_path
):
    """Three letters: one stands in a wave, one waits for a wave, and one was withdrawn while it waited."""
    withdrawn, waits, _ = planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], ["ALE"])
    with sqlite_session.transaction():
        held = "update piece set wave = null, state = 'listed' where vin in (:one, :other)"
        sqlite_session.execute(held, one=withdrawn, other=waits)
        ended = "update piece set state = 'withdrawn', reason = 'follow_up_ended' where vin = :vin"
        sqlite_session.execute(ended, vin=withdrawn)
    told = reconciling.reconcile(sqlite_session, NAME)
    total = told["total"]
    assert told["reasons"]["withdrawn"] == {"follow_up_ended": 1}
    assert (total["planned"], total["withdrawn"], total["undecided"], total["held"]) == (2, 1, 1, 1)
    assert "1 held letter was withdrawn: in the total, in no wave." in told["sentences"]


def test_the_mail_house_is_disclosed(sqlite_session, tmp_path):
    vins = planned(sqlite_session, tmp_path, ["ALE"], ["ALE"])
    release(sqlite_session, tmp_path)
    (row,) = artifacts.disclosures(sqlite_session).to_pylist()
    assert (row["recipient"], row["purpose"], row["vehicles"]) == ("mail house", "recall", 2)
    assert row["vin_digest"] == hashlib.sha256("\n".join(sorted(vins)).encode()).hexdigest()


def test_a_disclosure_is_of_the_day_of_its_release(own_session, tmp_path):
    """Released as of 6 March 2013: its record is kept until 6 March 2018, whatever day the machine has."""
    planned(own_session, tmp_path, ["ALE"], ["ALE"])
    release(own_session, tmp_path)
    (row,) = artifacts.disclosures(own_session).to_pylist()
    assert row["at"] == f"{ON} 00:00:00"
    assert ledger_clocks.disclosed(own_session, ON) == {ON: 2}
    assert ledger_clocks.disclosed(own_session, ON - timedelta(days=1)) == {}


def test_a_wave_is_not_released_twice(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    release(sqlite_session, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(AlreadyDone, match="Wave 1 of 'lexus-2013' was released before"):
        release(sqlite_session, tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_wave_is_released_by_one_session_at_a_time(ledger, session, tmp_path):
    planned(session, tmp_path, ["ALE"])
    with (
        open_session(ledger) as other,
        pieces.claim(other, NAME, 1),
        pytest.raises(Refused, match="by another process"),
    ):
        release(session, tmp_path)
    assert nothing_written(session, tmp_path)


@pytest.mark.parametrize("where", ["_print", "_record"])
def test_a_release_resumed_days_later_asks_every_piece_again_and_names_what_changed(
    session, tmp_path, monkeypatch, where
):
    vins = planned(session, tmp_path, ["ALE"], ["ALE"])
    with monkeypatch.context() as patched:
        interrupted(patched, where)
        with pytest.raises(KeyboardInterrupt):
            release(session, tmp_path)
    repaired(session, tmp_path, vins[0], "ALE", date(2013, 3, 7))
    assert not reconciling.reconcile(session, NAME)["waves"][0]["printed"]
    assert "has not finished" in reconciling.reconcile(session, NAME)["sentences"][0]
    done = release(session, tmp_path, on=date(2013, 3, 8))
    assert (done["resumed"], done["checked_on"]) == (True, "2013-03-08")
    assert (done["released"], done["printed"], done["withdrawn"]) == (1, 1, 1)
    assert [(one["vin"], one["change"]) for one in done["changed"]] == [
        (vins[0], "withdrawn: repaired")
    ]
    assert [row["vin"] for row in manifest(done)] == [vins[1]]
    assert reconciling.reconcile(session, NAME)["closes"]


def test_a_resumed_release_asks_the_pieces_that_it_withdrew_too(session, tmp_path, monkeypatch):
    """A repair order is taken back: its owner is written to after all, and a letter names its campaign again. After two kills, too."""
    vins = planned(session, tmp_path, ["ALE"], ["9LA", "ALE"], ["ALE"])
    for own in vins:
        repaired(session, tmp_path, own, "ALE")
    for _ in range(2):
        with monkeypatch.context() as patched:
            interrupted(patched, "_record")
            with pytest.raises(KeyboardInterrupt):
                release(session, tmp_path)
    assert [row["state"] for row in rows_of(session)].count("withdrawn") == 2
    back = World(tmp_path / "news")
    for own in vins[:2]:
        back.repair(
            own, "ALE", date(2013, 3, 5), dealer=DEALER, ro_id=f"R{own[-6:]}ALE", withdrawn="yes"
        )
    load(session, back, date(2013, 3, 7))
    done = release(session, tmp_path, on=date(2013, 3, 8))
    assert (done["printed"], done["withdrawn_reasons"]) == (2, {"repaired": 1})
    rows = {row["vin"]: row for row in rows_of(session)}
    assert [rows[own]["state"] for own in vins] == ["printed", "printed", "withdrawn"]
    assert rows[vins[1]]["bundle"] == "9LA+ALE"
    assert (
        len({row["imb"] for row in rows.values()}) == 3
    )  # none has two, and the withdrawn has none
    assert {one["vin"]: one["change"] for one in done["changed"]} == {
        vins[0]: "written to after all: not repaired any more", vins[1]: "names other campaigns",
    }  # fmt: skip
    assert reconciling.reconcile(session, NAME)["closes"]


def test_an_interrupted_release_of_repaired_vehicles_ends_without_a_letter(
    sqlite_session, tmp_path, monkeypatch
):
    (vin,) = planned(sqlite_session, tmp_path, ["ALE"])
    repaired(sqlite_session, tmp_path, vin, "ALE")
    with monkeypatch.context() as patched:
        interrupted(patched, "_record")
        with pytest.raises(KeyboardInterrupt):
            release(sqlite_session, tmp_path)
    done = release(sqlite_session, tmp_path, on=date(2013, 3, 8))
    assert (done["resumed"], done["printed"], done["withdrawn"]) == (True, 0, 1)
    assert done["checked_on"] == "2013-03-08"
    assert manifest(done) == []
    assert artifacts.disclosures(sqlite_session).num_rows == 0
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]


def test_a_zip_code_corrected_since_its_intent_is_in_the_barcode_of_a_resumed_release(
    sqlite_session, tmp_path, monkeypatch
):
    vins = planned(sqlite_session, tmp_path, ["ALE"], ["ALE"])
    with monkeypatch.context() as patched:
        interrupted(patched, "_print")
        with pytest.raises(KeyboardInterrupt):
            release(sqlite_session, tmp_path)
    moved(sqlite_session, tmp_path, vins[0], AS_OF, zip="02115")
    before = {row["vin"]: row["imb"] for row in rows_of(sqlite_session)}
    done = release(sqlite_session, tmp_path, on=date(2013, 3, 8))
    assert (done["printed"], done["exceptions"], done["changed"]) == (2, 0, [])
    after = {row["vin"]: row["imb"] for row in rows_of(sqlite_session)}
    assert after[vins[0]] == before[vins[0]][:20] + "02115"
    assert after[vins[1]] == before[vins[1]]


def test_a_release_resumed_on_its_day_writes_the_same_bytes(sqlite_session, tmp_path, monkeypatch):
    planned(sqlite_session, tmp_path, ["ALE"], ["9LA"])
    with monkeypatch.context() as patched:
        interrupted(patched, "_record")
        with pytest.raises(KeyboardInterrupt):
            release(sqlite_session, tmp_path)
    folder = tmp_path / NAME / "wave-01"
    before = contents(folder)
    release(sqlite_session, tmp_path)
    assert contents(folder) == before


def test_a_printed_letter_whose_vehicle_was_repaired_is_pulled_by_number(sqlite_session, tmp_path):
    """Asked again on a later day; what the mail house has answered for is past, and no state changes."""
    gone, mailed, same = planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], ["ALE"])
    done = release(sqlite_session, tmp_path)
    rows = {row["vin"]: row for row in manifest(done)}
    told = write_csv(
        tmp_path / "told.csv",
        [{"piece_id": rows[mailed]["piece_id"], "status": "accepted", "mailed_date": "2013-03-07"}],
    )
    evidence.accept(sqlite_session, NAME, 1, told, on=date(2013, 3, 7))
    for vin in (gone, mailed):
        repaired(sqlite_session, tmp_path, vin, "ALE", date(2013, 3, 7))
    for _ in range(2):
        pulled = pulling.pull(sqlite_session, NAME, 1, on=date(2013, 3, 8))
        assert (pulled["waiting"], pulled["pull"], pulled["reasons"]) == (2, 1, {"repaired": 1})
    with Path(pulled["file"]).open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    wanted = ("piece_id", "vin", "imb", "file", "first_page", "sequence")
    assert {name: row[name] for name in wanted} == {name: rows[gone][name] for name in wanted}
    assert row["reason"] == "repaired"
    assert states(sqlite_session) == {gone: "printed", mailed: "accepted", same: "printed"}
    for vin in (gone, same):
        told = write_csv(
            tmp_path / f"{vin}.csv",
            [{"piece_id": rows[vin]["piece_id"], "status": "spoiled", "mailed_date": ""}],
        )
        evidence.accept(sqlite_session, NAME, 1, told, on=date(2013, 3, 8))
    with pytest.raises(NothingToDo, match="waits for the mail house"):
        pulling.pull(sqlite_session, NAME, 1, on=date(2013, 3, 8))


def test_a_printed_letter_to_who_sold_or_moved_since_or_about_what_is_closed_is_pulled(
    sqlite_session, tmp_path
):
    """One whose owner stated the same place in another spelling, or another name's spelling alone, is not."""
    sold, closed, away, spelt, _ = planned(
        sqlite_session, tmp_path, ["ALE"], ["9LA", "ALE"], ["ALE"], ["ALE"], ["ALE"]
    )
    release(sqlite_session, tmp_path)
    moved(sqlite_session, tmp_path, sold, date(2013, 3, 7), name1="THIRD OWNER")
    moved(sqlite_session, tmp_path, away, date(2013, 3, 7), addr1="9 Other St")
    moved(sqlite_session, tmp_path, spelt, date(2013, 3, 7), phone="555 0100")
    repaired(sqlite_session, tmp_path, closed, "ALE", date(2013, 3, 7))
    pulled = pulling.pull(sqlite_session, NAME, 1, on=date(2013, 3, 8))
    reasons = {"names_closed_campaign": 1, "new_owner": 1, "newer_address": 1}
    assert (pulled["waiting"], pulled["pull"], pulled["reasons"]) == (5, 3, reasons)
    with Path(pulled["file"]).open(encoding="utf-8", newline="") as file:
        listed = {row["vin"]: row["reason"] for row in csv.DictReader(file)}
    assert listed == {sold: "new_owner", closed: "names_closed_campaign", away: "newer_address"}


def test_the_letters_of_a_follow_up_are_checked_looked_at_and_approved(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], ["CLB"])
    found = approving.check_letters(sqlite_session, NAME, on=ON)
    assert {row["bundle"] for row in found} == {"ALE", "CLB", "safety", "service"}
    assert {row["severity"] for row in found} <= {"", "should"}
    assert any(
        name.endswith(".png")
        for name in approving.proof_letters(sqlite_session, NAME, on=ON, out=tmp_path).files
    )
    assert release(sqlite_session, tmp_path / "one")["unapproved"] == 2


def test_a_vehicle_s_letter_in_another_wave_is_known_to_its_release_and_no_other_vehicle_s(
    session, tmp_path
):
    both, _ = planned(session, tmp_path, ["ALE", "CLB"], ["ALE"])
    with session.transaction():
        session.execute("update piece set wave = 2 where family = 'service'")

    def elsewhere(wave):
        rows = wave_tables.known(session, NAME, wave, ON).elsewhere.to_pylist()
        return [(row["vin"], row["family"], row["role"]) for row in rows]

    assert elsewhere(1) == [(both, "service", "owner")]
    assert elsewhere(2) == [(both, "safety", "owner")]
    assert elsewhere(None) == []
