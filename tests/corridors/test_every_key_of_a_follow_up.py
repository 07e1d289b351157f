"""Every key of followup.toml is read: another value makes another list, plan, letter or barcode, or is refused.

A key that the contract names and nothing reads fails here. The world is small: a dealer whose hours are short, another with many, a team
of mobile repair, and a part of which little comes.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from conftest import copy_of
from renotify.campaigns import (
    follow_up_settings,
    mail_service,
    outreach_settings,
    readiness_settings,
)
from renotify.errors import BadInput
from renotify.ledger.session import Session, open_session
from renotify.letters.compose import recipe
from renotify.mailing import barcodes, versions
from renotify.mailing.versions import VersionKey
from renotify.notices import gather
from small_world import Desk, World, toml, vin

NOTICE, MONDAY = date(2013, 2, 26), date(2013, 3, 4)
STATED: dict[str, Any] = {
    "name": "spring", "kind": "follow_up_voluntary", "campaigns": ["PMP", "STP"], "notice_date": NOTICE, "days_after_notice": 7,
    "horizon_weeks": 8, "mail_house_letters_per_week": 4, "least_wave": 1, "wait_bound_weeks": 1, "parts_quantile": 0.9,
    "parts_count_spread": 1.0, "stated_start": date(2013, 3, 5), "rest_weeks": 0, "policy": "greedy",
    "response": {"share": 0.5, "scale_weeks": 2.0, "shape": 1.0, "background_per_week": 0.01},
    "supply": {"slip_weeks": 2, "share_of_promised": 0.9},
    "sender": {
        "name": "Made-up Maker", "address": "1 Main St, Columbus OH 43215", "phone": "1-800-555-0155", "tty": "1-800-555-0156",
        "department": "Campaigns", "hours": "8 to 8", "web": "www.example.com", "mailer_id": "123456",
        "eligibility_system": "Dealer Portal",
        "es": {"department": "Campañas", "hours": "de 8 a 8"},
    },
    "mail": {"endorsement": "Address Service Requested"},
    "network": {"long_visits": "mobile", "mobile_units": ["M0001"], "mobile_longest_hours": 20.0},
    "outreach": {"randomise": True, "seed": 1, "arms": [
        {"name": "a", "share": 0.5, "wording": "kind"}, {"name": "b", "share": 0.5, "channel": "email", "day": "Monday"},
    ], "wordings": {"kind": {"why_you": "We write to you as the owner.", "what_to_do": "Please call your dealer.",
        "es": {"why_you": "Le escribimos como propietario.", "what_to_do": "Llame a su concesionario."}}}},
    "readiness": {"notices": "ask"},
}  # fmt: skip

# what is read as a list is frozen, planned, printed: by the name of the key
OTHERWISE: dict[str, Any] = {
    "name": "summer", "kind": "initial", "campaigns": ["PMP"], "notice_date": date(2013, 4, 2), "days_after_notice": 21,
    "horizon_weeks": 3, "mail_house_letters_per_week": 1, "least_wave": 9, "wait_bound_weeks": 4, "parts_quantile": 0.5,
    "parts_count_spread": 9.0, "stated_start": date(2013, 2, 28), "policy": "all-at-once", "rest_weeks": 8, "silent_of": "winter",
    "owed_of": "winter",
    "response.share": 0.9, "response.scale_weeks": 9.0, "response.shape": 2.0, "response.background_per_week": 0.1,
    "supply.slip_weeks": 5, "supply.share_of_promised": 0.1,
    "sender.name": "Another Maker", "sender.address": "2 Main St, Columbus OH 43215", "sender.phone": "1-800-555-0177",
    "sender.tty": "1-800-555-0178", "sender.department": "Owners", "sender.hours": "9 to 5", "sender.web": "www.example.org",
    "sender.mailer_id": "654321",
    "sender.eligibility_system": "Service Net", "sender.es.department": "Propietarios", "sender.es.hours": "de 9 a 5",
    "mail.endorsement": "Return Service Requested", "mail.service_type": "270",
    "network.long_visits": "tell", "network.mobile_units": ["D0002"], "network.mobile_longest_hours": 1.0,
    "outreach.randomise": False, "outreach.seed": 7, "outreach.arms": [{"name": "a", "share": 0.2}, {"name": "b", "share": 0.8}],
    "outreach.wordings": {"kind": {"why_you": "You own one of these vehicles.", "what_to_do": "Please call your dealer.",
        "es": {"why_you": "Le escribimos como propietario.", "what_to_do": "Llame a su concesionario."}}},
}  # fmt: skip
# read when a wave is asked whether it is ready, on a day on which every check finds something
OF_A_WAVE = {
    **{f"readiness.{check}": readiness_settings.REFUSE for check in readiness_settings.DEFAULTS},
    "readiness.address_days": 1000,
}


SPANISH = {
    "subject": "Bomba", "component": "la bomba", "defect": "Una pieza se puede romper.",
    "consequence": "El motor puede apagarse. Esto puede causar un choque.", "remedy": "El concesionario cambia la pieza sin costo.",
}  # fmt: skip
ARMS = pa.schema([("vin", pa.string()), ("arm", pa.string())])


@pytest.fixture(scope="module")
def loaded(
    new_ledger: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("loaded")
    with new_ledger(request, folder, "sqlite") as url:
        made = World(folder / "input")
        for code in ("PMP", "STP"):
            made.campaign(code, es=SPANISH)
        for dealer in ("D0001", "D0002", "M0001"):
            made.dealer(dealer)
        for number in range(8):
            made.vehicle(
                vin(number),
                *(("PMP", "STP") if number % 2 else ("PMP",)),
                dealer="D0001",
                owner=f"ANA {number}",
            )
        made.labour("PMP", 10.0).labour("STP", 3.0)
        made.capacity("D0001", {MONDAY: 4.0}).capacity("D0002", {MONDAY: 200.0}).capacity(
            "M0001", {MONDAY: 60.0}
        )
        # somebody wrote to the first one lately: who rests is not written to
        made.add("mail_events", vin=vin(0), campaign_code="PMP", kind="mailed", mailed_date=date(2013, 2, 19))  # fmt: skip
        made.part("PUMP").takes("PMP", "PUMP", 1)
        for monday, kits in ((date(2013, 3, 11), 2), (date(2013, 3, 25), 9)):
            made.add("part_supply", part_no="PUMP", week=monday, supply_qty=kits, status="promised")
        Desk(url, folder / "desk").do("load", made.write(), on=NOTICE)
        yield url


def observed(stated: Mapping[str, Any], loaded: str, folder: Path) -> Iterator[Any]:
    """Yield one after the other, what takes no time first: the barcodes of settings, their list, the texts of the letters in both
    languages, what is said of drawn weeks, the problem, and the plan; or why they are refused.
    """
    file = folder / "followup.toml"
    file.write_text(written(stated), encoding="utf-8")
    try:
        settings = follow_up_settings.read(file)
    except BadInput as refused:
        yield refused.message
        return
    yield barcodes.tracking_of(settings)
    with copy_of(loaded, folder) as url:
        desk = Desk(url, folder / "desk")
        frozen = desk.run("followup", "new", file, "--on", NOTICE, "--json")
        if frozen.code:
            yield frozen.err
            return
        name = stated["name"]
        yield frozen.json
        with open_session(url) as session:
            yield session.read("select vin, arm from listed order by vin", ARMS).to_pylist()
            yield letters(session, settings)
            # what the notices to dealers name
            yield gather.occasion(session, name, NOTICE).sender["eligibility_system"]
        effect = desk.run("report", "outreach", name, "--by", "week", "--on", NOTICE)
        yield effect.code, effect.err
        yield desk.problem(name, NOTICE)
        plan = desk.run("plan", name, "--on", NOTICE, "--json", "--workers", 1)
        assert plan.code == 0, plan.err
        yield plan.json


def letters(session: Session, settings: follow_up_settings.FollowUpSettings) -> list[Any]:
    made = versions.of_follow_up(session, settings, mail_date=date(2013, 3, 5))
    keys = [
        VersionKey(
            family="safety", bundle="PMP", recipient="owner", language=language, wording=wording
        )
        for language in ("en", "en+es")
        for wording in ("", *(one.name for one in settings.drawn.wordings))
    ]
    return [
        made.endorsement,
        *(recipe(made.spec(key), made.profile, made.pack).inputs for key in keys),
    ]


def written(stated: Mapping[str, Any]) -> str:
    """Settings as TOML."""
    return "".join(f"{key} = {toml(value)}\n" for key, value in stated.items())


def keys_of_the_contract() -> set[str]:
    """Every key of followup.toml; those of tables joined by dots."""
    tables = {
        "response": follow_up_settings.RESPONSE, "supply": follow_up_settings.SUPPLY, "network": follow_up_settings.NETWORK,
        "sender": follow_up_settings.SENDER, "sender.es": follow_up_settings.SENDER_ES, "mail": mail_service.MAIL,
        "outreach": outreach_settings.OUTREACH, "readiness": (*readiness_settings.DEFAULTS, readiness_settings.ADDRESS_DAYS),
    }  # fmt: skip
    alone = follow_up_settings.SETTINGS.keys() - tables.keys()
    return alone | {f"{table}.{key}" for table, known in tables.items() for key in known}


@pytest.fixture(scope="module")
def as_stated(loaded: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    found, again = (
        [as_text(one) for one in observed(STATED, loaded, tmp_path_factory.mktemp("stated"))]
        for _ in range(2)
    )
    assert len(found) > 2  # not refused
    assert found == again  # or a difference would say nothing
    return found


def as_text(found: object) -> str:
    return json.dumps(found, default=str, sort_keys=True)


def test_every_key_of_the_contract_is_tried() -> None:
    assert OTHERWISE.keys() | OF_A_WAVE.keys() == keys_of_the_contract()
    assert tomllib.loads(written(STATED)) == STATED


@pytest.mark.parametrize("key", OTHERWISE)
def test_another_value_changes_something_or_is_refused(
    key: str, loaded: str, as_stated: list[str], tmp_path: Path
) -> None:
    """Nothing is looked at beyond what is the first to differ."""
    other = deepcopy(STATED)
    *path, last = key.split(".")
    table = other
    for name in path:
        table = table[name]
    table[last] = OTHERWISE[key]
    seen = (as_text(one) for one in observed(other, loaded, tmp_path))
    assert any(one != before for one, before in zip_longest(seen, as_stated))


def wave_ready(rules: Mapping[str, object], loaded: str, folder: Path) -> dict[str, str]:
    """What becomes of a wave by each check that finds something, by rules of ``[readiness]``; every other check is told."""
    tell = dict.fromkeys(readiness_settings.DEFAULTS, readiness_settings.TELL)
    stated = STATED | {
        "policy": "all-at-once", "mail_house_letters_per_week": 99, "network": {"long_visits": "tell"},
        "readiness": tell | {"address_days": 10} | rules,
    }  # fmt: skip
    file = folder / "ready.toml"
    file.write_text(written(stated), encoding="utf-8")
    with copy_of(loaded, folder) as url:
        desk = Desk(url, folder / "desk")
        desk.do("followup", "new", file, on=NOTICE)
        desk.do("plan", "spring", "--workers", 1, on=NOTICE)
        found = [desk.do("mail", "ready", "spring", 1, on=MONDAY)]
        desk.do("notices", "spring", on=NOTICE)
        desk.do("notices", "spring", "--sent", on=NOTICE)
        found.append(desk.do("mail", "ready", "spring", 1, on=MONDAY))
    return {one["check"]: one["rule"] for ready in found for one in ready["checks"]}


@pytest.fixture(scope="module")
def told(loaded: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return wave_ready({}, loaded, tmp_path_factory.mktemp("told"))


def test_every_check_of_readiness_finds_something_here(told: dict[str, str]) -> None:
    assert told == dict.fromkeys(readiness_settings.DEFAULTS, readiness_settings.TELL)


@pytest.mark.parametrize("key", OF_A_WAVE)
def test_another_rule_makes_something_else_of_a_wave(
    key: str, loaded: str, told: dict[str, str], tmp_path: Path
) -> None:
    name = key.removeprefix("readiness.")
    found = wave_ready({name: OF_A_WAVE[key]}, loaded, tmp_path)
    if name == "address_days":  # no address is so old
        assert found == {check: rule for check, rule in told.items() if check != "addresses"}
    else:
        assert found == told | {name: readiness_settings.REFUSE}


@pytest.mark.parametrize(
    ("table", "key", "meant"),
    [("", "horizon_week", "horizon_weeks"), ("response", "shares", "share"), ("sender", "fone", "phone"),
     ("network", "mobile_unit", "mobile_units"),
     ("readiness", "notice", "notices"), ("outreach", "sead", "seed"), ("supply", "slip_week", "slip_weeks")],
)  # fmt: skip
def test_a_key_that_nothing_reads_is_refused_with_the_one_that_may_be_meant(
    table: str, key: str, meant: str, tmp_path: Path
) -> None:
    other = deepcopy(STATED)
    (other[table] if table else other)[key] = 1
    file = tmp_path / "followup.toml"
    file.write_text(written(other), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        follow_up_settings.read(file)
    assert f"there is no key {key!r}" in refused.value.message
    assert refused.value.hint == f"Did you mean {meant!r}?"
