"""Files of evidence and of returned mail, read in any order, come to one answer about a piece."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pyarrow as pa
import pytest

from mailing.follow_up import NAME
from mailing.releases import rows_of
from mailing.wave_files import LATER, accept, returned, status
from renotify.ledger import verify
from renotify.ledger.intake import load
from renotify.ledger.rulings import stands
from renotify.mailing import reconciling
from small_world import World

# Each story is files of one row, and what they come to: state, day of mailing, day of the return
ACCEPTED, SPOILED, BACK = "accepted", "spoiled", "back"
STORIES = {
    "found spoiled after it was said to be mailed": (
        [(ACCEPTED, 8), (SPOILED, 11)], ("spoiled", None, None)),
    "found spoiled, its copy mailed on that day": (
        [(SPOILED, 11), (ACCEPTED, 11)], ("accepted", 11, None)),
    "found spoiled before it was mailed": (
        [(SPOILED, 7), (ACCEPTED, 8)], ("accepted", 8, None)),
    "spoiled on a day that nobody names": (
        [(SPOILED, None), (ACCEPTED, 8)], ("accepted", 8, None)),
    "found spoiled, its copy mailed later": (
        [(ACCEPTED, 8), (SPOILED, 11), (ACCEPTED, 12)], ("accepted", 12, None)),
    "found spoiled twice": (
        [(SPOILED, 7), (ACCEPTED, 8), (SPOILED, 11)], ("spoiled", None, None)),
    "mailed, and then it came back": (
        [(ACCEPTED, 8), (BACK, 15)], ("accepted", 8, 15)),
    "found spoiled, and it came back: so it was mailed": (
        [(ACCEPTED, 8), (SPOILED, 11), (BACK, 15)], ("accepted", 8, 15)),
    "spoiled on no day, and it came back": (
        [(ACCEPTED, 8), (SPOILED, None), (BACK, 15)], ("accepted", 8, 15)),
}  # fmt: skip


def of_two(files, order):
    """The stated order and the other way round: each two files in both orders. Other orders of three are slow."""
    return order in (tuple(files), tuple(files)[::-1])


EVERY_ORDER = [
    pytest.param(
        order, answer, id=f"{name}: {' '.join(f'{what}-{day}' for what, day in order)}",
        marks=() if of_two(files, order) else pytest.mark.slow,
    )
    for name, (files, answer) in STORIES.items()
    for order in permutations(files)
]  # fmt: skip


def march(day):
    return date(2013, 3, day) if day else None


def give(session, folder, piece, said):
    """Give one file; return how many of its rows were refused."""
    what, day = said
    if what == BACK:
        return returned(session, folder, f"{piece},{march(day)},L")["rejected"]
    return accept(session, folder, f"{piece},{what},{march(day) or ''},")["rejected"]


def stand(session, piece):
    """Return what stands of a piece, and what its events and its vehicle's state say."""
    (row,) = (row for row in rows_of(session) if row["piece_id"] == piece)
    sql = f"select distinct e.occurred_on from event e where e.subject like 'mail|{piece}|%' and e.kind = 'mailed' and {stands('e')}"
    days = session.read(sql, pa.schema([("occurred_on", pa.date32())])).to_pylist()
    mailed = [one["occurred_on"] for one in days]
    assert mailed == ([row["mailed_on"]] if row["mailed_on"] else [])
    return (row["state"], row["mailed_on"], row["returned_on"]), status(session, piece)


@pytest.mark.parametrize(("order", "answer"), EVERY_ORDER)
def test_files_come_to_one_answer_in_any_order(order, answer, sqlite_session, on_sqlite, tmp_path):
    """A row that was refused is told, and given again once all others are there, as the people who are told do."""
    piece = on_sqlite[0]
    refused = [said for said in order if give(sqlite_session, tmp_path, piece, said)]
    for said in refused:
        give(sqlite_session, tmp_path, piece, said)
    state, mailed, back = answer
    found = stand(sqlite_session, piece)
    assert found[0] == (state, march(mailed), march(back))
    for said in order:  # said again it changes nothing
        give(sqlite_session, tmp_path, piece, said)
    assert stand(sqlite_session, piece) == found
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]
    assert verify.verify(sqlite_session)["ok"]


@pytest.mark.parametrize(
    ("order", "answer"),
    [one for one in EVERY_ORDER if BACK not in {what for what, _ in one.values[0]}],
)
def test_rows_of_one_file_come_to_the_same_answer_in_any_order(
    order, answer, sqlite_session, on_sqlite, tmp_path
):
    piece = on_sqlite[0]
    lines = [f"{piece},{what},{march(day) or ''}," for what, day in order]
    accept(sqlite_session, tmp_path, *lines)
    state, mailed, back = answer
    assert stand(sqlite_session, piece)[0] == (state, march(mailed), march(back))


def test_a_mailing_that_was_taken_back_before_it_was_told_is_noted(session, released, tmp_path):
    one = released[0]
    accept(session, tmp_path, f"{one},spoiled,2013-03-11,found in the waste")
    done = accept(session, tmp_path, f"{one},accepted,2013-03-08,")
    assert (done["accepted"], done["spoiled"], done["rejected"]) == (0, 0, 0)
    assert done["notes"][0].startswith(
        "1 row says mailed of a piece that was found spoiled on a later day: not mailed."
    )
    assert stand(session, one)[0] == ("spoiled", None, None)
    assert accept(session, tmp_path, f"{one},accepted,2013-03-12,remade")["accepted"] == 1
    assert stand(session, one)[0] == ("accepted", date(2013, 3, 12), None)


def test_a_piece_that_came_back_was_mailed_whoever_said_spoiled(session, released, tmp_path):
    one = released[0]
    accept(session, tmp_path, f"{one},accepted,2013-03-08,")
    accept(session, tmp_path, f"{one},spoiled,2013-03-11,found in the waste")
    assert returned(session, tmp_path, f"{one},2013-03-15,L")["returned"] == 1
    assert stand(session, one)[0] == ("accepted", date(2013, 3, 8), date(2013, 3, 15))


@pytest.mark.parametrize("order", list(permutations(("back", "spoiled", "accepted"))), ids=" ".join)
def test_a_return_that_is_loaded_says_so_too_before_the_evidence_does(
    order, sqlite_session, on_sqlite, tmp_path
):
    """As a file of mail_events, which needs no evidence of the mailing; the last of the three settles it, whichever it is."""
    one = on_sqlite[0]
    files = {
        "back": lambda: loaded_return(sqlite_session, tmp_path, one),
        "spoiled": lambda: accept(sqlite_session, tmp_path, f"{one},spoiled,2013-03-11,"),
        "accepted": lambda: accept(sqlite_session, tmp_path, f"{one},accepted,2013-03-08,"),
    }
    for said in order:
        files[said]()
    assert stand(sqlite_session, one)[0] == ("accepted", date(2013, 3, 8), date(2013, 3, 15))


def loaded_return(session, folder, piece):
    row = {
        "piece_id": piece,
        "kind": "returned",
        "returned_date": date(2013, 3, 15),
        "return_code": "L",
    }
    news = World(folder / "news").add("mail_events", **row)
    assert not load(session, [news.write()], on=LATER, rejects_dir=folder / "rejects").rejected
