"""Somebody who asks the public site without a server, and what is put in the place of its snapshot."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace as changed
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

import public_world as w
from renotify.publish.signing_keys import private_key, public_key
from renotify.publish.snapshot_writing import PlacedVehicles, write_snapshot
from renotify.web.public.address_limit import AddressLimit
from renotify.web.public.live_snapshot import LiveSnapshot
from renotify.web.public.public_site import PublicSite
from renotify.web.public.site_request import SiteRequest, SiteResponse

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
CALL = "/api/v1/lookup"


class Visitor:
    """Somebody who asks the site; what a page says, as text."""

    def __init__(self, file: Path, on: date = w.ON, per_minute: int = 0, trusted: tuple[str, ...] = ()) -> None:  # fmt: skip
        self.live = LiveSnapshot(file, public_key(file.parent / "publish.key.pub"))
        self.now = 0.0
        limit = AddressLimit(per_minute, burst=3, clock=lambda: self.now)
        self.site = PublicSite(self.live, lambda: on, limit, trusted)

    def ask(
        self, method: str, path: str, body: bytes | None = b"", address: str = "192.0.2.1", **headers: str
    ) -> SiteResponse:  # fmt: skip
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site.respond(SiteRequest(method, path, names, body, address))

    def post(self, vin: str, language: str = "en", model: str = "", **more: str) -> SiteResponse:
        body = urlencode({"vin": vin, "model": model}).encode()
        return self.ask("POST", f"/{language}", body, content_type=FORM["content-type"], **more)

    def call(self, document: object, **more: str) -> SiteResponse:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.ask("POST", CALL, body, content_type=JSON["content-type"], **more)


def text(response: SiteResponse) -> str:
    """The words of a page as a reader sees them."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.body.decode())).split())


def header(response: SiteResponse, name: str) -> str:
    return next((value for key, value in response.headers if key == name), "")


def replace(file: Path, content: bytes) -> None:
    """Put other bytes in a file's place, as ``publish`` does."""
    beside = file.with_name("beside")
    beside.write_bytes(content)
    beside.replace(file)


def newer_of(file: Path, later: Path) -> None:
    """Write a snapshot of the next day with the vehicle ``w.ALL`` alone and the same key."""
    before = w.opened(file)
    place = before.place(w.ALL)
    assert place is not None
    vehicle = before.content.vehicles[place]
    content = changed(before.content, updated=w.ON + timedelta(days=1))
    placed = PlacedVehicles(np.array([w.ALL.encode()], "S17"), np.zeros(1, np.uint32))
    write_snapshot(later, private_key(file.parent / "publish.key"), [placed], content, [vehicle])
