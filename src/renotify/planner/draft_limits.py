"""A draft against the limits as they are on a day: what was changed, loaded or typed after the draft was made binds it too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.errors import Refused
from renotify.ledger import drafts, follow_ups, setting_changes
from renotify.ledger.drafts import Draft
from renotify.ledger.session import Session
from renotify.planner.from_ledger import frame
from renotify.planner.letter_plan import HOURS, KITS, MAIL_HOUSE, LetterPlan
from renotify.planner.letters_in_force import letters_due
from renotify.planner.mail_house_weeks import CAPACITY
from renotify.planner.plan_check import broken, verify
from renotify.planner.weekly import standing_on

_PIECES = """
select d.week, count(*) as pieces from draft_letter d
join piece p on p.vin = d.vin and p.follow_up = d.follow_up and p.family = d.family and p.state in ('listed', 'planned')
where d.follow_up = :name and d.draft = :called and d.week is not null group by d.week order by d.week
"""
_LETTERS = """
select d.vin, d.family, d.week + :later as week, d.interim from draft_letter d
where d.follow_up = :name and d.draft = :called and d.week is not null
"""
_WEEKS = pa.schema(
    [("vin", pa.string()), ("family", pa.string()), ("week", pa.int64()), ("interim", pa.bool_())]
)
# Loads, what is typed at desks, and what commands change: all but plans and drafts themselves.
_SINCE = "select count(*) from source where id > :made and (kind <> 'command' or substr(name, 1, 5) <> 'plan ')"


class _Week(NamedTuple):
    week: int
    pieces: int


def document_now(session: Session, name: str, called: str, on: date) -> dict[str, Any]:
    """Return the document of a draft, its ``broken`` limits as of ``on`` where something was recorded since it was made.

    Kits and hours are those that a plan of that day would have (``plan_check`` holds the draft's letters against them); of a follow-up
    that cannot be planned on that day (it was ended, its horizon is over) the document says what it said. The mail house
    is asked where its limit was changed: of weeks that hold more pieces, not released, than it takes.
    """
    made = drafts.draft(session, name, called)
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


def _of_kits_and_hours(session: Session, name: str, made: Draft, on: date) -> list[dict[str, Any]]:
    """Return by how much the letters of a draft go beyond the kits and hours of a day."""
    if follow_ups.is_planned(session, name):
        standing = standing_on(session, name, on)
        later = (made.first_week - standing.kept.first_week).days // 7
        weeks = _weeks(session, name, made, later)
        free = standing.free.drop_columns(["week", "interim"]).join(
            weeks, ["vin", "family"], join_type="inner"
        )
        problem, letters = standing.problem, standing._replace(free=free).letters
    else:
        today = frame(session, name, on)
        later = (made.first_week - today.first_week).days // 7
        problem, letters = today.problem, letters_due(today, _weeks(session, name, made, later), 0)
    found = broken(verify(problem, LetterPlan(problem, "", letters)))
    return [one._asdict() for one in found if one.limit in (KITS, HOURS)]


def _weeks(session: Session, name: str, made: Draft, later: int) -> pa.Table:
    """Return the weeks of a draft's letters, counted from ``later`` weeks before its own first."""
    return session.read(_LETTERS, _WEEKS, name=name, called=made.name, later=later)


def _with_mail_house(
    session: Session, name: str, made: Draft, on: date, rows: list[dict[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return rows of broken limits with the weeks that hold more pieces than the mail house takes as of ``on``."""
    found: list[Mapping[str, Any]] = list(rows)
    for one in session.rows(_Week, _PIECES, name=name, called=made.name):
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
