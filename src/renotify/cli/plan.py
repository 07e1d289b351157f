"""``plan``, ``replan``, ``simulate``: how many letters, to whom, in which week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.options import (
    DRAWING,
    FILE,
    WORKERS,
    command_options,
    ledger_command,
    shared,
    typed_value,
    undated,
)
from renotify.cli.output import letters_of, noted, progress_bar, show, table, write_drawing
from renotify.errors import WrongUse
from renotify.values import json_text
from renotify.values.english import counted, measured, percent

if TYPE_CHECKING:
    from renotify.ledger.session import Session

PAGE = "See the problem document in docs/reference/problem.md."
LONG_VISITS = 10  # rows printed of visits that fit nowhere; the document has them all
FEW_WEEKS = 10  # vehicle-weeks below which a plan's have their decimals
POLICIES = "optimal, exact, uniform:N, all-at-once, oldest-first, zip-order or greedy"
POLICY = shared(
    "--policy", "POLICY", about=f"One of {POLICIES}.", show_default="the follow-up's policy, optimal where it states none",
)  # fmt: skip


def _draft_name(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuse what can be no draft's name before anything is planned."""
    del ctx, param
    if value:
        from renotify.ledger.drafts import check_name

        with typed_value():
            check_name(value)
    return value


AS_DRAFT = shared(
    "--as", "DRAFT", "draft", "Keep it as a draft of this name beside the plan in force.", callback=_draft_name
)  # fmt: skip


@click.command()
@click.argument("name", required=False)
@POLICY
@click.option("--problem", type=FILE, help="Plan this PROBLEM.json, without a ledger.")
@click.option(
    "--start",
    type=FILE,
    help="With --problem: start from this earlier plan (PLAN.json of plan --json): optimal and exact never remove less than its letters.",
)
@shared(
    "--out",
    "FILE",
    type=DRAWING,
    about="With NAME: write the problem document here and plan nothing.",
)
@AS_DRAFT
@WORKERS
@command_options
def plan(
    name: str | None,
    policy: str | None,
    problem: Path | None,
    start: Path | None,
    out: Path | None,
    draft: str | None,
    workers: int,
    as_json: bool,
    on: date,
) -> None:
    """Plan the waves of a follow-up: how many letters, to whom, in which week, within parts, hours and mail capacity."""
    if (name is None) == (problem is None):
        raise WrongUse("Plan either a follow-up by its NAME or a document by --problem FILE.json.")
    if draft is not None and (problem is not None or out is not None):
        raise WrongUse(
            "--as keeps the plan of a follow-up: give its NAME, without --problem and --out."
        )
    if start is not None and problem is None:
        raise WrongUse(
            "--start is read with --problem. The plan of a follow-up starts from the one in force by itself."
        )
    document = (
        _plan_document(problem, policy, start, workers)
        if problem is not None
        else _plan_follow_up(str(name), policy, out, workers, on, draft or "")
    )
    if document is not None:
        show(document, as_json, lambda: print_plan(document, name or ""))


def _plan_document(
    problem: Path, policy: str | None, start: Path | None, workers: int
) -> dict[str, Any]:
    from renotify.campaigns.follow_up_settings import OPTIMAL
    from renotify.planner import earlier_plan, letter_plan, plan_by_policy, problem_json

    stated = problem_json.from_json(json_text.read_object(problem.read_bytes(), problem.name, PAGE))
    before = None
    if start is not None:
        of_start = json_text.read_object(start.read_bytes(), start.name, PAGE)
        before = earlier_plan.letters_of_document(of_start, stated, start.name)
    with progress_bar() as progress:
        made = plan_by_policy.plan(
            stated, policy or OPTIMAL, start=before, workers=workers, progress=progress
        )
    document = letter_plan.to_json(made)
    if start is not None and before is not None:
        words = earlier_plan.start_words(before, made, start.name)
        document["messages"] = [words, *document["messages"]]
    return document | ({"monday": stated.monday.isoformat()} if stated.monday else {})


def _plan_follow_up(
    name: str, policy: str | None, out: Path | None, workers: int, on: date, draft: str
) -> dict[str, Any] | None:
    from renotify.ledger.session import open_session
    from renotify.planner import from_ledger, problem_json

    with progress_bar() as progress, open_session(make=False) as session:
        if out is None:
            return from_ledger.plan_follow_up(
                session, name, policy, today=on, workers=workers, draft=draft, progress=progress
            )
        document = problem_json.to_document(from_ledger.frame(session, name, on).problem)
    out.write_bytes(json_text.to_bytes(document, sort=True))
    click.echo(
        f"The problem of {name} is in {out}. Plan it: renotify plan --problem {out}", err=True
    )
    return None


def _week(document: dict[str, Any], week: int) -> str:
    """The Monday of a week; of a problem document that states none its number."""
    first = document.get("first_week") or document.get("monday")
    if first is None:
        return str(week)
    return str(date.fromisoformat(str(first)) + timedelta(weeks=week))


def _proof(gap: float | None) -> str:
    """How far the plan is from the best; one that breaks limits may promise more than any plan within them."""
    if gap is None:
        return ""
    if gap < -0.00005:
        return "; more than any plan within the limits can, because it breaks them (below)"
    return f"; proven within {percent(max(gap, 0.0), 2)} of the best possible"


def _possible(document: dict[str, Any]) -> str:
    """How much that is of what all letters at once would remove, and how long letters wait for it."""
    possible = document.get("possible")
    if not possible or possible["share"] is None:
        return ""
    delay = possible["mean_delay_weeks"]
    waits = "" if delay is None else f"; mean delay of a letter {delay:.1f} weeks"
    return f", {percent(possible['share'])} of what is possible without limits{waits}"


def _removed(objective: float) -> str:
    """Return vehicle-weeks in whole numbers, those of a small plan with their decimals."""
    said = counted if round(objective) >= FEW_WEEKS else measured
    return said(objective, "vehicle-week")


def _by_which(document: dict[str, Any]) -> str:
    """In which weeks and by which letters of the table, after a re-plan: what is out has no part in its objective."""
    counts = document.get("counts")
    if counts is None:
        return ""
    second = counts["second_notices"]
    kept = f" and {counted(second, 'second notice')} that are owed" if second else ""
    out = (
        f" ({counts['letters_out']:,} in the table are out and not counted)"
        if counts["letters_out"]
        else ""
    )
    return (
        f" in the {counted(counts['weeks'], 'week')} from {counts['from']} on by the {counted(counts['letters'], 'letter')} still to go"
        f"{kept}{out}"
    )


def print_plan(document: dict[str, Any], name: str = "") -> None:
    """Print letters by week and bundle (models of a bundle together), what is held, and what the planner says.

    A letter is one vehicle's; where vehicles have several holders the pieces of the mail house stand beside them.

    Of the plan of a follow-up, by its ``name``, the commands that list its letters, who has none and who waits stand beside the counts.
    Where there is no room for all bundles those with the fewest letters go; the totals stay.
    """
    counts: dict[tuple[int, str], int] = {}
    for row in document["letters"]:
        key = (row["week"], row["bundle"].partition(":")[0])
        counts[key] = counts.get(key, 0) + row["count"]
    weeks, bundles = sorted({week for week, _ in counts}), sorted({bundle for _, bundle in counts})
    letters = {week: sum(counts.get((week, b), 0) for b in bundles) for week in weeks}
    printed = {row["week"]: row["pieces"] for row in document.get("pieces", ())}
    pieces = {week: printed.get(week, letters[week]) for week in weeks}
    lines: list[list[object]] = [
        [
            _week(document, week),
            *(counts.get((week, b)) for b in bundles),
            letters[week],
            pieces[week],
        ]
        for week in weeks
    ]
    heads = ("week", *bundles, "all", "pieces")
    title = "Letters by week, one a vehicle, and the pieces that they are"
    if pieces == letters:
        title, heads, lines = "Letters by week", heads[:-1], [line[:-1] for line in lines]
    of_bundle = {b: sum(counts.get((week, b), 0) for week in weeks) for b in bundles}
    fewest_first = sorted(bundles, key=lambda b: of_bundle[b])
    table(title, heads, lines, first_to_go=fewest_first)
    proof = f"; {document['gap_note']}" if document.get("gap_note") else _proof(document["gap"])
    noted(
        f"Objective {_removed(document['objective'])} of risk removed{_by_which(document)}{_possible(document)}{proof}."
    )
    waiting = sum(row["count"] for row in document["interim"])
    if waiting:
        noted(
            f"Interim notices: {waiting:,} of these letters {'asks' if waiting == 1 else 'ask'} nobody in; the reason is below."
        )
    _print_long_visits(document.get("long_visits", ()))
    _print_held(document, name)
    for message in document["messages"]:
        noted(f"- {message}")
    if document.get("draft"):
        noted(f"Kept as the draft {document['draft']}; the plan in force stays.")


def _print_held(document: dict[str, Any], name: str) -> None:
    """Print how many owners get no letter and why, and the lists of them and of the letters of a plan in force."""
    held = sum(row["count"] for row in document["held"])
    if held:
        why: Counter[str] = Counter()
        for row in document["held"]:
            why[row.get("reason", "")] += row["count"]
        reasons = "; ".join(f"{reason} ({count:,})" for reason, count in why.items() if reason)
        noted(
            f"Held: {counted(held, 'owner gets', 'owners get')} no letter within the horizon{reasons and ': '}{reasons}."
        )
    if name and not document.get("draft"):
        letters = letters_of(name)
        if held:
            click.echo(f"{counted(held, 'held owner')}: {letters} --piece listed")
        for line in _waiting(document, name):
            click.echo(line)
        click.echo(f"Who gets a letter when: {letters} --by week,bundle")


def _waiting(document: dict[str, Any], name: str) -> Iterator[str]:
    """Yield the lists of the gravest owners who wait: one of all bundles for which the same week is late."""
    from renotify.vehicle_lists.asked import Asked
    from renotify.vehicle_lists.asked import command as list_command

    by_week: dict[int, list[dict[str, Any]]] = {}
    for row in document.get("waiting", ()):
        by_week.setdefault(row["week"], []).append(row)
    for week, rows in sorted(by_week.items()):
        asked = Asked(
            follow_up=name,
            letters=True,
            pieces=("planned", "listed"),
            bundles=tuple(row["bundle"] for row in rows),
            week_since=date.fromisoformat(_week(document, week)),
            booked=False,  # who has a visit has answered, and does not wait
        )
        count = sum(row["count"] for row in rows)
        yield f"{counted(count, 'gravest owner')} who {'waits' if count == 1 else 'wait'}: {list_command(asked)}"


def _print_long_visits(visits: Sequence[dict[str, Any]]) -> None:
    """Print the visits that do not fit within the wait where they are planned, those of most owners first."""
    if not visits:
        return
    ordered = sorted(visits, key=lambda one: (-one["owners"], one["dealer"], one["bundle"]))
    rows = [
        [one["dealer"], one["bundle"], float(one["hours"]), float(one["hours_within_wait"]), one["owners"]]
        for one in ordered[:LONG_VISITS]
    ]  # fmt: skip
    head = ("dealer", "bundle", "hours", "hours_within_wait", "owners")
    table("Visits longer than the dealer's hours within the wait", head, rows)
    rest = ordered[LONG_VISITS:]
    if rest:
        owners = sum(one["owners"] for one in rest)
        noted(
            f"And {counted(len(rest), 'more row')} of {counted(owners, 'owner')}: --json has them all, as long_visits."
        )


@click.command()
@click.argument("name")
@POLICY
@AS_DRAFT
@WORKERS
@ledger_command
def replan(
    session: Session,
    name: str,
    policy: str | None,
    draft: str | None,
    workers: int,
    as_json: bool,
    on: date,
) -> None:
    """Plan the weeks that are still free again: frozen weeks stay, owners who came in are dropped, silence is followed up."""
    from renotify.planner import weekly

    with progress_bar() as progress:
        progress(f"Planning the free weeks of {name}", 0, None)
        document = weekly.replan_follow_up(
            session, name, on, policy=policy, workers=workers, draft=draft or ""
        )
    show(document, as_json, lambda: print_plan(document, name))


@click.command()
@click.argument("name")
@shared(
    "--runs",
    "NUMBER",
    type=click.IntRange(min=2),
    default=20,
    show_default=True,
    about="Replications of the random responses; two show a spread.",
)
@shared("--seed", "NUMBER", type=click.IntRange(min=0), default=2013, show_default=True)
@shared("--svg", "FILE", about="Draw vehicles repaired by week in this SVG file.", type=DRAWING)
@WORKERS
@undated
@ledger_command
def simulate(
    session: Session,
    name: str,
    runs: int,
    seed: int,
    svg: Path | None,
    workers: int,
    as_json: bool,
) -> None:
    """Replay the plan and the plain policies with random responses: waiting, owners turned away, load and exposure."""
    from renotify.charts.repairs_by_week import repairs_by_week
    from renotify.planner import replay

    with progress_bar() as progress:
        document = replay.simulate_follow_up(
            session, name, runs=runs, seed=seed, workers=workers, progress=progress
        )
    repairs = document.pop("replay")
    if svg is not None:
        write_drawing(svg, lambda: repairs_by_week(repairs, f"Vehicles repaired by week: {name}"))

    def text() -> None:
        rows = [
            [_mean(cell, name in PER_CENT) for name, cell in row.items()]
            for row in document["rows"]
        ]
        heads = [PER_CENT.get(name, name) for name in document["rows"][0]]
        table(f"{runs} runs, seed {seed}", heads, rows)
        for sentence in document["said"]:
            noted(f"- {sentence}")

    show(document, as_json, text)


PER_CENT = {"turned_away": "turned_away_share", "lost": "lost_share"}  # of the owners who ask


def _mean(cell: object, of_hundred: bool) -> str:
    if not isinstance(cell, list):
        return str(cell or "never")
    mean, error = cell
    return f"{percent(mean / 100)} ±{error:,.1f}" if of_hundred else f"{mean:,.2f} ±{error:,.2f}"
