"""Letters that are no piece of a follow-up and came back: nobody writes to their address before something newer is known."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from mailing.follow_up import NOTICE, ON, load, moved, plan, small_follow_up, vehicle
from mailing.releases import release, rows_of, states
from renotify.ledger import intake
from renotify.ledger.returned_mail import came_back
from renotify.selection.unwritten import unwritten_vehicle
from small_world import World

RECORD = date(2012, 12, 1)  # of every owner
MAILED, BACK = date(2012, 12, 10), date(2012, 12, 20)


def letter(world: World, vin: str, code: str, *, day=MAILED, came=BACK, **row: object) -> None:
    """A letter of ALE that was mailed and came back."""
    one = {"vin": vin, "campaign_code": "ALE", "mailed_date": day} | row
    world.add("mail_events", kind="mailed", **one)
    world.add("mail_events", kind="returned", returned_date=came, return_code=code, **one)


def held(session) -> set[tuple[str, str]]:
    return {(row["vin"], row["role"]) for row in came_back(session, ON).to_pylist()}


@pytest.mark.parametrize("code", ["ANK", "", "QQ9"])
@pytest.mark.parametrize("own_id", ["", "P0011"])
def test_a_list_leaves_out_whoever_lives_where_a_letter_found_nobody(
    session, tmp_path, code, own_id
):
    """Of three vehicles a letter came back from the first's only address; the second's says nothing against it."""
    world = small_follow_up(tmp_path / "input")
    bad, good, other = (vehicle(world, number, "ALE") for number in (1, 2, 3))
    letter(world, bad, code, piece_id=own_id)
    world.add("return_codes", code="HELD AT DESK", action="retry_same")
    letter(world, good, "HELD AT DESK", piece_id=own_id)
    plan(session, world)
    left = {row["vin"]: row["left_out"] for row in session_rows(session)}
    assert left == {bad: "mail_returned", good: "", other: ""}
    assert {row["vin"] for row in rows_of(session)} == {good, other}
    (told,) = unwritten_vehicle(session, bad, ON).to_pylist()
    assert (told["role"], told["as_of"], told["reason"]) == ("owner", RECORD, "mail_returned")
    assert "letter of 2012-12-10 to its address (addr1" in told["problem"]
    assert f"came back on 2012-12-20 ({f'code {code}' if code else 'no code'}" in told["problem"]
    assert ("return_codes" in told["problem"]) == (code == "QQ9")
    assert unwritten_vehicle(session, good, ON).num_rows == 0


def session_rows(session):
    text = pa.schema([("vin", pa.string()), ("left_out", pa.string())])
    return session.read("select vin, left_out from listed", text).to_pylist()


def test_a_letter_that_was_planned_before_is_withdrawn_at_its_release(session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    bad, good = (vehicle(world, number, "ALE") for number in (1, 2))
    plan(session, world)
    late = World(tmp_path / "late")
    letter(late, bad, "UTF")
    load(session, late)
    release(session, tmp_path / "out")
    assert states(session) == {bad: "withdrawn", good: "printed"}
    assert {row["reason"] for row in rows_of(session) if row["vin"] == bad} == {"mail_returned"}


def test_what_is_newer_makes_the_address_good(session, tmp_path):
    """A newer record, one that was corrected since, one that came between the letter and its return, a later letter that stayed."""
    world = small_follow_up(tmp_path / "input")
    bad, newer, mended, between, stayed = (vehicle(world, number, "ALE") for number in range(1, 6))
    same = vehicle(world, 6, "ALE")
    for one in (bad, newer, mended, between, stayed, same):
        letter(world, one, "ANK")
    world.owner(between, as_of=date(2012, 12, 15), addr1="9 Oak Ave")
    world.owner(
        same, as_of=date(2012, 12, 15), name1="Anastasia Madeup", addr1="12 FICTITIOUS STREET"
    )
    world.add(
        "mail_events", vin=stayed, campaign_code="ALE", kind="mailed", mailed_date=date(2013, 1, 8)
    )
    load(session, world)
    assert held(session) == {(one, "owner") for one in (bad, newer, mended, between, same)}
    records = {(row["vin"], row["as_of"]) for row in came_back(session, ON).to_pylist()}
    assert (between, RECORD) in records
    assert (between, date(2012, 12, 15)) not in records
    assert (same, date(2012, 12, 15)) in records  # spelt otherwise, it is the same address
    moved(session, tmp_path, newer, date(2013, 1, 2))
    assert {row["as_of"] for row in came_back(session, ON).to_pylist() if row["vin"] == newer} == {
        RECORD
    }
    assert unwritten_vehicle(session, newer, ON).num_rows == 0
    moved(session, tmp_path, mended, RECORD, addr1="21 Fictitious St")
    assert (mended, "owner") not in held(session)


def test_of_two_addresses_nobody_knows_which_is_bad_and_of_one_both_records_are(session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    one_place = vehicle(world, 1, "ALE", roles=("lessee", "lessor"))
    two_places = vehicle(world, 2, "ALE", roles=("lessee",))
    world.owner(two_places, role="lessor", addr1="700 Bay St")
    for one in (one_place, two_places):
        letter(world, one, "ANK")
    load(session, world)
    assert held(session) == {(one_place, "lessee"), (one_place, "lessor")}


def test_a_letter_without_a_day_is_the_last_that_was_mailed_by_then(session, tmp_path):
    """The record of December stood at the second letter's day, that of 2013-01-05 not: it is not what the letter says of."""
    world = small_follow_up(tmp_path / "input")
    own = vehicle(world, 1, "ALE")
    world.owner(own, as_of=date(2013, 1, 5), addr1="9 Oak Ave")
    for day in (date(2012, 12, 3), MAILED):
        world.add("mail_events", vin=own, campaign_code="ALE", kind="mailed", mailed_date=day)
    world.add("mail_events", vin=own, campaign_code="ALE", kind="returned", returned_date=date(2013, 1, 20), return_code="ANK")  # fmt: skip
    load(session, world)
    assert [row["as_of"] for row in came_back(session, ON).to_pylist()] == [RECORD]
    assert came_back(session, date(2013, 1, 19)).num_rows == 0


def test_a_number_in_our_form_that_no_piece_has_is_refused_still(session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    own = vehicle(world, 1, "ALE")
    letter(world, own, "ANK", piece_id="0123456789ABCDEF")
    loaded = intake.load(session, [world.write()], on=NOTICE, rejects_dir=tmp_path / "rejects")
    assert loaded.tables["mail_events"].rejected == 2
