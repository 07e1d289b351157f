"""``campaign``: what is registered of a campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.clock_lines import say_clocks, say_lists
from renotify.cli.lazy_group import CommandGroup
from renotify.cli.ledger import print_counts
from renotify.cli.options import desk_command, is_given
from renotify.cli.output import noted, prose, rows_of, show, table

if TYPE_CHECKING:
    from renotify.ledger.session import Session

TABLES = (
    ("Scope", "scopes", ("model", "year_from", "year_to", "built_from", "built_to", "plant", "text")),
    ("Vehicles by model", "models", ("model", "year", "vehicles")),
    ("Documents", "documents", ("kind", "revision", "effective_date", "in_force", "location")),
    ("Letters", "letters", ("follow_up", "pieces", "planned", "released", "accepted", "returned", "withdrawn")),
    ("Kits of a repair", "kits", ("part_no", "description", "model", "qty", "take_rate")),
    ("Hours of the work", "hours", ("campaigns", "model", "hours")),
)  # fmt: skip
LONGEST = 60  # characters of a fact in the history


@click.group(cls=CommandGroup)
def campaign() -> None:
    """What is registered of a campaign."""


@campaign.command(name="show")
@click.argument("code")
@desk_command
def show_campaign(session: Session, code: str, as_json: bool, on: date) -> None:
    """Show all that is registered: counts, facts and who stated them, scopes, documents, clocks, letters, kits, hours.

    --on is the day of documents and clocks; it does not change the counts: renotify status --as-of counts as things stood on a day.
    """
    from renotify.reports.campaign_sheet import campaign_sheet

    sheet = campaign_sheet(session, code, on)
    if is_given("on"):
        sheet["note"] = (
            f"Counts are as known now: --on {on} is the day of documents and clocks only."
            f" As they stood then: renotify status --campaign {sheet['campaign']} --as-of {on}."
        )
    show(sheet, as_json, lambda: _print(sheet))


def _print(sheet: Mapping[str, Any]) -> None:
    _print_numbers(sheet)
    for key, value in sheet["facts"].items():
        if isinstance(value, Mapping):
            for own, text in value.items():
                noted(f"{key}.{own}: {text}")
        else:
            noted(f"{key}: {_said(value)}")
    for title, name, columns in TABLES:
        if sheet[name]:
            heads = ["came_back" if column == "returned" else column for column in columns]
            table(title, heads, rows_of(sheet[name], *columns))
    for answer in sheet["answers"]:
        noted(f"Asked: {answer['question']}\n  {answer['answer']}")
    _print_accepted(sheet["accepted_wordings"])
    _print_clocks(sheet["clocks"])
    noted("History")
    for said in sheet["history"]:
        _print_statement(said)


def _print_accepted(wordings: Sequence[Mapping[str, Any]]) -> None:
    """Say which wordings of its letters a person accepted though a rule refuses them, and who took one back."""
    for one in wordings:
        back = (
            f"; taken back by {one['withdrawn_by']} on {one['withdrawn_on']}"
            if one["withdrawn_on"]
            else ""
        )
        noted(
            f"- Wording {one['handle']} of {one['language']} {one['text_key']}, {one['sentence']!r} ({one['citation']}): accepted by"
            f" {one['accepted_by']} on {one['accepted_on']}, {one['reason']}{back}"
        )


def _print_numbers(sheet: Mapping[str, Any]) -> None:
    counts = {key: value for key, value in sheet["counts"].items() if key != "list"}
    print_counts("", [counts])
    click.echo(f"The list behind a figure: {sheet['counts']['list']}")
    if "note" in sheet:
        prose(sheet["note"])
    click.echo()


def _print_clocks(clocks: Sequence[Mapping[str, Any]]) -> None:
    columns = ("due", "state", "what", "vehicles", "id")
    table("Clocks", columns, rows_of(clocks, *columns))
    say_clocks(clocks, every=True)
    say_lists(clocks)


def _print_statement(said: Mapping[str, Any]) -> None:
    taken = ", taken back" if said["taken_back"] else ""
    noted(
        f"  {said['stated_on']}  {said['by']}, {said['file']} row {said['row']}, recorded {str(said['recorded_at'])[:16]}{taken}"
    )
    first = all(one["before"] is None for one in said["changed"])
    if first and not said["taken_back"]:
        noted(f"    stated {', '.join(one['key'] for one in said['changed'])}")
        return
    for one in said["changed"]:
        noted(f"    {one['key']}: {_short(one['before'])} -> {_short(one['now'])}")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _short(value: object) -> str:
    text = "not stated" if value is None else _said(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
