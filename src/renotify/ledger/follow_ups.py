"""Follow-ups in the ledger: the frozen list with its pieces, the plan in force, and the waves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from renotify.campaigns.follow_up_settings import FollowUpSettings, from_facts, to_facts
from renotify.errors import AlreadyDone, NothingToDo, UnknownName
from renotify.ledger import sources, tables
from renotify.ledger.bulk import Bulk, bulk

__all__ = ["FollowUpSettings", "KeptPlan"]

_LISTED = ("vin", "follow_up", "family", "bundle", "dealer_code", "left_out", "week", "rank")


@dataclass(frozen=True)
class KeptPlan:
    """The plan in force: its policy, the Monday of week 0, and the planner's document with the ``problem`` it answers."""

    policy: str
    first_week: date
    document: dict[str, Any]


def names() -> list[str]:
    """Return the names of all follow-ups, oldest notice first."""
    found: list[str] = tables.read("follow_up", "name", order="notice_date, name")[
        "name"
    ].to_pylist()
    return found


def settings(name: str) -> FollowUpSettings:
    """Return a follow-up's settings as frozen. Raises UnknownName."""
    with bulk() as opened:
        facts = _document(
            opened,
            "select cast(settings as text) as document from follow_up where name = :name",
            name,
        )
    if facts is None:
        raise UnknownName(f"There is no follow-up {name!r}.", _hint())
    return from_facts(facts)


def _hint() -> str:
    known = names()
    return (
        f"Known are {', '.join(known)}."
        if known
        else "Freeze one with `renotify followup new FOLLOWUP.toml`."
    )


def _document(using: Bulk, sql: str, name: str) -> dict[str, Any] | None:
    found = using.read(sql, pa.schema([("document", pa.string())]), name=name)[
        "document"
    ].to_pylist()
    return json.loads(found[0]) if found else None


def save(stated: FollowUpSettings, frozen_on: date, listed: pa.Table, pieces: pa.Table) -> None:
    """Keep a frozen list and its pieces in one transaction. Raises AlreadyDone for a second list of one name.

    ``listed``: vin, family, bundle, dealer_code, left_out, rank.
    ``pieces``: vin, piece_id, family, role, bundle, dealer_code, language, owner_as_of.
    """
    if stated.name in names():
        raise AlreadyDone(
            f"The follow-up {stated.name} is frozen already.",
            "A list is frozen once; give the new one a name of its own.",
        )
    source = sources.record("command", f"followup new {stated.name}")
    with bulk() as opened:
        opened.stage("frozen_listed", listed)
        opened.stage("frozen_pieces", pieces)
        with opened.transaction():
            _insert(opened, stated, frozen_on, source)


def _insert(using: Bulk, stated: FollowUpSettings, frozen_on: date, source: int) -> None:
    known = "cast(:settings as text)" if using.sqlite else "cast(:settings as jsonb)"
    using.execute(
        "insert into follow_up (name, kind, notice_date, frozen_on, settings, source_id)"
        f" values (:name, :kind, :notice, :frozen, {known}, :source)",
        name=stated.name, kind=stated.kind, notice=stated.notice_date, frozen=frozen_on, source=source,
        settings=json.dumps(to_facts(stated), sort_keys=True),
    )  # fmt: skip
    using.execute(
        "insert into listed (vin, follow_up, family, bundle, dealer_code, left_out, rank)"
        " select vin, cast(:name as text), family, bundle, dealer_code, left_out, rank from frozen_listed order by vin, family",
        name=stated.name,
    )
    using.execute(
        "insert into piece (vin, piece_id, follow_up, family, role, bundle, dealer_code, language, owner_as_of, state, reason,"
        " form_digest, imb, file, return_code) select vin, piece_id, cast(:name as text), family, role, bundle, dealer_code, language,"
        " owner_as_of, 'listed', '', '', '', '', '' from frozen_pieces order by vin, piece_id",
        name=stated.name,
    )


def listed(name: str) -> pa.Table:
    """Return the frozen list, the vehicles left out included (``left_out`` blank: listed), in the order of ``rank``."""
    settings(name)
    return tables.read(
        "listed", *_LISTED, where="follow_up = :name", order="rank, vin, family", name=name
    )


def left_out(name: str, reason: str | None = None) -> pa.Table:
    """Return the vehicles left out, all of them or those of one reason. Raises UnknownName for a reason nobody has."""
    known = summary(name)["left_out"]
    if reason and reason not in known:
        raise UnknownName(
            f"Nobody is left out of {name} under {reason!r}.",
            f"The reasons are {', '.join(sorted(known))}." if known else "Nobody is left out.",
        )
    where = "follow_up = :name and left_out <> '' and (:reason = '' or left_out = :reason)"
    return tables.read(
        "listed",
        *_LISTED,
        where=where,
        order="left_out, vin, family",
        name=name,
        reason=reason or "",
    )


def summary(name: str) -> dict[str, Any]:
    """Return counts of bundles, of reasons for leaving out, and the waves."""
    rows = listed(name).group_by(["bundle", "left_out"]).aggregate([("vin", "count")]).to_pylist()
    outs: dict[str, int] = {}
    for row in rows:
        if row["left_out"]:
            outs[row["left_out"]] = outs.get(row["left_out"], 0) + row["vin_count"]
    return {
        "follow_up": name,
        "bundles": {row["bundle"]: row["vin_count"] for row in rows if not row["left_out"]},
        "left_out": outs,
        "waves": [
            {
                "wave": row["number"],
                "week": row["week"],
                "planned": row["planned"],
                "released": row["released"],
            }
            for row in waves(name).to_pylist()
        ],
    }


def save_plan(
    name: str,
    policy: str,
    first_week: date,
    document: Mapping[str, Any],
    weeks: pa.Table,
    *,
    keep_released: bool = False,
) -> None:
    """Keep a plan: ``weeks`` (vin, family, week or null) gives every listed vehicle its week and every piece its wave.

    Raises AlreadyDone when a wave has been released, unless ``keep_released``: then released waves stay as they are.
    """
    source = sources.record("command", f"plan {name} {policy}")
    with bulk() as opened:
        released = opened.scalar(
            "select count(*) from wave where follow_up = :name and released_at is not null",
            name=name,
        )
        if released and not keep_released:
            raise AlreadyDone(
                f"{released} wave(s) of {name} are released; the plan stands.",
                f"Plan the weeks that are still free with `renotify replan {name}`.",
            )
        opened.stage("planned_weeks", weeks)
        with opened.transaction():
            _keep_plan(opened, name, policy, first_week, json.dumps(document, default=str), source)
            _set_weeks(opened, name)
            _set_waves(opened, name, first_week)


def _keep_plan(
    using: Bulk, name: str, policy: str, first_week: date, document: str, source: int
) -> None:
    cast = "cast(:document as text)" if using.sqlite else "cast(:document as jsonb)"
    using.execute(
        f"insert into plan (follow_up, policy, first_week, document, source_id) values (:name, :policy, :week, {cast}, :source)"
        " on conflict (follow_up) do update set policy = excluded.policy, first_week = excluded.first_week,"
        " document = excluded.document, source_id = excluded.source_id",
        name=name, policy=policy, week=first_week, document=document, source=source,
    )  # fmt: skip


def _set_weeks(using: Bulk, name: str) -> None:
    """Move the vehicles of pieces that nobody has released; the others keep their week."""
    using.execute(
        "update listed set week = p.week from planned_weeks p"
        " where listed.follow_up = :name and listed.vin = p.vin and listed.family = p.family",
        name=name,
    )


def _set_waves(using: Bulk, name: str, first_week: date) -> None:
    """Number the weeks that have letters, after the waves already released, and give every free piece its wave."""
    free = "follow_up = :name and state in ('listed', 'planned')"
    using.execute("delete from wave where follow_up = :name and released_at is null", name=name)
    done = using.scalar(
        "select coalesce(max(number), 0) from wave where follow_up = :name", name=name
    )
    using.execute(f"update piece set wave = null, state = 'listed' where {free}", name=name)
    weeks = using.read(
        "select l.week, count(*) as planned from piece p"
        " join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family"
        " where p.follow_up = :name and p.state = 'listed' and l.week is not null group by l.week order by l.week",
        pa.schema([("week", pa.int64()), ("planned", pa.int64())]), name=name,
    )  # fmt: skip
    using.stage("planned_waves", _numbered(weeks, int(done), first_week))
    using.execute(
        "insert into wave (follow_up, number, week, planned) select cast(:name as text), number, monday, planned from planned_waves",
        name=name,
    )
    using.execute(
        "update piece set wave = w.number, state = 'planned' from listed l, planned_waves w"
        " where piece.follow_up = :name and piece.state = 'listed' and l.follow_up = piece.follow_up and l.vin = piece.vin"
        " and l.family = piece.family and l.week = w.week",
        name=name,
    )


def _numbered(weeks: pa.Table, done: int, first_week: date) -> pa.Table:
    monday = pa.array(
        [date.fromordinal(first_week.toordinal() + 7 * week) for week in weeks["week"].to_pylist()],
        pa.date32(),
    )
    number = pa.array(range(done + 1, done + 1 + weeks.num_rows), pa.int64())
    return weeks.append_column("monday", monday).append_column("number", number)


def plan(name: str) -> KeptPlan:
    """Return the plan in force. Raises UnknownName for the follow-up, NothingToDo when it is not planned yet."""
    settings(name)
    with bulk() as opened:
        document = _document(
            opened,
            "select cast(document as text) as document from plan where follow_up = :name",
            name,
        )
        if document is None:
            raise NothingToDo(
                f"The follow-up {name} has no plan yet.", f"Plan it with `renotify plan {name}`."
            )
        head = opened.read(
            "select policy, first_week from plan where follow_up = :name",
            pa.schema([("policy", pa.string()), ("first_week", pa.date32())]),
            name=name,
        )
    return KeptPlan(head["policy"][0].as_py(), head["first_week"][0].as_py(), document)


def waves(name: str) -> pa.Table:
    """Return the waves in order: number, week (its Monday), planned pieces, and whether each is released."""
    settings(name)
    shape = pa.schema(
        [
            ("number", pa.int64()),
            ("week", pa.date32()),
            ("planned", pa.int64()),
            ("released", pa.bool_()),
        ]
    )
    sql = "select number, week, planned, (released_at is not null) as released from wave where follow_up = :name order by number"
    with bulk() as opened:
        return opened.read(sql, shape, name=name)
