"""A small made-up maker for the public look-up: one vehicle for each way in which a vehicle can stand.

The day is 2013-03-05. AAA is a safety recall whose remedy is there, stated in Spanish too; BBB a recall for noncompliance whose remedy
comes on March 20 for one model and has no day for others; CCC a service campaign; NEW a recall that no owner was told of yet; OLD one
whose letters began on the last day of 1997, LAST one whose letters began the day after.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from renotify.ledger.session import open_session
from renotify.publish.lookup_snapshot import LookupSnapshot
from renotify.publish.public_facts import MakersContact
from renotify.publish.publishing import Published, publish
from renotify.publish.signing_keys import new_key, private_key, public_key
from small_world import Desk, World, vin

ON = date(2013, 3, 5)
COMES = date(2013, 3, 20)
ALL = vin(1)  # AAA and BBB and CCC are open
DONE = vin(2)  # AAA is done, CCC is open
GONE = vin(3)  # AAA: the vehicle was exported
TAKEN_OUT = vin(4)  # AAA: taken out of the campaign
PLAIN = vin(5)  # of no campaign
LATER = vin(6, "JTHBE262")  # BBB, of the model whose remedy comes on March 20
UNTOLD = vin(7)  # NEW
AGED = vin(8)  # OLD alone
YOUNG_ENOUGH = vin(9)  # LAST
UNKNOWN = vin(77)  # of no file
STRANGE = "1HGCM82633A004352"  # another maker's, well formed
OWNER = "ZEBEDIAH SECRETMAN"
CONTACT = MakersContact("Made-up Motors", "1-800-555-0100", "1-800-555-0101", "https://motors.example/recalls")  # fmt: skip


def write_world(folder: Path) -> Path:
    """Write the input files."""
    world = World(folder).dealer("D1")
    spanish = {
        "subject": "Bomba de agua",
        "defect": "La bomba puede romperse.",
        "consequence": "El motor puede apagarse. Esto puede causar un choque sin previo aviso.",
        "remedy": "El concesionario cambiará la bomba.",
    }
    world.campaign(
        "AAA", nhtsa_campaign_number="12V001000", subject="Water Pump", defect="The pump can break.", es=spanish,
        filed_date=date(2012, 1, 5), first_notice_date=date(2012, 2, 1), remedy_available_date=date(2012, 3, 1), do_not_drive=True,
    )  # fmt: skip
    world.campaign(
        "BBB", campaign_type="noncompliance_recall", nhtsa_campaign_number="12V002000", subject="Lamp", standard="108, Lamps",
        conditions="The lamp can go out on a bad road.", remedy_available_date=None,
        remedy_date=[{"model": "IS 350", "remedy_available_date": COMES}],
    )  # fmt: skip
    world.campaign("CCC", campaign_type="service_campaign", subject="Radio")
    world.campaign(
        "NEW", nhtsa_campaign_number="13V003000", filed_date=date(2013, 3, 1), first_notice_date=None, remedy_available_date=None,
    )  # fmt: skip
    for code, day in (("OLD", date(1997, 12, 31)), ("LAST", date(1998, 1, 1))):
        world.campaign(
            code, nhtsa_campaign_number=f"97V00{len(code)}000", filed_date=date(1997, 11, 3), first_notice_date=day,
            remedy_available_date=day,
        )  # fmt: skip
    for number, codes in {ALL: ("CCC", "BBB", "AAA"), DONE: ("AAA", "CCC"), GONE: ("AAA",), PLAIN: (), UNTOLD: ("NEW",),
                          AGED: ("OLD",), YOUNG_ENOUGH: ("LAST",)}.items():  # fmt: skip
        world.vehicle(number, *codes, dealer="D1", owner=OWNER)
    world.vehicle(LATER, "BBB", dealer="D1", model="IS 350")
    world.vehicle(TAKEN_OUT, dealer="D1")
    world.add("population", campaign_code="AAA", vin=TAKEN_OUT, removed_date=date(2012, 6, 1))
    world.repair(DONE, "AAA", date(2012, 5, 7), dealer="D1")
    world.status(GONE, "exported", date(2012, 7, 1))
    return world.write()


def fill(desk: Desk) -> None:
    """Load the files into the desk's ledger."""
    desk.do("load", write_world(desk.folder / "input"), on=ON)


def key_in(folder: Path) -> Path:
    """Return a private key in a folder, made where there is none."""
    file = folder / "publish.key"
    if not file.exists():
        new_key(file)
    return file


def publish_from(ledger: str, file: Path, on: date = ON) -> Published:
    """Write a snapshot with the key of its folder."""
    with open_session(ledger) as session:
        return publish(session, file, private_key(key_in(file.parent)), on, CONTACT)


def opened(file: Path) -> LookupSnapshot:
    """Open a snapshot with the key of its folder."""
    return LookupSnapshot(file, public_key(file.parent / "publish.key.pub"))
