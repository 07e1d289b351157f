"""Returns that name a vehicle and no piece: of which letter they are, and where nobody writes to meanwhile."""

from __future__ import annotations

from datetime import date

from mailing.follow_up import NAME, moved
from mailing.releases import rows_of
from mailing.test_returned_mail import JULY, MAY, back, lists, mailed, printed, sheet
from renotify.ledger import intake
from renotify.ledger.returned_mail import came_back
from renotify.mailing import return_work, returns, tracing
from small_world import World
from small_world import vin as vin_of

NOBODY_KNOWS = "vehicle whose letter came back without a piece_id"


def test_the_load_says_that_nobody_knows_a_letter_only_where_nobody_can(sqlite_session, tmp_path):
    """Letters before the first follow-up, of no piece: one with its day, one that is the only letter, two of which one came back, none."""
    world = World(tmp_path / "before").dealer("D1").campaign("9LA")
    dated, only, of_two, none = (vin_of(number) for number in range(1, 5))
    march, may = date(2012, 3, 8), date(2012, 5, 8)
    for one in (dated, only, of_two, none):
        world.vehicle(one, "9LA", dealer="D1")
    for one, day in ((dated, march), (dated, may), (only, march), (of_two, march), (of_two, may)):
        world.add("mail_events", vin=one, campaign_code="9LA", kind="mailed", mailed_date=day)
    for one, day in ((dated, march), (only, None), (of_two, None), (none, None)):
        stated = {"returned_date": date(2012, 6, 1), "return_code": "UTF"}
        stated |= {"mailed_date": day} if day else {}
        world.add("mail_events", vin=one, campaign_code="9LA", kind="returned", **stated)
    loaded = intake.load(sqlite_session, [world.write()], on=MAY, rejects_dir=tmp_path / "rejects")
    assert not loaded.rejected
    (note,) = (one for one in loaded.notes if "without a piece_id" in one)
    assert note.startswith("mail_events: 2 vehicles whose letters came back")


def test_a_return_that_is_loaded_stands_on_a_list_whether_it_names_its_piece_or_not(
    sqlite_session, tmp_path
):
    session = sqlite_session
    piece, _, leased = printed(session, tmp_path)
    mailed(session, tmp_path, {piece["owner"]: "2013-03-08"})
    rows = World(tmp_path / "events")
    rows.add(
        "mail_events",
        piece_id=piece["owner"],
        kind="returned",
        returned_date="2013-04-02",
        return_code="VAC",
    )
    rows.add(
        "mail_events", vin=leased, campaign_code="ALE", kind="returned", mailed_date="2013-04-01",
        returned_date="2013-04-20", return_code="VAC",
    )  # fmt: skip
    loaded = intake.load(session, [rows.write()], on=MAY, rejects_dir=tmp_path / "rejects")
    assert not loaded.rejected
    assert not any(NOBODY_KNOWS in one for one in loaded.notes)  # it names the day of its letter
    assert lists(session) == {piece["owner"]: "skip_trace", "": "ask"}
    rest = [row for row in return_work.work(session, NAME, MAY).to_pylist() if not row["piece_id"]]
    told = [(row["vin"], row["bundle"], row["returned_on"], row["return_code"]) for row in rest]
    assert told == [(leased, "ALE", date(2013, 4, 20), "VAC")]
    assert lists(session, date(2013, 4, 19)) == {piece["owner"]: "skip_trace"}
    moved(session, tmp_path, leased, date(2013, 4, 25), role="lessee", addr1="9 Oak Ave")
    assert lists(session) == {piece["owner"]: "skip_trace"}


def returned_of_vehicles(session, folder, *rows):
    """Load returns that name no piece: vin, day, code."""
    world = World(folder / f"unnamed-{len(list(folder.iterdir()))}")
    for vin, day, code in rows:
        world.add("mail_events", vin=vin, campaign_code="ALE", kind="returned", returned_date=day, return_code=code)  # fmt: skip
    return intake.load(session, [world.write()], on=JULY, rejects_dir=folder / "rejects")


def test_a_return_without_piece_is_of_the_one_letter_that_was_in_the_mail(session, tmp_path):
    """Of the owned vehicle one letter was mailed; of the leased one two, to one address: nobody knows which came back."""
    piece, owned, leased = printed(session, tmp_path)
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    given = (owned, "2013-04-12", "UTF"), (leased, "2013-04-12", "UTF")
    loaded = returned_of_vehicles(session, tmp_path, *given)
    assert not loaded.rejected
    assert any(f"1 {NOBODY_KNOWS}" in one for one in loaded.notes)
    assert lists(session) == {piece["owner"]: "skip_trace", "": "ask"}
    blocked = {(row["vin"], row["role"]) for row in came_back(session, MAY).to_pylist()}
    assert blocked == {(owned, "owner"), (leased, "lessor"), (leased, "lessee")}
    assert came_back(session, date(2013, 4, 11)).num_rows == 0
    again = returned_of_vehicles(session, tmp_path, *given)
    assert (again.tables["mail_events"].accepted, again.rejected) == (0, 0)
    # corrected to two addresses: nobody says which of them is no good
    written = next(row["owner_as_of"] for row in rows_of(session) if row["role"] == "lessee")
    moved(session, tmp_path, leased, written, role="lessee", addr1="9 Oak Ave")
    assert {row["vin"] for row in came_back(session, MAY).to_pylist()} == {owned}


def test_returned_mail_may_name_the_vehicle_instead_of_the_piece(sqlite_session, tmp_path):
    session = sqlite_session
    piece, owned, leased = printed(session, tmp_path)
    mailed(session, tmp_path, dict.fromkeys(piece.values(), "2013-03-08"))
    lines = [
        f"{owned.lower()},2013-04-12,NSN",
        f"{leased},2013-04-12,NSN",
        f"{owned},2013-03-01,NSN",
    ]
    file = sheet(tmp_path, "VIN,returned_date,return_code", *lines)
    done = returns.returned(session, file, on=JULY, rejects_dir=tmp_path / "rejects")
    assert (done["returned"], done["unnamed"], done["rejected"]) == (1, 1, 1)
    assert set(done["reasons"]) == {"no letter to this vehicle was in the mail by then"}
    assert lists(session) == {piece["owner"]: "skip_trace", "": "ask"}
    assert came_back(session, MAY).num_rows == 3
    done = returns.returned(session, file, on=JULY, rejects_dir=tmp_path / "rejects")
    assert (done["returned"], len(return_work.work(session, NAME, MAY))) == (0, 2)


def test_a_return_or_search_whose_day_two_orders_give_is_refused_and_told_how_to_write_it(
    sqlite_session, tmp_path
):
    """On 10 April 05/04 can only be 5 April, if days come first: that they do is a guess, and it is not made."""
    session, april = sqlite_session, date(2013, 4, 10)
    piece, _, _ = printed(session, tmp_path)
    mailed(session, tmp_path, {piece["owner"]: "2013-03-07"})
    vin = next(row["vin"] for row in rows_of(session) if row["piece_id"] == piece["owner"])
    asked = {"on": april, "rejects_dir": tmp_path / "rejects"}
    two_days = "{} can be read as two days: write 2013-05-04 or 2013-04-05"
    for head, key in (("piece_id", piece["owner"]), ("vin", vin)):
        file = sheet(tmp_path, f"{head},returned_date,return_code", f"{key},05/04/2013,UTF")
        done = returns.returned(session, file, **asked)
        assert (done["returned"], done["reasons"]) == (0, {two_days.format("returned_date"): 1})
    assert back(session, tmp_path, "2013-04-05", **{piece["owner"]: "UTF"})["returned"] == 1
    searched = sheet(
        tmp_path, "piece_id,result,result_date", f"{piece['owner']},exhausted,05/04/2013"
    )
    done = tracing.traced(session, searched, **asked)
    assert (done["exhausted"], done["reasons"]) == (0, {two_days.format("result_date"): 1})
