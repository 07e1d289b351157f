"""The waves of a follow-up as a mail room sees them: the three-way count, readiness, what to release next, and lists of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from renotify.campaigns import readiness_settings as rules
from renotify.errors import UnknownName
from renotify.ledger import follow_ups, pieces
from renotify.ledger.session import Session
from renotify.mailing import open_work, readiness, reconciling, return_work
from renotify.values.english import counted
from renotify.vehicle_lists.asked import Asked, command
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.kept_answers import kept
from renotify.web.mail_room.wave_counts import counts_of
from renotify.web.theme.shown_table import shown_table

WAVES = {
    "wave": "Wave", "week": "Week of", "stands": "Stands", "planned": "Planned", "released": "Released", "withdrawn": "Withdrawn",
    "printed": "Printed", "exceptions": "Set aside", "accepted": "Mailed", "spoiled": "Spoiled", "awaiting": "Awaiting",
}  # fmt: skip
LACKING = {
    "dealer_code": "Dealer",
    "name": "Name",
    "letters": "Letters",
    "check": "Lacks",
    "what": "What",
}
WORK = {"which": "What", "count": "How many", "next": "What to do"}
FIRST = 200  # rows of a list that the page shows
NAMES = {
    "re_send": "To be sent again", "new_address": "A new address is known", "skip_trace": "Nobody knows where",
    "change_channel": "Call or e-mail",
    "ask": "A person must look", "awaiting": "Awaiting the mail house", "spoiled": "Spoiled or lost",
    "set_aside": "Set aside at the release",
    "left_out": "Owners no letter can reach", "codes": "Unknown return codes",
}  # fmt: skip


@opens_to(Role.ANALYST)
def every_follow_up(request: HttpRequest) -> HttpResponseBase:
    """List the follow-ups that have waves; the only one is shown at once."""
    session = visit_of(request).ledger
    names = [name for name in follow_ups.names(session) if pieces.waves(session, name)]
    if len(names) == 1:
        return redirect("mailing:follow_up", names[0])
    rows = [{"name": name, "waves": len(pieces.waves(session, name))} for name in names]
    table = shown_table(
        "Follow-ups with waves", rows, {"name": "Follow-up", "waves": "Waves"}, links={"name": lambda row: f"/mailing/{row['name']}/"},
        empty="No follow-up has a plan yet: freeze a list and plan it first.",
    )  # fmt: skip
    return render(request, "mail_room/follow_ups.html", {"table": table})


@opens_to(Role.ANALYST)
def follow_up(request: HttpRequest, name: str) -> HttpResponse:
    """Show the three-way count of a follow-up's waves, what is to be done next, and what came back."""
    visit = visit_of(request)
    count = kept(visit, "reconcile", lambda: reconciling.reconcile(visit.ledger, name), name)
    waves = {one.number: one for one in pieces.waves(visit.ledger, name)}
    rows = [{**row, "stands": _stands(waves[row["wave"]])} for row in count["waves"]]
    table = shown_table(
        "Waves", rows, WAVES, links={"wave": lambda row: f"/mailing/{name}/{row['wave']}/"}
    )
    work = shown_table(
        "Work that waits", list(_work(visit.ledger, name, request)), WORK,
        links={"which": lambda row: f"/mailing/{name}/work/{row['list']}/"},
        empty="Nothing waits: every letter is settled.",
    )  # fmt: skip
    return render(
        request, "mail_room/follow_up.html",
        {"name": name, "counted": count, "next": _next(list(waves.values())), "tables": (table, work),
         "listing": command(Asked(follow_up=name, pieces=("any",)), by="wave,piece")},
    )  # fmt: skip


def _stands(one: pieces.WaveRow) -> str:
    """Say how a wave stands."""
    if one.accepted:
        return "answered for"
    if one.rendered:
        return "with the mail house"
    return "begun, not finished" if one.released else "not released"


def _next(waves: list[pieces.WaveRow]) -> pieces.WaveRow | None:
    """Return the first wave that is not printed yet."""
    return next((one for one in waves if not one.rendered), None)


def _work(session: Session, name: str, request: HttpRequest) -> Any:  # noqa: ANN401 - rows of a page's table
    for which, rows in _lists(session, name, request).items():
        if rows.num_rows:
            said = {**return_work.LISTS, **open_work.NEXT}[which]
            yield {
                "list": which,
                "which": NAMES[which],
                "count": rows.num_rows,
                "next": said.replace("NAME", name),
            }


def _lists(session: Session, name: str, request: HttpRequest) -> Mapping[str, pa.Table]:
    visit = visit_of(request)

    def ask() -> Mapping[str, pa.Table]:
        came_back = return_work.work(session, name, visit.on)
        return {
            **{one: return_work.of_list(came_back, one) for one in return_work.LISTS},
            **open_work.open_work(session, name, visit.on),
        }

    return kept(visit, "work lists", ask, name)


@opens_to(Role.ANALYST)
def work_list(request: HttpRequest, name: str, which: str) -> HttpResponse:
    """Show one list of work, piece by piece; nothing of an owner is in it."""
    lists = _lists(visit_of(request).ledger, name, request)
    if which not in lists:
        raise UnknownName(
            f"There is no list {which!r}.", "Go back to the follow-up's mailing page."
        )
    rows = lists[which]
    columns = {
        column: column.replace("_", " ").capitalize()
        for column in rows.column_names
        if column != "list"
    }
    table = shown_table(
        NAMES[which], rows, columns, first=FIRST, empty="Nothing is on this list any more."
    )
    said = {**return_work.LISTS, **open_work.NEXT}[which].replace("NAME", name)
    return render(
        request,
        "mail_room/work.html",
        {"name": name, "title": NAMES[which], "said": said, "table": table},
    )


@opens_to(Role.ANALYST)
def wave(request: HttpRequest, name: str, wave: int) -> HttpResponse:
    """Show whether a wave is ready, what it lacks and at which dealers, and what releases it, calls it back or takes its evidence."""
    visit = visit_of(request)
    row = pieces.wave(visit.ledger, name, wave)
    found = (
        None
        if row.released
        else kept(
            visit, "ready", lambda: readiness.ready(visit.ledger, name, wave, visit.on), name, wave
        )
    )
    decided = [one.sentence for one in readiness.decided(visit.ledger, row)]
    return render(
        request, "mail_room/wave.html",
        {
            "name": name, "row": row, "stands": _stands(row), "found": found, "decided": decided, "released_by": _released_by(found),
            "is_early": visit.on < row.week,
            **counts_of(visit, row),
            "table": found and shown_table(
                _who_lacks(found.dealers), found.dealers, LACKING, first=FIRST,
                empty="No dealer lacks anything.",
            ),
            "listing": command(Asked(follow_up=name, waves=(wave,))),
        },
    )  # fmt: skip


def _who_lacks(dealers: pa.Table) -> str:
    """Say how many dealers lack something: the table has a line for each thing that one lacks."""
    number = len(set(dealers["dealer_code"].to_pylist()) - {""})
    return f"What {counted(number, 'dealer')} {'lacks' if number == 1 else 'lack'}"


def _released_by(found: readiness.Readiness | None) -> str:
    """Say who may release a wave by its rules: anybody, somebody who says why, nobody; blank for one that was released."""
    if found is None:
        return ""
    if found.by_rule(rules.REFUSE):
        return "nobody"
    return "a person who says why" if found.by_rule(rules.ASK) else "anybody"
