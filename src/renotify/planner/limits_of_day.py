"""A plan, in force or a draft, against the limits as they are on a day: what was changed, loaded or typed since it was made binds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.errors import Refused
from renotify.ledger import drafts, follow_ups, setting_changes
from renotify.ledger.drafts import IN_FORCE
from renotify.ledger.session import Session
from renotify.planner.from_ledger import frame
from renotify.planner.letter_plan import HOURS, KITS, MAIL_HOUSE, LetterPlan
from renotify.planner.letters_in_force import letters_due
from renotify.planner.mail_house_weeks import CAPACITY
from renotify.planner.plan_check import broken, verify
from renotify.planner.weekly import standing_on
from renotify.plans.in_force import plan_in_force

# The letters of a plan that have a week: of the one in force, and of a draft.
_OF_PLAN = """select vin, family, week, interim from listed where follow_up = :name and left_out = '' and week is not null"""
_OF_DRAFT = "select vin, family, week, interim from draft_letter where follow_up = :name and draft = :called and week is not null"
_PIECES = """
select d.week, count(*) as pieces from ({letters}) d
join piece p on p.vin = d.vin and p.follow_up = :name and p.family = d.family and p.state in ('listed', 'planned')
group by d.week order by d.week
"""
_LATER = "select d.vin, d.family, d.week + :later as week, d.interim from ({letters}) d"
_WEEKS = pa.schema(
    [("vin", pa.string()), ("family", pa.string()), ("week", pa.int64()), ("interim", pa.bool_())]
)
# Loads, what is typed at desks, and what commands change: all but plans and drafts themselves.
_SINCE = "select count(*) from source where id > :made and (kind <> 'command' or substr(name, 1, 5) <> 'plan ')"


class _Week(NamedTuple):
    week: int
    pieces: int


class _Kept(NamedTuple):
    """A plan as it is kept: its document, the source of its making, its first week, and the query of its letters with its values."""

    document: str
    source_id: int
    first_week: date
    letters: str
    values: dict[str, str]


def _kept(session: Session, name: str, called: str) -> _Kept:
    if called == IN_FORCE:
        plan = plan_in_force(session, name)
        document = follow_ups.plan_document(session, name)
        source = follow_ups.plan_source(session, name)
        return _Kept(document, source, plan.first_week, _OF_PLAN, {"name": name})
    made = drafts.draft(session, name, called)
    values = {"name": name, "called": made.name}
    return _Kept(made.document, made.source_id, made.first_week, _OF_DRAFT, values)


def document_now(session: Session, name: str, called: str, on: date) -> dict[str, Any]:
    """Return the document of the plan in force or of a draft, its ``broken`` limits as of ``on`` where something was recorded since.

    Kits and hours are those that a plan of that day would have (``plan_check`` holds its letters against them); of a follow-up
    that cannot be planned on that day (it was ended, its horizon is over) the document says what it said. The mail house
    is asked where its limit was changed: of weeks that hold more pieces, not released, than it takes.
    """
    made = _kept(session, name, called)
    document: dict[str, Any] = json.loads(made.document)
    if not session.scalar(_SINCE, made=made.source_id):
        return document
    rows = [dict(row) for row in document.get("broken", ())]
    with suppress(Refused):
        now = _of_kits_and_hours(session, name, made, on)
        rows = [row for row in rows if row["limit"] not in (KITS, HOURS)] + now
    changed = [one for one in setting_changes.changes(session, name) if one.setting == CAPACITY]
    return document | {
        "broken": _with_mail_house(session, name, made, on, rows) if changed else rows
    }


def _of_kits_and_hours(session: Session, name: str, made: _Kept, on: date) -> list[dict[str, Any]]:
    """Return by how much the letters of a plan go beyond the kits and hours of a day."""
    if follow_ups.is_planned(session, name):
        standing = standing_on(session, name, on)
        later = (made.first_week - standing.kept.first_week).days // 7
        weeks = _weeks(session, made, later)
        free = standing.free.drop_columns(["week", "interim"]).join(
            weeks, ["vin", "family"], join_type="inner"
        )
        problem, letters = standing.problem, standing._replace(free=free).letters
    else:
        today = frame(session, name, on)
        later = (made.first_week - today.first_week).days // 7
        problem, letters = today.problem, letters_due(today, _weeks(session, made, later), 0)
    found = broken(verify(problem, LetterPlan(problem, "", letters)))
    return [one._asdict() for one in found if one.limit in (KITS, HOURS)]


def _weeks(session: Session, made: _Kept, later: int) -> pa.Table:
    """Return the weeks of a plan's letters, counted from ``later`` weeks before its own first."""
    return session.read(_LATER.format(letters=made.letters), _WEEKS, later=later, **made.values)


def _with_mail_house(
    session: Session, name: str, made: _Kept, on: date, rows: list[dict[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return rows of broken limits with the weeks that hold more pieces than the mail house takes as of ``on``."""
    found: list[Mapping[str, Any]] = list(rows)
    for one in session.rows(_Week, _PIECES.format(letters=made.letters), **made.values):
        monday = made.first_week + timedelta(weeks=one.week)
        takes = follow_ups.settings(session, name, max(on, monday)).mail_house_letters_per_week
        words = f"the week of {monday}"
        if takes is None or one.pieces <= takes:
            continue
        over = float(one.pieces - takes)
        known = [row for row in rows if row["limit"] == MAIL_HOUSE and row["what"] == words]
        for row in known:
            row["over"] = max(row["over"], over)
        if not known:
            found.append({"limit": MAIL_HOUSE, "what": words, "over": over})
    return found
