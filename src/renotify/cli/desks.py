"""``dealer`` and ``area``: a dealer's day and week, an area's month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import ledger_command, shared
from renotify.cli.output import noted, prose, rows_of, show, table
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.desks.dealer_days import DealerDays
    from renotify.ledger.session import Session

Command = Callable[..., None]
OUT_FILE = shared(
    "--out",
    "FILE",
    "file",
    "Write a .csv or .parquet file of the first table, or an .xlsx file of all.",
    type=click.Path(dir_okay=False, path_type=Path),
)
FIRST = 10  # rows of a list that the screen shows
KITS = (
    "part_no", "on_hand", "on_order", "short", "arriving", "arrives", "needed", "lacking_visits", "kits_from", "description",
)  # fmt: skip
VISITS = ("day", "time", "vin", "campaigns", "warning", "takes", "kits_state", "kits_from", "vehicle", "also_open")  # fmt: skip


@click.group(cls=CommandGroup)
def dealer() -> None:
    """A dealer's desk: its day and its week."""


@dealer.command("day")
@click.argument("code")
@OUT_FILE
@ledger_command
def dealer_day(session: Session, code: str, file: Path | None, as_json: bool, on: date) -> None:
    """Show who comes today, what each visit takes, whether its kits are there, what is on hold, and what to do first."""
    from renotify.desks import dealer_days

    _show_dealer(dealer_days.dealer_day(session, code, on), file, as_json=as_json)


@dealer.command("week")
@click.argument("code")
@OUT_FILE
@ledger_command
def dealer_week(session: Session, code: str, file: Path | None, as_json: bool, on: date) -> None:
    """Show the same of the week of the day, Monday to Sunday."""
    from renotify.desks import dealer_days

    _show_dealer(dealer_days.dealer_week(session, code, on), file, as_json=as_json)


def _show_dealer(days: DealerDays, file: Path | None, *, as_json: bool) -> None:
    from renotify.desks.to_do import headline, steps

    to_do = steps(days)
    document = {
        "headline": headline(days), "to_do": [one.document() for one in to_do], **days.document(), **_written(file, days.tables, days.on),
    }  # fmt: skip

    def text() -> None:
        prose(document["headline"])
        _say_steps([one.document() for one in to_do], "Nothing else is to be done.")
        _tables(document)
        for sentence in days.beside:
            prose(f"- {sentence}")
        _say_lists(document["lists"])
        told = [one for one in document["instructions"] if one["kind"] != "document"]
        for one in {one["list"]: one for one in reversed(told)}.values():
            click.echo(f"{counted(one['vehicles'], 'vehicle')} of {one['campaign']}: {one['list']}")
        _say_file(file)

    show(document, as_json, text)


def _tables(document: Mapping[str, Any]) -> None:
    """Print the tables that have rows, those that are read first at first."""
    shown: dict[str, tuple[str, Sequence[str]]] = {
        "visits": ("Visits", VISITS),
        "kits": ("Kits", KITS),
        "holds": ("In stock, on hold", ("vin", "stock_type", "campaigns", "basis", "days_in_stock")),
        "instructions": ("Instructions in force", ("campaign", "kind", "vehicles", "says")),
        "notices": ("Notices to acknowledge", ("follow_up", "edition", "sent_on")),
        "may_come": ("May ask for a visit, the likeliest first", ("vin", "bundle", "model", "out_on", "chance")),
    }  # fmt: skip
    for name, (title, columns) in shown.items():
        rows = [row for row in document[name] if row.get("kind") != "document"]
        if rows:
            table(title, columns, rows_of([_plain(row) for row in rows[:FIRST]], *columns))
        if len(rows) > FIRST:
            noted(f"{len(rows) - FIRST:,} more: --json or --out FILE.xlsx has them all.")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with the words of its states."""
    plain = dict(row)
    for name in ("kits_state", "kind"):
        if isinstance(plain.get(name), str):
            plain[name] = plain[name].replace("_", " ")
    return plain


def _say_steps(to_do: Sequence[Mapping[str, str]], nothing: str) -> None:
    """Print what to do, numbered, with the command that helps below each."""
    if not to_do:
        noted(nothing)
    for number, one in enumerate(to_do, 1):
        prose(f"{number}. {one['says']}")
        if one["command"]:
            click.echo(f"   {one['command']}")


def _written(file: Path | None, tables: Mapping[str, Any], on: date) -> dict[str, str]:
    """Write the tables where a file was asked for, and say where."""
    if file is None:
        return {}
    from renotify.desks.desk_file import write_tables

    return {"file": str(write_tables(file, tables, on))}


def _say_lists(lists: Mapping[str, str]) -> None:
    """Print the commands that list the vehicles behind the figures."""
    for of_what, listing in lists.items():
        click.echo(f"Vehicles {of_what}: {listing}")


def _say_file(file: Path | None) -> None:
    if file is not None:
        click.echo(f"Written to {file}.")


@click.group(cls=CommandGroup)
def area() -> None:
    """An area manager's desk: its month."""


@area.command("month")
@click.argument("code")
@OUT_FILE
@ledger_command
def area_month(session: Session, code: str, file: Path | None, as_json: bool, on: date) -> None:
    """Show an area's dealers by who needs help in the next four weeks, and why: kits, hours, receipts, holds, pace of repairs."""
    from renotify.desks import area_month as months
    from renotify.desks.reasons import headline

    month = months.area_month(session, code, on)
    document = month.document()
    document = {"headline": headline(code, on, document["dealers"]), **document, **_written(file, month.tables, on)}  # fmt: skip
    columns = (
        "rank", "dealer", "vehicles_concerned", "why", "completion", "completion_before", "visits", "hours", "capacity", "open", "name",
        "done_since", "extra_technician_days", "visits_without_kits", "holds_overdue", "receipts_missing",
    )  # fmt: skip

    def text() -> None:
        prose(document["headline"])
        table("Dealers by who needs help", columns, rows_of(document["dealers"], *columns))
        prose(
            "Open, done and completion count a vehicle once for each campaign, as `renotify status` does."
        )
        for dealer_row in [row for row in document["dealers"] if row["why"]][:FIRST]:
            noted(f"{dealer_row['dealer']}  {dealer_row['name']}")
            for reason in document["reasons"]:
                if reason["dealer"] == dealer_row["dealer"]:
                    prose(f"  - {reason['says']}")
                    click.echo(f"    {reason['command']}")
        for sentence in month.beside:
            prose(f"- {sentence}")
        click.echo(f"The list behind a figure: {document['lists']['open']}")
        _say_file(file)

    show(document, as_json, text)
