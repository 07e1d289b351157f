"""``answer``: what contact staff may say about one vehicle."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from renotify.cli.options import desk_command
from renotify.cli.output import show

if TYPE_CHECKING:
    from renotify.ledger.session import Session


@click.command()
@click.argument("vin")
@desk_command
def answer(session: Session, vin: str, as_json: bool, on: date) -> None:
    """Say in plain words what is open on this vehicle, what to do, and whom to call; nothing about its owner."""
    from renotify.contact import answers, sentences

    answered = answers.answer(session, vin, on)
    show(answered, as_json, lambda: click.echo(sentences.in_words(answered)))
