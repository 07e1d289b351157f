"""Clocks as a calendar: RFC 5545's lines, escapes and folds, and an entry that is replaced and never doubled."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cases import at_once
from renotify.errors import NothingToDo
from renotify.reports.calendar_file import escaped, folded, write_calendar

ON = date(2013, 2, 26)


def clock(**said: object) -> dict[str, object]:
    known = {"state": "soon", "due": date(2013, 3, 1), "campaign": "ALE", "what": "a report", "citation": "573.7",
             "sentence": "Due.", "id": "ALE:report", "vehicles": 1, "closes": ""}  # fmt: skip
    return {**known, **said}


@at_once(
    "text, written",
    [
        ("a, b", "a\\, b"),
        ("a; b", "a\\; b"),
        ("a\\n", "a\\\\n"),
        ("a\r\nb\nc", "a\\nb\\nc"),
        ("a: b", "a: b"),
    ],
)
def test_what_a_calendar_reads_as_a_mark_is_escaped(text: str, written: str) -> None:
    assert escaped(text) == written


def test_a_line_of_75_octets_stays_whole_and_one_of_76_is_folded():
    assert folded("x" * 75) == b"x" * 75 + b"\r\n"
    assert folded("x" * 76) == b"x" * 75 + b"\r\n x\r\n"
    # 75, then a blank and 74 a line
    assert folded("x" * 150) == b"x" * 75 + b"\r\n " + b"x" * 74 + b"\r\n x\r\n"


def test_no_character_is_cut_by_a_fold():
    line = "x" * 74 + "ñ" * 40  # two octets each: the first does not fit into the first 75
    assert folded(line) == b"x" * 74 + b"\r\n " + "ñ".encode() * 37 + b"\r\n " + "ñ".encode() * 3 + b"\r\n"  # fmt: skip
    assert folded(line).replace(b"\r\n ", b"") == line.encode() + b"\r\n"


def test_an_entry_is_a_day_and_says_what_closes_it(tmp_path: Path):
    file = tmp_path / "days.ics"
    assert write_calendar(file, [clock(closes="the report"), clock(due=None, id="x")], ON) == 1
    lines = file.read_bytes().decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {
        "DTSTAMP:20130226T000000Z", "DTSTART;VALUE=DATE:20130301", "DTEND;VALUE=DATE:20130302",
        "SUMMARY:ALE: a report (soon)", "DESCRIPTION:Due. 573.7\\nClosed by the report.",
        "CATEGORIES:soon", "TRANSP:TRANSPARENT",
    } <= set(lines)  # fmt: skip


def test_a_clock_keeps_its_name_from_file_to_file_and_several_of_one_id_have_their_own(
    tmp_path: Path,
):
    def names(*clocks: dict[str, object]) -> list[str]:
        write_calendar(tmp_path / "days.ics", clocks, ON)
        lines = (tmp_path / "days.ics").read_text().splitlines()
        return [line for line in lines if line.startswith("UID:")]

    (before,) = names(clock())
    assert names(clock(due=date(2013, 3, 9), state="ok")) == [before]
    assert len(set(names(clock(), clock(due=date(2013, 3, 9))))) == 2
    assert len(set(names(clock(id=""), clock(id="", what="another")))) == 2


def test_a_calendar_of_no_day_is_refused_and_no_file_is_left(tmp_path: Path):
    with pytest.raises(NothingToDo):
        write_calendar(tmp_path / "days.ics", [clock(due=None)], ON)
    assert not list(tmp_path.iterdir())
