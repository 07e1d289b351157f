"""One language of the terminal: every command is walked, and held to ``cli/terminal_words.py``.

The made-up maker of examples/ is loaded, planned and mailed once; each command says what it has as text and as JSON.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import click
import pytest
from cli_reference import leaves
from click.testing import CliRunner
from terminal_page import given as options

from every_command import (
    EXAMPLES,
    NAME,
    NARROW,
    NO_DAY,
    NO_OTHER_DAY,
    NOT_WALKED,
    VIN,
    Told,
    paths,
    walk,
)
from once_a_run import once_a_run
from renotify.cli import main, terminal_words
from renotify.cli.terminal_words import COLUMNS, EXITS, KINDS, OPTIONS, VALUES
from renotify.values.list_file import HEADINGS
from renotify.vehicle_lists import list_columns

OF_VEHICLES = list_columns.COLUMNS | list_columns.BESIDE
DAY = r"\d{4}-\d\d-\d\d"
FORMS = {
    terminal_words.COUNT: r"\d{1,3}(,\d{3})*|yes|no",
    terminal_words.AMOUNT: r"-?\d{1,3}(,\d{3})*\.\d",
    terminal_words.SHARE: r"-?[\d,]+\.\d %",
    terminal_words.FINE_SHARE: r"-?[\d,]+\.\d\d %|not stated",
    terminal_words.ORDINAL: r"\d+",
    terminal_words.DAY: rf"{DAY}( \d\d:\d\d:\d\d)?",
    terminal_words.WEEK: DAY,
    terminal_words.YES_NO: "yes|no",
    terminal_words.RANGE: r"[\d,.]+( %)? \([\d,.]+ to [\d,.]+( %)?\)",
}
MONTHS = r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}\b"
# contact staff say these sentences, and letters say them: days as people say them
READ_TO_OWNERS = {"answer", "letter check", "letter approve"}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    def every_line() -> list[Told]:
        with pytest.MonkeyPatch.context() as patched:
            return list(walk(tmp_path_factory.mktemp("walk"), patched))

    return once_a_run("every_command", every_line)


def flat(text: str) -> str:
    return " ".join(text.split())


# ---- commands and options


def test_every_command_is_walked_or_left_out_for_a_reason(walked: list[Told]) -> None:
    seen = {told.command for told in walked}
    assert seen | NOT_WALKED.keys() == paths().keys()
    assert seen & NOT_WALKED.keys() == set()


def test_what_is_written_behind_an_option_has_one_of_the_names_of_the_table() -> None:
    values = {
        value for _, _, value in options() if value and not value.startswith("[")
    }  # choices say themselves
    assert values == VALUES.keys()


def test_an_option_that_commands_share_is_one_of_the_table_and_each_of_the_table_is_shared_or_has_two_values() -> (
    None
):
    commands = defaultdict(set)
    for command, name, value in options():
        commands[name].add((command, value))
    shared = {
        (name, value) for name, used in commands.items() if len(used) > 1 for _, value in used
    }
    assert shared == {(one.name, one.value) for one in OPTIONS}


def test_every_option_says_what_it_is_for() -> None:
    unsaid = [
        (words, one.opts)
        for words, command in leaves()
        for one in command.params
        if isinstance(one, click.Option) and not one.help
    ]
    assert unsaid == []


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_of_help_is_cut(width: int) -> None:
    groups = [()] + [(name,) for name in main.modules if isinstance(main.get_command(click.Context(main), name), click.Group)]  # fmt: skip
    for words in groups:
        said = CliRunner().invoke(main, [*words, "--help"], terminal_width=width).output
        commands = said.partition("Commands:\n")[2]
        assert commands
        assert "..." not in commands, words
        assert max(map(len, said.splitlines())) <= width


# ---- tables


def test_columns_have_the_names_of_the_table(walked: list[Told]) -> None:
    unknown = {
        (told.command, name)
        for told in walked
        for one in told.tables
        for name in one.columns
        if name not in COLUMNS and not is_of_data(told, name)
    }
    assert unknown == set()
    assert [key for key in HEADINGS if key in COLUMNS] == []


def is_of_data(told: Told, name: str) -> bool:
    """Whether a column is one of ``vehicles``, or named by the data: a bundle in a plan."""
    if told.command == "vehicles":
        return name in OF_VEHICLES
    return told.command in {"plan", "replan"} and re.fullmatch(r"[A-Z0-9+]+", name) is not None


def test_a_column_of_vehicles_that_other_commands_have_too_is_written_alike() -> None:
    alike = {
        list_columns.DAY: {terminal_words.DAY, terminal_words.WEEK},
        list_columns.NUMBER: {terminal_words.ORDINAL},
        list_columns.TEXT: {terminal_words.TEXT},
    }
    both = OF_VEHICLES.keys() & COLUMNS.keys()
    assert [name for name in both if COLUMNS[name].kind not in alike[OF_VEHICLES[name].kind]] == []


def cells(walked: Sequence[Told]) -> Iterator[tuple[str, str, str]]:
    for told in walked:
        for one in told.tables:
            for row in one.rows:
                for name, cell in zip(one.columns, row, strict=True):
                    yield told.command, name, cell


def test_every_cell_is_written_as_its_column_says(walked: list[Told]) -> None:
    otherwise = {
        (command, name, cell)
        for command, name, cell in cells(walked)
        if cell and name in COLUMNS and not re.fullmatch(FORMS.get(COLUMNS[name].kind, ".*"), cell)
    }
    assert otherwise == set()


def test_weeks_are_mondays(walked: list[Told]) -> None:
    weeks = {cell for _, name, cell in cells(walked) if cell and name in COLUMNS and COLUMNS[name].kind == terminal_words.WEEK}  # fmt: skip
    assert weeks
    assert {week for week in weeks if date.fromisoformat(week).weekday()} == set()
    said = {day for told in walked for day in re.findall(rf"weeks? of ({DAY})", told.text)}
    assert said
    assert {day for day in said if date.fromisoformat(day).weekday()} == set()


def test_shares_thousands_and_days_are_written_one_way_in_sentences_too(walked: list[Told]) -> None:
    for told in walked:
        assert re.findall(r"\d%", told.text) == [], told.line
        assert (
            re.findall(r"(?<![\d.,:/#-])\b\d{5,9}\b(?![-/.:\w(])", _without_codes(told.text)) == []
        ), told.line
        if told.command not in READ_TO_OWNERS:
            assert re.findall(MONTHS, told.text) == [], told.line


def _without_codes(text: str) -> str:
    """The text without codes of dealers and parts, numbers of recalls and ZIP Codes, which have digits and are no amounts."""
    return re.sub(
        r"\b0\d{4}\b|\bUSC \d+|\b[A-Z]{2} \d{5}\b|'?12345'?|\b\w*[A-Z]\w*\b|CA 90501", "", text
    )


def test_sentences_are_folded_to_the_terminal_and_calls_and_files_are_not(
    walked: list[Told],
) -> None:
    for told in walked:
        wide = [line for line in told.text.splitlines() if len(line) > NARROW]
        sentences = [
            line
            for line in wide
            if "renotify " not in line and not re.search(r"\w/\w|\.(csv|pdf|xlsx|html)\b", line)
        ]
        assert [line for line in sentences if " " in line.strip()] == [], told.line


def test_no_table_is_wider_than_the_terminal_and_a_wide_one_has_all_columns(
    walked: list[Told],
) -> None:
    some = False
    for told in walked:
        rules = [line for line in told.text.splitlines() if line.startswith("──")]
        assert len(rules) == len(told.tables), told.line
        assert all(len(rule) <= NARROW for rule in rules), told.line
        if any(one.left_out for one in told.tables):
            some = True
            assert "Not shown for want of room" in told.text
            assert "Not shown for want of room" not in told.wide
            heads = flat(told.wide)
            assert all(name in heads for one in told.tables for name in one.left_out)
    assert some


def test_no_colour_where_none_is_wanted(
    walked: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [told.line for told in walked if "\x1b" in told.text + told.err] == []
    monkeypatch.delenv("NO_COLOR", raising=False)

    @click.command()
    def titled() -> None:
        from renotify.cli.output import table

        table("Title", ("vin",), [["A"]])

    assert "\x1b[1mTitle" in CliRunner().invoke(titled, color=True).output


# ---- what is said


NOT_SAID: dict[tuple[str, str], str] = {
    ("report schedule", "sentence"): "of a report that is filed or not due yet",
    ("report schedule", "closes"): "of a report that is filed or not due yet",
    ("deadlines", "sentence"): "of a clock that asks for nothing now, as the help says",
    ("deadlines", "closes"): "of a clock that asks for nothing now, as the help says",
}
SENTENCES = ("messages", "sentences", "said", "notes", "warnings", "message", "sentence", "note", "doubt", "what_to_do", "closes",
             "reason", "method", "told", "gap_note", "missing", "rejects")  # fmt: skip


def spoken(document: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a document that says something, with its key: the values of ``SENTENCES``, and whole sentences anywhere."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from spoken(
                value, name if isinstance(value, (str, dict)) or name in SENTENCES else ""
            )
    elif isinstance(document, list):
        for value in document:
            yield from spoken(value, key)
    elif (
        isinstance(document, str)
        and document
        and (key in SENTENCES or re.search(r"\w \w.*\.$", document))
    ):
        yield key, document


def test_the_text_says_all_that_the_json_says(walked: list[Told]) -> None:
    unsaid = {
        (told.command, key, text)
        for told in walked
        for key, text in spoken(told.document if not told.code else None)
        if flat(text) not in flat(told.wide + told.err) and (told.command, key) not in NOT_SAID
    }
    assert unsaid == set()


# ---- counts that can be opened


def open_vehicles(document: Any) -> int:
    rows = document if isinstance(document, list) else [document.get("counts", document)]
    return sum(row["open"] for row in rows)


def letters(document: Any) -> int:
    """The envelopes that a command about letters counts: lessee and lessor of one vehicle get one each."""
    found: int = next(
        document[key] for key in ("planned", "letters", "called_back", "accepted", "pieces") if key in document
    )  # fmt: skip
    return found + document.get("held", 0)


OPENED = {
    "status": ("open", "total"),
    "campaign show": ("open", "total"),
    "area month": ("open", "total"),
    "report progress": ("open", "total"),
    "report quarterly": ("open", "total"),
    "report annual": ("open", "total"),
    "mail ready": ("wave", "total"),
    **dict.fromkeys(
        ("mail release", "mail call-back", "mail accept", "mail reconcile", "mail resend"),
        ("letters", "total"),
    ),
}


def test_a_count_of_vehicles_is_opened_by_the_command_below_it(walked: list[Told]) -> None:
    opened = set()
    for told in walked:
        for listed in told.lists.values():
            opened.add(told.command)
            what, total = OPENED[told.command]
            if what == "open":
                assert listed[total] == open_vehicles(told.document) > 0, told.line
            elif what == "wave":  # its findings are of some of its letters, each of a dealer
                assert listed[total] > 0, told.line
            else:  # the list has letters; the mail house has answered for some of its wave
                assert what == "letters"
                counts = told.document.get("total", told.document)
                some = told.command == "mail accept"
                assert (
                    listed[total] >= letters(counts) > 0
                    if some
                    else listed[total] == letters(counts)
                ), told.line
    assert opened == OPENED.keys()


# commands that count vehicles or letters, and say beside each count what lists it
COUNTING = {
    "deadlines", "dealer day", "dealer week", "followup new", "followup show", "mail work", "stock holds", "summary",
}  # fmt: skip


def test_a_count_opens_to_as_many_rows_as_it_says(walked: list[Told]) -> None:
    """The command that stands behind a count is typed on the same ledger, and lists so many vehicles, letters or rows."""
    opened = set()
    for told in walked:
        for count, call, listed in told.counted:
            opened.add(told.command)
            # a proof that was asked for is disclosed on the machine's own day, later than any day of the walk
            later = 1 if call == "report disclosures" else 0
            assert not listed or count + later in listed, (
                f"{told.line}: {count}, renotify {call}: {listed}"
            )
    assert opened >= COUNTING


# ---- exit codes and days


def test_every_command_ends_as_the_contract_says(walked: list[Told]) -> None:
    assert EXITS.keys() == {0, 1, 2}
    for told in walked:
        assert told.code in (0, 1), told.line
        if told.code:
            assert (told.text, told.err.startswith("Refused: ")) == ("", True), told.line
        else:
            assert "Refused" not in told.err, told.line


def refused_calls() -> list[tuple[str, tuple[str, ...]]]:
    """Every command with a name that nobody knows, and with an option that there is not."""
    calls = []
    for command, one in leaves():
        given = [
            "nobody"
            for argument in one.params
            if isinstance(argument, click.Argument) and argument.required
        ]
        calls.append((command, tuple(given)))
    return calls


ANSWERED = {"explain", "answer"}  # of a number that is no VIN it is said why


@pytest.mark.parametrize(("command", "given"), refused_calls())
def test_wrong_use_ends_with_2_and_says_how_it_is_used(
    command: str, given: tuple[str, ...], refusing_ledger: str
) -> None:
    said = CliRunner().invoke(main, [*command.split(), *given, "--no-such-option"])
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.startswith("Usage: ")


@pytest.mark.parametrize(
    ("command", "given"),
    [(name, given) for name, given in refused_calls() if given and name not in ANSWERED],
)
def test_a_name_that_nobody_knows_is_refused(
    command: str, given: tuple[str, ...], refusing_ledger: str
) -> None:
    said = CliRunner().invoke(main, [*command.split(), *given])
    assert said.exit_code in (1, 2), said.output
    assert said.stdout == ""
    assert said.stderr.startswith(("Usage: ", "Refused: ") if said.exit_code == 2 else "Refused: ")


# Of each command a value that no ledger could make right. A new argument that is read as more than a name has its line here.
UNREADABLE = """
answer {vin} --lang fr
answer {vin} --on 2013-02-30
dealer week 10001 --on yesterday
deadlines --on 2013-13-01
followup set {name} colour=3 --because x --by y
followup set {name} mail_house_letters_per_week
followup set {name} mail_house_letters_per_week=abc --because x --by y
letter accept {name} nix --by x --because y
mail release {name} first
mail work {name} --list nix
owners settle --on nix
people add somebody --role boss
plan {name} --as a/b
plan {name} --policy best
plan {name} --policy uniform:x
replan {name} --as a/b
report annual 9LA 1800
report annual 9LA 2013Q1
report quarterly 9LA 2013Q9
report quarterly 9LA 2013Q1-2013Q4
report vehicle 123 --out file.pdf
status --by colour
vehicles --by colour
vehicles --follow-up {name} --piece nix
vehicles --known-at nix
vehicles --sort colour
vehicles --status opne
vehicles --year 20x
vehicles --out list.doc
"""
UNKNOWN = """
area month X
campaign show XXX
dealer day 00000
followup show nobody
followup set nobody mail_house_letters_per_week=9 --because x --by y
mail proof X-1
people token nobody
plans use nobody nix --by x
report annual XXX 2024Q1-2024Q4
report quarterly XXX 2013Q1
report schedule XXX
status --area X
status --campaign XXX
vehicles --campaign XXX
vehicles --follow-up nobody
vehicles --language xx
vehicles --model XX
vehicles --reason nix
"""


def test_what_no_ledger_could_make_right_is_wrong_use(sqlite_ledger: str) -> None:
    """On a ledger with a follow-up: a name that is not there would be refused first."""
    folder = EXAMPLES / "follow_up_2013"
    for line in (f"load {folder}", f"followup new {folder / 'followup.toml'}"):
        assert CliRunner().invoke(main, [*line.split(), "--on", "2013-02-26"]).exit_code == 0
    for line in UNREADABLE.strip().splitlines():
        said = CliRunner().invoke(main, line.format(vin=VIN, name=NAME).split())
        assert (said.exit_code, said.stdout) == (2, ""), f"{line}: {said.output}"


@pytest.mark.parametrize("line", UNKNOWN.strip().splitlines())
def test_a_name_that_a_ledger_could_have_is_refused(line: str, refusing_ledger: str) -> None:
    said = CliRunner().invoke(main, line.split())
    assert (said.exit_code, said.stdout) == (1, ""), said.output
    assert said.stderr.startswith("Refused: ")


def test_a_command_that_offers_a_day_answers_otherwise_on_another(walked: list[Told]) -> None:
    offers = {command for command, name, _ in options() if name == "--on"}
    asked: dict[str, list[bool]] = defaultdict(list)
    for told in walked:
        if told.other_days:
            asked[told.command].append(any(told.document != one for one in told.other_days))
    same = {command for command, differ in asked.items() if not any(differ)}
    assert same == set()
    assert offers - asked.keys() - NO_OTHER_DAY.keys() == NOT_WALKED.keys() & offers
    assert offers & set(NO_DAY) == set()


# ---- the table itself


def test_every_kind_of_the_table_is_explained() -> None:
    assert {one.kind for one in COLUMNS.values()} <= KINDS.keys()
    assert list(COLUMNS) == sorted(COLUMNS)
