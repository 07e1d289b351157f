"""An address as a caller tells it: whether a letter can reach it, asked before it takes the place of a good one."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from renotify.ledger.intake.typed_rows import Reason
from renotify.values import address

ZIP = 5  # digits
COLUMNS = ("addr1", "city", "state", "zip")
_OF = {
    address.NO_STREET: "addr1",
    address.NO_CITY: "city",
    address.NO_STATE: "state",
    address.NO_ZIP: "zip",
    address.WRONG_ZIP: "zip",
}


def why_no_letter_reaches(told: Mapping[str, str]) -> Reason | None:
    """Return the field of a told address that keeps every letter from it, with the reason; None where one can go."""
    meant = {name: told.get(name, "") for name in COLUMNS}
    meant["state"] = meant["state"].upper()
    if meant["zip"].isdigit():
        meant["zip"] = meant["zip"].zfill(ZIP)  # the intake gives leading zeros back
    table = pa.table({name: pa.array([value], pa.string()) for name, value in meant.items()})
    problem = address.address_problems(table)[0].as_py()
    return None if problem is None else Reason(1, _OF[problem], problem)
