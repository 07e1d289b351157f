"""``answer``: what contact staff may say about one vehicle."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from renotify.cli.options import desk_command
from renotify.cli.output import prose, show

if TYPE_CHECKING:
    from renotify.ledger.session import Session


@click.command()
@click.argument("vin")
@click.option(
    "--lang",
    "language",
    metavar="LANGUAGE",
    type=click.Choice(["en", "es"]),
    default="en",
    show_default=True,
    help="The language of the caller, en or es.",
)
@desk_command
def answer(session: Session, vin: str, language: str, as_json: bool, on: date) -> None:
    """Say in plain words what is booked and open on this vehicle, how long the visit takes, and whom to call; nothing about its owner."""
    from renotify.contact import answers, read_out

    answered = answers.answer(session, vin, on, language)
    show(answered.document(), as_json, lambda: prose(read_out.in_words(answered)))
