"""``answer``: what contact staff may say about one vehicle."""

from __future__ import annotations

from datetime import date

import click

from renotify.cli.options import ledger_command
from renotify.cli.output import show


@click.command()
@click.argument("vin")
@ledger_command
def answer(vin: str, as_json: bool, on: date) -> None:
    """Say in plain words what is open on this vehicle, what to do, and whom to call; nothing about its owner."""
    from renotify.contact import answers, sentences

    answered = answers.answer(vin, on)
    show(answered, as_json, lambda: click.echo(sentences.in_words(answered)))
