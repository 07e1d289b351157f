"""``demo``: the whole memo on a made-up maker."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from renotify.cli.ledger import print_counts
from renotify.cli.options import FOLDER, JSON, QUIET, shared
from renotify.cli.output import noted, progress_bar, rows_of, show, table
from renotify.values.english import counted


@click.command()
@click.argument("folder", type=FOLDER, default=Path("demo"))
@shared("--vehicles", "NUMBER", type=int, default=25_000, show_default=True)
@shared("--seed", "NUMBER", type=click.IntRange(min=0), default=20130226, show_default=True)
@QUIET
@JSON
def demo(folder: Path, vehicles: int, seed: int, as_json: bool) -> None:
    """Run the memo's five campaigns on a made-up maker: load, freeze, plan, notices, wave 1, report. Everything is synthetic."""
    from renotify.demo.walkthrough import run

    with progress_bar() as progress:
        document = run(folder, vehicles=vehicles, seed=seed, progress=progress)
    show(document, as_json, lambda: _print(document))


def _print(summary: dict[str, Any]) -> None:
    print_counts("Campaigns (made-up vehicles)", summary["campaigns"])
    table(
        "Waves",
        ("wave", "mail_date", "letters"),
        rows_of(summary["waves"], "wave", "mail_date", "letters"),
    )
    table(
        "The three tightest dealers",
        ("dealer", "area", "week", "hours", "capacity", "late_visits", "extra_technician_days"),
        rows_of(
            summary["tightest"],
            "dealer",
            "area",
            "week",
            "hours",
            "capacity",
            "late_visits",
            "extra_technician_days",
        ),
    )
    table(
        "What to order first",
        ("part", "description", "dealers", "order"),
        rows_of(summary["order"], "part_no", "description", "dealers", "order"),
    )
    table(
        "What the plan is worth, within the same limits",
        (
            "policy",
            "risk_weeks",
            "share",
            "gravest_wait",
            "held",
        ),
        list(map(_worth, summary["worth"])),
    )
    for message in summary["messages"]:
        noted(f"- {message}")
    done = summary["release"]
    noted(
        f"\nWave 1: {counted(done['printed'], 'letter')} printed,"
        f" {counted(done['exceptions'], 'exception')}, {done['withdrawn']:,} withdrawn."
    )
    from renotify.ledger.store import VARIABLE

    folder = Path(str(summary["folder"]))
    click.echo(f"Look at {Path(str(summary['summary'])).resolve()}")
    noted(
        "Letters, notices, orders, workload and report lie beside it, and the ledger of the folder."
    )
    noted("\nType next, in the folder:\n")
    others = f"unset {VARIABLE}  # it names another ledger" if VARIABLE in os.environ else ""
    for line in filter(None, (f"cd {os.path.relpath(folder)}", others, *summary["next"])):
        click.echo(f"  {_typed(line)}")


def _typed(line: str) -> str:
    """Return a line as it can be typed here: with the whole name of the program where no PATH has it."""
    program = Path(sys.executable).with_name("renotify")
    if shutil.which("renotify") or not program.is_file():
        return line
    return re.sub(r"^renotify\b", str(program), line)


def _worth(one: dict[str, Any]) -> list[object]:
    return [one["rule"], float(one["risk_removed"]), one["share"], one["gravest_wait"], one["without_letter"]]  # fmt: skip
