"""Writes the columns of the ledger's models as the text that ``ledger/tables.py`` holds, so that no command needs Django to know them."""

from __future__ import annotations

import textwrap

from django.apps import apps
from django.db import models

from renotify.ledger.migrating import set_up_django
from renotify.ledger.store import named_store

KINDS = {
    models.CharField: "text",
    models.DateField: "date",
    models.IntegerField: "whole",
    models.AutoField: "whole",
    models.ForeignKey: "whole",
    models.FloatField: "number",
    models.BooleanField: "flag",
}


def columns() -> str:
    """Return one line a table: its columns with their kinds, in order; keys to text are text."""
    set_up_django(named_store("sqlite:////nowhere/empty.sqlite3"))
    lines = []
    for model in sorted(apps.get_app_config("ledger").get_models(), key=lambda m: m._meta.db_table):
        columns_of_model = [
            _column(field) for field in model._meta.concrete_fields if type(field) in KINDS
        ]
        lines.append(f'    "{model._meta.db_table}": (\n{_wrapped(columns_of_model)}    ),\n')
    return "".join(lines)


def _wrapped(words: list[str]) -> str:
    """Break the words into texts of at most a line."""
    lines = textwrap.wrap(" ".join(words), 80)
    return "".join(f'        "{line} "\n' for line in lines)


def _column(field: models.Field) -> str:
    kind = KINDS[type(field)]
    if isinstance(field, models.ForeignKey) and isinstance(field.target_field, models.CharField):
        kind = "text"
    return f"{field.column}:{kind}{'?' if field.null else ''}"
