"""The one fold: from events to the state of each (VIN, campaign, remedy version).

The kept state, counts at any past day or instant of knowledge, and ``verify`` all run this one SQL
text, with another ``Cut``; docs/explanation/floors.md ("The one definition of open") is its
specification. It is portable between SQLite and PostgreSQL. The many plain rows are grouped in one
pass; what is rare (corrections, losses, returned mail, several versions) is found first, apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa

from renotify.ledger.session import Session, Value
from renotify.rules.pack import all_rows
from renotify.rules.row import ReturnReason

LOSSES = {"exported": "export", "stolen": "theft", "scrapped": "scrapping", "total_loss": "other"}
FAILURE_TO_RECEIVE = "failure_to_receive"
REASONS = ("export", "theft", "scrapping", FAILURE_TO_RECEIVE, "other")  # 573.7(b)(5), in its order
UNDELIVERABLE_ACTIONS = frozenset({"skip_trace", "unreachable"})
KEY = ("vin", "campaign_code", "remedy_version")
KEPT = ("current", "status", "reason", "since", "added_on")
COLUMNS = (*KEY, *KEPT)
_PRINTED = " -,./'_()"  # what a return code may be written with beside its letters and digits
_FEW = 10_000  # vehicles whose events are always looked up one by one
_EVENTS_A_VEHICLE = 4
_WORK_MEMORY = "set work_mem = '128MB'"  # PostgreSQL: of this connection only
_LOST = ", ".join(f"'{kind}'" for kind in LOSSES)


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

    @property
    def events(self) -> str:
        """The events ``e`` of the vehicles, as a FROM and the start of a WHERE."""
        if self.vins:
            return "fold_vehicle f cross join event e where e.vin = f.vin"
        return "event e where true"

    @property
    def heard(self) -> str:
        """The condition that an event ``e`` counts: known, by the day asked for, not corrected."""
        overruled = (
            "and not exists (select 1 from fold_overruled o where o.vin = e.vin"
            " and o.subject = e.subject and o.content = e.content)"
        )
        return f"{overruled} {self.happened('e', 'occurred_on')} {self._of_campaign}"

    def happened(self, table: str, day: str) -> str:
        """The condition that a row had happened, and was known."""
        by_then = f"and {table}.{day} <= :as_of" if self.as_of else ""
        return f"{by_then} {self.known(table)}"

    def known(self, table: str) -> str:
        """The condition that a row's source had been recorded."""
        return f"and {table}.source_id in (select id from fold_known)" if self.known_at else ""

    @property
    def _of_campaign(self) -> str:
        return (
            "and (e.campaign_code is null or e.campaign_code = :campaign)" if self.campaign else ""
        )


EVERYTHING = Cut()


def refold(session: Session, vins: str) -> None:
    """Bring the kept state of vehicles up to date with their events, in the caller's transaction.

    ``vins`` names a staged table with a column vin (repeated VINs are fine). Only rows that change
    are written. Call it for every vehicle with a new event or a new owner record.
    """
    cut = EVERYTHING if _most(session, vins) else Cut(vins=vins)
    prepare(session, cut)
    session.execute(
        f"insert into state ({', '.join(COLUMNS)})"
        f" select {', '.join(COLUMNS)} from ({folded(cut)}) folded where true"
        f" on conflict ({', '.join(KEY)}) do update set"
        f" {', '.join(f'{name} = excluded.{name}' for name in KEPT)}"
        f" where ({', '.join(f'state.{name}' for name in KEPT)})"
        f" <> ({', '.join(f'excluded.{name}' for name in KEPT)})",
        **cut.values,
    )


def _most(session: Session, vins: str) -> bool:
    """Return whether walking all events is cheaper than looking up those of these vehicles."""
    touched = session.scalar(f"select count(distinct vin) from {vins}")
    if touched < _FEW:
        return False
    if not session.sqlite:  # after a large load PostgreSQL knows nothing of the new rows yet
        session.execute("analyze event")
    return bool(_EVENTS_A_VEHICLE * touched >= session.scalar("select count(*) from event"))


# What is found first, into temporary tables with keys


def prepare(session: Session, cut: Cut) -> None:
    """Find the vehicles and sources of a cut, and what is rare in it: ``folded`` reads these."""
    if not session.sqlite:
        session.execute(_WORK_MEMORY)
    if cut.vins:
        _temporary(session, "fold_vehicle", "vin text", "vin")
        _fill(session, cut, "fold_vehicle", f"select distinct vin from {cut.vins} order by vin")
    if cut.known_at is not None:
        _known_sources(session, cut.known_at)
    _temporary(
        session, "fold_overruled", "vin text, subject text, content text", "vin, subject, content"
    )
    _fill(session, cut, "fold_overruled", _overruled(cut))
    _temporary(session, "fold_lost", "vin text, kind text, lost_on date", "vin")
    _fill(session, cut, "fold_lost", _lost(cut))
    session.stage("fold_undeliverable", _undeliverable())
    _temporary(
        session, "fold_unread", "vin text, campaign_code text, back_on date", "vin, campaign_code"
    )
    _fill(session, cut, "fold_unread", _unread(cut))


def _temporary(session: Session, name: str, columns: str, key: str) -> None:
    session.execute(f"drop table if exists {session.temporary(name)}")
    session.execute(f"create temporary table {name} ({columns}, primary key ({key}))")


def _fill(session: Session, cut: Cut, name: str, sql: str) -> None:
    session.execute(f"insert into {name} {sql}", **cut.values)
    if not session.sqlite:
        session.execute(f"analyze {name}")


def _known_sources(session: Session, known_at: datetime) -> None:
    """Keep the sources recorded by an instant (UTC where it names no zone); SQLite keeps text."""
    instant = (known_at if known_at.tzinfo else known_at.replace(tzinfo=UTC)).astimezone(UTC)
    asked = ":instant" if session.sqlite else "cast(:instant || '+00' as timestamptz)"
    _temporary(session, "fold_known", "id integer", "id")
    session.execute(
        f"insert into fold_known select id from source where recorded_at <= {asked}",
        instant=instant.strftime("%Y-%m-%d %H:%M:%S.%f"),
    )


def _overruled(cut: Cut) -> str:
    """Events that a later recorded one of the same subject corrects; in one file, its last row."""
    return f"""
    select vin, subject, content from (
        select e.vin, e.subject, e.content, row_number() over (
            partition by e.vin, e.subject
            order by s.recorded_at desc, e.source_id desc, e.source_row desc, e.content desc) as nth
        from (
            select e.vin, e.subject from {cut.events} group by e.vin, e.subject having count(*) > 1
        ) twice cross join event e cross join source s
        where e.vin = twice.vin and e.subject = twice.subject
            and s.id = e.source_id {cut.known("e")}
    ) ranked where nth > 1"""


def _lost(cut: Cut) -> str:
    """Vehicles whose last reported status puts them out of reach; ``unknown`` reports nothing."""
    return f"""
    select vin, kind, occurred_on from (
        select e.vin, e.kind, e.occurred_on, row_number() over (
            partition by e.vin order by e.occurred_on desc, s.recorded_at desc,
            e.source_id desc, e.source_row desc, e.subject desc) as nth
        from (select distinct e.vin from {cut.events} and e.kind in ({_LOST}) {cut.heard})
            once cross join event e cross join source s
        where e.vin = once.vin and e.campaign_code is null and e.kind in ('registered', {_LOST})
            and s.id = e.source_id {cut.heard}
    ) ranked where nth = 1 and kind <> 'registered'"""


def _undeliverable() -> pa.Table:
    """Return the codes of letters that came back for good, with the days of each rule's force."""
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


def _unread(cut: Cut) -> str:
    """Campaigns whose last letters all came back for good, with no owner record newer than that."""
    return f"""
    with letter as ({_letter(cut)})
    select b.vin, b.campaign_code, b.back_on from (
        select vin, campaign_code, max(back_on) as back_on from (
            select letter.*, rank() over (
                partition by vin, campaign_code order by mailed_on desc) as nth_last
            from letter
        ) ranked where nth_last = 1
        group by vin, campaign_code having count(*) = count(back_on)
    ) b where not exists (
        select 1 from owner w where w.vin = b.vin and w.as_of > b.back_on
        {cut.happened("w", "as_of")})"""


def _letter(cut: Cut) -> str:
    """Letters of campaigns with returned mail; mailing and return share the tail of their subject.

    A return whose mailing nobody recorded counts as a letter of the day it came back.
    """
    spelled = "upper(e.return_code)"
    for character in _PRINTED:
        spelled = f"replace({spelled}, '{character.replace(chr(39), chr(39) * 2)}', '')"
    return f"""
    select e.vin, e.campaign_code, min(e.occurred_on) as mailed_on,
        max(case when e.kind = 'returned' and exists (
            select 1 from fold_undeliverable u where u.code = {spelled}
                and e.occurred_on between u.first_day and u.last_day)
            then e.occurred_on end) as back_on
    from (
        select distinct e.vin, e.campaign_code
        from {cut.events} and e.kind = 'returned' {cut.heard}
    ) back cross join event e
    where e.vin = back.vin and e.campaign_code = back.campaign_code
        and e.kind in ('mailed', 'returned') {cut.heard}
    group by e.vin, e.campaign_code, ltrim(e.subject, 'abcdefghijklmnopqrstuvwxyz_')"""


# The fold


def folded(cut: Cut) -> str:
    """Return the fold as SQL of ``COLUMNS``: call ``prepare`` first, and pass ``cut.values``."""
    return f"""
    with told as materialized ({_told(cut)}),
        version as ({_version(cut)}),
        several as ({_several(cut)}),
        one as ({_one()})
    {_verdict()}"""


def _told(cut: Cut) -> str:
    """One row a vehicle and campaign, with all that a single version needs.

    The empty string keeps SQLite from walking an index in VIN order in place of a sort.
    """
    kinds = "'added', 'removed', 'remedied', 'inspected_ok'"
    return f"""
    select e.vin || '' as vin, e.campaign_code,
        min(case when e.kind in ('added', 'removed') then e.remedy_version end) as first_version,
        max(e.remedy_version) as last_version,
        max(case when e.kind = 'added' then e.occurred_on end) as added_on,
        min(case when e.kind = 'removed' then e.occurred_on end) as removed_on,
        min(case when e.kind = 'remedied' then e.occurred_on end) as remedied_on,
        min(case when e.kind = 'inspected_ok' then e.occurred_on end) as inspected_on
    from {cut.events} and e.kind in ({kinds}) {cut.heard}
    group by e.vin || '', e.campaign_code"""


def _version(cut: Cut) -> str:
    """Where a campaign has several versions: each version's days, up to the next one's."""
    return f"""
    select e.vin, e.campaign_code, e.remedy_version, e.occurred_on as added_on,
        row_number() over w as nth, lead(e.occurred_on) over w as next_added_on,
        lead(e.remedy_version) over w as next_version
    from told t cross join event e
    where t.first_version < t.last_version and e.vin = t.vin
        and e.campaign_code = t.campaign_code and e.kind = 'added' {cut.heard}
    window w as (partition by e.vin, e.campaign_code order by e.remedy_version)"""


def _several(cut: Cut) -> str:
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
    where e.vin = p.vin and e.campaign_code = p.campaign_code {cut.heard}
    group by p.vin, p.campaign_code, p.remedy_version, p.next_version, p.added_on"""


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
        case when {repaired} or {inspected} or one.removed_on is not null then ''
            when lost.vin is not null then case lost.kind {reasons} end
            when unread.vin is not null then '{FAILURE_TO_RECEIVE}' else '' end as reason,
        case when {repaired} then one.remedied_on when {inspected} then one.inspected_on
            else coalesce(one.removed_on, lost.lost_on, unread.back_on, one.added_on) end as since,
        one.added_on
    from one left join fold_lost lost on lost.vin = one.vin
    left join fold_unread unread on unread.vin = one.vin
        and unread.campaign_code = one.campaign_code"""
