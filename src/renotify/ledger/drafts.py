"""Plans of a follow-up that are kept beside the one in force, each under a name of its own."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import NamedTuple

import pyarrow as pa

from renotify.errors import BadInput, Refused, UnknownName
from renotify.ledger import follow_ups, pieces, sources
from renotify.ledger.follow_ups import PLANNED_AT, NewPlan
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session
from renotify.ledger.told_weeks import TO_DO
from renotify.values.calendar import monday_of
from renotify.values.english import counted, series

LONGEST_NAME = 32
IN_FORCE = "in force"  # how commands name the plan that is no draft
# Pieces that a release has taken: their week stands.
_RELEASED = """exists (select 1 from piece q where q.vin = d.vin and q.follow_up = d.follow_up and q.family = d.family
    and q.state not in ('listed', 'planned', 'withdrawn'))"""
_OF_DRAFT = "d.follow_up = :name and d.draft = :draft"


class Draft(NamedTuple):
    """A draft as it is kept; ``document`` and ``bundles`` are JSON."""

    name: str
    policy: str
    first_week: date
    weeks: int
    made_on: date
    bundles: str
    document: str
    source_id: int = 0  # of its making: one made anew under the same name has another

    @property
    def digest(self) -> str:
        """What tells it from another draft of its name, in short."""
        return hashlib.sha256(repr(tuple(self)).encode()).hexdigest()[:16]


class DraftRow(NamedTuple):
    """A draft in a list: its letters, and the vehicles that it holds."""

    name: str
    policy: str
    made_on: date
    weeks: int
    letters: int
    held: int
    last_week: date | None


def check_name(draft: str) -> None:
    """Raise BadInput for a text that can be no draft's name."""
    if not draft.replace("-", "").replace("_", "").isalnum() or len(draft) > LONGEST_NAME:
        raise BadInput(
            f"A draft's name has up to {LONGEST_NAME} letters, digits, - and _, not {draft!r}.",
            "Give another with --as.",
        )


def keep(session: Session, name: str, draft: str, plan: NewPlan, on: date) -> None:
    """Keep a plan as a draft, in the open transaction, in place of an older one of its name.

    Every listed vehicle has its week in it: one that the plan does not move, the week that it has now. Raises BadInput for a name that
    is none.
    """
    check_name(draft)
    source = sources.record(session, SourceKind.COMMAND, f"plan {name} --as {draft}")
    session.stage("draft_weeks", follow_ups.with_interim(plan.weeks))
    dealers = plan.dealers
    if dealers is None:
        none = pa.schema([(key, pa.string()) for key in ("vin", "family", "dealer_code")])
        dealers = none.empty_table()
    session.stage("draft_dealers", dealers)
    drop(session, name, draft)
    kind = "text" if session.sqlite else "jsonb"
    session.execute(
        "insert into draft_plan (follow_up, name, policy, first_week, weeks, made_on, bundles, document, source_id) values"
        f" (:name, :draft, :policy, :first, :weeks, :on, cast(:bundles as {kind}), cast(:document as {kind}), :source)",
        name=name, draft=draft, policy=plan.policy, first=plan.first_week, weeks=plan.horizon, on=on, bundles=plan.bundles,
        document=plan.document, source=source,
    )  # fmt: skip
    moved = "case when p.vin is null then l.{0} else p.{0} end"
    columns = ("week", "interim", "remedy_from", "without_parts")
    session.execute(
        f"insert into draft_letter (vin, follow_up, draft, family, {', '.join(columns)}, dealer_code)"
        f" select l.vin, l.follow_up, cast(:draft as text), l.family, {', '.join(map(moved.format, columns))},"
        f" coalesce(t.dealer_code, {PLANNED_AT}) from listed l"
        " left join draft_weeks p on p.vin = l.vin and p.family = l.family"
        " left join draft_dealers t on t.vin = l.vin and t.family = l.family"
        " where l.follow_up = :name and l.left_out = '' order by l.vin, l.family",
        name=name,
        draft=draft,
    )


def drop(session: Session, name: str, draft: str) -> int:
    """Forget a draft, in the open transaction, and return how many there were of its name."""
    session.execute(
        "delete from draft_letter where follow_up = :name and draft = :draft",
        name=name,
        draft=draft,
    )
    return session.execute(
        "delete from draft_plan where follow_up = :name and name = :draft", name=name, draft=draft
    )


def drafts(session: Session, name: str) -> list[DraftRow]:
    """Return the drafts of a follow-up in order of making. Raises UnknownName."""
    follow_ups.settings_as_frozen(session, name)
    found = session.rows(
        _Counted,
        "select p.name, p.policy, p.first_week, p.made_on, p.weeks, c.letters, c.held, c.last_week from draft_plan p left join ("
        " select draft, count(week) as letters, count(*) - count(week) as held, max(week) as last_week from draft_letter"
        " where follow_up = :name group by draft) c on c.draft = p.name where p.follow_up = :name order by p.source_id",
        name=name,
    )
    return [
        DraftRow(
            one.name, one.policy, one.made_on, one.weeks, one.letters or 0, one.held or 0,
            None if one.last_week is None else one.first_week + timedelta(weeks=one.last_week),
        )
        for one in found
    ]  # fmt: skip


class _Counted(NamedTuple):
    """A draft with the counts of its letters."""

    name: str
    policy: str
    first_week: date
    made_on: date
    weeks: int
    letters: int | None
    held: int | None
    last_week: int | None


def draft(session: Session, name: str, called: str) -> Draft:
    """Return a draft. Raises UnknownName for one that nobody made."""
    follow_ups.settings_as_frozen(session, name)
    found = session.rows(
        Draft,
        "select name, policy, first_week, weeks, made_on, cast(bundles as text) as bundles, cast(document as text) as document, source_id"
        " from draft_plan where follow_up = :name and name = :called",
        name=name,
        called=called,
    )
    if found:
        return found[0]
    known = [one.name for one in drafts(session, name)]
    raise UnknownName(
        f"{name} has no draft {called!r}.",
        f"Its drafts are {series(known)}."
        if known
        else f"Make one: renotify plan {name} --policy POLICY --as {called}",
    )


def as_planned(session: Session, name: str) -> set[str]:
    """Return the drafts whose letters have the weeks of the plan in force, each: nothing is left to decide about them."""
    found = session.rows(
        _Named,
        "select p.name from draft_plan p join plan f on f.follow_up = p.follow_up and f.first_week = p.first_week"
        " where p.follow_up = :name and not exists (select 1 from draft_letter d join listed l on l.vin = d.vin"
        " and l.follow_up = d.follow_up and l.family = d.family where d.follow_up = p.follow_up and d.draft = p.name"
        " and coalesce(d.week, -1) <> coalesce(l.week, -1))",
        name=name,
    )
    return {one.name for one in found}


class _Named(NamedTuple):
    """A draft by its name."""

    name: str


def as_seen(session: Session, name: str, seen: str) -> str:
    """Return the name of the draft that a person was shown as ``seen``, its name and its ``digest`` with a blank between them.

    Raises UnknownName for a draft that is not there; Refused where it was made anew meanwhile.
    """
    called, _, digest = seen.partition(" ")
    if draft(session, name, called).digest != digest:
        raise Refused(
            f"The draft {called} of {name} is not the one that you looked at: it was made anew.",
            "Look at the page as it is now, then decide.",
        )
    return called


def use(
    session: Session, name: str, called: str, on: date, document: str = "", bundles: str = ""
) -> Draft:
    """Put a draft in force, in the open transaction: every letter that nobody has released has the draft's week and dealer.

    ``document`` and ``bundles`` take the place of the draft's own, where more is to be kept with the plan, and more is known of its visits.

    Raises UnknownName; Refused where a released letter has another week in the draft, or, once a wave is released, where the draft
    has letters to come in weeks that have passed; AlreadyDone for a follow-up that was ended.
    """
    made = draft(session, name, called)
    values = {"name": name, "draft": called}
    _refuse_released(session, name, made)
    if any(wave.released for wave in pieces.waves(session, name)):
        _refuse_passed(session, name, made, on)
    free = f"from draft_letter d where {_OF_DRAFT} and not {_RELEASED}"
    weeks = session.read(
        f"select d.vin, d.family, d.week, d.interim, d.remedy_from, d.without_parts {free}",
        follow_ups.WEEKS, **values,
    )  # fmt: skip
    dealers = session.read(
        f"select d.vin, d.family, d.dealer_code {free}",
        pa.schema([(key, pa.string()) for key in ("vin", "family", "dealer_code")]),
        **values,
    )
    new = NewPlan(
        made.policy,
        made.first_week,
        document or made.document,
        bundles or made.bundles,
        weeks,
        dealers,
        made.weeks,
    )
    follow_ups.save_plan(session, name, new, keep_released=True)
    return made


class _Week(NamedTuple):
    """Letters of a week of the plan."""

    week: int
    letters: int


def _refuse_released(session: Session, name: str, made: Draft) -> None:
    """Refuse a draft that gives letters that are released another week than they have."""
    other = "(d.week is null or l.week is null or d.week <> l.week) and not (d.week is null and l.week is null)"
    found = session.rows(
        _Week,
        "select coalesce(l.week, d.week) as week, count(*) as letters from draft_letter d join listed l on l.follow_up = d.follow_up"
        f" and l.vin = d.vin and l.family = d.family where {_OF_DRAFT} and {other} and {_RELEASED} group by 1 order by 1",
        name=name,
        draft=made.name,
    )
    if found:
        letters = counted(sum(one.letters for one in found), "released letter")
        weeks = series([str(made.first_week + timedelta(weeks=one.week)) for one in found])
        raise Refused(
            f"The draft {made.name} of {name} has {letters} of the weeks of {weeks} in other weeks or in none.",
            f"What is released stands. Make the draft again: renotify replan {name} --policy POLICY --as {made.name}",
        )


def _refuse_passed(session: Session, name: str, made: Draft, on: date) -> None:
    """Refuse a draft whose letters to come stand in weeks that have passed, whether or not the plan in force has them there too.

    Letters of owners who came in do not come any more.
    """
    passed = (monday_of(on) - made.first_week).days // 7
    late = session.scalar(
        f"select count(*) from draft_letter d join listed l on l.follow_up = d.follow_up and l.vin = d.vin and l.family = d.family"
        f" where {_OF_DRAFT} and d.week < :passed and {TO_DO} and not {_RELEASED}",
        name=name,
        draft=made.name,
        passed=passed,
    )
    if late:
        raise Refused(
            f"The draft {made.name} of {name} has {counted(late, 'letter')} to come in weeks that have passed.",
            f"Make it again from today: renotify replan {name} --policy POLICY --as {made.name}",
        )
