"""``status``, ``lookup``, ``explain``, ``verify``: what the ledger knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from renotify.cli.options import FILE, Day, Instant, desk_command, ledger_command, of_a_scope
from renotify.cli.output import rows_of, show, table
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
@click.option("--campaign", help="One campaign only.")
@click.option(
    "--by", type=click.Choice(["campaign", "area", "dealer"]), default="campaign", show_default=True
)
@click.option("--as-of", type=Day(), help="Count as things stood at the end of this day.")
@click.option("--known-at", type=Instant(), help="Count only what was recorded by this instant.")
@click.option(
    "--vehicles",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write today's open vehicles to this CSV.",
)
@desk_command
@of_a_scope
def status(
    session: Session,
    campaign: str | None,
    by: By,
    scope: Scope,
    as_of: date | None,
    known_at: datetime | None,
    vehicles: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """Count each campaign's vehicles: involved = repaired + inspected_ok + unreachable + removed + open."""
    del on
    from renotify.ledger import registry
    from renotify.ledger import status as ledger_status

    campaign = registry.in_other_case(session, campaign) if campaign else None
    if vehicles is not None:
        if as_of or known_at:
            raise WrongUse(
                "--vehicles lists today's open vehicles.", "Leave out --as-of and --known-at."
            )
        _write_open(session, vehicles, [campaign] if campaign else None, scope)
    counts = [
        row.document(by)
        for row in ledger_status.counts(
            session, by=by, campaign=campaign, as_of=as_of, known_at=known_at, scope=scope
        )
    ]
    show(counts, as_json, lambda: print_counts("", counts))


def _write_open(
    session: Session, file: Path, campaigns: Sequence[str] | None, scope: Scope
) -> None:
    """Write vin, campaign_code, remedy_version and since of the open vehicles, in order of VIN."""
    from pyarrow.csv import write_csv

    from renotify.ledger.status import open_vehicles

    found = open_vehicles(session, campaigns=campaigns, scope=scope)
    write_csv(found.sort_by([("vin", "ascending"), ("campaign_code", "ascending")]), file)


def print_counts(title: str, counts: Sequence[Mapping[str, Any]]) -> None:
    """Print counts of ``status`` as a table; areas or dealers have a column of their own."""
    flat = [
        {
            **row,
            "unreachable": sum(row["unreachable"].values()),
            "completion": f"{row['completion']:.1%}",
        }
        for row in counts
    ]
    by = [key for key in ("area", "dealer") if counts and key in counts[0]]
    columns = ("campaign", *by, *COUNTED)
    table(title, columns, rows_of(flat, *columns))


@click.command()
@click.argument("vins", nargs=-1)
@click.option(
    "--file", "file", type=FILE, help="A file with one VIN a line, or a column named vin."
)
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
        [v["vin"], _remark(v), c.get("campaign"), _standing(c),
         "" if c is None or not c else ("remedy available" if c["remedy_available"] else "remedy not yet available")]
        for v in found for c in (v["campaigns"] or [{}])
    ]  # fmt: skip
    show(found, as_json, lambda: table("", ("vin", "", "campaign", "status", "remedy"), rows))


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
@ledger_command
def explain(session: Session, vin: str, as_json: bool, on: date) -> None:
    """Say why this vehicle is in or out of each campaign and follow-up, since when, and from which file and row."""
    from renotify.ledger import explain as ledger_explain

    explained = ledger_explain.explain(session, vin, on)

    def text() -> None:
        nothing = (
            ""
            if explained["campaigns"] or explained["no_longer"]
            else "No campaign that was loaded names this vehicle."
        )
        click.echo(f"{explained['vin']}  {explained.get('reason') or nothing}".rstrip())
        if explained["exception"]:
            click.echo(
                f"The maker's exception: {explained['exception']} ({explained['exception_from']})"
            )
        if explained["campaigns"]:
            click.echo(explained["holder"]["sentence"])
        for campaign in [*explained["campaigns"], *explained["no_longer"]]:
            click.echo(f"\n{campaign['campaign']}: {campaign['sentence']}")
            for event in campaign["events"]:
                note = f": {event['note']}" if event["note"] else ""
                click.echo(
                    f"  {event['occurred_on']}  {event['kind']:<12} {event['source']} row {event['row']},"
                    f" recorded {str(event['recorded_at'])[:16]}{note}"
                )
        for follow_up in explained["follow_ups"]:
            click.echo(f"\n{follow_up['follow_up']}: {follow_up['sentence']}")

    show(explained, as_json, text)


@click.command()
@ledger_command
def verify(session: Session, as_json: bool, on: date) -> None:
    """Fold all events again and compare with the kept state; a difference is refused with exit code 1."""
    del on
    from renotify.ledger import verify as ledger_verify

    found = ledger_verify.verify(session)
    show(
        found,
        as_json,
        lambda: click.echo(
            f"{counted(found['states'], 'state')} of {counted(found['vehicles'], 'vehicle')} folded again:"
            f" they {'agree' if found['ok'] else 'differ'}."
        ),
    )
    if not found["ok"]:
        raise Inconsistent(
            f"{len(found['differences'])} or more differences between events and kept state.",
            "See them with `renotify verify --json`.",
        )
