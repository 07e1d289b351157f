"""The life of a wave and its pieces: released once, printed once, answered for; every change leaves other waves as they were."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from ledger.two_follow_ups import (
    BOTH,
    FIRST,
    MONDAY,
    SAFETY,
    SECOND,
    SERVICE,
    THIRD_MONDAY,
    freeze_both,
    keep_plan,
    placed,
    print_wave,
    release,
    states,
)
from renotify.errors import AlreadyDone, Inconsistent, UnknownName
from renotify.ledger import pieces
from renotify.ledger.kinds import PieceState

MAILED, RETURNED = date(2013, 3, 5), date(2013, 3, 20)


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request, session_on):
    """Two planned follow-ups with a wave of two pieces and a wave of one each, on both stores."""
    return session_on(request.param, planned)


@pytest.fixture
def on_sqlite(session_on):
    return session_on("sqlite", planned)


def planned(session, folder):
    freeze_both(session, folder)
    keep_plan(session, "spring")
    keep_plan(session, "summer")


def evidence(rows):
    return pa.table({
        "vin": rows["vin"], "piece_id": rows["piece_id"], "mailed_on": [MAILED] * rows.num_rows,
        "reason": [""] * rows.num_rows,
    })  # fmt: skip


def accept(session, name, number, count=None):
    """Record that the first ``count`` pieces of a wave were mailed, and whether the wave is answered for."""
    rows = pieces.of_wave(session, name, number).slice(0, count)
    with session.transaction():
        moved = pieces.record_evidence(session, PieceState.ACCEPTED, evidence(rows))
        return moved, pieces.record_wave_accepted(session, name, number)


def flags(session, name):
    return [(w.released, w.rendered, w.accepted) for w in pieces.waves(session, name)]


# ---- which wave


def test_a_wave_is_found_by_its_number(on_sqlite):
    second = pieces.wave(on_sqlite, "spring", 2)
    assert (second.number, second.week, second.planned) == (2, THIRD_MONDAY, 1)
    assert (second.folder, second.released, second.rendered, second.accepted) == ("", 0, 0, 0)


def test_a_wave_that_is_not_there_is_refused_with_those_that_are(on_sqlite):
    with pytest.raises(UnknownName, match="no wave 3") as refused:
        pieces.wave(on_sqlite, "spring", 3)
    assert refused.value.hint == "Its waves are 1 to 2."


def test_before_the_plan_there_are_no_waves(sqlite_session, tmp_path):
    freeze_both(sqlite_session, tmp_path / "input")
    with pytest.raises(UnknownName, match="has no waves") as refused:
        pieces.wave(sqlite_session, "spring", 1)
    assert refused.value.hint == "Plan it first: renotify plan spring."


def test_pieces_come_by_wave_by_follow_up_and_by_id_in_the_order_of_their_ids(two):
    wave = pieces.of_wave(two, "spring", 1)
    assert set(wave["vin"].to_pylist()) == {BOTH, FIRST}
    every = pieces.of_follow_up(two, "spring")
    assert every.num_rows == 4
    ids = every["piece_id"].to_pylist()
    assert ids == sorted(ids)
    assert pieces.by_id(two, wave)["piece_id"].to_pylist() == wave["piece_id"].to_pylist()


def test_pieces_of_some_states_are_kept_and_the_others_left_out(on_sqlite):
    every = pieces.of_follow_up(on_sqlite, "spring")
    assert pieces.only(every, PieceState.LISTED)["vin"].to_pylist() == [SECOND]
    assert pieces.only(every, PieceState.LISTED, PieceState.PLANNED).num_rows == 4
    assert pieces.only(every, PieceState.PRINTED).num_rows == 0


# ---- release


def test_a_release_is_of_one_wave_and_knows_its_folder(two):
    release(two, "spring", 1, folder="out/one")
    assert [wave.folder for wave in pieces.waves(two, "spring")] == ["out/one", ""]
    assert [wave.folder for wave in pieces.waves(two, "summer")] == ["", ""]
    assert flags(two, "spring") == [(1, 0, 0), (0, 0, 0)]
    assert flags(two, "summer") == [(0, 0, 0), (0, 0, 0)]
    assert states(two, "spring") == {
        (BOTH, SAFETY): (1, "released"), (FIRST, SAFETY): (1, "released"),
        (BOTH, SERVICE): (2, "planned"), (SECOND, SAFETY): (None, "listed"),
    }  # fmt: skip


def test_a_wave_is_released_once(on_sqlite):
    release(on_sqlite, "spring", 1)
    with pytest.raises(AlreadyDone, match="Wave 1 of 'spring' was released before"):
        release(on_sqlite, "spring", 1)


def test_a_piece_that_was_released_with_another_wave_undoes_the_release(two):
    release(two, "spring", 1)
    rows = pieces.of_wave(two, "spring", 1)
    with pytest.raises(Inconsistent, match="2 of 2 pieces"), two.transaction():
        pieces.intend(two, "spring", 2, rows, "out")
    assert flags(two, "spring") == [(1, 0, 0), (0, 0, 0)]


def test_pieces_with_a_barcode_are_counted_and_by_the_weeks_of_their_waves(two):
    assert pieces.next_serial(two) == 0
    release(two, "spring", 1)
    assert pieces.next_serial(two) == 2
    release(two, "summer", 2)
    assert pieces.next_serial(two) == 3
    sunday, saturday = date(2013, 3, 10), date(2013, 3, 16)
    assert pieces.barcodes_since(two, MONDAY) == pieces.barcodes_since(two, sunday) == 3
    assert pieces.barcodes_since(two, saturday) == pieces.barcodes_since(two, THIRD_MONDAY) == 1
    assert pieces.barcodes_since(two, date(2013, 3, 25)) == 0


# ---- printing


def test_printing_is_recorded_once_and_after_the_release_only(on_sqlite):
    with pytest.raises(AlreadyDone, match="The printing of wave 1"):
        print_wave(on_sqlite, "spring", 1)
    release(on_sqlite, "spring", 1)
    print_wave(on_sqlite, "spring", 1)
    with pytest.raises(AlreadyDone, match="The printing of wave 1"):
        print_wave(on_sqlite, "spring", 1)


def test_printing_closes_its_own_wave_though_others_are_released(two):
    for name, number in (("spring", 1), ("spring", 2), ("summer", 1)):
        release(two, name, number)
    print_wave(two, "spring", 1)
    assert flags(two, "spring") == [(1, 1, 0), (1, 0, 0)]
    assert flags(two, "summer") == [(1, 0, 0), (0, 0, 0)]
    rows = pieces.of_wave(two, "spring", 1).to_pylist()
    assert [(row["file"], row["first_page"], row["sequence"]) for row in rows] == [
        ("a.pdf", 0, 0),
        ("a.pdf", 1, 1),
    ]
    assert {row["state"] for row in pieces.of_wave(two, "spring", 2).to_pylist()} == {"released"}


def test_a_released_piece_that_is_neither_printed_nor_set_aside_undoes_the_record(two):
    release(two, "spring", 1)
    rows = pieces.of_wave(two, "spring", 1)
    none = pieces.EXCEPTIONS.empty_table()
    with pytest.raises(Inconsistent, match="1 released piece was"), two.transaction():
        pieces.record_printed(two, "spring", 1, placed(rows.slice(0, 1)), none)
    assert flags(two, "spring")[0] == (1, 0, 0)
    aside = pa.table({"vin": rows["vin"][1:], "piece_id": rows["piece_id"][1:], "reason": ["font"]})
    with two.transaction():
        pieces.record_printed(two, "spring", 1, placed(rows.slice(0, 1)), aside)
    told = [(row["state"], row["reason"]) for row in pieces.of_wave(two, "spring", 1).to_pylist()]
    assert told == [("printed", told[0][1]), ("exception", "font")]


# ---- evidence


def test_a_wave_is_answered_for_when_its_last_printed_piece_is(two):
    for name, number in (("spring", 1), ("spring", 2), ("summer", 1)):
        release(two, name, number)
        print_wave(two, name, number)
    assert accept(two, "spring", 1, count=1) == (1, False)
    rest = pieces.only(pieces.of_wave(two, "spring", 1), PieceState.PRINTED)
    with two.transaction():
        assert pieces.record_evidence(two, PieceState.SPOILED, evidence(rest)) == 1
        assert pieces.record_wave_accepted(two, "spring", 1)
        assert not pieces.record_wave_accepted(two, "spring", 1)  # it is marked already
    assert flags(two, "spring") == [(1, 1, 1), (1, 1, 0)]
    assert flags(two, "summer") == [(1, 1, 0), (0, 0, 0)]


def test_a_wave_that_is_not_printed_yet_is_not_answered_for(on_sqlite):
    release(on_sqlite, "spring", 1)
    with on_sqlite.transaction():
        assert not pieces.record_wave_accepted(on_sqlite, "spring", 1)


def test_no_evidence_moves_no_piece(on_sqlite):
    with on_sqlite.transaction():
        assert (
            pieces.record_evidence(on_sqlite, PieceState.ACCEPTED, pieces.EVIDENCE.empty_table())
            == 0
        )


def test_a_piece_cannot_be_mailed_before_it_is_printed(two):
    release(two, "spring", 1)
    with pytest.raises(Inconsistent, match="2 of 2 pieces may not become accepted"):
        accept(two, "spring", 1)
    assert {state for _, state in states(two, "spring").values()} == {
        "released",
        "planned",
        "listed",
    }


def test_returned_mail_is_written_on_its_own_pieces(two):
    rows = pieces.of_wave(two, "spring", 1)
    came_back = pa.table({
        "vin": rows["vin"][:1], "piece_id": rows["piece_id"][:1], "returned_on": [RETURNED], "return_code": ["ANK"],
    })  # fmt: skip
    with two.transaction():
        assert pieces.record_returned(two, came_back) == 1
    told = (
        pieces.of_follow_up(two, "spring").to_pylist()
        + pieces.of_follow_up(two, "summer").to_pylist()
    )
    found = [(row["piece_id"], row["returned_on"]) for row in told if row["return_code"] == "ANK"]
    assert found == [(rows["piece_id"][0].as_py(), RETURNED)]
    assert sum(row["returned_on"] is not None for row in told) == 1


# ---- counts


def test_counts_are_by_wave_family_state_and_reason(two):
    release(two, "spring", 1)
    rows = pieces.of_wave(two, "spring", 1)
    aside = pa.table({"vin": rows["vin"][1:], "piece_id": rows["piece_id"][1:], "reason": ["font"]})
    with two.transaction():
        pieces.record_printed(two, "spring", 1, placed(rows.slice(0, 1)), aside)
        two.execute("update piece set reason = 'open' where state = 'printed'")
        two.execute("update piece set reason = 'why' where state = 'listed'")
    assert pieces.counts(two, "spring").to_pylist() == [
        {"wave": 0, "family": "safety", "state": "listed", "reason": "why", "pieces": 1},
        {"wave": 1, "family": "safety", "state": "exception", "reason": "font", "pieces": 1},
        {"wave": 1, "family": "safety", "state": "printed", "reason": "", "pieces": 1},
        {"wave": 2, "family": "service", "state": "planned", "reason": "", "pieces": 1},
    ]
    assert pieces.counts(two, "summer")["pieces"].to_pylist() == [1, 2, 1]
