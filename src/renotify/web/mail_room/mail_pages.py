"""The waves of a follow-up as a mail room sees them: the three-way count, readiness, what to release next, and lists of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow as pa
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from renotify.errors import UnknownName
from renotify.ledger import follow_ups, pieces
from renotify.ledger.kinds import ReturnAction
from renotify.mailing import open_work, readiness, reconciling, return_work
from renotify.values.english import counted
from renotify.vehicle_lists.asked import Asked, command
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.kept_answers import kept
from renotify.web.long_pages import slow_page
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
HERE = {  # in the words of the site: what to do about a list whose page has the form for it
    "re_send": "Send them again, then release the wave that it makes.",
    "new_address": "Take in the address that the return tells, below, or load a row of owners with its day.",
    "skip_trace": "Give them to a search, and take in what it finds.",
    "change_channel": "The owner was found: call or e-mail, then take in that it was done (result reached).",
    "awaiting": "Ask the mail house, and take in its answer at the page of the wave; list there what must not go any more.",
    "spoiled": "Print each again under its own number, or take in evidence that a copy was mailed at the wave's page.",
    "set_aside": "Correct the field that the reason names at the vehicle, or load the row, and print it.",
    "left_out": "Correct the field that the problem names: open the vehicle, and type the right address for the next release.",
    "codes": "Settle each code once: say below what it leads to. Its letters then go to the list of that.",
    "ask": "Settle an unknown code below; of the others open the vehicle, and type who has it now and where.",
}
ACTIONS: Mapping[ReturnAction, str] = {  # what a code may lead to
    ReturnAction.SKIP_TRACE: "nobody is there: give it to a search",
    ReturnAction.NEW_ADDRESS: "the return tells the new address",
    ReturnAction.RETRY_SAME: "the same letter may go again",
    ReturnAction.CHANGE_CHANNEL: "the owner was found: call or e-mail",
}
SETTLED_ON = ("codes", "ask")  # lists whose letters wait for a code
MENDED_ON = (
    "left_out",
    "ask",
    "set_aside",
    "new_address",
)  # lists whose vehicles wait for an owner's address
FIRST = 200  # rows of a list that the page shows
NAMES = {
    "re_send": "To be sent again", "new_address": "A new address is known", "skip_trace": "Nobody knows where",
    "change_channel": "Call or e-mail",
    "ask": "A person must look", "awaiting": "Awaiting the mail house", "spoiled": "Spoiled or lost",
    "set_aside": "Set aside at the release",
    "left_out": "Owners no letter can reach", "codes": "Unknown return codes",
}  # fmt: skip


@opens_to(Role.ANALYST, Role.AUDITOR)
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


@opens_to(Role.ANALYST, Role.AUDITOR)
def follow_up(request: HttpRequest, name: str) -> HttpResponse:
    """Show the three-way count of a follow-up's waves, what is to be done next, and what came back."""
    visit = visit_of(request)
    follow_ups.settings(visit.ledger, name)  # an unknown name is refused at once

    def ask() -> CountedWaves:
        counted = reconciling.reconcile(visit.ledger, name)
        return CountedWaves(counted, pieces.waves(visit.ledger, name), _lists(visit, name))

    return slow_page(
        request, ("mailing", name), ask, "mail_room/follow_up.html", lambda found: _of_follow_up(name, found), title=f"Mailing of {name}",
    )  # fmt: skip


class CountedWaves(NamedTuple):
    """A follow-up's three-way count, its waves, and its lists of work."""

    counted: Mapping[str, Any]
    waves: list[pieces.WaveRow]
    lists: Mapping[str, pa.Table]


def _of_follow_up(name: str, found: CountedWaves) -> dict[str, Any]:
    waves = {one.number: one for one in found.waves}
    rows = [{**row, "stands": _stands(waves[row["wave"]])} for row in found.counted["waves"]]
    table = shown_table(
        "Waves", rows, WAVES, links={"wave": lambda row: f"/mailing/{name}/{row['wave']}/"}
    )
    work = shown_table(
        "Work that waits", list(_work(found.lists)), WORK,
        links={"which": lambda row: f"/mailing/{name}/work/{row['list']}/"},
        empty="Nothing waits: every letter is settled.",
    )  # fmt: skip
    return {
        "name": name, "counted": found.counted, "next": _next(found.waves), "tables": (table, work),
        "listing": command(Asked(follow_up=name, pieces=("any",)), by="wave,piece"),
    }  # fmt: skip


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


def _work(lists: Mapping[str, pa.Table]) -> Any:  # noqa: ANN401 - rows of a page's table
    for which, rows in lists.items():
        if rows.num_rows:
            yield {
                "list": which,
                "which": NAMES[which],
                "count": rows.num_rows,
                "next": HERE[which],
            }


def _lists(visit: Visit, name: str) -> Mapping[str, pa.Table]:
    came_back = return_work.work(visit.ledger, name, visit.on)
    return {
        **{one: return_work.of_list(came_back, one) for one in return_work.LISTS},
        **open_work.open_work(visit.ledger, name, visit.on),
    }


@opens_to(Role.ANALYST, Role.AUDITOR)
def work_list(request: HttpRequest, name: str, which: str) -> HttpResponse:
    """Show one list of work, piece by piece; nothing of an owner is in it."""
    visit, known = visit_of(request), {**return_work.LISTS, **open_work.NEXT}
    follow_ups.settings(visit.ledger, name)
    if which not in known:
        raise UnknownName(
            f"There is no list {which!r}.", "Go back to the follow-up's mailing page."
        )
    may_mend = visit.person is not None and visit.person.role == Role.ANALYST
    return slow_page(
        request, ("work lists", name), lambda: _lists(visit, name), "mail_room/work.html",
        lambda lists: _of_list(name, which, lists, may_mend=may_mend), title=NAMES[which],
    )  # fmt: skip


def refused_list(
    request: HttpRequest, name: str, typed: Mapping[str, str], wrong: Mapping[str, str]
) -> HttpResponse:
    """Show a list again with what was typed in its form and why it was not taken."""
    visit, which = visit_of(request), typed["which"]
    lists = kept(visit, "work lists", lambda: _lists(visit, name), name)
    shown = {
        "title": NAMES[which],
        "may_decide": True,
        **_of_list(name, which, lists),
        "typed": typed,
        "wrong": wrong,
    }
    return render(request, "mail_room/work.html", shown, status=422)


def _of_list(
    name: str, which: str, lists: Mapping[str, pa.Table], *, may_mend: bool = True
) -> dict[str, Any]:
    rows = lists[which]

    def mended_at(row: Mapping[str, Any]) -> str:
        asked = urlencode({"role": row.get("role") or "", "follow_up": name, "list": which})
        return f"{reverse('contact:owner', args=[row['vin']])}?{asked}" if row["vin"] else ""

    columns = {
        column: column.replace("_", " ").capitalize()
        for column in rows.column_names
        if column != "list"
    }
    table = shown_table(
        NAMES[which], rows, columns, first=FIRST, empty="Nothing is on this list any more.",
        links={"vin": mended_at} if which in MENDED_ON and may_mend else None,
    )  # fmt: skip
    unknown = lists["codes"]["return_code"].to_pylist() if which in SETTLED_ON else []
    return {
        "name": name,
        "which": which,
        "said": HERE[which],
        "table": table,
        "codes": unknown,
        "actions": ACTIONS.items(),
    }


@opens_to(Role.ANALYST, Role.AUDITOR)
def wave(request: HttpRequest, name: str, wave: int) -> HttpResponse:
    """Show whether a wave is ready, what it lacks and at which dealers, and what releases it, calls it back or takes its evidence."""
    visit = visit_of(request)
    row, template = pieces.wave(visit.ledger, name, wave), "mail_room/wave.html"
    if row.released:
        return render(request, template, {"may_decide": True, **_of_wave(visit, row, None)})
    return slow_page(
        request, ("ready", name, wave), lambda: readiness.ready(visit.ledger, name, wave, visit.on), template,
        lambda found: _of_wave(visit, row, found), title=f"Wave {wave} of {name}",
    )  # fmt: skip


def _of_wave(
    visit: Visit, row: pieces.WaveRow, found: readiness.Readiness | None
) -> dict[str, Any]:
    name, wave = row.follow_up, row.number
    decided = [one.sentence for one in readiness.decided(visit.ledger, row)]
    return {
            "name": name, "row": row, "stands": _stands(row), "found": found, "decided": decided,
            "released_by": found.released_by if found else "",
            "is_early": visit.on < row.week,
            **counts_of(visit, row),
            "table": found and shown_table(
                _who_lacks(found.dealers), found.dealers, LACKING, first=FIRST,
                empty="No dealer lacks anything.",
            ),
            "listing": command(Asked(follow_up=name, waves=(wave,))),
    }  # fmt: skip


def _who_lacks(dealers: pa.Table) -> str:
    """Say how many dealers lack something: the table has a line for each thing that one lacks."""
    number = len(set(dealers["dealer_code"].to_pylist()) - {""})
    return f"What {counted(number, 'dealer')} {'lacks' if number == 1 else 'lack'}"
