"""A small follow-up of one dealer, ready to release: its files are loaded, its list frozen and its letters planned as always.

All people are made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import MappingProxyType

from filled_once import filled_once
from renotify.campaigns import follow_up_settings
from renotify.campaigns.follow_up_settings import FIRST_KINDS
from renotify.errors import LetterRefused
from renotify.ledger import intake
from renotify.ledger.session import Session
from renotify.mailing.approving import approve_letters
from renotify.planner import from_ledger
from renotify.selection.freeze import freeze_follow_up
from small_world import SENDER, SIGNER, UNSIGNED, VOLUNTARY, World, follow_up_file, vin

NAME = "lexus-2013"
NOTICE = date(2013, 2, 26)
WEEK = date(2013, 3, 4)  # of the first lawful letter, seven days after the notice
ON = date(2013, 3, 6)
AS_OF = date(2012, 12, 1)
PERSON, STREET = "ANASTASIA MADEUP", "12 Fictitious St"
DEALER = "D0001"
CODES = ("9LA", "ALE", "CLB")
SPANISH = {
    "subject": "Tubo de combustible", "component": "tubo de combustible",
    "defect": "El tubo puede agrietarse.", "remedy": "El concesionario cambia el tubo sin costo",
    "consequence": "El motor puede apagarse. Esto puede causar un choque sin aviso.",
}  # fmt: skip
FACTS: Mapping[str, Mapping[str, object]] = {
    "9LA": {"nhtsa_campaign_number": "09V020000", "es": SPANISH},
    "ALE": {"nhtsa_campaign_number": "10V309000", "es": SPANISH},
    "CLB": {
        "campaign_type": "service_campaign",
        "consequence": "The engine can leak oil.",
        "es": SPANISH,
    },
}


def small_follow_up(folder: Path, *, told: bool = True, **facts: Mapping[str, object]) -> World:
    """A world of two recalls, a service campaign and a dealer; ``facts`` are other facts of a campaign, by its code.

    Unless their owners were ``told``, no campaign had its first notice.
    """
    world = World(folder).dealer(DEALER)
    untold = {} if told else {"first_notice_date": None}
    for code in CODES:
        world.campaign(code, **(dict(FACTS[code]) | untold | dict(facts.get(code, {}))))
        world.labour(code, 2.0)
    return world


def vehicle(
    world: World, number: int, *codes: str, roles: Sequence[str] = ("owner",), **owner: object
) -> str:
    """Add a vehicle with its campaigns and one owner record a role, and return its VIN."""
    own = vin(number)
    world.vehicle(own, *codes, dealer=DEALER, owner=None)
    for role in roles:
        world.owner(own, **({"role": role, "name1": PERSON, "addr1": STREET} | owner))
    return own


def load(session: Session, world: World, on: date = ON) -> None:
    """Load the files of a world; every row must be taken."""
    loaded = intake.load(
        session, [world.write()], on=on, rejects_dir=world.path.with_name("rejects")
    )
    assert not loaded.rejected, loaded.to_json()


def freeze(
    session: Session,
    world: World,
    *,
    name: str = NAME,
    kind: str = "follow_up_voluntary",
    sender: Mapping[str, object] = SENDER,
    horizon: int = 26,
    mail: Mapping[str, object] = MappingProxyType({}),
    notice: date = NOTICE,
    outreach: Mapping[str, object] = MappingProxyType({}),
    readiness: Mapping[str, object] = UNSIGNED,
    then: Callable[[], object] = lambda: None,
    how: object = "frozen",
) -> None:
    """Load a world, freeze the list of a follow-up of all its campaigns, and do what comes ``then``, which ``how`` names."""
    file = follow_up_file(
        world.path.with_name("followup.toml"), {}, sender, mail, name=name, kind=kind, campaigns=CODES,
        notice_date=notice, days_after_notice=7, horizon_weeks=horizon, outreach=outreach,
        readiness=readiness,
    )  # fmt: skip

    def fill() -> None:
        load(session, world, NOTICE)
        freeze_follow_up(session, follow_up_settings.read(file), NOTICE)
        then()

    filled_once(session, world.write(), (file.read_bytes(), how), fill)


def plan(
    session: Session, world: World, *, weeks: int = 1, name: str = NAME, **how: object
) -> None:
    """Load a world, freeze its list and plan each bundle's letters in equal parts over so many weeks; those that are owed are signed.

    They are not where the follow-up states how ready it has to be: what is asked then is what the test is about.
    """
    policy = f"uniform:{weeks}"

    def planning() -> None:
        from_ledger.plan_follow_up(session, name, policy)
        if how.get("kind", VOLUNTARY) != VOLUNTARY and how.get("readiness", UNSIGNED) is UNSIGNED:
            with suppress(LetterRefused):  # what is refused, a release refuses too
                signed(session, name)

    freeze(session, world, name=name, then=planning, how=policy, **how)


def signed(session: Session, name: str = NAME, on: date = NOTICE) -> None:
    """Sign the letters of a follow-up as they stand on a day."""
    approve_letters(session, name, approver=SIGNER, on=on)


def planned(
    session: Session,
    folder: Path,
    *vehicles: Sequence[str],
    weeks: int = 1,
    kind: str = "follow_up_voluntary",
    sender: Mapping[str, object] = SENDER,
    readiness: Mapping[str, object] = UNSIGNED,
    **facts: Mapping[str, object],
) -> list[str]:
    """Plan a follow-up of vehicles, each named by its campaigns, and return their VINs."""
    world = small_follow_up(folder / "input", told=kind not in FIRST_KINDS, **facts)
    vins = [vehicle(world, number, *codes) for number, codes in enumerate(vehicles, start=1)]
    plan(session, world, weeks=weeks, kind=kind, sender=sender, readiness=readiness)
    return vins


# What comes in between the plan and the release


def repaired(
    session: Session, folder: Path, vin: str, code: str, day: date = date(2013, 3, 5)
) -> None:
    """Load a repair."""
    world = World(folder / "news")
    load(session, world.repair(vin, code, day, dealer=DEALER, ro_id=f"R{vin[-6:]}{code}"), day)


def moved(session: Session, folder: Path, vin: str, as_of: date, **owner: object) -> None:
    """Load a newer owner."""
    row = {"name1": PERSON, "addr1": STREET} | owner
    load(session, World(folder / "news").owner(vin, as_of=as_of, **row), as_of)
