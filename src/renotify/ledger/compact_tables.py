"""Makes the two tables of millions of rows without row ids on SQLite: a table is then the tree of its key, and there is no second one.

Django has no word for it, and makes a table anew, with row ids, when a migration alters it: a later migration that alters
event or state ends with ``RunPython(compact_tables.make)``, as a test on the newest schema will remind its author. It puts
the guards of event up again too. PostgreSQL keeps its tables as they are.
"""

from __future__ import annotations

from typing import Any

from renotify.ledger import guards

MODELS = ("Event", "State")


def make(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401 - Django's own
    """Make the tables anew with all their rows, in the order of their keys."""
    _make_all_anew(apps, schema_editor, " WITHOUT ROWID")


def undo(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401 - Django's own
    """Make them as Django does, for a step back in the migrations."""
    _make_all_anew(apps, schema_editor, "")


def _make_all_anew(apps: Any, schema_editor: Any, form: str) -> None:  # noqa: ANN401 - Django's own
    if schema_editor.connection.vendor != "sqlite":
        return
    for name in MODELS:
        _make_anew(apps.get_model("ledger", name), schema_editor, form)
    guards.put_up(apps, schema_editor)


def _make_anew(model: Any, schema_editor: Any, form: str) -> None:  # noqa: ANN401 - Django's own
    meta = model._meta  # noqa: SLF001 - Django's public name for it
    table, key = meta.db_table, ", ".join(field.column for field in meta.pk_fields)
    columns = ", ".join(field.column for field in meta.concrete_fields if field.column)
    made, values = schema_editor.table_sql(model)
    schema_editor.execute(f"alter table {table} rename to {table}_before")
    schema_editor.execute(f"{made}{form}", values or None)
    schema_editor.execute(
        f"insert into {table} ({columns}) select {columns} from {table}_before order by {key}"
    )
    schema_editor.execute(f"drop table {table}_before")
    for index in meta.indexes:
        schema_editor.add_index(model, index)
