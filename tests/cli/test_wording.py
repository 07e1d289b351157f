"""How every command takes its options and prints: days and instants, tables, JSON, progress, and what a stranger mistypes."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, time
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

import two_dealers as w
from cases import at_once
from printed import refusal, row
from renotify.cli import MODULES, main
from renotify.cli.demo import _print as print_demo
from renotify.cli.lazy_group import LazyGroup
from renotify.cli.mail import _lines, _released, _worded
from renotify.cli.mail_wave import printed_later
from renotify.cli.options import Day, Instant
from renotify.cli.output import progress_bar, rows_of, show, table, write_drawing
from renotify.cli.plan import _proof, print_plan
from renotify.cli.report import _expected
from renotify.errors import BadInput, Inconsistent, Refused, RenotifyError, WrongUse
from small_world import Desk

# ---- days and instants


@at_once(
    ("typed", "day"),
    [("2013-02-26", date(2013, 2, 26)), ("20130226", date(2013, 2, 26)), ("2012-02-29", date(2012, 2, 29))],
)  # fmt: skip
def test_a_day_is_read_as_iso_writes_it(typed: str, day: date) -> None:
    assert Day().convert(typed, None, None) == day


@pytest.mark.parametrize(
    "typed", ["26.2.2013", "02/26/2013", "2013-2-26", "2013-02-30", "2013-02-29", "today", ""]
)
def test_another_spelling_of_a_day_is_wrong_use_and_shows_the_right_one(
    office: Desk, typed: str
) -> None:
    said = office.run("status", "--as-of", typed)
    assert (said.code, said.out) == (2, "")
    assert f"{typed!r} is not a day: write it as 2013-02-26." in said.err


@at_once(
    ("typed", "instant"),
    [
        ("2013-02-26T12:00:00+00:00", datetime(2013, 2, 26, 12, tzinfo=UTC)),
        ("2013-02-26T12:00", datetime(2013, 2, 26, 12, tzinfo=UTC)),  # no zone is UTC
        ("2013-02-26 12:00", datetime(2013, 2, 26, 12, tzinfo=UTC)),
        ("2013-02-26T12:00:00-05:00", datetime(2013, 2, 26, 17, tzinfo=UTC)),
        ("2013-02-26", datetime.combine(date(2013, 2, 26), time.max, UTC)),  # a day is its end
    ],
)
def test_an_instant_without_zone_is_utc_and_a_day_alone_its_end(
    typed: str, instant: datetime
) -> None:
    assert Instant().convert(typed, None, None) == instant


def test_another_spelling_of_an_instant_shows_the_right_one(office: Desk) -> None:
    said = office.run("status", "--known-at", "noon")
    assert (said.code, said.out) == (2, "")
    assert "'noon' is not an instant: write it as 2013-02-26T12:00:00+00:00." in said.err


def test_without_on_it_is_today(office: Desk) -> None:
    told = office.run("report", "vehicle", w.EAST_BOTH, "--json").json
    assert told["on"] == date.today().isoformat()  # noqa: DTZ011 - the day of the desk, as the command takes it


# ---- what a stranger mistypes


@pytest.mark.parametrize(
    "arguments",
    [
        ("statsu",), ("followup", "shwo", "spring"), ("mail", "relase"), ("report", "quaterly"), ("stock", "hold"),
        ("parts", "orders"), ("letter", "sign"),
    ],
)  # fmt: skip
def test_a_command_that_is_not_there_is_wrong_use(office: Desk, arguments: tuple[str, ...]) -> None:
    said = office.run(*arguments)
    assert (said.code, said.out) == (2, "")
    assert "No such command" in said.err


WITHOUT_END = {
    "serve",
    "worker",
    "lookup-site",
}  # they serve until they are stopped, and have no document to print


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("status", "--jsno"), "No such option"),
        (("status", "--by", "state"), "'state' is not one of 'campaign', 'area', 'dealer'"),
        (("report", "progress", "--by", "Area"), "'Area' is not one of"),
        (("answer",), "Missing argument 'VIN'"),
        (("explain",), "Missing argument 'VIN'"),
        (("followup", "new"), "Missing argument 'SETTINGS'"),
        (("report", "quarterly", "PMP"), "Missing argument 'QUARTER'"),
        (("mail", "accept", "spring", "1"), "Missing argument 'EVIDENCE'"),
        (("verify", "all"), "Got unexpected extra argument"),
        (("answer", "A", "B"), "Got unexpected extra argument"),
        (("lookup", "--file", "nowhere.csv"), "'nowhere.csv' does not exist"),
        (("notices", "spring", "--acknowledge", "nowhere.csv"), "'nowhere.csv' does not exist"),
    ],
)
def test_wrong_use_says_what_is_wrong_and_how_it_is_used(
    office: Desk, arguments: tuple[str, ...], complaint: str
) -> None:
    said = office.run(*arguments)
    assert (said.code, said.out) == (2, "")
    assert complaint in said.err
    assert said.err.startswith("Usage: ")


def test_help_lists_the_commands_in_the_order_of_a_follow_up() -> None:
    printed = CliRunner().invoke(main, ["-h"]).output
    at = [printed.index(f"\n  {name} ") for name in MODULES]
    assert at == sorted(at)
    assert "Exit codes: 0 done, 1 refused by a rule, 2 wrong use." in " ".join(printed.split())


@at_once("name", MODULES)
def test_every_command_explains_itself(name: str) -> None:
    said = CliRunner().invoke(main, [name, "--help"])
    assert said.exit_code == 0
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    members = command.commands.values() if isinstance(command, click.Group) else [command]
    for member in members:
        assert member.help
        if member.name in WITHOUT_END:
            continue
        options = [one for one in member.params if isinstance(one, click.Option)]
        assert "--json" in {flag for one in options for flag in one.opts}


def test_a_name_in_the_table_that_is_no_command_is_not_found() -> None:
    group = LazyGroup(modules={"table": "renotify.cli.output"})
    context = click.Context(group)
    assert group.get_command(context, "table") is None
    assert group.get_command(context, "other") is None
    assert group.list_commands(context) == ["table"]


@pytest.mark.parametrize(
    ("error", "code", "printed"),
    [
        (Refused("A rule says no.", "Ask again."), 1, "Refused: A rule says no.\n  Ask again.\n"),
        (Refused("A rule says no."), 1, "Refused: A rule says no.\n"),
        (BadInput("A row is odd.", "Mend it."), 1, "Refused: A row is odd.\n  Mend it.\n"),
        (Inconsistent("Two counts differ."), 1, "Refused: Two counts differ.\n"),
        (WrongUse("It has no such way."), 2, "Refused: It has no such way.\n"),
    ],
)
def test_an_error_is_a_sentence_a_hint_and_an_exit_code(
    office: Desk, monkeypatch: pytest.MonkeyPatch, error: RenotifyError, code: int, printed: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("renotify.contact.answers.answer", fail)
    said = office.run("answer", w.STRANGER)
    assert (said.code, said.out, said.err) == (code, "", printed)


def test_a_database_url_of_another_kind_is_refused_with_those_there_are(tmp_path: Path) -> None:
    said = Desk("mysql://server/ledger", tmp_path).run("status")
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "The database URL begins with 'mysql'.",
        "Use sqlite:///file.sqlite3 or postgresql://user:password@host/name.",
    )


# ---- tables and documents


def test_numbers_stand_to_the_right_with_their_thousands_parted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table("", ("name", "count"), [["pumps", 12_345], ["bolts", 7]])
    lines = capsys.readouterr().out.splitlines()
    first = next(line for line in lines if "pumps" in line)
    second = next(line for line in lines if "bolts" in line)
    assert first.rstrip().endswith("12,345")
    assert len(first.rstrip()) == len(second.rstrip())  # the last digits stand below each other


def test_a_cell_says_yes_or_no_one_decimal_or_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    table("Cells", ("a", "b", "c", "d"), [[True, 2.0, None, "text"], [False, 1234.56, 3, "more"]])
    printed = capsys.readouterr().out
    assert row(printed, "yes") == ["yes", "2.0", "text"]
    assert row(printed, "no") == ["no", "1,234.6", "3", "more"]


def test_a_table_without_rows_has_its_heads(capsys: pytest.CaptureFixture[str]) -> None:
    table("", ("name", "count"), [])
    assert row(capsys.readouterr().out, "name") == ["name", "count"]


def test_a_record_without_a_column_leaves_its_cell_empty() -> None:
    assert rows_of([{"a": 1, "b": 2}, {"a": 3}], "b", "a") == [[2, 1], [None, 3]]


def test_a_document_writes_days_paths_and_numpy_numbers_as_json_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = {
        "day": date(2013, 2, 26), "instant": datetime(2013, 2, 26, 12, tzinfo=UTC), "path": Path("out/a"),
        "count": np.int64(3), "share": np.float64(0.5), "name": "Peña",
    }  # fmt: skip
    show(document, as_json=True, text=lambda: pytest.fail("no text is wanted"))
    printed = capsys.readouterr().out
    assert json.loads(printed) == {
        "day": "2013-02-26", "instant": "2013-02-26T12:00:00+00:00", "path": "out/a", "count": 3, "share": 0.5,
        "name": "Peña",
    }  # fmt: skip
    assert "Peña" in printed  # as it is, not escaped


def test_what_has_no_json_form_is_an_error_not_a_guess() -> None:
    with pytest.raises(TypeError, match="set has no JSON form"):
        show({"a": {1}}, as_json=True, text=lambda: None)


def test_a_drawing_is_written_and_named_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.svg"
    write_drawing(file, lambda: "<svg/>")
    assert file.read_text(encoding="utf-8") == "<svg/>"
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"Drawn in {file}.\n")


def test_no_drawing_is_made_for_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="There is no folder"):
        write_drawing(tmp_path / "no" / "a.svg", lambda: pytest.fail("nothing is to be drawn"))


def test_progress_off_a_terminal_draws_nothing_and_takes_any_step(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bar() as progress:
        progress("Letters", 1, 10)
        progress("Letters", 10, 10)
        progress("Files", 1, None)
    assert capsys.readouterr() == ("", "")


# ---- sentences of commands


@at_once(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (1234, "1,234"),
        ("PMP", "PMP"),
        ({}, "none"),
        ({"return_to_sender": 2, "other": 1}, "return to sender 2, other 1"),
        ({"spoiled": {"torn": 1}, "withdrawn": {}}, "spoiled torn 1; withdrawn none"),
    ],
)
def test_a_figure_of_mail_is_said_in_words(value: object, words: str) -> None:
    assert _worded(value) == words


def test_what_is_not_known_and_what_is_a_list_has_no_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _lines({"piece_id": "P1", "mailed_on": None, "file": "", "pages": [1, 2], "spoiled": 0})
    assert capsys.readouterr().out == "piece id: P1\nspoiled: 0\n"


def test_a_release_with_exceptions_names_their_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    done = {
        "wave": 2, "follow_up": "spring", "checked_on": "2013-03-11", "planned": 1200, "released": 1190, "withdrawn": 10,
        "printed": 1188, "exceptions": 2, "withdrawn_reasons": {"address_incomplete": 10}, "mended": {}, "unapproved": 0, "warnings": [],
        "languages": {"en": 1180, "en+es": 8}, "envelopes": {"safety": 1185, "safety-es": 3}, "arms": {}, "mail_days": {},
        "resumed": False, "changed": [], "texts_changed": [], "withdrawn_since": 0, "not_ready": [], "anyway": "",
        "folder": str(tmp_path / "out" / "spring" / "wave-02"),
    }  # fmt: skip
    _released(done)
    assert capsys.readouterr().out.splitlines() == [
        (
            "Wave 2 of spring, checked on 2013-03-11: 1,200 planned = 1,190 released + 10 withdrawn;"
            " 1,190 released = 1,188 printed + 2 exceptions."
        ),
        "- withdrawn, address incomplete: 10",
        "- languages: en 1,180, en+es 8",
        "- envelopes: safety 1,185, safety-es 3",
        "- each exception with its reason: out/spring/wave-02/exceptions.csv",
        "The job for the mail house, with manifest and ticket: out/spring/wave-02",
        "The list behind a figure: renotify vehicles --wave 2 --follow-up spring --by piece --letters",
        "Next: renotify mail accept spring 2 EVIDENCE.csv",
    ]


def test_corrected_letters_say_what_a_person_must_know_of_their_submission(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    done = {
        "wave": 1, "follow_up": "spring", "printed": 2, "withdrawn": 0, "exceptions": 1, "mended": {}, "texts_changed": [],
        "warnings": ["Goes out for the first time: the envelope (es)."], "folder": str(tmp_path / "exceptions-1"),
    }  # fmt: skip
    printed_later(done, "corrected")
    assert capsys.readouterr().out.splitlines() == [
        "Wave 1 of spring: 2 corrected and printed, 0 withdrawn, 1 still set aside.",
        "- Goes out for the first time: the envelope (es).",
        "The job for the mail house, with manifest and ticket: exceptions-1",
        "The list behind a figure: renotify vehicles --wave 1 --follow-up spring --by piece --letters",
        "Next: renotify mail accept spring 1 EVIDENCE.csv",
    ]


def test_a_single_exception_and_a_single_version_are_told_in_the_singular(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = {
        "wave": 1, "follow_up": "spring", "checked_on": "2013-03-05", "planned": 2, "released": 2, "withdrawn": 0, "printed": 1,
        "exceptions": 1, "withdrawn_reasons": {}, "mended": {}, "unapproved": 1, "warnings": [], "folder": str(tmp_path),
        "languages": {}, "envelopes": {}, "arms": {}, "mail_days": {}, "resumed": False, "changed": [], "texts_changed": [],
        "withdrawn_since": 0, "not_ready": [], "anyway": "",
    }  # fmt: skip
    _released(done)
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(" 2 released = 1 printed + 1 exception.")
    assert "- 1 letter version is not signed off: renotify letter approve spring" in said


@at_once(
    ("gap", "words"),
    [
        (None, ""),
        (0.0, "; proven within 0.00 % of the best possible"),
        (0.0123, "; proven within 1.23 % of the best possible"),
        (-0.00004, "; proven within 0.00 % of the best possible"),  # rounding, not a promise
        (-0.06, "; more than any plan within the limits can, because it breaks them (below)"),
    ],
)
def test_a_plan_says_how_far_it_is_from_the_best(gap: float | None, words: str) -> None:
    assert _proof(gap) == words


def test_models_of_one_bundle_are_printed_as_one_column(capsys: pytest.CaptureFixture[str]) -> None:
    letters = [("A:IS 250", 0, 3), ("A:GS 300", 0, 4), ("B", 2, 5)]
    print_plan(
        {
            "letters": [{"bundle": b, "dealer": "D", "week": t, "count": n} for b, t, n in letters],
            "objective": 1234.4, "gap": 0.001, "held": [{"count": 1}, {"count": 2}], "messages": ["It fits."],
            "interim": [], "first_week": "2013-03-04",
        }
    )  # fmt: skip
    printed = capsys.readouterr().out
    assert row(printed, "week") == ["week", "A", "B", "all"]
    assert row(printed, "2013-03-04") == ["2013-03-04", "7", "7"]
    assert row(printed, "2013-03-18") == ["2013-03-18", "5", "5"]
    assert printed.splitlines()[-3:] == [
        "Objective 1,234 vehicle-weeks of risk removed; proven within 0.10 % of the best possible.",
        "Held: 3 owners get no letter within the horizon.",
        "- It fits.",
    ]


@at_once(
    ("objective", "said"),
    [(2.5, "2.5 vehicle-weeks"), (1.0, "1 vehicle-week"), (9.96, "10 vehicle-weeks"), (1234.5, "1,234 vehicle-weeks")],
)  # fmt: skip
def test_what_a_small_plan_removes_has_its_decimals(
    capsys: pytest.CaptureFixture[str], objective: float, said: str
) -> None:
    document = {"letters": [], "objective": objective, "gap": None, "held": [], "messages": [], "interim": []}  # fmt: skip
    print_plan(document)
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"Objective {said} of risk removed")


@at_once(
    ("counts", "words"),
    [
        ({"second_notices": 0, "letters_out": 0}, "by the 12 letters still to go."),
        (
            {"second_notices": 3, "letters_out": 5},
            "by the 12 letters still to go and 3 second notices that are owed (5 in the table are out and not counted).",
        ),
    ],
)
def test_after_a_re_plan_the_headline_says_of_which_weeks_and_letters_it_is(
    capsys: pytest.CaptureFixture[str], counts: dict[str, int], words: str
) -> None:
    told = {"from": "2013-04-01", "weeks": 22, "letters": 12, **counts}
    document = {"letters": [], "objective": 851.2, "gap": None, "held": [], "messages": [], "interim": []}  # fmt: skip
    print_plan({**document, "counts": told})
    headline = "Objective 851 vehicle-weeks of risk removed in the 22 weeks from 2013-04-01 on "
    assert capsys.readouterr().out.splitlines()[-1] == headline + words


@at_once(
    ("forecast", "words"),
    [
        (
            {"done": [5.0, 20.2], "more": [1.0, 16.2], "low": [4.5, 12.4], "high": [9.0, 25.6]},
            "16 (8 to 22)",
        ),
        (
            {"done": [1234.6], "more": [1234.6], "low": [1000.4], "high": [1500.0]},
            "1,235 (1,000 to 1,500)",
        ),
    ],
)
def test_a_forecast_is_printed_by_what_its_last_week_has_more_and_who_comes(
    forecast: dict[str, list[float]], words: str
) -> None:
    who = {"booked": 7, "of_letters": 6.0, "without_letter": 2.5, "off_list": 0.7}
    assert _expected(forecast | who) == [words, *who.values()]


def test_the_demo_prints_its_story_and_where_everything_lies(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lost = {"export": 1, "theft": 0, "scrapping": 0, "failure_to_receive": 0, "other": 0}
    print_demo(
        {
            "campaigns": [
                {"campaign": w.PMP, "involved": 11, "repaired": 1, "inspected_ok": 0, "unreachable": lost, "removed": 1,
                 "open": 8, "completion": 0.1},
            ],
            "waves": [{"wave": 1, "mail_date": date(2013, 3, 5), "letters": 1200}],
            "tightest": [
                {"dealer": w.EAST, "area": "E", "week": "2013-03-04", "hours_q90": 6.5, "capacity": None, "short": 2.5},
            ],
            "order": [{"part_no": w.BOLT, "description": "bolt", "dealers": 1, "order": 5}],
            "worth": [
                {"rule": "this plan", "risk_removed": 15924.4, "share": 0.72, "gravest_wait": 2.2, "without_letter": 6},
                {"rule": "the riskiest first", "risk_removed": 15106.8, "share": 0.683, "gravest_wait": None, "without_letter": 23},
            ],
            "messages": ["Nothing is real."],
            "release": {"printed": 1195, "exceptions": 3, "withdrawn": 2},
            "summary": tmp_path / "summary.html", "ledger": "sqlite:///demo/renotify.sqlite3", "folder": tmp_path,
            "next": ["renotify status", "renotify explain V --on 2013-03-05", "renotify mail ready N 2 --on 2013-03-05"],
        }
    )  # fmt: skip
    printed = capsys.readouterr().out
    assert row(printed, w.PMP) == [w.PMP, "11", "1", "0", "1", "1", "8", "10.0 %"]
    assert row(printed, "1", "2013-03-05") == ["1", "2013-03-05", "1,200"]
    assert row(printed, w.BOLT) == [w.BOLT, "bolt", "1", "5"]
    assert " ".join(printed.split()).count("this plan 15,924.4 72.0 % 2.2 6") == 1
    assert "the riskiest first 15,106.8 68.3 % 23" in " ".join(printed.split())
    assert "- Nothing is real." in printed.splitlines()
    assert "Wave 1: 1,195 letters printed, 3 exceptions, 2 withdrawn." in printed
    typed = [
        line.strip()
        for line in printed.partition("Type next, in the folder:")[2].splitlines()
        if line
    ]
    assert typed[0] == f"cd {os.path.relpath(tmp_path)}"
    assert [line.partition("renotify ")[2] for line in typed[-3:]] == [
        "status", "explain V --on 2013-03-05", "mail ready N 2 --on 2013-03-05",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "option", [("--vehicles", "many"), ("--seed", "x"), ("--seed", "-3"), ("--on", "2013-02-26")]
)
def test_the_demo_refuses_what_it_does_not_have(tmp_path: Path, option: tuple[str, str]) -> None:
    said = Desk("sqlite:///none.sqlite3", tmp_path).run("demo", *option)
    assert (said.code, said.out) == (2, "")
