"""``rehearse``: what a follow-up's plan will be like for analyst, parts manager, dealers and owners, before anything is mailed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.options import (
    DRAWING,
    FOLDER,
    WORKERS,
    ledger_command,
    shared,
)
from renotify.cli.output import noted, progress_bar, rows_of, show, table, write_drawing

if TYPE_CHECKING:
    from renotify.answering.playing import Played
    from renotify.ledger.session import Session

SHOWN = 10  # parts, and dealers


@click.command()
@click.argument("name")
@shared(
    "--runs",
    "NUMBER",
    type=click.IntRange(min=20),
    default=100,
    show_default=True,
    about="Times that the weeks are played; nine of ten runs make an interval.",
)
@shared("--seed", "NUMBER", type=click.IntRange(min=0), default=2013, show_default=True)
@click.option(
    "--late",
    "late_weeks",
    type=click.IntRange(min=0),
    metavar="WEEKS",
    default=0,
    show_default=True,
    help="Weeks by which deliveries of parts after the first week slip.",
)
@click.option(
    "--late-chance",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    default=1.0,
    show_default=True,
    help="Chance that a part's deliveries slip, in each run and for each part; 1: all of them.",
)
@click.option(
    "--no-shows",
    type=click.FloatRange(0, 1, max_open=True),
    metavar="SHARE",
    show_default="as the appointments on file have it; 0.1 is assumed where fewer than 30 tell",
    help="Share of booked visits whose owner does not come and books again next week; their hours are lost.",
)
@shared("--svg", "FILE", about="Draw the weeks in this SVG file.", type=DRAWING)
@click.option(
    "--play",
    "weeks",
    type=click.IntRange(min=1),
    metavar="WEEKS",
    help="Live so many weeks once instead, by the real commands on a copy of an SQLite ledger: owners, dealers, post and mail house are"
    " made up.",
)
@click.option(
    "--answers",
    type=click.FloatRange(min=0),
    metavar="TIMES",
    default=1.0,
    show_default=True,
    help="With --play: owners answer so many times as often as the plan expects.",
)
@shared(
    "--out",
    "FOLDER",
    "keep",
    type=FOLDER,
    about="With --play: leave the copy with its letters, notices and files in this new folder; it holds what the ledger holds of owners.",
)
@WORKERS
@ledger_command
def rehearse(
    session: Session,
    name: str,
    runs: int,
    seed: int,
    late_weeks: int,
    late_chance: float,
    no_shows: float | None,
    svg: Path | None,
    weeks: int | None,
    answers: float,
    keep: Path | None,
    workers: int,
    as_json: bool,
    on: date,
) -> None:
    """Play the plan in force many times: answers, no-shows, late parts and dealers' hours, week by week.

    Before anything is released from its first week, then from the week of the day, with what the ledger has on it.

    With --play the weeks are lived once from the day of --on on, by the real commands on a copy of the ledger, which itself stays as it
    is: load, replan, notices, orders, release, evidence, returned mail and lists of the silent. A ledger on PostgreSQL is not
    copied: restore a dump of it under a name of its own and walk through the weeks there.
    """
    from renotify.charts.rehearsed_weeks import rehearsed_weeks
    from renotify.planner.rehearsal import NO_SHOWS, RehearsalSettings
    from renotify.planner.rehearsal_of_plan import rehearse_follow_up

    if weeks is None and (keep is not None or answers != 1.0):
        raise click.UsageError("--out and --answers go with --play.")
    if weeks is not None:
        if svg is not None:
            raise click.UsageError(
                "--svg draws the runs of a plan, and not one that is lived by --play."
            )
        from renotify.answering.playing import Played

        share = NO_SHOWS if no_shows is None else no_shows
        _play(session, name, Played(weeks, seed, answers, share, late_weeks), keep, as_json, on)
        return
    settings = RehearsalSettings(runs, seed, no_shows, late_weeks, late_chance)
    document, drawn = rehearse_follow_up(session, name, on, settings, workers=workers)
    if svg is not None:
        write_drawing(svg, lambda: rehearsed_weeks(drawn, f"Rehearsal of {name}"))
    show(document, as_json, lambda: _print(document, len(drawn.weeks)))


def _play(
    session: Session, name: str, asked: Played, keep: Path | None, as_json: bool, on: date
) -> None:
    """Live the weeks in a folder that is removed at the end, or kept."""
    from renotify.answering.playing import play_follow_up
    from renotify.cli.played_desk import PlayedDesk

    with ExitStack() as made:
        if keep is None:
            folder = Path(made.enter_context(TemporaryDirectory(prefix="renotify-play-")))
        else:
            folder = keep.absolute()
            if not folder.exists():
                folder.mkdir(mode=0o700, parents=True)
                made.callback(_remove_empty, folder)
        with progress_bar() as progress:
            lived = play_follow_up(session, name, asked, PlayedDesk, folder, on, progress)
    document = lived | {"folder": "" if keep is None else str(keep)}
    show(document, as_json, lambda: _print_lived(document))


def _remove_empty(folder: Path) -> None:
    """Of a play that was refused nothing is left."""
    with suppress(OSError):
        folder.rmdir()


def _print_lived(document: Mapping[str, Any]) -> None:
    columns = (
        "week", "letters", "asked", "repaired", "no_shows", "put_off_for_kits", "put_off_for_hours", "hours_worked",
    )  # fmt: skip
    table("The weeks as they were lived", columns, rows_of(document["weeks"], *columns))
    for sentence in document["said"]:
        noted(f"- {sentence}")
    if document["folder"]:
        click.echo(
            f"The copy of the ledger, with letters, notices, files and the diary of all that was typed: {document['folder']}"
        )


def _print(document: Mapping[str, Any], weeks: int) -> None:
    table(
        f"{document['runs']} runs, seed {document['seed']}",
        ("week", "letters", "asked", "repaired_so_far"),
        [
            [row["week"], row["letters"], _range(row["asked"]), _range(row["repaired"])]
            for row in document["analyst"]["weeks"][:weeks]
        ],
    )
    if short := [row for row in document["parts"] if row["chance"] > 0]:
        table(
            "Parts that run out",
            (
                "part",
                "chance",
                "without_letters",
                "by_letters",
                "week",
                "between",
                "turned_away",
                "longest_wait_weeks",
            ),
            [_part(row) for row in short[:SHOWN]],
        )
    if document["dealers"]["weeks"]:
        table(
            "The worst dealer-weeks",
            (
                "dealer",
                "week",
                "hours_asked",
                "hours_waiting",
                "hours_there",
                "chance",
            ),
            [_dealer_week(row) for row in document["dealers"]["weeks"]],
        )
    if full := document["dealers"]["beyond_bound"]:
        table(
            "Dealers whose visits wait too long for hours",
            ("dealer", "area", "visits_beyond", "share_of_visits", "chance"),
            [
                [row["dealer"], row["area"], _range(row["visits_beyond"]), row["share_of_visits"], row["chance"]]
                for row in full[:SHOWN]
            ],
        )  # fmt: skip
    for sentence in document["said"]:
        noted(f"- {sentence}")


def _range(figure: Mapping[str, float]) -> str:
    """A figure with the interval of nine runs of ten; small ones with a decimal."""
    digits = 0 if figure["high"] >= 10 else 1
    return f"{figure['mean']:,.{digits}f} ({figure['low']:,.{digits}f} to {figure['high']:,.{digits}f})"


def _part(row: Mapping[str, Any]) -> list[object]:
    week = row["runs_out"]
    between = f"{week['low']} to {week['high']}"
    away, wait = _range(row["turned_away"]), _weeks(row["longest_wait_weeks"])
    alone, letters = (row[who]["chance"] for who in ("without_letters", "by_letters"))
    return [
        row["part"],
        row["chance"],
        alone,
        letters,
        week["median"],
        between,
        away,
        wait,
    ]


def _weeks(figure: Mapping[str, float | None]) -> str:
    """Whole weeks with their interval; kits that never come are no number of weeks."""
    middle, low, high = ("never" if w is None else f"{w:.0f}" for w in figure.values())
    return f"{middle} ({low} to {high})"


def _dealer_week(row: Mapping[str, Any]) -> list[object]:
    asked, chance = _range(row["hours_asked"]), row["chance_beyond_bound"]
    return [row["dealer"], row["week"], asked, row["hours_waiting"], row["hours_there"], chance]
