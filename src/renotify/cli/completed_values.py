"""The values that a shell completes: words that the house knows, and names that the folder's ledger has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

MOST = 200  # names of a ledger that are offered at once

# The names of a ledger, by what an option or argument writes for them.
_OF_LEDGER = {
    "campaign": "select campaign_code as word from campaign where campaign_code like :begun order by 1",
    "follow_up": "select name as word from follow_up where name like :begun order by 1",
    "dealer": "select dealer_code as word from dealer where dealer_code like :begun order by 1",
    "area": "select distinct area_code as word from dealer where area_code like :begun order by 1",
    "model": "select distinct model as word from vehicle where model like :begun order by 1",
}
_BY_PARAMETER = {
    "campaign": "campaign", "campaigns": "campaign", "follow_up": "follow_up", "dealer": "dealer", "visit_dealer": "dealer",
    "area": "area", "models": "model",
}  # fmt: skip
_GROUPS = {"dealer": "dealer", "area": "area", "campaign": "campaign"}  # of commands whose argument is a code
_OF_FOLLOW_UP = frozenset({"followup", "plans", "mail", "letter", "outreach"})
_PLAIN = frozenset({"plan", "replan", "simulate", "rehearse", "notices", "workload", "summary"})


class _Word(NamedTuple):
    word: str


def values_of(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return what may stand for a parameter of the command that is typed, by its beginning; nothing where nobody knows."""
    of_list = _of_list(ctx, param, begun)
    if of_list is not None:
        return [CompletionItem(str(one)) for one in of_list if one.startswith(begun)]
    asked = _asked(ctx, param)
    return [CompletionItem(one) for one in _of_ledger(asked, begun)] if asked else []


def _asked(ctx: click.Context, param: click.Parameter) -> str:
    """Return what of the ledger a parameter names; blank of none."""
    if isinstance(param, click.Argument):
        group = ctx.parent.info_name if ctx.parent is not None else ""
        if param.name in ("code", "codes", "campaign", "campaigns", "dealer", "area"):
            return _GROUPS.get(group or "", "campaign" if group == "report" else "")
        own = group in _OF_FOLLOW_UP or ctx.info_name in _PLAIN
        return "follow_up" if param.name == "name" and own else ""
    return _BY_PARAMETER.get(param.name or "", "")


def _of_list(ctx: click.Context, param: click.Parameter, begun: str) -> Iterable[str] | None:
    """Return the words of a filter of ``vehicles``; None of another parameter."""
    if ctx.info_name != "vehicles":
        return None
    from renotify.ledger.kinds import PieceState, Status
    from renotify.vehicle_lists.asked import ANY
    from renotify.vehicle_lists.list_columns import BESIDE, COLUMNS, LETTER_COLUMNS, PERSONAL

    if param.name in ("by", "columns", "sort"):
        stood, comma, _ = begun.rpartition(",")
        of_list = LETTER_COLUMNS if ctx.params.get("letters") else {**COLUMNS, **BESIDE}
        named = (one for one in of_list if one not in PERSONAL)
        return [f"{stood}{comma}{one}" for one in sorted(named)]
    if param.name == "left_out":
        return [ANY, *_words("select distinct left_out as word from listed where left_out <> '' order by 1")]
    words: dict[str | None, list[str]] = {
        "statuses": list(Status), "pieces": [ANY, *PieceState], "waves": [ANY],
    }  # fmt: skip
    return words.get(param.name)


def _of_ledger(what: str, begun: str) -> list[str]:
    """Return the names of a ledger that begin like a word, in whatever case; the first of many."""
    return [one for one in _words(f"{_OF_LEDGER[what]} limit {MOST}", begun=f"{begun}%") if one]


def _words(sql: str, **values: str) -> list[str]:
    """Return the words of the folder's ledger; none where there is no ledger, or it cannot be read: who completes is told no error."""
    from renotify.ledger.session import open_session

    try:
        with open_session(bulk=False, make=False) as session:
            return [one.word for one in session.rows(_Word, sql, **values)]
    except Exception:  # noqa: BLE001 - a shell that completes must not print a traceback
        return []


Completes = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def complete_all(command: click.Command) -> click.Command:
    """Give every parameter of a command that completes nothing of its own the values above."""
    for param in command.params:
        if type(param.type) is click.types.StringParamType or param.name == "waves":
            param._custom_shell_complete = param._custom_shell_complete or values_of  # noqa: SLF001 - click has no other way after the decorator
    return command
