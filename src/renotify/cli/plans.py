"""``plans``: the plans of a follow-up beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import (
    BY,
    DRAWING,
    ledger_command,
    shared,
    undated,
)
from renotify.cli.output import noted, rows_of, show, table, write_drawing

if TYPE_CHECKING:
    from renotify.ledger.session import Session

KEYS = ("name", "policy", "made_on", "weeks", "letters", "held", "last_week")
COLUMNS = ("plan", *KEYS[1:])


@click.group(cls=CommandGroup)
def plans() -> None:
    """Plans of a follow-up that are kept beside the one in force: made by `renotify plan NAME --as DRAFT` or `replan`."""


@plans.command("list")
@click.argument("name")
@undated
@ledger_command
def plans_list(session: Session, name: str, as_json: bool) -> None:
    """List the drafts of a follow-up."""
    from renotify.ledger import drafts

    found = [one._asdict() for one in drafts.drafts(session, name)]

    def text() -> None:
        if found:
            table(f"{name}: drafts", COLUMNS, rows_of(found, *KEYS))
            click.echo(f"Next: renotify plans compare {name}")
        else:
            click.echo(f"{name} has no draft yet: renotify plan {name} --policy POLICY --as DRAFT")

    show(found, as_json, text)


@plans.command("compare")
@click.argument("name")
@click.argument("drafts", nargs=-1)
@shared(
    "--svg",
    "FILE",
    type=DRAWING,
    about="Draw letters, hours and kits of each plan in this SVG file.",
)
@ledger_command
def plans_compare(
    session: Session,
    name: str,
    drafts: Sequence[str],
    svg: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """Compare the plan in force ("in force") and drafts, all or some: letters, reach, risk, hours, kits, waits, limits broken, gap."""
    from renotify.charts.plans_compared import plans_compared
    from renotify.planner.plan_comparison import COLUMNS as COMPARED
    from renotify.planner.plan_comparison import compare

    found = compare(session, name, drafts, on)
    if svg is not None:
        write_drawing(svg, lambda: plans_compared(found.drawn))

    def text() -> None:
        told = [row | {"gap": _gap(row["gap"])} for row in found.rows]
        table(f"{name}: plans", COMPARED, rows_of(told, *COMPARED))
        for sentence in found.sentences:
            noted(f"- {sentence}")
        click.echo(f"Next: renotify plans use {name} DRAFT")

    show({"follow_up": name, "plans": found.rows, "messages": found.sentences}, as_json, text)


def _gap(gap: float | None) -> str | float:
    return "not stated" if gap is None else max(gap, 0.0)


@plans.command("use")
@click.argument("name")
@click.argument("draft")
@shared(
    "--anyway",
    "REASON",
    about="Put a draft in force that breaks limits; the reason is kept with what it breaks.",
)
@BY
@ledger_command
def plans_use(
    session: Session, name: str, draft: str, anyway: str | None, by: str, as_json: bool, on: date
) -> None:
    """Put a draft in force: letters that nobody has released go by it, and dealers whose told weeks change are named."""
    from renotify.ledger import told_weeks
    from renotify.ledger.wave_decisions import Decision
    from renotify.planner import draft_in_force

    decision = None if anyway is None else Decision(by, anyway).checked("--anyway")
    with session.transaction():
        made, passed = draft_in_force.use(session, name, draft, on, decision)
    told = told_weeks.changed(session, name, on)
    messages = told_weeks.sentences(name, told)
    if passed:
        messages = [
            f"It breaks limits: {passed['breaks']}; in force anyway: {passed['reason']}",
            *messages,
        ]
    document = {
        "follow_up": name,
        "draft": draft,
        "policy": made.policy,
        "anyway": passed,
        "told_weeks": [one.document() for one in told],
        "messages": messages,
    }

    def text() -> None:
        noted(f"{draft} is the plan of {name} now ({made.policy}, made on {made.made_on}).")
        for message in messages:
            noted(f"- {message}")

    show(document, as_json, text)


@plans.command("drop")
@click.argument("name")
@click.argument("draft")
@undated
@ledger_command
def plans_drop(session: Session, name: str, draft: str, as_json: bool) -> None:
    """Forget a draft; the plan in force stays."""
    from renotify.ledger import drafts

    drafts.draft(session, name, draft)
    with session.transaction():
        drafts.drop(session, name, draft)
    document = {"follow_up": name, "dropped": draft}
    show(document, as_json, lambda: noted(f"{draft} of {name} is dropped."))
