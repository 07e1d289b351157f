"""``followup``, ``plan``, ``replan``, ``simulate``, ``notices``, ``workload``, ``parts``, ``stock``: from the list to the dealers."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from renotify.cli.say import (
    DRAWING,
    FILE,
    OUT,
    command_options,
    ledger_command,
    progress_bar,
    rows_of,
    show,
    table,
    write_drawing,
)
from renotify.errors import BadInput, WrongUse


@click.group()
def followup() -> None:
    """Freeze the list of a follow-up, and look at it."""


@followup.command("new")
@click.argument("settings", type=FILE)
@ledger_command
def followup_new(settings: Path, as_json: bool, on: date) -> None:
    """Freeze the list: open vehicles with a mailable owner of record, newest registration first; everyone left out has a reason."""
    from renotify import selection
    from renotify.campaigns import follow_up

    frozen = selection.freeze_follow_up(follow_up.read(settings), on)

    def text() -> None:
        click.echo(
            f"{frozen['follow_up']}: {frozen['listed']:,} vehicles listed, {frozen['pieces']:,} pieces."
        )
        table("Bundles", ("bundle", "vehicles"), sorted(frozen["bundles"].items()))
        table("Left out", ("reason", "vehicles"), sorted(frozen["left_out"].items()))
        click.echo(f"Next: renotify plan {frozen['follow_up']}")

    show(frozen, as_json, text)


@followup.command("list")
@ledger_command
def followup_list(as_json: bool, on: date) -> None:
    """List the follow-ups."""
    del on
    from renotify.ledger import follow_ups

    names = follow_ups.names()
    show(
        names,
        as_json,
        lambda: click.echo(
            "\n".join(names) or "There is no follow-up yet: renotify followup new FOLLOWUP.toml"
        ),
    )


@followup.command("show")
@click.argument("name")
@click.option(
    "--left-out", "left_out", help="List the vehicles left out under this reason (or 'all')."
)
@ledger_command
def followup_show(name: str, left_out: str | None, as_json: bool, on: date) -> None:
    """Show the bundles, the waves and who was left out, with reasons."""
    del on
    from renotify.ledger import follow_ups

    if left_out:
        rows = follow_ups.left_out(name, None if left_out == "all" else left_out).to_pylist()
        show(
            rows,
            as_json,
            lambda: table(
                "",
                ("vin", "family", "bundle", "reason"),
                rows_of(rows, "vin", "family", "bundle", "left_out"),
            ),
        )
        return
    shown = follow_ups.summary(name)

    def text() -> None:
        table(f"{name}: bundles", ("bundle", "vehicles"), sorted(shown["bundles"].items()))
        table(
            "Waves",
            ("wave", "week of", "pieces", "released"),
            rows_of(shown["waves"], "wave", "week", "planned", "released"),
        )
        table("Left out", ("reason", "vehicles"), sorted(shown["left_out"].items()))

    show(shown, as_json, text)


WORKERS = click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="the machine's processors",
    help="Processes that a large problem may use; 1 starts none.",
)
POLICIES = "optimal, exact, uniform:N, all-at-once, oldest-first, zip-order or greedy"


@click.command()
@click.argument("name", required=False)
@click.option("--policy", default="optimal", show_default=True, help=f"One of {POLICIES}.")
@click.option("--problem", type=FILE, help="Plan this PROBLEM.json, without a ledger.")
@click.option(
    "--out",
    "out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With NAME: write the problem document here and plan nothing.",
)
@WORKERS
@command_options
def plan(
    name: str | None,
    policy: str,
    problem: Path | None,
    out: Path | None,
    workers: int,
    as_json: bool,
    on: date,
) -> None:
    """Plan the waves of a follow-up: how many letters, to whom, in which week, within parts, hours and mail capacity."""
    del on
    if (name is None) == (problem is None):
        raise WrongUse("Plan either a follow-up by its NAME or a document by --problem FILE.json.")
    document = (
        _plan_document(problem, policy, workers)
        if problem is not None
        else _plan_follow_up(str(name), policy, out, workers)
    )
    if document is not None:
        show(document, as_json, lambda: print_plan(document))


def _plan_document(problem: Path, policy: str, workers: int) -> dict[str, Any]:
    from renotify import planner

    made = planner.plan(planner.from_json(_json(problem)), policy, workers=workers)
    return planner.to_json(made)


def _plan_follow_up(
    name: str, policy: str, out: Path | None, workers: int
) -> dict[str, Any] | None:
    from renotify.ledger.database import open_ledger
    from renotify.planner import from_ledger

    open_ledger()
    if out is None:
        return from_ledger.plan_follow_up(name, policy, workers=workers)
    out.write_text(
        json.dumps(from_ledger.frame(name).document, indent=1, sort_keys=True), encoding="utf-8"
    )
    return None


def _json(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{file.name} is not a JSON document: {error}.",
            "See the problem document in docs/reference/problem.md.",
        ) from None
    if not isinstance(document, dict):
        raise BadInput(
            f"{file.name} holds a {type(document).__name__}, not one JSON object.",
            "See the problem document in docs/reference/problem.md.",
        )
    return document


def _week(document: dict[str, Any], week: int) -> str:
    """The Monday of a follow-up's week, or the number that a problem document knows it by."""
    if "first_week" not in document:
        return str(week)
    return str(date.fromisoformat(document["first_week"]) + timedelta(weeks=week))


def _proof(gap: float | None) -> str:
    """How far the plan is from the best; one that breaks limits may promise more than any plan within them."""
    if gap is None:
        return ""
    if gap < -0.00005:
        return "; more than any plan within the limits can, because it breaks them (below)"
    return f"; proven within {max(gap, 0.0):.2%} of the best possible"


def print_plan(document: dict[str, Any]) -> None:
    """Print letters by week and bundle (models of a bundle together), what is held, and what the planner says."""
    counts: dict[tuple[int, str], int] = {}
    for row in document["letters"]:
        key = (row["week"], row["bundle"].partition(":")[0])
        counts[key] = counts.get(key, 0) + row["count"]
    weeks, bundles = sorted({week for week, _ in counts}), sorted({bundle for _, bundle in counts})
    lines: list[list[object]] = [
        [
            _week(document, week),
            *(counts.get((week, b)) for b in bundles),
            sum(counts.get((week, b), 0) for b in bundles),
        ]
        for week in weeks
    ]
    table(
        "Letters by week",
        ("week of" if "first_week" in document else "week", *bundles, "all"),
        lines,
    )
    click.echo(
        f"Objective {document['objective']:,.0f} vehicle-weeks of risk removed{_proof(document['gap'])}."
    )
    held = sum(row["count"] for row in document["held"])
    if held:
        click.echo(f"Held: {held:,} owners get no letter within the horizon.")
    for message in document["messages"]:
        click.echo(f"- {message}")


@click.command()
@click.argument("name")
@WORKERS
@ledger_command
def replan(name: str, workers: int, as_json: bool, on: date) -> None:
    """Plan the weeks that are still free again: frozen weeks stay, owners who came in are dropped, silence is followed up."""
    from renotify.planner import weekly

    document = weekly.replan_follow_up(name, on, workers=workers)
    show(document, as_json, lambda: print_plan(document))


@click.command()
@click.argument("name")
@click.option("--runs", default=20, show_default=True, help="Replications of the random responses.")
@click.option("--seed", default=2013, show_default=True)
@click.option("--chart", type=DRAWING, help="Draw vehicles repaired by week in this SVG file.")
@WORKERS
@ledger_command
def simulate(
    name: str, runs: int, seed: int, chart: Path | None, workers: int, as_json: bool, on: date
) -> None:
    """Replay the plan and the plain policies with random responses: waiting, owners turned away, load and exposure."""
    del on
    from renotify.planner import weekly

    told = weekly.simulate_follow_up(name, runs=runs, seed=seed, workers=workers)
    drawing = told.pop("chart")
    if chart is not None:
        write_drawing(chart, drawing)

    def text() -> None:
        rows = [[_mean(cell) for cell in row.values()] for row in told["rows"]]
        table(f"{runs} runs, seed {seed}", tuple(told["rows"][0]), rows)
        for sentence in told["said"]:
            click.echo(f"- {sentence}")

    show(told, as_json, text)


def _mean(cell: object) -> str:
    return f"{cell[0]:,.2f} ±{cell[1]:,.2f}" if isinstance(cell, list) else str(cell or "never")


@click.command()
@click.argument("name")
@click.option("--acknowledge", type=FILE, help="A CSV of receipts: code, acknowledged_at, receipt.")
@click.option(
    "--with-owners",
    is_flag=True,
    help="Owner contact in each dealer's own notice; every one is disclosed and logged.",
)
@OUT
@ledger_command
def notices(
    name: str, acknowledge: Path | None, with_owners: bool, out: Path, as_json: bool, on: date
) -> None:
    """Write the notice to every dealer and area manager as PDF, or take in their receipts."""
    from renotify import notices as room

    if acknowledge is not None:
        taken = room.acknowledge(name, acknowledge)
        show(
            taken,
            as_json,
            lambda: click.echo(
                "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in taken.items())
            ),
        )
        return
    with progress_bar() as progress:
        written = room.write(name, on=on, out=out, with_owners=with_owners, progress=progress)
    show(
        written,
        as_json,
        lambda: click.echo(
            f"{written['dealers']} dealer notices and {written['areas']} area notices in {written['folder']}."
        ),
    )


@click.command()
@click.argument("name")
@click.option("--dealer", help="One dealer only.")
@click.option("--svg", type=DRAWING, help="Draw all dealers' heat map in this SVG file.")
@ledger_command
def workload(name: str, dealer: str | None, svg: Path | None, as_json: bool, on: date) -> None:
    """Show expected appointments and technician hours by dealer and week against capacity."""
    del on
    from renotify.workload import follow_up

    load = follow_up.workload_of(name, dealer)
    if svg is not None:
        write_drawing(svg, load["heat_map"])
    columns = ("dealer", "week", "appointments", "hours", "hours_q90", "capacity", "short")

    def text() -> None:
        table("Tightest weeks", columns, rows_of(load["tightest"], *columns))
        for sentence in load["sentences"]:
            click.echo(f"- {sentence}")

    show(load, as_json, text)


@click.group()
def parts() -> None:
    """Parts for the follow-up."""


@parts.command("order")
@click.option("--dealer", help="One dealer only.")
@click.option(
    "--cap", type=click.IntRange(min=0), help="Allot a dealer at most so many kits of a part."
)
@click.option("--named-vehicles-only", is_flag=True, help="Allot kits to booked vehicles only.")
@ledger_command
def parts_order(
    dealer: str | None, cap: int | None, named_vehicles_only: bool, as_json: bool, on: date
) -> None:
    """Recommend orders: check stock, order to appointments, sell one buy one; what the pool allots of them, and when the rest."""
    from renotify.parts import AllocationRules, national_pool

    set_rules = cap is not None or named_vehicles_only
    rules = AllocationRules(cap, named_vehicles_only) if set_rules else None
    lines = national_pool.allotted_orders(on, dealer, rules).to_pylist()
    wanted = lines if as_json or dealer else [line for line in lines if line["order"]]
    columns = (
        "dealer_code",
        "part_no",
        "description",
        "on_hand",
        "on_order",
        "booked",
        "base_stock",
        "pack_qty",
        "order",
        "allotted",
        "promise_week",
    )

    def text() -> None:
        table("Order now", columns, rows_of(wanted, *columns))
        for sentence in national_pool.shortages(lines):
            click.echo(f"- {sentence}")

    show(lines, as_json, text)


@click.group()
def stock() -> None:
    """Vehicles in dealer stock."""


@stock.command("holds")
@click.option("--dealer", help="One dealer only.")
@click.option(
    "--release-used",
    is_flag=True,
    help="Policy switch: used vehicles may be delivered; the law holds new ones in any case.",
)
@ledger_command
def stock_holds(dealer: str | None, release_used: bool, as_json: bool, on: date) -> None:
    """List vehicles in stock that may not be delivered before their recall is done: new by law, used by policy."""
    from renotify import stock as room

    rows = room.of_ledger(dealer, on=on, hold_used=not release_used).to_pylist()
    columns = ("dealer_code", "vin", "stock_type", "campaigns", "basis", "days_in_stock")
    show(rows, as_json, lambda: table("On hold", columns, rows_of(rows, *columns)))


COMMANDS = (followup, plan, replan, simulate, notices, workload, parts, stock)
