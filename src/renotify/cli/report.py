"""``report`` and ``deadlines``: the regulator's figures, progress, one vehicle's file, every clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from renotify.cli.clock_lines import say_clocks, say_lists
from renotify.cli.lazy_group import CommandGroup
from renotify.cli.list_files import list_file, list_rows, say_written, write_and_say
from renotify.cli.options import (
    DRAWING,
    FILE_OR_LEDGER,
    FOLDER,
    KNOWN_AT,
    LEDGER,
    OUT,
    Day,
    grouped,
    ledger_command,
    of_a_scope,
    shared,
    typed_value,
    undated,
)
from renotify.cli.output import list_behind, noted, rows_of, show, table
from renotify.cli.outreach import outreach_effect
from renotify.errors import Refused, WrongUse
from renotify.values.english import counted, series

if TYPE_CHECKING:
    from renotify.ledger.scope import Scope
    from renotify.ledger.session import Session

By = Literal["campaign", "area", "dealer"]


@click.group(cls=CommandGroup)
def report() -> None:
    """Quarterly and annual reports (49 CFR 573.7, 49 USC 30118(f)), progress, and one vehicle's file."""


report.add_command(outreach_effect)


def _of_a_period(function: Callable[..., None]) -> Callable[..., None]:
    """Add what quarterly and annual reports take beside their campaign and period."""
    options = (
        shared("--as-of", "DATE", about="Count as of this day instead of the period's end.", type=Day()),
        KNOWN_AT,
        click.option("--sheet", type=FOLDER, metavar="FOLDER",
                     help="Write the sheet to file from into this folder: each field of NHTSA's portal, as PDF, CSV, JSON and Excel."),
        click.option("--nhtsa", is_flag=True,
                     help="Print the 13 tab-separated fields of NHTSA's publication file, and what to look at on the error stream."),
        shared("--vehicles", "FILE", type=DRAWING,
               about="Write the VINs behind each figure to this CSV."),
        click.option("--against", type=FILE_OR_LEDGER, metavar="FILE|ledger",
                     help="Compare with NHTSA's line of the period: in NHTSA's file of such reports, or as it was loaded from one."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def _beside_a_campaign(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return the quarter; of one word alone say whether the quarter or the campaign is missing."""
    if not ctx.params["campaigns"]:
        missing = "CAMPAIGN..." if "Q" in value.upper() and value[:4].isdigit() else "QUARTER"
        raise click.MissingParameter(ctx=ctx, param_type="argument", param_hint=f"'{missing}'")
    return _period(ctx, param, value)


def _period(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Return a quarter, or the four of a year; what is neither is a value that no ledger could make right: wrong use."""
    from renotify.reports.reporting_period import ReportingPeriod

    with typed_value():
        found = ReportingPeriod.parse(value)
    if found.kind != ctx.info_name:
        what = (
            "a quarter: 2024Q1"
            if ctx.info_name == "quarterly"
            else "a year's first and last quarter: 2024Q1-2024Q4"
        )
        raise click.BadParameter(
            f"{value!r} is the period of another report. Write {what}.", ctx, param
        )
    return value


@report.command()
@click.argument("campaigns", metavar="CAMPAIGN...", nargs=-1)
@click.argument("quarter", callback=_beside_a_campaign)
@_of_a_period
@ledger_command
def quarterly(
    session: Session,
    campaigns: Sequence[str],
    quarter: str,
    as_of: date | None,
    known_at: datetime | None,
    on: date,
    vehicles: Path | None,
    **asked: Any,  # noqa: ANN401 - click passes what the options say
) -> None:
    """Report a quarter (as 2013Q1) of a campaign code or NHTSA number: NHTSA's 13 fields, all codes of one number together.

    Of several campaigns there is a report each, with --json in one list; they take less time together.
    """
    from renotify.reports import quarterly as room

    if vehicles is not None and len(campaigns) > 1:
        raise WrongUse("--vehicles writes one campaign's vehicles.", "Name one campaign with it.")
    reports = room.quarterlies(session, campaigns, quarter, as_of=as_of, known_at=known_at, on=on)
    titles = [
        f"{_spelled(campaign, filed)} {filed['period']}"
        for campaign, filed in zip(campaigns, reports, strict=True)
    ]
    _give(session, titles, reports, known_at, vehicles=vehicles, **asked)


@report.command()
@click.argument("campaign")
@click.argument("period", callback=_period)
@_of_a_period
@ledger_command
def annual(
    session: Session,
    campaign: str,
    period: str,
    as_of: date | None,
    known_at: datetime | None,
    on: date,
    **asked: Any,  # noqa: ANN401 - click passes what the options say
) -> None:
    """Report one of the years after the last quarterly report (as 2024Q1-2024Q4; `report schedule` lists them), in NHTSA's layout."""
    from renotify.reports import quarterly as room

    filed = room.annual(session, campaign, period, as_of=as_of, known_at=known_at, on=on)
    _give(session, [f"{campaign} {period}"], [filed], known_at, **asked)


def _spelled(asked: str, filed: dict[str, Any]) -> str:
    """Return the code or number that was asked for as the report has it."""
    own = [*filed["campaigns"], filed["CAMPNO"]]
    return next((name for name in own if name.upper() == asked.upper()), asked)


def _give(
    session: Session,
    titles: Sequence[str],
    reports: Sequence[dict[str, Any]],
    known_at: datetime | None,
    *,
    sheet: Path | None,
    nhtsa: bool,
    vehicles: Path | None,
    against: Path | Literal["ledger"] | None,
    as_json: bool,
) -> None:
    """Write the files that were asked for of reports, and print them: as JSON one document of one, a list of several."""
    from renotify.reports import nhtsa13

    if sheet is not None or (nhtsa and not as_json):
        _refuse_unnumbered(titles, reports)
    for filed in reports:
        _write(session, filed, known_at, sheet=sheet, vehicles=vehicles, against=against)
    if as_json:
        show(reports if len(reports) > 1 else reports[0], as_json, lambda: None)
        return
    for title, filed in zip(titles, reports, strict=True):
        if not nhtsa:
            _print_quarterly(title, filed, known_at)
            continue
        click.echo(nhtsa13.line(filed), nl=False)
        for message in filed["messages"]:
            click.echo(f"- {message}", err=True)


def _refuse_unnumbered(titles: Sequence[str], reports: Sequence[dict[str, Any]]) -> None:
    """Refuse lines and sheets for NHTSA, before anything is written or printed, where one would have no number."""
    unnumbered = [
        title for title, filed in zip(titles, reports, strict=True) if not filed["CAMPNO"]
    ]
    if unnumbered:
        raise Refused(
            f"{series(unnumbered)}: no NHTSA campaign number is on file, and a line without one cannot be filed.",
            "State nhtsa_campaign_number in campaigns.toml and load it, or load NHTSA's FLAT_RCL.",
        )


def _write(
    session: Session,
    filed: dict[str, Any],
    known_at: datetime | None,
    *,
    sheet: Path | None,
    vehicles: Path | None,
    against: Path | Literal["ledger"] | None,
) -> None:
    """Write the files that were asked for of a report, and add to it where they are and what NHTSA has otherwise."""
    from pyarrow.csv import write_csv

    from renotify.reports import as_filed, nhtsa13
    from renotify.reports import quarterly as room

    if against is not None:
        held = (
            as_filed.in_ledger(session, filed)
            if against == LEDGER
            else nhtsa13.in_file(against, filed)
        )
        filed["against"] = [found._asdict() for found in nhtsa13.differences(filed, held)]
    if vehicles is not None:
        behind = room.quarterly_vehicles(
            session, filed["campaigns"][0], as_of=filed["as_of"], known_at=known_at
        )
        write_csv(behind, vehicles)
    if sheet is not None:
        from renotify.reports import portal_sheet

        filed["sheet"] = [str(path) for path in portal_sheet.write(session, filed, sheet)]


@report.command()
@click.argument("campaign", required=False)
@ledger_command
def schedule(session: Session, campaign: str | None, as_json: bool, on: date) -> None:
    """List the quarterly and annual reports that are owed of a campaign, or of all: when each is due, and whether it was filed."""
    from renotify.reports import schedule as room

    owed = room.schedule(session, on, campaign)
    columns = ("campaign", "number", "kind", "period", "due", "filed", "state", "id")

    def text() -> None:
        table(f"Reports on {on}", columns, rows_of(owed, *columns))
        say_clocks(owed)
        for doubt in dict.fromkeys(one["doubt"] for one in owed if one["doubt"]):
            noted(f"- {doubt}")

    show(owed, as_json, text)


NO_NUMBER = "none on file: cannot be filed without"


def _print_quarterly(
    title: str, filed: Mapping[str, Any], known_at: datetime | None = None
) -> None:
    """Print the fields, the unreachable by category (573.7(b)(5)), and what a person must look at before filing."""
    from renotify.reports import nhtsa13
    from renotify.vehicle_lists.asked import Asked

    fields = {**filed, "CAMPNO": filed["CAMPNO"] or NO_NUMBER}
    rows = [[name, value] for name, value in fields.items() if not isinstance(value, (dict, list))]
    rows += [
        [f"unreachable: {reason.replace('_', ' ')}", count]
        for reason, count in filed["unreachable"].items()
    ]
    table(title, ("field", "value"), rows)
    for message in filed["messages"]:
        noted(f"- {message}")
    asked = Asked(
        campaigns=tuple(filed["campaigns"]),
        statuses=("open",),
        as_of=filed["as_of"],
        known_at=known_at,
    )
    click.echo(list_behind(asked))
    for path in filed.get("sheet", ()):
        click.echo(path)
    if "against" in filed:
        if filed["against"]:
            table(
                "Filed otherwise",
                nhtsa13.Difference._fields,
                [[*row.values()] for row in filed["against"]],
            )
        else:
            noted("As filed: every field is the same.")


@report.command()
@grouped("area")
@ledger_command
@of_a_scope
def progress(session: Session, by: By, scope: Scope, as_json: bool, on: date) -> None:
    """Show completion by campaign and area, and how many more are expected in four weeks: from Monday to Monday, as the workload has it."""
    from renotify.reports import progress as room
    from renotify.vehicle_lists.asked import Asked, command

    shown = room.progress(session, on, by, scope)
    places = {"campaign": (), "area": ("area",), "dealer": ("area", "dealer")}[by]
    columns = ("campaign", *places, "involved", "open", "completion")

    def text() -> None:
        rows = rows_of(shown, *columns)
        done = [[*row, *_expected(one["forecast"])] for row, one in zip(rows, shown, strict=True)]
        table(
            "Completion",
            (*columns, "more", "booked_visits", "of_letters", "without_letter", "off_list"),
            done,
        )
        told = [row["forecast"] for row in shown]
        past = sorted({one["past_forecasts"]["sentence"] for one in told})
        for note in (*sorted({one["note"] for one in told}), *past):
            if note:
                noted(f"- {note}")
        asked = Asked(statuses=("open",), as_of=on)
        click.echo(list_behind(asked, scope))
        rows_by = ",".join(("campaign", *places, "status"))
        every = command(Asked(as_of=on), area=scope.area, dealer=scope.dealer, by=rows_by)
        click.echo(f"Row by row: {every}")

    show(shown, as_json, text)


@report.command()
@click.argument("name")
@ledger_command
def forecasts(session: Session, name: str, as_json: bool, on: date) -> None:
    """Hold a follow-up's past weeks, as each was foretold on its Monday, against what came: whether nine in ten of its intervals held."""
    from renotify.planner import past_forecasts as room

    record = room.forecast_record(session, name, on)
    columns = ("week", "bundle", "expected", "low", "high", "came", "within")
    weeks = [one.document() for one in record.past]

    def text() -> None:
        table(f"Owners who ask, as of each Monday: {name}", columns, rows_of(weeks, *columns))
        noted(record.sentence)

    show({"follow_up": name, **record.document(), "sentence": record.sentence, "weeks": weeks}, as_json, text)  # fmt: skip


def _expected(forecast: Mapping[str, Any]) -> list[str | float]:
    """How many more vehicles are expected to be done by the end of the last week, in nine of ten cases, and who comes."""
    more = forecast["more"][-1]
    before = forecast["done"][-1] - more
    low, high = (forecast[end][-1] - before for end in ("low", "high"))
    who = ("booked", "of_letters", "without_letter", "off_list")
    return [f"{more:,.0f} ({low:,.0f} to {high:,.0f})", *(forecast[name] for name in who)]


@report.command()
@click.argument("vin")
@OUT
@ledger_command
def vehicle(session: Session, vin: str, out: Path, as_json: bool, on: date) -> None:
    """Write everything known of one vehicle as a PDF: campaigns, events, letters, returns, appointments."""
    from renotify.reports import vehicle_file as room

    with typed_value():
        filed = room.vehicle_file(session, vin, on=on, out=out)
    show(filed, as_json, lambda: click.echo(f"{filed['file']}"))


@report.command()
@undated
@ledger_command
def disclosures(session: Session, as_json: bool) -> None:
    """List each time that owner data left the ledger: to whom, for what, how many vehicles (18 USC 2721(c))."""
    from renotify.ledger import artifacts

    rows = [
        {**row, "keep_until": artifacts.keep_until(date.fromisoformat(row["at"][:10]))}
        for row in artifacts.disclosures(session).to_pylist()
    ]
    columns = ("at", "recipient", "purpose", "what", "vehicles", "keep_until")
    show(rows, as_json, lambda: table("Disclosures", columns, rows_of(rows, *columns)))


class DueDay(Day):
    """A day, or none: a clock that has no last day."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date:
        """Return the day, ``date.max`` of none."""
        return date.max if value == "none" else super().convert(value, param, ctx)


STATED = {
    "started": "State the day (--on) that starts a clock, by its id.",
    "filed": "State the day (--on) on which what a clock asks for was filed or done, by its id.",
    "withdrawn": "Take back what was stated of a clock: where it is stated for several days, that of the day (--on).",
}
CALENDAR = ".ics"
_WORDS = {"started": "started", "filed": "done", "withdrawn": "withdrawn"}


def _stating(function: Callable[..., None]) -> Callable[..., None]:
    for name, words in reversed(STATED.items()):
        function = click.option(f"--{name}", metavar="ID", help=words)(function)
    return function


@click.command()
@_stating
@shared("--list", "ID", "listed", "List the vehicles that a clock counts, by its id.")
@click.option(
    "--due", type=DueDay(), help="Of several clocks of that id, the one of this last day, or none."
)
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Say of the clocks that are in time, too, what each is about.",
)
@list_file(CALENDAR)
@ledger_command
def deadlines(
    session: Session,
    started: str | None,
    filed: str | None,
    withdrawn: str | None,
    listed: str | None,
    due: date | None,
    every: bool,
    file: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """List every clock of the law that runs: overdue, soon, then the rest; or state a day of one, and list.

    A clock's id is SUBJECT:CLOCK, with a part where there are several: 9LA:letters, 9LA:quarterly_report:2013Q1,
    spring:filing_copy:letters, maker:lookup_refresh. Below the table each that asks for something says what, and what
    closes it, and each that was late why; --all says both of every row. Each count of vehicles has the command that
    lists them. A calendar (--out FILE.ics) has an all-day entry for each that has a day.
    """
    from renotify.ledger.kinds import DayWord
    from renotify.reports import deadlines as room

    stated = {"withdrawn": withdrawn, "started": started, "filed": filed}
    for option, name in stated.items():
        if name is not None:
            room.state_day(session, name, DayWord(_WORDS[option]), on)
    if listed is not None:
        found = room.vehicles_of(session, listed, due, on)
        list_rows(found, file, on, sheet="vehicles", as_json=as_json)
        return
    clocks = room.deadlines(session, on)
    if file is not None:
        _write_clocks(file, clocks, on, as_json=as_json)
        return
    columns = ("state", "due", "campaign", "what", "vehicles", "citation", "id")
    show(clocks, as_json, lambda: _print_clocks(clocks, columns, on, every=every))


def _write_clocks(file: Path, clocks: Sequence[dict[str, Any]], on: date, *, as_json: bool) -> None:
    """Write the clocks to a calendar, those with a day, or to a list, all of them."""
    from renotify.reports import deadlines as room

    if file.suffix.lower() != CALENDAR:
        write_and_say(file, room.as_table(clocks), on, sheet="deadlines", as_json=as_json)
        return
    from renotify.reports.calendar_file import write_calendar

    say_written(file, write_calendar(file, clocks, on), as_json=as_json)


def _print_clocks(
    clocks: Sequence[Mapping[str, Any]], columns: Sequence[str], on: date, *, every: bool = False
) -> None:
    """Print the clocks as a table, and below it what each says that asks for something or was late, and what closes it.

    With ``every`` those in time are told too; without it how many these are.
    """
    least = ("citation", "id", "vehicles")  # what asks for something is named with its id below
    rows = rows_of(clocks, *columns)
    table(f"Deadlines on {on}", columns, rows, unbroken="what", first_to_go=least)
    quiet = say_clocks(clocks, every=every)
    if quiet:
        noted(
            f"{counted(quiet, 'more clock')} in time: renotify deadlines --all says of each what it is about and what closes it."
        )
    say_lists(clocks)
