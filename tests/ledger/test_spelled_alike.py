"""Two owner records say the same however their files spell it; a real change is one."""

from __future__ import annotations

import pyarrow as pa

from cases import at_once
from renotify.ledger.spelled_alike import with_meaning

ONE = {
    "name1": "Zoë O'Made-Up", "addr1": "12 Saint James Avenue Apartment 4", "addr2": "", "city": "Boston", "state": "MA",
    "zip": "02108", "country": "",
}  # fmt: skip


def said(**changes: str) -> tuple[str, str]:
    row = with_meaning(pa.table({name: [text] for name, text in (ONE | changes).items()}))
    return row["person"][0].as_py(), row["place"][0].as_py()


@at_once(
    "respelt",
    [
        {"addr1": "12 SAINT JAMES AVE., APT. 4"} | {"name1": "O'MADE UP, ZOE"},
        {"addr1": "12 saint james ave", "addr2": "Apt 4", "city": "BOSTON"},
    ],
)
def test_another_spelling_says_the_same(respelt: dict[str, str]) -> None:
    assert said(**respelt) == said()


@at_once(
    "change",
    [
        {"name1": "Zoe Otherwise"},
        {"addr1": "12 Saint James Avenue Apartment 5"},
        {"addr1": "4 Saint James Avenue Apartment 12"},
        {"zip": "02109"},
        {"city": "Salem"},
    ],
)
def test_a_real_change_says_something_else(change: dict[str, str]) -> None:
    assert said(**change) != said()


def test_names_of_signs_alone_are_told_apart() -> None:
    assert said(name1="-")[0] != said(name1="*")[0]
