"""``outreach list``: who of an arm is reached beside the letter; ``report outreach``: what came of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import (
    DRAWING,
    ledger_command,
    shared,
)
from renotify.cli.output import noted, show, table
from renotify.values.english import counted, percents

if TYPE_CHECKING:
    from renotify.ledger.session import Session

_COLUMNS = {
    "arm": ("mailed", "touched", "answered"),
    "week": ("mailed", "answered", "waiting", "answered_waiting"),
}
_NO_DIFFERENCE = {"not_tried": "not yet tried", "too_early": "too early to tell"}
By = Literal["arm", "week", "age", "language"]


@click.group(cls=CommandGroup)
def outreach() -> None:
    """Reach the owners of an arm beside their letter; `report outreach` says what came of it."""


@outreach.command("list")
@click.argument("name")
@click.argument("arm")
@shared("--out", "FILE", about="The file to write (mode 0600).", type=DRAWING, required=True)
@shared("--to", "WHO", "recipient", "Who sends; the disclosure names them.", required=True)
@shared("--purpose", "PURPOSE", default="recall", show_default=True)
@ledger_command
def outreach_list(
    session: Session,
    name: str,
    arm: str,
    out: Path,
    recipient: str,
    purpose: str,
    as_json: bool,
    on: date,
) -> None:
    """Write the owners of an arm whose letter is out and who have not come, with their e-mail or telephone (disclosed)."""
    from renotify.mailing import touches

    done = touches.write(session, name, arm, recipient, purpose, on, out)

    def text() -> None:
        click.echo(
            f"{counted(done['owners'], 'owner')} of arm {arm} for {recipient}: {done['file']}"
        )
        click.echo(f"Next, some weeks later: renotify report outreach {name}")

    show(done, as_json, text)


def _least_letters() -> int:
    from renotify.campaigns.outreach_settings import LEAST_LETTERS

    return LEAST_LETTERS


@click.command("outreach")
@click.argument("name")
@click.option(
    "--by", type=click.Choice(("arm", "week", "age", "language")), default="arm", show_default=True,
    help="Arms and weeks were drawn by lot; the age of the address and the language were not.",
)  # fmt: skip
@click.option(
    "--least", "least_letters", type=click.IntRange(min=1), metavar="NUMBER", default=_least_letters, show_default="30",
    help="An arm, or a drawn week, with fewer letters is too early to judge.",
)  # fmt: skip
@ledger_command
def outreach_effect(
    session: Session, name: str, by: By, least_letters: int, as_json: bool, on: date
) -> None:
    """Show who of a follow-up answers, with intervals: by arm and drawn week what makes a difference, by age and language who."""
    from renotify.reports import outreach_effect as room

    shown = room.outreach(session, name, on, by, least_letters)

    def text() -> None:
        columns = _COLUMNS.get(by, ("mailed", "answered"))
        if any(row.get("on_day") is not None for row in shown["classes"]):
            columns = (columns[0], "on_day", *columns[1:])
        heads = ["mailed_letters" if column == "mailed" else column for column in columns]
        compared = any("difference" in row for row in shown["classes"])
        shares = by != "week"
        table(
            f"{name}: answers by {by}",
            (by, *heads, *(("answered_share",) if shares else ()), *(("difference",) if compared else ())),
            [
                [row["class"], *("" if row[column] is None else row[column] for column in columns), *((_percent(row),) if shares else ()),
                 *((_points(row),) if compared else ())]
                for row in shown["classes"]
            ],
        )  # fmt: skip
        for line in (*shown["messages"], shown["method"]):
            noted(f"- {line}")

    show(shown, as_json, text)


def _percent(row: dict[str, Any]) -> str:
    if row["share"] is None:
        return ""
    return percents(row["share"], row["low"], row["high"], 2)


def _points(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return _NO_DIFFERENCE.get(row["state"], "")
    low, high = row["difference_low"], row["difference_high"]
    return f"{100 * row['difference']:+.2f} ({100 * low:+.2f} to {100 * high:+.2f})"
