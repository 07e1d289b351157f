"""``summary``: the page of a follow-up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renotify.cli.options import ledger_command, shared
from renotify.cli.output import noted, progress_bar, show
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.ledger.session import Session


@click.command()
@click.argument("name")
@shared(
    "--out", "FILE", "file", "The page.  [default: out/NAME-DATE.html]", type=click.Path(dir_okay=False, path_type=Path),
)  # fmt: skip
@ledger_command
def summary(session: Session, name: str, file: Path | None, as_json: bool, on: date) -> None:
    """Write the page of a planned follow-up on a day: one file that opens anywhere, with its lists in a folder beside it.

    How far each campaign is and is expected to come, letters against kits and hours, a map of the areas, every dealer by week, the
    letter, the clocks of the law, and what changed since last week. It names no person.
    """
    from renotify.reports.follow_up_figures import document
    from renotify.reports.opened_figures import of_the_whole, opened_figures
    from renotify.reports.plan_age import plan_age
    from renotify.reports.summary import write_summary

    with progress_bar() as progress:
        written = write_summary(
            session,
            name,
            on=on,
            file=file or Path("out") / f"{name}-{on}.html",
            progress=progress,
        )
    said = document(written.figures)
    del said["messages"]  # the page has them in words, as `plan` and `workload` print them
    opened = opened_figures(written.figures)
    old = plan_age(written.figures, on)
    found = {
        "page": str(written.page),
        "lists": [str(path) for path in written.lists],
        "plan_age": old,
        "opens": [
            {"what": one.what, "count": one.number, "command": one.command} for one in opened
        ],
        **said,
    }

    def text() -> None:
        click.echo(f"Look at {written.page}")
        click.echo(f"Its lists: {', '.join(str(path) for path in written.lists)}")
        if old:
            noted(old)
        whole = of_the_whole(written.figures)
        for one in whole:
            click.echo(f"{one.number:,} {one.what}: {one.command}")
        if more := len(opened) - len(whole):
            noted(
                f"The page has what opens {counted(more, 'more count')}, by campaign, wave, area and week."
            )

    show(found, as_json, text)
