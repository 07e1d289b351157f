"""What a plan takes for endless, or leaves out, because a problem does not state it: told by name, never in silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from renotify.planner.problem import Problem
from renotify.planner.stated_values import Table
from renotify.values.english import counted, figure, measured, series
from renotify.values.stated_tables import check_keys
from renotify.visits.needs import DEFAULT_HOURS, Guess, Needs

TOP = {
    "weeks", "bundles", "dealers", "owners", "supply", "mail_capacity", "wait_bound", "background", "parts_quantile",
    "tools", "response_spread", "count_spread", "parts_count_spread", "least_wave", "monday",
}  # fmt: skip
BUNDLE = {
    "id",
    "risk",
    "hours",
    "kits",
    "first_week",
    "mail_by_week",
    "response",
    "order",
    "tools",
    "pieces",
}
DEALER = {"id", "hours", "stock", "zip", "area", "tools"}
OWNERS = {"bundle", "dealer", "count"}
BACKGROUND = {"bundle", "dealer", "per_week"}
TOOL = {"weeks", "pool"}
NAMED = 3  # bundles named; the rest is only counted


def of_document(document: Table, weeks: int) -> tuple[str, ...]:
    """What the reader of a problem document should be told. The document has been read: its tables and lists are what they must be."""
    return (
        *_endless_parts(document),
        *_stray_resources(document),
        *_free_hours(document),
        *_short_background(document, weeks),
    )


def of_ledger(problem: Problem) -> tuple[str, ...]:
    """The parts that a follow-up's bundles take and of which no supply is loaded, and what to load."""
    endless = np.flatnonzero(~np.isfinite(problem.supply).any(axis=1))
    takers = {
        problem.parts[p]: [problem.bundles[b] for b in np.flatnonzero(problem.kits[p])]
        for p in endless
    }
    return tuple(
        f"No supply is loaded for {part}, which {_names(bundles)}: its kits are planned as endless. Load its weeks in part_supply.csv"
        " (supply_qty 0 where none is confirmed)."
        for part, bundles in takers.items()
        if bundles
    )


def hours(known: Needs) -> Iterable[str]:
    """The campaigns without a labour time, each with the models that lack one, and the hours that are planned for them."""
    models: dict[Guess, set[str]] = {}
    for (_, model), visit in known.visits.items():
        for guess in visit.estimated:
            models.setdefault(guess, set()).add(model or "vehicles without a model")
    for (code, told), named in sorted(models.items(), key=lambda item: item[0].campaign_code):
        if told is None:
            yield f"No labour time is loaded for {code}: {counted(DEFAULT_HOURS, 'hour')} is assumed for it. Load it in labor_times.csv."
            continue
        least, most = told
        range_of = (
            measured(most, "hour")
            if least == most
            else f"the middle of {figure(least)} to {measured(most, 'hour')}"
        )
        yield (
            f"No labour time is loaded for {code} of {series(sorted(named))}: planned with {range_of}, those of its other models,"
            " which its letters tell. Load theirs in labor_times.csv."
        )


def check_known(document: Table) -> None:
    """Raise BadInput for a key of a problem document that nothing reads, with the one that may be meant.

    The tables and lists of the document are what they must be.
    """
    check_keys(document, TOP, "The problem")
    for name, known in (
        ("bundles", BUNDLE),
        ("dealers", DEALER),
        ("owners", OWNERS),
        ("background", BACKGROUND),
    ):
        check_keys(dict.fromkeys(chain.from_iterable(_rows(document, name))), known, f"{name}[]")
    for name, tool in (document.get("tools") or {}).items():
        check_keys(tool, TOOL, f"tools.{name}")


def _rows(document: Table, name: str) -> Sequence[Table]:
    return document.get(name) or []


def _takers(document: Table, name: str) -> dict[str, list[str]]:
    """The bundles that take some of each resource of a table ``name``."""
    takers: dict[str, list[str]] = {}
    for bundle in _rows(document, "bundles"):
        for part, amount in (bundle.get(name) or {}).items():
            if amount:
                takers.setdefault(part, []).append(bundle["id"])
    return takers


def _endless_parts(document: Table) -> Iterable[str]:
    """Parts that bundles take and supply does not have; a name that supply spells otherwise is asked about."""
    supply = document.get("supply") or {}
    spelled = {_bare(part): part for part in supply}
    for part, bundles in _takers(document, "kits").items():
        if part in supply:
            continue
        meant = spelled.get(_bare(part))
        hint = (
            f"supply has {meant}: spell them alike"
            if meant
            else "state in supply the kits confirmed by the end of each week, or null where it is never short"
        )
        yield f"supply does not have {part}, which {_names(bundles)}: its kits are planned as endless; {hint}."


def _stray_resources(document: Table) -> Iterable[str]:
    """Parts of the pool and on shelves, and tools of visits, that bind nowhere, because nobody else names them so."""
    supply, tools = document.get("supply") or {}, document.get("tools") or {}
    shelves = {part for dealer in _rows(document, "dealers") for part in dealer.get("stock") or {}}
    for part in sorted(shelves - supply.keys() - _takers(document, "kits").keys()):
        yield f"dealers[].stock has {part}, which no bundle takes and supply does not have: it was not read."
    meant = {_bare(part) for part in _takers(document, "kits")}
    for part in sorted(supply.keys() - _takers(document, "kits").keys()):
        if (
            supply[part] is not None and _bare(part) not in meant
        ):  # one that is only spelled otherwise is asked about above
            yield f"supply has {part}, which no bundle takes: it limits no letter."
    for tool, bundles in _takers(document, "tools").items():
        if tool not in tools:
            yield f"tools does not have {tool}, which {_names(bundles)}: it is planned as endless."
    lent = {tool for dealer in _rows(document, "dealers") for tool in dealer.get("tools") or {}}
    for tool in sorted(lent - tools.keys() - _takers(document, "tools").keys()):
        yield f"dealers[].tools has {tool}, which tools does not have: it was not read."


def _free_hours(document: Table) -> Iterable[str]:
    stated = sum(dealer.get("hours") is not None for dealer in _rows(document, "dealers"))
    if document.get("wait_bound") is None and stated:
        yield (
            f"wait_bound is left out: the hours of {counted(stated, 'dealer')} limit no letter. State the weeks within which an"
            " owner who asks must be served."
        )


def _short_background(document: Table, weeks: int) -> Iterable[str]:
    ends = [len(row["per_week"]) for row in _rows(document, "background")]
    short = [end for end in ends if end < weeks]
    if short:
        yield (
            f"{counted(len(short), 'list')} of background {'ends' if len(short) == 1 else 'end'} before week {weeks - 1}, the"
            f" first after {counted(min(short), 'week')}: no traffic is planned after a list's end. State a number for each week."
        )


def _bare(name: str) -> str:
    """A name without what spellings of it differ in."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _names(bundles: Sequence[str]) -> str:
    """``9LA, ALE and 4 more bundles take``; ``9LA takes``."""
    rest = len(bundles) - NAMED
    named = [*bundles[:NAMED], *([counted(rest, "more bundle")] if rest > 0 else [])]
    return f"{series(named)} take{'s' if len(bundles) == 1 else ''}"
