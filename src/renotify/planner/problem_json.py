"""Reads a PROBLEM.json document; every refusal names the key that is wrong, and what is not stated is told.

What the design leaves open is decided here: hours, mail capacity and supply repeat their last value to the end of the
horizon; a limit that is left out or null does not bind; a part without ``supply`` does not bind; ``wait_bound`` left
out means that hours do not bind. Optional beyond the design: ``bundles[].order`` (age rank for oldest-first),
``bundles[].tools`` and ``dealers[].tools`` {tool: kits}, ``dealers[].zip``, ``dealers[].area``, ``tools``
{tool: {"weeks": weeks a kit is away, "pool": [kits to lend by week] | null}}, ``response_spread``, ``count_spread``,
``parts_count_spread``, ``bundles[].pieces`` (letters printed for one vehicle), ``least_wave`` (pieces of the smallest week),
``monday`` (of week 0: messages name weeks by it).
A key that nothing reads is refused, with the one that may be meant. What a plan would leave out in silence is among its messages
(:mod:`renotify.planner.not_stated`): a part without supply, hours that do not bind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from renotify.errors import BadInput
from renotify.planner import not_stated
from renotify.planner import stated_values as read
from renotify.planner.problem import (
    NO_DATE,
    RESPONSE_SPREAD,
    UNLIMITED,
    Floats,
    Ints,
    Problem,
    stated_pieces,
)
from renotify.planner.stated_values import Table, of_rows


def from_json(document: Mapping[str, Any]) -> Problem:
    """Builds the Problem; raises BadInput with one sentence naming the key."""
    table = read.table(document, "The problem")
    weeks = read.whole(read.needed(table, "weeks", ""), "weeks", 1)
    bundles = read.rows_of(read.needed(table, "bundles", ""), "bundles")
    dealers = read.rows_of(read.needed(table, "dealers", ""), "dealers")
    owners = read.rows_of(read.needed(table, "owners", ""), "owners")
    background = read.rows_of(_or_none(table, "background", []), "background")
    b_at, d_at = _names(bundles, "bundles"), _names(dealers, "dealers")
    wait = (
        None if table.get("wait_bound") is None else read.whole(table["wait_bound"], "wait_bound")
    )
    parts, supply = _supplies(table, weeks)
    tools, pools, away = _tools(table, weeks)
    not_stated.check_known(table)
    first, last = _first_and_last(bundles, weeks)
    at, rates = _background(background, b_at, d_at, weeks)
    reach = weeks + (wait or 0)
    hours = read.weekly([d.get("hours") for d in dealers], of_rows("dealers", "hours"), reach)
    quantile = table.get("parts_quantile")
    order = read.optional(bundles, "bundles", "order", read.count, -1)
    pieces = read.optional(bundles, "bundles", "pieces", _pieces, 1)
    return Problem(
        weeks=weeks,
        monday=_monday(table.get("monday")),
        bundles=tuple(b_at),
        dealers=tuple(d_at),
        risk=_numbers(bundles, "risk", read.MOST_RISK),
        labour=_numbers(bundles, "hours", read.MOST_OF_A_VISIT),
        response=_responses(bundles),
        first_week=first,
        mail_by=last,
        owners=_owners(owners, b_at, d_at),
        hours=hours if wait is not None else np.full_like(hours, UNLIMITED),
        mail_capacity=_mail_capacity(table.get("mail_capacity"), weeks),
        wait_bound=wait or 0,
        parts=(*parts, *tools),
        kits=np.concatenate(
            [
                read.amounts(bundles, "bundles", "kits", parts, read.MOST_OF_A_VISIT),
                read.amounts(bundles, "bundles", "tools", tools, read.MOST_OF_A_VISIT),
            ]
        ),
        stock=np.concatenate(
            [
                read.amounts(dealers, "dealers", "stock", parts, read.MOST_OF_A_LIMIT),
                read.amounts(dealers, "dealers", "tools", tools, read.MOST_OF_A_LIMIT),
            ]
        ),
        supply=np.concatenate([supply, pools]),
        away=np.concatenate([np.zeros(len(parts), np.int64), away]),
        background_at=at,
        background=rates,
        parts_quantile=None
        if quantile is None
        else read.number(quantile, "parts_quantile", 0.01, 0.999),
        response_spread=read.number(
            table.get("response_spread", RESPONSE_SPREAD),
            "response_spread",
            high=read.MOST_RESPONSE_SPREAD,
        ),
        count_spread=_count_spread(table, "count_spread"),
        pieces=stated_pieces(pieces),
        least_wave=read.count(_or_none(table, "least_wave", 0), "least_wave"),
        parts_count_spread=_count_spread(table, "parts_count_spread"),
        order=np.array(order, np.int64) if any(o >= 0 for o in order) else None,
        zips=_texts(dealers, "zip"),
        areas=_texts(dealers, "area"),
        notes=not_stated.of_document(table, weeks),
    )


def _count_spread(table: Table, name: str) -> float:
    """Variance of a count over its mean; left out, none."""
    return read.number(table.get(name, 0.0), name, high=read.MOST_COUNT_SPREAD)


def _pieces(value: object, where: str) -> int:
    """Letters printed for one vehicle, at least one."""
    return read.whole(value, where, 1)


def _or_none(table: Table, name: str, default: object) -> object:
    """A key that may be left out or null."""
    return default if table.get(name) is None else table[name]


def _numbers(bundles: Sequence[Table], name: str, high: float) -> Floats:
    return read.numbers(read.column(bundles, "bundles", name), of_rows("bundles", name), high=high)


def _names(rows: Sequence[Table], where: str) -> dict[str, int]:
    """The place of each bundle or dealer by its name."""
    seen: dict[str, int] = {}
    for i, value in enumerate(read.column(rows, where, "id")):
        name = read.text(value, f"{where}[{i}].id")
        if name in seen:
            raise BadInput(
                f"{where}[{i}].id repeats {name!r} of {where}[{seen[name]}].",
                "Give each a name of its own.",
            )
        seen[name] = i
    return seen


def _first_and_last(bundles: Sequence[Table], weeks: int) -> tuple[Ints, Ints]:
    first, last = (
        np.array(read.optional(bundles, "bundles", name, read.whole, default), np.int64)
        for name, default in (("first_week", 0), ("mail_by_week", NO_DATE))
    )
    for i in np.flatnonzero((last != NO_DATE) & (last < first)):
        raise BadInput(
            f"bundles[{i}].mail_by_week ({last[i]}) lies before its first_week ({first[i]}).",
            "A first notice must have a week in which it may go out.",
        )
    last[last >= weeks] = NO_DATE  # a date beyond the horizon is a later plan's duty
    return first, last


def _responses(bundles: Sequence[Table]) -> Floats:
    shares = read.column(bundles, "bundles", "response")
    width = max([len(s) for s in shares if isinstance(s, list)], default=0)
    response, _ = read.series(shares, of_rows("bundles", "response"), max(width, 1), high=1.0)
    for i in np.flatnonzero(response.sum(axis=1) > 1 + 1e-9):
        raise BadInput(
            f"bundles[{i}].response adds up to {response[i].sum():g}; shares of owners cannot exceed 1.",
            "State the share of owners asking in each week after the letter.",
        )
    return response


def _owners(rows: Sequence[Table], b_at: Mapping[str, int], d_at: Mapping[str, int]) -> Ints:
    b, d = _pairs(rows, "owners", b_at, d_at)
    _, first = np.unique(b * max(len(d_at), 1) + d, return_index=True)
    if len(first) < len(rows):
        again = int(np.setdiff1d(np.arange(len(rows)), first)[0])
        raise BadInput(
            f"owners[{again}] repeats bundle {rows[again]['bundle']!r} at dealer {rows[again]['dealer']!r}.",
            "Count each owner once.",
        )
    owners = np.zeros((len(b_at), len(d_at)), np.int64)
    owners[b, d] = read.counts(read.column(rows, "owners", "count"), of_rows("owners", "count"))
    return owners


def _pairs(
    rows: Sequence[Table], where: str, b_at: Mapping[str, int], d_at: Mapping[str, int]
) -> tuple[Ints, Ints]:
    """The bundle and the dealer that each row names."""
    bundles, dealers = (
        read.places(read.column(rows, where, kind), of_rows(where, kind), at, kind)
        for kind, at in (("bundle", b_at), ("dealer", d_at))
    )
    return bundles, dealers


def _background(
    rows: Sequence[Table], b_at: Mapping[str, int], d_at: Mapping[str, int], weeks: int
) -> tuple[Ints, Floats]:
    at = np.stack(_pairs(rows, "background", b_at, d_at), axis=1)
    weekly = read.column(rows, "background", "per_week")
    rates, _ = read.series(weekly, of_rows("background", "per_week"), weeks, read.MOST_OWNERS)
    return at, rates


def _supplies(document: Table, weeks: int) -> tuple[dict[str, int], Floats]:
    table = read.optional_table(document.get("supply"), "supply")
    parts = list(table)
    supply = read.weekly(list(table.values()), lambda i: f"supply.{parts[i]}", weeks)
    for p, row in zip(parts, supply, strict=True):
        if np.any(row[1:] < row[:-1]):
            week = int(np.argmax(row[1:] < row[:-1])) + 1
            raise BadInput(
                f"supply.{p}[{week}] is less than the week before; supply is counted from the start.",
                "Give running totals.",
            )
    return {p: i for i, p in enumerate(parts)}, supply


def _tools(document: Table, weeks: int) -> tuple[dict[str, int], Floats, Ints]:
    table = read.optional_table(document.get("tools"), "tools")
    rows = {name: read.table(item, f"tools.{name}") for name, item in table.items()}
    names = list(rows)
    away = [
        read.whole(read.needed(row, "weeks", f"tools.{name}."), f"tools.{name}.weeks", 1)
        for name, row in rows.items()
    ]
    pools = read.weekly(
        [row.get("pool") for row in rows.values()], lambda i: f"tools.{names[i]}.pool", weeks
    )
    return {name: i for i, name in enumerate(names)}, pools, np.array(away, np.int64)


def _mail_capacity(value: object, weeks: int) -> Floats:
    """Letters of each week; one number is every week's capacity. [T]"""
    single = isinstance(value, (int, float)) and not isinstance(value, bool)
    (capacity,) = read.weekly([[value] if single else value], lambda _: "mail_capacity", weeks)
    return np.asarray(capacity)


def _texts(rows: Sequence[Table], name: str) -> tuple[str, ...] | None:
    found = read.optional(rows, "dealers", name, read.text, "")
    return tuple(found) if any(found) else None


def to_document(problem: Problem) -> dict[str, Any]:
    """Return a Problem as a PROBLEM.json document: :func:`from_json` reads the same problem back.

    Loan tools, age ranks and hours after the horizon are left out: no problem of a ledger states them.
    A limit that does not bind is null, or left out of ``supply``; a ZIP or area that is not known is left out.
    """
    bundles, dealers = np.array(problem.bundles, object), np.array(problem.dealers, object)
    owners = _by_name(problem, np.argwhere(problem.owners > 0))
    background = problem.background_at
    document: dict[str, Any] = {
        "weeks": problem.weeks,
        "bundles": [_bundle_row(problem, b) for b in range(len(problem.bundles))],
        "dealers": [_dealer_row(problem, d) for d in range(len(problem.dealers))],
        "owners": [
            {"bundle": b, "dealer": d, "count": n}
            for b, d, n in zip(
                bundles[owners[:, 0]], dealers[owners[:, 1]], problem.owners[tuple(owners.T)].tolist(), strict=True
            )
        ],
        "supply": {
            part: line.tolist()
            for part, line in zip(problem.parts, problem.supply, strict=True)
            if np.isfinite(line).any()
        },
        "mail_capacity": _limit(problem.mail_capacity),
        "wait_bound": problem.wait_bound,
        "background": [
            {"bundle": b, "dealer": d, "per_week": line}
            for b, d, line in zip(
                bundles[background[:, 0]], dealers[background[:, 1]], problem.background.tolist(), strict=True
            )
        ],
        "parts_quantile": problem.parts_quantile,
    }  # fmt: skip
    if problem.response_spread != RESPONSE_SPREAD:
        document["response_spread"] = problem.response_spread
    if problem.monday is not None:
        document["monday"] = problem.monday.isoformat()
    if problem.least_wave:
        document["least_wave"] = problem.least_wave
    if problem.parts_count_spread:
        document["parts_count_spread"] = problem.parts_count_spread
    return document


def _monday(stated: object) -> date | None:
    """Return the Monday of week 0, by which messages name weeks; None where nobody says."""
    if stated is None:
        return None
    try:
        found = date.fromisoformat(str(stated))
    except ValueError:
        found = None
    if found is None or found.weekday():
        raise BadInput(
            f"The problem's monday is {stated!r}: it is the Monday of week 0.",
            "Write it as 2013-03-04, or leave it out: then weeks are told by number.",
        )
    return found


def _bundle_row(problem: Problem, b: int) -> dict[str, Any]:
    last, pieces = int(problem.mail_by[b]), int(problem.printed[b])
    return {
        "id": problem.bundles[b],
        "risk": float(problem.risk[b]),
        "hours": float(problem.labour[b]),
        "kits": _amounts_by_name(problem.parts, problem.kits[:, b]),
        "first_week": int(problem.first_week[b]),
        "mail_by_week": None if last == NO_DATE else last,
        "response": problem.response[b].tolist(),
        **({"pieces": pieces} if pieces > 1 else {}),
    }


def _dealer_row(problem: Problem, d: int) -> dict[str, Any]:
    stated = {"zip": problem.zips, "area": problem.areas}
    places = {name: texts[d] for name, texts in stated.items() if texts and texts[d]}
    return {
        "id": problem.dealers[d],
        "hours": _limit(problem.hours[d, : problem.weeks]),
        "stock": _amounts_by_name(problem.parts, problem.stock[:, d]),
        **places,
    }


def _amounts_by_name(parts: Sequence[str], amounts: Floats) -> dict[str, float]:
    return {part: kits for part, kits in zip(parts, amounts.tolist(), strict=True) if kits}


def _limit(line: Floats) -> list[float] | None:
    """Return a weekly limit as numbers, whole ones as such; null where no week is limited.

    A week without a limit among others with one has the largest that a document may state.
    """
    if not np.isfinite(line).any():
        return None
    stated = np.minimum(line, read.MOST_OF_A_LIMIT).tolist()
    return [int(x) if x == int(x) else x for x in stated]


def _by_name(problem: Problem, at: Ints) -> Ints:
    """Pairs of bundle and dealer in the order of their names. [n, 2]"""
    bundle, dealer = (
        np.argsort(np.array(sorted(range(len(names)), key=names.__getitem__), np.int64))
        for names in (problem.bundles, problem.dealers)
    )
    return at[np.lexsort((dealer[at[:, 1]], bundle[at[:, 0]]))]
