"""Follow-ups in the ledger: the frozen list with its pieces, the plan in force, and the waves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.campaigns.changed_settings import with_changes
from renotify.campaigns.follow_up_settings import (
    FollowUpSettings,
    from_facts,
    to_facts,
)
from renotify.errors import AlreadyDone, NothingToDo, UnknownName
from renotify.ledger import letters_again, pieces, setting_changes, sources, tables, told_weeks
from renotify.ledger.interim_notices import interim_notices
from renotify.ledger.kinds import SourceKind
from renotify.ledger.piece_numbers import IS_FIRST
from renotify.ledger.scope import ALL, NOWHERE, Scope
from renotify.ledger.session import Session
from renotify.ledger.wave_numbers import close_ranks, numbered

_LISTED = (
    "vin", "follow_up", "family", "bundle", "dealer_code", "left_out", "week", "rank",
    "dealer_assigned", "interim", "remedy_from", "without_parts", "moved_from", "arm",
)  # fmt: skip
WEEKS = pa.schema(
    [("vin", pa.string()), ("family", pa.string()), ("week", pa.int64()), ("interim", pa.bool_()),
     ("remedy_from", pa.date32()), ("without_parts", pa.string())]
)  # fmt: skip

# Where a listed vehicle's visit is planned; one that no dealer is near stands under NOWHERE in plans and figures.
PLANNED_AT = f"coalesce(nullif(l.dealer_code, ''), '{NOWHERE}')"
LISTED_AT = f"coalesce(nullif(l.moved_from, ''), {PLANNED_AT})"  # the dealer of the list, wherever a plan moved the visit
MOVED = "l.moved_from > ''"
ENDED = "follow_up_ended"  # the reason of pieces that were withdrawn with all that was left of their follow-up


class Named(NamedTuple):
    """A follow-up's name."""

    name: str


def names(session: Session) -> list[str]:
    """Return the names of all follow-ups, oldest notice first."""
    found = session.rows(Named, "select name from follow_up order by notice_date, name")
    return [one.name for one in found]


class _Ended(NamedTuple):
    """The day on which a follow-up was ended."""

    ended_on: date | None


class _Planned(NamedTuple):
    """A follow-up's name, and the Monday of its plan's week 0 with the weeks from it on."""

    name: str
    first_week: date | None
    weeks: int | None


def in_force(session: Session, on: date) -> list[str]:
    """Return the follow-ups that are not over on a day: their horizon has not passed, planned or not."""
    found = session.rows(
        _Planned,
        "select f.name, p.first_week, p.weeks"
        " from follow_up f left join plan p on p.follow_up = f.name order by f.name",
    )
    return [one.name for one in found if _end(session, one, on) > on]


def _end(session: Session, one: _Planned, on: date) -> date:
    return settings(session, one.name, on).over_on(one.first_week, one.weeks)


def settings(session: Session, name: str, on: date | None = None) -> FollowUpSettings:
    """Return the settings in force on a day: as frozen, with the changes from days up to it. Raises UnknownName.

    Without a day, with every change that is recorded: for what no change is about.
    """
    return session.remembered(_settings, name, on)


def _settings(session: Session, name: str, on: date | None) -> FollowUpSettings:
    frozen = settings_as_frozen(session, name)
    return with_changes(frozen, setting_changes.up_to(session, name, on))


class _Frozen(NamedTuple):
    frozen_on: date


def frozen_on(session: Session, name: str) -> date:
    """Return the day on which a follow-up's list was frozen. Raises UnknownName."""
    rows = session.rows(_Frozen, "select frozen_on from follow_up where name = :name", name=name)
    if not rows:
        raise UnknownName(f"There is no follow-up {name!r}.", _hint(session, name))
    return rows[0].frozen_on


def settings_as_frozen(session: Session, name: str) -> FollowUpSettings:
    """Return a follow-up's settings as its list was frozen by. Raises UnknownName."""
    return session.remembered(_settings_as_frozen, name)


def _settings_as_frozen(session: Session, name: str) -> FollowUpSettings:
    facts = _document(
        session, "select cast(settings as text) as document from follow_up where name = :name", name
    )
    if facts is None:
        raise UnknownName(f"There is no follow-up {name!r}.", _hint(session, name))
    return from_facts(facts)


def _hint(session: Session, name: str) -> str:
    known = names(session)
    near = get_close_matches(name, known, 3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return (
        f"Known are {', '.join(known)}."
        if known
        else "Freeze one with `renotify followup new FOLLOWUP.toml`."
    )


class Document(NamedTuple):
    """One JSON document."""

    document: str


def _document(session: Session, sql: str, name: str) -> dict[str, Any] | None:
    found = session.rows(Document, sql, name=name)
    return json.loads(found[0].document) if found else None


def save(
    session: Session,
    stated: FollowUpSettings,
    frozen_on: date,
    listed: pa.Table,
    addressed: pa.Table,
) -> None:
    """Keep a frozen list and its pieces, in the open transaction. Raises AlreadyDone for a second list of one name.

    ``listed``: vin, family, bundle, dealer_code, left_out, rank, dealer_assigned (0 or 1), arm.
    ``addressed``: vin, piece_id, family, role, bundle, dealer_code, language, owner_as_of.
    """
    if stated.name in names(session):
        raise AlreadyDone(
            f"The follow-up {stated.name} is frozen already.",
            "A list is frozen once; give the new one a name of its own.",
        )
    source = sources.record(session, SourceKind.COMMAND, f"followup new {stated.name}")
    session.stage("frozen_listed", listed)
    session.stage("frozen_pieces", addressed)
    _insert(session, stated, frozen_on, source)


def _insert(session: Session, stated: FollowUpSettings, frozen_on: date, source: int) -> None:
    known = "cast(:settings as text)" if session.sqlite else "cast(:settings as jsonb)"
    session.execute(
        "insert into follow_up (name, kind, notice_date, frozen_on, settings, source_id)"
        f" values (:name, :kind, :notice, :frozen, {known}, :source)",
        name=stated.name, kind=stated.kind, notice=stated.notice_date, frozen=frozen_on, source=source,
        settings=json.dumps(to_facts(stated), sort_keys=True),
    )  # fmt: skip
    session.execute(
        "insert into listed (vin, follow_up, family, bundle, dealer_code, left_out, rank, dealer_assigned, arm)"
        " select vin, cast(:name as text), family, bundle, dealer_code, left_out, rank, dealer_assigned = 1, arm"
        " from frozen_listed order by vin, family",
        name=stated.name,
    )
    session.execute(
        "insert into piece (vin, piece_id, follow_up, family, role, bundle, dealer_code, language, owner_as_of, state, reason,"
        " form_digest, imb, file, return_code) select vin, piece_id, cast(:name as text), family, role, bundle, dealer_code, language,"
        " owner_as_of, 'listed', '', '', '', '', '' from frozen_pieces order by vin, piece_id",
        name=stated.name,
    )


def withdraw_ended(session: Session, name: str, on: date) -> int:
    """Withdraw every letter of an ended follow-up that nobody has released, in the open transaction, and return how many."""
    return session.execute(
        f"update piece set state = 'withdrawn', reason = '{ENDED}', checked_on = :on"
        " where follow_up = :name and state in ('listed', 'planned')",
        name=name,
        on=on,
    )


def ended_on(session: Session, name: str) -> date | None:
    """Return the day on which a follow-up was ended; None while it is not."""
    (found,) = session.rows(
        _Ended,
        f"select max(checked_on) as ended_on from piece where follow_up = :name and reason = '{ENDED}'",
        name=name,
    )
    return found.ended_on


def is_planned(session: Session, name: str) -> bool:
    """Whether a follow-up has a plan in force."""
    return bool(session.scalar("select count(*) from plan where follow_up = :name", name=name))


def refuse_ended(session: Session, name: str) -> None:
    """Raise AlreadyDone where the follow-up was ended."""
    if ended := ended_on(session, name):
        raise AlreadyDone(
            f"The follow-up {name} was ended on {ended}.",
            "Freeze a new list: renotify followup new FOLLOWUP.toml",
        )


def listed(
    session: Session, name: str, scope: Scope = ALL, *, columns: Sequence[str] = ()
) -> pa.Table:
    """Return the frozen list, the vehicles left out included (``left_out`` blank: listed), in the order of ``rank``.

    Where ``columns`` are named it has those alone, in no order.
    """
    settings(session, name)
    return tables.read(
        session,
        "listed",
        *(columns or _LISTED),
        where=f"follow_up = :name and {scope.of('dealer_code')}",
        order="" if columns else "rank, vin, family",
        name=name,
        **scope.values,
    )


def assigned(scope: Scope = ALL) -> str:
    """Return SQL of the vehicles (vin, dealer_code) that a follow-up ``:follow_up`` planned at a dealer that is not their own.

    They have none, and are planned at the one nearest to their owner (one that has a dealer of its own by now is no longer among
    them); or their visit is too long for their own.
    """
    return (  # the empty text: SQLite reads those that were given a dealer, which are few, and not all of the follow-up
        "select l.vin, l.dealer_code from listed l where l.follow_up || '' = :follow_up and l.dealer_assigned"
        " and not exists (select 1 from vehicle v join dealer d on d.dealer_code = v.dealer_code where v.vin = l.vin)"
        f" and {scope.of('l.dealer_code')}"
        f" union select l.vin, l.dealer_code from listed l where l.follow_up = :follow_up and {MOVED} and {scope.of('l.dealer_code')}"
    )


def moved_away(scope: Scope = ALL) -> str:
    """Return SQL of the vehicles (vin) of a scope's dealers whose visit a follow-up ``:follow_up`` planned at another dealer."""
    return (
        f"select l.vin from listed l where l.follow_up = :follow_up and {MOVED}"
        f" and {scope.of('l.moved_from')}"
    )


def left_out(session: Session, name: str, reason: str | None = None) -> pa.Table:
    """Return the vehicles left out, all of them or those of one reason. Raises UnknownName for a reason nobody has."""
    known = summary(session, name)["left_out"]
    if reason and reason not in known:
        raise UnknownName(
            f"Nobody is left out of {name} under {reason!r}.",
            f"The reasons are {', '.join(sorted(known))}." if known else "Nobody is left out.",
        )
    where = "follow_up = :name and left_out <> '' and (:reason = '' or left_out = :reason)"
    return tables.read(
        session,
        "listed",
        *_LISTED,
        where=where,
        order="left_out, vin, family",
        name=name,
        reason=reason or "",
    )


def summary(session: Session, name: str) -> dict[str, Any]:
    """Return counts of bundles, of reasons for leaving out, the waves, the interim notices by the plan, and the day of its end."""
    rows = (
        listed(session, name)
        .group_by(["bundle", "left_out"])
        .aggregate([("vin", "count")])
        .to_pylist()
    )
    outs: dict[str, int] = {}
    for row in rows:
        if row["left_out"]:
            outs[row["left_out"]] = outs.get(row["left_out"], 0) + row["vin_count"]
    waiting, again = interim_notices(session, name), letters_again.of_waves(session, name)
    return {
        "follow_up": name,
        "bundles": {row["bundle"]: row["vin_count"] for row in rows if not row["left_out"]},
        "left_out": outs,
        "waves": [
            {
                "wave": w.number,
                "week": w.week,
                "planned": w.planned,
                "released": w.released,
                "interim": waiting.pieces.get(w.number, 0),
                "again": again[w.number].again if w.number in again else 0,
            }
            for w in pieces.waves(session, name)
        ],
        "interim": {"vehicles": waiting.vehicles, "with_day": waiting.with_day, "why": waiting.why},
        "ended_on": ended_on(session, name),
    }


@dataclass(frozen=True, eq=False)
class NewPlan:
    """A plan to keep: ``document`` and ``bundles`` are JSON, ``weeks`` (vin, family, week or null) gives each listed vehicle its week.

    ``weeks`` may say whose first notice is an ``interim`` one, and the Monday from which kits and hours suffice (``remedy_from``, null
    where the plan has none), and which campaigns of it take no part (``without_parts``); without these columns no notice is.
    ``dealers`` (vin, family, dealer_code) says where each visit is planned; None: where it was.
    """

    policy: str
    first_week: date  # Monday of week 0
    document: str
    bundles: str
    weeks: pa.Table
    dealers: pa.Table | None = None
    horizon: int | None = None  # weeks from week 0 on; None: of the settings as frozen
    past_forecasts: str = (
        ""  # as ``plans.forecast_record`` writes them; blank: those kept so far stay
    )


def save_plan(session: Session, name: str, plan: NewPlan, *, keep_released: bool = False) -> None:
    """Keep a plan in the open transaction, and give every piece its wave.

    Raises AlreadyDone when a wave has been released, unless ``keep_released``: then released waves stay as they are. So it does where
    the follow-up was ended.
    """
    if keep_released:
        refuse_ended(session, name)
    else:
        refuse_second_plan(session, name)
    source = sources.record(session, SourceKind.COMMAND, f"plan {name} {plan.policy}")
    session.stage("planned_weeks", with_interim(plan.weeks))
    before = told_weeks.letters_to_move(session, name)
    _keep_plan(session, name, plan, source)
    _set_weeks(session, name)
    _set_dealers(session, name, plan.dealers)
    _set_waves(session, name, plan.first_week)
    told_weeks.note_moves(session, name, plan.first_week, before)


def refuse_second_plan(session: Session, name: str) -> None:
    """Raise AlreadyDone where a follow-up has a released wave, or was ended: before a plan is made, and again where it is kept."""
    refuse_ended(session, name)
    released = sum(wave.released for wave in pieces.waves(session, name))
    if released:
        raise AlreadyDone(
            f"{released} wave(s) of {name} are released; the plan stands.",
            f"Plan the weeks that are still free with `renotify replan {name}`.",
        )


def with_interim(weeks: pa.Table) -> pa.Table:
    """Return the weeks of a new plan with all columns of theirs: without some, no notice is an interim one."""
    nothing = {
        "interim": pa.scalar(False), "remedy_from": pa.scalar(None, pa.date32()), "without_parts": pa.scalar(""),
    }  # fmt: skip
    for name, value in nothing.items():
        if name not in weeks.column_names:
            weeks = weeks.append_column(name, pa.repeat(value, weeks.num_rows))
    return weeks.select(WEEKS.names).cast(WEEKS)


def _keep_plan(session: Session, name: str, plan: NewPlan, source: int) -> None:
    json_type = "text" if session.sqlite else "jsonb"
    kept = "excluded" if plan.past_forecasts else "plan"
    session.execute(
        "insert into plan (follow_up, policy, first_week, weeks, document, bundles, past_forecasts, source_id) values (:name, :policy,"
        f" :week, :weeks, cast(:document as {json_type}), cast(:bundles as {json_type}), cast(:past as {json_type}), :source)"
        " on conflict (follow_up) do update set policy = excluded.policy, first_week = excluded.first_week, weeks = excluded.weeks,"
        " document = excluded.document, bundles = excluded.bundles, source_id = excluded.source_id,"
        f" past_forecasts = {kept}.past_forecasts",
        name=name, policy=plan.policy, week=plan.first_week, weeks=plan.horizon, document=plan.document,
        bundles=plan.bundles, past=plan.past_forecasts or "[]", source=source,
    )  # fmt: skip


def _set_weeks(session: Session, name: str) -> None:
    """Move the vehicles of pieces that nobody has released; the others keep their week."""
    session.execute(
        "update listed set week = p.week, interim = p.interim, remedy_from = p.remedy_from, without_parts = p.without_parts"
        " from planned_weeks p"
        " where listed.follow_up = :name and listed.vin = p.vin and listed.family = p.family",
        name=name,
    )


def has_moved(session: Session, name: str) -> bool:
    """Whether a visit of the follow-up is planned at another dealer than the list's."""
    return bool(
        session.scalar(
            f"select count(*) from listed l where l.follow_up = :name and {MOVED}", name=name
        )
    )


def _set_dealers(session: Session, name: str, dealers: pa.Table | None) -> None:
    """Move visits to the dealers of the plan, and those that were moved before and are not now back to the list's; letters follow."""
    if dealers is None:
        return
    session.stage("planned_dealers", dealers)
    planned = "planned_dealers p where listed.follow_up = :name and listed.vin = p.vin and listed.family = p.family"
    at = f"(case p.dealer_code when '{NOWHERE}' then '' else p.dealer_code end)"
    listed_at = (
        "(case when listed.moved_from > '' then listed.moved_from else listed.dealer_code end)"
    )
    changed = session.execute(
        f"update listed set dealer_code = {at}, moved_from = case when {at} = {listed_at} then '' else {listed_at} end"
        f" from {planned} and listed.dealer_code <> {at}",
        name=name,
    )
    if changed:  # a letter names the dealer of the visit; nobody where it is only the nearest
        named = "(case when l.dealer_assigned and l.moved_from = '' then '' else l.dealer_code end)"
        session.execute(
            f"update piece set dealer_code = {named} from listed l where piece.follow_up = :name and piece.state in ('listed', 'planned')"
            f" and l.follow_up = piece.follow_up and l.vin = piece.vin and l.family = piece.family and piece.dealer_code <> {named}",
            name=name,
        )


def _set_waves(session: Session, name: str, first_week: date) -> None:
    """Number the weeks that have letters, after the waves already released, and give every free piece its wave."""
    free = f"follow_up = :name and state in ('listed', 'planned') and {IS_FIRST}"
    session.execute(  # waves of letters sent again are no plan's
        "delete from wave where follow_up = :name and released_at is null and not exists (select 1 from piece p"
        f" where p.follow_up = wave.follow_up and p.wave = wave.number and not ({IS_FIRST}))",
        name=name,
    )
    done = close_ranks(session, name)
    session.execute(f"update piece set wave = null, state = 'listed' where {free}", name=name)
    weeks = session.read(
        "select l.week, count(*) as planned from piece p"
        " join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family"
        " where p.follow_up = :name and p.state = 'listed' and l.week is not null group by l.week order by l.week",
        pa.schema([("week", pa.int64()), ("planned", pa.int64())]), name=name,
    )  # fmt: skip
    session.stage("planned_waves", numbered(weeks, done, first_week))
    session.execute(
        "insert into wave (follow_up, number, week, planned) select cast(:name as text), number, monday, planned from planned_waves",
        name=name,
    )
    session.execute(
        "update piece set wave = w.number, state = 'planned' from listed l, planned_waves w"
        " where piece.follow_up = :name and piece.state = 'listed' and l.follow_up = piece.follow_up and l.vin = piece.vin"
        " and l.family = piece.family and l.week = w.week",
        name=name,
    )


def plan_source(session: Session, name: str) -> int:
    """Return the source of the plan in force of a follow-up that has one: what was recorded after it has a greater number."""
    return int(session.scalar("select source_id from plan where follow_up = :name", name=name))


def plan_document(session: Session, name: str) -> str:
    """Return the planner's own document of the plan in force, as JSON. Raises UnknownName, NothingToDo when there is none yet."""
    settings(session, name)
    found = session.rows(
        Document,
        "select cast(document as text) as document from plan where follow_up = :name",
        name=name,
    )
    if not found:
        raise NothingToDo(
            f"The follow-up {name} has no plan yet.", f"Plan it with `renotify plan {name}`."
        )
    return found[0].document
