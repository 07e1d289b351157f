"""The one fold: from events to the state of each (VIN, campaign, remedy version).

The kept state, counts at any past day or instant of knowledge, and ``verify`` all run this one SQL
text, with another ``Cut``; docs/explanation/floors.md ("The one definition of open") is its
specification. It is portable between SQLite and PostgreSQL, and reads the events once: only the
rare vehicle with several versions, a last report of loss, or returned mail is looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa

from renotify.ledger.bulk import Bulk, Value
from renotify.rules.pack import all_rows
from renotify.rules.row import ReturnReason

LOSSES = {"exported": "export", "stolen": "theft", "scrapped": "scrapping", "total_loss": "other"}
FAILURE_TO_RECEIVE = "failure_to_receive"
REASONS = ("export", "theft", "scrapping", FAILURE_TO_RECEIVE, "other")  # 573.7(b)(5), in its order
UNDELIVERABLE_ACTIONS = frozenset({"skip_trace", "unreachable"})
COLUMNS = (
    "vin", "campaign_code", "remedy_version", "current", "status", "reason", "since", "added_on",
)  # fmt: skip
_PRINTED = " -,./'_()"  # what a return code may be written with beside its letters and digits
_WORK_MEMORY = "set local work_mem = '128MB'"
_STATE_SCHEMA_KEY = "(vin, campaign_code, remedy_version)"


@dataclass(frozen=True)
class Cut:
    """The part of history that a fold looks at; a field left out does not limit.

    ``vins`` names a staged table with the vehicles, ``campaign`` is one code, ``as_of`` the last
    day of what happened, ``known_at`` the last instant of what had been recorded.
    """

    vins: str = ""
    campaign: str = ""
    as_of: date | None = None
    known_at: datetime | None = None

    @property
    def values(self) -> dict[str, Value]:
        """The values that travel beside ``folded``."""
        return {"campaign": self.campaign, "as_of": self.as_of}


EVERYTHING = Cut()


def refold(using: Bulk, vins: str) -> None:
    """Bring the kept state of vehicles up to date with their events, in the caller's transaction.

    ``vins`` names a staged table with a column vin (repeated VINs are fine). Only rows that change
    are written. Call it for every vehicle with a new event or a new owner record.
    """
    cut = Cut(vins=vins)
    if not using.sqlite:
        using.execute(_WORK_MEMORY)
        using.execute(f"analyze {vins}")
    prepare(using, cut)
    changing = [name for name in COLUMNS if name not in _STATE_SCHEMA_KEY]
    using.execute(
        f"insert into state ({', '.join(COLUMNS)})"
        f" select {', '.join(COLUMNS)} from ({folded(using, cut)}) folded where true"
        f" on conflict {_STATE_SCHEMA_KEY} do update set"
        f" {', '.join(f'{name} = excluded.{name}' for name in changing)}"
        f" where ({', '.join(f'state.{name}' for name in changing)})"
        f" <> ({', '.join(f'excluded.{name}' for name in changing)})",
        **cut.values,
    )


def prepare(using: Bulk, cut: Cut) -> None:
    """Stage what a fold leans on: the codes of undeliverable mail, the sources known, the overruled."""
    using.stage("fold_undeliverable", _undeliverable())
    if cut.known_at is not None:
        _known_sources(using, cut.known_at)
    _temporary(
        using, "fold_overruled", "vin text, subject text, content text", "vin, subject, content"
    )
    using.execute(f"insert into fold_overruled {_overruled(cut)}")


def _temporary(using: Bulk, name: str, columns: str, key: str) -> None:
    using.execute(f"drop table if exists {'temp' if using.sqlite else 'pg_temp'}.{name}")
    using.execute(f"create temporary table {name} ({columns}, primary key ({key}))")


def _known_sources(using: Bulk, known_at: datetime) -> None:
    """Stage the sources recorded by an instant; without a zone it is UTC. SQLite keeps text."""
    instant = (known_at if known_at.tzinfo else known_at.replace(tzinfo=UTC)).astimezone(UTC)
    asked = ":instant" if using.sqlite else "cast(:instant || '+00' as timestamptz)"
    _temporary(using, "fold_known", "id integer", "id")
    using.execute(
        f"insert into fold_known select id from source where recorded_at <= {asked}",
        instant=instant.strftime("%Y-%m-%d %H:%M:%S.%f"),
    )


def _undeliverable() -> pa.Table:
    """Return the codes with which a letter comes back for good, and the days of each rule's force."""
    codes = [
        (_spelled(code), row.effective_from, row.effective_to or date.max)
        for row in all_rows()["returns"]
        if isinstance(row, ReturnReason) and row.action in UNDELIVERABLE_ACTIONS
        for code in (row.id, *row.codes)
    ]
    return pa.table({
        "code": pa.array([code for code, _, _ in codes], pa.string()),
        "first_day": pa.array([first for _, first, _ in codes], pa.date32()),
        "last_day": pa.array([last for _, _, last in codes], pa.date32()),
    })  # fmt: skip


def _spelled(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())




def _vehicles(cut: Cut) -> str:
    return f"(select distinct vin from {cut.vins}) v cross join event e" if cut.vins else "event e"


def _known(cut: Cut, alias: str) -> str:
    return f"and {alias}.source_id in (select id from fold_known)" if cut.known_at else ""


def _overruled(cut: Cut) -> str:
    """Return SQL for the events that a later recorded one of the same subject corrects.

    The winner is the last recorded; within one file, the last row.
    """
    return f"""
    with twice as (
        select e.vin, e.subject from {_vehicles(cut)} where {"e.vin = v.vin" if cut.vins else "true"}
        group by e.vin, e.subject having count(*) > 1
    )
    select vin, subject, content from (
        select e.vin, e.subject, e.content, row_number() over (
            partition by e.vin, e.subject
            order by s.recorded_at desc, e.source_id desc, e.source_row desc, e.content desc) as nth
        from twice t cross join event e cross join source s
        where e.vin = t.vin and e.subject = t.subject and s.id = e.source_id {_known(cut, "e")}
    ) ranked where nth > 1"""


def folded(using: Bulk, cut: Cut) -> str:
    """Return the fold as SQL of ``COLUMNS``; call ``prepare`` first and pass ``cut.values``."""
    overruled = using.scalar("select count(*) from (select 1 from fold_overruled limit 1) any_row")
    heard = " ".join((
        "and not exists (select 1 from fold_overruled o where o.vin = e.vin"
        " and o.subject = e.subject and o.content = e.content)" if overruled else "",
        "and e.occurred_on <= :as_of" if cut.as_of else "",
        "and e.campaign_code in ('', :campaign)" if cut.campaign else "",
        _known(cut, "e"),
    ))  # fmt: skip
    steps = {
        "told": _told(cut, heard),
        "version": _version(heard),
        "several": _several(heard),
        "lost": _lost(heard),
        "letter": _letter(heard),
        "unread": _unread(cut),
        "one": _one(),
    }
    materialized = {"told"}
    ctes = [
        f"{name} as {'materialized ' if name in materialized else ''}({sql})"
        for name, sql in steps.items()
    ]
    return f"with {', '.join(ctes)} {_verdict()}"


def _told(cut: Cut, heard: str) -> str:
    """One row a vehicle and campaign; blank campaign: the vehicle itself. All that simple rows need.

    The empty string appended to the VIN keeps SQLite from walking an index in place of a sort.
    """
    scoped = "e.vin = v.vin" if cut.vins else "true"
    return f"""
    select e.vin || '' as vin, e.campaign_code,
        min(case when e.kind in ('added', 'removed') then e.remedy_version end) as first_version,
        max(case when e.kind in ('added', 'removed') then e.remedy_version end) as last_version,
        max(case when e.kind = 'added' then e.occurred_on end) as added_on,
        min(case when e.kind = 'removed' then e.occurred_on end) as removed_on,
        min(case when e.kind = 'remedied' then e.occurred_on end) as remedied_on,
        min(case when e.kind = 'inspected_ok' then e.occurred_on end) as inspected_on,
        max(case when e.kind in ({_quoted(LOSSES)}) then 1 else 0 end) as lost,
        max(case when e.kind = 'returned' then 1 else 0 end) as came_back
    from {_vehicles(cut)} where {scoped} {heard}
    group by e.vin || '', e.campaign_code"""


def _version(heard: str) -> str:
    """Where a campaign has several versions: each version's days, up to the next one's."""
    return f"""
    select e.vin, e.campaign_code, e.remedy_version, e.occurred_on as added_on,
        row_number() over w as nth, lead(e.occurred_on) over w as next_added_on,
        lead(e.remedy_version) over w as next_version
    from told t cross join event e
    where t.first_version < t.last_version and e.vin = t.vin
        and e.campaign_code = t.campaign_code and e.kind = 'added' {heard}
    window w as (partition by e.vin, e.campaign_code order by e.remedy_version)"""


def _several(heard: str) -> str:
    """Give each of several versions the work of its own days and its own removal."""
    own = """(p.nth = 1 or e.occurred_on >= p.added_on)
            and (p.next_added_on is null or e.occurred_on < p.next_added_on)"""
    return f"""
    select p.vin, p.campaign_code, p.remedy_version, p.next_version, p.added_on,
        min(case when e.kind = 'removed' and e.remedy_version = p.remedy_version
            then e.occurred_on end) as removed_on,
        min(case when e.kind = 'remedied' and {own} then e.occurred_on end) as remedied_on,
        min(case when e.kind = 'inspected_ok' and {own} then e.occurred_on end) as inspected_on
    from version p cross join event e
    where e.vin = p.vin and e.campaign_code = p.campaign_code {heard}
    group by p.vin, p.campaign_code, p.remedy_version, p.next_version, p.added_on"""


def _lost(heard: str) -> str:
    """Vehicles whose last reported status puts them out of reach."""
    return f"""
    select vin, kind, occurred_on from (
        select e.vin, e.kind, e.occurred_on, row_number() over (
            partition by e.vin order by e.occurred_on desc, s.recorded_at desc,
            e.source_id desc, e.source_row desc, e.subject desc) as nth
        from told t cross join event e cross join source s
        where t.lost = 1 and e.vin = t.vin and e.campaign_code = ''
            and e.kind in ('registered', {_quoted(LOSSES)}) and s.id = e.source_id {heard}
    ) ranked where nth = 1 and kind <> 'registered'"""


def _letter(heard: str) -> str:
    """Letters of campaigns with returned mail; ``mailed`` and ``returned`` share a subject's tail."""
    spelled = "upper(e.return_code)"
    for character in _PRINTED:
        spelled = f"replace({spelled}, '{character.replace(chr(39), chr(39) * 2)}', '')"
    return f"""
    select e.vin, e.campaign_code, min(e.occurred_on) as mailed_on,
        max(case when e.kind = 'returned' and exists (
            select 1 from fold_undeliverable u where u.code = {spelled}
                and e.occurred_on between u.first_day and u.last_day)
            then e.occurred_on end) as back_on
    from told t cross join event e
    where t.came_back = 1 and e.vin = t.vin and e.campaign_code = t.campaign_code
        and e.kind in ('mailed', 'returned') {heard}
    group by e.vin, e.campaign_code, ltrim(e.subject, 'abcdefghijklmnopqrstuvwxyz_')"""


def _unread(cut: Cut) -> str:
    """Campaigns whose last letters all came back for good, with no owner record newer than that."""
    return f"""
    select b.vin, b.campaign_code, b.back_on from (
        select l.vin, l.campaign_code, max(l.back_on) as back_on
        from letter l join (
            select vin, campaign_code, max(mailed_on) as mailed_on
            from letter group by vin, campaign_code
        ) latest on latest.vin = l.vin and latest.campaign_code = l.campaign_code
            and latest.mailed_on = l.mailed_on
        group by l.vin, l.campaign_code having count(*) = count(l.back_on)
    ) b where not exists (
        select 1 from owner w where w.vin = b.vin and w.as_of > b.back_on
        {"and w.as_of <= :as_of" if cut.as_of else ""} {_known(cut, "w")})"""


def _one() -> str:
    """The population's rows, whichever way their days were found."""
    return """
    select vin, campaign_code, last_version as remedy_version, true as current,
        added_on, removed_on, remedied_on, inspected_on
    from told where added_on is not null and first_version = last_version
    union all
    select vin, campaign_code, remedy_version, next_version is null as current,
        added_on, removed_on, remedied_on, inspected_on
    from several"""


def _verdict() -> str:
    """The definition of open, in its order: done, removed, unreachable, open."""
    repaired = """one.remedied_on is not null
        and (one.removed_on is null or one.remedied_on < one.removed_on)
        and (one.inspected_on is null or one.remedied_on <= one.inspected_on)"""
    inspected = """one.inspected_on is not null
        and (one.removed_on is null or one.inspected_on < one.removed_on)"""
    reasons = " ".join(f"when '{kind}' then '{reason}'" for kind, reason in LOSSES.items())
    return f"""
    select one.vin, one.campaign_code, one.remedy_version, one.current,
        case when {repaired} then 'repaired' when {inspected} then 'inspected_ok'
            when one.removed_on is not null then 'removed'
            when lost.vin is not null or unread.vin is not null then 'unreachable'
            else 'open' end as status,
        case when {repaired} then '' when {inspected} then '' when one.removed_on is not null then ''
            when lost.vin is not null then case lost.kind {reasons} end
            when unread.vin is not null then '{FAILURE_TO_RECEIVE}' else '' end as reason,
        case when {repaired} then one.remedied_on when {inspected} then one.inspected_on
            else coalesce(one.removed_on, lost.occurred_on, unread.back_on, one.added_on)
            end as since,
        one.added_on
    from one left join lost on lost.vin = one.vin
    left join unread on unread.vin = one.vin and unread.campaign_code = one.campaign_code"""


def _quoted(names: dict[str, str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
