"""The analyst of a world that answers: a Monday at the desk, by the commands that any analyst has, and what they said."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from renotify.answering.made_post import Evidence
from renotify.errors import Inconsistent

SILENT_EVERY = 4  # weeks
VENDOR = "made-up-search"
NOTHING_TAKEN = "nothing of it was taken in"
HELD = " is held."
SIGN = "renotify letter approve {name} --by"  # in each refusal of a release for want of a signature
SIGNED_BY = "the rehearsal (made up)"
NOTHING_TO_PLAN = ("No letter of {name} is left to plan", "The horizon of {name} ended")
GO_ON = "The play cannot go on without it."


class Said(Protocol):
    """What a command said: its exit code, its words, and its one JSON document."""

    @property
    def code(self) -> int: ...
    @property
    def err(self) -> str: ...
    @property
    def json(self) -> Any: ...  # noqa: ANN401 - whatever a command prints


class Desk(Protocol):
    """A person at the command line with one ledger, and a folder to work in."""

    @property
    def folder(self) -> Path: ...
    def run(self, *arguments: object) -> Said: ...


@dataclass
class Inbox:
    """What came in since the last Monday: files of dealers, owners and suppliers, of the mail house, the post and the search."""

    tables: Path | None = None
    evidence: Sequence[Evidence] = ()
    returned: Path | None = None
    traced: Path | None = None


@dataclass
class Monday:
    """What the commands of a Monday said. ``held`` are the words for waves that wait; ``jobs`` are print jobs: follow-up, wave, folder."""

    on: date
    load: dict[str, Any] = field(default_factory=dict)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    returned: dict[str, Any] = field(default_factory=dict)
    resent: list[dict[str, Any]] = field(default_factory=list)
    reprinted: list[dict[str, Any]] = field(default_factory=list)
    silent: dict[str, Any] = field(default_factory=dict)
    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    orders: list[dict[str, Any]] = field(default_factory=list)
    promises: list[dict[str, Any]] = field(default_factory=list)
    pool: dict[str, dict[str, Any]] = field(default_factory=dict)
    released: list[dict[str, Any]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    jobs: list[tuple[str, int, Path]] = field(default_factory=list)


class Analyst:
    """The same work each week. ``names`` are the follow-up and those of its silent owners; ``tell_weekly``: dealers hear each week anew,
    else where a plan has other weeks than they were told.
    """

    def __init__(self, desk: Desk, name: str, *, tell_weekly: bool, silent_from: int) -> None:
        self.desk, self.names = desk, [name]
        self.tell_weekly, self.silent_from = tell_weekly, silent_from
        self.told: set[str] = set()

    def do(self, *arguments: object, on: date) -> Any:  # noqa: ANN401 - whatever a command prints
        """Run a command that must be done, and return its document."""
        said = self.desk.run(*arguments, "--on", on, "--json")
        if said.code:
            command = " ".join(map(str, arguments))
            raise Inconsistent(
                f"On {on} `renotify {command}` said: {' '.join(said.err.split())}",
                GO_ON,
            )
        return said.json

    def _returned(self, file: Path, on: date) -> Any:  # noqa: ANN401 - as of ``do``
        """Take returned mail in; a file of which nothing could be taken ends with 1, and says of each row why."""
        said = self.desk.run("mail", "returned", file, "--on", on, "--json")
        if said.code and NOTHING_TAKEN not in said.err:
            raise Inconsistent(f"On {on} returned mail was not taken in: {' '.join(said.err.split())}", GO_ON)  # fmt: skip
        return said.json

    def work(self, week: int, on: date, inbox: Inbox) -> Monday:
        """Take in what came, plan again, tell dealers, order, and release the waves whose week it is."""
        said = Monday(on)
        self._take_in(said, inbox)
        self._send_again(said)
        if week >= self.silent_from and (week - self.silent_from) % SILENT_EVERY == 0:
            self._list_the_silent(said)
        if week:
            for name in self.names:
                self._replan(name, said)
        for name in self.names:
            self._tell(name, said)
        said.orders = self.do("parts", "order", "--keep", on=on)
        said.promises = self.do("parts", "promises", on=on)
        said.pool = {row["part_no"]: row for row in self.do("parts", "pool", on=on)}
        for name in self.names:
            self._release(name, said)
        return said

    def _take_in(self, said: Monday, inbox: Inbox) -> None:
        on = said.on
        if inbox.tables is not None:
            refused = self.desk.folder / "rejects"
            said.load = self.do("load", inbox.tables, "--rejects", refused, on=on)
        for one in inbox.evidence:
            said.accepted.append(
                self.do("mail", "accept", one.follow_up, one.wave, one.file, on=on)
            )
        if inbox.returned is not None:
            said.returned = self._returned(inbox.returned, on)
        if inbox.traced is not None:
            self.do("mail", "traced", inbox.traced, on=on)

    def _send_again(self, said: Monday) -> None:
        """Letters that came back go again where somebody knows where; spoiled and lost ones are printed again; the search is ordered."""
        for name in self.names:
            out = self.desk.folder / "work" / str(said.on)
            work = self.do("mail", "work", name, "--out", out, on=said.on)
            if work["lists"]["re_send"]:
                said.resent.append(self.do("mail", "resend", name, on=said.on))
            if work["lists"]["skip_trace"]:
                self.do("mail", "trace", name, "--to", VENDOR, "--out", out, on=said.on)
            if not work["open"]["spoiled"]:
                continue
            (file,) = (Path(path) for path in work["files"] if Path(path).name == "spoiled.csv")
            for wave in sorted({int(row["wave"]) for row in _rows(file)}):
                done = self.do("mail", "reprint", name, wave, "--workers", 1, on=said.on)
                said.reprinted.append(done)
                said.jobs.append((name, wave, Path(done["folder"])))

    def _list_the_silent(self, said: Monday) -> None:
        """Freeze and plan a list of the silent, where some are due."""
        asked = self.desk.run(
            "followup", "new", "--silent-of", self.names[0], "--on", said.on, "--json"
        )
        if asked.code:  # nobody is due yet, or nobody is silent
            return
        said.silent = asked.json
        name = said.silent["follow_up"]
        self.names.append(name)
        said.plans[name] = self.do("plan", name, "--workers", 1, on=said.on)

    def _replan(self, name: str, said: Monday) -> None:
        """Plan the free weeks again; where no letter is left and none is out, or the horizon is over, there is nothing to plan."""
        if name in said.plans:
            return
        asked = self.desk.run("replan", name, "--workers", 1, "--on", said.on, "--json")
        if not asked.code:
            said.plans[name] = asked.json
        elif not any(words.format(name=name) in asked.err for words in NOTHING_TO_PLAN):
            raise Inconsistent(asked.err, "A plan of a follow-up that runs can be made again.")

    def _tell(self, name: str, said: Monday) -> None:
        """Tell dealers each week, or where a plan has other weeks than they were told."""
        moved = said.plans.get(name, {}).get("told_weeks")
        if name not in self.told or moved or self.tell_weekly:
            said.told[name] = self.tell(name, said.on)

    def tell(self, name: str, on: date) -> list[dict[str, str]]:
        """Write the notices and send them the same day; return what they tell of each dealer and week."""
        out = self.desk.folder / "out" / name
        self.do("notices", name, "--out", out, on=on)
        self.do("notices", name, "--sent", on=on)
        self.told.add(name)
        return _rows(out / "notices" / "weeks.csv")

    def _release(self, name: str, said: Monday) -> None:
        waves = self.do("followup", "show", name, on=said.on)["waves"]
        week = str(said.on.fromordinal(said.on.toordinal() - said.on.weekday()))
        for wave in waves:
            if wave["week"] > week or wave["released"]:
                continue
            out = ("--out", self.desk.folder / "out", "--workers", 1)
            release = ("mail", "release", name, wave["wave"], *out, "--on", said.on, "--json")
            asked = self.desk.run(*release)
            if asked.code and SIGN.format(name=name) in " ".join(asked.err.split()):
                self.do("letter", "approve", name, "--by", SIGNED_BY, on=said.on)
                asked = self.desk.run(*release)
            if asked.code and HELD not in asked.err:
                raise Inconsistent(asked.err, GO_ON)
            if asked.code:  # it waits, and the next plan gives its letters another week
                said.held.append(" ".join(asked.err.split()).removeprefix("Refused: "))
                continue
            said.released.append(asked.json)
            said.jobs.append((name, wave["wave"], Path(asked.json["folder"])))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
