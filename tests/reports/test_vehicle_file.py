"""One vehicle's whole record, and the clocks of the ledger it stands in."""

from __future__ import annotations

from datetime import date

import pypdfium2
import pytest

from folder import ON, Folder, make_vin
from renotify import rules
from renotify.contact import answers
from renotify.contact.read_out import in_words
from renotify.errors import BadInput, UnknownName
from renotify.ledger import artifacts, intake
from renotify.ledger.scope import Scope
from renotify.reports import deadlines, vehicle_file
from renotify.stock import delivery_hold

VIN = make_vin(1)


def one_vehicle(session, path):
    folder = Folder(path)
    folder.campaign("9LA").campaign("CLB").dealer("D0002")
    folder.vehicle(VIN, "9LA", "CLB", dealer="D0002")
    folder.repair(VIN, "9LA", date(2010, 1, 4), dealer_code="D0002")
    folder.add("labor_times", campaign_code="CLB", op_code="A1", hours=2.1, source="estimate")
    folder.add(
        "mail_events", vin=VIN, campaign_code="9LA", kind="mailed", mailed_date=date(2009, 2, 3)
    )
    folder.add(
        "appointments",
        appointment_id="A1",
        dealer_code="D0002",
        vin=VIN,
        campaign_codes="CLB",
        start="2013-03-11T09:00",
        status="booked",
    )
    folder.add(
        "dealer_stock", vin=VIN, dealer_code="D0002", stock_type="used", in_date=date(2013, 2, 1)
    )
    intake.load(session, [folder.write()], on=ON)


@pytest.fixture(params=["sqlite", "postgresql"])
def loaded(request, session_on):
    return session_on(request.param, one_vehicle)


def _text(path):
    pdf = pypdfium2.PdfDocument(path)
    return rules.normal("\n".join(sheet.get_textpage().get_text_range() for sheet in pdf))


def test_everything_known_of_a_vehicle_is_in_its_file(loaded, tmp_path):
    told = vehicle_file.vehicle_file(loaded, VIN, on=ON, out=tmp_path)
    assert [(c["campaign_code"], c["status"]) for c in told["campaigns"]] == [
        ("9LA", "repaired"),
        ("CLB", "open"),
    ]
    assert [e["kind"] for e in told["events"]][-1] in {"added", "remedied"}
    text = _text(told["file"])
    assert "Jan 4, 2010 9LA repaired D0002 repair_orders.csv, row 2" in text
    assert "Feb 3, 2009 9LA letter mailed" in text
    assert "2013-03-11 09:00 D0002 CLB booked" in text


def test_a_vehicle_file_names_no_owner(loaded, tmp_path):
    told = vehicle_file.vehicle_file(loaded, VIN, on=ON, out=tmp_path)
    assert "EXAMPLE" not in _text(told["file"])
    assert "EXAMPLE" not in repr(told)


def test_a_vehicle_file_is_recorded_and_the_same_every_time(loaded, tmp_path):
    first = vehicle_file.vehicle_file(loaded, VIN, on=ON, out=tmp_path)["file"]
    content = (tmp_path / "vehicles" / f"{VIN}.pdf").read_bytes()
    vehicle_file.vehicle_file(loaded, VIN.lower(), on=ON, out=tmp_path)
    assert (tmp_path / "vehicles" / f"{VIN}.pdf").read_bytes() == content
    recorded = artifacts.of_follow_up(loaded, "", "vehicle_file").to_pylist()
    assert [row["path"] for row in recorded] == [str((tmp_path / first).absolute())]


@pytest.mark.parametrize(("vin", "error"), [("123", BadInput), (make_vin(77), UnknownName)])
def test_a_vehicle_nobody_knows_has_no_file(loaded, vin, error, tmp_path):
    with pytest.raises(error):
        vehicle_file.vehicle_file(loaded, vin, on=ON, out=tmp_path)
    assert not list(tmp_path.glob("vehicles/*"))


def test_contact_staff_hear_what_the_ledger_knows(loaded):
    told = answers.answer(loaded, VIN, ON)
    assert [(c.campaign, c.status) for c in told.campaigns] == [
        ("CLB", "open"),
        ("9LA", "repaired"),
    ]
    text = in_words(told)
    assert "The work takes about 2 hours." in text
    assert "Made-up Dealer D0002, Boston, MA, 555-0100" in text
    assert (
        "Booked for CLB at Made-up Dealer D0002, Boston, MA, 555-0100: March 11, 2013 at 9:00 AM."
        in text
    )
    assert "EXAMPLE" not in text


def test_contact_staff_hear_that_a_letter_went(loaded):
    (done,) = [c for c in answers.answer(loaded, VIN, ON).campaigns if c.campaign == "9LA"]
    assert done.letter == "The last letter was mailed on February 3, 2009."


def test_an_unknown_but_well_formed_vin_is_in_no_campaign(loaded):
    told = answers.answer(loaded, make_vin(77), ON)
    assert told.valid
    assert not told.campaigns


def test_holds_are_those_of_the_ledger(loaded):
    (held,) = delivery_hold.holds_of(loaded, Scope(dealer="D0002"), on=ON).to_pylist()
    assert (held["vin"], held["campaigns"], held["basis"], held["days_in_stock"]) == (
        VIN, "CLB", "policy", 25,
    )  # fmt: skip
    assert delivery_hold.holds_of(loaded, Scope(dealer="D0001"), on=ON).num_rows == 0


def test_the_ledger_s_clocks_start_with_what_was_mailed(loaded):
    rows = {(row["campaign"], row["what"]): row for row in deadlines.deadlines(loaded, ON)}
    assert rows["9LA", "owner letters"]["state"] == "ok"
    assert rows["9LA", "reimbursement period"]["due"] == date(2009, 2, 13)
    assert not [key for key in rows if key[0] == "CLB"]
