"""Lists by the settings of an earlier follow-up: of its silent owners, and of who missed its first notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.follow_up_settings import name_of_the_silent
from renotify.errors import Refused
from renotify.ledger import follow_ups, pieces, tables
from renotify.ledger.session import Session
from renotify.selection.freeze import Frozen, freeze_follow_up, summary_of
from renotify.selection.rest import silent


def freeze_the_silent(
    session: Session,
    name: str,
    on: date,
    *,
    called: str = "",
    notice_date: date | None = None,
    response: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Freeze the list of those whom a follow-up wrote to and who are silent and due (``rest.silent``), and return its counts.

    ``silent`` says how many were due, how many of them are listed, and why the others are left out.
    It is a voluntary follow-up by the settings of the first one, from a notice of its own day (``on``), under its name and that day
    (``called`` says otherwise); its owners answer by ``response``, None: as the first one states it. Run again on that day it changes
    nothing and returns the kept list (``frozen_before``). Raises what ``freeze_follow_up`` raises, and Refused before anybody is due,
    with the day.
    """
    earlier = follow_ups.settings(session, name, on)
    if earlier.kind == "interim":
        raise Refused(
            f"The letters of {name} said that the remedy is not there: nobody was asked in, and nobody is silent.",
            'Their next letter is the second notice: freeze a follow-up of kind "remedy_available".',
        )
    day = notice_date or on
    wanted = earlier.of_the_silent(called or name_of_the_silent(name, day), day, response)
    if wanted.name in follow_ups.names(session):
        kept = follow_ups.settings_as_frozen(session, wanted.name)
        if replace(kept, response=wanted.response) == wanted:  # answers may have come since
            return _kept(session, wanted.name)
    due = silent(session, name, on)
    frozen = freeze_follow_up(session, wanted, on)
    return {
        **frozen,
        "frozen_before": False,
        "silent": _of_the_due(session, wanted.name, due.filter(pc.less_equal(due["due"], on))),
    }


def _of_the_due(session: Session, name: str, due: pa.Table) -> dict[str, Any]:
    """Return how many of the silent who were due a list has, and why it has not the others: due, listed, left_out by reason."""
    listed = tables.read(
        session, "listed", "vin", "family", "left_out", where="follow_up = :name", name=name
    )
    reasons = due.join(listed, ["vin", "family"], join_type="inner")["left_out"].value_counts()
    counts = {row["values"]: row["counts"] for row in reasons.to_pylist()}
    on_list = counts.pop("", 0)
    return {"due": due.num_rows, "listed": on_list, "left_out": dict(sorted(counts.items()))}


def freeze_the_owed(
    session: Session, name: str, on: date, *, called: str = "", notice_date: date | None = None
) -> dict[str, Any]:
    """Freeze the list of those who are still owed the first notice of a follow-up (``first_notice``), and return its counts.

    It is of the same kind and settings, from a notice of its own day (``on``). Run again on that day it changes nothing
    (``frozen_before``). Raises what ``freeze_follow_up`` raises, and Refused for a follow-up that is no first notice.
    """
    earlier = follow_ups.settings(session, name)
    if earlier.is_follow_up:
        raise Refused(
            f"{name} is no first notice: nobody is owed one of it.",
            f"Write to those who are silent after it: renotify followup new --silent-of {name}",
        )
    day = notice_date or on
    wanted = earlier.of_the_owed(called or name_of_the_silent(name, day), day)
    if wanted.name in follow_ups.names(session) and (
        follow_ups.settings(session, wanted.name) == wanted
    ):
        return _kept(session, wanted.name)
    return {**freeze_follow_up(session, wanted, on), "frozen_before": False}


def _kept(session: Session, name: str) -> dict[str, Any]:
    """Return the counts of a list that is there. Owners beside those written to are not kept with it, nor are its sentences."""
    listed, addressed = follow_ups.listed(session, name), pieces.of_follow_up(session, name)
    nobody = listed.slice(0, 0).select(["vin", "family"]).append_column("role", listed["arm"][:0])
    vehicles = tables.read(session, "vehicle", "vin")["vin"]
    counts = summary_of(name, Frozen(listed, addressed, nobody), vehicles)
    not_kept: dict[str, Any] = {
        "unwritten_owners": None,
        "missing": [],
        "searched_in": [],
        "elsewhere": [],
    }
    return {**counts, **not_kept, "frozen_before": True}
