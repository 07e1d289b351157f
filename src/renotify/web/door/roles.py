"""The roles, and what the role of a person says about rows."""

from __future__ import annotations

from enum import StrEnum

from renotify.ledger.scope import ALL, Scope


class Role(StrEnum):
    """What a person does. A role that is none of these opens nothing."""

    ANALYST = "analyst"
    AREA_MANAGER = "area_manager"
    DEALER_SERVICE = "dealer_service"
    DEALER_PARTS = "dealer_parts"
    CONTACT = "contact"
    AUDITOR = "auditor"
    INTEGRATION = "integration"


DEALER = (Role.DEALER_SERVICE, Role.DEALER_PARTS)
SERVICE = (
    Role.DEALER_SERVICE,
)  # who writes of visits, work, hours and stock; both write of parts and receipts
READ_ONLY = (Role.AUDITOR,)
OF_ALL = (Role.ANALYST, Role.CONTACT, Role.AUDITOR)
TITLES = {
    Role.ANALYST: "Campaign analyst",
    Role.AREA_MANAGER: "Area manager",
    Role.DEALER_SERVICE: "Dealer, service",
    Role.DEALER_PARTS: "Dealer, parts",
    Role.CONTACT: "Contact staff",
    Role.AUDITOR: "Auditor",
    Role.INTEGRATION: "Dealer system",
}


def scope_of(role: str, area_code: str, dealer_code: str) -> Scope | None:
    """Return whose rows a role with an area and a dealer sees; None: nothing at all, as for a role nobody knows."""
    if role in OF_ALL:
        return ALL
    if role == Role.AREA_MANAGER and area_code:
        return Scope(area=area_code)
    if role in (*DEALER, Role.INTEGRATION) and dealer_code:
        return Scope(dealer=dealer_code)
    return None
