"""An e-mail address or a Social Security number in a name: told by its row, listed for a person, and nowhere in what leaves the house."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from mailing.follow_up import NAME, NOTICE, ON, plan, small_follow_up, vehicle
from mailing.releases import manifest, release
from mailing.test_kill import paper
from renotify.ledger import intake
from renotify.mailing import evidence, proving, returns, tracing
from renotify.selection.unwritten import PRIVATE_NAME, unwritten
from small_world import write_csv

PRIVATE = ("ana@example.com", "000-12-3456")
NAMES = ("ANA MADEUP ana@example.com", "000-12-3456")
BACK = date(2013, 4, 8)


def owners(folder):
    """Two owners whose first names hold something private, one of them nothing else, and a third without."""
    world = small_follow_up(folder / "input")
    vins = [
        vehicle(world, n, "ALE", name1=name) for n, name in enumerate((*NAMES, "BEN MADEUP"), 1)
    ]
    return world, vins


def says_nothing(text):
    return not any(private.upper() in text.upper() for private in PRIVATE)


def test_the_load_tells_the_rows_and_not_what_stands_there(sqlite_session, tmp_path):
    world, _ = owners(tmp_path)
    loaded = intake.load(sqlite_session, [world.write()], on=NOTICE, rejects_dir=tmp_path)
    (note,) = [note for note in loaded.notes if "Social Security" in note]
    assert note.startswith("owners.csv: in 2 rows name1 held an e-mail address or a number")
    assert note.endswith("(rows 2, 3).")
    assert says_nothing(" ".join(loaded.notes))


def test_no_letter_and_no_file_of_a_release_has_it_and_a_person_is_told_whose_it_is(
    sqlite_session, tmp_path
):
    world, vins = owners(tmp_path)
    plan(sqlite_session, world)
    listed = unwritten(sqlite_session, NAME, ON).to_pylist()
    assert [(one["vin"], one["problem"]) for one in listed] == [
        (vin, PRIVATE_NAME) for vin in vins[:2]
    ]
    assert says_nothing(str(listed))
    done = release(sqlite_session, tmp_path / "out")
    assert (done["printed"], done["exceptions"]) == (3, 0)
    assert done["mended"]["name1: without an e-mail address or Social Security number in it"] == 2
    addressed = {}
    for row in manifest(done):
        told = proving.proof(sqlite_session, row["piece_id"], tmp_path / "out", with_address=True)
        addressed[row["vin"]] = told["address"]["name1"]
    assert [addressed[vin] for vin in vins] == ["ANA MADEUP", "", "BEN MADEUP"]
    words = paper(done)
    assert says_nothing(words)
    assert words.count("ANA MADEUP") == words.count("REGISTERED OWNER") == 1
    for path in Path(done["folder"]).rglob("*.csv"):
        assert says_nothing(path.read_text("utf-8"))


def test_a_vendor_is_not_given_it_either(sqlite_session, tmp_path):
    world, _ = owners(tmp_path)
    plan(sqlite_session, world)
    pieces = {
        row["vin"]: row["piece_id"] for row in manifest(release(sqlite_session, tmp_path / "out"))
    }
    said = [
        {"piece_id": one, "status": "accepted", "mailed_date": "2013-03-08"}
        for one in pieces.values()
    ]
    evidence.accept(sqlite_session, NAME, 1, write_csv(tmp_path / "evidence.csv", said), on=BACK)
    back = [
        {"piece_id": one, "returned_date": "2013-03-20", "return_code": "ANK"}
        for one in pieces.values()
    ]
    returns.returned(sqlite_session, write_csv(tmp_path / "back.csv", back), on=BACK)
    done = tracing.write(sqlite_session, NAME, "vendor", BACK, tmp_path / "out")
    told = Path(done["file"]).read_text("utf-8")
    assert done["pieces"] == 3
    assert "ANA MADEUP" in told
    assert says_nothing(told)
