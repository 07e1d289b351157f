"""A command imports the rooms that it uses, and no others; help imports no library but click.

A process costs most of a second, so it runs more than one command where that hides nothing: the next one may import all that
those before it may.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from cli_support import DAY, follow_up_file
from folder import Folder, make_vin

HEAVY = {
    "PIL", "adbc_driver_sqlite", "altair", "django", "duckdb",
    "fontTools", "highspy", "numpy", "pikepdf", "psycopg", "pyarrow", "pypdfium2", "rich", "scipy",
    "typst", "vl_convert",
}  # fmt: skip
RUN = """
import contextlib, gc, io, json, os, sys
gc.disable()
for line in sys.stdin:
    sys.argv[1:] = json.loads(line)
    said, code = io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        from renotify.cli import main
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    told = {"code": code, "said": said.getvalue()[-2000:], "modules": sorted(sys.modules)}
    print(json.dumps(told), flush=True)
os._exit(0)  # all is said: to take down what was imported takes as long as some commands
"""
FLOOR = {"cli", "errors", "values"}
LEDGER = FLOOR | {"ledger"}
CAMPAIGNS = LEDGER | {"campaigns", "rules"}
DESK: set[str] = set()  # the ledger through Python's own SQLite: no library but click
TABLE = {"adbc_driver_sqlite", "numpy", "pyarrow"}
STORE = TABLE
PLANNER = CAMPAIGNS | {"parts", "planner", "plans", "selection", "visits", "workload"}
LETTERS = CAMPAIGNS | {"letters", "mailing", "visits"}
PRINTER = STORE | {"duckdb", "pikepdf", "pypdfium2", "typst"}

DESKS = CAMPAIGNS | {
    "contact", "desks", "letters", "notices", "parts", "plans", "stock", "vehicle_lists", "visits", "workload",
}  # fmt: skip
# what each command imports: rooms, and heavy libraries
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "--help": (FLOOR, DESK),
    "--version": ({"cli", "errors"}, DESK),
    "plan --help": (FLOOR, DESK),
    "load input": (CAMPAIGNS, STORE),
    "status": (CAMPAIGNS | {"vehicle_lists"}, TABLE | {"rich"}),
    "vehicles": (CAMPAIGNS | {"vehicle_lists", "visits"}, STORE | {"duckdb"}),
    "lookup VIN": (LEDGER, DESK),
    "explain VIN": (
        CAMPAIGNS | {"contact", "parts", "planner", "plans", "reports", "selection", "visits"},
        {"numpy", "pyarrow"},
    ),
    "campaign show 9LA": (CAMPAIGNS | {"reports", "vehicle_lists", "visits"}, STORE),
    "verify": (CAMPAIGNS, TABLE),
    "answer VIN": (CAMPAIGNS | {"contact", "letters", "visits"}, DESK),
    "followup new followup.toml": (
        CAMPAIGNS | {"selection", "vehicle_lists", "visits"},
        STORE | {"duckdb"},
    ),
    "followup list": (LEDGER | {"campaigns"}, {"numpy", "pyarrow"}),
    "plan small": (PLANNER | {"vehicle_lists"}, STORE | {"duckdb", "highspy", "scipy"}),
    "followup show small": (LEDGER | {"campaigns", "vehicle_lists"}, STORE),
    "simulate small --runs 2": (
        PLANNER | {"charts"},
        STORE | {"duckdb", "highspy", "rich", "scipy"},
    ),
    "plans compare small": (PLANNER | {"charts"}, STORE | {"duckdb", "scipy"}),
    "rehearse small": (PLANNER | {"charts"}, STORE | {"duckdb", "highspy", "rich", "scipy"}),
    "workload small": (
        CAMPAIGNS | {"charts", "plans", "vehicle_lists", "visits", "workload"},
        STORE | {"duckdb", "scipy"},
    ),
    "notices small": (
        CAMPAIGNS | {"letters", "notices", "parts", "plans", "stock", "visits", "workload"},
        STORE | {"duckdb", "scipy", "typst"},
    ),
    "parts order": (
        CAMPAIGNS | {"parts", "plans", "visits"},
        STORE | {"duckdb", "scipy"},
    ),
    "dealer day D0001": (
        DESKS,
        STORE | {"duckdb", "scipy"},
    ),
    "area month E": (
        DESKS,
        STORE | {"duckdb", "scipy"},
    ),
    "outreach --help": (FLOOR, DESK),
    "publish --new-key publish.key": ({*FLOOR, "publish"}, DESK),
    "publish --contact Maker --phone 555-0100": (
        CAMPAIGNS | {"publish"},
        TABLE,
    ),
    "publish --check look-up.snapshot": (CAMPAIGNS | {"publish"}, TABLE),
    "stock holds": (LEDGER | {"stock"}, STORE | {"duckdb"}),
    "letter accept small": (LETTERS | {"selection", "planner", "plans"}, PRINTER),
    "letter check small": (LETTERS | {"selection", "planner", "plans"}, PRINTER),
    "mail release small 1 --on 2013-03-05 --anyway untold": (
        LETTERS | PLANNER | {"vehicle_lists"},
        PRINTER | {"scipy"},
    ),
    "mail accept small 1 evidence.csv --on 2013-03-06": (
        CAMPAIGNS | {"mailing", "vehicle_lists"},
        TABLE | {"duckdb"},
    ),
    "mail reconcile small": (
        LEDGER | {"campaigns", "mailing", "vehicle_lists"},
        TABLE | {"duckdb"},
    ),
    "owners refused": (LEDGER | {"rules"}, DESK),
    "mail proof PIECE": (LEDGER | {"campaigns", "mailing", "rules"}, TABLE | {"duckdb", "pikepdf"}),
    "report quarterly 9LA 2012Q4": (CAMPAIGNS | {"reports", "vehicle_lists"}, STORE),
    "report progress": (
        CAMPAIGNS | {"planner", "plans", "reports", "vehicle_lists", "visits", "workload"},
        STORE | {"duckdb", "scipy"},
    ),
    "report vehicle VIN": (CAMPAIGNS | {"letters", "reports"}, TABLE | {"typst"}),
    "deadlines": (CAMPAIGNS | {"reports", "vehicle_lists"}, STORE),
    "summary small": (
        LETTERS | PLANNER | {"charts", "reports", "stock", "vehicle_lists"},
        PRINTER | {"PIL", "altair", "scipy", "vl_convert"},
    ),
}


class Process:
    """A process that runs commands in a folder with its ledger, and says after each what is imported by then."""

    def __init__(self, folder: Path) -> None:
        self.may: set[str] = set()
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "RENOTIFY_DATABASE_URL": f"sqlite:///{folder}/renotify.sqlite3",
        }
        self.child = subprocess.Popen(
            [sys.executable, "-c", RUN], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.communicate(timeout=60)

    def run(self, *arguments: str) -> set[str]:
        """Run a command; return the rooms and the heavy libraries that the process has imported."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write(json.dumps(arguments) + "\n")
        self.child.stdin.flush()
        told = json.loads(self.child.stdout.readline())
        assert told["code"] == 0, (arguments, told["said"])
        names = [name.split(".") for name in told["modules"]]
        rooms = {name[1] for name in names if name[0] == "renotify" and name[1:]}
        return rooms | ({name[0] for name in names} & HEAVY)


def beyond_on_a_small_ledger(place: Path) -> dict[str, set[str]]:
    """What every command of the table, in its order, imports beyond what it may, on a world of three vehicles."""
    inputs = Folder(place / "input")
    inputs.campaign("9LA").dealer()
    inputs.add(
        "labor_times", campaign_code="9LA", model="", op_code="A", hours=2, source="estimate"
    )
    for number in range(3):
        inputs.vehicle(make_vin(number), "9LA")
    inputs.write()
    follow_up_file(place, ["9LA"])
    words = {"VIN": make_vin(1)}
    beyond = {}
    with ExitStack() as ends:
        processes: list[Process] = []
        for command, (rooms, libraries) in ALLOWED.items():
            if command.startswith("mail accept"):
                words["PIECE"] = _evidence(place)
            arguments = [words.get(word, word) for word in command.split()]
            dated = "--help" in arguments or "--version" in arguments or "--on" in arguments
            may = rooms | libraries
            process = max((one for one in processes if one.may <= may), key=lambda one: len(one.may), default=None)  # fmt: skip
            if process is None:
                process = ends.enter_context(Process(place))
                processes.append(process)
            process.may = may
            beyond[command] = process.run(*arguments, *(() if dated else ("--on", DAY))) - may
    return beyond


def _evidence(place: Path) -> str:
    """Write the mail house's evidence of one piece of the released wave, and return the piece."""
    (manifest,) = (place / "out").rglob("manifest.csv")
    piece = manifest.read_text(encoding="utf-8").splitlines()[1].split(",")[0].strip('"')
    evidence = f"piece_id,status,mailed_date\n{piece},accepted,2013-03-06\n"
    (place / "evidence.csv").write_text(evidence, encoding="utf-8")
    return piece


def test_a_command_imports_no_room_and_no_library_that_it_does_not_use(tmp_path: Path) -> None:
    beyond = beyond_on_a_small_ledger(tmp_path)
    assert {command: found for command, found in beyond.items() if found} == {}


def test_help_imports_no_store_and_no_numbers(tmp_path: Path) -> None:
    with Process(tmp_path) as process:
        assert process.run("--help") & HEAVY == set()


def test_every_command_stands_in_the_table_or_does_the_same_as_one_that_does() -> None:
    from renotify.cli import MODULES

    # demo uses every room; replan uses what plan and simulate use; completion no room but this one; the site has Django;
    # lookup-site does not end: tests/web/public/test_lookup_server.py says what it imports
    alike = {"completion", "demo", "lookup-site", "people", "replan", "serve", "worker"}
    assert {command.split()[0] for command in ALLOWED} - {"--help", "--version"} == set(
        MODULES
    ) - alike
