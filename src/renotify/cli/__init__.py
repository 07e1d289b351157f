"""The command line: people come in here. Heavy libraries are imported inside the commands, so that ``--help`` answers at once."""

from __future__ import annotations

import click

from renotify.cli import contact, demonstrate, letters, load, mail, plan, report, status
from renotify.cli.say import House


@click.group(
    cls=House, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="renotify")
def main() -> None:
    """Find every vehicle whose recall is not done, reach its owner, ready its dealer, and prove it.

    Start with `renotify demo`: the memo's five campaigns on a made-up maker. The ledger is the database named by
    RENOTIFY_DATABASE_URL (sqlite:///renotify.sqlite3 when unset). Exit codes: 0 done, 1 refused by a rule, 2 wrong use.
    """


for command in (
    *demonstrate.COMMANDS,
    *load.COMMANDS,
    *status.COMMANDS,
    *plan.COMMANDS,
    *letters.COMMANDS,
    *mail.COMMANDS,
    *contact.COMMANDS,
    *report.COMMANDS,
):
    main.add_command(command)
