"""Each row against what was read of it: a changed day, citation, mark or number fails here until somebody reads the rule again.

``rows_as_read.txt`` has a line a row: table, id, days of force, mark, severity, number with its unit, citation. ``law_corrections.toml``
has facts of rows that were found wrong or missing; of those found right it says no more than that, so what stood then is here.
Whoever changes a row reads its rule, and changes its line by hand with it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import at_once
from renotify.rules import normal
from renotify.rules.pack import all_rows
from renotify.rules.row import Row

AS_READ = (Path(__file__).parent / "rows_as_read.txt").read_text("utf-8").splitlines()
MAKER, VEHICLES, STANDARD = "Lexus", "certain vehicles", "124, Accelerator Control Systems"
ADMINISTRATOR = (
    "The Administrator of the National Highway Traffic Safety Administration has decided that"
)
# 577.5(a)-(c), 577.6(b), 577.14(b)(2): the words that stand in quotation marks there, filled with the same values
IN_QUOTATION_MARKS = {
    "P1": "IMPORTANT SAFETY RECALL",
    "P2": "This notice applies to your vehicle, {vin}.",
    "P3": "This notice is sent to you in accordance with the National Traffic and Motor Vehicle Safety Act.",
    "P4": f"{MAKER} has decided that a defect which relates to motor vehicle safety exists in {VEHICLES}.",
    "P5": f"{MAKER} has decided that {VEHICLES} fail to conform to Federal Motor Vehicle Safety Standard No. {STANDARD}.",
    "P4A": f"{ADMINISTRATOR} a defect which relates to motor vehicle safety exists in {VEHICLES}.",
    "P5A": f"{ADMINISTRATOR} {VEHICLES} fail to conform to Federal Motor Vehicle Safety Standard No. {STANDARD}.",
    "P3P": "This notice is sent to you in accordance with the requirements of the National Traffic and Motor Vehicle Safety Act.",
    "PROVISIONAL": f"{MAKER} is contesting this determination in a proceeding in the Federal courts and has been required to issue"
    " this notice pending the outcome of the court proceeding.",
    "ENV1": "SAFETY RECALL NOTICE",
    "P12": "IMPORTANT SAFETY RECALL INFORMATION Issued in Accordance With Federal Law",
}  # fmt: skip
# 577.5(g)(1)(vii), 577.13(b): what is not in quotation marks and has to be the same all the same
TO_THE_LETTER = {
    "P6": "Administrator, National Highway Traffic Safety Administration, 1200 New Jersey Ave., SE., Washington, DC 20590; or call the"
    " toll-free Vehicle Safety Hotline at 1-888-327-4236 (TTY: 1-800-424-9153); or go to http://www.safercar.gov",
    "P11": "a violation of Federal law for a dealer to deliver a new motor vehicle or any new or used item of motor vehicle equipment"
    " (including a tire) covered by",
}  # fmt: skip


def line(table: str, row: Row) -> str:
    numbers = (getattr(row, name, None) for name in ("amount", "value"))
    number = next((f"{one:g}" for one in numbers if isinstance(one, int | float)), "-")
    return "\t".join((
        table, row.id, str(row.effective_from), str(row.effective_to or "-"), row.verified, row.severity,
        f"{number} {getattr(row, 'unit', '')}".strip(), row.citation,
    ))  # fmt: skip


def now_in_force(name: str) -> str:
    (row,) = [
        one for one in all_rows()["statements"] if one.id == name and one.effective_to is None
    ]
    filled = row.text["en"]
    for slot, value in (("manufacturer", MAKER), ("vehicles", VEHICLES), ("standard", STANDARD)):
        filled = filled.replace(f"{{{slot}}}", value)
    return normal(filled)


def test_every_row_is_as_it_was_read() -> None:
    stands = [line(table, row) for table, rows in all_rows().items() for row in rows]
    assert sorted(set(stands) ^ set(AS_READ)) == []
    assert len(stands) == len(AS_READ)


@at_once("name", IN_QUOTATION_MARKS)
def test_what_the_rule_has_in_quotation_marks_stands_word_for_word(name: str) -> None:
    assert now_in_force(name) == normal(IN_QUOTATION_MARKS[name])


def test_every_row_that_the_pack_calls_word_for_word_is_compared() -> None:
    verbatim = {one.id for one in all_rows()["statements"] if one.kind == "verbatim"}
    assert verbatim == set(IN_QUOTATION_MARKS)


@pytest.mark.parametrize("name", TO_THE_LETTER)
def test_addresses_numbers_and_the_advisory_to_dealers_stand_to_the_letter(name: str) -> None:
    assert normal(TO_THE_LETTER[name]) in now_in_force(name)
