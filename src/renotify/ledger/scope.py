"""Whose rows may be seen: all, one area's, or one dealer's. A question takes it and pushes it into its SQL."""

from __future__ import annotations

from dataclasses import dataclass

from renotify.errors import UnknownName
from renotify.ledger.session import Session

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
            "Dealer codes are text with their leading zeros; load dealers.csv first.",
        )
    return Scope(dealer=code)


def area_scope(session: Session, code: str | None) -> Scope:
    """Return the scope of one area, or of all without a code. Raises UnknownName for an area without dealers."""
    if code is None:
        return ALL
    if not session.scalar("select count(*) from dealer where area_code = :code", code=code):
        raise UnknownName(f"There is no area {code}.", "Areas are named by dealers.csv.")
    return Scope(area=code)
