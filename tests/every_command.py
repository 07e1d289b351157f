"""Every command once, in the order of a follow-up, on the made-up maker of examples/: what it says as text and as JSON.

``WALK`` is typed line by line on one ledger, as text 80 characters wide. What a command hands over to be shown is caught on its way: the
document that --json prints, and the text where there is all the room. Only a command that does otherwise where JSON is asked for is
typed again for it, on a copy of the ledger before it. A line stands for its command; those of ``NOT_WALKED`` are left out, each for
its reason.
"""

from __future__ import annotations

import ast
import inspect
import io
import json
import re
import shlex
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from cli_reference import leaves
from click.testing import CliRunner

from opened_counts import counts_of
from renotify.cli import main, output, text_table
from renotify.values import json_text

EXAMPLES = Path(__file__).parents[1] / "examples"
NAME = "follow-up-2013-02"
VIN = "JTHBE262580900000"
NARROW, WIDE = 80, 400
DAYS = ("2009-01-15", "2018-01-15")  # long before and long after
SHOW = output.show
# a count, what it counts, and the command that lists that, on one line
COUNTED = re.compile(r"^ *([\d,]+) [^:\n]*: renotify (.+)$", re.MULTILINE)

WALK = f"""
load examples/follow_up_2013 --on 2013-02-26
status --on 2013-02-26
status --by dealer --campaign ALE --on 2013-02-26
campaign show ALE --on 2013-02-26
vehicles --campaign ALE --status open --on 2013-02-26
vehicles --by model,status --on 2013-02-26
lookup {VIN} 12345 --on 2013-02-26
explain {VIN} --on 2013-02-26
verify --on 2013-02-26
owners refused --on 2013-02-26
owners unknown --on 2013-02-26
followup list --on 2013-02-26
followup new examples/follow_up_2013/followup.toml --on 2013-02-26
followup show {NAME} --left-out all --on 2013-02-26
followup show {NAME} --unwritten --on 2013-02-26
followup set {NAME} mail_house_letters_per_week=9 --because "more room" --by test --on 2013-02-26
plans list {NAME} --on 2013-02-26
plan {NAME} --on 2013-02-26
plan {NAME} --policy all-at-once --as fast --workers 1 --on 2013-02-26
plans list {NAME} --on 2013-02-26
plans compare {NAME} --on 2013-02-26
workload {NAME} --on 2013-02-26
simulate {NAME} --runs 2 --workers 1 --on 2013-02-26
rehearse {NAME} --runs 20 --workers 1 --on 2013-02-26
notices {NAME} --on 2013-02-26
notices {NAME} --sent --on 2013-02-26
notices {NAME} --receipts --on 2013-02-26
parts order --on 2013-02-26
parts order --keep --on 2013-02-26
parts promises --on 2013-02-26
parts pool --on 2013-02-26
parts pool 04009-DEMO1 --on 2013-02-26
stock holds --on 2013-02-26
stock sold --on 2013-02-26
letter check {NAME} --on 2013-03-05
letter accept {NAME} --on 2013-03-05
letter approve {NAME} --by test --on 2013-03-05
mail ready {NAME} 1 --on 2013-03-05
mail release {NAME} 1 --workers 1 --on 2013-03-05
mail call-back {NAME} 1 --because "a wrong day" --by test --on 2013-03-05
mail release {NAME} 1 --workers 1 --on 2013-03-05
followup show {NAME} --on 2013-03-05
mail pull {NAME} 1 --on 2013-03-06
mail accept {NAME} 1 examples/weeks_after_2013/evidence-wave-1.csv --on 2013-03-08
mail reconcile {NAME} --on 2013-03-08
load examples/weeks_after_2013/week-2 --on 2013-03-12
summary {NAME} --out page.html --on 2013-03-12
replan {NAME} --workers 1 --on 2013-03-12
replan {NAME} --policy all-at-once --as again --workers 1 --on 2013-03-12
rehearse {NAME} --runs 20 --workers 1 --on 2013-03-12
plans use {NAME} again --anyway "to see it" --by test --on 2013-03-12
plans drop {NAME} fast --on 2013-03-12
report progress --on 2013-03-12
dealer day 01001 --on 2013-03-12
dealer week 01001 --on 2013-03-12
area month E --on 2013-03-12
report progress --by dealer --on 2013-03-12
report outreach {NAME} --by age --on 2013-03-18
report forecasts {NAME} --on 2013-03-18
mail returned examples/weeks_after_2013/returned.csv --on 2013-03-18
mail work {NAME} --on 2013-03-18
mail proof X0YQHVG0PBWGR25G --on 2013-03-18
mail trace {NAME} --to Finder --on 2013-03-18
load examples/weeks_after_2013/week-3 --on 2013-03-18
mail resend {NAME} --on 2013-03-18
followup show {NAME} --silent --on 2013-05-13
answer {VIN} --on 2013-03-18
answer {VIN} --lang es --on 2013-03-18
report vehicle {VIN} --on 2013-03-18
report quarterly BLG 2013Q1 --on 2013-04-15
report quarterly CLB 2013Q1 --on 2013-04-15
report quarterly BLG 2013Q1 --nhtsa --on 2013-04-15
report annual BLG 2015Q1-2015Q4 --on 2016-01-15
report schedule --on 2013-04-15
report disclosures --on 2013-04-15
deadlines --on 2013-04-15
publish --new-key publish.key --on 2013-03-18
publish --on 2013-03-18
publish --check look-up.snapshot --on 2013-03-18
followup end {NAME} --because "it is over" --on 2013-05-13
people add pat --role dealer_parts --full-name "Pat Parts" --dealer 01001 --on 2013-05-13
people add system --role integration --dealer 01001 --on 2013-05-13
people token system --on 2013-05-13
people password pat --on 2013-05-13
people lock pat --on 2013-05-13
people list --on 2013-05-13
"""

NOT_WALKED = {
    "completion": "has no ledger: tests/cli/test_completion.py",
    "demo": "makes a whole maker; its text is that of the commands it runs",
    "lookup-site": "serves until it is stopped: tests/web/public/test_lookup_server.py",
    "letter proof": "draws pictures of every version: tests/mailing",
    "mail reprint": "needs letters that the mail house spoiled: tests/mailing",
    "mail traced": "needs the vendor's file: tests/mailing",
    "outreach list": "needs a follow-up with arms: tests/mailing",
    "serve": "serves until it is stopped: tests/web",
    "worker": "works until it is stopped: tests/web/jobs",
    "owners settle": "needs a vehicle whose owner nobody knows: tests/cli/test_held_owners.py",
}


# commands that keep the day they are given with what they write, or write what holds on it: a later day is another one by itself
NO_OTHER_DAY = {
    "load": "keeps the day with what it loads",
    "followup new": "keeps the day with the list",
    "followup set": "keeps the day with the change",
    "followup end": "keeps the day with the end",
    "notices": "writes the day into the notices",
    "letter check": "judges letters of the day: tests/mailing/test_letters_of_the_day.py",
    "letter accept": "keeps the day with the acceptance: tests/mailing/test_accepting.py",
    "letter approve": "keeps the day with the approval",
    "mail release": "asks every vehicle on the day: tests/mailing",
    "mail call-back": "keeps the day with the decision",
    "mail accept": "keeps the day with the evidence",
    "mail returned": "keeps the day with the returns",
    "mail resend": "keeps the day with the wave",
    "owners unknown": "counts searches until the day; the example has none: tests/ledger",
    "report forecasts": "tells weeks in which owners are expected; the example has too few: tests/corridors/test_past_forecasts.py",
    "stock sold": "lists sales until the day; the example has none: tests/stock",
    "plans use": "keeps the day with the decision",
    "publish": "keeps the day with the snapshot",
}
NO_DAY = (
    "verify",
    "owners refused",
    "followup list",
    "plans list",
    "plans drop",
    "simulate",
    "mail reconcile",
    "mail proof",
    "report disclosures",
    "demo",
    "completion",
    "people add",
    "people list",
    "people lock",
    "people password",
    "people token",
)


@dataclass(frozen=True)
class Printed:
    """A table as it was printed: the names of all its columns, their cells, and the columns that had no room."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_out: Sequence[str]


@dataclass(frozen=True)
class Told:
    """What one line of the walk said: as text for 80 characters, where there is all the room, and as JSON; and how it ended."""

    line: str
    command: str
    code: int
    text: str
    err: str
    wide: str
    document: Any
    other_days: Sequence[
        Any
    ]  # the documents of the same line on days long before and after, up to one that differs; none where that is known or not asked
    tables: Sequence[Printed]
    lists: Mapping[
        str, Any
    ]  # the commands that it prints to list what it counts, and what each of them says
    counted: Sequence[
        tuple[int, str, set[int]]
    ]  # counts that stand before such a command, the command, and what its list has


def paths() -> Mapping[str, click.Command]:
    """Return every command by its words."""
    return dict(leaves())


class _Shown:
    """What a command handed over to be shown, caught on its way: the document, the tables, and the text where there is all the room."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.document: bytes | None = None
        self.tables: list[Printed] = []
        self.wide: str | None = None
        monkeypatch.setattr(output, "drawn", self._drawn)
        of_the_terminal = [name for name in sys.modules if name.startswith("renotify.cli.")]
        for name in of_the_terminal:
            if vars(sys.modules[name]).get("show") is SHOW and name != output.__name__:
                monkeypatch.setattr(sys.modules[name], "show", self._show)

    def forget(self) -> None:
        self.document, self.wide = None, None
        self.tables.clear()

    def _drawn(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], *more: Any, **other: Any
    ) -> Any:
        made = text_table.drawn(columns, rows, *more, **other)
        self.tables.append(Printed(columns, rows, made.left_out))
        return made

    def _show(self, document: object, as_json: bool, text: Callable[[], None]) -> None:
        self.document = json_text.to_bytes(document)
        SHOW(document, as_json, text)
        if as_json or not any(one.left_out for one in self.tables):
            return
        narrow, said = list(self.tables), io.StringIO()
        with pytest.MonkeyPatch.context() as room, redirect_stdout(said):
            room.setenv("COLUMNS", str(WIDE))
            text()
        self.tables[:], self.wide = narrow, said.getvalue()


def does_otherwise_with_json(command: click.Command) -> bool:
    """Tell whether a command asks for JSON or not anywhere but where it shows one document as one or the other."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(command.callback or output.show)))
    nodes = list(ast.walk(ast.parse(source)))
    calls = [one for one in nodes if isinstance(one, ast.Call)]
    showing = [one for one in calls if getattr(one.func, "id", "") in ("show", "write_and_say")]
    handed = [
        value for one in showing for value in (*one.args, *(named.value for named in one.keywords))
    ]
    asked, shown = (
        sum(getattr(one, "id", "") == "as_json" for one in some) for some in (nodes, handed)
    )
    return asked > shown


def walk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """Type each line of ``WALK`` in a folder of its own, and yield what it said."""
    desk, before, copy = (folder / name for name in ("desk", "before", "copy"))
    desk.mkdir()
    (desk / "examples").symlink_to(EXAMPLES)
    commands = paths()
    twice = {words for words, command in commands.items() if does_otherwise_with_json(command)}
    shown = _Shown(monkeypatch)
    differ: set[str] = set()  # the commands that have answered otherwise on another day

    def typed(line: str) -> Any:
        _copied(before, copy)
        return _read(_typed(copy, line, NARROW))

    for line in filter(None, WALK.splitlines()):
        _copied(desk, before)
        shown.forget()
        narrow = _typed(desk, line, NARROW)
        printed, wide, document = tuple(shown.tables), shown.wide or narrow.stdout, shown.document
        words = shlex.split(line)
        command = next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in commands)
        if narrow.exit_code:
            told: Any = {"refused": narrow.stderr}
        elif document is None or command in twice:
            told = typed(f"{line} --json")
        else:
            told = json.loads(document)
        others = []
        for day in DAYS if command not in (*NO_OTHER_DAY, *NO_DAY, *differ) else ():
            others.append(typed(re.sub(r"--on \S+", f"--on {day}", f"{line} --json")))
            if others[-1] != told:
                differ.add(command)
                break
        calls = re.findall(
            r"^The list behind a figure: renotify (.+)$", narrow.stdout, re.MULTILINE
        )
        counts = (
            COUNTED.findall(narrow.stdout) if command != "mail work" or "--list" not in line else []
        )
        opened = [
            (int(count.replace(",", "")), call, _opened(desk, call, f"{words[-2]} {words[-1]}"))
            for count, call in counts
        ]
        yield Told(
            line, command, narrow.exit_code, narrow.stdout, narrow.stderr, wide, told, others, printed,
            {call: _read(_typed(desk, f"{call} --first 0 --json {words[-2]} {words[-1]}", NARROW)) for call in calls}, opened,
        )  # fmt: skip


def _opened(desk: Path, call: str, day: str) -> set[int]:
    """Return what the list of a command has, asked on the day of the line where it names none itself."""
    if call.startswith(("parts order", "workload", "deadlines --on", "notices")):
        return set()  # lists of other things than vehicles and letters: see the tests of each
    return counts_of(_read(_typed(desk, f"{call} --json {'' if '--on' in call else day}", NARROW)))


def _copied(one: Path, other: Path) -> None:
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(one, other, symlinks=True)


def _read(said: Any) -> Any:
    return json.loads(said.stdout) if said.stdout else {"refused": said.stderr}


def _typed(folder: Path, line: str, width: int) -> Any:
    environment = {
        "RENOTIFY_DATABASE_URL": f"sqlite:///{folder}/ledger.sqlite3",
        "COLUMNS": str(width),
        "NO_COLOR": "1",
    }
    with chdir(folder):
        told = CliRunner(env=environment).invoke(main, shlex.split(line), color=True)
    if told.exception and not isinstance(told.exception, SystemExit):
        raise told.exception
    return told
