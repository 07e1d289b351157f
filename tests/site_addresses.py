"""Every address that the site has, with an example of it: what tests of the door walk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from two_dealers import EAST_BOTH, PMP

EXAMPLES: dict[str, str] = {  # values of the parts of an address
    "vin": EAST_BOTH,
    "campaign": PMP,
    "name": "spring",
    "follow_up": "spring",
    "wave": "1",
    "number": "1",
    "code": "E",
    "provider_id": "company",
    "key": "made-up",
    "which": "awaiting",
    "edition": "1",
    "kind": "csv",
    "piece": "0123456789ABCDEF",
    "audience": "area",
}


@dataclass(frozen=True)
class Address:
    """An address: an ``example`` to ask for, and the roles that its view names (none: it was forgotten)."""

    example: str
    roles: frozenset[str]

    @property
    def is_open(self) -> bool:
        return "anybody" in self.roles

    @property
    def is_of_everybody(self) -> bool:
        return "signed in" in self.roles

    @property
    def asks_itself(self) -> bool:
        """A route of dealer systems: who may call it is walked in web/api/test_api_door.py."""
        return "asks itself" in self.roles


@cache
def every_address() -> tuple[Address, ...]:
    """Return every address of the site; those of the sign-in library that it does not use are closed, and left out."""
    from django.urls import get_resolver

    return tuple(_walk(get_resolver(), ""))


def _walk(resolver: Any, before: str) -> Any:
    from django.urls import URLResolver

    from renotify.web.door.gate import OF_SIGN_IN

    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one, route)
            continue
        roles = getattr(one.callback, "roles", None)
        if roles is None and route.startswith("sign-in/"):
            roles = OF_SIGN_IN.get(one.name)
            if roles is None:
                continue
        yield Address("/" + _filled(route), roles or frozenset())


def _filled(route: str) -> str:
    """Return a route with an example for each of its parts."""
    filled = ""
    while "<" in route:
        head, _, rest = route.partition("<")
        part, _, route = rest.partition(">")
        kind, _, name = part.rpartition(":")
        filled += head + ("1" if kind == "int" else EXAMPLES.get(name, "1"))
    return (filled + route).replace("^", "").replace("$", "")
