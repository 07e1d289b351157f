"""The maker's exceptions: vehicles whose own number fails 49 CFR 565, each with the reason in the maker's words and its source.

A number stamped with a wrong check digit, one from before model year 1981, a frame number. With an exception such a vehicle is
as any other; without one it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from renotify.ledger.session import Session


class VinException(NamedTuple):
    """One excepted number, and the file and row that stated it."""

    vin: str
    reason: str
    source: str
    source_row: int


def exceptions_of(session: Session, vins: Sequence[str]) -> dict[str, VinException]:
    """Return the exceptions among some numbers, in their normal form, by number."""
    found = session.rows(
        VinException,
        "select x.vin, x.reason, f.name as source, x.source_row"
        f" from {session.list_values('vins')} a join vin_exception x on x.vin = a.value"
        " join source f on f.id = x.source_id",
        vins=json.dumps(sorted(set(vins))),
    )
    return {one.vin: one for one in found}
