"""``vehicles``: the list behind every figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.list_files import list_file
from renotify.cli.options import AS_OF, KNOWN_AT, Day, is_given, ledger_command, of_a_scope, shared
from renotify.cli.output import documents_of, noted, prose, show, table
from renotify.errors import WrongUse
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.ledger.scope import Scope
    from renotify.ledger.session import Session
    from renotify.vehicle_lists.listing import Listing

FIRST = 20  # rows on the screen
GROUPS = 1_000  # groups on the screen, the largest first


class Years(click.ParamType[tuple[int, int]]):
    """A model year, or the first and the last one: 2008, 2006-2008."""

    name = "year"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[int, int]:
        """Return the first and last year, or say how to write them."""
        found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", str(value))
        if not found:
            self.fail(f"{value!r} is no model year: write 2008, or 2006-2008.", param, ctx)
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            self.fail(f"{value!r} ends before it begins: write {last}-{first}.", param, ctx)
        return first, last


class Wave(click.ParamType[int]):
    """The number of a wave, or any."""

    name = "wave"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number, ``ANY_WAVE`` of any, or say how to write it."""
        from renotify.vehicle_lists.asked import ANY, ANY_WAVE

        if value == ANY:
            return ANY_WAVE
        if not re.fullmatch(r"[1-9]\d{0,8}", str(value)):
            self.fail(f"{value!r} is no wave: write its number, or any.", param, ctx)
        return int(value)


Command = Callable[..., None]


def _several(option: str, name: str, about: str, **more: Any) -> Callable[[Command], Command]:  # noqa: ANN401 - click's own
    return click.option(option, name, multiple=True, help=about, **more)


@click.command()
@_several(
    "--campaign", "campaigns", "Of this campaign; give it again for another one.", metavar="CODE"
)
@_several(
    "--status",
    "statuses",
    "open, repaired, inspected_ok, unreachable or removed.",
    metavar="STATUS",
)
@_several(
    "--reason",
    "reasons",
    "Why it is unreachable, or still open (see --by reason).",
    metavar="REASON",
)
@_several("--model", "models", "Of this model.", metavar="MODEL")
@click.option("--year", "years", type=Years(), help="Of a model year, or of 2006-2008.")
@_several(
    "--owner-state",
    "owner_states",
    "Held by anybody in this state, lessee or lessor.",
    metavar="STATE",
)
@_several(
    "--owner-zip",
    "owner_zips",
    "Held at a ZIP Code that begins like this, by lessee or lessor.",
    metavar="ZIP",
)
@_several("--dealer-state", "dealer_states", "Of dealers in this state.", metavar="STATE")
@_several(
    "--dealer-zip", "dealer_zips", "Of dealers at a ZIP Code that begins like this.", metavar="ZIP"
)
@_several(
    "--language", "languages", "Held by somebody who asked for this language.", metavar="LANGUAGE"
)
@click.option("--follow-up", default="", metavar="NAME", help="On the list of this follow-up.")
@click.option(
    "--letters",
    is_flag=True,
    help="List the follow-up's letters: a row is a letter, lessee and lessor have one each.",
)
@click.option("--released-by", type=Day(), help="Of letters: released by this day.")
@click.option("--mailed-by", type=Day(), help="Of letters: mailed by this day.")
@click.option("--returned-by", type=Day(), help="Of letters: come back by this day.")
@_several("--bundle", "bundles", "Of letters: about these campaigns alone.", metavar="BUNDLE")
@click.option(
    "--week-since", type=Day(), help="Of letters: of the week of this day or later, or of none yet."
)
@_several("--wave", "waves", "With a letter of this wave, or any.", metavar="NUMBER", type=Wave())
@_several(
    "--piece",
    "pieces",
    "With a letter in this state (planned, accepted, ...), or any.",
    metavar="STATUS",
)
@_several("--left-out", "left_out", "Without a letter for this reason, or any.", metavar="REASON")
@click.option("--contacted-before", type=Day(), help="Last written to before this day, or never.")
@click.option("--contacted-since", type=Day(), help="Last written to on this day or later.")
@click.option("--never-contacted", is_flag=True, help="Never written to about the campaign.")
@click.option(
    "--address-older-than",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="At an address of more days.",
)
@click.option("--booked/--not-booked", default=None, help="With a visit booked, or without.")
@click.option(
    "--two-dealers", is_flag=True, help="With visits to come booked at more than one dealer."
)
@click.option(
    "--visit-dealer",
    default="",
    metavar="CODE",
    help="With one booked at this dealer, whose vehicle or not.",
)
@click.option(
    "--visit-made-by", type=Day(), help="With a visit booked by this day, whatever became of it."
)
@click.option("--visit-since", type=Day(), help="With a visit booked for this day or a later one.")
@click.option("--visit-before", type=Day(), help="With one booked before this day.")
@AS_OF
@KNOWN_AT
@shared("--by", "COLUMNS", about="Count by these, joined by commas.", default="")
@click.option("--columns", default="", metavar="COLUMNS", help="Show these, joined by commas.")
@click.option("--sort", default="", metavar="COLUMNS", help="Order by these; -since falls.")
@click.option(
    "--first",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help=f"Rows to show; on the screen {FIRST}, or {GROUPS} groups.",
)
@click.option("--owners-to", default="", metavar="WHO", help="Name the owners, and keep to whom.")
@shared("--purpose", "PURPOSE", about="What owners' names are for: recall.", default="")
@list_file()
@ledger_command
@of_a_scope
def vehicles(
    session: Session,
    *,
    scope: Scope,
    by: str,
    columns: str,
    sort: str,
    first: int | None,
    owners_to: str,
    purpose: str,
    file: Path | None,
    as_json: bool,
    on: date,
    **filters: Any,  # noqa: ANN401 - the filters of ``Asked``, by their names
) -> None:
    """List the vehicles behind a figure: filter, sort, count by column, write to a file.

    A row is a vehicle in a campaign; with --letters a letter of a follow-up. Values of one option are alternatives; options hold together.
    --on is the day of owners and addresses; it does not change a status: --as-of counts as things stood on a day.
    """
    from renotify.vehicle_lists import asked as of_list
    from renotify.vehicle_lists.letter_list import letters, letters_counted
    from renotify.vehicle_lists.list_columns import PERSONAL
    from renotify.vehicle_lists.listing import counted, listing

    asked = of_list.Asked(**filters)
    named: dict[str, Any] = {"follow_up": asked.follow_up, "letters": asked.letters}
    if owners_to and not purpose:
        raise WrongUse(
            "--owners-to needs what the owners' data is for.",
            "Say it: --purpose recall (18 USC 2721(b) permits no other).",
        )
    if owners_to and asked.letters:
        raise WrongUse("--owners-to names those who hold vehicles.", "Leave out --letters.")
    more_groups = 0
    groups = of_list.columns_named(by, what=of_list.COUNT_BY, **named)
    order = [
        ("-" if one.startswith("-") else "") + of_list.columns_named(one.removeprefix("-"), what=of_list.SORT_BY, **named)[0]
        for one in filter(None, sort.replace(" ", "").split(","))
    ]  # fmt: skip
    if groups and (columns or sort):
        raise WrongUse("--by counts groups, the largest first.", "Leave out --columns and --sort.")
    if groups:
        found = (
            letters_counted(session, asked, groups, scope=scope)
            if asked.letters
            else counted(session, asked, groups, on=on, scope=scope)
        )
        most = first if first is not None or file or as_json else GROUPS
        more_groups = max(found.rows.num_rows - most, 0) if most is not None else 0
        found = found._replace(rows=found.rows.slice(0, most))
    else:
        wanted = of_list.columns_named(columns, what=of_list.SHOW, **named)
        if owners_to and not wanted:
            usual = of_list.usual_columns(asked)
            wanted = (*usual, *PERSONAL, "owner_state", "owner_zip")
        most = first if first is not None or file or as_json else FIRST
        wanted = wanted or of_list.usual_columns(asked)
        shown = of_list.Shown(tuple(dict.fromkeys(wanted)), tuple(order), most, owners_to, purpose)
        found = (
            letters(session, asked, shown, scope=scope)
            if asked.letters
            else listing(session, asked, shown, on=on, scope=scope)
        )
    if file is not None:
        from renotify.values.list_file import write_list

        write_list(file, found.rows, on, sheet="vehicles")
    day = of_list.told_of_day(asked, on) if is_given("on") else ""
    past = of_list.told_of_visits(
        asked, found.without_word, on, area=scope.area, dealer=scope.dealer
    )
    told = "\n".join(filter(None, (past, day)))
    document = {
        "total": found.total,
        "vehicles": found.vehicles,
        "command": of_list.command(
            asked, area=scope.area, dealer=scope.dealer, by=by, on=on if is_given("on") else None
        ),
        **({"note": told} if told else {}),
        **({"file": str(file)} if file is not None else {"rows": documents_of(found.rows)}),
    }
    what = "letter" if asked.letters else "vehicle"
    show(document, as_json, lambda: _print(found, file, told, more_groups, what))


def _print(found: Listing, file: Path | None, told: str, more_groups: int, what: str) -> None:
    """Print the list, how many there are in all, and what the day that was given does not change."""
    if file is not None:
        click.echo(f"{counted(found.rows.num_rows, 'row')} in {file}.")
    else:
        _print_rows(found, what)
        if more_groups:
            noted(
                f"{counted(more_groups, 'more group')}: --first N shows them, --out FILE.csv, .parquet or .xlsx writes them all."
            )
    for line in told.splitlines():
        if line.startswith("renotify "):
            click.echo(line)  # to be copied, so it is not folded
        else:
            prose(line)


def _print_rows(found: Listing, what: str) -> None:
    table("", found.rows.column_names, [list(row.values()) for row in found.rows.to_pylist()])
    more = found.total - found.rows.num_rows if "count" not in found.rows.column_names else 0
    once = (
        f" of {counted(found.vehicles, 'different vehicle')}"
        if found.vehicles != found.total
        else ""
    )
    of_campaigns = " in campaigns" if once and what == "vehicle" else ""
    noted(f"{counted(found.total, what)}{of_campaigns}{once}.")
    if more:
        noted(
            f"{more:,} more: --first N shows them, --out FILE.csv, .parquet or .xlsx writes them all."
        )
