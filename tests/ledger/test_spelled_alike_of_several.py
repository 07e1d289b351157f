"""What records say is compared among the records of one vehicle: of one with a single record nothing is spelt out."""

from __future__ import annotations

from datetime import date

from folder import ON, Folder, make_vin
from renotify.ledger import spelled_alike
from renotify.ledger.intake import load
from renotify.ledger.session import Session


def test_only_records_of_a_vehicle_with_several_are_spelt_out(
    session: Session, folder: Folder
) -> None:
    alone, alike, moved = (make_vin(number) for number in range(3))
    folder.campaign("9LA").dealer().vehicle(alone, "9LA")
    for vin, street in ((alike, "12 ELM STREET"), (moved, "9 Oak Ave")):
        folder.vehicle(vin, "9LA").owner(vin, addr1=street, as_of=date(2013, 1, 7))
    load(session, [folder.write()], on=ON)
    said = spelled_alike.said(session, "select vin from vehicle").to_pylist()
    told = {
        vin: [(row["person"], row["place"]) for row in said if row["vin"] == vin]
        for vin in (alone, alike, moved)
    }
    assert told[alone] == [("", "")]
    assert len(told[alike]) == 2
    assert len(set(told[alike])) == 1  # Elm St and ELM STREET are one place
    assert "elm st" in told[alike][0][1]
    assert len(set(told[moved])) == 2
