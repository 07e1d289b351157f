"""``demo``: the whole memo on a made-up maker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from renotify.cli.ledger import print_counts
from renotify.cli.output import progress_bar, rows_of, show, table
from renotify.cli.progress_line import quiet
from renotify.values.english import counted


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"))
@click.option(
    "--vehicles", default=25_000, show_default=True, help="How many vehicles the made-up maker has."
)
@click.option("--seed", type=click.IntRange(min=0), default=20130226, show_default=True)
@quiet
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
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
        ("wave", "first day", "letters"),
        rows_of(summary["waves"], "wave", "mail_date", "letters"),
    )
    table(
        "The three tightest dealers",
        ("dealer", "area", "tightest week", "hours", "capacity", "visits late", "days to book"),
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
        ("part", "description", "dealers", "quantity"),
        rows_of(summary["order"], "part_no", "description", "dealers", "order"),
    )
    table(
        "What the plan is worth, within the same limits",
        (
            "written to",
            "risk removed",
            "of what is possible",
            "weeks the gravest wait",
            "without a letter",
        ),
        list(map(_worth, summary["worth"])),
    )
    for message in summary["messages"]:
        click.echo(f"- {message}")
    done = summary["release"]
    click.echo(
        f"\nWave 1: {counted(done['printed'], 'letter')} printed,"
        f" {counted(done['exceptions'], 'exception')}, {done['withdrawn']:,} withdrawn."
    )
    click.echo(f"Look at {Path(str(summary['summary'])).resolve()}")
    click.echo("Letters, notices, orders, workload and report lie beside it; the ledger is")
    click.echo(summary["ledger"])


def _worth(one: dict[str, Any]) -> list[object]:
    wait = "–" if one["gravest_wait"] is None else f"{one['gravest_wait']:.1f}"
    return [one["rule"], round(one["risk_removed"]), f"{one['share']:.1%}", wait, one["without_letter"]]  # fmt: skip
