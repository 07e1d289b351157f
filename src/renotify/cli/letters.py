"""``letter``: the checks, the proof, and who approved which version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import (
    OUT,
    ledger_command,
    shared,
)
from renotify.cli.output import noted, progress_bar, show, table
from renotify.errors import LetterRefused
from renotify.values.english import counted, series

if TYPE_CHECKING:
    from renotify.ledger.session import Session


@click.group(cls=CommandGroup)
def letter() -> None:
    """Check, look at and approve the letters of a follow-up."""


@letter.command()
@click.argument("name")
@ledger_command
def check(session: Session, name: str, as_json: bool, on: date) -> None:
    """Compile every version that a follow-up needs and read statements, words and geometry back from the finished PDF.

    Each stands as on the first day, from this one on, on which its wave can be released: what is judged is what is printed.
    The rules that the letters rest on and that a person must still compare or decide are listed after the findings; they block nothing.
    Exit code 1: a version or an envelope would be refused.
    """
    from renotify.mailing import approving

    with progress_bar() as progress:
        found = approving.check_letters(session, name, on=on, progress=progress)
    show(found, as_json, lambda: _print_check(found))
    refused = [row for row in found if row["severity"] == "must"]
    if refused:
        names = list(dict.fromkeys(map(_named, refused)))
        more = len(names) - MOST_NAMED
        shown = [*names[:MOST_NAMED], *([f"{more:,} more"] if more > 0 else [])]
        raise LetterRefused(
            f"{counted(len(names), 'letter version or envelope', 'letter versions or envelopes')} would be refused: {series(shown)}.",
            "Mend what the findings name, then check again.",
        )


MOST_SHOWN = 50
MOST_NAMED = 5


def _print_set_aside(aside: Sequence[Mapping[str, Any]]) -> None:
    """List the pieces that the print run would set aside, by number, field and reason."""
    if not aside:
        return
    fields = ("piece_id", "bundle", "field", "finding")
    listed = [[row[name] for name in fields] for row in aside[:MOST_SHOWN]]
    table("Pieces that would be set aside: correct their rows and load them", fields, listed)
    if len(aside) > MOST_SHOWN:
        click.echo(f"and {len(aside) - MOST_SHOWN:,} more; --json lists them all.")


def _print_mended(found: Sequence[Mapping[str, Any]]) -> None:
    """Say, version by version, how many letters are printed otherwise than their rows stand."""
    by_version = {row["digest"]: row for row in found if row.get("mended")}
    for row in by_version.values():
        for reason, count in row["mended"].items():
            click.echo(f"{_named(row)}: printed otherwise than its row stands, {reason}: {count:,}")


def _terms(row: Mapping[str, Any]) -> str:
    """Return what tells a version from another of the same bundle: whose remedy is not free, an interim notice by the plan, its
    wording.
    """
    not_free = f" (not free: {row['not_free']})" if row.get("not_free") else ""
    interim = {"": "", "-": " (interim, no day)"}
    day = row.get("interim", "")
    wording = f" (wording {row['wording']})" if row.get("wording") else ""
    return not_free + interim.get(day, f" (interim, from {day})") + wording


def _named(row: Mapping[str, Any]) -> str:
    """Return what a person calls a version: ``9LA to the owner (en)``."""
    return f"{row['bundle']}{_terms(row)} to the {row['role']} ({row['language']})"


def _counted(rows: Sequence[tuple[str, ...]], at: int) -> list[tuple[str, ...]]:
    """Return different rows once each; one that comes several times says how often before its text at a place."""
    times = Counter(rows).items()
    return [
        row if count == 1 else (*row[:at], f"({count:,} times) {row[at]}", *row[at + 1 :])
        for row, count in times
    ]


# What the table says of a finding by its severity: its words stand once, below the table
VERDICTS = {"": "passes", "must": "refused", "should": "passes, but see below", "accepted": "passes, accepted"}  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _print_check(found: Sequence[Mapping[str, Any]]) -> None:
    columns = (
        "bundle", "role", "language", "finding", "severity", "citation", "pages", "digest", "mail_date",
    )  # fmt: skip
    versions = [row for row in found if "piece_id" not in row]
    named = [{**row, "bundle": row["bundle"] + _terms(row)} for row in versions]
    named = [{**row, "finding": VERDICTS[row["severity"]]} for row in named]
    rows = _counted([tuple(_text(row.get(c)) for c in columns) for row in named], 3)
    least = (*reversed(columns[4:]), "language")  # the finding goes last
    table("Letter versions", columns, rows, first_to_go=least)
    said = [
        (
            _named(row),
            f"{row['severity']}: {row['finding']}{row['citation'] and ' '}{row['citation']}",
        )
        for row in versions
        if row["severity"]
    ]
    for who, finding in _counted(said, 1):
        noted(f"- {who}, {finding}")
    _print_set_aside([row for row in found if "piece_id" in row])
    _print_mended(found)
    marks = {mark["id"]: mark for row in found for mark in row["open_marks"]}
    if marks:
        fields = ("id", "citation", "mark")
        listed = [[mark[name] for name in fields] for mark in marks.values()]
        table("Open marks: rules still to be compared or decided", fields, listed)


@letter.command()
@click.argument("name")
@OUT
@ledger_command
def proof(session: Session, name: str, out: Path, as_json: bool, on: date) -> None:
    """Write PNG and PDF of each version with real, longest and worst-case values and the boxes they must fit.

    Exit code 1: a version is refused and has no proof; those of the others are written.
    """
    from renotify.mailing import approving

    with progress_bar() as progress:
        files, refused = approving.proof_letters(session, name, on=on, out=out, progress=progress)
    show(files, as_json, lambda: click.echo("\n".join(files)))
    for sentence in refused:
        click.echo(f"Refused: {sentence}", err=True)
    if refused:
        raise click.exceptions.Exit(1)


@letter.command()
@click.argument("name")
@shared(
    "--by",
    "WHO",
    "approver",
    required=True,
    about="Who approves (a name or role that may stand in the record).",
)
@ledger_command
def approve(session: Session, name: str, approver: str, as_json: bool, on: date) -> None:
    """Record who approved the checked versions of a follow-up, and under which rule pack."""
    from renotify.mailing import approving

    signed = approving.approve_letters(session, name, approver=approver, on=on)
    show(signed, as_json, lambda: click.echo(f"{counted(len(signed), 'version')} approved."))
