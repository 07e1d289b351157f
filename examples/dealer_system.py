"""A dealer's own system that works a day through renotify's interface, with Python's standard library alone.

    RENOTIFY_TOKEN=... python examples/dealer_system.py http://127.0.0.1:8000 VIN...

It checks each VIN, books those that can be done, prints the order of parts, and reports what came of today's visits.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

TRIES = 3  # of one call, all under one key


class Refused(Exception):
    """The interface said no: ``status``, and its problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem.get('title', '')} {problem.get('detail', '')}".strip())
        self.status, self.problem = status, problem


@dataclass
class Renotify:
    """The interface at an address, for the dealer of a token."""

    address: str
    token: str

    def get(self, path: str) -> Any:
        return self._call("GET", path, None, {})

    def post(self, path: str, body: object) -> Any:
        """Write once, however often it has to be sent."""
        return self._call("POST", path, body, {"Idempotency-Key": str(uuid.uuid4())})

    def _call(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        own = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        call = urllib.request.Request(
            f"{self.address}/api/v1{path}", data, own | headers, method=method
        )
        for left in reversed(range(TRIES)):
            try:
                with urllib.request.urlopen(call, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code < 500 or not left:
                    raise Refused(error.code, json.load(error)) from None
            except urllib.error.URLError:
                if not left:
                    raise
        raise AssertionError


def book(dealer: Renotify, vin: str) -> str | None:
    """Book a vehicle at the first free time, and return the number of the visit."""
    check = dealer.get(f"/checks/{vin}")
    print(f"{vin}: {check['headline']} {check['what_next']}")
    if not check["eligible"] or check["booking"]:
        return check["booking"]
    for start in dealer.get(f"/free-times/{vin}")["starts"]:
        wanted = {"vin": vin, "campaigns": check["visit"], "start": start, "order_kit": True}
        try:
            booked = dealer.post("/bookings", wanted)
        except Refused as refused:
            print(f"  {start}: {refused}")
            continue
        print(f"  booked for {booked['start']}, number {booked['number']}")
        return str(booked["number"])
    return None


def order(dealer: Renotify) -> list[dict[str, Any]]:
    """Return what to order now, all pages of it."""
    lines: list[dict[str, Any]] = []
    page = dealer.get("/orders")
    lines += page["items"]
    while page["after"]:
        page = dealer.get(f"/orders?after={page['after']}")
        lines += page["items"]
    for line in lines:
        print(f"order {line['order']} of {line['part_no']}: {line['reason']}")
    return lines


def report(dealer: Renotify) -> int:
    """Report every visit of today as arrived and repaired, and return how many there were."""
    today = dealer.get("/day")
    for visit in today["visits"]:
        check = dealer.get(f"/checks/{visit['vin']}")
        number = check["booking"]
        if visit["status"] == "booked":
            dealer.post(f"/bookings/{number}/status", {"status": "arrived"})
        done = [{"campaign": code, "outcome": "remedied"} for code in check["visit"]]
        dealer.post(
            "/repair-orders",
            {
                "number": f"RO-{number}",
                "vin": visit["vin"],
                "day": today["on"],
                "outcomes": done,
                "hours": round(visit["hours"], 1),
            },
        )
        print(f"{visit['vin']}: repaired")
    return len(today["visits"])


def main(address: str, vins: list[str]) -> None:
    dealer = Renotify(address, os.environ["RENOTIFY_TOKEN"])
    for vin in vins:
        book(dealer, vin)
    order(dealer)
    print(f"{report(dealer)} visits reported")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
