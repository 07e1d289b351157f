"""Ledger, explanation, telephone, page and interface say the same of every vehicle of the demo.

The ledger and the interface are asked of all of them; the others of one vehicle of each kind that the look-up knows.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlencode

import pyarrow as pa
import pytest

import public_world as w
from renotify.contact import answers as telephone
from renotify.demo.oem import write_input
from renotify.ledger import intake
from renotify.ledger.explain import explain
from renotify.ledger.lookup import lookup
from renotify.ledger.session import open_session
from renotify.publish.public_answers import answer
from renotify.publish.publishing import publish
from renotify.publish.signing_keys import private_key, public_key
from renotify.web.public.address_limit import AddressLimit
from renotify.web.public.live_snapshot import LiveSnapshot
from renotify.web.public.public_site import PublicSite
from renotify.web.public.site_request import SiteRequest

NewLedger = Callable[..., AbstractContextManager[str]]
VINS = pa.schema([("vin", pa.string())])
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_of_every_vehicle_of_the_demo(
    request: pytest.FixtureRequest, new_ledger: NewLedger, tmp_path: Path
) -> None:
    file = tmp_path / "look-up.snapshot"
    write_input(tmp_path / "maker", vehicles=600, seed=5)
    with (
        new_ledger(request, tmp_path, "sqlite") as url,
        open_session(url) as session,
    ):
        intake.load(session, [tmp_path / "maker"], on=w.ON, rejects_dir=tmp_path)
        publish(session, file, private_key(w.key_in(tmp_path)), w.ON, w.CONTACT)
        live = LiveSnapshot(file, public_key(tmp_path / "publish.key.pub"))
        site = PublicSite(live, lambda: w.ON, AddressLimit(0))
        vins = session.read("select vin from vehicle", VINS)["vin"].to_pylist()
        public = dict(zip(vins, answer(live.current, vins, w.ON), strict=True))
        kept = dict(zip(vins, lookup(session, vins, on=w.ON), strict=True))
        assert len(public) == 600
        for vin, found in public.items():
            assert of_public(found) == of_ledger(kept[vin]["campaigns"])
        body = json.dumps({"vins": vins}).encode()
        called = site.respond(SiteRequest("POST", "/api/v1/lookup", JSON, body, ""))
        for one in json.loads(called.body)["answers"]:
            told = [(c["campaign"], c["done"], c["remedy_available"]) for c in one["campaigns"]]
            assert told == of_public(public[one["vin"]])
        for vin in {found.place: vin for vin, found in public.items()}.values():
            to_do = [(code, there) for code, done, there in of_public(public[vin]) if not done]
            spoken = telephone.answer(session, vin, w.ON).campaigns
            assert [(c.campaign, c.remedy_available) for c in spoken if c.done is False] == to_do
            explained = {c["campaign"]: c["status"] for c in explain(session, vin, w.ON)["campaigns"]}  # fmt: skip
            assert explained == {c["campaign"]: c["status"] for c in kept[vin]["campaigns"]}
            assert of_page(site, vin) == [code for code, done, _ in of_public(public[vin]) if not done]  # fmt: skip


def of_public(found: object) -> list[tuple[str, bool, bool]]:
    return [(c.campaign.campaign, c.done, c.remedy_available) for c in found.recalls]  # type: ignore[attr-defined]


def of_ledger(campaigns: list[dict[str, object]]) -> list[tuple[str, bool, bool]]:
    """In the order of the look-up: what is done comes last, and says nothing of its remedy."""
    asked = [c for c in campaigns if c["done"] is not None]
    ordered = sorted(asked, key=lambda c: bool(c["done"]))
    return [(str(c["campaign"]), bool(c["done"]), bool(c["remedy_available"] and not c["done"])) for c in ordered]  # fmt: skip


def of_page(site: PublicSite, vin: str) -> list[str]:
    """The codes of what is open, in the order in which the page has them."""
    body = urlencode({"vin": vin}).encode()
    page = site.respond(SiteRequest("POST", "/en", FORM, body, "")).body.decode()
    articles = re.findall(r"<article.*?</article>", page, re.DOTALL)
    return [html.unescape(re.findall(r"Our number</dt><dd>(\w+)<", one)[0]) for one in articles]
