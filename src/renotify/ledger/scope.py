"""Whose rows may be seen: all, one area's, or one dealer's. A question takes it and pushes it into its SQL."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from renotify.errors import UnknownName
from renotify.ledger.session import Session

FEW = 12  # codes that a hint lists
NOWHERE = "(none)"  # in figures by area and dealer: those of no dealer that is known


@dataclass(frozen=True)
class Scope:
    """The dealers whose vehicles, stock, orders and receipts a person may see; both blank: all of them."""

    area: str = ""
    dealer: str = ""

    def of(self, dealer_code: str) -> str:
        """Return the SQL condition that a column of dealer codes lies in the scope; pass ``values`` beside it."""
        if self.dealer:
            return f"{dealer_code} = :scope_dealer"
        if self.area:
            return (
                f"{dealer_code} in (select dealer_code from dealer where area_code = :scope_area)"
            )
        return "true"

    def of_vehicle(self, vin: str) -> str:
        """Return the SQL condition that a column of VINs is a vehicle of the scope's dealers; pass ``values`` beside it."""
        if self.is_all:
            return "true"
        return f"{vin} in (select vin from vehicle where {self.of('dealer_code')})"

    @property
    def values(self) -> dict[str, str]:
        """The values of the condition."""
        if self.dealer:
            return {"scope_dealer": self.dealer}
        return {"scope_area": self.area} if self.area else {}

    @property
    def is_all(self) -> bool:
        return not (self.area or self.dealer)


ALL = Scope()


def dealer_scope(session: Session, code: str | None) -> Scope:
    """Return the scope of one dealer, or of all without a code. Raises UnknownName for a dealer nobody has loaded."""
    if code is None:
        return ALL
    if not session.scalar("select count(*) from dealer where dealer_code = :code", code=code):
        raise UnknownName(
            f"There is no dealer {code}.",
            _hint(
                session,
                "dealer_code",
                code,
                "Dealer codes are text with their leading zeros",
                "; load dealers.csv first",
            ),
        )
    return Scope(dealer=code)


class _Code(NamedTuple):
    code: str


def _hint(session: Session, column: str, typed: str, rule: str, to_do: str = "") -> str:
    """Return the codes that are like one that is none; where none is alike the rule of codes, with all of them if they are few."""
    sql = f"select distinct {column} as code from dealer where {column} <> '' order by 1"
    known = [one.code for one in session.rows(_Code, sql)]
    near = get_close_matches(typed.upper(), known, 3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    few = 0 < len(known) <= FEW
    return f"{rule}; known are {', '.join(known)}." if few else f"{rule}{to_do}."


def area_scope(session: Session, code: str | None) -> Scope:
    """Return the scope of one area, or of all without a code. Raises UnknownName for an area without dealers."""
    if code is None:
        return ALL
    if not session.scalar("select count(*) from dealer where area_code = :code", code=code):
        hint = _hint(session, "area_code", code, "Areas are named by dealers.csv")
        raise UnknownName(f"There is no area {code}.", hint)
    return Scope(area=code)
