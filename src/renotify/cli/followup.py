"""``followup``: the frozen list of a follow-up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.followup_settings import followup_set, print_changes
from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import (
    BECAUSE,
    FILE,
    Day,
    desk_command,
    ledger_command,
    shared,
    undated,
)
from renotify.cli.output import letters_of, noted, rows_of, show, table
from renotify.values.english import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from renotify.ledger.session import Session
    from renotify.ledger.wave_decisions import Kept

UNKNOWN = frozenset({"no_current_owner", "no_owner"})
FOR_A_PERSON = ("address_abroad", "address_incomplete", "no_current_owner", "no_owner")


@click.group(cls=CommandGroup)
def followup() -> None:
    """Freeze the list of a follow-up, look at it, and change its settings while it runs."""


followup.add_command(followup_set)


@followup.command("new")
@click.argument("settings", type=FILE, required=False)
@click.option(
    "--silent-of",
    "silent_of",
    metavar="NAME",
    help="In place of SETTINGS: exactly those whom this follow-up wrote to, who are silent and due, by its settings.",
)
@click.option(
    "--owed-of",
    "owed_of",
    metavar="NAME",
    help="In place of SETTINGS: those who are still owed the first notice of this follow-up, by its settings.",
)
@click.option(
    "--name",
    "called",
    metavar="NAME",
    help="Of such a list: its name.  [default: NAME and the day of the notice]",
)
@click.option(
    "--notice-date",
    type=Day(),
    help="Of such a list: the day of its notice to dealers.  [default: the day it is]",
)
@ledger_command
def followup_new(
    session: Session,
    settings: Path | None,
    silent_of: str | None,
    owed_of: str | None,
    called: str | None,
    notice_date: date | None,
    as_json: bool,
    on: date,
) -> None:
    """Freeze the list: open vehicles with a mailable owner of record, newest registration first; everyone left out has a reason."""
    ways = {"SETTINGS": settings, "--silent-of": silent_of, "--owed-of": owed_of}
    given = [way for way, value in ways.items() if value is not None]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)} both say what to list: give one of them.")
    if not given:
        raise click.UsageError(
            "Missing argument 'SETTINGS': a followup.toml, --silent-of NAME for a follow-up's silent owners, or --owed-of NAME for"
            " who missed its first notice."
        )
    if settings is None:
        frozen = _of_an_earlier(
            session, given[0], silent_of or owed_of or "", on, called, notice_date
        )
    elif called is not None or notice_date is not None:
        raise click.UsageError(
            "--name and --notice-date go with --silent-of and --owed-of; SETTINGS states its own."
        )
    else:
        frozen = _of_a_file(session, settings, on)
    show(frozen, as_json, lambda: _print_list(frozen))


def _of_an_earlier(
    session: Session, way: str, name: str, on: date, called: str | None, notice_date: date | None
) -> dict[str, Any]:
    from renotify.planner.silent_response import silent_response
    from renotify.selection.of_the_silent import freeze_the_owed, freeze_the_silent

    if way == "--owed-of":
        return freeze_the_owed(session, name, on, called=called or "", notice_date=notice_date)
    answer = silent_response(session, name, on)
    frozen = freeze_the_silent(
        session, name, on, called=called or "", notice_date=notice_date, response=answer.response
    )
    if frozen["frozen_before"]:
        return frozen
    return {**frozen, "response": answer.response, "messages": list(answer.words)}


def _of_a_file(session: Session, settings: Path, on: date) -> dict[str, Any]:
    from renotify.campaigns import follow_up_settings
    from renotify.ledger import registry
    from renotify.selection.freeze import freeze_follow_up

    stated = follow_up_settings.read(settings)
    codes = {code: registry.in_other_case(session, code) for code in stated.campaigns}
    return freeze_follow_up(session, stated.with_codes(codes), on)


def _print_list(frozen: dict[str, Any]) -> None:
    """Print a list that was frozen, with what a person should know of it."""
    from renotify.selection.left_out_words import TO_CONFIRM

    before = " It was frozen before, and stays." if frozen.get("frozen_before") else ""
    click.echo(
        f"{frozen['follow_up']}: {counted(frozen['listed'], 'vehicle')} listed, {counted(frozen['pieces'], 'piece')}.{before}"
    )
    click.echo(f"{counted(frozen['pieces'], 'letter')}: {letters_of(frozen['follow_up'])}")
    table("Bundles", ("bundle", "vehicles"), sorted(frozen["bundles"].items()))
    table("Languages", ("languages", "pieces"), frozen["languages"].items())
    if frozen["arms"]:
        table("Arms", ("arm", "vehicles"), frozen["arms"].items())
    _left_out(frozen["follow_up"], frozen["left_out"])
    if frozen["unwritten_owners"]:
        unwritten = sorted(frozen["unwritten_owners"].items())
        table("Beside them not written to", ("role", "owners"), unwritten)
    if TO_CONFIRM in frozen["left_out"]:
        vehicles = counted(frozen["left_out"][TO_CONFIRM], "vehicle")
        click.echo(
            f"{vehicles} whose owner a person must confirm; the records:"
            f" renotify followup show {frozen['follow_up']} --unwritten"
        )
    for sentence in _to_know(frozen):
        noted(sentence)
    click.echo(f"Next: renotify plan {frozen['follow_up']}")


def _left_out(name: str, reasons: Mapping[str, int]) -> None:
    """Print who was left out by reason, and of each the command that lists them."""
    from renotify.vehicle_lists.asked import Asked
    from renotify.vehicle_lists.asked import command as list_command

    table("Left out", ("reason", "vehicles"), sorted(reasons.items()))
    for reason, count in sorted(reasons.items()):
        behind = list_command(Asked(follow_up=name, left_out=(reason,)))
        click.echo(f"{counted(count, 'vehicle')} {reason}: {behind}")


def _to_know(frozen: dict[str, Any]) -> Iterator[str]:
    """Yield what a person should know of a list: who has no dealer of their own, whom nobody can write to, who hears from others."""
    odd = (
        ("nearest_dealer", "without a known dealer of their own: planned at the nearest, and the letter names any dealer"),
        ("no_dealer", "with no dealer near the owner: planned without a dealer's limits"),
        ("no_vehicle_row", "without a row in vehicles: written to by VIN and make; load vehicles for model, hours and parts"),
    )  # fmt: skip
    yield from frozen["missing"]
    yield from _of_the_silent(frozen.get("silent"))
    yield from frozen.get("messages", ())
    yield from (f"{counted(frozen[key], 'vehicle')} {words}." for key, words in odd if frozen[key])
    yield from (_hears_elsewhere(row) for row in frozen["elsewhere"])
    for reason in FOR_A_PERSON:
        if reason in frozen["left_out"]:
            yield f"See who: renotify followup show {frozen['follow_up']} --left-out {reason}"
    if UNKNOWN & frozen["left_out"].keys():
        yield "What to do about vehicles that nobody on record has: renotify owners unknown"
    for other in frozen["searched_in"]:
        yield f"Mail came back from an owner's newest address; who looks for them: renotify mail work {other}"


def _of_the_silent(silent: dict[str, Any] | None) -> Iterator[str]:
    """Say of how many silent owners who were due the list is, and why the others are left out."""
    if silent:
        reasons = [f"{count:,} {reason}" for reason, count in silent["left_out"].items()]
        are = "is" if silent["listed"] == 1 else "are"
        others = f"; left out of them: {', '.join(reasons)}" if reasons else ""
        yield f"{silent['listed']:,} of {counted(silent['due'], 'silent vehicle')} due another letter {are} listed{others}."


def _hears_elsewhere(row: dict[str, Any]) -> str:
    """Say how many vehicles another follow-up keeps out of a list, and when they are free."""
    vehicles, other = counted(row["vehicles"], "vehicle"), row["follow_up"]
    if row["free_on"] is None:
        return f"{vehicles} left out as {row['reason']}: a letter of {other} is to come."
    return (
        f"{vehicles} left out as {row['reason']} after a letter of {other}, the first until the week of {row['free_on']};"
        f" who is silent then: renotify followup new --silent-of {other}"
    )


@followup.command("end")
@click.argument("name")
@BECAUSE
@ledger_command
def followup_end(session: Session, name: str, because: str, as_json: bool, on: date) -> None:
    """End a follow-up: letters that nobody has released are withdrawn, and other lists may have their vehicles."""
    from renotify.ledger import ending_follow_ups

    with session.transaction():
        withdrawn = ending_follow_ups.end(session, name, because, on)
    ended = {"follow_up": name, "ended_on": on, "withdrawn": withdrawn, "because": because}
    show(
        ended,
        as_json,
        lambda: noted(
            f"{name} has ended: {counted(withdrawn, 'letter')} withdrawn that nobody had released."
        ),
    )


@followup.command("list")
@undated
@desk_command
def followup_list(session: Session, as_json: bool) -> None:
    """List the follow-ups."""
    from renotify.ledger import follow_ups

    names = follow_ups.names(session)
    show(
        names,
        as_json,
        lambda: click.echo(
            "\n".join(names) or "There is no follow-up yet: renotify followup new FOLLOWUP.toml"
        ),
    )


def _interim(told: dict[str, Any]) -> Iterator[str]:
    """Yield how many first notices ask nobody in, and why."""
    if told["vehicles"]:
        gets = "gets" if told["vehicles"] == 1 else "get"
        yield (
            f"{counted(told['vehicles'], 'vehicle')} {gets} an interim notice, which asks nobody in; {told['with_day']:,} of them can"
            " name a day."
        )
        yield from told["why"]


def _decided(one: Kept) -> str:
    """Say a decision about a wave, and below it what the person was told."""
    return "\n- ".join([one.sentence, *one.document()["told"]])


def _show_unwritten(session: Session, name: str, as_json: bool, on: date) -> None:
    from renotify.selection.unwritten import COLUMNS
    from renotify.selection.unwritten import unwritten as unwritten_owners

    rows = unwritten_owners(session, name, on).to_pylist()
    show(rows, as_json, lambda: table("", COLUMNS, rows_of(rows, *COLUMNS)))


def _show_silent(session: Session, name: str, as_json: bool, on: date) -> None:
    from renotify.selection.rest import silent

    rows = silent(session, name, on).to_pylist()
    columns = ("vin", "family", "due")
    show(rows, as_json, lambda: table("", columns, rows_of(rows, *columns)))


def _behind(name: str, planned: bool) -> Iterator[str]:
    """Yield the commands that list the vehicles of each bundle, and the letters of each wave."""
    from renotify.vehicle_lists.asked import ANY_WAVE, Asked
    from renotify.vehicle_lists.asked import command as list_command

    of_list = Asked(follow_up=name, left_out=("",))
    yield f"Vehicles by bundle: {list_command(of_list, by='bundle')}"
    if planned:
        of_waves = Asked(follow_up=name, letters=True, waves=(ANY_WAVE,))
        yield f"Letters by wave: {list_command(of_waves, by='wave,piece')}"


@followup.command("show")
@click.argument("name")
@shared("--left-out", "REASON", about="List the vehicles left out under this reason (or 'all').")
@click.option(
    "--unwritten",
    is_flag=True,
    help="List the owner records that nobody is written to at, or not by name: file and row, no name or address.",
)
@click.option(
    "--silent",
    "who_is_silent",
    is_flag=True,
    help="List the vehicles written to that have work open and no visit booked, and the Monday from which another letter is due.",
)
@ledger_command
def followup_show(
    session: Session,
    name: str,
    left_out: str | None,
    unwritten: bool,
    who_is_silent: bool,
    as_json: bool,
    on: date,
) -> None:
    """Show the bundles, the waves and who was left out, with reasons."""
    from renotify.ledger import follow_ups, setting_changes, wave_decisions

    if who_is_silent:
        _show_silent(session, name, as_json, on)
        return
    if unwritten:
        _show_unwritten(session, name, as_json, on)
        return
    if left_out:
        rows = follow_ups.left_out(
            session, name, None if left_out == "all" else left_out
        ).to_pylist()
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
    decided = wave_decisions.decisions(session, name)
    shown = follow_ups.summary(session, name) | {"decisions": [one.document() for one in decided]}
    changed = setting_changes.changes(session, name)
    shown["changes"] = [one.document() for one in changed]
    own: tuple[str, ...] = ("interim",) if shown["interim"]["vehicles"] else ()
    own += ("again",) if any(wave["again"] for wave in shown["waves"]) else ()

    def text() -> None:
        if shown["ended_on"]:
            noted(f"{name} was ended on {shown['ended_on']}.")
        table(f"{name}: bundles", ("bundle", "vehicles"), sorted(shown["bundles"].items()))
        table(
            "Waves",
            ("wave", "week", "pieces", "released", *own),
            rows_of(shown["waves"], "wave", "week", "planned", "released", *own),
        )
        for sentence in (*_interim(shown["interim"]), *map(_decided, decided)):
            noted(sentence)
        if changed:
            print_changes("Settings changed", changed)
        _left_out(name, shown["left_out"])
        click.echo("\n".join(_behind(name, bool(shown["waves"]))))

    show(shown, as_json, text)
