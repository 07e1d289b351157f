"""``followup``: the frozen list of a follow-up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.options import FILE, desk_command, ledger_command
from renotify.cli.output import rows_of, show, table
from renotify.values.english import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from renotify.ledger.session import Session

UNKNOWN = frozenset({"no_current_owner", "no_owner"})
FOR_A_PERSON = ("address_abroad", "address_incomplete", "no_current_owner", "no_owner")


@click.group()
def followup() -> None:
    """Freeze the list of a follow-up, and look at it."""


@followup.command("new")
@click.argument("settings", type=FILE)
@ledger_command
def followup_new(session: Session, settings: Path, as_json: bool, on: date) -> None:
    """Freeze the list: open vehicles with a mailable owner of record, newest registration first; everyone left out has a reason."""
    from renotify.campaigns import follow_up_settings
    from renotify.ledger import registry
    from renotify.selection.freeze import TO_CONFIRM, freeze_follow_up

    stated = follow_up_settings.read(settings)
    codes = {code: registry.in_other_case(session, code) for code in stated.campaigns}
    frozen = freeze_follow_up(session, stated.with_codes(codes), on)

    def text() -> None:
        click.echo(
            f"{frozen['follow_up']}: {counted(frozen['listed'], 'vehicle')} listed, {counted(frozen['pieces'], 'piece')}."
        )
        table("Bundles", ("bundle", "vehicles"), sorted(frozen["bundles"].items()))
        table("Languages", ("languages", "pieces"), frozen["languages"].items())
        if frozen["arms"]:
            table("Arms", ("arm", "vehicles"), frozen["arms"].items())
        table("Left out", ("reason", "vehicles"), sorted(frozen["left_out"].items()))
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
            click.echo(sentence)
        click.echo(f"Next: renotify plan {frozen['follow_up']}")

    show(frozen, as_json, text)


def _to_know(frozen: dict[str, Any]) -> Iterator[str]:
    """Yield what a person should know of a list: who has no dealer of their own, and whom nobody can write to."""
    odd = (
        ("nearest_dealer", "without a known dealer of their own: planned at the nearest, and the letter names any dealer"),
        ("no_dealer", "with no dealer near the owner: planned without a dealer's limits"),
        ("no_vehicle_row", "without a row in vehicles: written to by VIN and make; load vehicles for model, hours and parts"),
    )  # fmt: skip
    yield from frozen["missing"]
    yield from (f"{counted(frozen[key], 'vehicle')} {words}." for key, words in odd if frozen[key])
    for reason in FOR_A_PERSON:
        if reason in frozen["left_out"]:
            yield f"See who: renotify followup show {frozen['follow_up']} --left-out {reason}"
    if UNKNOWN & frozen["left_out"].keys():
        yield "What to do about vehicles that nobody on record has: renotify owners unknown"
    for other in frozen["searched_in"]:
        yield f"Mail came back from an owner's newest address; who looks for them: renotify mail work {other}"


@followup.command("list")
@desk_command
def followup_list(session: Session, as_json: bool, on: date) -> None:
    """List the follow-ups."""
    del on
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


def _show_unwritten(session: Session, name: str, as_json: bool, on: date) -> None:
    from renotify.selection.unwritten import COLUMNS
    from renotify.selection.unwritten import unwritten as unwritten_owners

    rows = unwritten_owners(session, name, on).to_pylist()
    show(rows, as_json, lambda: table("", COLUMNS, rows_of(rows, *COLUMNS)))


@followup.command("show")
@click.argument("name")
@click.option(
    "--left-out", "left_out", help="List the vehicles left out under this reason (or 'all')."
)
@click.option(
    "--unwritten",
    is_flag=True,
    help="List the owner records that nobody is written to at, or not by name: file and row, no name or address.",
)
@ledger_command
def followup_show(
    session: Session, name: str, left_out: str | None, unwritten: bool, as_json: bool, on: date
) -> None:
    """Show the bundles, the waves and who was left out, with reasons."""
    from renotify.ledger import follow_ups

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
    shown = follow_ups.summary(session, name)
    own = ("interim",) if shown["interim"]["vehicles"] else ()

    def text() -> None:
        table(f"{name}: bundles", ("bundle", "vehicles"), sorted(shown["bundles"].items()))
        table(
            "Waves",
            ("wave", "week of", "pieces", "released", *own),
            rows_of(shown["waves"], "wave", "week", "planned", "released", *own),
        )
        for sentence in _interim(shown["interim"]):
            click.echo(sentence)
        table("Left out", ("reason", "vehicles"), sorted(shown["left_out"].items()))

    show(shown, as_json, text)
