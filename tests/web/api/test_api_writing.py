"""What the interface takes: the same rows as a desk and a file, once under each key, refused with what to change."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from renotify.ledger.intake import load
from renotify.ledger.intake.typed_rows import take_typed
from two_dealers import EAST, EAST_BOTH, EAST_OPEN, PMP, PUMP, STP, WEST_OPEN
from web.api.star_message import star_message
from web.api.system_calls import System, system_of

DAY = date(2013, 3, 5)
ORDER = {
    "number": "R-7001", "vin": EAST_OPEN[0], "day": "2013-03-04", "hours": 2,
    "outcomes": [{"campaign": PMP, "outcome": "remedied"}],
}  # fmt: skip


def events_of(site: Any, vin: str) -> int:
    with site.ledger() as ledger:
        return int(ledger.scalar("select count(*) from event where vin = :vin and subject like 'ro|%'", vin=vin))  # fmt: skip


def test_the_same_repair_typed_sent_as_xml_and_loaded_is_one_event(site_on_both, tmp_path: Path) -> None:  # fmt: skip
    east = system_of("east_system")
    assert east.post("/repair-orders", ORDER).json()["accepted"] == 1
    message = star_message("R-7001", EAST_OPEN[0], "2013-03-04", [(PMP, "Completed", "2.0")])
    sent = east.post("/repair-orders/star", message, kind="application/xml")
    assert sent.json() == {"accepted": 0, "unchanged": 1, "notes": []}
    row = {
        "ro_id": "R-7001", "dealer_code": EAST, "vin": EAST_OPEN[0], "campaign_code": PMP, "close_date": "2013-03-04",
        "outcome": "remedied", "hours": "2",
    }  # fmt: skip
    file = tmp_path / "repair_orders.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(row))
        writer.writeheader()
        writer.writerow(row)
    with site_on_both.ledger() as ledger:
        loaded = load(ledger, [file], on=DAY, rejects_dir=tmp_path)
    assert loaded.tables["repair_orders"].unchanged == 1
    assert events_of(site_on_both, EAST_OPEN[0]) == 1


def test_a_repair_ends_the_visit_that_was_booked_for_it(site, east) -> None:
    done = [{"campaign": PMP, "outcome": "remedied"}, {"campaign": STP, "outcome": "inspected_ok"}]
    said = {"number": "R-1", "vin": EAST_BOTH, "day": "2013-03-05", "outcomes": done}
    assert east.post("/bookings/A03111/status", {"status": "arrived"}).json()["status"] == "arrived"
    assert east.post("/repair-orders", said).status_code == 200
    assert east.get("/bookings/A03111").json()["status"] == "done"
    assert east.get(f"/checks/{EAST_BOTH}").json()["to_do"] == []


def test_the_same_key_and_call_gets_the_same_answer_and_writes_once(site_on_both) -> None:
    east = system_of("east_system")
    body = {"part_no": PUMP, "qty": 2, "day": "2013-03-05"}
    first = east.post("/shipments", body, key="shipment-1")
    again = east.post("/shipments", body, key="shipment-1")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    (pump,) = [one for one in east.get("/parts").json()["items"] if one["part_no"] == PUMP]
    assert pump["on_hand"] == 3  # 1 counted in February and 2 that came


def test_the_same_key_for_another_call_is_refused(site, east) -> None:
    body = {"part_no": PUMP, "qty": 2, "day": "2013-03-05"}
    east.post("/shipments", body, key="shipment-1")
    answer = east.post("/shipments", body | {"qty": 3}, key="shipment-1")
    assert (answer.status_code, answer.json()["title"]) == (422, "This key stands for another call.")  # fmt: skip
    assert east.post("/part-counts", {"part_no": PUMP, "on_hand": 1}, key="shipment-1").status_code == 422  # fmt: skip


def test_a_key_is_its_owner_s_alone(site, east, west) -> None:
    body = {"part_no": PUMP, "qty": 2, "day": "2013-03-05"}
    assert east.post("/shipments", body, key="shipment-1").status_code == 200
    assert west.post("/shipments", body | {"qty": 4}, key="shipment-1").status_code == 200


def test_a_refusal_stands_under_its_key_too(site, east) -> None:
    body = {"part_no": "NONE", "qty": 2, "day": "2013-03-05"}
    first = east.post("/shipments", body, key="shipment-1")
    again = east.post("/shipments", body, key="shipment-1")
    assert first.status_code == again.status_code == 409
    assert first.json() == again.json()
    assert first.json()["errors"][0]["field"] == "part_no"


def test_a_call_that_was_lost_is_written_again_but_never_adds_up(site, east, monkeypatch) -> None:
    from renotify.web.api import writing_routes
    from renotify.web.door.reading import Reading

    def broken(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as broken_for_once:
        broken_for_once.setattr(writing_routes, "record_work", broken)
        broken_for_once.setattr(writing_routes, "shipment_come", broken)
        assert east.post("/repair-orders", ORDER, key="order-no-1").status_code == 500
        came = {"part_no": PUMP, "qty": 2, "day": "2013-03-05"}
        assert east.post("/shipments", came, key="shipment-1").status_code == 500
    assert east.post("/repair-orders", ORDER, key="order-no-1").status_code == 200
    unsure = east.post("/shipments", came, key="shipment-1")
    assert (unsure.status_code, "not known" in unsure.json()["title"]) == (409, True)
    assert Reading.objects.filter(deed="asked_once").count() == 3  # the order twice


def test_while_the_first_call_runs_a_second_one_waits(site, east) -> None:
    import hashlib

    from renotify.web.door.person import Person
    from renotify.web.door.reading import Deed, note

    body = json.dumps(ORDER).encode()
    call = hashlib.sha256(b"POST\n/api/v1/repair-orders\n" + body).hexdigest()
    note(
        Person.objects.get(username="east_system"),
        Deed.ASKED_ONCE,
        "key order-no-1",
        {"call": call},
    )
    answer = east.post("/repair-orders", body, key="order-no-1")
    assert (answer.status_code, "has not ended" in answer.json()["title"]) == (409, True)


def test_two_systems_at_once_never_get_the_same_bay(site_on_both) -> None:
    from django.db import connections

    systems = [system_of("east_system"), system_of("east_system")]
    wanted = [
        {"vin": vin, "campaigns": [PMP], "start": "2013-03-13T08:00", "order_kit": True}
        for vin in EAST_OPEN[:2]
    ]
    week = {"dealer_code": EAST, "week": "2013-03-11", "hours_available": "40", "bays": "1"}
    with site_on_both.ledger() as ledger:
        assert take_typed(ledger, "dealer_capacity", [week], person="ana", on=DAY).was_taken
    found: list[int] = []

    def ask(system: System, body: dict[str, Any], key: str) -> None:
        found.append(system.post("/bookings", body, key=key).status_code)
        connections.close_all()

    threads = [
        Thread(target=ask, args=(system, body, f"booking-{number}"))
        for number, (system, body) in enumerate(zip(systems, wanted, strict=True))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [201, 409]
    with site_on_both.ledger() as ledger:
        assert ledger.scalar("select count(*) from appointment where start like '2013-03-13%'") == 1


def test_a_booking_that_is_not_free_says_what_to_change(site, east) -> None:
    body = {"vin": EAST_OPEN[0], "campaigns": [PMP], "start": "2013-03-01T08:00"}
    past = east.post("/bookings", body)
    assert (past.status_code, past.json()["field"]) == (409, "start")
    done = east.post("/bookings", body | {"start": "2013-03-18T08:00", "campaigns": [STP]})
    assert (done.status_code, done.json()["field"]) == (409, "campaigns")
    none = east.post("/bookings", body | {"start": "2013-02-30T08:00"})
    assert (none.status_code, none.json()["title"]) == (409, "There is no day 2013-02-30.")


def test_any_owner_may_come_to_any_dealer_and_the_repair_is_this_dealer_s(site, east) -> None:
    said = ORDER | {"vin": WEST_OPEN, "number": "R-9"}
    assert east.post("/repair-orders", said).json()["accepted"] == 1
    with site.ledger() as ledger:
        asked = "select status from state where vin = :vin and current"
        assert ledger.scalar(asked, vin=WEST_OPEN) == "repaired"


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/bookings", {"vin": EAST_BOTH}),
        ("/bookings", {"vin": EAST_BOTH, "campaigns": [PMP], "start": "tomorrow"}),
        ("/repair-orders", ORDER | {"dealer": "D0002"}),
        ("/repair-orders", ORDER | {"hours": "two"}),
        ("/repair-orders", ORDER | {"outcomes": [{"campaign": PMP, "outcome": "painted"}]}),
        ("/shipments", {"part_no": PUMP, "qty": 0, "day": "2013-03-05"}),
        ("/part-counts", {"part_no": PUMP, "on_hand": -1}),
    ],
)
def test_what_is_not_of_the_form_is_refused_by_its_field(site, east, address, body) -> None:
    answer = east.post(address, body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"part_no": "PUMP", "on_hand": NaN}'])
def test_what_is_no_json_is_refused(site, east, body) -> None:
    answer = east.post("/part-counts", body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_write_without_a_key_is_refused(site, east) -> None:
    from django.test import Client

    answer = Client().post(
        "/api/v1/repair-orders", json.dumps(ORDER), content_type="application/json",
        headers={"Authorization": f"Bearer {east.token}"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.content.decode()


def test_a_notice_is_acknowledged_once_by_the_dealer_it_went_to(site, east, west) -> None:
    with site.ledger() as ledger, ledger.transaction():
        ledger.execute(
            "insert into notice (follow_up, audience, code, edition, file, sha256, written_on, sent_on, acknowledged_at, receipt)"
            " values ('spring', 'dealer', :dealer, 1, 'gone.pdf', '', '2013-02-26', '2013-02-26', '', '')",
            dealer=EAST,
        )  # fmt: skip
    address = "/notices/spring/1/acknowledgement"
    assert west.post(address).status_code == 404
    assert [one["waits"] for one in east.get("/notices").json()["items"]] == [True]
    assert east.post(address).json()["acknowledged"] is True
    assert east.post(address).json()["acknowledged"] is False
    assert east.get("/notices").json()["items"][0]["acknowledged_at"] == "2013-03-05"


def test_a_dispute_is_a_row_of_the_analyst_s_list_once_and_its_fields_are_refused(
    site, east
) -> None:
    said = {"vin": EAST_OPEN[0], "campaigns": [PMP], "done_by": "D0002", "number": "W-9", "day": "2012-09-01"}  # fmt: skip
    for other, field in (
        ({"done_by": "D9999"}, "done_by"),
        ({"done_by": EAST}, "done_by"),
        ({"campaigns": [STP]}, "campaigns"),
    ):
        refused = east.post("/disputes", said | other)
        assert refused.status_code == 409, other
        assert refused.json()["field"] == field, other
    assert east.post("/disputes", said, key="dispute-1").json()["accepted"] == 1
    assert east.post("/disputes", said, key="dispute-1").json()["accepted"] == 1  # the same call
    assert east.post("/disputes", said, key="dispute-2").status_code == 409
    with site.ledger() as ledger:
        assert ledger.scalar("select count(*) from repair_dispute") == 1
    assert "order W-9 of dealer D0002" in site.client("ana").get("/analyst/disputed/").content.decode()  # fmt: skip
