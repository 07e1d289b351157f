"""Keeping the people of the site: made, given a new password, locked out, and the made-up cast of a demo."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.contrib.sessions.models import Session as SignIn
from django.db import transaction

from renotify.errors import AlreadyDone, BadInput, UnknownName
from renotify.ledger.scope import area_scope, dealer_scope
from renotify.ledger.session import Session
from renotify.web.door.person import Person, Token
from renotify.web.door.roles import DEALER, Role

PASSWORD = 12  # bytes of chance in a password that we make
TOKEN = 32


class Cast(NamedTuple):
    """One of the demo's made-up people."""

    username: str
    full_name: str
    role: Role


CAST = (
    Cast("ana", "Ana Analyst", Role.ANALYST),
    Cast("arthur", "Arthur Area", Role.AREA_MANAGER),
    Cast("sam", "Sam Service", Role.DEALER_SERVICE),
    Cast("petra", "Petra Parts", Role.DEALER_PARTS),
    Cast("carla", "Carla Contact", Role.CONTACT),
    Cast("rex", "Rex Regulator", Role.AUDITOR),
)


@dataclass(frozen=True)
class Made:
    """A person as made or renewed, with the password that is told once."""

    username: str
    full_name: str
    role: str
    area_code: str
    dealer_code: str
    password: str


def add_person(
    session: Session,
    username: str,
    full_name: str,
    role: str,
    *,
    area: str = "",
    dealer: str = "",
    made_up: bool = False,
) -> Made:
    """Make a person and their first password.

    Raises BadInput for a role that lacks its area or dealer, AlreadyDone for a name that is there.
    """
    if role not in list(Role):
        raise BadInput(f"There is no role {role!r}.", f"Known are {', '.join(Role)}.")
    area, dealer = _whose(session, role, area, dealer)
    if Person.objects.filter(username=username).exists():
        raise AlreadyDone(
            f"There is a person {username} already.",
            f"renotify people password {username} gives a new password.",
        )
    password = secrets.token_urlsafe(PASSWORD)
    first, _, last = full_name.partition(" ")
    Person.objects.create_user(
        username,
        password=password,
        first_name=first,
        last_name=last,
        role=role,
        area_code=area,
        dealer_code=dealer,
        made_up=made_up,
    )
    return Made(username, full_name, role, area, dealer, password)


def _whose(session: Session, role: str, area: str, dealer: str) -> tuple[str, str]:
    """Return area and dealer as a role wants them. Raises BadInput, and UnknownName for one that nobody has loaded."""
    if role == Role.AREA_MANAGER:
        if not area:
            raise BadInput("An area manager has an area.", "Name it: --area CODE.")
        return area_scope(session, area).area, ""
    if role in (*DEALER, Role.INTEGRATION):
        if not dealer:
            raise BadInput(f"A {role.replace('_', ' ')} has a dealer.", "Name it: --dealer CODE.")
        return "", dealer_scope(session, dealer).dealer
    return "", ""


@dataclass(frozen=True)
class Kept:
    """A person as the list of them shows one."""

    username: str
    full_name: str
    role: str
    area_code: str
    dealer_code: str
    may_sign_in: bool
    signed_in_last: datetime | None


def everybody() -> list[Kept]:
    """Return all people by name."""
    return [
        Kept(
            one.username,
            one.get_full_name(),
            one.role,
            one.area_code,
            one.dealer_code,
            one.is_active,
            one.last_login,
        )
        for one in Person.objects.order_by("username")
    ]


def person_named(username: str) -> Person:
    """Return a person. Raises UnknownName."""
    found = Person.objects.filter(username=username).first()
    if found is None:
        raise UnknownName(f"There is no person {username}.", "renotify people list shows them all.")
    return found


def new_password(username: str) -> str:
    """Give a person a new password, end their sign-ins, and return it. Raises UnknownName."""
    person = person_named(username)
    password = secrets.token_urlsafe(PASSWORD)
    person.set_password(password)
    person.is_active = True
    person.save()
    end_sign_ins(person)
    return password


def lock_out(username: str) -> int:
    """Keep a person out from now on and return how many sign-ins and tokens end with it. Raises UnknownName."""
    person = person_named(username)
    person.is_active = False
    person.save(update_fields=["is_active"])
    ended = Token.objects.filter(person=person, ended_at=None).update(ended_at=datetime.now(UTC))
    return end_sign_ins(person) + ended


def end_sign_ins(person: Person) -> int:
    """End every sign-in of a person, at once, and return how many there were."""
    own = [
        one.session_key
        for one in SignIn.objects.iterator()
        if one.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    return SignIn.objects.filter(session_key__in=own).delete()[0]


def new_token(username: str) -> str:
    """Make a token for a dealer's system, kept as digest only, and return it. Raises UnknownName, BadInput for a person of another role."""
    person = person_named(username)
    if person.role != Role.INTEGRATION:
        raise BadInput(
            f"{username} is no dealer system.",
            "renotify people add NAME --role integration --dealer CODE makes one.",
        )
    token = secrets.token_urlsafe(TOKEN)
    Token.objects.create(person=person, digest=digest_of(token))
    return token


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def cast_of_demo(session: Session) -> list[Made]:
    """Make the demo's people, or give them new passwords: an analyst, an area, its busiest dealer, contact staff, an auditor."""
    return list(_cast(session))


class _Busy(NamedTuple):
    dealer_code: str
    area_code: str


def _cast(session: Session) -> Iterator[Made]:
    dealer = _busiest(session)
    for one in CAST:
        area = dealer.area_code if one.role == Role.AREA_MANAGER else ""
        code = dealer.dealer_code if one.role in DEALER else ""
        if Person.objects.filter(username=one.username, made_up=True).exists():
            yield Made(
                one.username, one.full_name, one.role, area, code, new_password(one.username)
            )
        else:
            yield add_person(
                session, one.username, one.full_name, one.role, area=area, dealer=code, made_up=True
            )


def _busiest(session: Session) -> _Busy:
    """Return the dealer with most booked visits and then most vehicles. Raises BadInput for a ledger without dealers."""
    found = session.rows(
        _Busy,
        "select d.dealer_code, d.area_code from dealer d order by"
        " (select count(*) from appointment a where a.dealer_code = d.dealer_code and a.status = 'booked') desc,"
        " (select count(*) from vehicle v where v.dealer_code = d.dealer_code) desc, d.dealer_code limit 1",
    )
    if not found:
        raise BadInput(
            "There is no dealer whose desk could be shown.",
            "Load dealers.csv first, or make made-up ones: renotify demo.",
        )
    return found[0]
