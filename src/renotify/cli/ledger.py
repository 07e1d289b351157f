"""``status``, ``lookup``, ``explain``, ``verify``: what the ledger knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from renotify.cli.options import (
    AS_OF,
    FILE,
    KNOWN_AT,
    desk_command,
    grouped,
    is_given,
    ledger_command,
    of_a_scope,
    shared,
    undated,
)
from renotify.cli.output import list_behind, noted, rows_of, show, table
from renotify.errors import Inconsistent, WrongUse
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.ledger.intake.text_rows import ListedVin
    from renotify.ledger.scope import Scope
    from renotify.ledger.session import Session

By = Literal["campaign", "area", "dealer"]
COUNTED = (
    "involved",
    "repaired",
    "inspected_ok",
    "unreachable",
    "removed",
    "open",
    "completion",
)


@click.command()
@shared("--campaign", "CODE")
@grouped("campaign")
@AS_OF
@KNOWN_AT
@desk_command
@of_a_scope
def status(
    session: Session,
    campaign: str | None,
    by: By,
    scope: Scope,
    as_of: date | None,
    known_at: datetime | None,
    as_json: bool,
    on: date,
) -> None:
    """Count each campaign's vehicles: involved = repaired + inspected_ok + unreachable + removed + open.

    With --on, as things stood at the end of that day, as with --as-of.
    """
    from renotify.ledger import registry
    from renotify.ledger import status as ledger_status
    from renotify.vehicle_lists.asked import Asked

    as_of = as_of or (on if is_given("on") else None)
    campaign = registry.in_other_case(session, campaign) if campaign else None
    counts = [
        row.document(by)
        for row in ledger_status.counts(
            session, by=by, campaign=campaign, as_of=as_of, known_at=known_at, scope=scope
        )
    ]

    def text() -> None:
        print_counts("", counts)
        asked = Asked(
            campaigns=(campaign,) if campaign else (),
            statuses=("open",),
            as_of=as_of,
            known_at=known_at,
        )
        click.echo(list_behind(asked, scope))

    show(counts, as_json, text)


def print_counts(title: str, counts: Sequence[Mapping[str, Any]]) -> None:
    """Print counts of ``status`` as a table; areas or dealers have a column of their own."""
    flat = [{**row, "unreachable": sum(row["unreachable"].values())} for row in counts]
    by = [key for key in ("area", "dealer") if counts and key in counts[0]]
    columns = ("campaign", *by, *COUNTED)
    table(title, columns, rows_of(flat, *columns), first_to_go=("removed", "inspected_ok"))


@click.command()
@click.argument("vins", nargs=-1)
@shared("--file", "FILE", about="A file with one VIN a line, or a column named vin.", type=FILE)
@desk_command
def lookup(
    session: Session, vins: tuple[str, ...], file: Path | None, as_json: bool, on: date
) -> None:
    """Tell for each VIN whether it is well formed and what is open on it: safety recalls first."""
    from renotify.ledger import lookup as ledger_lookup

    listed = _listed(file) if file else []
    asked = [*vins, *(one.vin for one in listed)]
    if not asked:
        raise WrongUse("There is no VIN to look up.", "Give VINs, or --file with one a line.")
    found = ledger_lookup.lookup(session, asked, on=on)
    for answer, one in zip(found[len(vins) :], listed, strict=True):
        answer.update({"line": one.line} | ({"reason": one.fault} if one.fault else {}))
    rows = [
        [v["vin"], c.get("campaign"), _standing(c),
         "" if c is None or not c else ("remedy available" if c["remedy_available"] else "remedy not yet available"), _remark(v)]
        for v in found for c in (v["campaigns"] or [{}])
    ]  # fmt: skip
    show(found, as_json, lambda: table("", ("vin", "campaign", "status", "remedy", "remark"), rows))


def _standing(campaign: Mapping[str, Any]) -> str | None:
    """Say a status in words: whoever cannot be reached by letter has still to be done."""
    if campaign.get("unreachable"):
        return f"unreachable ({campaign['unreachable'].replace('_', ' ')}), not done"
    return campaign.get("status")


def _listed(file: Path) -> list[ListedVin]:
    from renotify.ledger.intake.text_rows import vins_of  # Arrow is needed for a file alone

    return vins_of(file)


def _remark(answer: Mapping[str, Any]) -> str:
    """Return why a VIN is none, with the line of its file; the maker's exception; or that it is in no campaign."""
    if answer["reason"]:
        line = f"line {answer['line']}: " if "line" in answer else ""
        return f"{line}{answer['reason']}"
    return answer["exception"] or ("" if answer["campaigns"] else "in no campaign")


@click.command()
@click.argument("vin")
@desk_command
def explain(session: Session, vin: str, as_json: bool, on: date) -> None:
    """Say why this vehicle is in or out of each campaign and follow-up, since when, and from which file and row."""
    from renotify.cli.explained import lines
    from renotify.ledger import explain as ledger_explain
    from renotify.reports.vehicle_around import around

    explained = ledger_explain.explain(session, vin, on)
    explained |= around(session, explained["vin"], on)

    def text() -> None:
        for line in lines(explained):
            noted(line)

    show(explained, as_json, text)


@click.command()
@undated
@ledger_command
def verify(session: Session, as_json: bool) -> None:
    """Fold all events again and compare with the kept state; a difference is refused with exit code 1."""
    from renotify.ledger import verify as ledger_verify

    found = ledger_verify.verify(session)
    show(
        found,
        as_json,
        lambda: noted(
            f"{counted(found['states'], 'state')} of {counted(found['vehicles'], 'vehicle')} folded again:"
            f" they {'agree' if found['ok'] else 'differ'}."
        ),
    )
    if not found["ok"]:
        raise Inconsistent(
            f"{len(found['differences'])} or more differences between events and kept state.",
            "See them with `renotify verify --json`.",
        )
