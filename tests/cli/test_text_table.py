"""Tables of a terminal: within its width by giving up what matters least, and nothing cut in two that must stay whole."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renotify.cli import output
from renotify.cli.output import table
from renotify.cli.text_table import drawn, length

COLUMNS = ("vin", "status", "note", "blank", "count")
ROWS = [
    ["JTHBK262365900005", "open", "the letter came back and nobody knows the address", "", "12"],
    ["JTHBK262365900006", "repaired", "done", "", "7"],
]
NUMBERS = (False, False, False, False, True)


def at(width: int, **more: object) -> list[str]:
    return drawn(COLUMNS, ROWS, width, numbers=NUMBERS, **more).lines  # type: ignore[arg-type]


def test_a_wide_terminal_has_every_column_on_one_line_each() -> None:
    head, rule, first, second = at(120)
    assert head.split() == list(COLUMNS)
    assert set(rule) == {"─"}
    assert first.endswith("  12")
    assert second.endswith("   7")


def test_a_column_without_a_word_in_it_goes_first_and_is_not_missed() -> None:
    made = drawn(COLUMNS, ROWS, 50, numbers=NUMBERS)
    assert "blank" not in made.lines[0]
    assert made.left_out == []


def test_texts_of_several_words_are_folded_and_codes_are_not() -> None:
    lines = at(55)
    assert all(length(line) <= 55 for line in lines)
    assert "JTHBK262365900005" in lines[2]
    assert lines[3].strip()  # the note goes on
    assert len(lines) > 4


def test_columns_that_were_said_to_matter_least_go_before_the_last_ones() -> None:
    made = drawn(COLUMNS, ROWS, 36, numbers=NUMBERS, first_to_go=("note",))
    assert made.lines[0].split() == ["vin", "status", "count"]
    assert made.left_out == ["note"]
    made = drawn(COLUMNS, ROWS, 36, numbers=NUMBERS)
    assert made.left_out == ["note", "count"]


def test_a_column_to_be_copied_stays_whole_in_any_width() -> None:
    made = drawn(("state", "what", "id"), [["soon", "a b", "9LA:letters " * 4]], 20, numbers=(False,) * 3, unbroken="id")  # fmt: skip
    assert "9LA:letters " * 3 in made.lines[2]


def test_letters_that_take_two_places_stand_below_each_other() -> None:
    lines = drawn(
        ("name", "count"), [["東京", "1"], ["Peña", "22"]], 40, numbers=(False, True)
    ).lines
    assert length(lines[2]) == length(lines[3])


@given(
    st.lists(st.lists(st.text("ab ", max_size=30), min_size=4, max_size=4), max_size=5),
    st.integers(70, 200),
)
def test_no_line_is_wider_than_the_terminal(rows: list[list[str]], width: int) -> None:
    lines = drawn(("one", "two", "three", "four"), rows, width, numbers=(False,) * 4).lines
    assert all(length(line) <= width for line in lines)


def test_the_width_is_that_of_columns_and_what_is_left_out_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    table("", COLUMNS, ROWS)
    printed = capsys.readouterr().out
    assert "Not shown for want of room: note, count." in " ".join(printed.split())
    monkeypatch.setenv("COLUMNS", "120")
    table("", COLUMNS, ROWS)
    assert "Not shown" not in capsys.readouterr().out


@pytest.mark.parametrize("plain", [True, False])
def test_a_title_is_bold_but_for_who_asks_for_no_color(
    plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("renotify.cli.output.click.echo", said.append)
    monkeypatch.setenv("NO_COLOR", "1") if plain else monkeypatch.delenv("NO_COLOR", raising=False)
    table("Waves", ("wave",), [[1]])
    assert said[0].startswith("Waves") == plain


def test_a_sentence_is_folded_where_somebody_says_how_wide_a_line_is_and_whole_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "- of six words this one has more"
    monkeypatch.setenv("COLUMNS", "20")
    output.noted(said)
    assert capsys.readouterr().out == "- of six words this\n  one has more\n"
    monkeypatch.delenv("COLUMNS")
    nobody_says = SimpleNamespace(get_terminal_size=os.terminal_size)
    monkeypatch.setattr(output, "shutil", nobody_says)
    output.noted(said)
    assert capsys.readouterr().out == f"{said}\n"
