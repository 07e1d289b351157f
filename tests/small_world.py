"""A small made-up world for tests: declared row by row, written as real input files, worked on by real commands only.

``World`` writes the input folder (campaigns.toml and one CSV a table) and followup.toml; only what a test is about is said, the
rest has plain defaults. ``Desk`` is a person at the command line with one ledger. All people are made up. Nothing here imports a
room of the product: the command line, the files and the tables' names are all that it knows.
"""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import psycopg
from click.testing import CliRunner

import done_before
from renotify.cli import main

# The weights and letter values of the check digit, the ninth character: 49 CFR 565.15(c)
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
LETTER_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
SYNTHETIC = 900_000  # serial numbers from here on are kept for made-up vehicles


def vin(number: int, descriptor: str = "JTHBK262", year_and_plant: str = "65") -> str:
    """A well-formed, made-up VIN."""
    text = f"{descriptor}0{year_and_plant}{SYNTHETIC + number:06d}"
    rest = sum(int(LETTER_VALUES.get(c, c)) * w for c, w in zip(text, WEIGHTS, strict=True)) % 11
    return text[:8] + ("X" if rest == 10 else str(rest)) + text[9:]


class World:
    """Rows by table name; ``write`` makes the files of an input folder and returns its path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, list[dict[str, object]]] = {}
        self.campaigns: list[str] = []

    def add(self, table: str, **row: object) -> Self:
        self.rows.setdefault(table, []).append(row)
        return self

    def _plus(self, table: str, defaults: dict[str, object], extra: dict[str, object]) -> Self:
        return self.add(table, **(defaults | extra))

    def campaign(self, code: str, **facts: object) -> Self:
        """Add a safety recall of 2010, or what ``facts`` say instead; None leaves a key out."""
        stated: dict[str, object] = {
            "campaign_code": code, "campaign_type": "safety_recall", "make": "Lexus", "subject": f"Made-up subject of {code}",
            "component": "the engine", "defect": "A part can break.",
            "consequence": "The engine can stop while you drive. This can cause a vehicle crash without prior warning.",
            "remedy": "The dealer will replace the part without charge.", "filed_date": date(2010, 1, 4),
            "first_notice_date": date(2010, 1, 4), "remedy_available_date": date(2010, 1, 4), "remedy_version": 1, **facts,
        }  # fmt: skip
        lines = ["[[campaign]]"]
        lines += [f"{key} = {toml(value)}" for key, value in stated.items() if value is not None]
        lines += ["[[campaign.scope]]", 'model = "IS"', "year_from = 2006", "year_to = 2008"]
        self.campaigns.append("\n".join([*lines, f'text = "Certain 2006 - 2008 cars of {code}"']))
        return self

    def dealer(self, code: str, area: str = "E", **extra: object) -> Self:
        row = {"dealer_code": code, "name": f"Made-up Dealer {code}", "area_code": area, "addr1": "1 Main St", "city": "Boston",
               "state": "MA", "zip": "02108", "phone": "555-0100", "email": f"{code.lower()}@dealer.example"}  # fmt: skip
        return self._plus("dealers", row, extra)

    def vehicle(
        self,
        vin: str,
        *campaigns: str,
        dealer: str,
        model: str = "IS 250",
        owner: str | None = "ANA EXAMPLE",
        **extra: object,
    ) -> Self:
        """Add a vehicle, its population rows and (unless ``owner=None``) its owner of record."""
        row = {
            "vin": vin,
            "make": "Lexus",
            "model": model,
            "model_year": 2006,
            "dealer_code": dealer,
        }
        self._plus("vehicles", row, extra)
        for code in campaigns:
            self.add("population", campaign_code=code, vin=vin)
        return self if owner is None else self.owner(vin, name1=owner)

    def owner(self, vin: str, **extra: object) -> Self:
        row = {"vin": vin, "role": "owner", "name1": "ANA EXAMPLE", "name2": "", "addr1": "12 Elm St", "addr2": "", "city": "Boston",
               "state": "MA", "zip": "02108", "as_of": date(2012, 12, 1), "source": "state"}  # fmt: skip
        return self._plus("owners", row, extra)

    def repair(
        self,
        vin: str,
        campaign: str,
        day: date,
        outcome: str = "remedied",
        *,
        dealer: str,
        **extra: object,
    ) -> Self:
        number = len(self.rows.get("repair_orders", ())) + 1
        row = {"ro_id": f"R{day:%m%d}{number}", "dealer_code": dealer, "vin": vin, "campaign_code": campaign, "close_date": day,
               "outcome": outcome, "hours": 2.0}  # fmt: skip
        return self._plus("repair_orders", row, extra)

    def appointment(
        self,
        vin: str,
        dealer: str,
        *campaigns: str,
        day: date,
        status: str = "booked",
        booked_on: date | None = None,
    ) -> Self:
        number = len(self.rows.get("appointments", ())) + 1
        return self.add(
            "appointments", appointment_id=f"A{day:%m%d}{number}", dealer_code=dealer, vin=vin, campaign_codes=";".join(campaigns),
            start=f"{day}T09:00", status=status, **({"booked_on": booked_on} if booked_on else {}),
        )  # fmt: skip

    def capacity(self, dealer: str, hours: Mapping[date, float]) -> Self:
        """Add technician hours of a dealer by Monday."""
        for monday, available in hours.items():
            self.add("dealer_capacity", dealer_code=dealer, week=monday, hours_available=available)
        return self

    def part(
        self, number: str, *, pack: int = 1, lead_days: int = 7, superseded_by: str = ""
    ) -> Self:
        return self.add(
            "parts", part_no=number, description=f"Made-up {number.lower()}", pack_qty=pack, lead_days=lead_days,
            superseded_by=superseded_by,
        )  # fmt: skip

    def takes(
        self, campaign: str, part: str, qty: float, model: str = "", take_rate: float = 1.0
    ) -> Self:
        """Say that a repair takes a part: of one model, or of every model that has no row of this part."""
        return self.add(
            "campaign_parts", campaign_code=campaign, model=model, part_no=part, qty=qty, take_rate=take_rate
        )  # fmt: skip

    def labour(self, campaign: str, hours: float, model: str = "") -> Self:
        return self.add(
            "labor_times", campaign_code=campaign, model=model, op_code=f"OP{len(self.rows.get('labor_times', ()))}", hours=hours,
            source="estimate",
        )  # fmt: skip

    def supply(self, part: str, kits: Mapping[date, float]) -> Self:
        """Add kits that reach the national pool, by Monday."""
        for monday, quantity in kits.items():
            self.add("part_supply", part_no=part, week=monday, supply_qty=quantity)
        return self

    def count(self, dealer: str, part: str, day: date, on_hand: float, on_order: float = 0) -> Self:
        return self.add(
            "dealer_part_stock", dealer_code=dealer, part_no=part, as_of=day, on_hand=on_hand, on_order=on_order
        )  # fmt: skip

    def in_stock(
        self, vin: str, dealer: str, stock_type: str, in_date: date, sold: date | None = None
    ) -> Self:
        return self.add(
            "dealer_stock", vin=vin, dealer_code=dealer, stock_type=stock_type, in_date=in_date, sold_date=sold or ""
        )  # fmt: skip

    def status(self, vin: str, status: str, day: date) -> Self:
        return self.add(
            "vehicle_status", vin=vin, effective_date=day, status=status, source="state"
        )

    def write(self) -> Path:
        """Write campaigns.toml and one CSV a table, and return the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        if self.campaigns:
            text = "\n\n".join(self.campaigns) + "\n"
            (self.path / "campaigns.toml").write_text(text, encoding="utf-8")
        for table, rows in self.rows.items():
            write_csv(self.path / f"{table}.csv", rows)
        return self.path


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows under one header that names every key of theirs."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, date)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {toml(item)}' for key, item in value.items())}}}"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


SENDER = {
    "name": "Made-up Motors",
    "address": "1 Example Way, Boston, MA 02108",
    "phone": "1-800-555-0100",
    "tty": "1-800-555-0101",
}


UNSIGNED = MappingProxyType(
    {"versions": "tell"}
)  # voluntary letters go though nobody signed them; of others ``Desk.do`` signs
VOLUNTARY = "follow_up_voluntary"
SIGNER = "a made-up signer"
OWED_UNSIGNED = "sentences of the maker's own that nobody signed"  # what a release of letters says that are owed


def follow_up_file(
    path: Path,
    response: Mapping[str, Any],
    sender: Mapping[str, object] = SENDER,
    mail: Mapping[str, object] = MappingProxyType({}),
    readiness: Mapping[str, object] = UNSIGNED,
    **settings: object,
) -> Path:
    """Write a followup.toml; a table in ``response`` is what one bundle states for itself.

    Its letters go unsigned unless ``readiness`` says otherwise: who signs a letter is what tests/mailing/test_signoff.py is about.
    """
    general = {key: value for key, value in response.items() if not isinstance(value, Mapping)}
    own = {key: value for key, value in response.items() if isinstance(value, Mapping)}
    if settings.get("kind") != VOLUNTARY and readiness is UNSIGNED:
        readiness = {}
    lines = [f"{key} = {toml(value)}" for key, value in settings.items()]
    for head, table in (
        ("response", general),
        *((f'response."{key}"', value) for key, value in own.items()),
        ("sender", sender),
        ("mail", mail),
        ("readiness", readiness),
    ):
        lines += [f"[{head}]", *(f"{key} = {toml(value)}" for key, value in table.items())]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True)
class Answer:
    """What a command said: its exit code, its words, and its one JSON document."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Desk:
    """A person at the command line: one ledger by its URL, and a folder to work in."""

    def __init__(self, ledger: str, folder: Path) -> None:
        self.ledger = ledger
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, *arguments: object) -> Answer:
        """Run a command and return what it said, refused or not; one with which a world begins is done once (``done_before``)."""
        words = [str(argument) for argument in arguments]
        doing: done_before.Doing[Answer] = done_before.Doing(self.ledger, self.folder, words)
        if answer := doing.before():
            return answer
        runner = CliRunner(env={"RENOTIFY_DATABASE_URL": self.ledger})
        with contextlib.chdir(self.folder):
            result = runner.invoke(main, words)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        answer = Answer(result.exit_code, result.stdout, result.stderr)
        if not answer.code:
            doing.keep(answer, answer.out + answer.err)
        return answer

    def do(self, *arguments: object, on: date | None = None) -> Any:
        """Run a command that must be done, and return its JSON document; a wave is released whether or not it is ready, signed if owed."""
        day = () if on is None else ("--on", on)
        if arguments[:2] == ("mail", "release") and "--anyway" not in arguments:
            arguments = (*arguments, "--anyway", "no dealer is told here")
        answer = self.run(*arguments, *day, "--json")
        if arguments[:2] == ("mail", "release") and OWED_UNSIGNED in answer.err:
            self.run("letter", "approve", arguments[2], "--by", SIGNER, *day)
            answer = self.run(*arguments, *day, "--json")
        assert answer.code == 0, answer.err
        return answer.json

    def problem(self, name: str, on: date | None = None) -> dict[str, Any]:
        """Return PROBLEM.json of a follow-up, as of a day (today)."""
        file = self.folder / f"{name}-problem.json"
        day = () if on is None else ("--on", on)
        answer = self.run("plan", name, "--out", file, *day)
        assert answer.code == 0, answer.err
        return json.loads(file.read_text(encoding="utf-8"))

    def forget(self, table: str, where: str) -> None:
        """Delete rows of a SQLite ledger behind its back, as no command does."""
        with contextlib.closing(sqlite3.connect(self.ledger.removeprefix("sqlite:///"))) as file:
            file.execute(f"delete from {table} where {where}")
            file.commit()

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a plain query on the ledger's tables."""
        if self.ledger.startswith("sqlite:"):
            with contextlib.closing(
                sqlite3.connect(self.ledger.removeprefix("sqlite:///"))
            ) as file:
                return [tuple(row) for row in file.execute(query).fetchall()]
        with psycopg.connect(self.ledger) as server:
            return [tuple(row) for row in server.execute(query).fetchall()]
