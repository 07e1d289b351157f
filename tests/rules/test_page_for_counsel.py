"""The page for counsel holds every row of the packs, every wording in both languages, and every open question."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import counsel_page
import pytest

from renotify.errors import Inconsistent
from renotify.rules.clocks import quarterly_due, reports_due
from renotify.rules.pack import all_rows
from renotify.rules.wording import Statement
from renotify.values.calendar import Quarter

DOCS = Path(__file__).parents[2] / "docs" / "explanation"
PAGE = (DOCS / "for-counsel.md").read_text("utf-8")
ROWS = [(table, row) for table, rows in all_rows().items() for row in rows]
STATEMENTS = [row for _, row in ROWS if isinstance(row, Statement)]


def test_every_row_stands_on_the_page_with_its_source_and_what_is_open():
    for table, row in ROWS:
        assert row.title in PAGE, (table, row.id)
        assert row.citation in PAGE, (table, row.id)
        assert row.unsettled in PAGE, (table, row.id)


def test_every_statement_stands_in_both_languages_under_its_own_heading():
    written = (
        counsel_page.statements("letter")
        + counsel_page.statements("envelope")
        + counsel_page.statements("dealer notice")
    )
    assert written.count("#### ") == len(STATEMENTS)
    for row in STATEMENTS:
        assert f"#### {row.id} · {row.title}\n" in written
        for name, text in (("English", row.text["en"]), ("Spanish", row.text["es"])):
            plain = text.replace("{", "‹").replace("}", "›").replace("_", " ").replace("\n", " / ")
            assert f"> {name}: {plain}" in written, row.id


def test_each_row_is_in_one_part_of_the_page():
    shown = [row for part in counsel_page.PARTS for row in counsel_page._rows(part)]
    assert len(shown) == len(ROWS)
    assert {counsel_page.part_of(table, row) for table, row in ROWS} == set(counsel_page.PARTS)


@pytest.mark.parametrize(
    "asked",
    [
        "address block", "label of 577.14 belong", "must the English one come first", "do not drive, or park outside",
        "five Federal business days", "copy is due within five days", "Spanish words of Figure 2 were not read",
        "eight quarterly and three annual reports",
    ],
)  # fmt: skip
def test_the_open_questions_are_asked(asked):
    questions = PAGE.split("## 1. Open questions")[1].split("## 2. ")[0]
    assert asked in questions


def test_how_many_reports_are_owed_is_what_the_program_counts():
    """The day on which the seventh would fall due decides (clocks.reports_due)."""
    said = "seventh quarterly report would have fallen due by 14 November 2021 owes six: those initiated by the first quarter of 2020."
    assert said in PAGE.split("## 1. Open questions")[1].split("## 2. ")[0]
    on, last_of_six = date(2026, 11, 26), Quarter(2020, 1)
    for first, owed in ((last_of_six, (6, 0)), (last_of_six.next(), (8, 3))):
        kinds = [report.kind for report in reports_due(first, on)]
        assert (kinds.count("quarterly"), kinds.count("annual")) == owed
    seventh = last_of_six
    for _ in range(6):
        seventh = seventh.next()
    assert quarterly_due(seventh, on) <= date(2021, 11, 14) < quarterly_due(seventh.next(), on)


def test_what_rests_on_memory_is_named_with_its_source():
    found = PAGE.split("## 2. ")[1].split("## 3. ")[0]
    for _, row in ROWS:
        if row.verified in {"MEM", "SECOND", "PART"}:
            assert f"| {row.id} · {row.title} | {row.citation} |" in found


def test_a_question_about_a_row_that_is_gone_stops_the_page(monkeypatch):
    gone = {"part": "letter", "ask": "?", "now": "", "why": "", "rows": ["statements.P99"]}
    monkeypatch.setitem(counsel_page.TOLD, "question", [gone])
    with pytest.raises(Inconsistent, match=r"statements\.P99"):
        counsel_page.questions()


def test_every_fact_that_switches_a_statement_has_words_of_its_own():
    facts = {name for row in STATEMENTS for name in row.when + row.unless}
    assert facts - set(counsel_page.TOLD["facts"]) == set()
