"""Guards of the schema that models cannot say: events stay as they are, and large tables keep their references set-wise.

PostgreSQL checks a foreign key with one query a row. For the tables that take millions of rows a trigger checks each
statement's rows at once instead, and refuses with the same error; so does one at the other end for what is deleted.
SQLite's own foreign keys cost next to nothing (docs/decisions/0010 has the figures).

SQLite's "insert or replace" deletes without a trigger unless a connection says ``recursive_triggers``: every session of ours does.

SQLite makes a table anew when a migration alters it, and its triggers are lost: a later migration that alters event
ends with ``RunPython(guards.put_up)`` of its own, as a test on the newest schema will remind its author.
"""

from __future__ import annotations

from typing import NamedTuple

UNCHANGED = {
    "event": "An event is never changed or deleted: load a correction.",
    "campaign_fact": "What was said of a campaign is never changed or deleted: load campaigns.toml again.",
}


class Reference(NamedTuple):
    """A column of a large table and what it refers to."""

    table: str
    column: str
    parent: str
    key: str


LARGE = (
    Reference("event", "source_id", "source", "id"),
    Reference("event", "campaign_code", "campaign", "campaign_code"),
    Reference("vehicle", "source_id", "source", "id"),
    Reference("owner", "source_id", "source", "id"),
    Reference("listed", "follow_up", "follow_up", "name"),
    Reference("piece", "follow_up", "follow_up", "name"),
)

_DEEDS = ("update", "delete")


def put_up(apps: object, schema_editor: object) -> None:
    """Put the guards up on the store of a migration."""
    del apps
    execute, vendor = schema_editor.execute, schema_editor.connection.vendor  # type: ignore[attr-defined]
    for statement in _unchanging("event", vendor):
        execute(statement, params=None)
    if vendor == "sqlite":
        return
    for reference in LARGE:
        execute(_without_row_checks(reference), params=None)
        for statement in set_wise(reference):
            execute(statement, params=None)


def take_down(apps: object, schema_editor: object) -> None:
    """Take them down again, for a step back in the migrations."""
    del apps
    execute, vendor = schema_editor.execute, schema_editor.connection.vendor  # type: ignore[attr-defined]
    for statement in _changing("event", vendor):
        execute(statement)
    if vendor == "sqlite":
        return
    for one in LARGE:
        execute(f"drop function {one.table}_{one.column}_known() cascade")
        execute(f"drop function {one.table}_{one.column}_kept() cascade")


def put_up_statements(apps: object, schema_editor: object) -> None:
    """Guard what was said of campaigns, as events are."""
    del apps
    execute, vendor = schema_editor.execute, schema_editor.connection.vendor  # type: ignore[attr-defined]
    for statement in _unchanging("campaign_fact", vendor):
        execute(statement, params=None)


def take_down_statements(apps: object, schema_editor: object) -> None:
    """Take that guard down again."""
    del apps
    execute, vendor = schema_editor.execute, schema_editor.connection.vendor  # type: ignore[attr-defined]
    for statement in _changing("campaign_fact", vendor):
        execute(statement)


def _unchanging(table: str, vendor: str) -> tuple[str, ...]:
    """Return SQL of the guard that refuses to change or delete a row of a table."""
    words = UNCHANGED[table]
    if vendor == "sqlite":
        return tuple(
            f"create trigger {table}_refuses_{deed} before {deed} on {table}"
            f" begin select raise(abort, '{words}'); end"
            for deed in _DEEDS
        )
    return (
        f"""create function {table}_refuses_change() returns trigger language plpgsql as $$
    begin raise exception '{words}' using errcode = 'integrity_constraint_violation'; end $$""",
        f"""create trigger {table}_refuses_change before update or delete or truncate on {table}
    for each statement execute function {table}_refuses_change()""",
    )


def _changing(table: str, vendor: str) -> tuple[str, ...]:
    if vendor == "sqlite":
        return tuple(f"drop trigger {table}_refuses_{deed}" for deed in _DEEDS)
    return (f"drop function {table}_refuses_change() cascade",)


def _without_row_checks(one: Reference) -> str:
    """Return SQL that drops the foreign key of a column, whatever name it was given."""
    return f"""do $$ declare found text; begin
    for found in select conname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid
        and a.attnum = c.conkey[1] where c.contype = 'f' and c.conrelid = '{one.table}'::regclass
        and a.attname = '{one.column}' and array_length(c.conkey, 1) = 1
    loop execute format('alter table {one.table} drop constraint %I', found); end loop; end $$"""


def set_wise(one: Reference) -> tuple[str, ...]:
    """Return SQL of the triggers that keep a reference of a large table, each statement's rows at once. PostgreSQL only."""
    known, kept = f"{one.table}_{one.column}_known", f"{one.table}_{one.column}_kept"
    return (
        f"""create function {known}() returns trigger language plpgsql as $$ begin
        if exists (select 1 from added a where a.{one.column} is not null and not exists (
            select 1 from {one.parent} p where p.{one.key} = a.{one.column})) then
            raise exception 'A row of {one.table} names a {one.column} that {one.parent} does not have.'
            using errcode = 'foreign_key_violation';
        end if; return null; end $$""",
        f"""create trigger {known}_inserted after insert on {one.table}
        referencing new table as added for each statement execute function {known}()""",
        f"""create trigger {known}_updated after update on {one.table}
        referencing new table as added for each statement execute function {known}()""",
        f"""create function {kept}() returns trigger language plpgsql as $$ begin
        if exists (select 1 from {one.table} c join gone g on g.{one.key} = c.{one.column}) then
            raise exception 'A row of {one.table} still names a {one.column} that {one.parent} does not have any more.'
            using errcode = 'foreign_key_violation';
        end if; return null; end $$""",
        f"""create trigger {kept}_deleted after delete on {one.parent}
        referencing old table as gone for each statement execute function {kept}()""",
    )
