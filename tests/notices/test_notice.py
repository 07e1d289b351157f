"""Notices out of a ledger: live figures, a file per dealer and area, the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import re
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest

from folder import ON, Folder, make_vin
from renotify import rules
from renotify.campaigns import follow_up_settings
from renotify.errors import BadInput, RenotifyError
from renotify.ledger import artifacts, follow_ups, intake, status, tables
from renotify.ledger.scope import Scope
from renotify.notices import notice, receipts
from renotify.parts import dealer_orders
from renotify.planner import from_ledger
from renotify.selection.freeze import freeze_follow_up
from renotify.stock import delivery_hold

NAME = "memo-2013"
SETTINGS = """
name = "{name}"
kind = "follow_up_voluntary"
campaigns = [{campaigns}]
notice_date = 2013-02-26
days_after_notice = 7
horizon_weeks = 12
mail_house_letters_per_week = 100
wait_bound_weeks = 2
parts_quantile = 0.9
[response]
share = 0.07
scale_weeks = 6.0
shape = 1.2
background_per_week = 0.003
[sender]
name = "Lexus Customer Satisfaction"
address = "PO BOX 155, COLUMBUS OH 43215"
phone = "1-800-555-0155"
tty = "1-800-555-0156"
"""
FIRST_WEEK = date(2013, 3, 4)


def prepared(session, folder, *campaigns):
    """Load a small network of three dealers, freeze and plan its follow-up."""
    for code in campaigns:
        folder.campaign(code)
    for number, area in ((1, "E"), (2, "W"), (3, "E")):
        folder.dealer(f"D000{number}", area=area)
        for week in range(12):
            monday = FIRST_WEEK + timedelta(weeks=week)
            folder.add(
                "dealer_capacity", dealer_code=f"D000{number}", week=monday, hours_available=6
            )
    for number in range(24):
        open_on = [code for nth, code in enumerate(campaigns) if number % (nth + 1) == 0]
        folder.vehicle(make_vin(number), *open_on, dealer=f"D000{number % 2 + 1}")
    folder.repair(make_vin(0), campaigns[0], date(2011, 5, 3))
    folder.add("parts", part_no="P-1", description="Pipe kit", pack_qty=1, lead_days=7)
    folder.add("campaign_parts", campaign_code=campaigns[0], part_no="P-1", qty=1, take_rate=1)
    folder.add("part_supply", part_no="P-1", week=FIRST_WEEK, supply_qty=400)
    folder.add(
        "dealer_part_stock",
        dealer_code="D0002",
        part_no="P-1",
        as_of=date(2013, 2, 20),
        on_hand=1,
        on_order=0,
    )
    for number, kind in ((1, "new"), (3, "used")):
        folder.add(
            "dealer_stock",
            vin=make_vin(number),
            dealer_code="D0003",
            stock_type=kind,
            in_date=date(2013, 2, 1),
        )
    booking = {"appointment_id": "A1", "dealer_code": "D0002", "start": "2013-03-11T09:00"}
    folder.add(
        "appointments", vin=make_vin(5), campaign_codes=campaigns[0], status="booked", **booking
    )
    intake.load(session, [folder.write()], on=ON)
    settings = folder.path / "followup.toml"
    listed = ", ".join(f'"{code}"' for code in campaigns)
    settings.write_text(SETTINGS.format(name=NAME, campaigns=listed))
    freeze_follow_up(session, follow_up_settings.read(settings), ON)
    from_ledger.plan_follow_up(session, NAME, "uniform:3")


def two_campaigns(session, path):
    prepared(session, Folder(path), "9LA", "CLB")


def with_notices(session, path):
    two_campaigns(session, path)
    notice.write(session, NAME, on=ON, out=path.with_name("out"))


@pytest.fixture
def planned(session_on):
    return session_on("sqlite", two_campaigns)


def _files(out):
    return {path.name: path.read_bytes() for path in sorted((out / "notices").iterdir())}


def _text(path):
    pdf = pypdfium2.PdfDocument(path)
    return rules.normal("\n".join(sheet.get_textpage().get_text_range() for sheet in pdf))


@pytest.fixture
def written(session_on):
    return session_on("sqlite", with_notices)


@pytest.fixture
def job(written):
    """The folder of the notices: to be read."""
    paths = [row["path"] for row in artifacts.of_follow_up(written, NAME).to_pylist()]
    return next(Path(path).parent for path in paths if path.endswith(".pdf"))


def test_each_dealer_and_each_area_gets_its_notice(planned, tmp_path):
    told = notice.write(planned, NAME, on=ON, out=tmp_path / "out")
    assert (told["dealers"], told["areas"]) == (3, 2)
    assert sorted(path.name for path in (tmp_path / "out" / "notices").glob("*.pdf")) == [
        "area-E.pdf", "area-W.pdf", "dealer-D0001.pdf", "dealer-D0002.pdf", "dealer-D0003.pdf",
    ]  # fmt: skip


def test_open_vehicles_in_a_notice_are_the_ledger_s(written, job):
    for row in status.counts(written, by="dealer", campaign="9LA"):
        text = _text(job / f"dealer-{row.dealer}.pdf")
        assert re.search(rf"Made-up subject of 9LA .{{,60}} {row.open} ", text)


def test_letters_in_a_notice_are_the_plan_s(written, job):
    listed = follow_ups.listed(written, NAME).to_pylist()
    for dealer in ("D0001", "D0002"):
        letters = sum(r["dealer_code"] == dealer and r["week"] is not None for r in listed)
        assert f"{letters} owner letters" in _text(job / f"dealer-{dealer}.pdf")


def test_the_order_in_a_notice_is_the_parts_room_s(written, job):
    for line in dealer_orders.orders(written).to_pylist():
        text = _text(job / f"dealer-{line['dealer_code']}.pdf")
        counted = (
            f"P-1 Pipe kit 9LA {line['on_hand']:.0f} {line['on_order']:.0f} {line['booked']:.0f}"
        )
        assert counted in text
        parts = "part" if line["order"] == 1 else "parts"
        assert f"{line['order']:.0f} {parts} to order" in text


def test_holds_in_a_notice_are_the_stock_room_s(written, job):
    held = delivery_hold.holds_of(written, Scope(dealer="D0003"), on=ON).to_pylist()
    text = _text(job / "dealer-D0003.pdf")
    assert held
    assert all(row["vin"] in text for row in held)
    assert f"{len(held)} stock on hold 1 by law" in text


def test_no_letter_goes_before_its_first_lawful_day(job):
    with (job / "dealer-D0001-vehicles.csv").open() as file:
        letters = {row["letter"] for row in csv.DictReader(file)}
    assert min(letters) == "2013-03-05"


def test_a_notice_names_no_owner(job):
    for path in job.iterdir():
        told = _text(path) if path.suffix == ".pdf" else path.read_text()
        assert "EXAMPLE" not in told
        assert "Elm St" not in told


def test_nothing_is_disclosed_when_no_owner_is_named(written):
    assert artifacts.disclosures(written).num_rows == 0


def test_owner_contact_is_for_open_recalls_only_and_is_disclosed(planned, tmp_path):
    notice.write(planned, NAME, on=ON, out=tmp_path / "out", with_owners=True)
    with (tmp_path / "out" / "notices" / "dealer-D0001-vehicles.csv").open() as file:
        rows = list(csv.DictReader(file))
    named = [row for row in rows if row["owner"]]
    assert named
    assert all("9LA" in row["campaigns"] for row in named)
    assert not any(row["owner"] for row in rows if row["campaigns"] == "CLB")
    disclosed = {
        row["recipient"]: row["vehicles"] for row in artifacts.disclosures(planned).to_pylist()
    }
    assert disclosed["dealer D0001"] == len(named)


def test_the_same_ledger_gives_the_same_bytes_and_no_second_row(planned, tmp_path):
    notice.write(planned, NAME, on=ON, out=tmp_path / "out")
    first, rows = _files(tmp_path / "out"), tables.read(planned, "notice").num_rows
    notice.write(planned, NAME, on=ON, out=tmp_path / "out")
    assert _files(tmp_path / "out") == first
    assert tables.read(planned, "notice").num_rows == rows == 5


def test_every_file_is_recorded_with_its_sha256(written, job):
    recorded = artifacts.of_follow_up(written, NAME).to_pylist()
    sums = {row["path"]: row["sha256"] for row in recorded if row["kind"].startswith("notice")}
    assert len(sums) == len(list(job.iterdir()))
    for path in job.iterdir():
        assert sums[str(path.absolute())] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_follow_up_of_service_campaigns_alone_is_no_safety_notice(
    sqlite_session, folder, tmp_path
):
    prepared(sqlite_session, folder, "CLB")
    notice.write(sqlite_session, NAME, on=ON, out=tmp_path / "out")
    text = _text(tmp_path / "out" / "notices" / "dealer-D0001.pdf")
    assert "violation of Federal law" not in text
    assert "safety recall" not in text.lower()


def test_a_safety_follow_up_carries_577_13_b(job):
    statement = rules.load(ON).statement("P11")
    for path in job.glob("*.pdf"):
        assert statement.find(_text(path), "en")


def test_an_unknown_follow_up_is_refused_and_nothing_is_written(planned, tmp_path):
    with pytest.raises(RenotifyError, match="nobody"):
        notice.write(planned, "nobody", on=ON, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


# receipts


def _receipts(tmp_path, *lines):
    path = tmp_path / "receipts.csv"
    path.write_text("\n".join(["code,acknowledged_at,receipt", *lines]) + "\n")
    return path


def test_a_receipt_acknowledges_its_notice(written, tmp_path):
    told = receipts.acknowledge(
        written, NAME, _receipts(tmp_path, "D0001,2013-02-27T10:15:00,R-1"), ON
    )
    assert told == {"acknowledged": 1, "unchanged": 0, "rejected": []}
    assert "D0001" not in {row.code for row in receipts.unacknowledged(written, NAME)}


def test_a_second_receipt_changes_nothing(written, tmp_path):
    path = _receipts(tmp_path, "D0001,2013-02-27,R-1")
    receipts.acknowledge(written, NAME, path, ON)
    again = receipts.acknowledge(written, NAME, _receipts(tmp_path, "D0001,2013-03-01,R-2"), ON)
    assert again == {"acknowledged": 0, "unchanged": 1, "rejected": []}
    (first,) = [r for r in tables.read(written, "notice").to_pylist() if r["code"] == "D0001"]
    assert first["receipt"] == "R-1"


def test_a_receipt_from_nobody_is_rejected_with_its_reason(written, tmp_path):
    told = receipts.acknowledge(
        written, NAME, _receipts(tmp_path, "D9999,2013-02-27,R", "D0002,soon,R"), ON
    )
    assert told["acknowledged"] == 0
    assert [(row["line"], row["reason"]) for row in told["rejected"]] == [
        (2, "no notice was sent to this code"),
        (3, "acknowledged_at 'soon' is not a day or an instant (ISO 8601)"),
    ]


def test_what_was_acknowledged_stays_and_what_is_written_after_it_is_the_next_edition(
    written, tmp_path
):
    receipts.acknowledge(written, NAME, _receipts(tmp_path, "D0001,2013-02-27,R-1"), ON)
    later = ON + timedelta(days=3)
    notice.write(written, NAME, on=later, out=tmp_path / "out")
    rows = [r for r in tables.read(written, "notice").to_pylist() if r["code"] == "D0001"]
    assert [(r["edition"], r["receipt"], r["written_on"]) for r in rows] == [
        (1, "R-1", ON),
        (2, "", later),
    ]
    assert rows[0]["sha256"] != rows[1]["sha256"]


def told_fewer(session, dealer):
    """Let a dealer have been told of one letter less in its first week than it has."""
    with session.transaction():
        session.execute(
            "update told_week set letters = letters - 1 where dealer_code = :dealer and letters > 0",
            dealer=dealer,
        )


def test_who_has_nothing_new_to_be_told_keeps_edition_and_receipt(written, tmp_path):
    """A week later all figures are a week older and no letter is another: three dealers and two areas keep edition 1, with one receipt."""
    out = tmp_path / "out"
    notice.write(written, NAME, on=ON, out=out)
    receipts.state_sent(written, NAME, ON)
    receipts.acknowledge(written, NAME, _receipts(tmp_path, "D0001,2013-02-27,R-1"), ON)
    first = (out / "notices" / "dealer-D0001.pdf").read_bytes()
    later = ON + timedelta(days=7)
    found = notice.write(written, NAME, on=later, out=out)
    assert found["messages"] == [
        "3 dealers have nothing new to be told: the edition that went stands with its receipt; its figures of today are in the file."
    ]
    assert (out / "notices" / "dealer-D0001.pdf").read_bytes() != first
    rows = tables.read(written, "notice").to_pylist()
    assert {row["edition"] for row in rows} == {1}
    (own,) = [row for row in rows if row["code"] == "D0001"]
    assert (own["receipt"], Path(own["file"]).read_bytes()) == ("R-1", first)
    assert hashlib.sha256(first).hexdigest() == own["sha256"]
    assert [one.code for one in receipts.unacknowledged(written, NAME)][:2] == ["D0002", "D0003"]


def test_one_more_letter_is_an_edition_of_its_dealer_and_its_area_alone(written, tmp_path):
    """D0001 and D0003 are of area E, D0002 of W; D0001 was told one letter less than it has."""
    out = tmp_path / "out"
    notice.write(written, NAME, on=ON, out=out)
    receipts.state_sent(written, NAME, ON)
    told_fewer(written, "D0001")
    notice.write(written, NAME, on=ON + timedelta(days=7), out=out)
    rows = tables.read(written, "notice").to_pylist()
    assert {row["code"] for row in rows if row["edition"] == 2} == {"D0001", "E"}


def test_a_vehicle_that_came_into_stock_is_told(written, tmp_path):
    """D0002's stock had nothing on hold; a vehicle with an open recall came the day after its notice."""
    out = tmp_path / "out"
    notice.write(written, NAME, on=ON, out=out)
    receipts.state_sent(written, NAME, ON)
    came = Folder(tmp_path / "came").add(
        "dealer_stock", vin=make_vin(7), dealer_code="D0002", stock_type="new", in_date=ON + timedelta(days=1),
    )  # fmt: skip
    intake.load(written, [came.write()], on=ON + timedelta(days=2))
    notice.write(written, NAME, on=ON + timedelta(days=3), out=out)
    rows = tables.read(written, "notice").to_pylist()
    assert {row["code"] for row in rows if row["edition"] == 2} == {"D0002", "W"}


def test_the_file_of_an_edition_that_was_sent_is_kept_when_the_next_is_written(written, tmp_path):
    """The file, its digest in the ledger, and that of the artifact are one; a draft's file is written over."""
    notice.write(written, NAME, on=ON, out=tmp_path / "out")
    receipts.state_sent(written, NAME, ON)
    job = tmp_path / "out" / "notices"
    notice.write(written, NAME, on=ON, out=tmp_path / "out")
    assert not (job / "sent").exists()
    told_fewer(written, "D0001")
    notice.write(written, NAME, on=ON + timedelta(days=3), out=tmp_path / "out")
    notice.write(written, NAME, on=ON + timedelta(days=4), out=tmp_path / "out")
    rows = [r for r in tables.read(written, "notice").to_pylist() if r["code"] == "D0001"]
    assert [(r["edition"], r["sent_on"]) for r in rows] == [(1, ON), (2, None)]
    assert [Path(r["file"]).relative_to(job) for r in rows] == [
        Path("sent/dealer-D0001-edition-1.pdf"), Path("dealer-D0001.pdf")
    ]  # fmt: skip
    recorded = {r["path"]: r["sha256"] for r in artifacts.of_follow_up(written, NAME).to_pylist()}
    for row in rows:
        digest = hashlib.sha256(Path(row["file"]).read_bytes()).hexdigest()
        assert digest == row["sha256"] == recorded[row["file"]]


def test_the_notices_of_another_follow_up_have_a_folder_of_their_own_and_those_before_stay(
    written, tmp_path
):
    notice.write(written, NAME, on=ON, out=tmp_path / "out")
    before = _files(tmp_path / "out")
    more = Folder(tmp_path / "more").campaign("BLG")
    for number in (40, 41):
        more.vehicle(make_vin(number), "BLG", dealer="D0001")
    intake.load(written, [more.write()], on=ON)
    settings = more.path / "followup.toml"
    settings.write_text(SETTINGS.format(name="second", campaigns='"BLG"'))
    freeze_follow_up(written, follow_up_settings.read(settings), ON)
    from_ledger.plan_follow_up(written, "second", "uniform:3")
    for _ in range(2):
        told = notice.write(written, "second", on=ON, out=tmp_path / "out")
        assert told["folder"] == str(tmp_path / "out" / "notices" / "second")
    (tmp_path / "out" / "notices" / "second" / "dealer-D0001.pdf").rename(tmp_path / "own.pdf")
    assert "BLG" in _text(tmp_path / "own.pdf")
    assert {name: (tmp_path / "out" / "notices" / name).read_bytes() for name in before} == before
    again = notice.write(written, NAME, on=ON, out=tmp_path / "out")
    assert again["folder"] == str(tmp_path / "out" / "notices")


def test_a_file_that_is_not_what_was_sent_is_no_proof_and_is_not_kept(written, tmp_path):
    notice.write(written, NAME, on=ON, out=tmp_path / "out")
    receipts.state_sent(written, NAME, ON)
    job = tmp_path / "out" / "notices"
    (job / "dealer-D0001.pdf").write_bytes(b"another")
    notice.write(written, NAME, on=ON + timedelta(days=3), out=tmp_path / "out")
    kept = {path.name for path in (job / "sent").iterdir()}
    assert "dealer-D0001-edition-1.pdf" not in kept
    assert "dealer-D0002-edition-1.pdf" in kept


def test_a_file_that_is_no_receipts_is_refused(written, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("vin,owner\n1,2\n")
    with pytest.raises(BadInput, match=r"other\.csv"):
        receipts.acknowledge(written, NAME, path, ON)


def test_receipts_before_any_notice_are_refused(planned, tmp_path):
    with pytest.raises(RenotifyError, match="No notice of a follow-up"):
        receipts.acknowledge(planned, NAME, _receipts(tmp_path, "D0001,2013-02-27,R"), ON)


def test_each_known_dealer_is_proven_to_have_been_sent_its_notice(written):
    proof = receipts.sent_summary(written, NAME)
    assert proof["complete"]
    assert (proof["known_dealers"], proof["sent"], proof["acknowledged"]) == (3, 3, 0)
    assert {row["written_on"] for row in proof["dealers"]} == {ON}


def test_a_dealer_who_came_later_is_missing_from_the_proof(written, folder):
    folder.dealer("D0009")
    intake.load(written, [folder.write()], on=ON)
    proof = receipts.sent_summary(written, NAME)
    assert proof["missing"] == ["D0009"]
    assert not proof["complete"]
