"""An e-mail address or a Social Security number in a name is found, and what is left is the name."""

from __future__ import annotations

import pyarrow as pa

from cases import at_once
from renotify.values.private_in_names import names_only, private_in, without_private


@at_once(
    ("typed", "name"),
    [
        ("ANA EXAMPLE ana@example.com", "ANA EXAMPLE"),
        ("ana.example@mail.example.co.uk", ""),
        ("Ana Example <ana@example.com>", "Ana Example"),
        ("ANA EXAMPLE (E-MAIL: ANA@EXAMPLE.COM)", "ANA EXAMPLE"),
        ("ANA EXAMPLE ANA @ EXAMPLE.COM", "ANA EXAMPLE"),
        ("ANA EXAMPLE 000-12-3456", "ANA EXAMPLE"),
        ("000-12-3456", ""),
        ("SSN 000-12-3456", ""),
        ("ANA EXAMPLE, SSN: 000-12-3456", "ANA EXAMPLE"),
        ("ANA EXAMPLE SS# 000123456", "ANA EXAMPLE"),
        ("ANA 000 12 3456 EXAMPLE", "ANA EXAMPLE"),
        ("ANA EXAMPLE 000\u201312\u20133456 ana@example.com", "ANA EXAMPLE"),
    ],
)
def test_what_is_private_is_no_part_of_a_name(typed, name):
    assert private_in(pa.array([typed])).to_pylist() == [True]
    assert without_private(pa.array([typed])).to_pylist() == [name]


@at_once(
    ("typed",),
    [
        "ANA EXAMPLE", "O'BRIEN-SMITH, J. R.", "C@FE LLC", "3M COMPANY", "TRUST 12-3456", "ESTATE OF A. 555-010-0100",
        "LOCAL 1000-12-34567", "DTD 01-02-2013 TRUST", "000123456 LLC", "", None,
    ],
)  # fmt: skip
def test_a_name_with_other_numbers_or_marks_stays_as_it_is(typed):
    given = pa.array([typed], pa.string())
    assert private_in(given).to_pylist() == [False]
    assert without_private(given).to_pylist() == [typed]


def test_rows_have_names_only():
    rows = pa.table(
        {"name1": ["ANA a@b.example"], "name2": ["000-12-3456"], "city": ["a@b.example"]}
    )
    assert names_only(rows).to_pylist() == [{"name1": "ANA", "name2": "", "city": "a@b.example"}]
