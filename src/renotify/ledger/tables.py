"""The ledger's tables as Arrow: one schema a table, derived from the models, and plain reads."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
from django.apps import apps
from django.db import models

from renotify.errors import UnknownName
from renotify.ledger.bulk import Bulk, Value, bulk

_ARROW: dict[type[models.Field[object, object]], pa.DataType] = {
    models.CharField: pa.string(),
    models.DateField: pa.date32(),
    models.IntegerField: pa.int64(),
    models.AutoField: pa.int64(),
    models.FloatField: pa.float64(),
    models.BooleanField: pa.bool_(),
}


@cache
def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a table: its columns in order, JSON and instants left out. Raises UnknownName."""
    for model in apps.get_app_config("ledger").get_models():
        if model._meta.db_table == table:
            return pa.schema(
                [
                    pa.field(field.column, _ARROW[type(field)], nullable=field.null)
                    for field in model._meta.concrete_fields
                    if type(field) in _ARROW
                ]
            )
    raise UnknownName(f"There is no table {table!r} in the ledger.")


def read(
    table: str,
    *columns: str,
    where: str = "true",
    order: str = "",
    using: Bulk | None = None,
    **values: Value,
) -> pa.Table:
    """Return rows of a table (all columns when none are named); ``where`` and ``order`` are SQL with ``:name`` values."""
    wanted = (
        schema(table) if not columns else pa.schema([schema(table).field(name) for name in columns])
    )
    sql = f"select {', '.join(wanted.names)} from {table} where {where}{f' order by {order}' if order else ''}"
    if using is not None:
        return using.read(sql, wanted, **values)
    with bulk() as opened:
        return opened.read(sql, wanted, **values)
