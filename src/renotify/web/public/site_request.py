"""What is asked and what is answered, whatever server stands before the site."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from typing import NamedTuple

LONGEST_FORM = 4_096  # bytes of a posted form: a VIN and a model
LONGEST_CALL = 1_048_576  # bytes of a call of the interface: 10,000 VINs and room to spare
HTML, JSON, PROBLEM = (
    "text/html; charset=utf-8",
    "application/json",
    "application/problem+json",
)
SECURITY = (
    ("content-security-policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)  # fmt: skip
NOT_KEPT = ("cache-control", "no-store")


class SiteRequest(NamedTuple):
    """One request: names of headers in small letters; ``body`` None where it was longer than the site reads."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    address: str


class SiteResponse(NamedTuple):
    """One response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, status: int, kind: str, body: bytes, *more: tuple[str, str]) -> SiteResponse:
        """Return a response of a content type; what is not said to be kept is kept by nobody on the way."""
        kept = () if any(name == "cache-control" for name, _ in more) else (NOT_KEPT,)
        return cls(status, (("content-type", kind), *SECURITY, *kept, *more), body)


def longest_body(path: str) -> int:
    """Return how many bytes the site reads of what is posted to a path."""
    return LONGEST_CALL if path.startswith("/api/") else LONGEST_FORM


def asking_address(peer: str, forwarded: str, trusted: Collection[str]) -> str:
    """Return the address that asks: the peer's, or where that is a trusted proxy the last one forwarded that is none.

    Of IPv6 it is the network of 64 bits, which one household or server has to itself. What is no address is the peer's.
    """
    chain = [one.strip() for one in forwarded.split(",") if one.strip()]
    asking = peer
    while asking in trusted and chain:
        asking = chain.pop()
    return _network(asking) or _network(peer) or peer


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)
