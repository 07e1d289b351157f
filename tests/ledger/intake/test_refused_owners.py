"""A vehicle whose newest owner row was refused is held until somebody knows who has it."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest

from folder import ON
from renotify.contact.answers import answer
from renotify.contact.spoken import say
from renotify.errors import UnknownName
from renotify.ledger import intake, refused_owners, tables
from renotify.ledger.explain import explain
from renotify.ledger.holders import beside
from small_world import World, vin

VIN, OTHER = vin(1), vin(2)
BAD = {"end_date": date(2000, 1, 1)}  # a row that is refused: its end lies before its day
OLD, NEW, LATER = date(2009, 5, 1), date(2012, 11, 1), ON + timedelta(3)
LESSOR, LESSEE = {"role": "lessor"}, {"role": "lessee"}


def take(session, folder, *rows, on=ON):
    """Load a file of owner rows (vin, day, and what is wrong) as a load of its own."""
    folder.mkdir(exist_ok=True)
    world = World(folder / f"in-{len(list(folder.iterdir()))}")
    for own, day, extra in rows:
        world.owner(own, **({"as_of": day, "end_date": ""} | extra))
    return intake.load(session, [world.write()], on=on, rejects_dir=folder / "rejects")


def held(session):
    return {row.vin for row in refused_owners.refused(session)}


# what was loaded, load by load (the day of each row, and what is wrong with it), and whether it holds the vehicle
LOADS = [
    ([[(OLD, {}), (NEW, BAD)]], True),
    ([[(NEW, BAD)], [(OLD, {})]], True),
    ([[(OLD, {})], [(NEW, BAD)]], True),
    ([[(NEW, {})], [(OLD, BAD)]], False),
    ([[(OLD, BAD)], [(NEW, {})]], False),
    ([[(OLD, BAD), (NEW, {})]], False),
    # a good row of the same day, whichever is loaded first: the row corrected, or the same said well
    ([[(NEW, BAD)], [(NEW, {})]], False),
    ([[(NEW, BAD), (NEW, {})]], False),
    ([[(NEW, {})], [(NEW, BAD)]], False),
    ([[(NEW, {}), (NEW, BAD)]], False),
    ([[(NEW, BAD)], [(OLD, {})], [(NEW, {})]], False),
    # each role for itself: the other party of a lease settles nothing, of that day or a later one
    ([[(NEW, LESSOR), (NEW, LESSEE | BAD)]], True),
    ([[(NEW, LESSEE | BAD)], [(NEW, LESSOR)]], True),
    ([[(NEW, LESSOR)], [(OLD, LESSEE | BAD)]], True),
    ([[(NEW, LESSEE)], [(NEW, LESSOR | BAD)]], True),
    ([[(NEW, LESSOR), (NEW, LESSEE | BAD)], [(NEW, LESSEE)]], False),
    ([[(NEW, {}), (NEW, LESSEE | BAD)]], True),
    # but whoever bought the vehicle since has closed the lease, and a lease with a lessor has taken the owner's place
    ([[(OLD, LESSOR), (OLD, LESSEE | BAD)], [(NEW, {"name1": "BUYER"})]], False),
    ([[(NEW, {"name1": "BUYER"})], [(OLD, LESSEE | BAD)]], False),
    ([[(OLD, BAD)], [(NEW, LESSOR), (NEW, LESSEE)]], False),
    # the title in the lessor's own name closes no lease
    (
        [
            [
                (NEW, {"name1": "LEASE CO"}),
                (OLD, LESSOR | {"name1": "LEASE CO"}),
                (OLD, LESSEE | BAD),
            ]
        ],
        True,
    ),
    # a lease that has ended is over for the party that was refused
    ([[(OLD, LESSOR | {"end_date": NEW}), (OLD, LESSEE | BAD)]], False),
    # a role that cannot be read may be any: the same row mended, in another file, settles it in either order
    ([[(NEW, LESSOR), (NEW, {"role": "buyer"})]], True),
    ([[(NEW, {"role": "buyer"})], [(NEW, {})]], False),
    ([[(NEW, {})], [(NEW, {"role": "buyer"})]], False),
    ([[(NEW, {})], [(OLD, {"role": "buyer"})]], False),
    # two rows of one key that say otherwise: nobody knows which is right
    ([[(OLD, {}), (NEW, {"name1": "A"}), (NEW, {"name1": "B"})]], True),
    ([[(NEW, {"name1": "A"}), (NEW, {"name1": "B"})], [(NEW, {"name1": "B"})]], False),
    # a day that cannot be read, or that is still to come, may be the newest, until a record of the day of its load comes
    *(
        (order, True)
        for wrong in ("soon", "2012-13-01", LATER)
        for order in (
            [[(NEW, {}), (wrong, {})]],
            [[(wrong, {}), (NEW, {})]],
            [[(NEW, {})], [(wrong, {})]],
            [[(wrong, {})], [(NEW, {})]],
            [[(wrong, {})], [(OLD, {})], [(NEW, {})]],
            [[(NEW, {}), (wrong, {})], [(OLD, LESSEE)]],
        )
    ),
    ([[("soon", {})], [(ON, {})]], False),
    ([[(ON, {})], [("soon", {})]], False),
    ([[("soon", {})], [(ON, LESSEE)]], True),
]
SAME_FILE_TWICE = [
    [(NEW, {"name1": "A"}), (NEW, {"name1": "B"})],
    *([(NEW, {}), (wrong, {})] for wrong in ("soon", "2012-13-01", LATER)),
]


def holds(session):
    """The vehicles that are held, by the list of refused rows and by the holders' own question."""
    found = held(session)
    assert set(beside(session, ON).refused["vin"].to_pylist()) == found
    return found


def test_a_refused_row_holds_its_vehicle_while_no_good_one_is_as_new(sqlite_session, tmp_path):
    """Every case is a vehicle of its own; the first loads of all come in one file, then the second ones, then the third."""
    for at in range(3):
        rows = [
            (vin(100 + number), *row)
            for number, (loads, _) in enumerate(LOADS)
            for row in (loads[at] if at < len(loads) else ())
        ]
        take(sqlite_session, tmp_path / "w", *rows, (OTHER, OLD, {}))
    found = holds(sqlite_session)
    wrong = [
        loads
        for number, (loads, is_held) in enumerate(LOADS)
        if (vin(100 + number) in found) != is_held
    ]
    assert wrong == []
    assert len(found) == sum(is_held for _, is_held in LOADS)


def test_the_same_file_again_settles_nothing(sqlite_session, tmp_path):
    rows = [(vin(100 + at), *row) for at, one in enumerate(SAME_FILE_TWICE) for row in one]
    for _ in range(2):
        take(sqlite_session, tmp_path / "w", *rows, (OTHER, OLD, {}))
        assert holds(sqlite_session) == {vin(100 + at) for at in range(len(SAME_FILE_TWICE))}


def test_every_desk_says_that_nobody_is_written_to(sqlite_session, tmp_path):
    world = World(tmp_path / "world").campaign("9LA").dealer("D0001")
    world.vehicle(VIN, "9LA", dealer="D0001", owner=None).owner(VIN, as_of=OLD)
    intake.load(sqlite_session, [world.write()], on=ON)
    assert explain(sqlite_session, VIN, ON)["holder"] == {
        "records": [{"role": "owner", "as_of": OLD}],
        "sentence": "Held by the owner of the record of 2009-05-01.",
    }
    take(sqlite_session, tmp_path / "w", (VIN, NEW, BAD))
    assert explain(sqlite_session, VIN, ON)["holder"]["records"] == []
    sentence = explain(sqlite_session, VIN, ON)["holder"]["sentence"]
    assert "newest owner row was refused at load (end_date, owners.csv row 2)" in sentence
    assert "Why: the rejects file that the load wrote" in sentence
    assert say("en", "no_letter") in answer(sqlite_session, VIN, ON).visit


def test_the_same_file_again_adds_nothing_and_a_persons_word_stands(session, tmp_path):
    for _ in range(2):
        loaded = take(session, tmp_path / "w", (VIN, OLD, {}), (VIN, NEW, BAD))
    assert [(row.vin, row.role, row.as_of, row.file, row.row) for row in refused_owners.refused(session)] == [
        (VIN, "owner", NEW, "owners.csv", 3)
    ]  # fmt: skip
    assert not any("owners refused" in note for note in loaded.notes)
    with session.transaction():
        assert refused_owners.settle(session, VIN) == 1
    take(session, tmp_path / "w", (VIN, OLD, {}), (VIN, NEW, BAD))
    assert held(session) == set()
    with pytest.raises(UnknownName, match="holds"), session.transaction():
        refused_owners.settle(session, VIN)


def test_a_row_without_a_day_is_of_the_day_of_its_first_load_at_the_latest(session, tmp_path):
    bought = ON + timedelta(5)
    take(session, tmp_path / "w", (VIN, OLD, {}), (VIN, "soon", {}))
    take(session, tmp_path / "w", (VIN, NEW, {"name1": "NEXT"}), on=bought)
    assert held(session) == {VIN}
    take(session, tmp_path / "w", (VIN, bought, {"name1": "BUYER"}), on=bought)
    assert held(session) == set()
    # its file again, on a later day, says nothing new; another file that says it does
    take(session, tmp_path / "w", (VIN, OLD, {}), (VIN, "soon", {}), on=bought + timedelta(9))
    assert held(session) == set()
    take(session, tmp_path / "w", (VIN, "soon", {}), on=bought + timedelta(9))
    assert held(session) == {VIN}


def test_the_row_that_was_still_to_come_is_good_on_its_day(sqlite_session, tmp_path):
    take(sqlite_session, tmp_path / "w", (VIN, LATER, {"name1": "REAL"}))
    take(sqlite_session, tmp_path / "w", (VIN, OLD, {"name1": "PREVIOUS"}))
    assert held(sqlite_session) == {VIN}
    take(sqlite_session, tmp_path / "w", (VIN, LATER, {"name1": "REAL"}), on=LATER)
    assert held(sqlite_session) == set()


def test_a_day_mended_in_the_file_of_refused_rows_settles_its_row(session, tmp_path):
    take(session, tmp_path / "w", (VIN, "2012-13-01", {}), (OTHER, "soon", {}))
    take(session, tmp_path / "w", (VIN, OLD, {}))  # in the file's own name it might be anybody
    assert held(session) == {VIN, OTHER}
    (file,) = (tmp_path / "w" / "rejects" / "rows").glob("owners-refused-*.csv")
    file.write_text(file.read_text("utf-8").replace("2012-13-01", "2012-12-01"), encoding="utf-8")
    intake.load(session, [file], on=ON, rejects_dir=tmp_path / "rejects")
    assert held(session) == {OTHER}


def test_a_file_of_refused_rows_only_is_remembered_with_its_line_and_says_so(
    sqlite_session, tmp_path
):
    loaded = take(sqlite_session, tmp_path / "w", (VIN, NEW, BAD))
    assert loaded.tables["owners"].accepted == 0
    assert any("1 row of owners was refused that names the newest owner" in n for n in loaded.notes)
    assert held(sqlite_session) == {VIN}


def test_a_row_that_does_not_fit_its_header_holds_the_vehicle_whose_number_stands_in_it(
    sqlite_session, tmp_path
):
    take(sqlite_session, tmp_path / "w", (VIN, OLD, {}))
    file = tmp_path / "owners_late.csv"
    header = "vin,role,name1,addr1,city,state,zip,as_of,source"
    lines = [header, f"{VIN},owner,MADEUP, JR.,9 Oak Ave,Salem,MA,01970,2012-11-01,state"]  # fmt: skip
    file.write_text(os.linesep.join(lines), encoding="utf-8")
    intake.load(sqlite_session, [file], on=ON, rejects_dir=tmp_path / "rejects")
    (row,) = refused_owners.refused(sqlite_session)
    assert (row.vin, row.role, row.as_of, row.file) == (VIN, "", None, "owners_late.csv")
    assert row.field == "the whole row, which does not fit its header"


def test_every_field_that_was_refused_is_kept_and_what_stands_there_is_not(session, tmp_path):
    blank = {"addr1": "", "zip": "0197", "name1": "MADEUP"}
    take(session, tmp_path / "w", (VIN, NEW, blank), (OTHER, NEW, BAD))
    assert {row.vin: row.field for row in refused_owners.refused(session)} == {
        VIN: "addr1, zip",
        OTHER: "end_date",
    }
    assert [row.vin for row in refused_owners.refused(session, OTHER)] == [OTHER]


def test_two_rows_that_say_otherwise_of_one_day_are_told_as_such(session, tmp_path):
    take(session, tmp_path / "w", (VIN, NEW, {"name1": "ONE"}), (VIN, NEW, {"name1": "OTHER"}))
    (row,) = refused_owners.refused(session)
    assert row.field == "another row of its role and day, which says otherwise"


def test_nothing_of_the_person_is_kept_of_a_refused_row():
    kept = set(tables.schema("refused_owner").names)
    assert kept == {
        "vin", "role", "as_of", "at_latest", "settled", "field", "source_id", "source_row",
    }  # fmt: skip
