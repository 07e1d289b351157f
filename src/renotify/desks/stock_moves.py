"""What a dealer says of its stock at the desk: a vehicle taken in, a vehicle sold; a hold is not passed by in silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from renotify.desks.booking import NotFree
from renotify.errors import UnknownName
from renotify.ledger import own_numbers
from renotify.ledger.intake.typed_rows import Typed, take_typed
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.stock.delivery_hold import holds_of
from renotify.values import vin as vins


class _Stands(NamedTuple):
    dealer_code: str
    stock_type: str
    in_date: date


@dataclass(frozen=True)
class TakenIn:
    """A vehicle that a dealer takes into its stock; ``not_on_record``: the number is right, though no vehicle on record has it."""

    dealer: str
    vin: str
    stock_type: str
    day: date
    not_on_record: bool = False


def take_in(session: Session, said: TakenIn, *, person: str, on: date) -> Typed:
    """Take a vehicle into a dealer's stock. Raises NotFree for one that stands in another dealer's, which has to let it go first, and for
    a number that no vehicle on record has, unless the person says that it is right all the same: no recall could ever hold that one.
    """
    dealer, vin = said.dealer, said.vin

    def refuse(inside: Session) -> None:
        if not said.not_on_record and vins.problem(vin) is None and not _on_record(inside, vin):
            unknown = own_numbers.not_on_record(inside, vin)
            raise NotFree("not_on_record", unknown.says, unknown.what_next)
        for one in _standing(inside, vin):
            if one.dealer_code != dealer:
                raise NotFree(
                    "vin",
                    f"{vin} stands in another dealer's stock.",
                    "Let them report it sold or traded first, or ask the analyst.",
                )

    row = {"vin": vin, "dealer_code": dealer, "stock_type": said.stock_type, "in_date": said.day.isoformat(), "sold_date": ""}  # fmt: skip
    return take_typed(session, "dealer_stock", [row], person=person, on=on, provided=refuse)


def report_sold(
    session: Session, dealer: str, vin: str, day: date, *, despite_hold: bool, person: str, on: date
) -> Typed:
    """Say that a vehicle of a dealer's stock was sold. NotFree while it is on hold, unless the person says that it was delivered all the
    same: then it is among those sold while open. Raises UnknownName for one that is not there.
    """
    found = [one for one in _standing(session, vin) if one.dealer_code == dealer]
    if not found:
        raise UnknownName(f"{vin} does not stand in your stock.", "Take it in first.")

    def refuse(inside: Session) -> None:
        holds = {row["vin"]: row for row in holds_of(inside, Scope(dealer=dealer), on=on).to_pylist()}  # fmt: skip
        held = holds.get(vin)
        if held is not None and not despite_hold:
            by = "by law (49 USC 30120(i))" if held["basis"] == "law" else "by the maker's policy"
            raise NotFree(
                "despite_hold",
                f"{vin} is on hold {by}: {held['campaigns'].replace('+', ' and ')} is not done.",
                "Repair it before it is delivered. If it was delivered already, say so.",
            )

    one = found[0]
    row = {
        "vin": vin, "dealer_code": dealer, "stock_type": one.stock_type, "in_date": one.in_date.isoformat(), "sold_date": day.isoformat(),
    }  # fmt: skip
    return take_typed(session, "dealer_stock", [row], person=person, on=on, provided=refuse)


class _Vin(NamedTuple):
    vin: str


def _on_record(session: Session, vin: str) -> bool:
    asked = "select vin from vehicle where vin = :vin union select vin from state where vin = :vin"
    return bool(session.rows(_Vin, asked, vin=vin))


def _standing(session: Session, vin: str) -> list[_Stands]:
    """Return in whose stock a vehicle stands unsold."""
    return session.rows(
        _Stands,
        "select dealer_code, stock_type, in_date from dealer_stock where vin = :vin and sold_date is null",
        vin=vin,
    )


class Released(NamedTuple):
    """A vehicle in stock that came off hold: the campaigns done since it came, joined by +, and the day of the last."""

    vin: str
    stock_type: str
    campaigns: str
    since: date


class _Done(NamedTuple):
    vin: str
    stock_type: str
    campaign_code: str
    since: date


def released(session: Session, dealer: str, first: date, on: date) -> list[Released]:
    """Return the vehicles in a dealer's stock that came off hold from a day on, the last first: what was open is done, and none is left."""
    held = {row["vin"] for row in holds_of(session, Scope(dealer=dealer), on=on).to_pylist()}
    rows = session.rows(
        _Done,
        "select s.vin, s.stock_type, t.campaign_code, t.since from dealer_stock s join state t on t.vin = s.vin"
        " where s.dealer_code = :dealer and s.sold_date is null and t.current and t.status in ('repaired', 'inspected_ok')"
        " and t.since >= s.in_date and t.since >= :first and t.since <= :on order by s.vin, t.campaign_code",
        dealer=dealer,
        first=first,
        on=on,
    )
    own: dict[str, list[_Done]] = {}
    for row in rows:
        if row.vin not in held:
            own.setdefault(row.vin, []).append(row)
    found = [
        Released(vin, done[0].stock_type, "+".join(one.campaign_code for one in done), max(one.since for one in done))
        for vin, done in own.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.since.toordinal(), one.vin))
