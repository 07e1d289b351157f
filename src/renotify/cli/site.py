"""``serve`` and ``people``: the site, and who may sign in to it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import QUIET, Day, command_options, shared, undated, usable_cpus
from renotify.cli.output import prose, show, table
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.ledger.session import Session
    from renotify.web.door.keeping_people import Made

ROLES = (  # of web.door.roles, which Django's companions come with
    "analyst", "area_manager", "dealer_service", "dealer_parts", "contact", "auditor", "integration",
)  # fmt: skip
LISTED = (
    "username",
    "full_name",
    "role",
    "area_code",
    "dealer_code",
    "may_sign_in",
    "signed_in_last",
)
PEOPLE = ("username", "full_name", "role", "area_code", "dealer_code", "password")


@click.command()
@shared("--host", "ADDRESS", default="127.0.0.1", show_default=True)
@shared("--port", "NUMBER", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", metavar="NUMBER", type=click.IntRange(min=1), default=usable_cpus, show_default="the machine's CPUs",
              help="Processes that answer.")  # fmt: skip
@click.option(
    "--no-worker",
    is_flag=True,
    help="Start no worker for jobs: `renotify worker` runs elsewhere.",
)
@click.option(
    "--demo-people",
    is_flag=True,
    help="Make the demo's people, or give them new passwords, and print them.",
)
@click.option(
    "--on",
    metavar="DATE",
    type=Day(),
    default=None,
    help="The day that pages are of.  [default: today]",
)
@QUIET
def serve(
    host: str, port: int, workers: int, no_worker: bool, demo_people: bool, on: date | None
) -> None:
    """Serve the desks to browsers, on this ledger, until Ctrl-C."""
    from renotify.web.listening import refuse_taken, say_who_serves
    from renotify.web.site import starting

    refuse_taken(host, port)
    starting.set_up_site(on)
    starting.bring_site_up_to_date()
    if demo_people:
        _print_people(_cast())
    prose(f"The site is at http://{host}:{port}/ - stop it with Ctrl-C.")
    say_who_serves()
    with starting.own_worker(starts=not no_worker):
        starting.run_server(host, port, workers, threads=4)


@click.command()
@QUIET
def worker() -> None:
    """Run the jobs that people ask for at the site, one after the other, until Ctrl-C."""
    from renotify.web.site import starting

    starting.set_up_site()
    starting.bring_site_up_to_date()
    from renotify.web.jobs.worker import work
    from renotify.web.listening import end_with_server

    end_with_server()
    work()


def _cast() -> list[Made]:
    from renotify.ledger.session import open_session
    from renotify.web.door import keeping_people

    with open_session(bulk=False, make=False) as session:
        return keeping_people.cast_of_demo(session)


def _print_people(made: list[Made], title: str = "The demo's people (made up)") -> None:
    table(title, PEOPLE, [[asdict(one)[name] for name in PEOPLE] for one in made])


def site_command(function: Callable[..., None]) -> Callable[..., None]:
    """A command on the site's own tables: Django is told of the site before the ledger is opened, by a desk session."""

    @command_options
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click passes what the options say
        from renotify.ledger.session import open_session
        from renotify.web.site import starting

        starting.set_up_site()
        starting.bring_site_up_to_date()
        try:
            with open_session(bulk=False, make=False) as session:
                function(session, *args, **kwargs)
        finally:
            starting.give_back()

    return run


@click.group(cls=CommandGroup)
def people() -> None:
    """Who may sign in to the site, and whose rows they see."""


@people.command("add")
@click.argument("username")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    required=True,
    help="What the person does; integration is a dealer's system.",
)
@click.option(
    "--full-name", "full_name", metavar="NAME", default="", help="The full name, as pages show it."
)
@shared("--area", "CODE", default="", about="The area of an area manager.")
@shared(
    "--dealer",
    "CODE",
    default="",
    about="The dealer of its service or parts people, or of its system.",
)
@undated
@site_command
def add(
    session: Session,
    username: str,
    role: str,
    full_name: str,
    area: str,
    dealer: str,
    as_json: bool,
) -> None:
    """Make a person and print their first password, this once."""
    from renotify.web.door import keeping_people

    made = keeping_people.add_person(
        session, username, full_name or username, role, area=area, dealer=dealer
    )
    show(asdict(made), as_json, lambda: _print_people([made], "Made"))


@people.command("list")
@undated
@site_command
def list_people(session: Session, as_json: bool) -> None:
    """List the people, what they do, and whether they may sign in."""
    from renotify.web.door import keeping_people

    del session
    rows = [asdict(one) for one in keeping_people.everybody()]
    show(
        {"people": rows},
        as_json,
        lambda: table("People", LISTED, [[row[name] for name in LISTED] for row in rows]),
    )


@people.command("password")
@click.argument("username")
@undated
@site_command
def password(session: Session, username: str, as_json: bool) -> None:
    """Give a person a new password, end their sign-ins, and print it, this once."""
    from renotify.web.door import keeping_people

    del session
    new = keeping_people.new_password(username)
    show({"username": username, "password": new}, as_json, lambda: click.echo(f"{username}: {new}"))


@people.command("lock")
@click.argument("username")
@undated
@site_command
def lock(session: Session, username: str, as_json: bool) -> None:
    """Keep a person out from now on: sign-ins and tokens end at once; `password` lets them in again."""
    from renotify.web.door import keeping_people

    del session
    ended = keeping_people.lock_out(username)
    sentence = f"{username} is locked out; {counted(ended, 'sign-in or token', 'sign-ins and tokens')} ended."
    show({"username": username, "ended": ended}, as_json, lambda: prose(sentence))


@people.command("token")
@click.argument("username")
@undated
@site_command
def token(session: Session, username: str, as_json: bool) -> None:
    """Make a token for a dealer's system and print it, this once; only its digest is kept."""
    from renotify.web.door import keeping_people

    del session
    new = keeping_people.new_token(username)
    show({"username": username, "token": new}, as_json, lambda: click.echo(new))
