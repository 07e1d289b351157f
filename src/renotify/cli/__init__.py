"""The command line: people come in here. A command's module is imported when it is called, so that ``--help`` answers at once."""

from __future__ import annotations

import click

from renotify.cli.lazy_group import LazyGroup

MODULES = {
    "demo": "renotify.cli.demo",
    "load": "renotify.cli.load",
    "campaign": "renotify.cli.show_campaign",
    "status": "renotify.cli.ledger",
    "vehicles": "renotify.cli.list_vehicles",
    "lookup": "renotify.cli.ledger",
    "explain": "renotify.cli.ledger",
    "verify": "renotify.cli.ledger",
    "owners": "renotify.cli.owners",
    "followup": "renotify.cli.followup",
    "plan": "renotify.cli.plan",
    "replan": "renotify.cli.plan",
    "plans": "renotify.cli.plans",
    "simulate": "renotify.cli.plan",
    "rehearse": "renotify.cli.rehearse",
    "notices": "renotify.cli.dealers",
    "workload": "renotify.cli.dealers",
    "parts": "renotify.cli.dealers",
    "stock": "renotify.cli.dealers",
    "dealer": "renotify.cli.desks",
    "area": "renotify.cli.desks",
    "letter": "renotify.cli.letters",
    "mail": "renotify.cli.mail",
    "outreach": "renotify.cli.outreach",
    "answer": "renotify.cli.contact",
    "report": "renotify.cli.report",
    "deadlines": "renotify.cli.report",
    "summary": "renotify.cli.follow_up_summary",
    "publish": "renotify.cli.publish",
    "lookup-site": "renotify.cli.lookup_site",
    "serve": "renotify.cli.site",
    "worker": "renotify.cli.site",
    "people": "renotify.cli.site",
    "completion": "renotify.cli.completion",
}


@click.group(
    cls=LazyGroup,
    modules=MODULES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="renotify")
def main() -> None:
    """Find every vehicle whose recall is not done, reach its owner, ready its dealer, and prove it.

    Start with `renotify demo`: the memo's five campaigns on a made-up maker. The ledger is the database named by
    RENOTIFY_DATABASE_URL (sqlite:///renotify.sqlite3 when unset). Exit codes: 0 done, 1 refused by a rule, 2 wrong use.
    """
