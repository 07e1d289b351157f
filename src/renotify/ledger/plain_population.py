"""PostgreSQL keeps a vehicle of which only its ledger's first list has spoken as one narrow row: that row is its event and its state.

``event`` and ``state`` are views there, over the tables ``event_row`` and ``state_row`` and, beside them, ``plain_population``: a vehicle
in a campaign, added by the first list, open since that day. Whoever reads ``event`` and ``state`` finds every row in them, as on SQLite,
where they are the tables themselves. When the fold finds a vehicle otherwise, its row is written out as the event that it was, never to
come back (docs/decisions/0029).

The guards: a plain row is not changed, and goes only where its event stands in ``event_row``; no event stands in both; what it refers to is
there. The views refuse what the table ``event`` refused, and take what the table ``state`` took.

Django knows the tables by the views' names: a later migration that alters event or state begins with
``RunPython(plain_population.take_down)`` and ends with ``RunPython(plain_population.put_up)``; without them PostgreSQL says
that a view is no table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from renotify.ledger import guards
from renotify.ledger.guards import Reference
from renotify.ledger.session import Session

TABLE = "plain_population"
COLUMNS = (
    "vin", "campaign_code", "remedy_version", "content", "occurred_on", "source_id", "source_row",
)  # fmt: skip
KEY = ("vin", "campaign_code", "remedy_version")
# What a plain row p is as an event and as a state; text is of the tables' own type, so that a condition reaches each table by its index.
EVENT = {
    "source_id": "p.source_id",
    "source_row": "p.source_row",
    "vin": "p.vin",
    "subject": "cast('pop|' || p.campaign_code || '|' || cast(p.remedy_version as text) as varchar)",
    "content": "coalesce(p.content, cast('' as varchar))",
    "campaign_code": "p.campaign_code",
    "kind": "cast('added' as varchar)",
    "occurred_on": "p.occurred_on",
    "remedy_version": "p.remedy_version",
    "dealer_code": "cast('' as varchar)",
    "hours": "cast(null as double precision)",
    "return_code": "cast('' as varchar)",
}
STATE = {
    "vin": "p.vin",
    "campaign_code": "p.campaign_code",
    "remedy_version": "p.remedy_version",
    "current": "true",
    "status": "cast('open' as varchar)",
    "reason": "cast('' as varchar)",
    "since": "p.occurred_on",
    "added_on": "p.occurred_on",
}
_VIEWS = {"event": EVENT, "state": STATE}
_REFERENCES = (
    Reference(TABLE, "source_id", "source", "id"),
    Reference(TABLE, "campaign_code", "campaign", "campaign_code"),
)
_FUNCTIONS = ("event_takes_row", "state_takes_change", f"{TABLE}_written_out", "event_said_once")


def unsaid(session: Session, row: str) -> str:
    """Return the condition that a population row's event is none of a plain row; ``row`` has vin, subject and content."""
    return "true" if session.sqlite else f"not exists (select 1 from {TABLE} p where {_is(row)})"


def write_out(session: Session, which: str) -> None:
    """Make the plain rows p of a condition events like any other; their states are the caller's. PostgreSQL only."""
    session.execute(_written_out(which))


@contextmanager
def defaults(session: Session, constant: Mapping[str, str | int | date | None]) -> Iterator[None]:
    """Give columns of the plain rows a default while the block runs: a value that need not be sent and read with every row."""
    altered = [f"alter {name} set default {_literal(value)}" for name, value in constant.items()]
    if altered:
        session.execute(f"alter table {TABLE} {', '.join(altered)}")
    yield
    if altered:
        dropped = ", ".join(f"alter {name} drop default" for name in constant)
        session.execute(f"alter table {TABLE} {dropped}")


def _literal(value: str | int | date | None) -> str:
    if value is None or isinstance(value, int):
        return "null" if value is None else str(value)
    return "'" + str(value).replace("'", "''") + "'"


def put_up(apps: object, schema_editor: Any) -> None:  # noqa: ANN401 - Django's own
    """Make the table of plain rows, and the views over it and the two tables."""
    del apps
    if schema_editor.connection.vendor == "sqlite":
        return
    for statement in (*_tables(), *_views(), *_guards(), *_guards_of_views()):
        schema_editor.execute(statement, params=None)


def take_down(apps: object, schema_editor: Any) -> None:  # noqa: ANN401 - Django's own
    """Write every plain row out as its event and state, and make event and state the tables again."""
    del apps
    if schema_editor.connection.vendor == "sqlite":
        return
    statements = [
        f"insert into state_row ({', '.join(STATE)}) select {', '.join(STATE.values())} from {TABLE} p",
        _written_out("true"),
    ]
    for name in _VIEWS:
        statements += [_same_rights(name, f"{name}_row"), f"drop view {name}"]
    statements.append(f"drop table {TABLE}")
    statements += [f"alter table {name}_row rename to {name}" for name in _VIEWS]
    statements += [f"drop function {name}() cascade" for name in _FUNCTIONS]
    statements += [
        f"drop function {one.table}_{one.column}_{what}() cascade"
        for one in _REFERENCES
        for what in ("known", "kept")
    ]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def _written_out(which: str) -> str:
    """One statement, at whose end the guards look: the row is gone, and its event is there."""
    return (
        f"with p as (delete from {TABLE} p where {which} returning p.*)"
        f" insert into event_row ({', '.join(EVENT)}) select {', '.join(EVENT.values())} from p"
    )


def _is(event: str) -> str:
    """The condition that an event is that of plain row p."""
    return " and ".join(f"{EVENT[name]} = {event}.{name}" for name in ("vin", "subject", "content"))


def _tables() -> tuple[str, ...]:
    return (
        "alter table event rename to event_row",
        "alter table state rename to state_row",
        f"""create table {TABLE} (vin varchar(17) not null, campaign_code varchar(32) not null, remedy_version integer not null,
        content varchar(255), occurred_on date not null, source_id integer not null, source_row integer not null,
        primary key ({", ".join(KEY)}))""",
        f"create index {TABLE}_by_campaign on {TABLE} (campaign_code)",
        # a few thousand rows tell what there is to know of such a table
        f"alter table {TABLE} {', '.join(f'alter {name} set statistics 10' for name in COLUMNS)}",
    )


def _views() -> list[str]:
    statements = []
    for name, columns in _VIEWS.items():
        plain = ", ".join(f"{sql} as {column}" for column, sql in columns.items())
        statements += [
            f"create view {name} as select {', '.join(columns)} from {name}_row union all select {plain} from {TABLE} p",
            _same_rights(f"{name}_row", name),
        ]
    return statements


def _same_rights(one: str, other: str) -> str:
    """Return SQL that grants on another relation what was granted on one."""
    return f"""do $$ declare a record; begin
    for a in select g.privilege_type, case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end as who
        from pg_class c, aclexplode(c.relacl) g where c.oid = '{one}'::regclass
            and g.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    loop execute format('grant %s on {other} to %s', a.privilege_type, a.who); end loop; end $$"""


def _guards() -> tuple[str, ...]:
    """Return SQL of what guards the table of plain rows, and event_row beside it."""
    twice = "raise exception 'This event is recorded already.' using errcode = 'unique_violation'"
    return (
        f"""create trigger {TABLE}_refuses_change before update or truncate on {TABLE}
        for each statement execute function event_refuses_change()""",
        f"""create function {TABLE}_written_out() returns trigger language plpgsql as $$ begin
        if exists (select 1 from gone p where not exists (select 1 from event_row e where {_is("e")})) then
            raise exception '{guards.UNCHANGED["event"]}' using errcode = 'integrity_constraint_violation';
        end if; return null; end $$""",
        f"""create trigger {TABLE}_written_out_deleted after delete on {TABLE}
        referencing old table as gone for each statement execute function {TABLE}_written_out()""",
        f"""create function event_said_once() returns trigger language plpgsql as $$ begin
        if tg_table_name = '{TABLE}' then
            if exists (select 1 from added p join event_row e on {_is("e")}) then {twice}; end if;
        elsif exists (select 1 from added e join {TABLE} p on {_is("e")} where e.kind = 'added') then {twice};
        end if; return null; end $$""",
        *(
            f"""create trigger {table}_said_once_inserted after insert on {table}
            referencing new table as added for each statement execute function event_said_once()"""
            for table in (TABLE, "event_row")
        ),
        *(statement for one in _REFERENCES for statement in guards.set_wise(one)),
    )


def _guards_of_views() -> tuple[str, ...]:
    """Return SQL of what the views do with a change: of events as the table did, of states too."""
    event, state = ", ".join(EVENT), ", ".join(STATE)
    given = {name: ", ".join(f"new.{column}" for column in _VIEWS[name]) for name in _VIEWS}
    mine = " and ".join(f"{{0}}.{name} = old.{name}" for name in KEY)
    return (
        """create trigger event_refuses_change before update or delete on event
        for each statement execute function event_refuses_change()""",
        """create trigger event_refuses_row instead of update or delete on event
        for each row execute function event_refuses_change()""",
        f"""create function event_takes_row() returns trigger language plpgsql as $$ begin
        if exists (select 1 from {TABLE} p where {_is("new")}) then return null; end if;
        insert into event_row ({event}) values ({given["event"]}) on conflict do nothing;
        if not found then return null; end if;  -- the same subject and content again is the same event
        return new; end $$""",
        "create trigger event_takes_row instead of insert on event for each row execute function event_takes_row()",
        f"""create function state_takes_change() returns trigger language plpgsql as $$ begin
        if tg_op <> 'INSERT' then
            {_written_out(mine.format("p"))};
            delete from state_row s where {mine.format("s")};
        end if;
        if tg_op = 'DELETE' then return old; end if;
        insert into state_row ({state}) values ({given["state"]}); return new; end $$""",
        """create trigger state_takes_change instead of insert or update or delete on state
        for each row execute function state_takes_change()""",
    )
